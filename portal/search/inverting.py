"""From documents to postings: which documents have each key, and where in each of them it stands.

Words are gathered as they are written, and become keys only when all documents are there: the same words come again
and again, each with several keys.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise
from typing import TypeAlias
from zlib import crc32

from .documents import Document
from .fields import BOOST, FIELD_BITS, IN_TITLE, Field, written
from .keys import keys

SIZE = array("I").itemsize
"""Bytes of a number."""

PLACE_BITS = 32
_PLACE = (1 << PLACE_BITS) - 1
_BOOST = [BOOST[field] for field in Field]

Stands: TypeAlias = "array[int]"
"""Where something stands: each time the number of the document, and below it the place in that."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A term's postings: documents in rising order, the weight in each, where in ``places`` those in each one end."""

    ids: "array[int]"
    weights: "array[float]"
    ends: "array[int]"
    places: "array[int]"

    @classmethod
    def of(cls, stands: Iterable[int]) -> "Posted":
        """The postings of what stands there, in whatever order."""
        found = sorted(stands)
        numbers, places = [at >> PLACE_BITS for at in found], [at & _PLACE for at in found]
        ends = [end for end, (one, other) in enumerate(pairwise(numbers), 1) if one != other]
        ends.append(len(found))
        worth = list(accumulate([_BOOST[place >> FIELD_BITS] for place in places], initial=0.0))
        return cls(
            array("I", [numbers[end - 1] for end in ends]),
            array("f", [worth[end] - worth[start] for start, end in pairwise([0, *ends])]),
            array("I", ends),
            array("I", places),
        )

    def to_bytes(self) -> bytes:
        """The postings as they stand in a file."""
        data = b"".join(part.tobytes() for part in (self.ids, self.weights, self.ends, self.places))
        return array("I", [crc32(data)]).tobytes() + data

    @classmethod
    def from_bytes(cls, data: bytes, count: int) -> "Posted":
        """The postings in ``count`` documents. Raises ValueError when they are damaged."""
        view = memoryview(data)
        if array("I", [crc32(view[SIZE:])]).tobytes() != view[:SIZE]:
            raise ValueError("the checksum is wrong")
        found = cls(array("I"), array("f"), array("I"), array("I"))
        start, step = SIZE, SIZE * count
        for part in (found.ids, found.weights, found.ends):
            part.frombytes(view[start : start + step])
            start += step
        found.places.frombytes(view[start:])
        return found


class Inverted:
    """Terms, and where they stand."""

    def __init__(self) -> None:
        self._by_form: dict[str, defaultdict[str, Stands]] = {}
        self._by_term: defaultdict[str, Stands] = defaultdict(_nowhere)

    def add(self, number: int, document: Document) -> None:
        """Add all words of a document."""
        by_form = self._by_form.setdefault(document.locale, defaultdict(_nowhere))
        base = number << PLACE_BITS
        for form, place in written(document):
            by_form[form].append(base | place)

    def add_places(self, term: str, number: int, places: Sequence[int]) -> None:
        """Add a term that stands at ``places`` of a document; without any it does so at its beginning."""
        base = number << PLACE_BITS
        self._by_term[term].extend([base | place for place in places or (0,)])

    def postings(self) -> Iterator[tuple[str, Posted]]:
        """The terms in their order, each with its postings."""
        of_term: defaultdict[str, list[Stands]] = defaultdict(list)
        for term, stands in self._by_term.items():
            of_term[term].append(stands)
        for locale, by_form in self._by_form.items():
            for form, stands in by_form.items():
                in_title = array("Q", [at for at in stands if (at & _PLACE) >> FIELD_BITS == Field.TITLE])
                for key in keys(form, locale):
                    of_term[key].append(stands)
                    if in_title:
                        of_term[IN_TITLE + key].append(in_title)
        for term in sorted(of_term):
            yield term, Posted.of(chain.from_iterable(of_term[term]))

    def clear(self) -> None:
        """Let go of everything."""
        self._by_form.clear()
        self._by_term.clear()


def _nowhere() -> Stands:
    return array("Q")
