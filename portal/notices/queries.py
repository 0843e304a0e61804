"""Reading notices and choices."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, literal, select, tuple_
from sqlalchemy.orm import Session

from .model import About, MailChoice, Mailing, Notice
from .policy import DEFAULTS

MOST_COUNTED = 99
PAGE = 30
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LARGEST = 2**53


@dataclass(frozen=True)
class NoticeRow:
    """A notice as its reader sees it; `words` makes sentences of it."""

    id: int
    about: About
    subject: str
    details: dict[str, Any]
    address: str
    at: datetime
    read: bool


@dataclass(frozen=True)
class NoticePage:
    """A stretch of a person's notices, newest first, and the key of the next, older one."""

    rows: tuple[NoticeRow, ...]
    older: str | None


def unread_count(session: Session, person_id: int) -> int:
    """How many notices this person has not read; beyond 99 it is 100, and nobody counts on."""
    some = select(literal(1)).where(Notice.person_id == person_id, Notice.read_at.is_(None)).limit(MOST_COUNTED + 1)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def listing(session: Session, person_id: int, before: str | None = None, limit: int = PAGE) -> NoticePage:
    """A person's notices, the newest first, from the one that the key ``before`` names (a wrong one is none)."""
    wanted = select(Notice).where(Notice.person_id == person_id)
    if before and (key := _read_key(before)):
        wanted = wanted.where(tuple_(Notice.at, Notice.id) < key)
    found = session.scalars(wanted.order_by(Notice.at.desc(), Notice.id.desc()).limit(limit + 1)).all()
    older = _key(found[limit - 1]) if len(found) > limit else None
    return NoticePage(tuple(as_row(notice) for notice in found[:limit]), older)


def choices(session: Session, person_id: int) -> dict[About, Mailing]:
    """How this person wants each kind mailed: as they chose, or as is usual."""
    return choices_of(session, [person_id])[person_id]


def choices_of(session: Session, people: Iterable[int]) -> dict[int, dict[About, Mailing]]:
    """The same for several people at once."""
    wanted = set(people)
    found = {person_id: dict(DEFAULTS) for person_id in wanted}
    known = {about.value for about in About}
    for row in session.execute(
        select(MailChoice.person_id, MailChoice.about, MailChoice.mailing).where(MailChoice.person_id.in_(wanted))
    ):
        if row.about in known:
            found[row.person_id][About(row.about)] = Mailing(row.mailing)
    return found


def as_row(notice: Notice) -> NoticeRow:
    """The notice, frozen."""
    return NoticeRow(
        id=notice.id,
        about=About(notice.about),
        subject=notice.subject,
        details=dict(notice.details),
        address=notice.address,
        at=notice.at,
        read=notice.read_at is not None,
    )


def _key(notice: Notice) -> str:
    return f"{(notice.at - _EPOCH) // timedelta(microseconds=1)}-{notice.id}"


def _read_key(text: str) -> tuple[datetime, int] | None:
    at, _, number = text.partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 17 and int(part) < _LARGEST for part in (at, number)):
        return None
    return _EPOCH + timedelta(microseconds=int(at)), min(int(number), 2**31 - 1)
