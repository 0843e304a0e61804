"""What one employee sees of surveys: which ask them, which have been told about, and what holds for each.

Whether somebody was handed a ballot is shown to that person alone. How many were is nobody's business here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, false, func, select
from sqlalchemy.orm import Session

from .. import people
from ..core.locale import available
from ..core.permissions import Actor
from . import policy
from .model import Invitation, Kind, Series, State, Survey, SurveyQuestion, SurveyUnit, Turnout
from .rhythm import Every

ON_A_PAGE = 20
SECONDS = {Kind.TEXT: 40, Kind.SEVERAL: 20}
"""How long a question takes: what is measured least kindly on a phone; most are answered in `USUAL`."""
USUAL = 15
BESIDES = 20
"""Seconds for all that is not a question."""


class Standing(StrEnum):
    """How far a survey is, as those who were asked are told it."""

    OPEN = "open"
    COUNTING = "counting"
    """Closed, and the results are still being made."""
    CLOSED = "closed"
    PUBLISHED = "published"


@dataclass(frozen=True)
class Wave:
    """What tells a survey of a recurring pulse from the others, which have its title: when it opens."""

    at: datetime
    every: Every


@dataclass(frozen=True)
class SurveyLine:
    """A survey in a list. ``title`` and ``intro`` are written in ``locale``; ``at`` is when it closes or closed."""

    id: int
    locale: str
    title: str
    wave: Wave | None
    intro: str
    standing: Standing
    at: datetime
    questions: int
    minutes: int
    handed: bool


@dataclass(frozen=True)
class Listing:
    """What a person finds: surveys that ask them now, and past ones, of which ``pages`` stretches there are.

    ``reads``: are they somebody who reads results at all?
    """

    open: tuple[SurveyLine, ...]
    past: tuple[SurveyLine, ...]
    page: int
    pages: int
    reads: bool


@dataclass(frozen=True)
class SurveyView:
    """One survey, with what was settled as it opened: k for scores and for comments, and how many are asked.

    ``mine``: does it ask this reader; ``told``: are its results there for the whole company to read; ``reads``: also
    for this reader? ``in_words``: is there a question to be answered in words?
    """

    line: SurveyLine
    mine: bool
    told: bool
    reads: bool
    least_scores: int
    least_comments: int
    invited: int
    in_words: bool

    @property
    def id(self) -> int:
        """The survey's number."""
        return self.line.id

    @property
    def is_open(self) -> bool:
        """Are ballots taken?"""
        return self.line.standing is Standing.OPEN


@dataclass(frozen=True)
class Size:
    """How much one person is asked: at most so many questions, which take about so many minutes."""

    questions: int
    minutes: int
    in_words: bool


def order(*own: str) -> tuple[str, ...]:
    """The languages in which a reader is shown a survey: ``own``, the best first, then the usual order."""
    return tuple(dict.fromkeys((*own, *available())))


def titled(texts: Mapping[str, Any], locales: Sequence[str]) -> tuple[str, str, str]:
    """The language, title and introduction of ``texts``, in the first of ``locales`` that has a title, else any."""
    known = [locale for locale in (*locales, *sorted(texts)) if texts.get(locale, {}).get("title")]
    said = texts[known[0]] if known else {}
    return (known[0] if known else locales[0]), said.get("title", ""), said.get("intro") or ""


def wave_of(opens_at: datetime | None, every: str | None) -> Wave | None:
    """The wave that opens then, of a series that comes back so often; None without a series or a date."""
    return Wave(opens_at, Every(every)) if opens_at and every else None


def listing(session: Session, actor: Actor, locale: str, now: datetime, page: int = 1) -> Listing:
    """What ``actor`` finds on the page of surveys: what asks them, soonest to close first, and the past, newest first.

    Past are those that asked this person, and those published of which they read results: of the whole company, or of
    a team that they lead.
    """
    asking = open_for(session, actor, locale, now)
    past = _seen(actor).where(~_taking(now), Survey.state.in_([State.OPEN, State.COUNTING, State.CLOSED]))
    told = (func.json_array_length(Survey.audience) == 0) | _of_teams(_led(session, actor))
    past = past.where((Survey.published_at.is_not(None) & told) | Invitation.person_id.is_not(None))
    count = session.scalar(select(func.count()).select_from(past.order_by(None).subquery())) or 0
    pages = max(1, ceil(count / ON_A_PAGE))
    page = min(max(page, 1), pages)
    found = session.execute(
        past.order_by(Survey.closes_at.desc(), Survey.id.desc()).limit(ON_A_PAGE).offset((page - 1) * ON_A_PAGE)
    ).all()
    return Listing(asking, tuple(_lines(session, found, locale, now)), page, pages, reads_results(session, actor))


def open_for(session: Session, actor: Actor, locale: str, now: datetime) -> tuple[SurveyLine, ...]:
    """The surveys that ask ``actor`` now, soonest to close first."""
    if not policy.may_answer(actor):
        return ()
    wanted = _seen(actor).where(_taking(now), Invitation.person_id.is_not(None))
    found = session.execute(wanted.order_by(Survey.closes_at, Survey.id)).all()
    return tuple(_lines(session, found, locale, now)) if found else ()


