"""How many have answered a survey that is still open, as far as HR may know: by units, never by people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from sqlalchemy.orm import Session

from ..core.errors import Conflict, NotFound, Refused
from ..core.locale import lazy
from ..core.permissions import Actor
from . import disclosure, policy
from .cohorts import EVERYBODY
from .life_queries import Participation, participation
from .model import State, Survey
from .reach import upwards
from .result_queries import UnitFacts, called
from .results import Cell
from .survey_queries import titled

ON_A_PAGE = 50


class NotOpenedYet(Conflict):
    """Nobody has been asked yet."""

    message = lazy("This survey hasn’t been opened yet; nobody has been asked.")


@dataclass(frozen=True)
class Rate:
    """Which share of a unit has answered, told like any other share; ``inside``: are there units below it?"""

    unit: UnitFacts
    cell: Cell
    inside: bool


@dataclass(frozen=True)
class Rates:
    """A unit and a stretch of those right below it, the unit itself first; ``above`` are those around it, top first."""

    id: int
    title: str
    locale: str
    state: State
    closes_at: datetime
    least: int
    above: tuple[UnitFacts, ...]
    rows: tuple[Rate, ...]
    page: int
    pages: int


def rates(
    session: Session, actor: Actor, survey_id: int, unit: int | None, *, order: Sequence[str], page: int = 1
) -> Rates:
    """How many have answered in a ``unit`` (None: all) and those below it, with names in the first of ``order``.

    Of a closed survey there are no ``rows``: its results tell. Raises Refused, NotFound, NotOpenedYet.
    """
    survey = session.get(Survey, survey_id)
    if survey is None:
        raise NotFound
    if not policy.may_manage(actor):
        raise Refused
    if survey.closes_at is None or survey.least_scores is None:
        raise NotOpenedYet
    known = {one.unit: one for one in participation(session, survey_id)}
    number = unit or EVERYBODY
    if known and number not in known:
        raise NotFound
    inside = [one for one in known.values() if one.parent == number and one.unit != number]
    below = sorted((_facts(one, order) for one in inside), key=_name)
    pages = max(1, ceil(len(below) / ON_A_PAGE))
    page = min(max(page, 1), pages)
    shown = below[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    parents = {one.parent for one in known.values()}
    locale, title, _ = titled(survey.texts, order)
    return Rates(
        id=survey.id,
        title=title,
        locale=locale,
        state=State(survey.state),
        closes_at=survey.closes_at,
        least=survey.least_scores,
        above=tuple(reversed([_facts(known[one], order) for one in upwards(known, number)[1:]])),
        rows=tuple(
            _rate(known[one.number], one, inside=one.number in parents and one.number != number)
            for one in ([_facts(known[number], order), *shown] if known else [])
        ),
        page=page,
        pages=pages,
    )


def is_running(session: Session, survey_id: int) -> bool:
    """Has the survey opened, and is it not counted yet?"""
    survey = session.get(Survey, survey_id)
    return survey is not None and survey.state in {State.OPEN, State.COUNTING}


def _facts(one: Participation, order: Sequence[str]) -> UnitFacts:
    name, locale = called(one.names, order)
    return UnitFacts(one.unit, one.parent, None, name, locale, one.invited, 0)


def _name(unit: UnitFacts) -> tuple[str, int]:
    return unit.name.casefold(), unit.number


def _rate(one: Participation, unit: UnitFacts, *, inside: bool) -> Rate:
    # Not even the server's own count of a small group says that all of it answered, or nobody.
    percent, bound = disclosure.coded(min(one.ballots, one.invited), one.invited) if one.invited else (None, None)
    return Rate(unit, Cell(value=percent, bound=bound), inside)
