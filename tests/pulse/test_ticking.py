"""What the worker does once a minute: everything due, once, whatever fails, is killed, or works beside it."""

import os
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from portal.core import db
from portal.core.db import Database
from portal.core.permissions import Actor
from portal.pulse import announcing, life
from portal.pulse.model import Ballot, Invitation, Result, State, Step, Survey
from portal.pulse.sealing import KeyRing
from tests.factories import NOW
from tests.notices.telling import outbox_rows
from tests.processes import exit_code
from tests.pulse.living import END, answer, furnished, state, tick, told
from tests.pulse.scenes import DAY, RULES

MINUTE = timedelta(minutes=1)
DIED = 77


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "pulse-keys"


def answered(database: Database, survey_id: int, people: list[Actor]) -> None:
    with database.transaction() as session:
        for actor in people:
            answer(session, session.get_one(Survey, survey_id), actor)


def count(database: Database, what: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(what)) or 0


def who_was_told(database: Database, subject: str) -> set[int]:
    with database.reading() as session:
        return set(told(session, subject))


def test_a_survey_goes_its_way_by_itself(own_database: Database, folder: Path) -> None:
    survey_id, people = furnished(own_database)
    everybody, hr = {one.id for one in people}, {people[-1].id}
    tick(own_database, folder, NOW - MINUTE)
    assert state(own_database, survey_id) == (State.SCHEDULED, None)
    for _ in range(2):  # A doubled tick does no harm, here as below.
        tick(own_database, folder, NOW)
    assert state(own_database, survey_id) == (State.OPEN, None)
    assert who_was_told(own_database, "survey") == everybody
    answered(own_database, survey_id, people[:9])
    for _ in range(2):
        tick(own_database, folder, NOW + 3 * DAY)
    assert who_was_told(own_database, "survey-reminder") == {one.id for one in people[9:]}
    assert KeyRing(folder).known() == [survey_id]
    for _ in range(2):
        tick(own_database, folder, END)
    assert state(own_database, survey_id) == (State.CLOSED, None)
    assert (count(own_database, Ballot), count(own_database, Result)) == (9, 4)
    assert KeyRing(folder).known() == []
    assert who_was_told(own_database, "survey") == set(), "an invitation to what is closed is taken back"
    assert who_was_told(own_database, "survey-counted") == hr
    tick(own_database, folder, NOW)
    assert state(own_database, survey_id) == (State.CLOSED, None), "a clock that is set back opens nothing again"


def test_after_weeks_without_a_worker_it_opens_late_with_all_its_days(own_database: Database, folder: Path) -> None:
    survey_id, people = furnished(own_database)
    late = NOW + 20 * DAY
    tick(own_database, folder, late)
    assert state(own_database, survey_id) == (State.OPEN, None)
    assert len(who_was_told(own_database, "survey")) == len(people)
    tick(own_database, folder, late + 7 * DAY - MINUTE)
    assert state(own_database, survey_id) == (State.OPEN, None)
    tick(own_database, folder, late + 7 * DAY)
    assert state(own_database, survey_id) == (State.CLOSED, None)


def test_a_survey_that_no_worker_closed_in_time_is_closed_and_counted_when_one_runs_again(
    own_database: Database, folder: Path
) -> None:
    survey_id, people = furnished(own_database)
    tick(own_database, folder, NOW)
    answered(own_database, survey_id, people[:6])
    tick(own_database, folder, END + 30 * DAY)
    assert state(own_database, survey_id) == (State.CLOSED, None)
    assert who_was_told(own_database, "survey-reminder") == set(), "nobody is reminded of what has closed"


