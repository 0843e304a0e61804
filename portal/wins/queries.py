"""Reading wins. What comes back is frozen and complete; each asks the same number of questions however many wins."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, func, literal_column, select, tuple_
from sqlalchemy.orm import Session

from .. import discussion, media, people
from ..core import versions
from ..core.permissions import Actor
from ..discussion import Comment, Reported
from . import policy
from .model import (
    WIN,
    WINS,
    Promotion,
    State,
    Step,
    Win,
    WinDraft,
    WinPicture,
    WinPrinciple,
    WinRevision,
    WinStep,
    WinThanks,
)
from .views import WinView, views

PER_PAGE = 20
PUBLISHED = Win.state == literal_column(f"'{State.PUBLISHED}'")
"""Written out: with a parameter in its place, a partial index can't be used."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Filters:
    """What a feed is narrowed to; ``team`` takes in the teams below it."""

    principle: int | None = None
    team: int | None = None
    locale: str | None = None
    person: int | None = None
    thanks_to: int | None = None

    @property
    def any(self) -> bool:
        """Is it narrowed at all?"""
        return self != Filters()


@dataclass(frozen=True)
class Feed:
    """A stretch of the feed; ``older`` names the place where the next one begins, when there is one."""

    wins: tuple[WinView, ...]
    older: str | None


@dataclass(frozen=True)
class OwnWin:
    """A line in the list of one's own wins; ``draft_at`` is when an open draft of it was saved."""

    id: int
    title: str
    locale: str
    state: State
    pending: bool
    draft_at: datetime | None
    published_at: datetime | None


@dataclass(frozen=True)
class ReportedView:
    """Something that was reported, with the win to look at; ``comment`` when it is one of its comments."""

    win: WinView
    comment: Comment | None
    reports: Reported


@dataclass(frozen=True)
class Standing:
    """Whose a win is, and where it stands on its way."""

    id: int
    author_id: int
    state: State


@dataclass(frozen=True)
class StepView:
    """A line of a win's audit trail."""

    step: str
    actor: str
    reason: str
    at: datetime


def version(session: Session) -> int:
    """A number that changes whenever any published win does."""
    return versions.current(session, WINS)


def changed_at(session: Session) -> datetime | None:
    """When anything was last done with any win: what is published has not changed since."""
    return session.scalar(select(WinStep.at).order_by(WinStep.id.desc()).limit(1))


def feed(
    session: Session, reader: Actor, filters: Filters, locale: str, older: str = "", limit: int = PER_PAGE
) -> Feed:
    """Published wins, the newest first, from ``older`` on (as a `Feed` named it; anything else is the beginning).

    A place in the feed is a moment and a number, so that new wins don't push others over a page's edge.
    """
    wanted = select(Win).where(PUBLISHED, *_narrowed(session, filters))
    if place := _place(older):
        wanted = wanted.where(tuple_(Win.published_at, Win.id) < place)
    wanted = wanted.order_by(Win.published_at.desc(), Win.id.desc()).limit(limit + 1)
    found = list(session.scalars(wanted))
    shown, last = found[:limit], found[limit - 1] if len(found) > limit else None
    return Feed(views(session, reader, shown, locale), _named(last) if last else None)


def win(session: Session, reader: Actor, win_id: int, locale: str) -> WinView | None:
    """One win, when this reader may see it; else None."""
    found = session.get(Win, win_id)
    if found is None or not policy.sees(reader, found):
        return None
    return next(iter(views(session, reader, [found], locale)), None)


def waiting_view(session: Session, reader: Actor, win_id: int, locale: str) -> WinView | None:
    """The revision of a win that waits for an editor, as it would be read."""
    found = session.get(Win, win_id)
    if found is None or found.pending is None or not (policy.may_moderate(reader) or policy.owns(reader, found)):
        return None
    return next(iter(views(session, reader, [found], locale, pending=True)), None)


def own(session: Session, actor: Actor, limit: int = 200) -> tuple[OwnWin, ...]:
    """One's own wins in whatever state, those being written first."""
    number = select(func.max(WinRevision.number)).where(WinRevision.win_id == Win.id).correlate(Win)
    latest = number.scalar_subquery()
    rows = session.execute(
        select(Win, WinDraft.title, WinDraft.locale, WinDraft.saved_at, WinRevision.title)
        .outerjoin(WinDraft, WinDraft.win_id == Win.id)
        .outerjoin(WinRevision, (WinRevision.win_id == Win.id) & (WinRevision.number == latest))
        .where(Win.author_id == actor.id)
        .order_by(WinDraft.saved_at.is_(None), WinDraft.saved_at.desc(), Win.id.desc())
        .limit(limit)
    )
    return tuple(
        OwnWin(
            id=found.id,
            title=(draft_title if draft_at else title) or title or "",
            locale=draft_locale or found.locale,
            state=State(found.state),
            pending=found.pending is not None,
            draft_at=draft_at,
            published_at=found.published_at,
        )
        for found, draft_title, draft_locale, draft_at, title in rows
    )


def waiting_count(session: Session) -> int:
    """How much waits for editors: wins and changes of them, and open reports."""
    waiting = session.scalar(select(func.count()).select_from(Win).where(Win.pending.is_not(None))) or 0
    return waiting + discussion.open_report_count(session)


