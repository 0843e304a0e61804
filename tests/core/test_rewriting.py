"""Tables written anew: of rows that were deleted nothing is left in the database's files."""

from pathlib import Path

import pytest
from sqlalchemy import delete, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal.core import db
from portal.core.db import Database, StillRead
from portal.people.model import Team

MARK = "a name that nobody else has"


def files_of(database: Database) -> bytes:
    """All that SQLite has on the disk."""
    file = Path(str(database.engine.url.database))
    return b"".join(path.read_bytes() for path in sorted(file.parent.glob(file.name + "*")))


def place_of(session: Session) -> tuple[str, int]:
    """In which file PostgreSQL has the table, and how long that is."""
    row = session.execute(text("SELECT pg_relation_filepath('team'), pg_relation_size('team')")).one()
    return str(row[0]), int(row[1])


def test_nothing_of_deleted_rows_is_left(own_database: Database) -> None:
    on_sqlite = own_database.engine.dialect.name == "sqlite"
    with own_database.transaction() as session:
        session.add_all(Team(name=f"{MARK} {number}") for number in range(300))
    with own_database.transaction() as session:
        before = None if on_sqlite else place_of(session)
        session.execute(delete(Team))
    own_database.rewrite("team")
    if on_sqlite:
        assert MARK.encode() not in files_of(own_database)
    else:
        with own_database.reading() as session:
            path, length = place_of(session)
        assert before is not None
        assert before[1] > 0
        assert length == 0
        assert path != before[0]


def test_what_is_there_stays(own_database: Database) -> None:
    with own_database.transaction() as session:
        session.add(Team(name="Luma"))
    own_database.rewrite("team", "person")
    with own_database.reading() as session:
        assert session.scalars(text("SELECT name FROM team")).all() == ["Luma"]


def test_who_reads_for_long_is_not_waited_for_for_ever(
    own_database_url: str, own_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "BUSY_TIMEOUT_MS", 50)
    other = Database(own_database_url)
    with own_database.reading() as session:
        session.execute(text("SELECT count(*) FROM team"))
        with other.transaction() as writing:
            writing.add(Team(name="Luma"))
        with pytest.raises((StillRead, OperationalError)):
            other.rewrite("team")
    other.rewrite("team")
    other.engine.dispose()
