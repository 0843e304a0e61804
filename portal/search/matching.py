"""Which pages answer a query, and which of its documents a page's one hit stands for."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from math import inf, log
from typing import NamedTuple

from .asked import Asked, Read, Wanted
from .candidates import Candidates, candidates, with_every, with_some
from .fields import Facts
from .segments import Searched
from .standing import Hits, way_hits

READ_WEIGHT = {Read.AS_TYPED: 1.0, Read.SYNONYM: 0.6, Read.JOINED: 0.5, Read.CORRECTED: 0.4}
"""How much a match counts by how far it is from what was typed. Orders only what `ranking` doesn't look at closely."""

ENOUGH = 5
"""With fewer pages that have every word, those that have some follow them."""

TELLING = 100
"""With so many documents that have the most telling words, those that have only others of the words don't matter."""


class Row(NamedTuple):
    """A document that matches: in which segment, its number there, which of the wanted it has (as bits), how well."""

    segment: int
    number: int
    facts: Facts
    has: int
    score: float


@dataclass(frozen=True)
class Filters:
    """What narrows the answer; an empty set doesn't."""

    kinds: frozenset[str] = frozenset()
    locales: frozenset[str] = frozenset()
    principles: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Matches:
    """The pages that match, one row each: those that promise most, which has the most of what was asked and says most
    of it, first. There may be more than that, ``total``; ``full`` of them have everything.

    ``rarity`` is how much each of the wanted says. Facets count pages (``kinds``, ``principles``) or pages in a
    language, as if their own filter were not set.
    """

    wanted: tuple[Wanted, ...]
    rarity: tuple[float, ...]
    pages: tuple[Row, ...] = ()
    total: int = 0
    full: int = 0
    kinds: Mapping[str, int] = field(default_factory=dict)
    locales: Mapping[str, int] = field(default_factory=dict)
    principles: Mapping[int, int] = field(default_factory=dict)

    @property
    def all_bits(self) -> int:
        """The bits of a page that has everything."""
        return (1 << len(self.wanted)) - 1

    def share(self, has: int) -> float:
        """How much of what was asked for these bits are, from 0 to 1."""
        return _share(has, self.rarity)


def match(
    segments: Sequence[Searched], asked: Asked, filters: Filters, locale: str, most: int | None = None
) -> Matches:
    """The pages of ``segments`` that answer ``asked`` for a reader of ``locale``: ``most`` of them, or all.

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
    found = candidates(segments, with_every(segments, tables), tables, rarity).without(banned)
    if len(wanted) > 1 and len(set(_narrowed(found, filters).subjects)) < ENOUGH:
        least = TELLING if filters == Filters() else inf
        found = candidates(segments, with_some(segments, tables, rarity, least), tables, rarity).without(banned)
    kinds = found.in_locale(filters.locales).about(filters.principles)
    locales = found.of_kind(filters.kinds).about(filters.principles)
    about = found.of_kind(filters.kinds).in_locale(filters.locales)
    found = _narrowed(found, filters)
    shown, has = _one_a_page(found, locale, rarity)
    return Matches(
        wanted,
        rarity,
        pages=_rows(segments, found, _by_promise(shown, found, has, rarity)[:most], has),
        total=len(shown),
        full=[has[at] for at in shown].count((1 << len(wanted)) - 1),
        kinds=Counter(kinds.by_page(kinds.kinds)),
        locales=Counter(locales.locales),
        principles=Counter(chain.from_iterable(about.by_page(about.principles))),
    )


def _narrowed(found: Candidates, filters: Filters) -> Candidates:
    return found.of_kind(filters.kinds).in_locale(filters.locales).about(filters.principles)


def _rarity(found: int, segments: Sequence[Searched]) -> float:
    """How much a word says that so many documents have: BM25's inverse document frequency."""
    everything = sum(len(searched.segment.facts) for searched in segments)
    return log(1 + (everything - found + 0.5) / (found + 0.5))


def _share(has: int, rarity: Sequence[float]) -> float:
    whole = sum(rarity)
    return sum([rare for bit, rare in enumerate(rarity) if has >> bit & 1]) / whole if whole else 1.0


def _hits(searched: Searched, wanted: Wanted) -> Hits:
    """The documents of a segment that have what is wanted, and how well."""
    found: dict[int, float] = {}
    for way in sorted(wanted.ways, key=lambda way: way.read, reverse=True):  # What was typed overwrites the rest.
        hits, factor = way_hits(searched.segment, way, side_by_side=wanted.phrase), READ_WEIGHT[way.read]
        if factor == 1 and not found:
            found = hits
        else:
            found.update((number, factor * impact) for number, impact in hits.items())
    for number in searched.gone & found.keys():
        del found[number]
    return found


def _one_a_page(found: Candidates, locale: str, rarity: Sequence[float]) -> tuple[Sequence[int], Sequence[int]]:
    """Which of the documents are shown, and what each of all has (at those shown, in any of the page's languages).

    A page is shown in the reader's language if that has as much as any, else in the one that did best.
    """
    if found.alone:
        return range(len(found.subjects)), found.has

    def worth(at: int) -> tuple[float, bool, float]:
        return round(_share(found.has[at], rarity), 9), found.locales[at] == locale, found.scores[at]

    last = dict(zip(found.subjects, range(len(found.subjects)), strict=True))
    best, merged = dict(last), dict[int, int]()
    for at, subject in enumerate(found.subjects):
        if last[subject] != at:
            merged[subject] = merged.get(subject, found.has[last[subject]]) | found.has[at]
            best[subject] = max(best[subject], at, key=worth)
    has = list(found.has)
    for subject, bits in merged.items():
        has[best[subject]] = bits
    return list(best.values()), has


def _by_promise(shown: Sequence[int], found: Candidates, has: Sequence[int], rarity: Sequence[float]) -> list[int]:
    """Those that have the most of what was asked first, of these those that say most of it."""
    order = sorted(shown, key=found.scores.__getitem__, reverse=True)
    shares = {bits: _share(bits, rarity) for bits in set(has)}
    if len(shares) > 1:
        order.sort(key=lambda at: shares[has[at]], reverse=True)
    return order


def _rows(segments: Sequence[Searched], found: Candidates, order: Sequence[int], has: Sequence[int]) -> tuple[Row, ...]:
    return tuple(
        Row(place, number, segments[place].segment.facts[number], has[at], found.scores[at])
        for at in order
        for place, number in [(found.places[at], found.numbers[at])]
    )
