"""The outbox: work is asked for within the change that causes it, and done after it whoever dies in between."""

import logging
import signal
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.core import outbox
from portal.core.db import Database
from portal.core.outbox import BATCH, LONGEST_PAUSE, GiveUp, OutboxRow, Payload, Work
from portal.search import Index, compare, index_subjects
from tests.core import scenes
from tests.factories import NOW, a_page
from tests.processes import exit_code
from tests.search.documents import found as documents_with


class Desk:
    """A handler that writes down what it was given, and fails on whatever is called bad."""

    def __init__(self, *bad: str) -> None:
        self.bad = set(bad)
        self.batches: list[list[str]] = []
        self.done: list[str] = []

    def __call__(self, payloads: Sequence[Payload]) -> None:
        names = [str(payload["name"]) for payload in payloads]
        self.batches.append(names)
        if self.bad.intersection(names):
            raise ValueError("this one is bad")
        self.done += names


class Changed(Exception):
    """Somebody changed their mind."""


def ask(database: Database, *names: str, later: timedelta = timedelta()) -> None:
    with database.transaction() as session:
        for name in names:
            outbox.add(session, Work.INDEX, {"name": name}, NOW + later)


def deliver(database: Database, desk: Desk, after: timedelta = timedelta()) -> int:
    return outbox.deliver(database, {Work.INDEX: desk}, NOW + after)


def waiting(database: Database) -> list[OutboxRow]:
    with database.reading() as session:
        return list(session.scalars(select(OutboxRow).order_by(OutboxRow.id)))


def names(database: Database) -> list[str]:
    return [str(row.payload["name"]) for row in waiting(database)]


# Asking


def test_work_is_asked_for_in_the_transaction_of_its_cause(own_database: Database) -> None:
    with own_database.transaction() as session:
        outbox.add(session, Work.INDEX, {"name": "lamp"}, NOW)
        session.flush()
        assert names(own_database) == []
    assert names(own_database) == ["lamp"]


def test_work_is_taken_back_with_its_cause(own_database: Database) -> None:
    heard: list[str] = []
    own_database.on_outbox = lambda: heard.append("work")

    def change() -> None:
        with own_database.transaction() as session:
            outbox.add(session, Work.INDEX, {"name": "lamp"}, NOW)
            session.flush()
            raise Changed

    with pytest.raises(Changed):
        change()
    assert (names(own_database), heard) == ([], [])


def test_who_listens_hears_of_work_once_and_only_when_it_is_there_to_be_seen(own_database: Database) -> None:
    heard: list[list[str]] = []
    own_database.on_outbox = lambda: heard.append(names(own_database))
    ask(own_database, "lamp", "seam")
    ask(own_database)
    assert heard == [["lamp", "seam"]]


def test_publishing_a_page_asks_for_it_to_be_indexed(database: Database) -> None:
    with database.transaction() as session:
        page = a_page(session)
    assert {(row.work, row.payload["page"]) for row in waiting(database)} == {(Work.INDEX, page.id)}


# Delivering


def test_what_is_due_is_done_in_order_and_removed(database: Database) -> None:
    ask(database, "lamp", "seam")
    ask(database, "tomorrow", later=timedelta(days=1))
    desk = Desk()
    assert deliver(database, desk) == 2
    assert desk.done == ["lamp", "seam"]
    assert names(database) == ["tomorrow"]
    assert deliver(database, desk, timedelta(days=1)) == 1


def test_nothing_to_do_is_no_work(database: Database) -> None:
    desk = Desk()
    assert deliver(database, desk) == 0
    assert desk.batches == []


def test_any_number_of_rows_is_done_a_batch_at_a_time(database: Database) -> None:
    wanted = [f"row {number}" for number in range(2 * BATCH + 1)]
    ask(database, *wanted)
    desk = Desk()
    assert deliver(database, desk) == len(wanted)
    assert desk.done == wanted
    assert [len(batch) for batch in desk.batches] == [BATCH, BATCH, 1]
    assert names(database) == []


@pytest.mark.usefixtures("quiet")
def test_one_bad_row_holds_up_no_other(database: Database) -> None:
    ask(database, "lamp", "bad", "seam")
    desk = Desk("bad")
    assert deliver(database, desk) == 2
    assert desk.done == ["lamp", "seam"]
    (row,) = waiting(database)
    assert (row.payload, row.attempts, row.error) == ({"name": "bad"}, 1, "ValueError: this one is bad")
    assert deliver(database, desk) == 0  # It is put off: not tried again at once.
    ask(database, "later")
    assert deliver(database, desk) == 1


