"""The questions of a survey that has not opened: added, written, put in order, taken out."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..core.errors import Conflict, Invalid
from ..core.locale import Text, lazy
from ..core.permissions import Actor
from . import bank, readiness
from .drafting import changeable, changed, line
from .model import (
    CHOICE_LENGTH,
    MOST_CHOICES,
    MOST_QUESTIONS,
    QUESTION_LENGTH,
    Driver,
    Kind,
    State,
    Survey,
    SurveyQuestion,
)
from .question_queries import questions_of
from .rotation import MOST_A_PERSON
from .rules import Rules

OWN = "own-"
"""How the keys of questions begin that are not of the bank."""
LEAST_CHOICES = 2
WITH_CHOICES = (Kind.SINGLE, Kind.SEVERAL)


class NotThere(Conflict):
    """The question that was meant is not in the survey any more."""

    message = lazy("This question isn’t in the survey any more.")


@dataclass(frozen=True)
class Said:
    """An own question in one language; ``choices`` in the order in which they are offered."""

    text: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class OwnQuestion:
    """A question in HR's own words, by language. ``reverse`` is for agreement alone: disagreeing is favourable."""

    kind: Kind
    said: Mapping[str, Said]
    driver: Driver | None = None
    reverse: bool = False
    not_applicable: bool = True


def is_own(key: str) -> bool:
    """Is a question with this key written by HR, not taken from the bank?"""
    return key.startswith(OWN)


def add_from_bank(session: Session, actor: Actor, survey_id: int, keys: Sequence[str], version: int) -> int:
    """Add questions of the bank at the end, in its words of today; the version now.

    What the survey asks already is left as it is. Raises Refused, NotFound, Settled, DraftChanged, and Invalid with a
    message for ``questions``.
    """
    survey = changeable(session, actor, survey_id, version)
    rows = questions_of(session, survey_id)
    there = {row.key for row in rows}
    added = [bank.as_row(key) for key in dict.fromkeys(keys) if key not in there]
    if not added:
        raise Invalid({"questions": lazy("Choose one question at least that isn’t in the survey yet.")})
    _append(session, survey, rows, added)
    return changed(session, survey)


def add_own(session: Session, actor: Actor, survey_id: int, values: OwnQuestion, version: int, rules: Rules) -> int:
    """Add a question in HR's own words at the end; the version now.

    Raises Refused, NotFound, Settled, DraftChanged, and Invalid with messages for ``driver``, ``text_<language>``,
    ``choices_<language>`` and ``questions``.
    """
    survey = changeable(session, actor, survey_id, version)
    rows = questions_of(session, survey_id)
    values = _checked(values, survey, rows, rules)
    _append(session, survey, rows, [SurveyQuestion(key=_new_key(), part=0, **_columns(values))])
    return changed(session, survey)


def change_own(
    session: Session, actor: Actor, survey_id: int, number: int, values: OwnQuestion, version: int, rules: Rules
) -> int:
    """Write an own question anew; the version now.

    With other words it is another question: when another survey asks it too, it is not compared with that any more.
    Words in one more language don't make it another. Raises as `add_own`, and NotThere.
    """
    survey = changeable(session, actor, survey_id, version)
    rows = questions_of(session, survey_id)
    row = _one(rows, number)
    if not is_own(row.key):
        raise NotThere
    columns = _columns(_checked(values, survey, [other for other in rows if other is not row], rules))
    if _is_another(row, columns) and _asked_elsewhere(session, row):
        row.key = _new_key()
    for name, value in columns.items():
        setattr(row, name, value)
    return changed(session, survey)


def offer_not_applicable(
    session: Session, actor: Actor, survey_id: int, number: int, version: int, *, offered: bool
) -> int:
    """Settle whether "doesn't apply to me" is offered; the version now.

    Raises Refused, NotFound, Settled, DraftChanged, NotThere.
    """
    survey = changeable(session, actor, survey_id, version)
    _one(questions_of(session, survey_id), number).not_applicable = offered
    return changed(session, survey)


def move(session: Session, actor: Actor, survey_id: int, number: int, version: int, *, later: bool) -> int:
    """Ask a question one place later or earlier, if there is such a place; the version now.

    Raises Refused, NotFound, Settled, DraftChanged, NotThere.
    """
    survey = changeable(session, actor, survey_id, version)
    rows = questions_of(session, survey_id)
    here = rows.index(_one(rows, number))
    there = here + (1 if later else -1)
    if 0 <= there < len(rows):
        rows[here], rows[there] = rows[there], rows[here]
    _put_in_order(rows)
    return changed(session, survey)


def remove(session: Session, actor: Actor, survey_id: int, number: int, version: int) -> int:
    """Take a question out; the version now.

    Raises Refused, NotFound, Settled, DraftChanged, NotThere, and Invalid with a message for ``questions`` when it is
    the last one of a scheduled survey.
    """
    survey = changeable(session, actor, survey_id, version)
    rows = questions_of(session, survey_id)
    row = _one(rows, number)
    rows.remove(row)
    if survey.state == State.SCHEDULED and not rows:
        raise Invalid({"questions": lazy("A survey that is scheduled needs one question at least.")})
    session.delete(row)
    _close_parts(survey, rows)
    _put_in_order(rows)
    return changed(session, survey)


