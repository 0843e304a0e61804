"""The database: what the rules for SQLite are for, writers side by side, and sessions that only read."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Executable, delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from portal.core.db import BUSY_TIMEOUT_MS, Database, WriteInReadSession
from portal.core.outbox import OutboxRow
from portal.knowledge.model import Revision, Translation
from portal.people.model import PersonRole, Team
from tests.core import scenes
from tests.factories import a_page
from tests.processes import started


@pytest.fixture
def sqlite(own_database: Database) -> Database:
    """A database of the test's own, where the rules for SQLite are the question."""
    if own_database.engine.dialect.name != "sqlite":
        pytest.skip("a rule for SQLite alone: PostgreSQL does this by itself")
    return own_database


def teams(session: Session) -> list[str]:
    return list(session.scalars(select(Team.name).order_by(Team.name)))


def add_team(database: Database, name: str) -> None:
    with database.transaction() as session:
        session.add(Team(name=name))


class Changed(Exception):
    """Somebody changed their mind."""


def add_and_change_ones_mind(session: Session, within: AbstractContextManager[object]) -> None:
    with within:
        session.add(Team(name="Warehouse"))
        session.flush()
        raise Changed


def a_page_of(database: Database) -> int:
    with database.transaction() as session:
        return a_page(session).id


def revision_numbers(database: Database) -> list[int]:
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Translation)) == 1
        return list(session.scalars(select(Revision.number).order_by(Revision.number)))


# What the rules are for


def test_a_writer_commits_while_somebody_reads(own_database: Database) -> None:
    with own_database.reading() as session:
        assert teams(session) == []
        add_team(own_database, "Shops")  # Without WAL this waits for the reader, and fails.
    with own_database.reading() as session:
        assert teams(session) == ["Shops"]


def test_a_reader_goes_on_while_somebody_writes(own_database: Database) -> None:
    with own_database.transaction() as writing:
        writing.add(Team(name="Shops"))
        writing.flush()
        with own_database.reading() as session:
            assert teams(session) == []


def test_a_row_cannot_point_at_nothing(own_database: Database) -> None:
    with pytest.raises(IntegrityError), own_database.transaction() as session:
        session.add(PersonRole(person_id=1, role="hr"))


def test_what_belongs_to_a_row_goes_with_it(own_database: Database) -> None:
    page_id = a_page_of(own_database)
    with own_database.transaction() as session:
        session.execute(text("DELETE FROM page WHERE id = :id"), {"id": page_id})
    with own_database.reading() as session:
        assert session.scalars(select(Revision.id)).all() == []


def test_a_read_then_write_outlives_another_writer(own_database: Database) -> None:
    with ThreadPoolExecutor(1) as others:
        with own_database.transaction() as session:
            assert teams(session) == []
            other = others.submit(add_team, own_database, "Shops")
            # Had this transaction not said at its beginning that it would write, the other one would go by within a
            # moment, and the write below be refused for having read an old state.
            wait([other], timeout=0.3)
            session.add(Team(name="Phones"))
        other.result()
    with own_database.reading() as session:
        assert teams(session) == ["Phones", "Shops"]


def test_a_savepoint_that_fails_takes_back_its_own_part_alone(own_database: Database) -> None:
    with own_database.transaction() as session:
        session.add(Team(name="Shops"))
        with pytest.raises(Changed):
            add_and_change_ones_mind(session, session.begin_nested())
    with own_database.reading() as session:
        assert teams(session) == ["Shops"]


def test_a_savepoint_that_succeeds_goes_with_the_transaction(own_database: Database) -> None:
    with own_database.transaction() as session:
        with session.begin_nested():
            session.add(Team(name="Shops"))
        assert teams(session) == ["Shops"]
        session.rollback()
    with own_database.reading() as session:
        assert teams(session) == []


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("foreign_keys", 1), ("busy_timeout", BUSY_TIMEOUT_MS), ("synchronous", 2)],
)
def test_every_connection_has_the_rules(sqlite: Database, pragma: str, value: object) -> None:
    with sqlite.engine.connect() as first, sqlite.engine.connect() as second:
        assert [connection.scalar(text(f"PRAGMA {pragma}")) for connection in (first, second)] == [value, value]


