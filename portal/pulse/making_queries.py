"""What HR sees of the surveys that it makes: lists and one survey, never an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from ..core.errors import NotFound, Refused
from ..core.locale import Text, available
from ..core.permissions import Actor
from . import disclosure, policy, readiness, scheduling
from .cohorts import EVERYBODY
from .model import Ballot, Result, Series, State, Survey, SurveyQuestion
from .question_queries import questions_of
from .questions import Question, as_question
from .rules import Rules
from .statistics import nearest
from .survey_queries import Wave, wave_of

ON_A_PAGE = 25
_ORDER = (State.OPEN, State.COUNTING, State.SCHEDULED, State.DRAFT, State.CLOSED)
_BEFORE_OPENING = (State.DRAFT, State.SCHEDULED)


@dataclass(frozen=True)
class Row:
    """A survey in HR's list; ``title`` is written in ``locale``, empty when there is none.

    ``wave`` tells it from others of its title. ``answered`` counts ballots; None before it has opened, and where it
    would tell of a group that is too small.
    """

    id: int
    title: str
    locale: str
    state: State
    wave: Wave | None
    series_id: int | None
    opens_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None
    published: bool
    held_back: str | None
    questions: int
    invited: int
    answered: int | None

    @property
    def rate(self) -> int | None:
        """The share of those asked who have answered, in whole per cent, halves rounded up as on every other page."""
        return nearest(100 * self.answered / self.invited) if self.answered is not None and self.invited else None


@dataclass(frozen=True)
class Listing:
    """A stretch of HR's list, of ``pages``."""

    rows: tuple[Row, ...]
    page: int
    pages: int
    total: int


@dataclass(frozen=True)
class Managed:
    """One survey as HR sees it; ``faults`` keep it from being scheduled, ``gaps`` are languages it isn't all in.

    ``due``: has the time come at which it opens?
    """

    row: Row
    version: int
    due: bool
    texts: Mapping[str, Mapping[str, str]]
    questions: tuple[Question, ...]
    parts: int
    audience: tuple[int, ...]
    reminders: tuple[int, ...]
    series: str | None
    least_scores: int
    least_comments: int
    faults: Mapping[str, Text]
    gaps: tuple[readiness.Gap, ...]

    @property
    def changeable(self) -> bool:
        """Has it not opened yet?"""
        return self.row.state in _BEFORE_OPENING


def listing(session: Session, reader: Actor, order: Sequence[str], page: int, series_id: int | None = None) -> Listing:
    """Surveys, those under way first, then scheduled ones, drafts, and past ones, the newest of each first.

    ``order`` are languages, the reader's first; with ``series_id``, only that series's waves. Raises Refused.
    """
    if not policy.may_manage(reader):
        raise Refused
    wanted = select(Survey.id)
    if series_id is not None:
        wanted = wanted.where(Survey.series_id == series_id)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    pages = max(ceil(total / ON_A_PAGE), 1)
    page = min(max(page, 1), pages)
    rank = case({state: place for place, state in enumerate(_ORDER)}, value=Survey.state)
    newest = func.coalesce(Survey.opens_at, Survey.created_at).desc()
    ids = wanted.order_by(rank, newest, Survey.id.desc()).limit(ON_A_PAGE).offset((page - 1) * ON_A_PAGE)
    found = session.scalars(select(Survey).where(Survey.id.in_(list(session.scalars(ids)))))
    surveys = sorted(found, key=lambda one: (_ORDER.index(State(one.state)), -_when(one).timestamp(), -one.id))
    return Listing(_rows(session, surveys, order), page, pages, total)


def managed(
    session: Session, reader: Actor, survey_id: int, order: Sequence[str], rules: Rules, now: datetime
) -> Managed:
    """One survey with all that HR settles of it. Raises Refused, NotFound."""
    if not policy.may_manage(reader):
        raise Refused
    survey = session.get(Survey, survey_id)
    if survey is None:
        raise NotFound
    questions = questions_of(session, survey_id)
    waits = survey.state in _BEFORE_OPENING
    series = session.get(Series, survey.series_id) if survey.series_id else None
    return Managed(
        row=_rows(session, [survey], order)[0],
        version=survey.version,
        due=survey.opens_at is not None and survey.opens_at <= now,
        texts=survey.texts,
        questions=tuple(map(as_question, questions)),
        parts=survey.parts,
        audience=tuple(survey.audience),
        reminders=tuple(survey.reminders),
        series=said_first(series.texts, order)[0] if series else None,
        least_scores=survey.least_scores or rules.least_scores,
        least_comments=survey.least_comments or rules.least_comments,
        faults=scheduling.faults(session, survey, rules, now) if waits else {},
        gaps=readiness.gaps(survey.texts, [row.texts for row in questions], available()),
    )


def languages(*first: str) -> tuple[str, ...]:
    """All languages, those of ``first`` first."""
    return tuple(dict.fromkeys((*first, *available())))


def _when(survey: Survey) -> datetime:
    return survey.opens_at or survey.created_at


def _rows(session: Session, surveys: Sequence[Survey], order: Sequence[str]) -> tuple[Row, ...]:
    """The rows of ``surveys``, in that order, with the same number of questions to the database for any many."""
    ids = [one.id for one in surveys]
    count = select(SurveyQuestion.survey_id, func.count()).where(SurveyQuestion.survey_id.in_(ids))
    questions = dict(session.execute(count.group_by(SurveyQuestion.survey_id)).all())
    answered = _answered(session, surveys)
    series = {one.series_id for one in surveys if one.series_id}
    every = dict(session.execute(select(Series.id, Series.every).where(Series.id.in_(series))).all())
    return tuple(
        Row(
            one.id,
            *said_first(one.texts, order),
            State(one.state),
            wave_of(one.opened_at or one.opens_at, every.get(one.series_id or 0)),
            one.series_id,
            one.opens_at,
            one.closes_at,
            one.closed_at,
            one.published_at is not None,
            one.held_back,
            questions.get(one.id, 0),
            one.invited,
            answered.get(one.id),
        )
        for one in surveys
    )


def _answered(session: Session, surveys: Sequence[Survey]) -> dict[int, int | None]:
    """How many ballots were cast, where that may be told: of a small group never that all did, or nobody.

    Of closed surveys the frozen number is read: ballots may be many.
    """
    running = [one.id for one in surveys if one.state in {State.OPEN, State.COUNTING}]
    closed = [one.id for one in surveys if one.state == State.CLOSED]
    ballots = select(Ballot.survey_id, func.count()).where(Ballot.survey_id.in_(running)).group_by(Ballot.survey_id)
    frozen = select(Result.survey_id, Result.summary).where(Result.survey_id.in_(closed), Result.unit == EVERYBODY)
    told = {survey_id: summary.get("answered") for survey_id, summary in session.execute(frozen)}
    cast = dict(session.execute(ballots).all())
    for one in surveys:
        if one.id in running:
            count = min(cast.get(one.id, 0), one.invited)
            told[one.id] = count if disclosure.is_exact(one.invited, (count, one.invited - count)) else None
    return told


def said_first(texts: Mapping[str, Any], order: Sequence[str]) -> tuple[str, str]:
    """The title in the first language of ``order`` that has one, and that language; "" when there is none."""
    return next(((texts[code]["title"], code) for code in (*order, *texts) if code in texts), ("", order[0]))
