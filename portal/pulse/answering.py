"""What somebody answers: read from a form, checked against the questions, and written down all in one length. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from ..core.errors import Invalid
from ..core.locale import Text, lazy
from .model import COMMENT_LENGTH, Kind
from .questions import HIGHEST, LOWEST, NOT_APPLICABLE, Answer, Answers, Question, decode, encode

WHOLE = "answers"
"""Under this name stands what is wrong with a ballot as a whole."""
NOTHING = lazy("Please answer at least one question. All the others may stay open.")
FOREIGN = lazy("This isn’t one of the answers to this question. Please choose again.")
ONLY_ONE = lazy("Please choose one answer only.")
NOT_BOTH = lazy("Please choose either answers or “doesn’t apply to me”.")
NOT_ASKED = lazy("Some of these questions aren’t on your ballot. Open it again from the survey’s page.")

AGREEMENT: tuple[Text, ...] = (
    lazy("Strongly disagree"),
    lazy("Disagree"),
    lazy("Neither agree nor disagree"),
    lazy("Agree"),
    lazy("Strongly agree"),
)
"""What the answers from 1 to 5 are called."""

_FIELD = re.compile(r"q[0-9]+")
_KEPT_CONTROLS = "\n\t"
# A character of JSON in UTF-8 for one UTF-16 unit of text: at most three bytes (U+0800 to U+FFFF), while what JSON
# escapes is ASCII (quote, backslash, newline, tab) and takes two; a pair of units takes four.
_BYTES_PER_UNIT = 3
_NA_BYTES = len(f'"{NOT_APPLICABLE}"')


class _Wrong(Exception):
    """What was sent doesn't answer the question; ``message`` says why."""

    def __init__(self, message: Text) -> None:
        self.message = message
        super().__init__()


def field(number: int) -> str:
    """What the field of a question is called in a form."""
    return f"q{number}"


def asked(questions: Sequence[Question], part: int) -> list[Question]:
    """Those of a survey's questions that stand on the ballots of ``part``."""
    return [question for question in questions if question.part in {0, part}]


def read(questions: Sequence[Question], part: int, values: Mapping[str, Sequence[str]]) -> Answers:
    """The answers in a form: ``q<number>`` for each question, repeated where several may be chosen.

    Any question may stay open. Raises Invalid, with a message by field (`WHOLE` for what is about all of them), for
    what doesn't answer its question, for questions that aren't on this ballot, and when nothing is answered.
    """
    ballot = {field(question.number): question for question in asked(questions, part)}
    wrong: dict[str, Text] = {}
    answers: dict[int, Answer] = {}
    if any(_FIELD.fullmatch(name) and name not in ballot for name in values):
        wrong[WHOLE] = NOT_ASKED
    for name, question in ballot.items():
        try:
            answer = _answer(question, values.get(name, ()))
        except _Wrong as error:
            wrong[name] = error.message
        else:
            if answer is not None:
                answers[question.number] = answer
    if wrong:
        raise Invalid(wrong)
    if not answers:
        raise Invalid({WHOLE: NOTHING})
    return answers


def size(questions: Sequence[Question]) -> int:
    """How many bytes the longest `message` takes that answers to these questions can make, whatever the part."""
    parts: dict[int, int] = {}
    for question in questions:
        written = len(f'"{question.number}": ') + _longest(question) + len(", ")
        parts[question.part] = parts.get(question.part, 0) + written
    return len("{}") + parts.pop(0, 0) + max(parts.values(), default=0)


def message(answers: Answers) -> bytes:
    """Answers as they are sealed."""
    return encode(answers).encode()


def answers_in(said: bytes) -> Answers:
    """What `message` wrote."""
    return decode(said.decode())


def _answer(question: Question, values: Sequence[str]) -> Answer | None:
    """One question's answer, None when it stays open. Raises _Wrong."""
    if question.kind == Kind.TEXT:
        return _text(values)
    said = list(dict.fromkeys(value for value in values if value.strip()))
    if not said:
        return None
    if question.kind != Kind.SEVERAL and len(said) > 1:
        raise _Wrong(ONLY_ONE)
    if NOT_APPLICABLE in said and question.not_applicable:
        if len(said) > 1:
            raise _Wrong(NOT_BOTH)
        return NOT_APPLICABLE
    known = {str(number): number for number in _numbers(question)}
    if not known.keys() >= set(said):
        raise _Wrong(FOREIGN)
    chosen = sorted(known[value] for value in said)
    return tuple(chosen) if question.kind == Kind.SEVERAL else chosen[0]


def _numbers(question: Question) -> range:
    """What can be answered to a question that isn't answered in words."""
    if question.kind in HIGHEST:
        return range(LOWEST[question.kind], HIGHEST[question.kind] + 1)
    return range(max((len(words.choices) for words in question.words), default=0))


def _text(values: Sequence[str]) -> str | None:
    if len(values) > 1:
        raise _Wrong(ONLY_ONE)
    lines = (
        "".join(values).replace("\r\n", "\n").replace("\r", "\n")
    )  # A browser counts a new line once, sends it twice.
    text = "".join(char for char in lines if char in _KEPT_CONTROLS or unicodedata.category(char) not in {"Cc", "Cs"})
    text = text.strip()
    if len(text.encode("utf-16-le")) > 2 * COMMENT_LENGTH:
        raise _Wrong(lazy("At most %(max)d characters, please.", max=COMMENT_LENGTH))
    return text or None


def _longest(question: Question) -> int:
    """How many bytes of JSON in UTF-8 the longest answer to a question takes."""
    if question.kind == Kind.TEXT:
        return len('""') + _BYTES_PER_UNIT * COMMENT_LENGTH
    numbers = [len(str(number)) for number in _numbers(question)]
    if question.kind == Kind.SEVERAL:
        return max(len("[]") + sum(numbers) + len(", ") * max(len(numbers) - 1, 0), _NA_BYTES)
    return max([*numbers, _NA_BYTES])
