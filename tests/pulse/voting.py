"""A survey that can really be answered: a key ring, tokens, and people who vote."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.core.permissions import Actor
from portal.pulse import casting
from portal.pulse.model import State, Survey, SurveyQuestion, Turnout
from portal.pulse.questions import Answers
from portal.pulse.sealing import KeyRing
from portal.pulse.tokens import SignedTokens
from tests.factories import NOW
from tests.pulse.scenes import an_open_survey

TOKENS = SignedTokens("for tests alone")
"""Tokens as the application of a test run makes them (see `run_settings`)."""


def a_ballot_box(session: Session, folder: Path, questions: Sequence[SurveyQuestion] = (), **over: object) -> Survey:
    """An open survey for everybody who is there, sealed to a key in ``folder``."""
    survey = an_open_survey(session, questions, **over)
    survey.box = KeyRing(folder).make(survey.id)
    session.flush()
    return survey


def handed(session: Session, actor: Actor, survey: Survey, now: datetime = NOW) -> str:
    """The token of a ballot."""
    return casting.hand_out(session, actor, survey.id, TOKENS, now)


def cast(
    session: Session, survey: Survey, token: str, values: Mapping[str, str | list[str]], now: datetime = NOW
) -> bool:
    """Answer with a ballot; is it the first time?"""
    sent = {name: value if isinstance(value, list) else [value] for name, value in values.items()}
    return casting.cast(session, survey.id, token, sent, TOKENS, now)


def opened(session: Session, survey: Survey, folder: Path) -> list[Answers]:
    """What has been answered, opened with the key in ``folder``."""
    opener = KeyRing(folder).opener(survey.id)
    assert opener
    return [answers for _, answers in casting.opened_ballots(session, survey, opener)]


def turnout(session: Session, survey: Survey) -> set[int]:
    """Who was handed a ballot."""
    return set(session.scalars(select(Turnout.person_id).where(Turnout.survey_id == survey.id)))


def vote(database: Database, actor: Actor, survey: Survey, values: Mapping[str, str | list[str]]) -> str:
    """Be handed a ballot and cast it, as the site does it: each in a transaction of its own. The token."""
    with database.transaction() as session:
        token = handed(session, actor, survey)
    with database.transaction() as session:
        cast(session, survey, token, values)
    return token


def count(database: Database, survey_id: int, folder: Path, now: datetime = NOW) -> None:
    """Close a survey and write its ballots anew, as its count does it."""
    with database.transaction() as session:
        session.get_one(Survey, survey_id).state = State.COUNTING
    keys = KeyRing(folder)
    with database.transaction() as session:
        survey = session.get_one(Survey, survey_id)
        opener = keys.opener(survey_id)
        assert opener
        casting.rewrite(session, survey_id, casting.opened_ballots(session, survey, opener))
        survey.state, survey.closed_at = State.CLOSED, now
    keys.forget(survey_id)
