"""What HR sees of its recurring pulses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..core.errors import NotFound, Refused
from ..core.permissions import Actor
from . import policy
from .making_queries import ON_A_PAGE, Listing, listing, said_first
from .model import Series, State, Survey
from .rhythm import Every
from .series_values import SeriesValues, values_of


@dataclass(frozen=True)
class SeriesRow:
    """A recurring pulse in a list; ``title`` is written in ``locale``.

    ``waiting`` is its next wave when that is made already, which opens at ``opens_at``; ``next_on`` the day after it.
    """

    id: int
    title: str
    locale: str
    every: Every
    active: bool
    next_on: date
    hour: int
    waiting: int | None
    opens_at: datetime | None


@dataclass(frozen=True)
class SeriesListing:
    """A stretch of the list of recurring pulses, of ``pages``."""

    rows: tuple[SeriesRow, ...]
    page: int
    pages: int


@dataclass(frozen=True)
class ManagedSeries:
    """One recurring pulse with all that HR settles of it, and its waves."""

    row: SeriesRow
    version: int
    values: SeriesValues
    waves: Listing


def series_listing(session: Session, reader: Actor, order: Sequence[str], page: int) -> SeriesListing:
    """All recurring pulses, those that go on first; titles in the first language of ``order``. Raises Refused."""
    _only_hr(reader)
    total = session.scalar(select(func.count()).select_from(Series)) or 0
    pages = max(ceil(total / ON_A_PAGE), 1)
    page = min(max(page, 1), pages)
    wanted = select(Series).order_by(Series.active.desc(), Series.next_on, Series.id)
    found = list(session.scalars(wanted.limit(ON_A_PAGE).offset((page - 1) * ON_A_PAGE)))
    return SeriesListing(_rows(session, found, order), page, pages)


def managed_series(
    session: Session, reader: Actor, series_id: int, order: Sequence[str], page: int = 1
) -> ManagedSeries:
    """One recurring pulse, with the stretch ``page`` of its waves. Raises Refused, NotFound."""
    _only_hr(reader)
    series = session.get(Series, series_id)
    if series is None:
        raise NotFound
    waves = listing(session, reader, order, page, series_id)
    return ManagedSeries(_rows(session, [series], order)[0], series.version, values_of(series), waves)


def _rows(session: Session, found: Sequence[Series], order: Sequence[str]) -> tuple[SeriesRow, ...]:
    wanted = select(Survey.series_id, Survey.id, Survey.opens_at).where(
        Survey.series_id.in_([one.id for one in found]), Survey.state == State.SCHEDULED
    )
    waiting = {row.series_id: (row.id, row.opens_at) for row in session.execute(wanted)}
    return tuple(
        SeriesRow(
            one.id,
            *said_first(one.texts, order),
            Every(one.every),
            one.active,
            one.next_on,
            one.hour,
            *waiting.get(one.id, (None, None)),
        )
        for one in found
    )


def _only_hr(reader: Actor) -> None:
    if not policy.may_manage(reader):
        raise Refused
