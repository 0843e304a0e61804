"""A ballot as a page shows it: the survey's own words, what was typed, what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from ..core.errors import NotFound
from ..core.locale import Text
from . import answering, question_queries
from .model import Ballot, Kind, State, Survey
from .questions import Question
from .survey_queries import titled
from .tokens import Voter, part_of

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Asked:
    """A question on a ballot, in its ``locale``; ``typed`` is what stands in its field ``name``, ``error`` beside it.

    Choices are answered by their place, from 0.
    """

    number: int
    name: str
    kind: Kind
    locale: str
    text: str
    choices: tuple[str, ...]
    not_applicable: bool
    typed: tuple[str, ...]
    error: Text | None


@dataclass(frozen=True)
class BallotPage:
    """A ballot. ``title`` and ``intro`` are in ``words_locale``, everything around them in the page's own ``lang``.

    ``before``: answers came with this token before, and new ones take their place. ``error`` is about the whole.
    ``least_scores`` and ``least_comments`` are k, as it was settled when the survey opened.
    """

    survey_id: int
    words_locale: str
    title: str
    intro: str
    closes_at: datetime
    open: bool
    token: str
    lang: str
    before: bool
    questions: tuple[Asked, ...]
    error: Text | None
    least_scores: int
    least_comments: int

    @property
    def wrong(self) -> int:
        """How many questions need another look."""
        return sum(1 for question in self.questions if question.error)

    @property
    def typed(self) -> list[tuple[str, str]]:
        """All that stands in its fields, as (name, value), to be sent along."""
        return [(question.name, value) for question in self.questions for value in question.typed]


def ballot(
    session: Session,
    voter: Voter,
    token: str,
    languages: Sequence[str],
    typed: Mapping[str, Sequence[str]],
    now: datetime,
    errors: Mapping[str, Text] = _NOTHING,
) -> BallotPage:
    """The ballot of a ``voter``, in the first of ``languages`` (the page's own) that the survey speaks.

    Raises NotFound when there is no such survey, or none that ever opened.
    """
    survey = session.get(Survey, voter.survey_id)
    if survey is None or survey.state in {State.DRAFT, State.SCHEDULED} or survey.closes_at is None:
        raise NotFound
    own = (Ballot.survey_id == voter.survey_id, Ballot.key == voter.digest)
    part = part_of(voter.lot, survey.parts)
    locale, title, intro = titled(survey.texts, languages)
    questions = tuple(
        put(question, languages, typed, errors)
        for question in answering.asked(question_queries.questions(session, survey.id), part)
    )
    return BallotPage(
        survey_id=survey.id,
        words_locale=locale,
        title=title,
        intro=intro,
        closes_at=survey.closes_at,
        open=survey.state == State.OPEN and now < survey.closes_at,
        token=token,
        lang=languages[0],
        before=bool(session.scalar(select(exists().where(*own)))),
        questions=questions,
        error=errors.get(answering.WHOLE),
        least_scores=survey.least_scores or 0,
        least_comments=survey.least_comments or 0,
    )


def put(
    question: Question, languages: Sequence[str], typed: Mapping[str, Sequence[str]], errors: Mapping[str, Text]
) -> Asked:
    """A question as a form puts it, in the first of ``languages`` it has, with what was typed and what is wrong."""
    name, said = answering.field(question.number), question.said_in(languages)
    return Asked(
        number=question.number,
        name=name,
        kind=question.kind,
        locale=said.locale,
        text=said.text,
        choices=said.choices,
        not_applicable=question.not_applicable,
        typed=tuple(value for value in typed.get(name, ()) if value.strip()),
        error=errors.get(name),
    )
