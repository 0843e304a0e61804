"""Surveys that are open, and whom they ask: for letters. Who was handed a ballot is not looked at."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import survey_queries
from .model import Invitation, State, Survey


@dataclass(frozen=True)
class OpenSurvey:
    """An open survey in one line; ``title`` is written in ``locale``."""

    id: int
    locale: str
    title: str
    closes_at: datetime

    @property
    def address(self) -> str:
        """Where it is answered."""
        return f"/surveys/{self.id}"


def asked(session: Session, ids: Collection[int], now: datetime) -> dict[int, frozenset[int]]:
    """For those of the people ``ids`` whom a survey asks ``now``: the numbers of all that do.

    The same whether somebody has answered or not: that is in no letter.
    """
    found: dict[int, set[int]] = {}
    open_now = select(Survey.id).where(Survey.state == State.OPEN, Survey.closes_at > now)
    mine = select(Invitation.person_id, Invitation.survey_id).where(
        Invitation.survey_id.in_(open_now), Invitation.person_id.in_(ids)
    )
    for person_id, survey_id in session.execute(mine):
        found.setdefault(person_id, set()).add(survey_id)
    return {person_id: frozenset(surveys) for person_id, surveys in found.items()}


def open_surveys(session: Session, numbers: Collection[int], locale: str) -> tuple[OpenSurvey, ...]:
    """Surveys by their ``numbers``, for readers of ``locale``; soonest to close first."""
    if not numbers:
        return ()
    wanted = select(Survey.id, Survey.texts, Survey.closes_at).where(Survey.id.in_(numbers))
    lines = []
    for row in session.execute(wanted.order_by(Survey.closes_at, Survey.id)):
        said_in, title, _ = survey_queries.titled(row.texts, survey_queries.order(locale))
        assert row.closes_at is not None  # They are open, and so have their dates: the table's own rule.
        lines.append(OpenSurvey(row.id, said_in, title, row.closes_at))
    return tuple(lines)
