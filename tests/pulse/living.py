"""Surveys on their way, for these tests: scheduled, opened, answered, and what people were told of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.core.permissions import Actor
from portal.notices.model import Notice
from portal.pulse import life, ticking
from portal.pulse.answering import field
from portal.pulse.model import State, Survey, SurveyQuestion
from portal.pulse.rules import Rules
from portal.pulse.sealing import KeyRing
from tests.factories import NOW
from tests.pulse.scenes import DAY, RULES, a_company, a_survey, an_hr
from tests.pulse.voting import cast, handed

SHOPS, CARE = ("Luma", "Shops"), ("Luma", "Care")
END = NOW + 7 * DAY


def a_scheduled_survey(session: Session, questions: Sequence[SurveyQuestion] = (), **over: object) -> Survey:
    """A survey that is due to open now."""
    return a_survey(session, questions, **({"state": State.SCHEDULED} | over))


def opened(session: Session, survey: Survey, keys: KeyRing, now: datetime = NOW, rules: Rules = RULES) -> bool:
    """Let it open, as the worker does."""
    did = life.open_survey(session, survey.id, keys, rules, now)
    session.flush()
    session.expire_all()
    return did


def answer(session: Session, survey: Survey, actor: Actor, said: str = "4", now: datetime = NOW) -> str:
    """Somebody answers the first question; their token."""
    token = handed(session, actor, survey, now)
    cast(session, survey, token, {field(1): said}, now)
    return token


def told(session: Session, subject: str = "survey") -> dict[int, Notice]:
    """Who was told of ``subject``, and what; nobody twice."""
    rows = session.scalars(select(Notice).where(Notice.subject == subject)).all()
    assert len({row.person_id for row in rows}) == len(rows), "nobody is told twice"
    return {row.person_id: row for row in rows}


def state(database: Database, survey_id: int) -> tuple[str, str | None]:
    """Where a survey is, and what holds it back."""
    with database.reading() as session:
        survey = session.get_one(Survey, survey_id)
        return survey.state, survey.held_back


def tick(database: Database, folder: Path, now: datetime, rules: Rules = RULES) -> None:
    """What the worker does once a minute."""
    ticking.tick(database, KeyRing(folder), rules, now)


def furnished(
    database: Database, teams: Mapping[tuple[str, ...], int] | None = None, **over: object
) -> tuple[int, list[Actor]]:
    """A scheduled survey with somebody of HR and these people to be asked; its number, and who they are."""
    with database.transaction() as session:
        company = a_company(session, teams or {SHOPS: 6, CARE: 6})
        hr = an_hr(session)
        survey = a_scheduled_survey(session, **over)
        return survey.id, [*(one for people in company.values() for one in people), hr]
