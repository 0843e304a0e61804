"""Surveys that would ask the same people again within a week: HR is told before they annoy."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from .. import people
from ..core.errors import NotFound
from .model import Series, State, Survey
from .rhythm import Every, following
from .survey_queries import titled

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Overlap:
    """A survey that asks some of the same people within seven days.

    ``id`` is None for a wave that its series has not made yet; ``title`` is written in ``locale``, empty when there is
    none. It opens ``on`` that day by the company's clocks.
    """

    id: int | None
    series_id: int | None
    title: str
    locale: str
    on: date


def overlaps(session: Session, survey_id: int, order: Sequence[str], zone: ZoneInfo) -> tuple[Overlap, ...]:
    """The surveys that open less than seven days before or after one, and ask some of the same people.

    Drafts don't count, nor do other waves of its own series. Titles are in the first language of ``order`` that there
    is, else in any. Nothing for a survey without a date. Raises NotFound.
    """
    survey = session.get(Survey, survey_id)
    if survey is None:
        raise NotFound
    opens_at = survey.opened_at or survey.opens_at
    if opens_at is None:
        return ()
    above = people.team_ancestry(session)
    found = [
        Overlap(other.id, other.series_id, *_title(other.texts, order), opens.astimezone(zone).date())
        for other, opens in _surveys(session, survey, opens_at)
        if _share(survey.audience, other.audience, above)
    ]
    found += [
        Overlap(None, series.id, *_title(series.texts, order), day)
        for series in session.scalars(select(Series).where(Series.active).order_by(Series.id))
        if series.id != survey.series_id and _share(survey.audience, series.audience, above)
        for day in _waves(series, opens_at.astimezone(zone).date())
    ]
    return tuple(sorted(found, key=lambda one: (one.on, one.id or 0)))


def _surveys(session: Session, survey: Survey, opens_at: datetime) -> list[tuple[Survey, datetime]]:
    """Other surveys, and when they open, less than a week from ``opens_at``."""
    when = func.coalesce(Survey.opened_at, Survey.opens_at)
    wanted = select(Survey).where(Survey.id != survey.id, Survey.state != State.DRAFT)
    wanted = wanted.where(when > opens_at - WEEK, when < opens_at + WEEK)
    if survey.series_id is not None:
        wanted = wanted.where(or_(Survey.series_id.is_(None), Survey.series_id != survey.series_id))
    found = session.scalars(wanted.order_by(Survey.id)).all()
    return [(other, opens) for other in found if (opens := other.opened_at or other.opens_at)]


def _waves(series: Series, day: date) -> Iterator[date]:
    """The days less than a week from ``day`` on which a series will open waves that it has not made yet."""
    wave = series.next_on
    while wave < day + WEEK:
        if wave > day - WEEK:
            yield wave
        wave = following(wave, Every(series.every), series.of_month)


def _share(one: Sequence[int], other: Sequence[int], above: Mapping[int, Sequence[int]]) -> bool:
    """Do two audiences have somebody in common? No teams are everybody."""
    if not one or not other:
        return True
    return any(set(above.get(team, ())) & set(theirs) for mine, theirs in ((one, other), (other, one)) for team in mine)


def _title(texts: Mapping[str, Any], order: Sequence[str]) -> tuple[str, str]:
    locale, title, _ = titled(texts, order)
    return title, locale
