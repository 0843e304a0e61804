"""What the attackers of these tests have and do: copies of a whole database, and guesses at whose answers are whose.

How many right guesses are chance? When n ballots are renamed at random, whatever the guesses, m or more of them are
right with a probability of at most C(n, m) · (n − m)! / n! = 1/m! (union bound over the sets of m voters). For m = 13
that is 2 in ten thousand million: a test that allows 12 never fails by chance, while a real leak pairs everybody.
"""

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url

from portal.core.db import Base, Database

VOTERS = 20
BY_CHANCE = 12
Row = tuple[object, ...]


@dataclass(frozen=True)
class Copy:
    """All that one copy of a database gives: the rows of each table, as they lie there, and the bytes of its files.

    On PostgreSQL each row begins with its xmin (the transaction that wrote it) and ctid (where it lies).
    """

    tables: dict[str, tuple[Row, ...]]
    raw: bytes

    def new_in(self, table: str, earlier: "Copy") -> list[Row]:
        """The rows of ``table`` that an earlier copy does not have."""
        return [row for row in self.tables[table] if row not in set(earlier.tables[table])]


def copied(database: Database, folder: Path, tables: Sequence[str] = ()) -> Copy:
    """A copy of ``tables`` (none said: all), and on SQLite of the file and its write-ahead log, as a thief takes it."""
    names = tables or sorted(Base.metadata.tables)
    if database.engine.dialect.name == "postgresql":
        with database.engine.connect() as connection:
            found = {
                name: tuple(
                    tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
                    for row in connection.execute(text(f'SELECT xmin::text, ctid::text, * FROM "{name}"'))
                )
                for name in names
            }
        return Copy({name: tuple(_plain(row) for row in rows) for name, rows in found.items()}, b"")
    source = Path(make_url(str(database.engine.url)).database or "")
    raw = b""
    for ending in ("", "-wal"):
        part = source.with_name(source.name + ending)
        if part.exists():
            shutil.copy(part, folder / f"copy{ending}")
            raw += (folder / f"copy{ending}").read_bytes()
    with closing(sqlite3.connect(folder / "copy")) as thief:
        rows = {name: tuple(thief.execute(f'SELECT * FROM "{name}"').fetchall()) for name in names}
    for ending in ("", "-wal", "-shm"):
        (folder / f"copy{ending}").unlink(missing_ok=True)
    return Copy(rows, raw)


def _plain(row: Row) -> Row:
    """A row that can stand in a set."""
    return tuple(repr(value) if isinstance(value, dict | list) else value for value in row)


def hits(guesses: Sequence[object], truth: Sequence[object]) -> int:
    """How many guesses are right; ``truth`` holds what each voter answered, all different."""
    assert len(set(truth)) == len(truth) == len(guesses)
    return sum(guess == said for guess, said in zip(guesses, truth, strict=True))
