"""What a survey is compared with: the published cells of earlier ones.

Each unit with itself: the same team, all of it asked both times. Each question with itself, and a driver only with
one that was made of the same questions: that another question is answered otherwise is no change.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import people
from .cohorts import EVERYBODY
from .comparing import Before, Earlier, comparable
from .freezing import DRIVERS, QUESTIONS, as_cell
from .model import Driver, Kind, Result, State, Survey, SurveyQuestion, SurveyUnit
from .questions import Question, as_question
from .tallies import questions_of

LOOKED_BACK = timedelta(days=731)
"""What is older than two years is no measure of what changed."""
MOST_TRIED = 4
"""Where a unit's cell was hidden, the survey before is tried, but only so many that asked the same."""

_Same = tuple[Driver | None, tuple[tuple[str, Kind, bool], ...]]
"""What makes a question (no driver) or a driver the same in two surveys: the keys and kinds that it is made of."""
_Asked = dict[_Same, int | Driver]
"""What a survey asks, and by what its results call it: a question's number, or the driver."""


@dataclass(frozen=True)
class _Frozen:
    """A unit of an earlier survey, and its cells in JSON by what they are about."""

    number: int
    team_id: int | None
    invited: int
    cells: Mapping[int | Driver, Any]


def compare_with(session: Session, survey: Survey, zone: ZoneInfo) -> Earlier:
    """For each unit and question or driver of ``survey`` the cell of the latest earlier survey that told it exactly.

    Days are those of the company's clocks, in ``zone``.
    """
    mine = _asked(_questions(session, [survey.id])[survey.id])
    units = session.scalars(select(SurveyUnit).where(SurveyUnit.survey_id == survey.id)).all()
    above = people.team_ancestry(session)
    waves = _earlier(session, survey)
    asked = _questions(session, [wave.id for wave in waves])
    tried: Counter[_Same] = Counter()
    found: dict[tuple[int, int | Driver], Before] = {}
    for wave in waves:
        theirs = _asked(asked[wave.id])
        both = [same for same in mine if same in theirs and tried[same] < MOST_TRIED]
        tried.update(both)
        for unit, frozen in _counterparts(session, survey, wave, units, above) if both else ():
            for same in both:
                before = _before(wave, frozen, theirs[same], zone)
                if before:
                    found.setdefault((unit, mine[same]), before)
    return Earlier(
        questions={(unit, what): cell for (unit, what), cell in found.items() if not isinstance(what, Driver)},
        drivers={(unit, what): cell for (unit, what), cell in found.items() if isinstance(what, Driver)},
    )


def _earlier(session: Session, survey: Survey) -> Sequence[Survey]:
    """The surveys that are closed and opened before this one, the latest first."""
    assert survey.opened_at
    wanted = select(Survey).where(
        Survey.state == State.CLOSED,
        Survey.opened_at < survey.opened_at,
        Survey.opened_at >= survey.opened_at - LOOKED_BACK,
    )
    return session.scalars(wanted.order_by(Survey.opened_at.desc(), Survey.id.desc())).all()


def _questions(session: Session, surveys: Sequence[int]) -> dict[int, list[Question]]:
    """The questions of several surveys, each in its order."""
    wanted = select(SurveyQuestion).where(SurveyQuestion.survey_id.in_(surveys)).order_by(SurveyQuestion.position)
    found: dict[int, list[Question]] = {survey: [] for survey in surveys}
    for row in session.scalars(wanted):
        found[row.survey_id].append(as_question(row))
    return found


def _asked(questions: Sequence[Question]) -> _Asked:
    """What can be compared of these questions: those with a share or a score, and their drivers."""
    asked: _Asked = {}
    for question in questions:
        if question.kind in {Kind.AGREE, Kind.SCALE}:
            asked[None, _made_of([question])] = question.number
    for driver in Driver:
        of = questions_of(driver, questions)
        if of:
            asked[driver, _made_of(of)] = driver
    return asked


def _made_of(questions: Iterable[Question]) -> tuple[tuple[str, Kind, bool], ...]:
    return tuple(sorted((question.key, question.kind, question.reverse) for question in questions))


def _counterparts(
    session: Session,
    survey: Survey,
    then: Survey,
    units: Iterable[SurveyUnit],
    above: Mapping[int, tuple[int, ...]],
) -> Iterator[tuple[int, _Frozen]]:
    """For the number of each unit what was frozen of the same people's unit ``then``."""
    there = list(_frozen(session, then))
    by_team = {frozen.team_id: frozen for frozen in there if frozen.team_id is not None}
    everybody = next((frozen for frozen in there if frozen.number == EVERYBODY), None)
    same_asked = set(survey.audience) == set(then.audience)

    def whole(team: int) -> bool:
        """Was the whole team asked both times? A unit holds only those of its team whom the survey is about."""
        upwards = above.get(team, ())
        return same_asked or all(not one.audience or set(one.audience) & set(upwards) for one in (survey, then))

    for unit in units:
        if unit.number == EVERYBODY and same_asked:
            frozen = everybody
        else:
            frozen = by_team.get(unit.team_id) if unit.team_id is not None and whole(unit.team_id) else None
        if frozen:
            yield unit.number, frozen


def _frozen(session: Session, survey: Survey) -> Iterator[_Frozen]:
    """What was frozen of a survey's units, without what people wrote, which may be much."""
    cells = Result.details[QUESTIONS]
    wanted = (
        select(SurveyUnit.number, SurveyUnit.team_id, SurveyUnit.invited, Result.summary, cells.label("cells"))
        .join(Result, (Result.survey_id == SurveyUnit.survey_id) & (Result.unit == SurveyUnit.number))
        .where(SurveyUnit.survey_id == survey.id)
    )
    for row in session.execute(wanted):
        found: dict[int | Driver, Any] = {int(number): cell for number, cell in (row.cells or {}).items()}
        found |= {Driver(name): cell for name, cell in row.summary.get(DRIVERS, {}).items()}
        yield _Frozen(row.number, row.team_id, row.invited, found)


def _before(wave: Survey, frozen: _Frozen, what: int | Driver, zone: ZoneInfo) -> Before | None:
    """A cell to compare with, if it was told exactly."""
    cell = as_cell(frozen.cells[what]) if what in frozen.cells else None
    return Before(wave.id, _day(wave, zone), frozen.invited, cell) if cell and comparable(cell) else None


def _day(wave: Survey, zone: ZoneInfo) -> date:
    assert wave.closed_at
    return wave.closed_at.astimezone(zone).date()