def test_a_writer_waits_for_the_one_before_it(sqlite: Database) -> None:
    with ThreadPoolExecutor(1) as others:
        with sqlite.transaction() as session:
            session.add(Team(name="Shops"))
            session.flush()
            other = others.submit(add_team, sqlite, "Phones")
            assert not wait([other], timeout=0.3).done
        other.result()
    with sqlite.reading() as session:
        assert teams(session) == ["Phones", "Shops"]


# Writers side by side


def test_threads_that_write_at_once_lose_nothing(own_database: Database) -> None:
    page_id, url = a_page_of(own_database), own_database.engine.url.render_as_string(hide_password=False)
    with ThreadPoolExecutor(4) as writers:
        for done in [writers.submit(scenes.write_revisions, url, page_id, 10) for _ in range(4)]:
            done.result()
    assert revision_numbers(own_database) == list(range(1, 42))


def test_processes_that_write_at_once_lose_nothing(own_database: Database) -> None:
    page_id, url = a_page_of(own_database), own_database.engine.url.render_as_string(hide_password=False)
    with (
        started(scenes.write_revisions, url, page_id, 20) as one,
        started(scenes.write_revisions, url, page_id, 20) as another,
    ):
        for process in (one, another):
            process.join(30)
            assert process.exitcode == 0
    assert revision_numbers(own_database) == list(range(1, 42))


# Reading


def test_a_reading_session_sees_one_state_from_its_first_look_on(own_database: Database) -> None:
    with own_database.reading() as session:
        assert teams(session) == []
        add_team(own_database, "Shops")
        assert teams(session) == []
    with own_database.reading() as session:
        assert teams(session) == ["Shops"]


def test_a_reading_session_refuses_to_add_change_and_delete(own_database: Database) -> None:
    with own_database.transaction() as session:
        session.add(Team(name="Shops"))
    changes: list[Callable[[Session, Team], object]] = [
        lambda session, _: session.add(Team(name="Chat")),
        lambda _, team: setattr(team, "name", "Chat"),
        lambda session, team: session.delete(team),
    ]
    for change in changes:
        with own_database.reading() as session:
            change(session, session.scalars(select(Team)).one())
            with pytest.raises(WriteInReadSession):
                session.flush()


@pytest.mark.parametrize(
    "statement",
    [insert(Team).values(name="Chat"), update(Team).values(name="Chat"), delete(Team), delete(Team.__table__)],
    ids=["insert", "update", "delete", "core delete"],
)
def test_a_reading_session_refuses_statements_that_write(own_database: Database, statement: Executable) -> None:
    with own_database.reading() as session, pytest.raises(WriteInReadSession):
        session.execute(statement)


def test_a_transaction_is_committed_whole_or_not_at_all(own_database: Database) -> None:
    def change() -> None:
        with own_database.transaction() as session:
            add_and_change_ones_mind(session, nullcontext())

    with pytest.raises(Changed):
        change()
    add_team(own_database, "Phones")
    with own_database.reading() as session:
        assert teams(session) == ["Phones"]


# Moments


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 5, 4, 9, 30, tzinfo=UTC),
        datetime(2026, 5, 4, 13, 30, 0, 123456, tzinfo=timezone(timedelta(hours=4))),
        datetime(1969, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=-9, minutes=-30))),
    ],
    ids=str,
)
def test_a_moment_comes_back_as_the_same_one_in_utc(session: Session, moment: datetime) -> None:
    session.add(OutboxRow(work="index", payload={}, due_at=moment))
    session.flush()
    session.expire_all()
    read = session.scalars(select(OutboxRow.due_at)).one()
    assert read == moment
    assert read.tzinfo is UTC


def test_moments_compare_by_time_whatever_their_zone(session: Session) -> None:
    tbilisi = timezone(timedelta(hours=4))
    session.add(OutboxRow(work="index", payload={}, due_at=datetime(2026, 5, 4, 10, tzinfo=UTC)))
    session.flush()
    by_then = select(func.count()).select_from(OutboxRow)
    assert session.scalar(by_then.where(OutboxRow.due_at <= datetime(2026, 5, 4, 13, 59, tzinfo=tbilisi))) == 0
    assert session.scalar(by_then.where(OutboxRow.due_at <= datetime(2026, 5, 4, 14, tzinfo=tbilisi))) == 1


def test_a_moment_without_its_zone_is_refused(session: Session) -> None:
    session.add(OutboxRow(work="index", payload={}, due_at=datetime(2026, 5, 4, 9, 30)))  # noqa: DTZ001
    with pytest.raises(StatementError, match="time zone"):
        session.flush()
