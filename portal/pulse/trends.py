"""How a unit's figures went from survey to survey, as far as one reader may know."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, defer

from ..core.permissions import Actor
from .cohorts import EVERYBODY
from .freezing import summary_of
from .model import Driver, Invitation, Kind, Result, State, Survey, SurveyQuestion, SurveyUnit
from .reach import read_in
from .result_queries import Released
from .results import Cell

WAVES = 12
"""A trend shows so many waves, the present one last."""
LOOKED_BACK = 60
"""Pulses that rotate their questions ask each driver only now and then: so many surveys are looked through for it."""


@dataclass(frozen=True)
class Wave:
    """What one survey, closed at ``at``, told of a driver; ``same``: from the very questions of the latest one?"""

    survey_id: int
    at: datetime
    cell: Cell
    same: bool = True


def trend(session: Session, actor: Actor, found: Released) -> dict[Driver, tuple[Wave, ...]]:
    """The waves of each driver that is told of ``found``'s unit, the oldest first.

    Earlier surveys of the same team that ``actor`` may read; those in which the driver wasn't told are left out.
    """
    told = {driver: cell for driver, cell in found.own.drivers.items() if cell.hidden is None}
    if not told:
        return {}
    earlier = _earlier(session, actor, found)
    asked = _asked(session, [found.survey.id, *(survey.id for survey, _ in earlier)])
    waves = {driver: [Wave(found.survey.id, found.survey.closed_at, cell)] for driver, cell in told.items()}
    for survey, row in earlier:
        assert survey.closed_at is not None
        for driver, cell in summary_of(row).drivers.items():
            if driver in waves and cell.hidden is None:
                same = asked.get((survey.id, driver)) == asked.get((found.survey.id, driver))
                waves[driver].append(Wave(survey.id, survey.closed_at, cell, same))
    return {driver: tuple(reversed(row[:WAVES])) for driver, row in waves.items()}


def _asked(session: Session, surveys: list[int]) -> dict[tuple[int, Driver], set[tuple[str, bool]]]:
    """What each driver was made of, by survey: its questions' keys, and which of them were turned round."""
    wanted = select(SurveyQuestion.survey_id, SurveyQuestion.driver, SurveyQuestion.key, SurveyQuestion.reverse).where(
        SurveyQuestion.survey_id.in_(surveys),
        SurveyQuestion.driver.is_not(None),
        SurveyQuestion.kind.in_((Kind.AGREE, Kind.SCALE)),
    )
    found: dict[tuple[int, Driver], set[tuple[str, bool]]] = {}
    for row in session.execute(wanted):
        found.setdefault((row.survey_id, Driver(row.driver)), set()).add((row.key, row.reverse))
    return found


def _earlier(session: Session, actor: Actor, found: Released) -> list[tuple[Survey, Result]]:
    """Earlier surveys with what they told of the same team, the latest first."""
    unit, survey = found.unit, found.survey
    same = SurveyUnit.number == EVERYBODY if unit.team_id is None else SurveyUnit.team_id == unit.team_id
    if unit.team_id is None and unit.number != EVERYBODY:
        return []  # The team is no more: nothing says which unit was the same.
    before = or_(Survey.closed_at < survey.closed_at, and_(Survey.closed_at == survey.closed_at, Survey.id < survey.id))
    wanted = (
        select(Survey, SurveyUnit, Result)
        .join(SurveyUnit, SurveyUnit.survey_id == Survey.id)
        .join(Result, and_(Result.survey_id == SurveyUnit.survey_id, Result.unit == SurveyUnit.number))
        .where(Survey.state == State.CLOSED, before, same)
        .order_by(Survey.closed_at.desc(), Survey.id.desc())
        .limit(LOOKED_BACK)
        .options(defer(Result.details))
    )
    if not found.hr:
        wanted = wanted.where(Survey.published_at.is_not(None))
    rows = session.execute(wanted).all()
    own: Mapping[int, int] = {} if found.full else _cohorts(session, actor)
    return [
        (earlier, row)
        for earlier, there, row in rows
        # Who was asked must be the same: of several teams asked together none is named.
        if (unit.team_id is not None or (there.team_id is None and tuple(earlier.audience) == survey.audience))
        and (found.full or read_in(earlier.audience, own.get(earlier.id), there.number))
    ]


def _cohorts(session: Session, actor: Actor) -> dict[int, int]:
    """In which unit somebody's ballots counted, by survey."""
    wanted = select(Invitation.survey_id, Invitation.unit).where(Invitation.person_id == actor.id)
    return dict(session.execute(wanted).all())