def queue(session: Session, reader: Actor, locale: str, limit: int = 50) -> tuple[WinView, ...]:
    """What waits for an editor, the longest first, as it would be read."""
    wanted = select(Win).where(Win.pending.is_not(None)).order_by(Win.submitted_at, Win.id).limit(limit)
    return views(session, reader, list(session.scalars(wanted)), locale, pending=True)


def reported(session: Session, reader: Actor, locale: str, limit: int = 50) -> tuple[ReportedView, ...]:
    """What was reported and not decided on: the win that it is, or that the comment stands under."""
    reports = discussion.open_reports(session, limit)
    comments = discussion.comments(session, [one.subject.id for one in reports if one.subject.kind != WIN])
    about = {
        one.subject: one.subject.id if one.subject.kind == WIN else comments[one.subject.id].subject_id
        for one in reports
        if one.subject.kind == WIN or one.subject.id in comments
    }
    wins = session.scalars(select(Win).where(Win.id.in_(set(about.values()))))
    by_id = {view.id: view for view in views(session, reader, list(wins), locale)}
    return tuple(
        ReportedView(by_id[about[one.subject]], comments.get(one.subject.id) if one.subject.kind != WIN else None, one)
        for one in reports
        if about.get(one.subject) in by_id
    )


def standing(session: Session, reader: Actor, win_id: int) -> Standing | None:
    """Whose a win is and where it stands, when this reader may see it; else None."""
    found = session.get(Win, win_id)
    if found is None or not policy.sees(reader, found):
        return None
    return Standing(found.id, found.author_id, State(found.state))


def promotion(session: Session, win_id: int) -> Promotion | None:
    """How far a win is on its way to a case story, if it is on it."""
    return session.get(Promotion, win_id)


def win_of_story(session: Session, reader: Actor, page_id: int) -> int | None:
    """The win of which a story was made, when this reader may see it and its author agreed to be named."""
    wanted = select(Win).join(Promotion).where(Promotion.page_id == page_id, Promotion.consent == "named").limit(1)
    found = session.scalar(wanted)
    return found.id if found is not None and policy.sees(reader, found) else None


def title_of(session: Session, win_id: int) -> str:
    """The title that readers see."""
    wanted = select(WinRevision.title).join(Win, Win.id == WinRevision.win_id)
    number = func.coalesce(func.nullif(Win.current, 0), Win.pending)
    return session.scalar(wanted.where(Win.id == win_id, WinRevision.number == number)) or ""


def steps(session: Session, win_id: int) -> tuple[StepView, ...]:
    """A win's audit trail, the newest first."""
    rows = list(session.scalars(select(WinStep).where(WinStep.win_id == win_id).order_by(WinStep.id.desc()).limit(200)))
    names = people.names(session, {row.actor_id for row in rows if row.actor_id})
    return tuple(StepView(row.step, names.get(row.actor_id or 0, ""), row.reason, row.at) for row in rows)


def last_reason(session: Session, win_id: int) -> str:
    """Why an editor declined what the author posted last; empty when they have posted since, or it was not declined."""
    decisions = (Step.SUBMITTED, Step.PUBLISHED, Step.EDITED, Step.DECLINED)
    wanted = select(WinStep.step, WinStep.reason).where(WinStep.win_id == win_id, WinStep.step.in_(decisions))
    last = session.execute(wanted.order_by(WinStep.id.desc()).limit(1)).first()
    return last.reason if last and last.step == Step.DECLINED else ""


def may_see_picture(session: Session, reader: Actor, picture_id: int) -> bool:
    """May this reader see a picture because of a win that it stands in? Editors also because it once did, or would."""
    rows = session.scalars(select(Win).join(WinPicture).where(WinPicture.picture_id == picture_id).limit(10)).all()
    if any(policy.sees(reader, row) for row in rows):
        return True
    return policy.may_moderate(reader) and _was_posted(session, picture_id)


def _was_posted(session: Session, picture_id: int) -> bool:
    """Did its owner ever post the picture with a win, whatever became of that? Drafts are not posted."""
    picture = media.picture(session, picture_id)
    if picture is None:
        return False
    posted = select(WinRevision.facts).join(Win, Win.id == WinRevision.win_id).where(Win.author_id == picture.owner_id)
    return any(picture_id == one["id"] for facts in session.scalars(posted) for one in facts["pictures"])


def _narrowed(session: Session, filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.principle is not None:
        found.append(Win.id.in_(select(WinPrinciple.win_id).where(WinPrinciple.page_id == filters.principle)))
    if filters.thanks_to is not None:
        named = select(WinThanks.win_id).where(WinThanks.person_id == filters.thanks_to)
        found.append(Win.id.in_(named.where(WinThanks.declined_at.is_(None))))
    if filters.team is not None:
        found.append(Win.team_id.in_(people.team_and_below(session, filters.team)))
    if filters.locale is not None:
        found.append(Win.locale == filters.locale)
    if filters.person is not None:
        found.append(Win.author_id == filters.person)
    return found


def _named(last: Win) -> str:
    at = last.published_at
    # Whole numbers: a float would round the microseconds, and a win at the edge would be shown twice or not at all.
    return f"{(at - _EPOCH) // timedelta(microseconds=1)}-{last.id}" if at else ""


def _place(text: str) -> tuple[datetime, int] | None:
    moment, _, number = text.partition("-")
    if not (moment.isascii() and moment.isdigit() and number.isascii() and number.isdigit()):
        return None
    if len(moment) > 17 or len(number) > 9:
        return None
    return _moment(int(moment)), int(number)


def _moment(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)
