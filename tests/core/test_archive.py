"""Backups: what is restored equals what was backed up, on either database and from either, at one moment."""

import os
import stat
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from portal.core import archive, schema
from portal.core.archive import Archive, ArchiveError
from portal.core.db import Database
from portal.people.model import Person, Team
from portal.search.model import SearchTally
from tests.chains import NEXT, longer_chain
from tests.core.archives import KEY, content, fill, restored, written
from tests.factories import NOW, a_page, a_person

Empty = Callable[..., Database]


@pytest.fixture
def empty(new_database: Callable[[], str], tmp_path: Path) -> Iterator[Empty]:
    """Makes empty databases, of the run's kind or SQLite."""
    made: list[Database] = []

    def make(*, sqlite: bool = False) -> Database:
        made.append(Database(f"sqlite:///{tmp_path}/{len(made)}.sqlite" if sqlite else new_database()))
        return made[-1]

    yield make
    for database in made:
        database.engine.dispose()


@pytest.fixture
def full(own_database: Database) -> Database:
    """A database with something in every table."""
    fill(own_database)
    assert all(content(own_database).values())
    return own_database


def test_what_is_restored_equals_what_was_backed_up(full: Database, empty: Empty, tmp_path: Path) -> None:
    before = content(full)
    backup = written(full, tmp_path / "backup.zip")
    assert content(full) == before
    assert content(restored(backup, empty())) == before
    assert Archive(backup).secret_key == KEY


def test_a_portal_moves_from_sqlite_to_postgresql_and_back(empty: Empty, tmp_path: Path) -> None:
    at_first, server, at_last = empty(sqlite=True), empty(), empty(sqlite=True)
    if server.engine.dialect.name == "sqlite":
        pytest.skip("takes both databases: run with --database postgresql")
    fill(at_first)
    restored(written(at_first, tmp_path / "there.zip"), server)
    assert content(server) == content(at_first)
    restored(written(server, tmp_path / "back.zip"), at_last)
    assert content(at_last) == content(at_first)


def test_a_restored_portal_goes_on_counting(full: Database, empty: Empty, tmp_path: Path) -> None:
    again = restored(written(full, tmp_path / "backup.zip"), empty())
    with again.transaction() as session:
        a_person(session, team=("Luma", "New"))
        a_page(session)
    with again.reading() as session:
        assert session.scalar(select(Team.id).where(Team.name == "New")) == 4


def test_what_few_people_searched_for_is_in_no_backup(full: Database, empty: Empty, tmp_path: Path) -> None:
    again = restored(written(full, tmp_path / "backup.zip"), empty())
    for database, rows in ((full, 1), (again, 0)):
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(SearchTally)) == rows


def test_an_empty_portal_is_restored_empty(empty: Empty, tmp_path: Path) -> None:
    bare = empty()
    schema.upgrade(bare.engine)
    assert not any(content(restored(written(bare, tmp_path / "backup.zip"), empty())).values())


def test_a_backup_is_of_one_moment_though_people_go_on_writing(full: Database, empty: Empty, tmp_path: Path) -> None:
    before = content(full)

    places = count()

    def write_on(_table: str) -> None:
        """As every third table has been written out, somebody adds a person in a team of their own."""
        if next(places) % 3:
            return
        with full.transaction() as session:
            person = a_person(session, team=("Luma", f"Team {session.scalar(select(func.count(Team.id)))}"))
            a_page(session).slug = f"page-of-{person.id}"

    archive.write(full.engine, tmp_path / "backup.zip", KEY, NOW, write_on)
    assert len(content(full)["person"]) > len(before["person"]) + 5
    assert content(restored(tmp_path / "backup.zip", empty())) == before


# The file


@pytest.mark.usefixtures("open_umask")
def test_a_backup_is_readable_by_its_owner_alone(full: Database, tmp_path: Path) -> None:
    backup = written(full, tmp_path / "backup.zip")
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600


@pytest.fixture
def open_umask() -> Iterator[None]:
    """New files are open to all, as far as the system goes."""
    before = os.umask(0)
    yield
    os.umask(before)


def test_a_backup_replaces_no_file(full: Database, tmp_path: Path) -> None:
    (tmp_path / "backup.zip").write_text("something of value")
    with pytest.raises(FileExistsError):
        written(full, tmp_path / "backup.zip")
    assert (tmp_path / "backup.zip").read_text() == "something of value"


def test_a_backup_that_breaks_off_leaves_no_file(full: Database, tmp_path: Path) -> None:
    def break_off(table: str) -> None:
        if table == "revision":
            raise OSError("no space left")

    folder = tmp_path / "backups"
    folder.mkdir()
    with pytest.raises(OSError, match="no space left"):
        archive.write(full.engine, folder / "backup.zip", KEY, NOW, break_off)
    assert list(folder.iterdir()) == []


# Versions


NEW_COLUMN = """
op.add_column("person", sa.Column("greeting", sa.String(), nullable=True))
op.execute("UPDATE person SET greeting = 'Hello, ' || name")
"""


def test_a_backup_of_an_older_version_is_restored_and_brought_up_to_date(
    full: Database, empty: Empty, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = written(full, tmp_path / "backup.zip")
    monkeypatch.setattr(schema, "MIGRATIONS", longer_chain(tmp_path / "chain", NEW_COLUMN))
    today = restored(backup, empty())
    assert schema.present(today.engine) == NEXT
    assert content(today) == content(full)
    with today.reading() as session:
        greetings = session.scalars(text("SELECT greeting FROM person ORDER BY id")).all()
        assert greetings == [f"Hello, {name}" for name in session.scalars(select(Person.name).order_by(Person.id))]


def test_a_backup_of_a_newer_version_is_refused_before_anything_is_written(
    full: Database, empty: Empty, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as tomorrow:
        tomorrow.setattr(schema, "MIGRATIONS", longer_chain(tmp_path / "chain", NEW_COLUMN))
        schema.upgrade(full.engine)
        backup = written(full, tmp_path / "backup.zip")
    target = empty()
    with pytest.raises(ArchiveError, match="newer version"):
        restored(backup, target)
    assert schema.is_empty(target.engine)
