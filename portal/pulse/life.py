"""The life of a survey once it is scheduled: it opens, closes, is counted. Done by the worker, who alone has the keys.

Each step is a function of (state, now), done once however often it is asked for, and by one of several workers. State
only ever goes forwards: a clock that is set back opens and closes nothing again.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import announcing, casting, counting, freezing, looking_back, opening, question_queries
from .action_queries import overdue_without_word
from .cohorts import Unit
from .model import Result, State, Survey, SurveyQuestion, SurveyUnit
from .questions import Answers
from .rules import Rules
from .sealing import Damaged, KeyRing, Opener

log = logging.getLogger(__name__)


class Held(StrEnum):
    """Why a survey does not go on (`Survey.held_back`); HR is told once, and it is tried again every minute."""

    OVERDUE_PROMISE = "overdue-promise"
    """A promise of the last survey is overdue with no word on why."""
    TOO_FEW = "too-few"
    """Fewer than k would be asked."""
    NO_QUESTIONS = "no-questions"
    KEY_MISSING = "key-missing"
    """The key that opens the answers is not there or can't be read."""
    DAMAGED = "damaged"
    """Some answers are not as they were sealed."""


@dataclass(frozen=True)
class Counted:
    """What came of counting: every ballot, by its unit, and the rows of the results."""

    ballots: list[tuple[int, Answers]]
    results: list[Result]


def due_to_open(session: Session, now: datetime) -> list[int]:
    """The scheduled surveys whose time has come, the earliest first."""
    wanted = select(Survey.id).where(Survey.state == State.SCHEDULED, Survey.opens_at <= now)
    return list(session.scalars(wanted.order_by(Survey.opens_at, Survey.id)))


def due_to_close(session: Session, now: datetime) -> list[int]:
    """The open surveys whose time is over."""
    wanted = select(Survey.id).where(Survey.state == State.OPEN, Survey.closes_at <= now)
    return list(session.scalars(wanted.order_by(Survey.closes_at, Survey.id)))


def to_count(session: Session) -> list[int]:
    """The surveys that are closed and not counted yet."""
    return list(session.scalars(select(Survey.id).where(Survey.state == State.COUNTING).order_by(Survey.id)))


def leftovers(session: Session, known: Collection[int]) -> dict[int, datetime]:
    """Those of ``known`` that have been counted, and since when: their keys are to be forgotten."""
    wanted = select(Survey.id, Survey.closed_at).where(Survey.state == State.CLOSED)
    found = session.execute(wanted).all() if known else []
    return {row.id: row.closed_at for row in found if row.id in known}


def to_watch(session: Session, known: Collection[int]) -> list[int]:
    """The open surveys whose keys are not among ``known``, or had not been."""
    wanted = select(Survey.id, Survey.held_back).where(Survey.state == State.OPEN).order_by(Survey.id)
    return [row.id for row in session.execute(wanted) if row.held_back or row.id not in known]


def open_survey(session: Session, survey_id: int, keys: KeyRing, rules: Rules, now: datetime) -> bool:
    """Open a scheduled survey whose time has come, and settle all that stays as it is from then on; did it open?

    If it can't, it is held back and HR is told why. Raises OSError, Damaged when its key can't be kept.
    """
    survey = _locked(session, survey_id)
    if survey is None or survey.state != State.SCHEDULED or survey.opens_at is None or survey.opens_at > now:
        return False
    invited = opening.asked(session, survey.audience)
    held = _why_not(session, survey, len(invited), rules, now)
    if held:
        hold(session, survey, held, rules, now)
        return False
    announcing.all_is_well(session, survey)
    opening.settle(session, survey, invited, keys, rules, now)
    log.info("survey %s is open until %s", survey_id, survey.closes_at)
    return True


def stop(session: Session, survey_id: int, now: datetime) -> bool:
    """Let an open survey whose time is over take no more answers; does it, from now on?"""
    survey = _locked(session, survey_id)
    if survey is None or survey.state != State.OPEN or survey.closes_at is None or survey.closes_at > now:
        return False
    survey.state = State.COUNTING
    announcing.silence(session, survey_id)
    log.info("survey %s is closed", survey_id)
    return True