def survey(session: Session, actor: Actor, survey_id: int, locale: str, now: datetime) -> SurveyView | None:
    """One survey that has opened, or None. `policy.sees_survey` says whether this reader may see it."""
    found = session.execute(_seen(actor).where(Survey.id == survey_id)).first()
    if found is None or found.Survey.state in {State.DRAFT, State.SCHEDULED}:
        return None
    own: Survey = found.Survey
    assert own.least_scores is not None  # Settled when it opened, as was the other: the table's own rule.
    assert own.least_comments is not None
    size = _sizes(session, [own.id])[own.id]
    return SurveyView(
        line=_line(found, size, locale, now),
        mine=found.asked is not None,
        told=own.published_at is not None and not own.audience,
        reads=reads_results(session, actor),
        least_scores=own.least_scores,
        least_comments=own.least_comments,
        invited=own.invited,
        in_words=size.in_words,
    )


def reads_results(session: Session, actor: Actor) -> bool:
    """Does ``actor`` read results at all? Who looks after the portal and does nothing else here doesn't."""
    if not policy.is_kept_from_results(actor, leads=False):
        return True
    led = people.headed_team(session, actor.id) if actor.id is not None else None
    return not policy.is_kept_from_results(actor, leads=led is not None)


def size_of(questions: Iterable[tuple[int, Kind]]) -> Size:
    """How much one person is asked of questions given by their part and kind: part 0 and the longest other part."""
    seconds: dict[int, int] = {}
    numbers: dict[int, int] = {}
    in_words = False
    for part, kind in questions:
        seconds[part] = seconds.get(part, 0) + SECONDS.get(kind, USUAL)
        numbers[part] = numbers.get(part, 0) + 1
        in_words |= kind is Kind.TEXT

    def most(of: Mapping[int, int]) -> int:
        return of.get(0, 0) + max((many for part, many in of.items() if part), default=0)

    return Size(most(numbers), max(1, round((BESIDES + most(seconds)) / 60)), in_words)


def _taking(now: datetime) -> ColumnElement[bool]:
    """Are ballots taken at ``now``? One that is to be closed but has not been yet takes none."""
    return (Survey.state == State.OPEN) & (Survey.closes_at > now)


def _led(session: Session, actor: Actor) -> tuple[int, ...]:
    """The teams that ``actor`` leads, with all below."""
    own = people.headed_team(session, actor.id) if actor.id is not None else None
    return people.team_and_below(session, own) if own is not None else ()


def _of_teams(teams: tuple[int, ...]) -> ColumnElement[bool]:
    """Has the survey a unit that is one of these teams?"""
    return exists().where(SurveyUnit.survey_id == Survey.id, SurveyUnit.team_id.in_(teams)) if teams else false()


def _seen(actor: Actor) -> Select[Survey, int, int, str]:
    """Surveys, each with the number of this person if it asks them and if they were handed a ballot, and its rhythm."""
    mine = (Invitation.survey_id == Survey.id) & (Invitation.person_id == actor.id)
    handed = (Turnout.survey_id == Survey.id) & (Turnout.person_id == actor.id)
    return (
        select(Survey, Invitation.person_id.label("asked"), Turnout.person_id.label("handed"), Series.every)
        .outerjoin(Series, Series.id == Survey.series_id)
        .outerjoin(Invitation, mine)
        .outerjoin(Turnout, handed)
    )


def _lines(
    session: Session, found: Sequence[Row[Survey, int, int, str]], locale: str, now: datetime
) -> Iterable[SurveyLine]:
    sizes = _sizes(session, [row.Survey.id for row in found])
    return [_line(row, sizes[row.Survey.id], locale, now) for row in found]


def _line(row: Row[Survey, int, int, str], size: Size, locale: str, now: datetime) -> SurveyLine:
    own: Survey = row.Survey
    said_in, title, intro = titled(own.texts, order(locale))
    assert own.closes_at is not None  # What has opened has its dates: the table's own rule.
    return SurveyLine(
        id=own.id,
        locale=said_in,
        title=title,
        wave=wave_of(own.opened_at, row.every),
        intro=intro,
        standing=_standing(own, now),
        at=own.closed_at or own.closes_at,
        questions=size.questions,
        minutes=size.minutes,
        handed=row.handed is not None,
    )


def _standing(own: Survey, now: datetime) -> Standing:
    if own.published_at is not None:
        return Standing.PUBLISHED
    if own.state == State.CLOSED:
        return Standing.CLOSED
    taking = own.state == State.OPEN and own.closes_at is not None and own.closes_at > now
    return Standing.OPEN if taking else Standing.COUNTING


def _sizes(session: Session, ids: Sequence[int]) -> dict[int, Size]:
    asked: dict[int, list[tuple[int, Kind]]] = {one: [] for one in ids}
    wanted = select(SurveyQuestion.survey_id, SurveyQuestion.part, SurveyQuestion.kind)
    for row in session.execute(wanted.where(SurveyQuestion.survey_id.in_(ids))):
        asked[row.survey_id].append((row.part, Kind(row.kind)))
    return {one: size_of(questions) for one, questions in asked.items()}
