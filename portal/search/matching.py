"""Which pages answer a query, and which of its documents a page's one hit stands for."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from itertools import compress
from math import inf, log
from typing import NamedTuple, TypeVar

from .asked import Asked, Read, Wanted
from .candidates import Candidates, candidates, with_every, with_some
from .fields import Facts
from .segments import Searched, Sort
from .standing import Hits, way_hits

Value = TypeVar("Value", str, int)

READ_WEIGHT = {Read.AS_TYPED: 1.0, Read.SYNONYM: 0.6, Read.JOINED: 0.5, Read.CORRECTED: 0.4}
"""How much a match counts by how far it is from what was typed. Orders only what `ranking` doesn't look at closely."""

ENOUGH = 5
"""With fewer pages that have every word, those that have some follow them."""

NEAREST = 40
"""At most so many pages that have only some of the words are shown behind those that have all."""

TELLING = 100
"""With so many documents that have the most telling words, those that have only others of the words don't matter."""


class Row(NamedTuple):
    """A document that matches: in which segment, its number there, which of the wanted it has (as bits), how well."""

    segment: int
    number: int
    facts: Facts
    has: int
    score: float


class Filters(NamedTuple):
    """What narrows the answer; an empty set doesn't."""

    kinds: frozenset[str] = frozenset()
    locales: frozenset[str] = frozenset()
    principles: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Facets:
    """How many pages, of those looked through, would be listed of a kind, in a language, about a principle (its page).

    Each as if its own filter were not set. Once it is chosen, more pages with some of what was asked may follow them.
    """

    kinds: Mapping[str, int] = field(default_factory=dict)
    locales: Mapping[str, int] = field(default_factory=dict)
    principles: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Matches:
    """The pages that match, one row each: those that promise most, which has the most of what was asked and says most
    of it, first. The answer has ``total`` of them; ``full`` have everything.

    ``rarity`` is how much each of the wanted says.
    """

    wanted: tuple[Wanted, ...]
    rarity: tuple[float, ...]
    pages: tuple[Row, ...] = ()
    total: int = 0
    full: int = 0
    facets: Facets = field(default_factory=Facets)

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
    if len(wanted) > 1 and len(set(found.narrowed(*filters).subjects)) < ENOUGH:
        least = TELLING if filters == Filters() else inf
        found = candidates(segments, with_some(segments, tables, rarity, least), tables, rarity).without(banned)
    everything = (1 << len(wanted)) - 1
    shown = _one_a_page(found.narrowed(*filters), locale, rarity)
    full = shown.has.count(everything)
    return Matches(
        wanted,
        rarity,
        pages=_rows(segments, shown, _by_promise(shown, rarity, most)),
        total=min(len(shown.has), full + NEAREST),
        full=full,
        facets=_facets(found, everything, filters),
    )


def _facets(found: Candidates, everything: int, filters: Filters) -> Facets:
    """What the answer can be narrowed to, of all that was ``found``; ``everything`` are the bits of what has it all."""
    kinds, locales, principles = filters
    by_kind = found.narrowed(locales=locales, principles=principles).together
    by_locale = found.narrowed(kinds, principles=principles)
    by_principle = found.narrowed(kinds, locales).together
    return Facets(
        _listed(by_kind.pages, by_kind.having(everything).pages, lambda sort: (sort.kind,)),
        _listed(by_locale.documents, by_locale.having(everything).documents, lambda sort: (sort.locale,)),
        _listed(by_principle.pages, by_principle.having(everything).pages, lambda sort: sort.principles),
    )


def _listed(
    found: Mapping[Sort, int], everything: Mapping[Sort, int], values: Callable[[Sort], Iterable[Value]]
) -> dict[Value, int]:
    """How many pages are listed of each value: those that have everything, and the nearest unless these are enough."""
    whole = _by_value(everything, values)
    listed = ((value, count, whole.get(value, 0)) for value, count in _by_value(found, values).items())
    return {value: full if full >= ENOUGH else min(count, full + NEAREST) for value, count, full in listed}


def _by_value(counted: Mapping[Sort, int], values: Callable[[Sort], Iterable[Value]]) -> dict[Value, int]:
    found: dict[Value, int] = {}
    for sort, count in counted.items():
        for value in values(sort):
            found[value] = found.get(value, 0) + count
    return found


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


def _one_a_page(found: Candidates, locale: str, rarity: Sequence[float]) -> Candidates:
    """For each page the one of its documents that is shown; it has what the page has in any of its languages.

    A page is shown in the reader's language if that has as much as any, else in the one that did best.
    """
    if found.alone:
        return found

    def worth(at: int) -> tuple[float, bool, float]:
        in_it = found.all_sorts[found.sorts[at]].locale == locale
        return round(_share(found.has[at], rarity), 9), in_it, found.scores[at]

    best = dict(zip(found.subjects, range(len(found.subjects)), strict=True))
    for at, subject in enumerate(found.subjects):
        if best[subject] != at:
            best[subject] = max(best[subject], at, key=worth)
    return found.together.only(list(best.values()))


def _by_promise(shown: Candidates, rarity: Sequence[float], most: int | None) -> list[int]:
    """Those that have the most of what was asked first, of these those that say most of it; no more than ``most``."""
    everything = range(len(shown.has))
    left, order = len(everything) if most is None else most, list[int]()
    shelves: dict[float, set[int]] = {}
    for bits in set(shown.has):
        shelves.setdefault(_share(bits, rarity), set()).add(bits)
    for share in sorted(shelves, reverse=True):
        shelf = compress(everything, map(shelves[share].__contains__, shown.has))
        order += nlargest(left - len(order), shelf, key=shown.scores.__getitem__)
        if len(order) >= left:
            break
    return order


def _rows(segments: Sequence[Searched], found: Candidates, order: Sequence[int]) -> tuple[Row, ...]:
    facts = [searched.segment.facts for searched in segments]
    rows = [(found.places[at], found.numbers[at], found.has[at], found.scores[at]) for at in order]
    return tuple([Row(place, number, facts[place][number], has, score) for place, number, has, score in rows])
