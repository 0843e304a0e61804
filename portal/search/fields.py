"""How a document becomes the fields of the full-text index."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from whoosh.analysis import Analyzer, Token
from whoosh.fields import ID, STORED, TEXT, Schema

from .documents import Document, Subject
from .keys import keys, words

FIELDS = {"title": 4.0, "headings": 2.0, "summary": 2.0, "body": 1.0}
"""What is searched of a document, and how much a word counts that stands there."""


class Facts(NamedTuple):
    """What the index keeps of a document to show and compare it."""

    about: str
    number: int
    locale: str
    kind: str
    stamp: int

    @property
    def subject(self) -> Subject:
        """What the document is about."""
        return self.about, self.number


class _Keys(Analyzer):
    """Every key of a word at that word's position; the text's first line is its language."""

    def __call__(self, value: str, **_: Any) -> Iterator[Token]:
        locale, _newline, text = value.partition("\n")
        token = Token(positions=True)
        for position, word in enumerate(words(text)):
            token.pos = position
            for key in keys(word[0], locale):
                token.text = key
                token.boost = 1.0
                token.stopped = False
                yield token


def schema() -> Schema:
    """The index's fields."""
    text = {name: TEXT(analyzer=_Keys(), phrase=True, field_boost=boost) for name, boost in FIELDS.items()}
    return Schema(subject=ID(), facts=STORED(), **text)


def add(writer: Any, document: Document) -> None:
    """Add ``document`` to the index that ``writer`` writes."""
    values: Mapping[str, str] = {name: f"{document.locale}\n{getattr(document, name)}" for name in FIELDS}
    facts = Facts(*document.subject, document.locale, document.kind, document.stamp)
    writer.add_document(subject=term(document.subject), facts=tuple(facts), **values)


def term(subject: Subject) -> str:
    """How a subject is written in the index."""
    return f"{subject[0]}:{subject[1]}"
