"""What may be known of a survey that is not counted yet, and of what the worker has to do with surveys."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from . import disclosure
from .model import Ballot, State, Survey, SurveyUnit


@dataclass(frozen=True)
class Participation:
    """How many of the ``invited`` of a unit, with all below it, have a ballot in the box.

    ``names`` are the unit's by language, the company's own under ``""``; none for unit 0 when it is no team.
    """

    unit: int
    parent: int | None
    names: Mapping[str, str]
    invited: int
    ballots: int


def participation(session: Session, survey_id: int) -> tuple[Participation, ...]:
    """The participation in an open survey, parents first, in the units of which it may be told.

    Those are units of at least k invited which also differ from the units around them by nobody or by k and more:
    else a single person who hasn't answered could be found by subtracting. Nor does subtracting show that all of a
    small group answered, or nobody. Empty before it opens and once it closed.
    """
    survey = session.get(Survey, survey_id)
    if survey is None or survey.state not in {State.OPEN, State.COUNTING} or survey.least_scores is None:
        return ()
    units = session.scalars(select(SurveyUnit).where(SurveyUnit.survey_id == survey_id).order_by(SurveyUnit.number))
    rows = {unit.number: unit for unit in units}
    parents = {number: unit.parent for number, unit in rows.items()}
    sizes = {number: unit.invited for number, unit in rows.items()}
    ballots = _with_below(parents, _own_ballots(session, survey_id))
    # Forged ballots may be more than people.
    answered = {number: min(ballots.get(number, 0), size) for number, size in sizes.items()}
    both = {number: (answered[number], size - answered[number]) for number, size in sizes.items()}
    shown = disclosure.participation(parents, sizes, survey.least_scores, both)
    return tuple(
        Participation(number, _shown_above(parents, number, shown), unit.names, unit.invited, ballots.get(number, 0))
        for number, unit in rows.items()
        if number in shown
    )


@dataclass(frozen=True)
class Health:
    """How many surveys are open or being counted, which of them lack their key, which can't be counted and why.

    What keeps a survey from opening is HR's to see to, and they are told.
    """

    running: int
    keyless: tuple[int, ...]
    uncounted: tuple[tuple[int, str], ...]


def health(session: Session, known: Collection[int]) -> Health:
    """How surveys are, when the keys of those ``known`` are there."""
    wanted = select(Survey.id, Survey.held_back).where(Survey.state.in_((State.OPEN, State.COUNTING)))
    running = session.execute(wanted.order_by(Survey.id)).all()
    return Health(
        len(running),
        tuple(row.id for row in running if row.id not in known),
        tuple((row.id, row.held_back) for row in running if row.held_back),
    )


def _own_ballots(session: Session, survey_id: int) -> dict[int, int]:
    wanted = select(Ballot.unit, func.count()).where(Ballot.survey_id == survey_id).group_by(Ballot.unit)
    return dict(session.execute(wanted).all())


def _with_below(parents: Mapping[int, int | None], own: Mapping[int, int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for number, count in own.items():
        one: int | None = number
        while one is not None:
            found[one] = found.get(one, 0) + count
            one = parents.get(one)
    return found


def _shown_above(parents: Mapping[int, int | None], number: int, shown: Collection[int]) -> int | None:
    above = parents[number]
    while above is not None and above not in shown:
        above = parents[above]
    return above
