"""Counting wins: by month, by principle, by team, and never by person."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from .model import Win, WinPrinciple
from .queries import PUBLISHED

MONTHS = 12
QUIET_DAYS = 90


@dataclass(frozen=True)
class Month:
    """A month of the company's calendar, and how many wins were published in it."""

    first: date
    wins: int


def year_begins(now: datetime, zone: tzinfo) -> datetime:
    """When the first of the last twelve months began, the present one being the twelfth."""
    return _midnight(_firsts(now, zone)[0], zone)


def wins_by_month(session: Session, now: datetime, zone: tzinfo) -> tuple[Month, ...]:
    """The last twelve months, the present one last, each as long as it is in the company's time zone ``zone``."""
    firsts = _firsts(now, zone)
    borders = [*(_midnight(first, zone) for first in firsts), _midnight(_next(firsts[-1]), zone)]
    # No database is asked what a month is: SQLite knows no time zones. Each count is a stretch of the feed's index.
    counts = [
        select(func.count()).select_from(Win).where(*_within(since, until)).scalar_subquery()
        for since, until in pairwise(borders)
    ]
    found = session.execute(select(*counts)).one()
    return tuple(Month(first, wins) for first, wins in zip(firsts, found, strict=True))


def principles_lived(session: Session, since: datetime, until: datetime) -> dict[int, int]:
    """How many of the wins that were published from ``since`` up to ``until`` live each principle, by its page's id."""
    wanted = select(WinPrinciple.page_id, func.count()).join(Win, Win.id == WinPrinciple.win_id)
    return dict(session.execute(wanted.where(*_within(since, until)).group_by(WinPrinciple.page_id)).all())


def ever_lived(session: Session, principles: Collection[int]) -> set[int]:
    """Those of ``principles`` that any published win lives, however long ago."""
    wins = select(WinPrinciple.page_id).join(Win, Win.id == WinPrinciple.win_id).where(PUBLISHED)
    return set(session.scalars(wins.where(WinPrinciple.page_id.in_(principles)).distinct()))


def teams_that_shared(session: Session, since: datetime) -> set[int]:
    """The teams in which somebody shared a win since then."""
    wanted = select(Win.team_id).where(PUBLISHED, Win.published_at >= since, Win.team_id.is_not(None))
    return {team_id for team_id in session.scalars(wanted.distinct()) if team_id is not None}


def quiet_since(now: datetime) -> datetime:
    """The moment after which a team must have shared something not to be called silent."""
    return now - timedelta(days=QUIET_DAYS)


def _within(since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    return PUBLISHED, Win.published_at >= since, Win.published_at < until


def _firsts(now: datetime, zone: tzinfo) -> list[date]:
    """The first days of the last twelve months, the oldest first."""
    today = now.astimezone(zone).date()
    months = today.year * 12 + today.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(months - MONTHS + 1, months + 1)]


def _next(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