def _append(session: Session, survey: Survey, rows: Sequence[SurveyQuestion], added: Sequence[SurveyQuestion]) -> None:
    whole = [*rows, *added]
    if len(whole) > MOST_QUESTIONS:
        raise Invalid({"questions": lazy("A survey has %(max)d questions at most.", max=MOST_QUESTIONS)})
    for row in added:
        row.part = 0
    if survey.series_id is not None and readiness.too_many_for_one(whole, survey.parts):
        words = lazy(
            "A wave of a recurring pulse asks nobody more than %(max)d questions. Take one out first.",
            max=MOST_A_PERSON,
        )
        raise Invalid({"questions": words})
    if sum(map(_recommends, whole)) > 1:
        raise Invalid({"questions": lazy("The survey asks already whether people would recommend working here.")})
    free = max((row.number for row in rows), default=0) + 1
    for number, row in enumerate(added, free):
        row.survey_id, row.number = survey.id, number
        row.position = len(rows) + 1 + number - free
        session.add(row)


def _recommends(row: SurveyQuestion) -> bool:
    return row.driver == Driver.RECOMMEND and row.kind == Kind.SCALE


def _one(rows: Sequence[SurveyQuestion], number: int) -> SurveyQuestion:
    found = next((row for row in rows if row.number == number), None)
    if found is None:
        raise NotThere
    return found


def _put_in_order(rows: Sequence[SurveyQuestion]) -> None:
    for position, row in enumerate(rows, 1):
        row.position = position


def _close_parts(survey: Survey, rows: Sequence[SurveyQuestion]) -> None:
    """Number the parts without gaps: a part without a question would be drawn for nothing."""
    left = sorted({row.part for row in rows} - {0})
    numbers = {0: 0} | ({part: new for new, part in enumerate(left, 1)} if len(left) > 1 else dict.fromkeys(left, 0))
    for row in rows:
        row.part = numbers[row.part]
    survey.parts = max(len(left), 1)


def _new_key() -> str:
    return OWN + secrets.token_hex(8)


def _columns(values: OwnQuestion) -> dict[str, Any]:
    return {
        "kind": values.kind,
        "driver": values.driver,
        "reverse": values.reverse,
        "not_applicable": values.not_applicable,
        "texts": {code: {"text": one.text, "choices": list(one.choices)} for code, one in values.said.items()},
    }


def _is_another(row: SurveyQuestion, columns: Mapping[str, Any]) -> bool:
    same = (row.kind, row.reverse) == (columns["kind"], columns["reverse"])
    return not same or any(columns["texts"].get(code) != said for code, said in row.texts.items())


def _asked_elsewhere(session: Session, row: SurveyQuestion) -> bool:
    others = select(SurveyQuestion.survey_id).where(
        SurveyQuestion.key == row.key, SurveyQuestion.survey_id != row.survey_id
    )
    return session.scalar(others.limit(1)) is not None


def _checked(values: OwnQuestion, survey: Survey, others: Sequence[SurveyQuestion], rules: Rules) -> OwnQuestion:
    """``values`` as they are kept. Raises Invalid."""
    chooses = values.kind in WITH_CHOICES
    said = {
        code: Said(line(one.text), tuple(filter(None, map(line, one.choices))) if chooses else ())
        for code, one in values.said.items()
    }
    wrong: dict[str, Text] = {}
    for code, one in said.items():
        wrong |= _faults_in(code, one, chooses)
    said = {code: one for code, one in said.items() if one.text}
    if not said:
        wrong[f"text_{rules.language}"] = lazy("Write the question in one language at least.")
    elif survey.state == State.SCHEDULED and rules.language not in said:
        wrong[f"text_{rules.language}"] = lazy("A survey that is scheduled needs its questions in this language.")
    if chooses and len({len(one.choices) for one in said.values()}) > 1:
        fewest = min(said, key=lambda code: len(said[code].choices))
        wrong.setdefault(
            f"choices_{fewest}", lazy("Every language needs the same number of choices, in the same order.")
        )
    if fault := _driver_fault(values, others):
        wrong["driver"] = fault
    if wrong:
        raise Invalid(wrong)
    reverse = values.reverse and values.kind == Kind.AGREE
    return OwnQuestion(values.kind, said, values.driver, reverse, values.not_applicable)


def _faults_in(code: str, one: Said, chooses: bool) -> dict[str, Text]:
    wrong: dict[str, Text] = {}
    if len(one.text) > QUESTION_LENGTH:
        wrong[f"text_{code}"] = lazy("At most %(max)d characters, please.", max=QUESTION_LENGTH)
    if one.choices and not one.text:
        wrong[f"text_{code}"] = lazy("The choices stand here without their question.")
    if not chooses or not one.text:
        return wrong
    if not LEAST_CHOICES <= len(one.choices) <= MOST_CHOICES:
        wrong[f"choices_{code}"] = lazy(
            "From %(least)d to %(most)d choices, each on a line of its own.", least=LEAST_CHOICES, most=MOST_CHOICES
        )
    elif any(len(choice) > CHOICE_LENGTH for choice in one.choices):
        wrong[f"choices_{code}"] = lazy("A choice has %(max)d characters at most.", max=CHOICE_LENGTH)
    elif len({choice.casefold() for choice in one.choices}) < len(one.choices):
        wrong[f"choices_{code}"] = lazy("The same choice stands here twice.")
    return wrong


def _driver_fault(values: OwnQuestion, others: Sequence[SurveyQuestion]) -> Text | None:
    """A driver is told from agreement, the recommendation from 0 to 10: neither can be had from the other."""
    recommends = values.driver == Driver.RECOMMEND
    if values.kind == Kind.AGREE and recommends:
        return lazy("Recommendation is told from a question from 0 to 10.")
    if values.kind == Kind.SCALE and values.driver and not recommends:
        return lazy("From 0 to 10 only recommendation is told. Choose that, or none.")
    if values.kind == Kind.SCALE and recommends and any(map(_recommends, others)):
        return lazy("The survey asks already whether people would recommend working here.")
    return None
