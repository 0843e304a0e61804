"""How postings are written to disk and read: a term at a time, as plain arrays of numbers.

Whoosh's own format takes each posting for itself, and pickles what stands in it: ten times as much time, to write and
to read, and five times as much room. What is damaged is known by a checksum. All other files are Whoosh's own.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from zlib import crc32

from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter, W3TermInfo
from whoosh.matching import ListMatcher
from whoosh.reading import TermNotFound
from whoosh.system import pack_ushort

from .fields import Places, weight

SIZE = array("I").itemsize
"""Bytes of a number."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A term's postings: documents in rising order, the weight in each, where in ``places`` those in each one end."""

    ids: "array[int]" = field(default_factory=lambda: array("I"))
    weights: "array[float]" = field(default_factory=lambda: array("f"))
    ends: "array[int]" = field(default_factory=lambda: array("I"))
    places: "array[int]" = field(default_factory=lambda: array("I"))

    def add(self, number: int, weight: float, at: Sequence[int]) -> None:
        """Add a document after all that are there."""
        self.ids.append(number)
        self.weights.append(weight)
        if at:
            self.places.extend(at)
        self.ends.append(len(self.places))

    def to_bytes(self) -> bytes:
        """The postings as they stand in a file."""
        data = b"".join(part.tobytes() for part in (self.ids, self.weights, self.ends, self.places))
        return array("I", [crc32(data)]).tobytes() + data

    @classmethod
    def from_bytes(cls, data: bytes, count: int) -> "Posted":
        """The postings in ``count`` documents. Raises ValueError when they are damaged."""
        found, view = cls(), memoryview(data)
        if array("I", [crc32(view[SIZE:])]).tobytes() != view[:SIZE]:
            raise ValueError("the checksum is wrong")
        start, step = SIZE, SIZE * count
        for part in (found.ids, found.weights, found.ends):
            part.frombytes(view[start : start + step])
            start += step
        found.places.frombytes(view[start:])
        return found


class Pool:
    """What a writer gathers before it writes a segment, by field and term."""

    def __init__(self) -> None:
        self._fields: dict[str, dict[bytes, Posted]] = defaultdict(dict)

    def add_document(self, name: str, number: int, found: Mapping[str, Places]) -> None:
        """Add a document after all that are there, with the places of each of its keys."""
        terms = self._fields[name]
        for key, at in found.items():
            term = key.encode()
            if term not in terms:
                terms[term] = Posted()
            terms[term].add(number, weight(at), at)

    def add(self, item: tuple[str, bytes, int, float, Sequence[int]]) -> None:
        """Add what Whoosh takes from another segment: (field, term, document, weight, places)."""
        name, term, number, its_weight, at = item
        self._fields[name].setdefault(term, Posted()).add(number, its_weight, at)

    def iter_postings(self) -> Iterator[tuple[str, Iterable[tuple[bytes, Posted]]]]:
        """The fields in their order, each with its terms in theirs."""
        for name, terms in sorted(self._fields.items()):
            yield name, sorted(terms.items())

    def cleanup(self) -> None:
        """Let go of what was gathered."""
        self._fields.clear()


class TermWriter(W3FieldWriter):
    """Writes the postings of a segment."""

    def add_postings(
        self, schema: Any, _lengths: Any, items: Iterable[tuple[str, Iterable[tuple[bytes, Posted]]]]
    ) -> None:
        """Write all that a `Pool` has gathered."""
        for name, terms in items:
            self.start_field(name, schema[name])
            for term, posted in terms:
                weights = posted.weights
                info = W3TermInfo(
                    sum(weights), len(weights), maxweight=max(weights), minid=posted.ids[0], maxid=posted.ids[-1]
                )
                data = posted.to_bytes()
                info.set_extent(self._postfile.tell(), len(data))
                self._postfile.write(data)
                self._tindex.add(pack_ushort(self._fieldid) + term, info.to_bytes())
            self.finish_field()


class Codec(W3Codec):
    """Whoosh's codec with our postings."""

    def field_writer(self, storage: Any, segment: Any) -> TermWriter:
        """What writes the postings of ``segment``."""
        return TermWriter(self, storage, segment)

    def postings_reader(self, dbfile: Any, terminfo: Any, format_: Any, term: Any = None, scorer: Any = None) -> Any:
        """The postings of a term as Whoosh itself wants them, to merge segments and to find what is to be deleted."""
        found = _read(dbfile, terminfo)
        values = [found.places[start:end] for start, end in pairwise([0, *found.ends])]
        return ListMatcher(found.ids, found.weights, values, format_, scorer=scorer, term=term, terminfo=terminfo)


def posted(reader: Any, field_name: str, term: bytes) -> Posted | None:
    """The postings of a term in a segment that is read by ``reader``, those of documents that are gone as well."""
    terms = reader._terms  # Past what leaves out the documents that are gone at the moment of opening.
    try:
        return _read(terms._postfile, terms.term_info(field_name, term))
    except TermNotFound:
        return None


def frequency(reader: Any, field_name: str, term: bytes) -> int:
    """In how many documents of a segment a term stands, or has stood."""
    try:
        return int(reader._terms.term_info(field_name, term).doc_frequency())
    except TermNotFound:
        return 0


def _read(file: Any, info: Any) -> Posted:
    start, (length,) = info.extent()  # As Whoosh unpacks it.
    return Posted.from_bytes(file.get(start, length), info.doc_frequency())