@pytest.mark.usefixtures("quiet")
def test_a_row_that_keeps_failing_is_put_off_ever_longer_and_never_dropped(database: Database) -> None:
    ask(database, "bad")
    desk, pauses, at = Desk("bad"), list[timedelta](), timedelta()
    for _ in range(14):
        assert deliver(database, desk, at) == 0
        (row,) = waiting(database)
        pauses.append(row.due_at - NOW - at)
        at += pauses[-1]
    assert [pause.total_seconds() for pause in pauses[:4]] == [2, 4, 8, 16]
    assert pauses == sorted(pauses)
    assert pauses[-2:] == [LONGEST_PAUSE, LONGEST_PAUSE]
    desk.bad.clear()
    assert deliver(database, desk, at) == 1
    assert names(database) == []


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Failures that the test makes need not be told."""
    caplog.set_level(logging.CRITICAL, "portal.core.outbox")


def test_a_row_is_done_twice_without_harm(database: Database, index: Index) -> None:
    with database.transaction() as session:
        page = a_page(session, title="A lamp")
    for _ in range(2):
        index_subjects(database, index, [{"page": page.id}, {"page": page.id}, {"page": page.id + 1}])
    assert found(index, "lamp") == [page.id]
    assert compare(database, index).agrees


# Dying in between


@pytest.fixture
def url(own_database: Database) -> str:
    return own_database.engine.url.render_as_string(hide_password=False)


def found(index: Index, word: str) -> list[int]:
    """The page of every document in the index that has ``word``, one entry a document."""
    return [page for page, _ in documents_with(index, word)]


def test_a_process_killed_after_the_commit_loses_nothing(own_database: Database, url: str, index: Index) -> None:
    assert exit_code(scenes.publish_and_die, url) == -signal.SIGKILL
    assert len(waiting(own_database)) == 2

    assert exit_code(scenes.sweep, url, index.folder) == 0
    assert waiting(own_database) == []
    assert (len(found(index, "lamp")), len(found(index, "seam"))) == (1, 1)
    assert compare(own_database, index).agrees


@pytest.mark.parametrize("death", [scenes.index_and_die, scenes.half_index_and_die], ids=["before-the-tick", "halfway"])
def test_a_process_killed_while_it_delivers_loses_and_doubles_nothing(
    own_database: Database, url: str, index: Index, death: object
) -> None:
    with own_database.transaction() as session:
        pages = [a_page(session, title="A lamp"), a_page(session, title="A seam")]
    assert exit_code(death, url, index.folder) == -signal.SIGKILL  # type: ignore[arg-type]
    assert len(waiting(own_database)) == 2

    for _ in range(2):
        assert exit_code(scenes.sweep, url, index.folder) == 0
    assert waiting(own_database) == []
    assert (found(index, "lamp"), found(index, "seam")) == ([pages[0].id], [pages[1].id])
    assert compare(own_database, index).agrees


def test_a_process_killed_before_there_is_an_index_leaves_enough_to_make_one(
    own_database: Database, url: str, tmp_path: Path
) -> None:
    assert exit_code(scenes.publish_and_die, url) == -signal.SIGKILL
    assert exit_code(scenes.sweep, url, tmp_path / "none-yet") == 0
    with closing(Index(tmp_path / "none-yet")) as made:
        assert compare(own_database, made).agrees
    assert waiting(own_database) == []


def test_work_seen_outside_is_done_a_row_at_a_time_and_told_how_often_it_failed(database: Database) -> None:
    given: list[list[Payload]] = []

    def handle(payloads: Sequence[Payload]) -> None:
        given.append([*payloads])
        if payloads[0]["name"] == "bad":
            raise ValueError

    with database.transaction() as session:
        for name in ("lamp", "bad", "seam"):
            outbox.add(session, Work.WEBHOOK, {"name": name}, NOW)
    assert outbox.deliver(database, {Work.WEBHOOK: handle}, NOW) == 2
    assert outbox.deliver(database, {Work.WEBHOOK: handle}, NOW + timedelta(minutes=1)) == 0
    assert [[(one["name"], one["tries"]) for one in batch] for batch in given] == [
        [("lamp", 0)], [("bad", 0)], [("seam", 0)], [("bad", 1)]
    ]  # fmt: skip
    assert [row.payload for row in waiting(database)] == [{"name": "bad"}]


def test_a_row_that_its_handler_gives_up_is_dropped_and_the_log_says_so(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    def handle(payloads: Sequence[Payload]) -> None:
        if any(payload["name"] == "bad" for payload in payloads):
            raise GiveUp("nobody wants the bad one")

    ask(database, "lamp", "bad", "seam")
    assert outbox.deliver(database, {Work.INDEX: handle}, NOW) == 2
    assert names(database) == []
    (said,) = caplog.records
    assert (said.levelno, said.exc_info) == (logging.ERROR, None)
    assert "nobody wants the bad one" in said.getMessage()


@pytest.mark.parametrize(("seconds", "tries"), [(0, 1), (1.9, 1), (2, 2), (6, 3), (4094, 12), (4094 + 3600, 13)])
def test_how_often_a_row_is_tried_within_a_time_follows_from_the_pauses(seconds: float, tries: int) -> None:
    assert outbox.tries_within(timedelta(seconds=seconds)) == tries
