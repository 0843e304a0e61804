"""The job queue: huey, kept in SQLite beside the data, or in PostgreSQL when that is the database.

The queue only says that there is something to do. What is to be done stands in the database (the outbox, or a
state from which what is due follows), so that a lost, late or doubled job does no harm.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable

from huey import Huey, PostgresHuey, SqliteHuey, crontab
from huey.consumer import Consumer
from sqlalchemy.engine import make_url

from ..config import Settings

log = logging.getLogger(__name__)

Job = Callable[[], object]


def _nothing() -> None:
    """Stands for the work in processes that only ask for it."""


class JobQueue:
    """The queue as both sides see it: the web nudges, the worker works.

    ``deliver`` empties the outbox; ``tick`` is called once a minute and does whatever is due.
    """

    def __init__(self, settings: Settings, deliver: Job = _nothing, tick: Job = _nothing) -> None:
        self.huey = _storage(settings)
        self._deliver = self.huey.task(name="deliver")(_own(deliver))
        self._tick = self.huey.periodic_task(crontab(), name="tick")(_own(tick))

    def nudge(self) -> None:
        """Ask for a delivery now. If the queue can't be reached, the next sweep will find the work."""
        try:
            self._deliver()
        except Exception:
            log.warning("the job queue did not take a nudge; the sweep will deliver", exc_info=True)

    def work(self, parent: int | None = None) -> None:
        """Work until told to stop (SIGTERM or SIGINT), finishing the job in hand.

        ``parent``: the process that started this one; also stop when that is gone, however it ended.
        """
        consumer = _Consumer(
            self.huey, workers=1, initial_delay=0.05, backoff=1.15, max_delay=0.5, graceful_signal="TERM"
        )
        if parent is not None:
            threading.Thread(target=_stop_when_orphaned, args=(parent,), daemon=True).start()
        consumer.run()


def _own(job: Job) -> Job:
    """``job`` as a function of this module: huey looks for it under its module's name, the web's as the worker's."""

    def work() -> None:
        job()

    return work


class _Consumer(Consumer):
    """huey's, which would drop the job in hand on SIGINT."""

    def start(self) -> None:
        super().start()
        signal.signal(signal.SIGINT, lambda *_: signal.raise_signal(signal.SIGTERM))


def _stop_when_orphaned(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def _storage(settings: Settings) -> Huey:
    url = make_url(settings.database)
    if url.drivername == "sqlite":
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        return SqliteHuey("portal", filename=str(settings.data / "jobs.sqlite"), results=False, timeout=10)
    dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return PostgresHuey("portal", dsn=dsn, results=False)
