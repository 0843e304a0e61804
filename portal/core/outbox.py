"""Side effects as rows: written in the transaction that causes them, done after its commit.

A row names a piece of work and what it is about. `deliver` hands due rows to the work's handler and removes them
once it has succeeded; a crash anywhere leaves the row for the next sweep. A handler may therefore be given the
same row twice and must do no harm by it: it looks at the present state instead of trusting the row's age.

A row whose work fails is put off with growing pauses, for as long as that takes, unless its handler gives it up.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, bindparam, delete, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from .db import Base, Database

log = logging.getLogger(__name__)

BATCH = 500
LONGEST_PAUSE = timedelta(hours=1)


class Work(StrEnum):
    """The kinds of work that may stand in the outbox."""

    INDEX = "index"
    MAIL = "mail"
    WEBHOOK = "webhook"


ONE_BY_ONE = frozenset({Work.WEBHOOK})
"""Work that is seen elsewhere as soon as it is done, and that nobody there can take back.

Its handler is given one row at a time, so that none is done again because another one failed, and finds in the
payload, under ``tries``, how often this row has failed before.
"""


class GiveUp(Exception):
    """Raised by a handler that has tried a row long enough: the row is dropped, and the log tells these words."""


Payload = dict[str, Any]
Handler = Callable[[Sequence[Payload]], None]


class OutboxRow(Base):
    """One piece of work that a committed change asked for."""

    __tablename__ = "outbox"
    # Never the number of a row that is gone: two who do the same work, or remember it, would take one for the other.
    __table_args__ = (Index(None, "due_at", "id"), Index(None, "work", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    work: Mapped[str]
    payload: Mapped[dict[str, Any]]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]


def add_all(session: Session, work: Work, payloads: Sequence[tuple[Payload, datetime]]) -> None:
    """`add` for many, each with the moment from which it is due, in few statements."""
    if payloads:
        rows = [{"work": work, "payload": payload, "due_at": due, "attempts": 0} for payload, due in payloads]
        session.execute(insert(OutboxRow), rows)
        session.info["outbox"] = True


def add(session: Session, work: Work, payload: Payload, now: datetime) -> None:
    """Ask for ``work`` on ``payload`` (JSON) once the present transaction has been committed."""
    session.add(OutboxRow(work=work, payload=payload, due_at=now))
    session.info["outbox"] = True


def deliver(database: Database, handlers: Mapping[Work, Handler], now: datetime) -> int:
    """Do all the work that is due at ``now``; the number of rows done.

    A batch that fails is tried row by row, so that one bad row does not hold up the others; a row that fails is
    put off with growing pauses, and dropped only when its handler raises `GiveUp`.
    """
    done = 0
    for work, handler in handlers.items():
        while rows := _due(database, work, now):
            done += _attempt(database, handler, rows, now)
    return done


def pause(failures: int) -> timedelta:
    """How long a row is put off that has failed so often."""
    return min(LONGEST_PAUSE, timedelta(seconds=2 ** min(failures, 12)))


def tries_within(time: timedelta) -> int:
    """How often a row is tried within ``time``, the first try being at once."""
    tries, passed = 1, pause(1)
    while passed <= time:
        tries += 1
        passed += pause(tries)
    return tries


def waiting(session: Session, work: Work) -> list[int]:
    """The ids of all rows that wait for ``work``, due or not."""
    return list(session.scalars(select(OutboxRow.id).where(OutboxRow.work == work)))


def newest(session: Session, work: Work, most: int) -> list[tuple[int, Payload]]:
    """The rows that wait for ``work``, due or not, with their payloads: the newest ``most`` of them, newest first."""
    return [(row_id, payload) for row_id, payload in session.execute(_NEWEST, {"work": work, "most": most})]


# Made once, and of the table and not of the class, which takes half as long: every search asks for it.
_TABLE = OutboxRow.__table__
_NEWEST = (
    select(_TABLE.c.id, _TABLE.c.payload)
    .where(_TABLE.c.work == bindparam("work"))
    .order_by(_TABLE.c.id.desc())
    .limit(bindparam("most"))
)


def remove(database: Database, ids: Sequence[int]) -> None:
    """Take rows out whose work has been done."""
    with database.transaction() as session:
        for start in range(0, len(ids), BATCH):
            session.execute(delete(OutboxRow).where(OutboxRow.id.in_(ids[start : start + BATCH])))


def _due(database: Database, work: Work, now: datetime) -> list[tuple[int, Payload, int]]:
    with database.reading() as session:
        wanted = (
            select(OutboxRow.id, OutboxRow.payload, OutboxRow.attempts)
            .where(OutboxRow.work == work, OutboxRow.due_at <= now)
            .order_by(OutboxRow.id)
            .limit(1 if work in ONE_BY_ONE else BATCH)
        )
        return [
            (row.id, {**row.payload, "tries": row.attempts} if work in ONE_BY_ONE else row.payload, row.attempts)
            for row in session.execute(wanted)
        ]


def _attempt(database: Database, handler: Handler, rows: list[tuple[int, Payload, int]], now: datetime) -> int:
    try:
        handler([payload for _, payload, _ in rows])
    except Exception as error:  # Whatever went wrong, the row stays and says so.
        if len(rows) > 1:
            return sum(_attempt(database, handler, [row], now) for row in rows)
        if isinstance(error, GiveUp):
            _drop(database, rows[0], error)
        else:
            _put_off(database, rows[0], error, now)
        return 0
    remove(database, [row_id for row_id, _, _ in rows])
    return len(rows)


def _drop(database: Database, row: tuple[int, Payload, int], error: GiveUp) -> None:
    row_id, _, attempts = row
    log.error("outbox row %s given up (attempt %s): %s", row_id, attempts + 1, error)
    remove(database, [row_id])


def _put_off(database: Database, row: tuple[int, Payload, int], error: Exception, now: datetime) -> None:
    row_id, _, attempts = row
    log.exception("outbox row %s failed (attempt %s)", row_id, attempts + 1)
    with database.transaction() as session:
        session.execute(
            update(OutboxRow)
            .where(OutboxRow.id == row_id)
            .values(
                attempts=attempts + 1, due_at=now + pause(attempts + 1), error=f"{type(error).__name__}: {error}"[:500]
            )
        )
