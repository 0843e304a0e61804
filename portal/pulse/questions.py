"""A question as it is put, and the answers to a ballot's questions as they are written down. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .model import Driver, Kind, SurveyQuestion

NOT_APPLICABLE = "na"
"""What stands for "doesn't apply to me" among a question's answers."""
HIGHEST = {Kind.AGREE: 5, Kind.SCALE: 10}
LOWEST = {Kind.AGREE: 1, Kind.SCALE: 0}

Answer = int | str | tuple[int, ...]
"""1 to 5; 0 to 10; the place of a choice, from 0; places of choices, rising; a text; or `NOT_APPLICABLE`."""
Answers = Mapping[int, Answer]
"""By the question's number; what was left open is not there."""


@dataclass(frozen=True)
class Words:
    """What a question says in one language."""

    locale: str
    text: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """A question of a survey; see `SurveyQuestion` for its parts."""

    number: int
    key: str
    driver: Driver | None
    kind: Kind
    reverse: bool
    not_applicable: bool
    part: int
    words: tuple[Words, ...]

    def said_in(self, order: Sequence[str]) -> Words:
        """The words in the first language of ``order`` that there are, else in any."""
        known = {words.locale: words for words in self.words}
        return next((known[locale] for locale in order if locale in known), self.words[0])


def as_question(row: SurveyQuestion) -> Question:
    """The question in a row of the database."""
    words = tuple(
        Words(locale, said["text"], tuple(said.get("choices", ()))) for locale, said in sorted(row.texts.items())
    )
    return Question(
        number=row.number,
        key=row.key,
        driver=Driver(row.driver) if row.driver else None,
        kind=Kind(row.kind),
        reverse=row.reverse,
        not_applicable=row.not_applicable,
        part=row.part,
        words=words,
    )


def encode(answers: Answers) -> str:
    """Answers as JSON."""
    return json.dumps({str(number): answer for number, answer in sorted(answers.items())}, ensure_ascii=False)


def decode(text: str) -> Answers:
    """What `encode` wrote."""
    found = json.loads(text)
    return {int(number): tuple(said) if isinstance(said, list) else said for number, said in found.items()}
