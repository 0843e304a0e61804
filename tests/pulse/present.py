"""Surveys as they are at the present moment, which pages ask the clock for."""

from nacl.public import PrivateKey
from sqlalchemy.orm import Session

from portal.core import clock
from portal.pulse.model import State, Survey
from tests.pulse.scenes import DAY, an_open_survey


def running(session: Session, *questions: object, **over: object) -> Survey:
    """A survey that is open at the present moment."""
    present = clock.now()
    dates = {"opens_at": present - DAY, "opened_at": present - DAY, "closes_at": present + 5 * DAY}
    box = bytes(PrivateKey.generate().public_key)
    return an_open_survey(session, questions, **({"box": box} | dates | over))  # type: ignore[arg-type]


def ended(session: Session, days: int = 1, **over: object) -> Survey:
    """A survey that closed some days ago."""
    at = clock.now() - days * DAY
    dates = {"opens_at": at - DAY, "opened_at": at - DAY, "closes_at": at, "closed_at": at, "state": State.CLOSED}
    return an_open_survey(session, **(dates | over))


def called(title: str, locale: str = "en") -> dict[str, dict[str, str]]:
    """What a survey says of itself."""
    return {locale: {"title": title, "intro": ""}}
