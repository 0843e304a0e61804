"""The wins of some days, a line each: for digests."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import people
from .model import Win, WinRevision
from .queries import PUBLISHED


@dataclass(frozen=True)
class WinLine:
    """A published win in one line."""

    id: int
    title: str
    locale: str
    author: str
    team_id: int | None

    @property
    def address(self) -> str:
        """Where it is read."""
        return f"/wins/{self.id}"


def lately(session: Session, since: datetime, until: datetime) -> tuple[WinLine, ...]:
    """What was published from ``since`` up to ``until`` and still is, the newest first."""
    rows = session.execute(
        select(Win.id, WinRevision.title, WinRevision.locale, Win.author_id, Win.team_id)
        .join(WinRevision, (WinRevision.win_id == Win.id) & (WinRevision.number == Win.current))
        .where(PUBLISHED, Win.published_at >= since, Win.published_at < until)
        .order_by(Win.published_at.desc(), Win.id.desc())
    ).all()
    authors = people.names(session, {row.author_id for row in rows})
    return tuple(WinLine(row.id, row.title, row.locale, authors[row.author_id], row.team_id) for row in rows)
