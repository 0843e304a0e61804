"""Whose results one reader may read: the units of a closed survey, and for which of them with comments.

HR reads all from the count on. Once HR publishes, heads of teams read their own unit and those below, with comments,
and every employee what all who were asked answered, and their own unit or the nearest above it that shows anything.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import people
from ..core.errors import Conflict, NotFound, Refused
from ..core.locale import lazy
from ..core.permissions import Actor
from . import policy
from .cohorts import EVERYBODY
from .freezing import details_of, summary_of
from .model import Invitation, Result, State, Survey, SurveyUnit


class NotCounted(Conflict):
    """The survey isn't closed and counted."""

    message = lazy("The answers aren’t counted yet. There are no results before a survey is closed.")


class NotPublished(Refused):
    """HR hasn't published the results."""

    message = lazy("The results of this survey aren’t published. As soon as HR publishes them, you can read them here.")


class OthersWereAsked(Refused):
    """The survey asked some teams, and the reader is of none of them."""

    message = lazy("This survey asked other teams. Its results are theirs to read.")


class KeptFromResults(Refused):
    """The reader runs the portal; that alone gives nobody a look into results."""

    message = lazy("Whoever looks after the portal doesn’t read survey results.")


@dataclass(frozen=True)
class Office:
    """What somebody is to surveys: one of HR, or who leads which ``teams`` (with all below), or neither."""

    hr: bool
    teams: frozenset[int]


@dataclass(frozen=True)
class Reach:
    """The units that somebody may read, and those of them in ``full``, with comments; HR reads all."""

    hr: bool
    units: frozenset[int]
    full: frozenset[int]
    home: int
    """The unit that is theirs, to begin with."""


def office(session: Session, actor: Actor) -> Office:
    """What ``actor`` is to surveys. Raises KeptFromResults."""
    led = people.headed_team(session, actor.id) if actor.id is not None else None
    if policy.is_kept_from_results(actor, leads=led is not None):
        raise KeptFromResults
    teams = people.team_and_below(session, led) if led is not None else ()
    return Office(policy.may_manage(actor), frozenset(teams))


def reach(session: Session, actor: Actor, survey: Survey, units: Mapping[int, SurveyUnit]) -> Reach:
    """What ``actor`` may read of the survey, whose ``units`` are given by number.

    Raises KeptFromResults, NotCounted, NotPublished, OthersWereAsked; NotFound when they can't know that it is planned.
    """
    who = office(session, actor)
    if who.hr:
        if survey.state != State.CLOSED:
            raise NotCounted
        return Reach(hr=True, units=frozenset(units), full=frozenset(units), home=EVERYBODY)
    if survey.state in {State.DRAFT, State.SCHEDULED}:
        raise NotFound
    if survey.published_at is None:
        raise NotPublished
    led = _led(units, who.teams)
    own = _as_asked(session, actor, survey, units)
    if not led and not own:
        raise OthersWereAsked
    return Reach(hr=False, units=led | own, full=led, home=_topmost(units, led) if led else EVERYBODY)


def read_in(audience: Iterable[int], own: int | None, unit: int) -> bool:
    """May an employee whose ballots count in ``own`` (None: not asked) read ``unit`` of a published survey?"""
    return unit == own or (unit == EVERYBODY and (own is not None or not list(audience)))


class Placed(Protocol):
    """Something in a tree."""

    @property
    def parent(self) -> int | None: ...


def upwards(units: Mapping[int, SurveyUnit] | Mapping[int, Placed], number: int | None) -> list[int]:
    """A unit and those above it, the lowest first."""
    path: list[int] = []
    while number is not None and number in units:
        path.append(number)
        number = units[number].parent
    return path


def _led(units: Mapping[int, SurveyUnit], teams: frozenset[int]) -> frozenset[int]:
    """The units of teams that somebody leads, and all that lay below them when the survey opened."""
    tops = {number for number, unit in units.items() if unit.team_id is not None and unit.team_id in teams}
    return frozenset(number for number in units if tops.intersection(upwards(units, number)))


def _topmost(units: Mapping[int, SurveyUnit], led: frozenset[int]) -> int:
    return min(led, key=lambda number: (len(upwards(units, number)), number))


def _as_asked(session: Session, actor: Actor, survey: Survey, units: Mapping[int, SurveyUnit]) -> frozenset[int]:
    """What an employee may read: all together, and the nearest unit from their own upwards that shows anything."""
    invited = select(Invitation.unit).where(Invitation.survey_id == survey.id, Invitation.person_id == actor.id)
    own = session.scalar(invited)
    if own is None:
        return frozenset({EVERYBODY}) if read_in(survey.audience, None, EVERYBODY) else frozenset()
    path = upwards(units, own)
    rows = {
        row.unit: row
        for row in session.scalars(select(Result).where(Result.survey_id == survey.id, Result.unit.in_(path)))
    }
    nearest = next((number for number in path if number in rows and _shows(rows[number])), EVERYBODY)
    return frozenset({EVERYBODY, nearest})


def _shows(row: Result) -> bool:
    """Is anything at all told of this unit?"""
    cells = [*summary_of(row).drivers.values(), *details_of(row).questions.values()]
    return any(cell.hidden is None for cell in cells)
