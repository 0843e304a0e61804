"""Who may read which promises, as conditions of a query: those who were asked, heads of teams, owners, and HR."""

from typing import Any

from sqlalchemy import CTE, ColumnElement, false, or_, select, true
from sqlalchemy.orm import Session

from .. import people
from ..core.permissions import Actor
from . import policy
from .action_model import Action
from .model import Invitation, SurveyUnit


def readable(session: Session, actor: Actor) -> ColumnElement[bool]:
    """The actions that ``actor`` may read: public to all who were asked in the unit, and to those who answer for it."""
    if policy.may_manage(actor):
        return true()
    if actor.id is None:
        return false()
    ways = [Action.owner_id == actor.id, _in(_asked(actor.id))]
    led = led_teams(session, actor)
    if led:
        ways.append(_in(_led(led)))
    return or_(*ways)


def led_teams(session: Session, actor: Actor) -> tuple[int, ...]:
    """The teams that ``actor`` leads, with all below."""
    own = people.headed_team(session, actor.id) if actor.id is not None else None
    return people.team_and_below(session, own) if own is not None else ()


def led_units(session: Session, actor: Actor, survey_id: int) -> frozenset[int]:
    """The units of a survey that ``actor`` leads: those of their teams, and what lay below these when it opened."""
    teams = led_teams(session, actor)
    if not teams:
        return frozenset()
    led = _led(teams, survey_id)
    return frozenset(session.scalars(select(led.c.number)))


def along_the_line(session: Session, survey_id: int, unit: int) -> tuple[int, ...]:
    """A unit, then those above it, the lowest first, then all below it, the highest first; of no such unit none."""
    wanted = select(SurveyUnit.number, SurveyUnit.parent).where(SurveyUnit.survey_id == survey_id)
    parents = dict(session.execute(wanted.order_by(SurveyUnit.number)).all())
    path: list[int] = []
    at: int | None = unit
    while at is not None and at in parents:
        path.append(at)
        at = parents[at]
    children: dict[int | None, list[int]] = {}
    for number, parent in parents.items():
        children.setdefault(parent, []).append(number)
    below = list(children.get(unit, ()))
    for one in below:  # Grows as it goes.
        below += children.get(one, ())
    return (*path, *below)


def _asked(person_id: int) -> CTE:
    """The units in which a person was asked, and those above them, of surveys after which something was promised."""
    own = (
        select(Invitation.survey_id, Invitation.unit.label("number"))
        .where(Invitation.person_id == person_id, Invitation.survey_id.in_(select(Action.survey_id)))
        .cte("asked", recursive=True)
    )
    return own.union(
        select(SurveyUnit.survey_id, SurveyUnit.parent)
        .join(own, (SurveyUnit.survey_id == own.c.survey_id) & (SurveyUnit.number == own.c.number))
        .where(SurveyUnit.parent.is_not(None))
    )


def _led(teams: tuple[int, ...], survey_id: int | None = None) -> CTE:
    """The units of these teams and those below them, of one survey or of all."""
    tops: Any = select(SurveyUnit.survey_id, SurveyUnit.number).where(SurveyUnit.team_id.in_(teams))
    tops = tops.where(
        SurveyUnit.survey_id == survey_id if survey_id else SurveyUnit.survey_id.in_(select(Action.survey_id))
    )
    led: CTE = tops.cte("led", recursive=True)
    return led.union(
        select(SurveyUnit.survey_id, SurveyUnit.number).join(
            led, (SurveyUnit.survey_id == led.c.survey_id) & (SurveyUnit.parent == led.c.number)
        )
    )


def _in(units: CTE) -> ColumnElement[bool]:
    """Is an action of one of these units? Asked once for all, not anew for each action."""
    return Action.id.in_(
        select(Action.id).join(units, (units.c.survey_id == Action.survey_id) & (units.c.number == Action.unit))
    )
