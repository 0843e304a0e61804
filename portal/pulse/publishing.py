"""Publishing results: from then on those who were asked read them, and it can't be taken back."""

from datetime import datetime

from sqlalchemy.orm import Session

from ..core.errors import NotFound, Refused
from ..core.permissions import Actor
from . import announcing, policy
from .model import State, Survey
from .reach import NotCounted


def publish(session: Session, actor: Actor, survey_id: int, now: datetime) -> bool:
    """Let all who were asked, and heads of teams, read the results, and tell all who were asked; is it the first time?

    A second time changes nothing. Raises NotFound, Refused, NotCounted.
    """
    survey = session.get(Survey, survey_id, with_for_update=True)
    if survey is None:
        raise NotFound
    if not policy.may_manage(actor):
        raise Refused
    if survey.state != State.CLOSED:
        raise NotCounted
    if survey.published_at is not None:
        return False
    survey.published_at = now
    session.flush()
    announcing.results(session, survey_id, now)
    return True
