"""A survey before it opens: begun, its words, dates and audience settled, thrown away.

All of this is for drafts and scheduled surveys alone. From its opening on, nothing that those asked were promised
changes, and no command changes it: not the dates either, so that no survey is closed before the day that was told.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from .. import people
from ..core.errors import Conflict, Invalid, NotFound, PortalError, Refused
from ..core.locale import Text, lazy
from ..core.permissions import Actor
from . import announcing, audience, bank, policy, readiness
from .company_time import moment
from .model import INTRO_LENGTH, MOST_QUESTIONS, TITLE_LENGTH, State, Survey, SurveyQuestion
from .question_queries import questions_of
from .rules import Rules

_HARMFUL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_CHANGEABLE = (State.DRAFT, State.SCHEDULED)


class Settled(Conflict):
    """The survey has opened: nothing of it changes any more."""

    message = lazy(
        "This survey has opened. What those asked were promised stays as it is: questions, dates, who is asked."
    )


class DraftChanged(Conflict):
    """The survey was changed since it was looked at here; ``version`` is what it is now."""

    message = lazy("Somebody else changed this survey in the meantime. Look at it again before you save.")

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__()


@dataclass(frozen=True)
class Heading:
    """What a survey says of itself in one language."""

    title: str
    intro: str = ""


@dataclass(frozen=True)
class Dates:
    """When a survey opens and closes as the company's clocks show it (``2026-05-04T09:00``; empty: not settled yet).

    ``reminders`` are days after opening.
    """

    opens_at: str
    closes_at: str
    reminders: tuple[int, ...] = ()


def begin_survey(
    session: Session, actor: Actor, now: datetime, *, template: str | None = None, copy_of: int | None = None
) -> Survey:
    """Begin a survey: empty, of a ``template`` of the bank, or a copy of another survey.

    A copy asks the same, of the same teams, at no date yet, and belongs to no series. Raises Refused, NotFound.
    """
    if not policy.may_manage(actor):
        raise Refused
    survey = Survey(
        texts={}, audience=[], reminders=[], parts=1, created_by=actor.id, created_at=now, state=State.DRAFT, version=1
    )
    questions: list[SurveyQuestion] = []
    if template is not None:
        begun = bank.template(template)
        survey.texts = {code: dict(said) for code, said in begun.texts.items()}
        questions = [bank.as_row(key) for key in begun.keys]
    elif copy_of is not None:
        questions = _copy(session, survey, copy_of)
    session.add(survey)
    session.flush()
    for number, question in enumerate(questions[:MOST_QUESTIONS], 1):
        question.survey_id, question.number, question.position = survey.id, number, number
        session.add(question)
    session.flush()
    return survey


def change_texts(
    session: Session, actor: Actor, survey_id: int, texts: Mapping[str, Heading], version: int, rules: Rules
) -> int:
    """Settle the title and the introduction in each language; the version now.

    A language without either is left out. Raises Refused, NotFound, Settled, DraftChanged, and Invalid with messages
    for ``title_<language>`` and ``intro_<language>``.
    """
    survey = changeable(session, actor, survey_id, version)
    said = headings(texts)
    wrong = heading_faults(said)
    kept = {code: {"title": one.title, "intro": one.intro} for code, one in said.items() if one.title}
    if survey.state == State.SCHEDULED and (fault := readiness.text_fault(kept, rules)):
        wrong.setdefault(f"title_{rules.language}", fault)
    if wrong:
        raise Invalid(wrong)
    survey.texts = kept
    return changed(session, survey)


def change_dates(
    session: Session, actor: Actor, survey_id: int, dates: Dates, version: int, rules: Rules, now: datetime
) -> int:
    """Settle when the survey opens, closes and reminds; the version now.

    Raises Refused, NotFound, Settled, DraftChanged, and Invalid with messages for ``opens_at``, ``closes_at`` and
    ``reminders``.
    """
    survey = changeable(session, actor, survey_id, version)
    wrong: dict[str, Text] = {}
    found: dict[str, datetime | None] = {}
    for name, text in (("opens_at", dates.opens_at), ("closes_at", dates.closes_at)):
        try:
            found[name] = moment(text, rules.zone) if text.strip() else None
        except PortalError as error:
            wrong[name] = error.message
    opens_at, closes_at = found.get("opens_at"), found.get("closes_at")
    wrong = readiness.date_faults(opens_at, closes_at, dates.reminders, now) | wrong
    if survey.state == State.SCHEDULED:
        wrong = readiness.missing_dates(opens_at, closes_at) | wrong
    if wrong:
        raise Invalid(wrong)
    survey.opens_at, survey.closes_at, survey.reminders = opens_at, closes_at, sorted(dates.reminders)
    survey.held_back = None  # What held it back is looked at anew when it is due again.
    announcing.all_is_well(session, survey)
    return changed(session, survey)


def change_audience(
    session: Session, actor: Actor, survey_id: int, teams: Sequence[int], version: int, rules: Rules
) -> int:
    """Settle who is asked: ``teams`` with all below them, or everybody when there are none; the version now.

    Raises Refused, NotFound, Settled, DraftChanged, and Invalid with a message for ``audience``.
    """
    survey = changeable(session, actor, survey_id, version)
    known = people.team_ancestry(session)
    if any(team not in known for team in teams):
        raise Invalid({"audience": lazy("One of these teams isn’t there any more. Choose again.")})
    kept = audience.topmost(known, teams)
    if survey.state == State.SCHEDULED:
        fault = readiness.audience_fault(audience.invited(session, kept), rules)
        if fault:
            raise Invalid({"audience": fault})
    survey.audience = kept
    return changed(session, survey)


def throw_away(session: Session, actor: Actor, survey_id: int, version: int) -> None:
    """Delete a survey that has not opened. Raises Refused, NotFound, Settled, DraftChanged."""
    survey = changeable(session, actor, survey_id, version)
    announcing.all_is_well(session, survey)
    session.delete(survey)
    session.flush()


def changeable(session: Session, actor: Actor, survey_id: int, version: int) -> Survey:
    """The survey, locked for change, when it still may be and is as it was seen.

    Raises Refused, NotFound, Settled, DraftChanged.
    """
    if not policy.may_manage(actor):
        raise Refused
    survey = session.get(Survey, survey_id, with_for_update=True, populate_existing=True)
    if survey is None:
        raise NotFound
    if survey.state not in _CHANGEABLE:
        raise Settled
    if survey.version != version:
        raise DraftChanged(survey.version)
    return survey


def changed(session: Session, survey: Survey) -> int:
    """Note that the survey was changed: its version now."""
    survey.version += 1
    session.flush()
    return survey.version


def headings(texts: Mapping[str, Heading]) -> dict[str, Heading]:
    """Headings by language as they are kept, without those that say nothing."""
    said = {code: Heading(line(one.title), cleaned(one.intro)) for code, one in texts.items()}
    return {code: one for code, one in said.items() if one.title or one.intro}


def heading_faults(said: Mapping[str, Heading]) -> dict[str, Text]:
    """What is wrong with `headings`, by field: ``title_<language>`` and ``intro_<language>``."""
    wrong: dict[str, Text] = {}
    for code, one in said.items():
        if len(one.title) > TITLE_LENGTH:
            wrong[f"title_{code}"] = lazy("At most %(max)d characters, please.", max=TITLE_LENGTH)
        if not one.title:
            wrong[f"title_{code}"] = lazy("An introduction needs a title above it.")
        if len(one.intro) > INTRO_LENGTH:
            wrong[f"intro_{code}"] = lazy("At most %(max)d characters, please.", max=INTRO_LENGTH)
    return wrong


def cleaned(text: str) -> str:
    """``text`` without what nobody types: control characters, and those that turn round what follows them."""
    return _HARMFUL.sub("", text.replace("\r\n", "\n")).strip()


def line(text: str) -> str:
    """The same as one line."""
    return " ".join(cleaned(text).split())


def _copy(session: Session, survey: Survey, copy_of: int) -> list[SurveyQuestion]:
    """Let ``survey`` say and ask what another does; its questions, not yet the survey's own."""
    other = session.get(Survey, copy_of)
    if other is None:
        raise NotFound
    survey.texts, survey.audience, survey.reminders = dict(other.texts), list(other.audience), list(other.reminders)
    survey.parts = other.parts
    return [
        SurveyQuestion(
            key=row.key,
            driver=row.driver,
            kind=row.kind,
            reverse=row.reverse,
            not_applicable=row.not_applicable,
            part=row.part,
            texts=row.texts,
        )
        for row in questions_of(session, copy_of)
    ]
