"""How soon a change is found: a hundred in a row, and one by one on a site that is served."""

import http.client
import json
import statistics
import sys
import time
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import select

from bench.__main__ import served, signed_in
from portal.cli.opening import deliver, open_index
from portal.config import Settings
from portal.core import clock
from portal.core.db import Database
from portal.core.jobs import JobQueue
from portal.core.outbox import OutboxRow
from portal.core.permissions import SYSTEM
from portal.knowledge.commands import add_page, write_revision
from portal.knowledge.model import Kind, Page, PageText
from portal.search import Index, find, warm

CHANGES, LIVE, WARM_UP = 100, 10, 20
PATIENCE = 30
TEXT = "Nobody had told the customer why the lamp on the landing was out, so we went there with a bulb. " * 8


@dataclass
class _Took:
    """Milliseconds of each change: to be committed, found at once, worked into the index, and found in that."""

    committed: list[float] = field(default_factory=list)
    found: list[float] = field(default_factory=list)
    delivered: list[float] = field(default_factory=list)
    then: list[float] = field(default_factory=list)


def change(database: Database, number: int) -> str:
    """Publish a new page, or every second time new words for an old one; a word that it alone has."""
    word = f"zq{number}x"
    text = PageText(f"A landing without light, {word}", "A short story.", f"{TEXT}\n\nIts mark is {word}.")
    with database.transaction() as session:
        if number % 2:
            page = session.scalars(select(Page).where(Page.slug == f"searched-{number}")).one()
        else:
            page = add_page(session, SYSTEM, Kind.STORY, f"changed-{number}", clock.now())
        write_revision(session, SYSTEM, page, "en", text, clock.now())
    return word


def in_a_row(settings: Settings) -> None:
    """A hundred changes, each worked into the index before the next; another searcher looks for each."""
    database, index = Database(settings.database), open_index(settings)
    others, theirs = Database(settings.database), open_index(settings)
    warm()
    took = _Took()
    look(others, theirs, "lamp")
    for number in range(CHANGES):
        with clocked(took.committed):
            word = change(database, number)
        with clocked(took.found):
            assert look(others, theirs, word), "what is in the outbox is not found"
        with clocked(took.delivered):
            deliver(database, index)
        with clocked(took.then):
            assert look(others, theirs, word), "what is in the index is not found"
    print(f"\n{CHANGES} changes in a row, ms        first ten   last ten    slowest")
    for name, times in (
        ("committed", took.committed),
        ("found at once", took.found),
        ("worked into the index", took.delivered),
        ("first search in that", took.then),
    ):
        first, last = statistics.median(times[:10]), statistics.median(times[-10:])
        print(f"  {name:26}{first:11.1f}{last:11.1f}{max(times):11.1f}")
    for one in (database, others):
        one.engine.dispose()


@contextmanager
def clocked(times: list[float]) -> Iterator[None]:
    """Add how long the block took, in milliseconds."""
    began = time.perf_counter()
    yield
    times.append((time.perf_counter() - began) * 1_000)


def look(database: Database, index: Index, word: str) -> int:
    """How many pages a search finds, in a session of its own."""
    with database.reading() as session:
        return find(session, index, word, "en").total


def served_live(settings: Settings) -> None:
    """Changes on a site that is served by two workers, with the job worker beside them; asked for over HTTP."""
    database = Database(settings.database)
    database.on_outbox = JobQueue(settings).nudge
    command = [sys.executable, "-c", "from portal.cli import main; main()", "serve", "--workers", "2"]
    found: list[float] = []
    indexed: list[float] = []
    with served(command, {"PORTAL_DATA": str(settings.data), "PORTAL_LOG_LEVEL": "error"}) as (port, _):
        cookie = signed_in(port)
        for _ in range(WARM_UP):  # Each worker opens the index with its first search.
            total(port, cookie, "lamp zqx")
        for number in range(1_000, 1_000 + LIVE):
            word = change(database, number)
            began = time.perf_counter()
            wait(partial(total, port, cookie, word))
            found.append(time.perf_counter() - began)
            wait(partial(all_done, database))
            indexed.append(time.perf_counter() - began)
    print(f"\n{LIVE} changes on a served site: found after (goal: 1 s) {max(found):.2f} s at most,")
    print(f"    in the index after {statistics.median(indexed):.2f} s, at most {max(indexed):.2f} s")
    database.engine.dispose()


def wait(fulfilled: Callable[[], object]) -> None:
    """Ask again and again, for a while."""
    end = time.perf_counter() + PATIENCE
    while not fulfilled():
        assert time.perf_counter() < end, "waited in vain"
        time.sleep(0.01)


def all_done(database: Database) -> bool:
    """Does nothing wait in the outbox?"""
    with database.reading() as session:
        return session.scalar(select(OutboxRow.id).limit(1)) is None


def total(port: int, cookie: str, word: str) -> int:
    """How many pages the site says it found."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", f"/search.json?q={urllib.parse.quote(word)}", headers={"Cookie": cookie})
    answer = connection.getresponse()
    assert answer.status == 200, answer.status
    count: int = json.load(answer)["total"]
    connection.close()
    return count
