"""Promises as they are read: on their own pages, beside results, on the front page, and before the next survey."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from .. import people
from ..core.permissions import Actor
from . import policy
from .action_model import Action, ActionNote, Progress
from .action_reach import along_the_line, led_units, readable
from .model import Driver, Series, State, Survey, SurveyQuestion, SurveyUnit
from .survey_queries import Wave, titled, wave_of

ON_A_PAGE = 20
OPEN = (Progress.PROMISED, Progress.BEGUN)
"""A promise that is neither kept nor dropped."""


@dataclass(frozen=True)
class Said:
    """Words and the language that they are in; None for a company's own name, in whatever language it is."""

    text: str
    locale: str | None


@dataclass(frozen=True)
class NoteLine:
    """A word on how a promise goes."""

    author: str
    said: Said
    progress: Progress
    on: date


@dataclass(frozen=True)
class ActionLine:
    """A promise. ``unit`` has no text for all who were asked; ``asked`` are the question's words, if it is about one.

    ``wave`` tells the survey from others of its title. ``owner`` is empty when their account is gone. ``last`` is the
    last word on it.
    """

    id: int
    survey_id: int
    survey: Said
    wave: Wave | None
    unit_number: int
    unit: Said
    driver: Driver | None
    asked: Said | None
    said: Said
    promise: Said
    owner_id: int | None
    owner: str
    due_on: date
    progress: Progress
    overdue: bool
    last: NoteLine | None


@dataclass(frozen=True)
class ActionView:
    """One promise with all words on it, the newest first, and what its reader may do."""

    line: ActionLine
    notes: tuple[NoteLine, ...]
    version: int
    may_change: bool
    may_tell: bool


class Which(StrEnum):
    """The two lists of promises."""

    OPEN = "open"
    ENDED = "ended"


@dataclass(frozen=True)
class Listing:
    """A stretch of a reader's promises: open ones soonest due first, ended ones newest first; how many there are."""

    lines: tuple[ActionLine, ...]
    open: int
    overdue: int
    ended: int
    page: int
    pages: int


def listing(session: Session, actor: Actor, which: Which, order: Sequence[str], today: date, page: int = 1) -> Listing:
    """The promises that ``actor`` may read, in two lists."""
    mine = readable(session, actor)
    late = func.count().filter(_is_open(), Action.due_on < today)
    counted = select(func.count().filter(_is_open()), late, func.count()).select_from(Action).where(mine)
    open_ones, overdue, everything = session.execute(counted).one()
    ended = everything - open_ones
    wanted = _actions().where(mine, _is_open() if which is Which.OPEN else ~_is_open())
    sort = (Action.due_on, Action.id) if which is Which.OPEN else (Action.due_on.desc(), Action.id.desc())
    pages = max(1, ceil((open_ones if which is Which.OPEN else ended) / ON_A_PAGE))
    page = min(max(page, 1), pages)
    wanted = wanted.order_by(*sort).limit(ON_A_PAGE).offset((page - 1) * ON_A_PAGE)
    return Listing(_lines(session, wanted, order, today), open_ones, overdue, ended, page, pages)


def action(session: Session, actor: Actor, action_id: int, order: Sequence[str], today: date) -> ActionView | None:
    """One promise; None when there is none that ``actor`` may read."""
    found = _lines(session, _actions().where(Action.id == action_id, readable(session, actor)), order, today)
    own = session.get(Action, action_id)
    if not found or own is None:
        return None
    leads = own.unit in led_units(session, actor, own.survey_id)
    published = session.scalar(select(Survey.published_at).where(Survey.id == own.survey_id)) is not None
    wanted = select(ActionNote).where(ActionNote.action_id == action_id).order_by(ActionNote.id.desc())
    return ActionView(
        line=found[0],
        notes=_notes(session, session.scalars(wanted).all()),
        version=own.version,
        may_change=policy.may_promise(actor, leads, published),
        may_tell=policy.may_tell_of(actor, leads, own.owner_id == actor.id),
    )


def promises_of(
    session: Session, actor: Actor, survey_id: int, unit: int | None, order: Sequence[str], today: date
) -> tuple[ActionLine, ...]:
    """What was promised after a survey, to a ``unit``, those that it is part of and those below, or (None) to anybody.

    Only what ``actor`` may read; the unit's own first, then those above, the nearest first, then those below by date.
    """
    wanted = _actions().where(Action.survey_id == survey_id, readable(session, actor))
    place: dict[int, int] = {}
    if unit is not None:
        place = {number: at for at, number in enumerate(along_the_line(session, survey_id, unit))}
        wanted = wanted.where(Action.unit.in_(list(place)))
    lines = _lines(session, wanted.order_by(Action.due_on, Action.id), order, today)
    return tuple(sorted(lines, key=lambda line: place.get(line.unit_number, 0)))


def for_next_survey(
    session: Session, actor: Actor, survey: Survey, order: Sequence[str], today: date
) -> tuple[ActionLine, ...]:
    """What was promised after the survey before ``survey``, as far as ``actor`` may read it: for the head of it."""
    before = last_closed(session, survey)
    return promises_of(session, actor, before, None, order, today) if before is not None else ()


