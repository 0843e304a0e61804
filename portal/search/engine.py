"""The full-text index: Whoosh, one folder a generation, written by one process at a time.

`rebuild` fills a new generation beside the present one and switches to it with one rename, so that readers never see
half an index. Whatever Whoosh stumbles over marks the index as broken and raises IndexUnavailable: the site goes on
answering, and the worker builds the index anew from the database.
"""

import fcntl
import logging
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from whoosh import index as whoosh_index
from whoosh.query import And, Or, Query, Term
from whoosh.scoring import BM25F

from .documents import Document, Subject
from .fields import FIELDS, Facts, add, schema, term
from .keys import WEIGHTS

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")

FORMAT = 2
"""Goes up when documents are indexed differently; an index of another format is built anew."""

MOST_SEGMENTS = 200


class IndexUnavailable(Exception):
    """The index is missing or damaged; it will be built anew."""


@dataclass(frozen=True)
class Match:
    """A document that answers a query."""

    subject: Subject
    locale: str
    kind: str
    score: float


class Index:
    """The index below one folder. Threads and processes may share the folder; each thread has its own searcher."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._local = threading.local()
        self._facts: dict[str, list[Facts]] = {}

    # Reading

    def search(self, wanted: Sequence[Sequence[str]], *, every: bool) -> list[Match]:
        """The documents with ``every`` one, or with any, of the words, best first; a word is given as its keys.

        Raises IndexUnavailable.
        """
        group = And if every else Or

        def matches(searcher: Any) -> list[Match]:
            results = searcher.search(group([_any_key(word) for word in wanted]), limit=None)
            facts = self._facts_of(searcher)
            found = [(facts(number), score) for score, number in results.top_n]
            return [Match(fact.subject, fact.locale, fact.kind, score) for fact, score in found]

        return self._ask(matches)

    def stamps(self) -> dict[tuple[Subject, str], int]:
        """The stamp under which each document was indexed, by (subject, language). Raises IndexUnavailable."""

        def stamps(searcher: Any) -> dict[tuple[Subject, str], int]:
            numbers = searcher.reader().all_doc_ids()
            return {(fact.subject, fact.locale): fact.stamp for fact in map(self._facts_of(searcher), numbers)}

        return self._ask(stamps)

    def usable(self) -> bool:
        """Can the index be opened, and has nobody found it damaged?"""
        try:
            self._ask(lambda _searcher: None)
        except IndexUnavailable:
            return False
        return not self._broken.exists()

    def close(self) -> None:
        """Close the files that this thread has open for searching; the next search opens them again."""
        searcher = self._local.__dict__.pop("searcher", None)
        self._local.__dict__.clear()
        if searcher is not None:
            searcher.close()

    # Writing

    def update(self, subjects: Iterable[Subject], documents: Iterable[Document]) -> None:
        """Replace all that stands under ``subjects`` by ``documents``. Raises IndexUnavailable."""
        with self._one_writer():
            # Read when no other writer can come between, and before Whoosh is asked: a fault of the database is no
            # damage to the index.
            present = list(documents)
            with self._careful():
                opened = whoosh_index.open_dir(str(self._live_folder()))
                with opened.writer(compound=False, limitmb=64) as writer:
                    for subject in subjects:
                        writer.delete_by_term("subject", term(subject))
                    for document in present:
                        add(writer, document)

    def rebuild(self, documents: Iterable[Document], progress: Callable[[], None] = lambda: None) -> int:
        """Build a new index of ``documents`` and switch to it; how many there were."""
        with self._one_writer():
            number = max(self._generations(), default=0) + 1
            place = self.folder / str(number)
            place.mkdir()
            count = 0
            try:
                with whoosh_index.create_in(str(place), schema()).writer(compound=False, limitmb=128) as writer:
                    for document in documents:
                        add(writer, document)
                        count += 1
                        progress()
            except BaseException:
                shutil.rmtree(place, ignore_errors=True)
                raise
            self._switch_to(number)
            return count

    # Inside

    @property
    def _broken(self) -> Path:
        return self.folder / "broken"

    def _live(self) -> str:
        """``<format>/<generation>`` as the switch file says."""
        return (self.folder / "live").read_text(encoding="ascii").strip()

    def _live_folder(self) -> Path:
        form, _, generation = self._live().partition("/")
        if form != str(FORMAT):
            raise whoosh_index.IndexVersionError(f"format {form}", form)
        return self.folder / generation

    def _generations(self) -> list[int]:
        return sorted(int(path.name) for path in self.folder.iterdir() if path.is_dir() and path.name.isdigit())

    def _switch_to(self, number: int) -> None:
        fresh = self.folder / "live.new"
        fresh.write_text(f"{FORMAT}/{number}\n", encoding="ascii")
        fresh.replace(self.folder / "live")
        self._broken.unlink(missing_ok=True)
        for old in self._generations():
            if old < number - 1:  # The one before may still be read by a search that is going on.
                shutil.rmtree(self.folder / str(old), ignore_errors=True)

    @contextmanager
    def _one_writer(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _careful(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # Whoosh reports damage in every shape: struct, key, index, value, OS errors.
            self.close()
            if (self.folder / "live").exists():
                log.exception("the search index is damaged")
                self._broken.touch()
            raise IndexUnavailable from error

    def _ask(self, question: Callable[[Any], Answer]) -> Answer:
        """What this thread's searcher answers. Raises IndexUnavailable.

        An update takes away the files of the state before it, maybe while they are being opened, which looks like
        damage: it is damage only when asking again, with no change to the index in between, fails as well.
        """
        with self._careful():
            failed_in: list[str] = []
            while True:
                try:
                    return question(self._searcher())
                except Exception:
                    self.close()
                    state = self._state()
                    if state == failed_in:
                        raise
                    failed_in = state

    def _state(self) -> list[str]:
        """Something that differs whenever the index has changed."""
        return [self._live(), *sorted(path.name for path in self._live_folder().glob("*.toc"))]

    def _searcher(self) -> Any:
        """This thread's searcher of the present state: a new one when the index has changed, never ``refresh``."""
        live, held = self._live_folder(), self._local.__dict__
        if held.get("live") != live or not held["searcher"].up_to_date():
            self.close()
            held["searcher"] = whoosh_index.open_dir(str(live)).searcher(weighting=BM25F())
            held["live"] = live
        return held["searcher"]

    def _facts_of(self, searcher: Any) -> Callable[[int], Facts]:
        """What is known of a document by its number; read once a segment, since segments don't change."""
        leaves = [(int(offset), self._segment_facts(reader)) for reader, offset in searcher.reader().leaf_readers()]

        def facts(number: int) -> Facts:
            for offset, rows in reversed(leaves):
                if number >= offset:
                    return rows[number - offset]
            raise IndexError(number)

        return facts

    def _segment_facts(self, reader: Any) -> list[Facts]:
        segment = reader.segment()
        if segment is None:
            return []  # An index without any document.
        name = segment.segment_id()
        known = self._facts.get(name)
        if known is None:
            if len(self._facts) > MOST_SEGMENTS:
                self._facts.clear()  # They belonged to segments that have been merged away.
            known = [Facts(*reader.stored_fields(number)["facts"]) for number in range(reader.doc_count_all())]
            self._facts[name] = known
        return known


def _any_key(word_keys: Sequence[str]) -> Query:
    return Or([Term(field, key, boost=WEIGHTS[key[0]]) for key in word_keys for field in FIELDS])
