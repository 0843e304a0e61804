"""What is searched at one moment: segments that never change, each with its postings by key.

A segment on disk belongs to Whoosh; what was read of it stays at hand, since it can't change. One in memory is made of
documents that the index doesn't have yet.
"""

import threading
import weakref
from abc import ABC, abstractmethod
from array import array
from bisect import bisect_left
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from .codec import frequency, posted
from .documents import Document, Subject, as_number
from .fields import IN_TITLE, KEYS, Facts, Places, facts
from .inverting import Inverted, Posted
from .keys import SURFACE, WEIGHTS

MOST_CACHED = 1_000_000
"""How many postings of a segment are kept at hand: about 25 MB."""

MOST_FREQUENCIES = 30_000
"""Of how many keys it is remembered in how many documents they stand: about 4 MB."""

K1, B = 1.2, 0.6
"""How soon more of the same word stops counting, and how much a long text counts against a word: Robertson and
Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009), with a lower B for texts that are all short."""


STEPS_OF_A_LOOKUP = 8
"""To look up one document among thousands takes as long as to pass so many."""


class Damaged(Exception):
    """What is on disk can't be read as the index that it should be."""


@contextmanager
def damage() -> Iterator[None]:
    """Whatever Whoosh stumbles over is damage: struct, key, index, value and OS errors. Raises Damaged."""
    try:
        yield
    except Exception as error:
        raise Damaged from error


@dataclass(frozen=True)
class Postings:
    """Where one key stands in one segment: documents in rising order, and what it says of each."""

    ids: Sequence[int]
    impacts: Sequence[float]
    posted: Posted

    def all_impacts(self) -> Iterable[tuple[int, float]]:
        """All documents that have the key, and what it says of each."""
        return zip(self.ids, self.impacts, strict=True)

    def impacts_in(self, numbers: Mapping[int, object]) -> dict[int, float]:
        """Those of the documents ``numbers`` that have the key, and what it says of each."""
        ids, size = self.ids, len(self.ids)
        if size < STEPS_OF_A_LOOKUP * len(numbers):
            return {number: impact for number, impact in self.all_impacts() if number in numbers}
        return {
            number: self.impacts[at]
            for number in numbers
            if (at := bisect_left(ids, number)) < size and ids[at] == number
        }

    def places(self, numbers: Sequence[int]) -> dict[int, Places]:
        """The key's places in those of the documents ``numbers`` that have it."""
        ids, ends, places, size = self.ids, self.posted.ends, self.posted.places, len(self.ids)
        return {
            number: places[ends[at - 1] if at else 0 : ends[at]]
            for number in numbers
            if (at := bisect_left(ids, number)) < size and ids[at] == number
        }


class Sort(NamedTuple):
    """What documents are told apart by when an answer is narrowed."""

    kind: str
    locale: str
    principles: tuple[int, ...]


class Columns(NamedTuple):
    """Some facts of all documents of a segment, each by the number of the document.

    ``subjects`` stand for what documents are about, as one number each, since there may be thousands to compare, and
    ``sorts`` are places among ``all_sorts``, of which there are few.
    """

    subjects: Sequence[int]
    sorts: Sequence[int]
    all_sorts: Sequence[Sort]


def impacts(
    key: str, ids: Sequence[int], weights: Sequence[float], known: Sequence[Facts], usual: float
) -> "array[float]":
    """BM25's share of each document for a key, less for lemmas and stems; ``usual`` is the usual length."""
    top = WEIGHTS[key.removeprefix(IN_TITLE)[0]] * (K1 + 1)
    least, each = K1 * (1 - B), K1 * B / usual
    return array("f", [top * w / (w + least + each * known[n].length) for n, w in zip(ids, weights, strict=True)])


