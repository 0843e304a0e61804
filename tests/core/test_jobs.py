"""The job queue: nudges reach a worker in another process, a lost nudge loses nothing, workers stop in good order."""

import logging
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from huey import PostgresHuey, SqliteHuey
from sqlalchemy import select, text

from portal.cli.opening import deliver
from portal.config import Settings, load
from portal.core.db import Database
from portal.core.jobs import JobQueue
from portal.core.outbox import OutboxRow
from portal.search import Index, IndexUnavailable, compare
from tests.core import scenes
from tests.factories import a_page
from tests.processes import DEADLINE_S, PORTAL, catches, popen, started, until


@pytest.fixture
def environ(own_database: Database, tmp_path: Path) -> dict[str, str]:
    """The settings of a portal on the test's own database."""
    url = own_database.engine.url.render_as_string(hide_password=False)
    return {"PORTAL_DATA": str(tmp_path / "data"), "PORTAL_DATABASE_URL": url}


@pytest.fixture
def settings(environ: dict[str, str]) -> Settings:
    return load(environ)


@pytest.fixture
def queue(settings: Settings) -> Iterator[JobQueue]:
    """The queue as the web sees it."""
    made = JobQueue(settings)
    yield made
    made.huey.storage.close()


@pytest.fixture
def portal_index(settings: Settings) -> Iterator[Index]:
    with closing(Index(settings.data / "index")) as index:
        yield index


def publish(database: Database) -> None:
    with database.transaction() as session:
        a_page(session, title="A lamp")


def in_step(database: Database, index: Index) -> bool:
    with database.reading() as session:
        waiting = session.scalars(select(OutboxRow.id)).all()
    try:
        return not waiting and compare(database, index).agrees
    except IndexUnavailable:
        return False


def test_a_nudge_has_a_worker_index_what_was_published(
    own_database: Database, environ: dict[str, str], queue: JobQueue, portal_index: Index
) -> None:
    own_database.on_outbox = queue.nudge
    with started(scenes.work_when_nudged, environ):
        for _ in range(2):
            publish(own_database)
            until(lambda: in_step(own_database, portal_index), "the published page in the index")


def test_a_nudge_waits_for_the_worker_to_come(
    own_database: Database, environ: dict[str, str], queue: JobQueue, portal_index: Index
) -> None:
    own_database.on_outbox = queue.nudge
    publish(own_database)
    with started(scenes.work_when_nudged, environ):
        until(lambda: in_step(own_database, portal_index), "the published page in the index")


def test_without_its_queue_a_change_is_committed_and_swept_up_later(
    own_database: Database,
    settings: Settings,
    queue: JobQueue,
    portal_index: Index,
    caplog: pytest.LogCaptureFixture,
) -> None:
    own_database.on_outbox = queue.nudge
    take_away(own_database, settings)
    with caplog.at_level(logging.WARNING, "portal.core.jobs"):
        publish(own_database)
    assert "the sweep will deliver" in caplog.text
    assert not in_step(own_database, portal_index)
    deliver(own_database, portal_index)
    assert in_step(own_database, portal_index)


def take_away(database: Database, settings: Settings) -> None:
    """Make the queue's storage unusable."""
    if database.engine.dialect.name == "postgresql":
        with database.engine.begin() as connection:
            connection.execute(text("DROP TABLE huey_task"))
    else:
        for path in settings.data.glob("jobs.sqlite*"):
            path.unlink()
        (settings.data / "jobs.sqlite").mkdir()


def test_the_queue_is_kept_where_the_database_is(own_database: Database, settings: Settings, queue: JobQueue) -> None:
    queue.nudge()
    assert queue.huey.pending_count() == 1
    if own_database.engine.dialect.name == "postgresql":
        assert isinstance(queue.huey, PostgresHuey)
        with own_database.engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM huey_task")) == 1
        assert not settings.data.exists()
    else:
        assert isinstance(queue.huey, SqliteHuey)
        assert (settings.data / "jobs.sqlite").stat().st_size > 0


# Stopping


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_told_to_stop_finishes_the_job_in_hand(
    environ: dict[str, str], queue: JobQueue, tmp_path: Path, signum: signal.Signals
) -> None:
    with started(scenes.work_slowly, environ, tmp_path) as worker:
        queue.nudge()
        until((tmp_path / "begun").exists, "the job begins")
        assert worker.pid
        until(lambda: catches(worker.pid, signal.SIGTERM), "the worker listens to signals")
        os.kill(worker.pid, signum)
        until(lambda: "Shutting down" in (tmp_path / "log").read_text(), "the worker hears of it")
        (tmp_path / "go-on").touch()
        worker.join(DEADLINE_S)
        assert worker.exitcode == 0
    assert (tmp_path / "done").exists()


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_the_worker_command_sweeps_up_what_waits_and_stops_with_exit_code_0(
    own_database: Database, environ: dict[str, str], portal_index: Index, tmp_path: Path, signum: signal.Signals
) -> None:
    publish(own_database)
    with popen((*PORTAL, "worker"), {**os.environ, **environ}, tmp_path / "log") as worker:
        until(lambda: in_step(own_database, portal_index), "what waited in the index")
        until(lambda: catches(worker.pid, signal.SIGTERM), "the worker listens to signals")
        worker.send_signal(signum)
        assert worker.wait(DEADLINE_S) == 0
    assert "Traceback" not in (tmp_path / "log").read_text(encoding="utf-8")


def test_a_damaged_index_is_mended_by_the_sweep(own_database: Database, portal_index: Index) -> None:
    publish(own_database)
    deliver(own_database, portal_index)
    shutil.rmtree(portal_index.folder)
    publish(own_database)
    deliver(own_database, portal_index)
    assert in_step(own_database, portal_index)
