"""A survey as those asked would see it, before anybody is: a ballot without a token, that no box takes. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from ..core.locale import Text
from . import answering
from .ballot_queries import BallotPage, put
from .making_queries import Managed
from .questions import NOT_APPLICABLE, Answer, Answers, Question, Words
from .survey_queries import titled

_NOTHING: Mapping[str, Text] = MappingProxyType({})
_AS_IF_OPEN = timedelta(days=7)


@dataclass(frozen=True)
class Tried:
    """A question of a test run and what would be kept of the answer to it; None when it was left open.

    ``chosen`` are the words of the choices that were taken, where it has some.
    """

    question: Question
    words: Words
    answer: Answer | None
    chosen: tuple[str, ...]

    @property
    def not_applicable(self) -> bool:
        """Was it said that the question doesn't apply?"""
        return self.answer == NOT_APPLICABLE and bool(self.question.not_applicable)


def ballot(
    view: Managed,
    part: int,
    languages: Sequence[str],
    typed: Mapping[str, Sequence[str]],
    now: datetime,
    errors: Mapping[str, Text] = _NOTHING,
) -> BallotPage:
    """The ballot of whoever would draw ``part``, in the first of ``languages`` (the page's own) that there is."""
    locale, title, intro = titled(view.texts, languages)
    return BallotPage(
        survey_id=view.row.id,
        words_locale=locale,
        title=title,
        intro=intro,
        closes_at=view.row.closes_at or now + _AS_IF_OPEN,
        open=True,
        token="",
        lang=languages[0],
        before=False,
        questions=tuple(put(question, languages, typed, errors) for question in answering.asked(view.questions, part)),
        error=errors.get(answering.WHOLE),
        least_scores=view.least_scores,
        least_comments=view.least_comments,
    )


def tried(view: Managed, part: int, languages: Sequence[str], answers: Answers) -> tuple[Tried, ...]:
    """What would be kept of ``answers``, question by question."""
    return tuple(
        Tried(question, words, answer := answers.get(question.number), _chosen(words, answer))
        for question in answering.asked(view.questions, part)
        for words in [question.said_in(languages)]
    )


def _chosen(words: Words, answer: Answer | None) -> tuple[str, ...]:
    places = answer if isinstance(answer, tuple) else (answer,) if isinstance(answer, int) else ()
    return tuple(words.choices[place] for place in places if words.choices)