def test_what_goes_wrong_with_one_survey_holds_up_no_other(
    own_database: Database, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first, _ = furnished(own_database, opens_at=NOW - MINUTE)
    second, _ = furnished(own_database)
    folder.mkdir(mode=0o700)
    (folder / f"{first}.key").mkdir()  # Its key can't be kept.
    tick(own_database, folder, NOW)
    assert state(own_database, first) == (State.SCHEDULED, None)
    assert state(own_database, second) == (State.OPEN, None)
    assert f"opening survey {first} failed and will be tried again" in caplog.text
    (folder / f"{first}.key").rmdir()
    tick(own_database, folder, NOW + MINUTE)
    assert state(own_database, first) == (State.OPEN, None)


def test_without_any_key_folder_the_rest_is_done_all_the_same(own_database: Database, tmp_path: Path) -> None:
    survey_id, people = furnished(own_database)
    tick(own_database, tmp_path / "keys", NOW)
    answered(own_database, survey_id, people[:6])
    (tmp_path / "keys").rename(tmp_path / "elsewhere")
    (tmp_path / "keys").write_text("a file where the folder should be")
    tick(own_database, tmp_path / "keys", END)
    assert state(own_database, survey_id) == (State.COUNTING, life.Held.KEY_MISSING)
    (tmp_path / "keys").unlink()
    (tmp_path / "elsewhere").rename(tmp_path / "keys")
    tick(own_database, tmp_path / "keys", END + MINUTE)
    assert state(own_database, survey_id) == (State.CLOSED, None)


# Killed


def open_and_die(url: str, folder: str, survey_id: int) -> None:
    with Database(url).transaction() as session:
        life.open_survey(session, survey_id, KeyRing(Path(folder)), RULES, NOW)
        session.flush()
        os._exit(DIED)


def tell_and_die(url: str, folder: str, survey_id: int) -> None:
    announcing.STRETCH = 4
    database = Database(url)
    with database.transaction() as session:
        announcing.tell_some(session, survey_id, Step.INVITATION, RULES, NOW)
    with database.transaction() as session:
        announcing.tell_some(session, survey_id, Step.INVITATION, RULES, NOW)
        session.flush()
        os._exit(DIED)


def settle_and_die(url: str, folder: str, survey_id: int) -> None:
    database, keys = Database(url), KeyRing(Path(folder))
    with database.transaction() as session:
        life.stop(session, survey_id, END)
    with database.transaction() as session:
        life.count(session, survey_id, keys, RULES, END)
        session.flush()
        os._exit(DIED)


def settle_and_die_before_the_key_is_forgotten(url: str, folder: str, survey_id: int) -> None:
    database, keys = Database(url), KeyRing(Path(folder))
    with database.transaction() as session:
        life.stop(session, survey_id, END)
    with database.transaction() as session:
        life.count(session, survey_id, keys, RULES, END)
    os._exit(DIED)


def test_a_worker_killed_while_opening_has_opened_nothing_and_the_next_one_does(
    own_database: Database, own_database_url: str, folder: Path
) -> None:
    survey_id, people = furnished(own_database)
    assert exit_code(open_and_die, own_database_url, str(folder), survey_id) == DIED
    assert state(own_database, survey_id) == (State.SCHEDULED, None)
    assert KeyRing(folder).known() == [survey_id], "the key was safe before anything else"
    tick(own_database, folder, NOW)
    answered(own_database, survey_id, people[:6])
    tick(own_database, folder, END)
    assert count(own_database, Ballot) == 6, "sealed to the key that was kept"


def test_a_worker_killed_while_telling_tells_nobody_twice_and_leaves_out_nobody(
    own_database: Database, own_database_url: str, folder: Path
) -> None:
    survey_id, people = furnished(own_database)
    with own_database.transaction() as session:
        life.open_survey(session, survey_id, KeyRing(folder), RULES, NOW)
    assert exit_code(tell_and_die, own_database_url, str(folder), survey_id) == DIED
    assert len(who_was_told(own_database, "survey")) == 4
    tick(own_database, folder, NOW)
    assert who_was_told(own_database, "survey") == {one.id for one in people}
    assert len(outbox_rows(own_database)) == len(people)


@pytest.mark.parametrize("death", [settle_and_die, settle_and_die_before_the_key_is_forgotten])
def test_a_worker_killed_while_counting_loses_nothing_and_leaves_no_key(
    own_database: Database, own_database_url: str, folder: Path, death: Callable[[str, str, int], None]
) -> None:
    survey_id, people = furnished(own_database)
    tick(own_database, folder, NOW)
    answered(own_database, survey_id, people[:6])
    assert exit_code(death, own_database_url, str(folder), survey_id) == DIED
    committed = death is settle_and_die_before_the_key_is_forgotten
    assert state(own_database, survey_id) == (State.CLOSED if committed else State.COUNTING, None)
    assert KeyRing(folder).known() == [survey_id]
    tick(own_database, folder, END + MINUTE)
    assert state(own_database, survey_id) == (State.CLOSED, None)
    assert (count(own_database, Ballot), count(own_database, Result)) == (6, 4)
    assert KeyRing(folder).known() == []


def test_a_key_goes_even_if_the_tables_can_not_be_written_anew(
    own_database: Database, own_database_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.setattr(db, "BUSY_TIMEOUT_MS", 20)
    survey_id, people = furnished(own_database)
    tick(own_database, folder, NOW)
    answered(own_database, survey_id, people[:6])
    own_database.engine.dispose()  # Connections that wait less come now.
    other = Database(own_database_url)
    with other.reading() as session:
        session.execute(select(Ballot).limit(1)).all()  # A long backup, say.
        tick(own_database, folder, END)
        assert "could not be written anew" in caplog.text
        assert KeyRing(folder).known() == [survey_id], "so that it is tried again"
        tick(own_database, folder, END + timedelta(hours=1))
        assert KeyRing(folder).known() == []
    other.engine.dispose()
    assert state(own_database, survey_id) == (State.CLOSED, None)


# Several at once


def at_once(work: Callable[[], None], times: int = 3) -> None:
    """Do ``work`` in several threads that begin together; what one raises is raised."""
    ready, faults = threading.Barrier(times), list[BaseException]()

    def begin() -> None:
        try:
            ready.wait()
            work()
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=begin) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_several_workers_at_once_do_everything_once(
    own_database: Database, own_database_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.setattr(announcing, "STRETCH", 3)
    survey_id, people = furnished(own_database)

    def works(now: datetime) -> Callable[[], None]:
        def work() -> None:
            database = Database(own_database_url)
            tick(database, folder, now)
            database.engine.dispose()

        return work

    at_once(works(NOW))
    assert who_was_told(own_database, "survey") == {one.id for one in people}
    assert count(own_database, Invitation) == len(people)
    answered(own_database, survey_id, people[:6])
    at_once(works(END))
    assert state(own_database, survey_id) == (State.CLOSED, None)
    assert (count(own_database, Ballot), count(own_database, Result)) == (6, 4)
    assert who_was_told(own_database, "survey-counted") == {people[-1].id}
    assert "failed and will be tried again" not in caplog.text


def test_of_the_ballots_that_were_cast_nothing_is_left_but_what_was_answered(
    own_database: Database, folder: Path
) -> None:
    """On SQLite in the files themselves; PostgreSQL has made the tables anew (see `Database.rewrite`)."""
    survey_id, people = furnished(own_database)
    tick(own_database, folder, NOW)
    answered(own_database, survey_id, people[:6])
    with own_database.reading() as session:
        sealed = [(row.key, row.answers) for row in session.scalars(select(Ballot))]
    tick(own_database, folder, END)
    if own_database.engine.dialect.name != "sqlite":
        with own_database.reading() as session:
            assert session.scalar(text("SELECT pg_relation_size('ballot')")) == 8192, "one page: nothing dead in it"
        return
    file = Path(str(own_database.engine.url.database))
    kept = b"".join(path.read_bytes() for path in file.parent.glob(file.name + "*"))
    assert not any(key in kept or answers[:32] in kept for key, answers in sealed)
