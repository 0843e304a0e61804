"""SQLite's own full-text search over the same keys: what the portal's search is measured against.

A word is all its keys (each written in hexadecimal, so that no tokenizer takes it apart), and a page has a word when it
has any of them. All words must be there, and the ten best by BM25 are taken, with the portal's weights for fields.
"""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from portal.search.asked import Asked
from portal.search.documents import Document, Subject
from portal.search.fields import BOOST, Field
from portal.search.keys import forms, keys

FIELDS = (Field.TITLE, Field.HEADING, Field.SUMMARY, Field.BODY)


class Facets(NamedTuple):
    """How many documents match, by kind and by language."""

    kinds: dict[str, int]
    locales: dict[str, int]


class Fts5:
    """An index in one file."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def build(self, documents: Iterable[Document]) -> None:
        """Index ``documents``."""
        weights = ", ".join(str(BOOST[field]) for field in FIELDS)
        with self._connection as connection:
            connection.execute("CREATE VIRTUAL TABLE page USING fts5(title, heading, summary, body, content='')")
            connection.execute("INSERT INTO page (page, rank) VALUES ('rank', ?)", (f"bm25({weights})",))
            connection.execute("CREATE TABLE fact (id INTEGER PRIMARY KEY, about, number, locale, kind)")
            for count, document in enumerate(documents, 1):
                parts = (document.title, "\n".join(document.headings), document.summary, document.body)
                texts = [_tokens(part, document.locale) for part in parts]
                facts = (*document.subject, document.locale, document.kind)
                connection.execute(
                    "INSERT INTO page (rowid, title, heading, summary, body) VALUES (?, ?, ?, ?, ?)", [count, *texts]
                )
                connection.execute("INSERT INTO fact VALUES (?, ?, ?, ?, ?)", [count, *facts])

    def best(self, asked: Asked, limit: int = 10) -> list[Subject]:
        """What the best documents are about that have all words."""
        query = _query(asked)
        if not query:
            return []
        rows = self._connection.execute(
            "SELECT about, fact.number FROM (SELECT rowid FROM page WHERE page MATCH ? ORDER BY rank LIMIT ?) AS found"
            " JOIN fact ON fact.id = found.rowid",
            (query, limit),
        )
        return rows.fetchall()

    def facets(self, asked: Asked) -> Facets:
        """How many documents have all words, as a page of results tells it."""
        found = Facets({}, {})
        query = _query(asked)
        if query:
            for kind, locale, count in self._connection.execute(
                "SELECT kind, locale, count(*) FROM page JOIN fact ON fact.id = page.rowid WHERE page MATCH ?"
                " GROUP BY kind, locale",
                (query,),
            ):
                found.kinds[kind] = found.kinds.get(kind, 0) + count
                found.locales[locale] = found.locales.get(locale, 0) + count
        return found


def _tokens(text: str, locale: str) -> str:
    return " ".join(key.encode().hex() for word in forms(text) for key in keys(word, locale))


def _query(asked: Asked) -> str:
    wanted = (
        " OR ".join(key.encode().hex() for way in one.ways for word in way.words for key in word)
        for one in asked.wanted
        if not one.light
    )
    return " AND ".join(f"({one})" for one in wanted)
