"""The documents that may answer a query, with what of it each has: column by column, since there may be thousands."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from itertools import repeat
from operator import itemgetter

from .segments import Searched, Sort
from .standing import Hits

Tables = Sequence[Sequence[Hits]]
"""For each of the wanted, and in each segment, the documents that have it, and how well."""


@dataclass(frozen=True)
class Candidates:
    """Documents: in which segment each is (``places``) and its number there, what it is about, and its sort.

    ``sorts`` are places among ``all_sorts``; ``has`` are the bits of those of the wanted that a document has, and
    ``scores`` how well it has them.
    """

    all_sorts: list[Sort] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    subjects: list[int] = field(default_factory=list)
    sorts: list[int] = field(default_factory=list)
    has: list[int] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)

    @cached_property
    def alone(self) -> bool:
        """Is each document the only one of its page?"""
        return len(set(self.subjects)) == len(self.subjects)

    @cached_property
    def documents(self) -> Mapping[Sort, int]:
        """How many documents there are of each sort."""
        return self._of_sorts(self.sorts)

    @cached_property
    def pages(self) -> Mapping[Sort, int]:
        """How many pages there are of each sort; a page in several languages is of the sort of one of them."""
        if self.alone:
            return self.documents
        return self._of_sorts(dict(zip(self.subjects, self.sorts, strict=True)).values())

    @cached_property
    def together(self) -> "Candidates":
        """The same documents, each with what its page has in any of its languages."""
        if self.alone:
            return self
        has: dict[int, int] = {}
        for subject, bits in zip(self.subjects, self.has, strict=True):
            has[subject] = has.get(subject, 0) | bits
        return replace(self, has=[has[subject] for subject in self.subjects])

    def _of_sorts(self, sorts: Iterable[int]) -> Mapping[Sort, int]:
        found: dict[Sort, int] = {}
        for sort, count in Counter(sorts).items():
            found[self.all_sorts[sort]] = found.get(self.all_sorts[sort], 0) + count
        return found

    def narrowed(
        self,
        kinds: Set[str] = frozenset(),
        locales: Set[str] = frozenset(),
        principles: Set[int] = frozenset(),
    ) -> "Candidates":
        """Those of one of these kinds, in one of these languages and about one of these principles.

        An empty set lets all pass.
        """
        if not (kinds or locales or principles):
            return self
        fitting = {
            number
            for number, one in enumerate(self.all_sorts)
            if (not kinds or one.kind in kinds)
            and (not locales or one.locale in locales)
            and (not principles or not principles.isdisjoint(one.principles))
        }
        return self.only([at for at, sort in enumerate(self.sorts) if sort in fitting])

    def without(self, banned: Set[int]) -> "Candidates":
        """Those that are about none of these subjects."""
        return self.only([at for at, subject in enumerate(self.subjects) if subject not in banned]) if banned else self

    def having(self, bits: int) -> "Candidates":
        """Those that have just these of the wanted."""
        if self.has.count(bits) == len(self.has):
            return self
        return self.only([at for at, has in enumerate(self.has) if has == bits])

    def only(self, kept: Sequence[int]) -> "Candidates":
        """Those at these places of the columns."""
        _, *columns = (getattr(self, column.name) for column in fields(self))
        return Candidates(self.all_sorts, *([column[at] for at in kept] for column in columns))


def candidates(
    segments: Sequence[Searched], numbers: Sequence[Collection[int]], tables: Tables, rarity: Sequence[float]
) -> Candidates:
    """The documents with these ``numbers`` in each segment. ``rarity`` is how much each of the wanted says."""
    found = Candidates()
    for place, (searched, here) in enumerate(zip(segments, numbers, strict=True)):
        columns, before = searched.segment.columns, len(found.all_sorts)
        found.all_sorts.extend(columns.all_sorts)
        found.places.extend(repeat(place, len(here)))
        found.numbers.extend(here)
        found.subjects.extend(map(columns.subjects.__getitem__, here))
        found.sorts.extend([sort + before for sort in map(columns.sorts.__getitem__, here)])
        has, scores = _scored(here, [table[place] for table in tables], rarity)
        found.has.extend(has)
        found.scores.extend(scores)
    return found


def _scored(
    numbers: Collection[int], tables: Sequence[Hits], rarity: Sequence[float]
) -> tuple[Sequence[int], Sequence[float]]:
    """Which of the wanted each document has, as bits, and how well it has them. (An impact is never 0.)"""
    has, scores = [0] * len(numbers), [0.0] * len(numbers)
    for place, (hits, rare) in enumerate(zip(tables, rarity, strict=True)):
        bit, impacts = 1 << place, list(map(hits.get, numbers, repeat(0.0)))
        has = [bits | bit if impact else bits for bits, impact in zip(has, impacts, strict=True)]
        scores = [score + rare * impact for score, impact in zip(scores, impacts, strict=True)]
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
