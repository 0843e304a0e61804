"""How postings are written to disk and read: a term at a time, as plain arrays of numbers.

Whoosh's own format takes each posting for itself, and pickles what stands in it: ten times as much time, to write and
to read, and five times as much room. What is damaged is known by a checksum. All other files are Whoosh's own.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter, W3TermInfo
from whoosh.matching import ListMatcher
from whoosh.reading import TermNotFound
from whoosh.system import pack_ushort

from .inverting import Inverted, Posted


class Pool:
    """What a writer gathers before it writes a segment, by field."""

    def __init__(self) -> None:
        self.fields: defaultdict[str, Inverted] = defaultdict(Inverted)

    def add(self, item: tuple[str, bytes, int, float, Sequence[int]]) -> None:
        """Add a posting as Whoosh has it: (field, term, document, weight, places)."""
        name, term, number, _weight, places = item
        self.fields[name].add_places(term.decode(), number, places)

    def iter_postings(self) -> Iterator[tuple[str, Iterable[tuple[str, Posted]]]]:
        """The fields in their order, each with its terms in theirs."""
        for name, inverted in sorted(self.fields.items()):
            yield name, inverted.postings()

    def cleanup(self) -> None:
        """Let go of what was gathered."""
        self.fields.clear()


class TermWriter(W3FieldWriter):
    """Writes the postings of a segment."""

    def add_postings(
        self, schema: Any, _lengths: Any, items: Iterable[tuple[str, Iterable[tuple[str, Posted]]]]
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
                self._tindex.add(pack_ushort(self._fieldid) + term.encode(), info.to_bytes())
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
