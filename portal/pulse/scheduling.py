"""A draft becomes a survey that opens by itself, or goes back to being one.

Nothing here opens a survey: the worker does, within a minute of its time, since it alone keeps the keys. And nothing
closes one early: when it closes was promised to those who were asked, and somebody counts on the last day.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from ..core.errors import Invalid
from ..core.locale import Text
from ..core.permissions import Actor
from . import announcing, audience, readiness
from .drafting import changeable, changed
from .model import State, Survey
from .question_queries import questions_of
from .rules import Rules


def faults(session: Session, survey: Survey, rules: Rules, now: datetime) -> dict[str, Text]:
    """What keeps a survey from being scheduled, by field: ``texts``, ``questions``, ``opens_at``, …, ``audience``."""
    found = readiness.missing_dates(survey.opens_at, survey.closes_at)
    found |= readiness.date_faults(survey.opens_at, survey.closes_at, survey.reminders, now)
    for name, fault in (
        ("texts", readiness.text_fault(survey.texts, rules)),
        ("questions", readiness.question_fault(questions_of(session, survey.id), rules)),
        ("audience", readiness.audience_fault(audience.invited(session, survey.audience), rules)),
    ):
        if fault:
            found[name] = fault
    return found


def schedule(
    session: Session, actor: Actor, survey_id: int, version: int, rules: Rules, now: datetime, *, at_once: bool = False
) -> int:
    """Let the survey open when its time has come, or ``at_once``, which makes that time now; the version now.

    Raises Refused, NotFound, Settled, DraftChanged, and Invalid with what `faults` finds.
    """
    survey = changeable(session, actor, survey_id, version)
    if at_once:
        survey.opens_at = now
    wrong = faults(session, survey, rules, now)
    if wrong:
        raise Invalid(wrong)
    survey.state, survey.held_back = State.SCHEDULED, None
    announcing.all_is_well(session, survey)
    return changed(session, survey)


def back_to_draft(session: Session, actor: Actor, survey_id: int, version: int) -> int:
    """Let a scheduled survey wait as a draft; the version now. Raises Refused, NotFound, Settled, DraftChanged."""
    survey = changeable(session, actor, survey_id, version)
    survey.state, survey.held_back = State.DRAFT, None
    announcing.all_is_well(session, survey)
    return changed(session, survey)
