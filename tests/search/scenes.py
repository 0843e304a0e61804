"""What other processes do in these tests: write and die, write all the time, search all the time."""

import mmap
import os
import signal
import struct
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from portal.cli.opening import handlers
from portal.core import outbox
from portal.core.db import Database
from portal.search import Index, find
from tests.factories import NOW
from tests.search.documents import a_document, about

LAMPS = 40


def update_and_die(folder: Path, moment: int) -> None:
    """Make five lamps into candles; killed at the ``moment``-th thing that is done to the folder's files."""
    _die_at(folder, moment)
    Index(folder).update(about(*range(5)), [a_document(page, body="A candle") for page in range(5)])


def rebuild_and_die(folder: Path, moment: int) -> None:
    """Make all lamps into candles, in a new generation; killed in the same way."""
    _die_at(folder, moment)
    Index(folder).rebuild(a_document(page, body="A candle") for page in range(LAMPS))


def _die_at(folder: Path, moment: int) -> None:
    """Kill this process when for the ``moment``-th time a file in ``folder`` is opened, renamed, removed or made."""
    left = [moment]
    mine = str(folder)

    def on(event: str, values: tuple[Any, ...]) -> None:
        if event.startswith(("open", "os.", "shutil.")) and values and str(values[0]).startswith(mine):
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(on)


Die = Callable[[Path, int], None]


# A site at work


class Tally:
    """Numbers that processes share: changes begun, and committed; whether it is over; how often each has looked."""

    BEGUN, DONE, OVER, *LOOKED = range(5)

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(40))
        with path.open("r+b") as file:
            self._kept = mmap.mmap(file.fileno(), 40)

    @property
    def looks(self) -> int:
        """How often anybody has looked."""
        return sum(self[one] for one in self.LOOKED)

    def __getitem__(self, which: int) -> int:
        return int(struct.unpack_from("q", self._kept, 8 * which)[0])

    def __setitem__(self, which: int, number: int) -> None:
        struct.pack_into("q", self._kept, 8 * which, number)


PAGES = 10
SECRET = "confidentialdraft"


def page_of(change: int) -> int:
    """Which page a change is of: each in turn, so that the last change of each is known."""
    return change % PAGES


def is_deletion(change: int) -> bool:
    """Every seventh change takes its page away; the next one of that page brings it back."""
    return change % 7 == 6


def deliver_all_the_time(url: str, folder: Path, tally: Path) -> None:
    """A worker that never rests."""
    database, index, shared = Database(url), Index(folder), Tally(tally)
    while not shared[Tally.OVER]:
        outbox.deliver(database, handlers(database, index), NOW)
        time.sleep(0.005)
    outbox.deliver(database, handlers(database, index), NOW)
    database.engine.dispose()


def search_all_the_time(url: str, folder: Path, tally: Path, report: Path, mine: int) -> None:
    """Somebody who looks for what is committed, and reports how often they looked, or what they were told wrongly."""
    database, index, shared = Database(url), Index(folder), Tally(tally)
    draw = Random(os.getpid())
    try:
        while not shared[Tally.OVER]:
            done = shared[Tally.DONE]
            if done:
                _look(database, index, shared, draw.randint(max(1, done - 2 * PAGES), done))
                shared[mine] += 1
        report.write_text(f"{shared[mine]}")
    except BaseException:
        report.write_text(traceback.format_exc())
    database.engine.dispose()


def _look(database: Database, index: Index, shared: Tally, change: int) -> None:
    """Look for what ``change`` wrote: found with its own text, unless there is a later change of that page."""
    with database.reading() as session:
        found = find(session, index, f"turn{change}", "en", exact=True)
        assert not found.incomplete
        titles = [hit.card.title for hit in found.hits]
        # Of one state of the database: a page that is found by an old text would be shown with its new title.
        assert titles in ([], [f"Turn {change}"]), f"{change}: {titles}"
        assert found.total == len(found.hits), f"{change}: {found.total} of {titles}"
        lamps = find(session, index, "lamp", "en", exact=True, limit=50)
        slugs = sorted(hit.card.slug for hit in lamps.hits)
        assert len(set(slugs)) == len(slugs) == lamps.total <= PAGES, f"{lamps.total} of {slugs}"
        assert find(session, index, SECRET, "en", exact=True).total == 0
    later = [one for one in range(change + 1, shared[Tally.BEGUN] + 1) if page_of(one) == page_of(change)]
    if not later:
        assert titles == ([] if is_deletion(change) else [f"Turn {change}"]), f"{change}: {titles}, and no later one"