def lately(
    session: Session, actor: Actor, since: datetime, most: int, order: Sequence[str], today: date
) -> tuple[ActionLine, ...]:
    """The few promises, not dropped, that were made or told of last ``since`` a moment; the newest first."""
    last = select(func.max(ActionNote.at)).where(ActionNote.action_id == Action.id).scalar_subquery()
    moved = func.coalesce(last, Action.created_at)
    wanted = _actions().where(readable(session, actor), Action.progress != Progress.DROPPED, moved >= since)
    return _lines(session, wanted.order_by(moved.desc(), Action.id.desc()).limit(most), order, today)


def overdue_without_word(
    session: Session, survey: Survey, today: date, order: Sequence[str] = ()
) -> tuple[ActionLine, ...]:
    """The promises that keep ``survey`` from being opened: overdue after the one before, with no word on why.

    A word is a note written on the day it was due, or later. Whoever may open the survey may read them.
    """
    before = last_closed(session, survey)
    if before is None:
        return ()
    word = exists().where(ActionNote.action_id == Action.id, ActionNote.on >= Action.due_on)
    wanted = _actions().where(Action.survey_id == before, _is_open(), Action.due_on < today, ~word)
    return _lines(session, wanted.order_by(Action.due_on, Action.id), order, today)


def last_closed(session: Session, survey: Survey) -> int | None:
    """The survey before ``survey``: the last one closed of its series, or if there is none (or no series), of all."""
    closed = select(Survey.id).where(Survey.state == State.CLOSED, Survey.id != survey.id)
    closed = closed.order_by(Survey.closed_at.desc(), Survey.id.desc()).limit(1)
    found = session.scalar(closed.where(Survey.series_id == survey.series_id)) if survey.series_id else None
    return found if found is not None else session.scalar(closed)


def _is_open() -> ColumnElement[bool]:
    return Action.progress.in_(OPEN)


def _actions() -> Select[Any]:
    """Actions, each with the words of the survey, unit and question that it belongs to."""
    unit = (SurveyUnit.survey_id == Action.survey_id) & (SurveyUnit.number == Action.unit)
    question = (SurveyQuestion.survey_id == Action.survey_id) & (SurveyQuestion.number == Action.question)
    return (
        select(
            Action,
            Survey.texts.label("survey"),
            Survey.opened_at,
            Series.every,
            SurveyUnit.names,
            SurveyQuestion.texts.label("question"),
        )
        .join(Survey, Survey.id == Action.survey_id)
        .outerjoin(Series, Series.id == Survey.series_id)
        .join(SurveyUnit, unit)
        .outerjoin(SurveyQuestion, question)
    )


def _lines(session: Session, wanted: Select[Any], order: Sequence[str], today: date) -> tuple[ActionLine, ...]:
    rows = session.execute(wanted).all()
    if not rows:
        return ()
    ids = [row.Action.id for row in rows]
    newest = select(func.max(ActionNote.id)).where(ActionNote.action_id.in_(ids)).group_by(ActionNote.action_id)
    last = session.scalars(select(ActionNote).where(ActionNote.id.in_(newest))).all()
    words = {note.action_id: line for note, line in zip(last, _notes(session, last), strict=True)}
    owners = people.names(session, {row.Action.owner_id for row in rows if row.Action.owner_id})
    return tuple(
        ActionLine(
            id=own.id,
            survey_id=own.survey_id,
            survey=title(row.survey, order),
            wave=wave_of(row.opened_at, row.every),
            unit_number=own.unit,
            unit=unit_name(row.names, order),
            driver=Driver(own.driver) if own.driver else None,
            asked=question_words(row.question, order) if row.question else None,
            said=_first(own.said, order),
            promise=_first(own.promise, order),
            owner_id=own.owner_id,
            owner=owners.get(own.owner_id or 0, ""),
            due_on=own.due_on,
            progress=Progress(own.progress),
            overdue=own.progress in OPEN and own.due_on < today,
            last=words.get(own.id),
        )
        for row in rows
        if (own := row.Action)
    )


def _notes(session: Session, rows: Sequence[ActionNote]) -> tuple[NoteLine, ...]:
    names = people.names(session, {row.author_id for row in rows if row.author_id})
    return tuple(
        NoteLine(names.get(row.author_id or 0, ""), Said(row.text, row.locale), Progress(row.progress), row.on)
        for row in rows
    )


def title(texts: Mapping[str, Any], order: Sequence[str]) -> Said:
    """A survey's title, in the first language of ``order`` that there is."""
    locale, title, _ = titled(texts, order or sorted(texts))
    return Said(title, locale)


def unit_name(names: Mapping[str, str], order: Sequence[str]) -> Said:
    """What a unit was called, in the reader's language or else the company's own; no text for all who were asked."""
    own = order[0] if order and names.get(order[0]) else None
    return Said(names.get(own or "", ""), own)


def question_words(texts: Mapping[str, Any], order: Sequence[str]) -> Said:
    """What a question says."""
    return _first({code: said["text"] for code, said in texts.items()}, order)


def _first(texts: Mapping[str, str], order: Sequence[str]) -> Said:
    """The words in the first language of ``order`` that there are, else in any."""
    code = next((code for code in (*order, *sorted(texts)) if code in texts), "")
    return Said(texts.get(code, ""), code)
