"""Which documents have what is wanted, and which of them a page's one hit stands for."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import chain, compress, repeat
from math import inf, log
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from .asked import Asked, Read, Wanted
from .documents import Subject
from .fields import Facts
from .segments import Searched
from .standing import Hits, way_hits

READ_WEIGHT = {Read.AS_TYPED: 1.0, Read.SYNONYM: 0.6, Read.JOINED: 0.5, Read.CORRECTED: 0.4}
"""How much a match counts by how far it is from what was typed. Orders only what `ranking` doesn't look at closely."""

ENOUGH = 5
"""With fewer pages that have every word, those that have some follow them."""

TELLING = 100
"""With so many documents that have the most telling words, those that have only others of the words don't matter."""

Answer = TypeVar("Answer")


class Row(NamedTuple):
    """A document that matches: in which segment, its number there, which of the wanted it has (as bits), how well."""

    segment: int
    number: int
    facts: Facts
    has: int
    score: float


@dataclass(frozen=True)
class Matches:
    """The pages that match, as one row each, in no order; ``rarity`` is how much each of the wanted says.

    Facets count pages (``kinds``, ``principles``) or pages in a language, as if their own filter were not set.
    """

    wanted: tuple[Wanted, ...]
    rarity: tuple[float, ...]
    pages: tuple[Row, ...] = ()
    kinds: Mapping[str, int] = field(default_factory=dict)
    locales: Mapping[str, int] = field(default_factory=dict)
    principles: Mapping[int, int] = field(default_factory=dict)

    @property
    def all_bits(self) -> int:
        """The bits of a page that has everything."""
        return (1 << len(self.wanted)) - 1

    @property
    def full(self) -> int:
        """How many pages have everything."""
        return [row.has for row in self.pages].count(self.all_bits)

    def share(self, has: int) -> float:
        """How much of what was asked for these bits are, from 0 to 1."""
        whole = sum(self.rarity)
        return sum(r for i, r in enumerate(self.rarity) if has >> i & 1) / whole if whole else 1.0


@dataclass(frozen=True)
class Filters:
    """What narrows the answer; an empty set doesn't."""

    kinds: frozenset[str] = frozenset()
    locales: frozenset[str] = frozenset()
    principles: frozenset[int] = frozenset()

    def kind(self, row: Row) -> bool:
        """Is it of a kind asked for?"""
        return not self.kinds or row.facts.kind in self.kinds

    def locale(self, row: Row) -> bool:
        """Is it in a language asked for?"""
        return not self.locales or row.facts.locale in self.locales

    def principle(self, row: Row) -> bool:
        """Is it about a principle asked for?"""
        return not self.principles or not self.principles.isdisjoint(row.facts.principles)

    def every(self, row: Row) -> bool:
        """Is it all that?"""
        return self.kind(row) and self.locale(row) and self.principle(row)


def match(segments: Sequence[Searched], asked: Asked, filters: Filters, locale: str) -> Matches:
    """The pages of ``segments`` that answer ``asked`` for a reader of ``locale``.

    Pages with everything alone when there are `ENOUGH` of them; else also those with some of it. Raises Damaged.
    """
    wanted = tuple(one for one in asked.wanted if not one.light)
    tables = [[_hits(searched, one) for searched in segments] for one in wanted]
    rarity = tuple(_rarity(sum(map(len, table)), segments) for table in tables)
    banned = {
        searched.segment.columns.subjects[number]
        for one in asked.without
        for searched in segments
        for number in _hits(searched, one)
    }
    found = _candidates(segments, _with_every(segments, tables), tables, rarity).without(banned)
    if len(wanted) > 1 and len(set(found.where(filters, filters.every).subjects)) < ENOUGH:
        least = TELLING if filters == Filters() else inf
        found = _candidates(segments, _with_some(segments, tables, rarity, least), tables, rarity).without(banned)
    kinds = found.where(filters, lambda row: filters.locale(row) and filters.principle(row))
    locales = found.where(filters, lambda row: filters.kind(row) and filters.principle(row))
    about = found.where(filters, lambda row: filters.locale(row) and filters.kind(row))
    matches = Matches(
        wanted,
        rarity,
        kinds=Counter(kinds.by_page(kinds.kinds)),
        locales=Counter(locales.locales),
        principles=Counter(chain.from_iterable(about.by_page(about.principles))),
    )
    return replace(matches, pages=_one_a_page(found.where(filters, filters.every), locale, matches))


def _rarity(found: int, segments: Sequence[Searched]) -> float:
    """How much a word says that so many documents have: BM25's inverse document frequency."""
    everything = sum(len(searched.segment.facts) for searched in segments)
    return log(1 + (everything - found + 0.5) / (found + 0.5))


def _hits(searched: Searched, wanted: Wanted) -> Hits:
    """The documents of a segment that have what is wanted, and how well."""
    if len(wanted.ways) == 1 and wanted.ways[0].read is Read.AS_TYPED and not searched.gone:
        return way_hits(searched.segment, wanted.ways[0], side_by_side=wanted.phrase)
    found: dict[int, float] = {}
    for way in sorted(wanted.ways, key=lambda way: way.read, reverse=True):  # What was typed overwrites the rest.
        hits = way_hits(searched.segment, way, side_by_side=wanted.phrase)
        factor = READ_WEIGHT[way.read]
        found.update(hits if factor == 1 else {number: factor * impact for number, impact in hits.items()})
    for number in searched.gone & found.keys():
        del found[number]
    return found


_as_row: Callable[[tuple[Any, ...]], Row] = partial(tuple.__new__, Row)  # Twice as fast as Row itself.


