"""Series for these tests, and the waves that come of them."""

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.permissions import Actor
from portal.pulse import series
from portal.pulse.drafting import Heading
from portal.pulse.model import Series, State, Survey, SurveyQuestion
from portal.pulse.rhythm import Every
from portal.pulse.series_values import SeriesValues
from tests.factories import NOW
from tests.pulse.scenes import RULES, ZONE

MONDAY = date(2026, 5, 11)
WEEKLY = SeriesValues(
    texts={"en": Heading("Weekly pulse", "Two minutes."), "hr": Heading("Tjedni puls")},
    every=Every.WEEK,
    next_on=MONDAY,
    hour=9,
    days_open=4,
)
SHOP = ("Luma", "Shops")


def a_series(session: Session, actor: Actor, now: datetime = NOW, **over: object) -> Series:
    """A weekly series, begun by somebody."""
    return series.create(session, actor, replace(WEEKLY, **over), RULES, now)  # type: ignore[arg-type]


def waves_made(session: Session) -> list[Survey]:
    """All surveys, in the order in which they were made."""
    session.flush()
    return list(session.scalars(select(Survey).order_by(Survey.id)))


def keys_of(session: Session, survey: Survey) -> list[str]:
    """The questions of a wave, in their order."""
    wanted = select(SurveyQuestion.key).where(SurveyQuestion.survey_id == survey.id).order_by(SurveyQuestion.position)
    return list(session.scalars(wanted))


def local(moment: datetime | None) -> str:
    """A moment by the company's clocks."""
    assert moment
    return moment.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")


def open_wave(session: Session, survey: Survey, at: datetime | None = None) -> None:
    """Let a wave open, at its time or ``at`` another."""
    survey.state, survey.opened_at, survey.least_scores, survey.least_comments = (
        State.OPEN,
        at or survey.opens_at,
        5,
        10,
    )
    session.flush()


def close_wave(session: Session, survey: Survey) -> None:
    """Let a wave open and close."""
    open_wave(session, survey, survey.opened_at)
    survey.state, survey.closed_at = State.CLOSED, survey.closes_at
    session.flush()