class Segment(ABC):
    """Documents that are searched together, numbered from 0: what is made of them, once, since they don't change."""

    facts: Sequence[Facts]

    @abstractmethod
    def postings(self, key: str) -> Postings | None:
        """Where ``key`` stands, or None. Raises Damaged."""

    @abstractmethod
    def frequency(self, key: str) -> int:
        """In how many documents ``key`` stands. Raises Damaged."""

    @abstractmethod
    def written(self, mark: str) -> Sequence[str]:
        """All keys that begin with ``mark``, without it, sorted. Raises Damaged."""

    @cached_property
    def shelves(self) -> Mapping[tuple[str, int], Sequence[str]]:
        """The words as they are written, folded, by their first letter and number of letters."""
        shelves: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word in self.written(SURFACE):
            shelves[word[0], len(word)].append(word)
        return dict(shelves)

    @cached_property
    def columns(self) -> Columns:
        """What of the facts is asked for many documents at once."""
        found: dict[Sort, int] = {}
        sorts = [found.setdefault(Sort(one.kind, one.locale, one.principles), len(found)) for one in self.facts]
        return Columns([as_number(fact.subject) for fact in self.facts], sorts, list(found))

    @cached_property
    def usual_length(self) -> float:
        return sum(fact.length for fact in self.facts) / len(self.facts) if self.facts else 1.0

    def _postings(self, key: str, found: Posted) -> Postings:
        return Postings(found.ids, impacts(key, found.ids, found.weights, self.facts, self.usual_length), found)

    @cached_property
    def _numbers(self) -> dict[Subject, list[int]]:
        found: dict[Subject, list[int]] = defaultdict(list)
        for number, fact in enumerate(self.facts):
            found[fact.subject].append(number)
        return found

    def numbers(self, subject: Subject) -> Sequence[int]:
        """The documents about ``subject``."""
        return self._numbers.get(subject, ())


@dataclass(frozen=True)
class Searched:
    """A segment as it stands now: ``gone`` are the documents that are no more, or newer elsewhere."""

    segment: Segment
    gone: Set[int]


class MemorySegment(Segment):
    """Documents that are searched without an index on disk."""

    def __init__(self, documents: Iterable[Document]) -> None:
        kept: list[Facts] = []
        inverted = Inverted()
        for number, document in enumerate(documents):
            kept.append(facts(document))
            inverted.add(number, document)
        self.facts = kept
        self._found = dict(inverted.postings())
        self._made: dict[str, Postings] = {}

    def postings(self, key: str) -> Postings | None:
        """Where ``key`` stands, or None."""
        made = self._made.get(key)
        if made is None and (found := self._found.get(key)):
            made = self._made[key] = self._postings(key, found)
        return made

    def frequency(self, key: str) -> int:
        """In how many documents ``key`` stands."""
        found = self._found.get(key)
        return len(found.ids) if found else 0

    def written(self, mark: str) -> Sequence[str]:
        """All keys that begin with ``mark``, without it, sorted."""
        return sorted(key.removeprefix(mark) for key in self._found if key.startswith(mark))


class DiskSegment(Segment):
    """A segment of the index on disk. Threads may share it: one at a time reads the files."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        # A search that is going on may still need a segment that has been merged away.
        weakref.finalize(self, reader.close)
        self._reading = threading.RLock()
        self._cached: OrderedDict[str, Postings | None] = OrderedDict()
        self._size = 0
        self._frequencies: dict[str, int] = {}
        self._written: dict[str, list[str]] = {}
        stored = reader.stored_fields
        self.facts = [Facts(*stored(number)["facts"]) for number in range(reader.doc_count_all())]

    def postings(self, key: str) -> Postings | None:
        """Where ``key`` stands, or None. Raises Damaged."""
        with self._reading:
            if key in self._cached:
                self._cached.move_to_end(key)
                return self._cached[key]
            with damage():
                found = self._read(key)
            self._cached[key] = found
            self._size += 1 + (len(found.ids) if found else 0)
            while self._size > MOST_CACHED and len(self._cached) > 1:
                _, dropped = self._cached.popitem(last=False)
                self._size -= 1 + (len(dropped.ids) if dropped else 0)
            return found

    def frequency(self, key: str) -> int:
        """In how many documents ``key`` stands. Raises Damaged."""
        found = self._frequencies.get(key)
        if found is None:
            with self._reading, damage():
                found = frequency(self._reader, KEYS, key.encode())
            if len(self._frequencies) > MOST_FREQUENCIES:
                self._frequencies.clear()
            self._frequencies[key] = found
        return found

    def written(self, mark: str) -> Sequence[str]:
        """All keys that begin with ``mark``, without it, sorted. Raises Damaged."""
        with self._reading, damage():
            if mark not in self._written:
                found = self._reader.expand_prefix(KEYS, mark.encode())
                self._written[mark] = [key.decode().removeprefix(mark) for key in found]
            return self._written[mark]

    def _read(self, key: str) -> Postings | None:
        found = posted(self._reader, KEYS, key.encode())
        return self._postings(key, found) if found else None
