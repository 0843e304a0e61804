"""What is promised after a survey, and how it goes: "you said, we did".

A promise can be read by all who were asked in its unit, from the moment in which it is made. So can every word on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from .. import people
from ..core.errors import Conflict, Invalid, NotFound, Refused
from ..core.locale import Text, available, lazy
from ..core.permissions import Actor
from . import action_telling, policy
from .action_ground import units_to_promise
from .action_model import NOTE_LENGTH, PROMISE_LENGTH, Action, ActionNote, Progress
from .action_queries import OPEN
from .action_reach import led_units, readable
from .action_telling import today
from .drafting import cleaned
from .model import Driver, State, Survey, SurveyQuestion
from .rules import Rules

FARTHEST = timedelta(days=730)
_EMPTY = lazy("Please say what people told you and what you promise, in one language at least.")
_HALF = lazy("In each language that you use, please say both: what people told you, and what you promise.")


class NotClosed(Conflict):
    """The survey isn't closed: nothing can be promised after it yet."""

    message = lazy("Something can be promised as soon as the survey is closed and its answers are counted.")


@dataclass(frozen=True)
class PromiseValues:
    """What is promised: for a unit, about a driver or a question (its number), by language, by whom, until when."""

    unit: int
    about: Driver | int
    said: Mapping[str, str]
    promise: Mapping[str, str]
    owner_id: int
    due_on: date


@dataclass(frozen=True)
class NoteValues:
    """A word on a promise, in the language ``locale``, and how far it is from now on (None: as far as it was)."""

    text: str
    locale: str
    progress: Progress | None = None


def promise(
    session: Session, actor: Actor, survey_id: int, values: PromiseValues, rules: Rules, now: datetime
) -> Action:
    """Promise something. The same, said twice, is one promise: it may be a second click.

    Raises NotFound, NotClosed, Refused, and Invalid with messages for ``unit``, ``about``, ``owner``, ``due_on`` and,
    of the words, ``said``, ``said_<language>``, ``promise_<language>``.
    """
    survey = session.get(Survey, survey_id, with_for_update=True)
    if survey is None or survey.state in {State.DRAFT, State.SCHEDULED}:
        raise NotFound
    if survey.state != State.CLOSED:
        raise NotClosed
    allowed = units_to_promise(session, actor, survey)
    if not allowed:
        raise Refused
    values = _checked(session, survey_id, allowed, values, today(rules, now), before=None)
    made = Action(survey_id=survey_id, created_by=actor.id, created_at=now, progress=Progress.PROMISED)
    _fill(made, values)
    if twin := _twin(session, made):
        return twin
    session.add(made)
    session.flush()
    action_telling.tell_owner(session, actor, made, rules, now)
    return made


def change(
    session: Session,
    actor: Actor,
    action_id: int,
    seen: int,
    values: PromiseValues,
    why: NoteValues | None,
    rules: Rules,
    now: datetime,
) -> Action:
    """Change what was promised, as it was in version ``seen``; another due date takes a word ``why``.

    Raises NotFound, Refused, Conflict when it was changed since, and Invalid as `promise` does, with one for ``why``.
    """
    own = _action(session, actor, action_id)
    survey = session.get_one(Survey, own.survey_id)
    allowed = units_to_promise(session, actor, survey)
    if own.unit not in allowed:
        raise Refused
    if own.version != seen:
        raise Conflict
    moved = values.due_on != own.due_on
    wrong = _why_faults(why) if moved else {}
    values = _checked(session, own.survey_id, allowed, values, today(rules, now), before=own, wrong=wrong)
    other_owner = own.owner_id != values.owner_id
    _fill(own, values)
    own.version += 1
    if moved:
        assert why is not None
        own.reminded_on = None
        action_telling.take_back_reminders(session, own)
        _note(session, actor, own, why, rules, now)
    session.flush()
    if other_owner:
        action_telling.tell_owner(session, actor, own, rules, now)
    return own


def note(session: Session, actor: Actor, action_id: int, values: NoteValues, rules: Rules, now: datetime) -> None:
    """Say how a promise goes. The same, said twice in a row, is said once.

    Raises NotFound, Refused, and Invalid with messages for ``text``, ``locale``.
    """
    own = _action(session, actor, action_id)
    leads = own.unit in led_units(session, actor, own.survey_id)
    if not policy.may_tell_of(actor, leads, own.owner_id == actor.id):
        raise Refused
    wrong = _note_faults(values)
    if wrong:
        raise Invalid(wrong)
    wanted = select(ActionNote).where(ActionNote.action_id == own.id).order_by(ActionNote.id.desc()).limit(1)
    last = session.scalar(wanted)
    said = (actor.id, cleaned(values.text), values.progress or own.progress)
    if last is None or (last.author_id, last.text, last.progress) != said:
        _note(session, actor, own, values, rules, now)


