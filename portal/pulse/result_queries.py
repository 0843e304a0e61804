"""Reading what came of a survey. `released` is the only way: screens, prints, files and trends are made of its answer.

Nothing here counts: the rows were frozen when the survey was counted, and hold only what `disclosure` let pass.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from ..core.errors import NotFound
from ..core.permissions import Actor
from .freezing import details_of, summary_of
from .model import Driver, Result, Survey, SurveyUnit
from .question_queries import questions
from .questions import Question
from .reach import Reach, reach, upwards
from .results import Cell, Details
from .survey_queries import titled

_Thing = TypeVar("_Thing", Driver, int)


class Want(StrEnum):
    """How much is to be read beside the figures of one unit."""

    FIGURES = "figures"
    """Nothing more."""
    DETAILS = "details"
    """Its questions, comments and what goes with what."""
    CHILDREN = "children"
    """The figures of the units right below it."""
    ALL = "all"
    """Its details, and the figures of all units below it."""


@dataclass(frozen=True)
class SurveyFacts:
    """A closed survey: ``title`` in the language ``locale``, when it ran, and the k that was promised.

    ``audience``: the teams that were asked; none for everybody.
    """

    id: int
    title: str
    locale: str
    opened_at: datetime
    closed_at: datetime
    published_at: datetime | None
    least_scores: int
    least_comments: int
    audience: tuple[int, ...]


@dataclass(frozen=True)
class UnitFacts:
    """A unit as it was when the survey opened, in the tree of those that the reader may read.

    The unit of all who were asked has no ``name`` unless it is a team. ``locale`` is None where the name is the
    company's own, in whatever language that is.
    """

    number: int
    parent: int | None
    team_id: int | None
    name: str
    locale: str | None
    invited: int
    depth: int


@dataclass(frozen=True)
class Figures:
    """One unit in numbers. ``answered`` is None where telling it would tell of a group that is too small."""

    unit: UnitFacts
    answered: int | None
    drivers: Mapping[Driver, Cell]


@dataclass(frozen=True)
class Released:
    """What one reader may know of one unit.

    ``above`` (top first) and ``below`` are the units around it that they may read, ``home`` where they begin. ``hr``:
    they read all of the survey; ``full``: the unit with its comments, as HR or its head. ``rows`` are figures of units
    below and ``details`` and ``questions`` those of the unit, as far as was wanted.
    """

    survey: SurveyFacts
    hr: bool
    full: bool
    home: int
    above: tuple[UnitFacts, ...]
    below: tuple[UnitFacts, ...]
    own: Figures
    rows: tuple[Figures, ...]
    details: Details | None
    questions: tuple[Question, ...]

    @property
    def unit(self) -> UnitFacts:
        """The unit that it is about."""
        return self.own.unit


def released(
    session: Session,
    actor: Actor,
    survey_id: int,
    unit: int | None = None,
    *,
    order: Sequence[str],
    want: Want = Want.FIGURES,
    stretch: slice = slice(None),
) -> Released:
    """What ``actor`` may know of a ``unit`` (None: where they begin), in the first language of ``order`` that there is.

    ``stretch``: which of the units right below are wanted, by their place. Raises NotFound, also for units out of their
    reach, and what `reach` raises.
    """
    survey = session.get(Survey, survey_id)
    if survey is None:
        raise NotFound
    rows = {row.number: row for row in session.scalars(select(SurveyUnit).where(SurveyUnit.survey_id == survey_id))}
    allowed = reach(session, actor, survey, rows)
    number = allowed.home if unit is None else unit
    if number not in allowed.units:
        raise NotFound
    tree = _tree(rows, allowed, order)
    below = tuple(one for one in tree.values() if one.parent == number)
    full = number in allowed.full
    wanted = {Want.CHILDREN: below[stretch], Want.ALL: _all_below(tree, number)}.get(want, ())
    figures = _figures(session, survey, rows, [tree[number], *wanted])
    in_detail = want in {Want.DETAILS, Want.ALL}
    return Released(
        survey=_survey_facts(survey, order),
        hr=allowed.hr,
        full=full,
        home=allowed.home,
        above=tuple(tree[one] for one in reversed(upwards(rows, number)[1:]) if one in tree),
        below=below,
        own=figures[0],
        rows=figures[1:],
        details=_details(session, survey_id, number, full) if in_detail else None,
        questions=questions(session, survey_id) if in_detail else (),
    )


def _tree(rows: Mapping[int, SurveyUnit], allowed: Reach, order: Sequence[str]) -> dict[int, UnitFacts]:
    """The units in reach, each followed by those below it, by name."""
    found: dict[int, UnitFacts] = {}
    under: dict[int | None, list[tuple[str, str | None, int]]] = {}
    for number in allowed.units:
        parent = next((one for one in upwards(rows, number)[1:] if one in allowed.units), None)
        under.setdefault(parent, []).append((*called(rows[number].names, order), number))

    def add(parent: int | None, depth: int) -> None:
        for name, locale, number in sorted(under.get(parent, ()), key=lambda one: (one[0].casefold(), one[2])):
            row = rows[number]
            found[number] = UnitFacts(number, parent, row.team_id, name, locale, row.invited, depth)
            add(number, depth + 1)

    add(None, 0)
    return found


def called(names: Mapping[str, str], order: Sequence[str]) -> tuple[str, str | None]:
    """A unit's name and its language, None for the company's own, which a reader without one in theirs knows best."""
    own = order[0] if order and names.get(order[0]) else None
    return names.get(own or "", ""), own


def _all_below(tree: Mapping[int, UnitFacts], number: int) -> tuple[UnitFacts, ...]:
    inside = {number}
    for one in tree.values():  # Parents first.
        if one.parent in inside:
            inside.add(one.number)
    return tuple(one for one in tree.values() if one.number in inside and one.number != number)


def _figures(
    session: Session, survey: Survey, rows: Mapping[int, SurveyUnit], units: Sequence[UnitFacts]
) -> tuple[Figures, ...]:
    wanted = select(Result).where(Result.survey_id == survey.id)
    if len(units) < len(rows):  # Numbers of all the units would only be a long list of everything.
        wanted = wanted.where(Result.unit.in_([unit.number for unit in units]))
    frozen = {row.unit: summary_of(row) for row in session.scalars(wanted.options(defer(Result.details)))}
    return tuple(
        Figures(unit, frozen[unit.number].answered, _scrubbed(frozen[unit.number].drivers))
        if unit.number in frozen
        else Figures(unit, None, {})
        for unit in units
    )


def _details(session: Session, survey_id: int, number: int, full: bool) -> Details | None:
    row = session.get(Result, (survey_id, number))
    if row is None:
        return None
    found = details_of(row)
    return replace(found, questions=_scrubbed(found.questions), comments=found.comments if full else {})


def _scrubbed(cells: Mapping[_Thing, Cell]) -> dict[_Thing, Cell]:
    """The cells, of hidden ones nothing but why: should ever a number stand in one, it goes no further."""
    return {thing: Cell(hidden=cell.hidden) if cell.hidden else cell for thing, cell in cells.items()}


def _survey_facts(survey: Survey, order: Sequence[str]) -> SurveyFacts:
    assert survey.opened_at is not None  # The table's own rules: all of this is settled once it opened and closed.
    assert survey.closed_at is not None
    assert survey.least_scores is not None
    assert survey.least_comments is not None
    locale, title, _ = titled(survey.texts, order)
    return SurveyFacts(
        id=survey.id,
        title=title,
        locale=locale,
        opened_at=survey.opened_at,
        closed_at=survey.closed_at,
        published_at=survey.published_at,
        least_scores=survey.least_scores,
        least_comments=survey.least_comments,
        audience=tuple(survey.audience),
    )
