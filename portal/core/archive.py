"""A whole portal as one file, independent of the database it came from.

The file is a zip: ``manifest.json`` (format, schema revision, rows and SHA-256 of each table), a line of JSON a row in
``tables/<name>.jsonl``, and the key that signs sessions and links. Tables are read and written by reflection, so a
backup of an older schema goes into a database of that schema, which is then migrated; and one made on SQLite goes
into PostgreSQL and back. The file holds password hashes and the key: it is written for its owner alone.
"""

import base64
import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Date,
    DateTime,
    Engine,
    LargeBinary,
    MetaData,
    Table,
    func,
    select,
    text,
    update,
)

from . import schema
from .db import migrating

FORMAT = 1
_LEFT_OUT = ("alembic_version", "huey_", "search_tally")
"""How tables begin that a backup has no use for: others' own, and what is counted to be forgotten, or told by three.

A backup holds the signing key; beside it `search_tally` would tell more of who searched what than it does by itself.
"""
_BATCH = 500

Progress = Callable[[str], None]


class ArchiveError(Exception):
    """The file can't be restored; the message says why."""


def write(engine: Engine, path: Path, secret_key: str, now: datetime, progress: Progress = lambda _: None) -> int:
    """Write everything in the database to ``path``, as it is at one moment; the number of rows.

    The file appears under its name only when it is whole. Raises FileExistsError, OSError.
    """
    if path.exists():
        raise FileExistsError(path)
    part = path.with_name(path.name + ".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file, _snapshot(engine) as connection:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                tables = {t.name: _dump(connection, t, archive, progress) for t in _tables(connection)}
                manifest = {
                    "format": FORMAT,
                    "schema": schema.revision_of(connection),
                    "made": now.isoformat(timespec="seconds"),
                    "tables": tables,
                }
                archive.writestr("secret.key", secret_key)
                archive.writestr("manifest.json", json.dumps(manifest, indent=1))
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    return sum(int(table["rows"]) for table in tables.values())


class Archive:
    """A backup opened for reading, and found whole.

    Raises ArchiveError when it isn't one, is damaged, or is of a newer version.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
            manifest = json.loads(self._zip.read("manifest.json"))
            self.secret_key = self._zip.read("secret.key").decode("ascii")
            self._schema, self._tables = str(manifest["schema"]), set(manifest["tables"])
            known = manifest["format"] == FORMAT and schema.is_known(self._schema)
            changed = [name for name, said in manifest["tables"].items() if known and self._sum(name) != said]
        except Exception as error:  # Damage shows in every layer: zip, deflate, JSON, what it should hold.
            raise ArchiveError(f"{path} is not a whole backup of a portal ({error})") from error
        if not known:
            raise ArchiveError(f"{path} was made by a newer version of the portal; upgrade this one first")
        if changed:
            raise ArchiveError(f"{path} is damaged: {', '.join(changed)} not as written")

    def restore(self, engine: Engine, progress: Progress = lambda _: None) -> int:
        """Fill the empty database behind ``engine`` and bring it to today's schema; the number of rows."""
        schema.upgrade(engine, self._schema)
        with migrating(engine) as connection:
            tables = _tables(connection)
            if {table.name for table in tables} != self._tables:
                raise ArchiveError("the backup is damaged: its tables are not those of its schema")
            count = sum(self._load(connection, table, progress) for table in tables)
        schema.upgrade(engine)
        return count

    def _sum(self, table: str) -> dict[str, Any]:
        digest, count = hashlib.sha256(), 0
        for lines in self._lines(table):
            digest.update(b"".join(lines))
            count += len(lines)
        return {"rows": count, "sha256": digest.hexdigest()}

    def _load(self, connection: Connection, table: Table, progress: Progress) -> int:
        to_itself = [key.parent for key in table.foreign_keys if key.column.table is table]
        count, later = 0, list[dict[str, Any]]()
        for lines in self._lines(table.name):
            rows = [{key: _read(table.c[key], value) for key, value in json.loads(line).items()} for line in lines]
            # Rows that point at rows of their own table get that pointer once all of them are there.
            later += [dict(row) for row in rows if any(row[column.name] is not None for column in to_itself)]
            connection.execute(table.insert(), [row | {c.name: None for c in to_itself} for row in rows])
            count += len(rows)
        for row in later:
            here = [column == row[column.name] for column in table.primary_key]
            connection.execute(update(table).where(*here).values({c.name: row[c.name] for c in to_itself}))
        _go_on_counting(connection, table)
        progress(table.name)
        return count

    def _lines(self, table: str) -> Iterator[list[bytes]]:
        """The lines of a table, some at a time."""
        with self._zip.open(f"tables/{table}.jsonl") as member:
            while batch := list(islice(member, _BATCH)):
                yield batch


def _snapshot(engine: Engine) -> Connection:
    if engine.dialect.name == "postgresql":
        return engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return engine.connect()  # In WAL mode a SQLite transaction reads one state throughout.


def _tables(connection: Connection) -> list[Table]:
    """The portal's own tables, those pointed at first."""
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if not table.name.startswith(_LEFT_OUT)]


def _dump(connection: Connection, table: Table, archive: zipfile.ZipFile, progress: Progress) -> dict[str, Any]:
    digest, count = hashlib.sha256(), 0
    wanted = select(table).order_by(*table.primary_key).execution_options(yield_per=_BATCH)
    with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as out:
        for row in connection.execute(wanted).mappings():
            values = {key: _written(value) for key, value in row.items()}
            line = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            digest.update(line)
            out.write(line)
            count += 1
    progress(table.name)
    return {"rows": count, "sha256": digest.hexdigest()}


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode("ascii")
    return value


def _read(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, DateTime):
        moment = datetime.fromisoformat(value)
        return moment if column.type.timezone else moment.replace(tzinfo=None)
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    if isinstance(column.type, LargeBinary):
        return base64.b64decode(value)
    return value


def _go_on_counting(connection: Connection, table: Table) -> None:
    """PostgreSQL numbers new rows from a sequence, which has to know of the rows that came with their numbers."""
    if connection.dialect.name != "postgresql" or "id" not in table.c:
        return
    sequence = connection.scalar(text("SELECT pg_get_serial_sequence(:t, 'id')"), {"t": f'"{table.name}"'})
    highest = connection.scalar(select(func.max(table.c.id)))
    if sequence and highest:
        connection.execute(text("SELECT setval(:s, :n)"), {"s": sequence, "n": highest})