def _action(session: Session, actor: Actor, action_id: int) -> Action:
    own = session.scalar(select(Action).where(Action.id == action_id, readable(session, actor)).with_for_update())
    if own is None:
        raise NotFound
    return own


def _checked(
    session: Session,
    survey_id: int,
    allowed: frozenset[int],
    values: PromiseValues,
    day: date,
    *,
    before: Action | None,
    wrong: Mapping[str, Text] | None = None,
) -> PromiseValues:
    """The values as they are kept. ``before``: the action so far; what it holds may stay, and only that."""
    said, promised = kept(values.said), kept(values.promise)
    found = dict(wrong or {}) | text_faults(said, promised)
    if values.unit not in allowed:
        found["unit"] = lazy("Please choose a unit that is yours to promise something for.")
    if not _was_asked(session, survey_id, values.about):
        found["about"] = lazy("Please choose what people were asked.")
    owner_stays = before is not None and before.owner_id == values.owner_id
    if not owner_stays and not people.addressees(session, [values.owner_id]):
        found["owner"] = lazy("Please name a colleague who works here.")
    if (before is None or before.due_on != values.due_on) and values.due_on < day:
        found["due_on"] = lazy("This day has passed already.")
    elif values.due_on > day + FARTHEST:
        found["due_on"] = lazy("This is more than two years away: promise what you can do sooner.")
    if found:
        raise Invalid(found)
    return PromiseValues(values.unit, values.about, said, promised, values.owner_id, values.due_on)


def kept(texts: Mapping[str, str]) -> dict[str, str]:
    """Words as they are kept, by language; what is empty is left out."""
    known = {code: cleaned(text) for code, text in texts.items() if code in available()}
    return {code: text for code, text in known.items() if text}


def text_faults(said: Mapping[str, str], promised: Mapping[str, str]) -> dict[str, Text]:
    """What is wrong with the words of a promise, as they are `kept`, by field."""
    if not said and not promised:
        return {"said": _EMPTY}
    found: dict[str, Text] = {}
    for name, texts, others in (("said", said, promised), ("promise", promised, said)):
        found |= {f"{name}_{code}": _HALF for code in others if code not in texts}
        for code, text in texts.items():
            if len(text) > PROMISE_LENGTH:
                found[f"{name}_{code}"] = lazy("At most %(max)d characters, please.", max=PROMISE_LENGTH)
    return found


def _was_asked(session: Session, survey_id: int, about: Driver | int) -> bool:
    which = SurveyQuestion.driver == about if isinstance(about, Driver) else SurveyQuestion.number == about
    return session.scalar(select(exists().where(SurveyQuestion.survey_id == survey_id, which))) is True


def _note_faults(values: NoteValues) -> dict[str, Text]:
    found: dict[str, Text] = {}
    text = cleaned(values.text)
    if not text:
        found["text"] = lazy("Please say how it goes.")
    elif len(text) > NOTE_LENGTH:
        found["text"] = lazy("At most %(max)d characters, please.", max=NOTE_LENGTH)
    if values.locale not in available():
        found["locale"] = lazy("Please choose the language.")
    return found


def _why_faults(why: NoteValues | None) -> dict[str, Text]:
    if why is None or not cleaned(why.text):
        return {"why": lazy("A date that people were promised moves only with a word on why.")}
    faults = _note_faults(why)
    return {"why": next(iter(faults.values()))} if faults else {}


def _fill(own: Action, values: PromiseValues) -> None:
    own.unit, own.said, own.promise = values.unit, dict(values.said), dict(values.promise)
    own.driver = values.about if isinstance(values.about, Driver) else None
    own.question = None if isinstance(values.about, Driver) else values.about
    own.owner_id, own.due_on = values.owner_id, values.due_on


def _twin(session: Session, made: Action) -> Action | None:
    """The same promise, made by the same person. Texts are compared here: databases differ in how they compare JSON."""
    wanted = select(Action).where(
        Action.survey_id == made.survey_id,
        Action.unit == made.unit,
        Action.created_by == made.created_by,
        Action.owner_id == made.owner_id,
        Action.due_on == made.due_on,
    )

    def words(one: Action) -> tuple[object, ...]:
        return one.said, one.promise, one.driver, one.question

    return next((one for one in session.scalars(wanted) if words(one) == words(made)), None)


def _note(session: Session, actor: Actor, own: Action, values: NoteValues, rules: Rules, now: datetime) -> None:
    own.progress = values.progress or own.progress
    session.add(
        ActionNote(
            action_id=own.id,
            author_id=actor.id,
            locale=values.locale,
            text=cleaned(values.text),
            progress=own.progress,
            on=today(rules, now),
            at=now,
        )
    )
    session.flush()
    if own.progress not in OPEN:
        action_telling.take_back_reminders(session, own)
