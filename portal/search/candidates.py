"""The documents that may answer a query, with what of it each has: column by column, since there may be thousands."""

from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass, field, fields
from functools import cached_property
from itertools import compress, repeat
from operator import itemgetter
from typing import TypeVar

from .segments import Searched
from .standing import Hits

Answer = TypeVar("Answer")
Tables = Sequence[Sequence[Hits]]
"""For each of the wanted, and in each segment, the documents that have it, and how well."""


@dataclass(frozen=True)
class Candidates:
    """Documents: in which segment each is (``places``) and its number there, what it is about, its kind and so on.

    ``has`` are the bits of those of the wanted that it has, ``scores`` how well it has them.
    """

    places: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    subjects: list[int] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    locales: list[str] = field(default_factory=list)
    principles: list[tuple[int, ...]] = field(default_factory=list)
    has: list[int] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)

    @cached_property
    def alone(self) -> bool:
        """Is each document the only one of its page?"""
        return len(set(self.subjects)) == len(self.subjects)

    def by_page(self, column: Collection[Answer]) -> Collection[Answer]:
        """Of a ``column`` that is the same for all documents of a page, one entry a page."""
        return column if self.alone else dict(zip(self.subjects, column, strict=True)).values()

    def of_kind(self, kinds: Set[str]) -> "Candidates":
        """Those of one of these kinds; an empty set lets all pass, here and below."""
        return self._only([kind in kinds for kind in self.kinds]) if kinds else self

    def in_locale(self, locales: Set[str]) -> "Candidates":
        """Those in one of these languages."""
        return self._only([locale in locales for locale in self.locales]) if locales else self

    def about(self, principles: Set[int]) -> "Candidates":
        """Those about one of these principles."""
        return self._only([not principles.isdisjoint(own) for own in self.principles]) if principles else self

    def without(self, banned: Set[int]) -> "Candidates":
        """Those that are about none of these subjects."""
        return self._only([subject not in banned for subject in self.subjects]) if banned else self

    def _only(self, kept: Sequence[bool]) -> "Candidates":
        return Candidates(*(list(compress(getattr(self, column.name), kept)) for column in fields(self)))


def candidates(
    segments: Sequence[Searched], numbers: Sequence[Collection[int]], tables: Tables, rarity: Sequence[float]
) -> Candidates:
    """The documents with these ``numbers`` in each segment. ``rarity`` is how much each of the wanted says."""
    found = Candidates()
    for place, (searched, here) in enumerate(zip(segments, numbers, strict=True)):
        columns = searched.segment.columns
        found.places.extend(repeat(place, len(here)))
        found.numbers.extend(here)
        found.subjects.extend(map(columns.subjects.__getitem__, here))
        found.kinds.extend(map(columns.kinds.__getitem__, here))
        found.locales.extend(map(columns.locales.__getitem__, here))
        found.principles.extend(map(columns.principles.__getitem__, here))
        has, scores = _scored(here, [table[place] for table in tables], rarity)
        found.has.extend(has)
        found.scores.extend(scores)
    return found


def _scored(
    numbers: Collection[int], tables: Sequence[Hits], rarity: Sequence[float]
) -> tuple[Sequence[int], Sequence[float]]:
    has, scores = [0] * len(numbers), [0.0] * len(numbers)
    for place, (hits, rare) in enumerate(zip(tables, rarity, strict=True)):
        bit, impacts = 1 << place, list(map(hits.get, numbers))
        has = [bits if one is None else bits | bit for bits, one in zip(has, impacts, strict=True)]
        scores = [score if one is None else score + rare * one for score, one in zip(scores, impacts, strict=True)]
    return has, scores


def with_every(segments: Sequence[Searched], tables: Tables) -> list[Collection[int]]:
    """The documents of each segment that have all of the wanted; all documents when there is none."""
    if not tables:
        return [
            [number for number in range(len(searched.segment.facts)) if number not in searched.gone]
            for searched in segments
        ]
    return [set(first).intersection(*others) if others else first for first, *others in zip(*tables, strict=True)]


def with_some(
    segments: Sequence[Searched], tables: Tables, rarity: Sequence[float], least: float
) -> list[Collection[int]]:
    """The documents of each segment that have any of the wanted.

    When ``least`` or more have one that says more than all that say less do together, then these alone: every other
    document has less of what was asked. A page's other languages come along, since the page has what they have.
    """
    found: list[set[int]] = [set() for _ in segments]
    telling = sorted(zip(rarity, tables, strict=True), key=itemgetter(0), reverse=True)
    for count, (rare, table) in enumerate(telling, 1):
        for here, hits in zip(found, table, strict=True):
            here.update(hits)
        less = sum([other for other, _ in telling[count:]])
        if 0 < less < rare and sum(map(len, found)) >= least:
            break
    else:
        return list(found)
    for place, (searched, here) in enumerate(zip(segments, found, strict=True)):
        subjects = searched.segment.columns.subjects
        pages = {subjects[number] for number in here}
        others = set[int]().union(*(table[place] for table in tables)) - here
        here |= {number for number in others if subjects[number] in pages}
    return list(found)
