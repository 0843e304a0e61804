"""What is indexed of a document: its words, each with its place and the field that is in, and facts about it."""

from array import array
from collections.abc import Iterator
from enum import IntEnum
from itertools import count
from typing import Any, NamedTuple, TypeAlias

from whoosh.fields import ID as WHOLE
from whoosh.fields import STORED, FieldType, Schema
from whoosh.formats import Format

from .documents import Document, Subject
from .keys import forms


class Field(IntEnum):
    """The parts of a document, the one that tells most the highest."""

    BODY = 0
    SUMMARY = 1
    HEADING = 2
    TITLE = 3


BOOST = {Field.BODY: 1.0, Field.SUMMARY: 2.0, Field.HEADING: 2.0, Field.TITLE: 4.0}
"""How many times a word in a field counts as much as one in the body."""

FIELD_BITS = 24
"""A place is 32 bits: the field above, and below them the number of the word in its field."""
IN_TITLE = "^"
"""Before a key: the key within titles alone, of which there is far less to look through while somebody is typing."""
LONGEST = 100_000
"""So many words of a document are searched; the longest page has fewer."""

Places: TypeAlias = "array[int]"


class Facts(NamedTuple):
    """What the index keeps of a document to rank, narrow and compare it."""

    about: str
    number: int
    locale: str
    kind: str
    stamp: int
    length: int
    title_words: int
    principles: tuple[int, ...]
    day: int
    useful: int

    @property
    def subject(self) -> Subject:
        """What the document is about."""
        return self.about, self.number


def written(document: Document) -> Iterator[tuple[str, int]]:
    """The words of ``document`` as they are written, each with its place."""
    number = 0
    for part, text in _parts(document):
        if part in _BY_ITSELF:
            number = 0
        found = forms(text)[: max(0, LONGEST - number)]
        yield from zip(found, count(part << FIELD_BITS | number))
        number += len(found) + 1  # Words on either side of a line's end don't stand side by side.


_BY_ITSELF = frozenset({Field.SUMMARY, Field.TITLE})
"""The parts whose words are numbered by themselves; a heading's are among those of the body."""


def _parts(document: Document) -> Iterator[tuple[Field, str]]:
    """The parts of a document, the body line by line."""
    headings = set(document.headings)
    for line in document.body.split("\n"):
        yield (Field.HEADING if line in headings else Field.BODY), line
    yield Field.SUMMARY, document.summary
    yield Field.TITLE, document.title


def facts(document: Document) -> Facts:
    """What is kept of ``document``."""
    return Facts(
        *document.subject,
        document.locale,
        document.kind,
        document.stamp,
        document.body.count(" ") + document.summary.count(" ") + 2,
        len(forms(document.title)),
        document.principles,
        document.changed_on.toordinal(),
        document.useful,
    )


class _Places(Format):
    """Postings whose values are places, ready made."""


class _Keys(FieldType):
    """The one searched field. Its postings are made by `inverting` and not by Whoosh, which only reads them."""

    indexed, stored, scorable, unique, vector, spelling = True, False, False, False, None, False
    analyzer = None

    def __init__(self) -> None:
        self.format = _Places()


KEYS = "keys"


def schema() -> Schema:
    """The index's fields."""
    return Schema(subject=WHOLE(), facts=STORED(), **{KEYS: _Keys()})


def add(writer: Any, document: Document) -> None:
    """Add ``document`` to the index that ``writer`` writes."""
    writer.pool.fields[KEYS].add(writer.docnum, document)
    writer.add_document(subject=term(document.subject), facts=tuple(facts(document)))


def term(subject: Subject) -> str:
    """How a subject is written in the index."""
    return f"{subject[0]}:{subject[1]}"
