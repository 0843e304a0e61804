"""Surveys that would ask the same people again within a week: HR is told before they annoy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from .. import people
from ..core.errors import NotFound
from .model import Series, State, Survey
from .rhythm import Every, following

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Overlap:
    """A survey that asks some of the same people within seven days.

    ``id`` is None for a wave that its series has not made yet; ``title`` is empty when it has none.
    """

    id: int | None
    series_id: int | None
    title: str
    on: date


def overlaps(session: Session, survey_id: int, order: Sequence[str] = ()) -> tuple[Overlap, ...]:
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
    found = _surveys(session, survey, opens_at, above, order) + _waves(session, survey, opens_at, above, order)
    return tuple(sorted(found, key=lambda one: (one.on, one.id or 0)))


def _surveys(
    session: Session, survey: Survey, opens_at: datetime, above: Mapping[int, Sequence[int]], order: Sequence[str]
) -> list[Overlap]:
    when = func.coalesce(Survey.opened_at, Survey.opens_at)
    wanted = select(Survey).where(Survey.id != survey.id, Survey.state != State.DRAFT)
    wanted = wanted.where(when > opens_at - WEEK, when < opens_at + WEEK)
    if survey.series_id is not None:
        wanted = wanted.where(or_(Survey.series_id.is_(None), Survey.series_id != survey.series_id))
    return [
        Overlap(other.id, other.series_id, _title(other.texts, order), (other.opened_at or other.opens_at).date())
        for other in session.scalars(wanted.order_by(Survey.id))
        if other.opens_at and _share(survey.audience, other.audience, above)
    ]


def _waves(
    session: Session, survey: Survey, opens_at: datetime, above: Mapping[int, Sequence[int]], order: Sequence[str]
) -> list[Overlap]:
    """The waves that other series will make by themselves."""
    found = []
    for series in session.scalars(select(Series).where(Series.active).order_by(Series.id)):
        if series.id == survey.series_id or not _share(survey.audience, series.audience, above):
            continue
        day, last = series.next_on, (opens_at + WEEK).date()
        while day < last:
            if day > (opens_at - WEEK).date():
                found.append(Overlap(None, series.id, _title(series.texts, order), day))
            day = following(day, Every(series.every), series.of_month)
    return found


def _share(one: Sequence[int], other: Sequence[int], above: Mapping[int, Sequence[int]]) -> bool:
    """Do two audiences have somebody in common? No teams are everybody."""
    if not one or not other:
        return True
    return any(set(above.get(team, ())) & set(theirs) for mine, theirs in ((one, other), (other, one)) for team in mine)


def _title(texts: Mapping[str, Mapping[str, str]], order: Sequence[str]) -> str:
    known = {code: said["title"] for code, said in texts.items() if said.get("title")}
    return next((known[code] for code in (*order, *known) if code in known), "")
