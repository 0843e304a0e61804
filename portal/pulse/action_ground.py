"""Where, and about what, somebody may promise something after a survey."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..core.permissions import Actor
from . import policy
from .action_queries import Said, question_words, title, unit_name
from .action_reach import led_units
from .model import Driver, State, Survey, SurveyQuestion, SurveyUnit


@dataclass(frozen=True)
class Place:
    """A unit that something can be promised for; ``depth`` is how far below all who were asked it lies."""

    number: int
    name: Said
    depth: int


@dataclass(frozen=True)
class Asked:
    """A question or a driver of a survey that something can be promised about."""

    number: int | None
    driver: Driver | None
    words: Said | None


@dataclass(frozen=True)
class Ground:
    """What somebody may promise after a survey: for which units, about what."""

    survey_id: int
    survey: Said
    units: tuple[Place, ...]
    about: tuple[Asked, ...]


def ground(session: Session, actor: Actor, survey_id: int, order: Sequence[str]) -> Ground | None:
    """Where and about what ``actor`` may promise something after a survey; None when nowhere."""
    survey = session.get(Survey, survey_id)
    if survey is None or survey.state != State.CLOSED:
        return None
    allowed = units_to_promise(session, actor, survey)
    if not allowed:
        return None
    rows = session.scalars(select(SurveyUnit).where(SurveyUnit.survey_id == survey_id)).all()
    asked = select(SurveyQuestion).where(SurveyQuestion.survey_id == survey_id).order_by(SurveyQuestion.position)
    questions = session.scalars(asked).all()
    drivers = dict.fromkeys(Driver(row.driver) for row in questions if row.driver)
    return Ground(
        survey_id=survey_id,
        survey=title(survey.texts, order),
        units=_places(rows, allowed, order),
        about=(
            *(Asked(None, driver, None) for driver in drivers),
            *(Asked(row.number, None, question_words(row.texts, order)) for row in questions),
        ),
    )


def units_to_promise(session: Session, actor: Actor, survey: Survey) -> frozenset[int]:
    """The units of a closed survey that ``actor`` may promise something for."""
    if policy.may_manage(actor):
        return frozenset(session.scalars(select(SurveyUnit.number).where(SurveyUnit.survey_id == survey.id)))
    led = led_units(session, actor, survey.id)
    return led if policy.may_promise(actor, bool(led), survey.published_at is not None) else frozenset()


def _places(rows: Sequence[SurveyUnit], allowed: frozenset[int], order: Sequence[str]) -> tuple[Place, ...]:
    """The units, each followed by those below it, by name."""
    below: dict[int | None, list[Place]] = {}
    for row in rows:
        below.setdefault(row.parent, []).append(Place(row.number, unit_name(row.names, order), 0))
    found: list[Place] = []

    def add(parent: int | None, depth: int) -> None:
        for place in sorted(below.get(parent, ()), key=lambda one: (one.name.text.casefold(), one.number)):
            if place.number in allowed:
                found.append(Place(place.number, place.name, depth))
            add(place.number, depth + 1)

    add(None, 0)
    return tuple(found)
