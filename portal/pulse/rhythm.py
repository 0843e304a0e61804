"""How often a recurring pulse comes back, and on which days; the company's clocks decide. Pure."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Every(StrEnum):
    """The intervals of a recurring pulse."""

    WEEK = "week"
    FORTNIGHT = "fortnight"
    MONTH = "month"
    QUARTER = "quarter"


WAVES = {Every.WEEK: 13, Every.FORTNIGHT: 6, Every.MONTH: 3, Every.QUARTER: 1}
"""How many waves fall into a quarter of a year."""
MOST_DAYS_OPEN = {Every.WEEK: 6, Every.FORTNIGHT: 12, Every.MONTH: 26, Every.QUARTER: 60}
"""A wave closes before the next one opens, with room for one that opened late."""
_DAYS = {Every.WEEK: 7, Every.FORTNIGHT: 14}
_MONTHS = {Every.MONTH: 1, Every.QUARTER: 3}


def following(day: date, every: Every, of_month: int) -> date:
    """The day of the wave after that of ``day``.

    ``of_month`` is the day of the month that is kept when months are counted; shorter months have their last instead.
    """
    if every in _DAYS:
        return day + timedelta(days=_DAYS[every])
    years, month = divmod(day.month - 1 + _MONTHS[every], 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(of_month, monthrange(year, month)[1]))


def missed(earlier: date, later: date, every: Every) -> int:
    """How many waves would have come between those of two days, ``later`` being the later one."""
    # Months differ, and HR may have moved a wave by days: the nearest whole number of intervals is meant.
    interval = _DAYS[every] if every in _DAYS else 30.4 * _MONTHS[every]
    return max(round((later - earlier).days / interval) - 1, 0)


def at(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """The moment at which clocks in ``zone`` show ``hour`` on ``day``, in UTC.

    An hour that comes twice is the first; one that is left out, when clocks are put forward, is an hour later.
    """
    return datetime.combine(day, time(hour), zone).astimezone(UTC)


def reminders(days_open: int) -> tuple[int, ...]:
    """On which days after opening those who have not answered are reminded: never twice within a few days."""
    if days_open < 2:
        return ()
    return (days_open - 1,) if days_open < 5 else (days_open // 2, days_open - 1)