def tally(session: Session, survey_id: int, keys: KeyRing, rules: Rules) -> Counted | Held | None:
    """Count a closed survey's ballots, which takes a while and only reads; what keeps it from being counted, if any.

    None when it is not to be counted. No ballot changes any more, so `settle` may write this down at any later time.
    """
    survey = session.get(Survey, survey_id)
    if survey is None or survey.state != State.COUNTING:
        return None
    assert survey.least_scores  # Settled when it opened, as was the other: the table's own rule.
    assert survey.least_comments
    opener = _opener(keys, survey_id)
    if opener is None:
        return Held.KEY_MISSING
    try:
        ballots = casting.opened_ballots(session, survey, opener)
    except Damaged:
        return Held.DAMAGED
    if surplus := casting.surplus(session, survey_id):
        log.error(
            "survey %s: %s more ballots than were handed out; is the secret key still secret?", survey_id, surplus
        )
    frozen = counting.count(
        ballots,
        question_queries.questions(session, survey_id),
        _units(session, survey_id),
        survey.least_scores,
        survey.least_comments,
        looking_back.compare_with(session, survey, rules.zone),
    )
    results = [freezing.freeze(survey_id, unit, summary, details) for unit, (summary, details) in frozen.items()]
    return Counted(ballots, results)


def watch(session: Session, survey_id: int, keys: KeyRing, rules: Rules, now: datetime) -> None:
    """Let HR know when an open survey's key is gone: people go on answering what nobody will be able to count."""
    survey = _locked(session, survey_id)
    if survey is None or survey.state != State.OPEN:
        return
    if _opener(keys, survey_id) is None:
        hold(session, survey, Held.KEY_MISSING, rules, now)
    elif survey.held_back:
        survey.held_back = None
        announcing.all_is_well(session, survey)


def settle(session: Session, survey_id: int, found: Counted | Held, rules: Rules, now: datetime) -> bool:
    """Write down what `tally` found: the results, and the ballots anew; is the survey closed by it?

    When it could not be counted it goes on waiting, and HR is told why.
    """
    survey = _locked(session, survey_id)
    if survey is None or survey.state != State.COUNTING:
        return False  # Another worker was faster.
    if isinstance(found, Held):
        hold(session, survey, found, rules, now)
        return False
    casting.rewrite(session, survey_id, found.ballots)
    session.add_all(found.results)
    survey.state, survey.closed_at, survey.held_back = State.CLOSED, now, None
    session.flush()
    address = f"/surveys/{survey_id}/results"
    announcing.tell_hr(session, survey, announcing.COUNTED, address, rules, now)
    log.info("survey %s is counted", survey_id)
    return True


def count(session: Session, survey_id: int, keys: KeyRing, rules: Rules, now: datetime) -> bool:
    """`tally` and `settle` in one; is the survey closed by it?"""
    found = tally(session, survey_id, keys, rules)
    return found is not None and settle(session, survey_id, found, rules, now)


def hold(session: Session, survey: Survey, why: Held, rules: Rules, now: datetime) -> None:
    """Let the survey wait; HR is told when it begins to, or the reason is another one."""
    # Loud, but not once a minute for as long as it takes.
    if survey.held_back != why or now.minute == 0:
        scheduled = survey.state == State.SCHEDULED
        log.log(logging.WARNING if scheduled else logging.ERROR, "survey %s does not go on: %s", survey.id, why)
    if survey.held_back == why:
        return
    survey.held_back = why
    session.flush()
    address = "/surveys/promises" if why is Held.OVERDUE_PROMISE else "/surveys/manage"
    announcing.tell_hr(session, survey, announcing.HELD, address, rules, now, why)


def _why_not(session: Session, survey: Survey, invited: int, rules: Rules, now: datetime) -> Held | None:
    if session.scalar(select(SurveyQuestion.number).where(SurveyQuestion.survey_id == survey.id).limit(1)) is None:
        return Held.NO_QUESTIONS
    if invited < rules.least_scores:
        return Held.TOO_FEW
    if overdue_without_word(session, survey, now.astimezone(rules.zone).date()):
        return Held.OVERDUE_PROMISE
    return None


def _opener(keys: KeyRing, survey_id: int) -> Opener | None:
    try:
        return keys.opener(survey_id)
    except (OSError, Damaged) as error:
        log.warning("the key of survey %s can't be read: %s", survey_id, error)
        return None


def _units(session: Session, survey_id: int) -> list[Unit]:
    rows = session.scalars(select(SurveyUnit).where(SurveyUnit.survey_id == survey_id).order_by(SurveyUnit.number))
    return [Unit(row.number, row.parent, row.team_id, row.invited, row.cohort) for row in rows]


def _locked(session: Session, survey_id: int) -> Survey | None:
    return session.get(Survey, survey_id, with_for_update=True, populate_existing=True)