@dataclass(frozen=True)
class _Candidates:
    """Documents that match, column by column: there may be thousands, so that what is done for each counts."""

    rows: list[Row] = field(default_factory=list)
    subjects: list[Subject] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    locales: list[str] = field(default_factory=list)
    principles: list[tuple[int, ...]] = field(default_factory=list)

    def where(self, filters: Filters, is_wanted: Callable[[Row], bool]) -> "_Candidates":
        """Those that ``filters``, or some of them, let through."""
        return self if filters == Filters() else self._only([is_wanted(row) for row in self.rows])

    def without(self, banned: Collection[Subject]) -> "_Candidates":
        """Those that are about none of the subjects ``banned``."""
        return self._only([subject not in banned for subject in self.subjects]) if banned else self

    def _only(self, kept: Sequence[bool]) -> "_Candidates":
        columns = (self.rows, self.subjects, self.kinds, self.locales, self.principles)
        return _Candidates(*(list(compress(column, kept)) for column in columns))  # type: ignore[arg-type]

    @cached_property
    def alone(self) -> bool:
        """Is each of them the only one of its page?"""
        return len(set(self.subjects)) == len(self.subjects)

    def by_page(self, column: Collection[Answer]) -> Collection[Answer]:
        """Of a ``column`` that is the same for all documents of a page, one entry a page."""
        return column if self.alone else dict(zip(self.subjects, column, strict=True)).values()


def _candidates(
    segments: Sequence[Searched],
    numbers: Sequence[Collection[int]],
    tables: Sequence[Sequence[Hits]],
    rarity: Sequence[float],
) -> _Candidates:
    """The documents with ``numbers`` in each segment, with what they have of the words whose hits are given."""
    found = _Candidates()
    for place, (searched, here) in enumerate(zip(segments, numbers, strict=True)):
        has, scores = _scored(here, [table[place] for table in tables], rarity)
        known, columns = searched.segment.facts, searched.segment.columns
        found.rows.extend(map(_as_row, zip(repeat(place), here, map(known.__getitem__, here), has, scores)))
        found.subjects.extend(map(columns.subjects.__getitem__, here))
        found.kinds.extend(map(columns.kinds.__getitem__, here))
        found.locales.extend(map(columns.locales.__getitem__, here))
        found.principles.extend(map(columns.principles.__getitem__, here))
    return found


def _scored(
    numbers: Collection[int], tables: Sequence[Hits], rarity: Sequence[float]
) -> tuple[Sequence[int], Sequence[float]]:
    """Which of the wanted each of these documents has (as bits), and how well."""
    has, scores = [0] * len(numbers), [0.0] * len(numbers)
    for place, (hits, rare) in enumerate(zip(tables, rarity, strict=True)):
        bit, impacts = 1 << place, list(map(hits.get, numbers))
        has = [bits if one is None else bits | bit for bits, one in zip(has, impacts, strict=True)]
        scores = [score if one is None else score + rare * one for score, one in zip(scores, impacts, strict=True)]
    return has, scores


def _with_every(segments: Sequence[Searched], tables: Sequence[Sequence[Hits]]) -> list[Collection[int]]:
    """The documents of each segment that have all words; all documents when none is wanted."""
    if not tables:
        return [
            [number for number in range(len(searched.segment.facts)) if number not in searched.gone]
            for searched in segments
        ]
    return [set(first).intersection(*others) if others else first for first, *others in zip(*tables, strict=True)]


def _with_some(
    segments: Sequence[Searched], tables: Sequence[Sequence[Hits]], rarity: Sequence[float], least: float
) -> list[Collection[int]]:
    """The documents of each segment that have any of the words.

    When ``least`` or more have one that says more than all words together that say less, then these alone: every
    other document has less of what was asked. A page's other languages come along, since it has what they have.
    """
    found: list[set[int]] = [set() for _ in segments]
    left = sum(rarity)
    for rare, table in sorted(zip(rarity, tables, strict=True), key=itemgetter(0), reverse=True):
        left -= rare
        for here, hits in zip(found, table, strict=True):
            here.update(hits)
        if left < rare and sum(map(len, found)) >= least:
            break
    else:
        return list(found)
    for place, (searched, here) in enumerate(zip(segments, found, strict=True)):
        pages = {searched.segment.columns.subjects[number] for number in here}
        others = {number for page in pages for number in searched.segment.numbers(page)} - here
        here |= {number for number in others if any(number in table[place] for table in tables)}
    return list(found)


def _one_a_page(found: _Candidates, locale: str, matches: Matches) -> tuple[Row, ...]:
    """One row a page, in the reader's language if that has as much as any, else in the one that did best.

    It has all that the page has in any language.
    """
    if found.alone:
        return tuple(found.rows)
    best = dict(zip(found.subjects, found.rows, strict=True))
    merged: dict[Subject, int] = dict.fromkeys(best, 0)
    for row, subject in zip(found.rows, found.subjects, strict=True):
        merged[subject] |= row.has
        if row is not best[subject] and _better(row, best[subject], locale, matches):
            best[subject] = row
    return tuple(
        row if row.has == merged[subject] else row._replace(has=merged[subject]) for subject, row in best.items()
    )


def _better(row: Row, known: Row, locale: str, found: Matches) -> bool:
    """Is ``row`` to stand for the page rather than ``known``?"""
    one, other = found.share(row.has), found.share(known.has)
    if abs(one - other) > 1e-9:
        return one > other
    if (row.facts.locale == locale) != (known.facts.locale == locale):
        return row.facts.locale == locale
    return row.score > known.score
