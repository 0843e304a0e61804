"""What a survey asks, in its order."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from .model import SurveyQuestion
from .questions import Question, as_question


def questions_of(session: Session, survey_id: int) -> list[SurveyQuestion]:
    """A survey's questions as they stand in the database, to be changed."""
    wanted = select(SurveyQuestion).where(SurveyQuestion.survey_id == survey_id)
    return list(session.scalars(wanted.order_by(SurveyQuestion.position, SurveyQuestion.number)))


def questions(session: Session, survey_id: int) -> tuple[Question, ...]:
    """A survey's questions as they are put."""
    return tuple(as_question(row) for row in questions_of(session, survey_id))
