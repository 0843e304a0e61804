"""What other processes do in these tests: write, publish and die, deliver and die, work off a queue."""

import logging
import os
import signal
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from portal.cli.opening import handlers
from portal.config import load
from portal.core import outbox
from portal.core.db import Database
from portal.core.jobs import JobQueue
from portal.core.outbox import Payload, Work
from portal.core.permissions import SYSTEM
from portal.knowledge.commands import write_revision
from portal.knowledge.model import Page
from portal.search import Index, index_subjects
from portal.search.documents import Document, documents
from tests.factories import NOW, a_page, a_text
from tests.processes import until


def write_revisions(url: str, page_id: int, count: int) -> None:
    """Append ``count`` revisions, each in a transaction of its own."""
    database = Database(url)
    for number in range(count):
        with database.transaction() as session:
            page = session.get_one(Page, page_id)
            write_revision(session, SYSTEM, page, "en", a_text(title=f"Text {number} of {os.getpid()}"), NOW)
    database.engine.dispose()


def publish_and_die(url: str) -> None:
    """Publish two pages; the process is killed after the commit, before anybody hears of it."""
    database = Database(url)
    database.on_outbox = _die
    with database.transaction() as session:
        a_page(session, slug="first", title="A lamp")
        a_page(session, slug="second", title="A seam")


def index_and_die(url: str, folder: Path) -> None:
    """Deliver; the process is killed when the index has all of it and the outbox doesn't know yet."""
    database, index = Database(url), Index(folder)

    def handle(payloads: Sequence[Payload]) -> None:
        index_subjects(database, index, payloads)
        _die()

    outbox.deliver(database, {Work.INDEX: handle}, NOW)


def half_index_and_die(url: str, folder: Path) -> None:
    """Deliver; the process is killed while the index is being written."""
    database, index = Database(url), Index(folder)

    def until_the_second(made: Iterator[Document]) -> Iterator[Document]:
        yield next(made)
        _die()

    def handle(payloads: Sequence[Payload]) -> None:
        pages = [("page", int(payload["page"])) for payload in payloads]
        with database.reading() as session:
            index.update(pages, until_the_second(documents(session, pages)))

    outbox.deliver(database, {Work.INDEX: handle}, NOW)


def sweep(url: str, folder: Path) -> None:
    """What a worker does when it starts and once a minute."""
    database = Database(url)
    outbox.deliver(database, handlers(database, Index(folder)), NOW + timedelta(minutes=1))
    database.engine.dispose()


def work_when_nudged(environ: dict[str, str]) -> None:
    """A worker that does nothing of its own accord: no sweep, no tick."""
    settings = load(environ)
    database, index = Database(settings.database), Index(settings.data / "index")

    def deliver() -> None:
        outbox.deliver(database, handlers(database, index), NOW)

    JobQueue(settings, deliver).work()


def work_slowly(environ: dict[str, str], folder: Path) -> None:
    """A worker whose job begins, takes until it is told to go on, and says that it is done."""
    settings = load(environ)
    os.dup2(os.open(folder / "log", os.O_WRONLY | os.O_CREAT), 2)
    logging.basicConfig(level=logging.INFO)

    def deliver() -> None:
        (folder / "begun").touch()
        until((folder / "go-on").exists, "being told to go on")
        (folder / "done").touch()

    JobQueue(settings, deliver).work()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
