"""The database: one engine, sessions that read, and the only place that commits.

Reads run in a session that refuses to write. Writes run in `Database.transaction`, which on SQLite begins with
``BEGIN IMMEDIATE``: a transaction that reads and then writes would otherwise fail at once when another writer
came between (SQLITE_BUSY_SNAPSHOT), without waiting.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar, cast

from flask import current_app, g
from sqlalchemy import JSON, Connection, DateTime, Dialect, Engine, MetaData, create_engine, event
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

BUSY_TIMEOUT_MS = 10_000


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime; SQLite, which has no zones, keeps it naive."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The root of every mapped class; its naming rules let migrations name each constraint."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {datetime: Moment, dict[str, Any]: JSON, list[Any]: JSON}


class WriteInReadSession(RuntimeError):
    """Something tried to write outside `transaction()`: a fault in the program."""


class Database:
    """An engine and its two kinds of session.

    ``connection`` binds every session to one open connection (each "commit" is then a savepoint), which is how a
    test undoes all that it did. ``on_outbox`` is called after a commit that left work in the outbox.
    """

    def __init__(self, url: str, connection: Connection | None = None) -> None:
        self.engine = connection.engine if connection else make_engine(url)
        self._bound = connection is not None
        self.on_outbox: Callable[[], None] = lambda: None
        reads: Any = connection or _reading_engine(self.engine)
        writes: Any = connection or self.engine.execution_options(immediate=True)
        join = "create_savepoint" if connection else "conditional_savepoint"
        self._reading = sessionmaker(reads, autoflush=False, join_transaction_mode=cast(Any, join))
        self._writing = sessionmaker(writes, join_transaction_mode=cast(Any, join), expire_on_commit=False)
        event.listen(self._reading, "before_flush", _refuse_flush)
        event.listen(self._reading, "do_orm_execute", _refuse_write)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state of the database and cannot change it."""
        with self._reading() as session:
            yield session

    def open_reading(self) -> Session:
        """The same, closed by the caller."""
        return self._reading()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that writes; committed once at the end, rolled back on any error."""
        with self._writing() as session:
            yield session
            session.commit()
        if session.info.pop("outbox", False):
            self.on_outbox()

    def rewrite(self, *tables: str) -> None:
        """Write ``tables`` anew, so that nothing of the rows that once stood there is left behind.

        PostgreSQL keeps deleted rows in a table's file until it is made anew; SQLite has overwritten them, but for
        its log. Others have to wait meanwhile, so this does not wait long for them: raises OperationalError when the
        tables, and `StillRead` when the log, are not let go of.
        """
        if self._bound:
            return  # What is going to be undone can't be written anew.
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if self.engine.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SET lock_timeout = {BUSY_TIMEOUT_MS}")
                try:
                    for table in tables:
                        connection.exec_driver_sql(f'VACUUM (FULL) "{table}"')
                finally:
                    connection.exec_driver_sql("RESET lock_timeout")
            elif _dbapi(connection).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                raise StillRead


class StillRead(RuntimeError):
    """SQLite's log could not be emptied: somebody has been reading from it all the while."""


def make_engine(url: str) -> Engine:
    """An engine for ``url`` with the rules of this house for SQLite."""
    engine = create_engine(
        url,
        pool_pre_ping=not url.startswith("sqlite"),
        hide_parameters=True,  # An error's text goes to the log; what people wrote, and their ballots, must not.
    )
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextmanager
def migrating(engine: Engine) -> Iterator[Connection]:
    """A bare connection in one writing transaction, for what works on tables instead of objects.

    SQLite changes most of a table by making it anew and dropping the old one, which with foreign keys on deletes all
    that points at it. They are off meanwhile, and checked before the commit.
    """
    on_sqlite = engine.dialect.name == "sqlite"
    with engine.execution_options(immediate=True).connect() as connection:
        if on_sqlite:
            _foreign_keys(connection, "OFF")
        try:
            with connection.begin():
                yield connection
                if on_sqlite and (row := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
                    raise RuntimeError(f"a row of {row[0]} points at a row of {row[2]} that is not there")
        finally:
            if on_sqlite:
                _foreign_keys(connection, "ON")


def _foreign_keys(connection: Connection, state: str) -> None:
    _dbapi(connection).execute(f"PRAGMA foreign_keys = {state}")  # Within a transaction this has no effect.


def _dbapi(connection: Connection) -> Any:
    """The driver's own connection, past SQLAlchemy, which would begin a transaction."""
    return connection.connection.dbapi_connection


def _reading_engine(engine: Engine) -> Engine:
    if engine.dialect.name == "sqlite":
        return engine  # In WAL mode a SQLite transaction reads one state throughout.
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # Left to itself the driver begins transactions late and so breaks savepoints; `_begin_sqlite` says BEGIN.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",  # A confirmed change outlives a power cut.
        "foreign_keys = ON",
        "secure_delete = ON",  # What is deleted does not go on standing in the file: ballots' hashes, for one.
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _refuse_flush(session: Session, *_: object) -> None:
    if session.new or session.dirty or session.deleted:
        raise WriteInReadSession("changes need transaction()")


def _refuse_write(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        raise WriteInReadSession("changes need transaction()")


def database() -> Database:
    """The database of the running application."""
    return cast(Database, current_app.extensions["database"])


def reading() -> Session:
    """The request's own reading session, opened when first asked for and closed with the request."""
    if "reading" not in g:
        g.reading = database().open_reading()
    return cast(Session, g.reading)


@contextmanager
def transaction() -> Iterator[Session]:
    """`Database.transaction` within a request; what is read afterwards sees what was written."""
    close_reading()
    with database().transaction() as session:
        yield session


def close_reading(_error: BaseException | None = None) -> None:
    """End the request's reading session, if it has one."""
    session = g.pop("reading", None)
    if session is not None:
        session.close()
