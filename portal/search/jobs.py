"""Keeping the index in step with the database."""

import logging
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass

from ..core import outbox
from ..core.db import Database
from ..core.outbox import Payload, Work
from .documents import Document, Subject, documents, stamps
from .engine import Index, IndexUnavailable
from .present import subjects

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class IndexState:
    """How the index compares with the database; all 0 when they agree."""

    missing: int
    outdated: int
    gone: int

    @property
    def agrees(self) -> bool:
        return not (self.missing or self.outdated or self.gone)


def index_subjects(database: Database, index: Index, payloads: Sequence[Payload]) -> None:
    """Bring the pages and wins named in ``payloads`` to their present state in the index; twice does no harm."""
    changed = subjects(payloads)
    try:
        with closing(_present(database, changed)) as present:
            index.update(changed, present)
    except IndexUnavailable:
        log.warning("the index is not usable: building it anew")
        rebuild(database, index)


def repair(database: Database, index: Index) -> bool:
    """Build the index anew if it is missing, of another format, or was found damaged; was that needed?"""
    if index.usable():
        return False
    rebuild(database, index)
    return True


def rebuild(database: Database, index: Index, progress: Callable[[], None] = lambda: None) -> int:
    """Build the index anew from the database; the number of documents.

    What waited in the outbox when that began is then done as well.
    """
    covered: list[int] = []
    # Closed here: an interrupted generator would hold its reading session, and PostgreSQL's locks, until collected.
    with closing(_present(database, covered=covered)) as present:
        count = index.rebuild(present, progress)
    outbox.remove(database, covered)
    return count


def _present(
    database: Database, changed: Sequence[Subject] | None = None, covered: list[int] | None = None
) -> Generator[Document]:
    """The documents that ``changed`` (or all) as they are when the first one is asked for.

    The index asks once it is the only writer: a state read before that could replace a newer one. ``covered`` is
    given the outbox rows that this state answers.
    """
    with database.reading() as session:
        if covered is not None:
            covered += outbox.waiting(session, Work.INDEX)
        yield from documents(session, changed)


def compare(database: Database, index: Index) -> IndexState:
    """Compare the index with the database. Raises IndexUnavailable."""
    indexed = index.stamps()
    with database.reading() as session:
        wanted = stamps(session)
    return IndexState(
        missing=len(wanted.keys() - indexed.keys()),
        outdated=sum(1 for key, stamp in wanted.items() if key in indexed and indexed[key] != stamp),
        gone=len(indexed.keys() - wanted.keys()),
    )
