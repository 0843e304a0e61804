"""Reading what people say: threads, reactions, reports; each in the same number of questions for any many."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from markupsafe import Markup
from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.orm import Session

from .. import people
from ..core.permissions import NOBODY, Actor
from . import policy
from .mentions import Mentioned, rendered
from .model import LARGEST_ID, Cheer, Comment, Mention, Reaction, Report, Subject

NEWEST = 500
REASONS = 20


@dataclass(frozen=True)
class CommentView:
    """A comment as it is read, with its answers, the oldest first; a deleted one keeps its place and nothing else.

    ``edited_at`` is what a change of it is based on (`commands.edit_comment`).
    """

    id: int
    subject: str
    subject_id: int
    parent_id: int | None
    author_id: int
    author: str
    text: str
    html: Markup
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    may_edit: bool = False
    may_delete: bool = False
    may_report: bool = False
    answers: tuple["CommentView", ...] = ()

    @property
    def deleted(self) -> bool:
        """Is only its place left?"""
        return self.deleted_at is not None


@dataclass(frozen=True)
class Thread:
    """What was said to a subject, the oldest first; ``total`` counts all, ``earlier`` those not in ``rows``."""

    rows: tuple[CommentView, ...]
    total: int
    earlier: int


@dataclass(frozen=True)
class Cheers:
    """The reactions to one subject: how many of each kind, and which of them are the reader's own."""

    counts: Mapping[Cheer, int]
    own: frozenset[Cheer]


@dataclass(frozen=True)
class Cheerer:
    """Somebody who reacted."""

    person_id: int
    name: str
    cheers: tuple[Cheer, ...]


@dataclass(frozen=True)
class Reason:
    """Why somebody reported a subject."""

    reporter_id: int
    reporter: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Reported:
    """A subject that waits for an editor: how many reported it, the newest reasons, and since when it waits.

    ``key`` is where a list goes on after it.
    """

    subject: Subject
    count: int
    reasons: tuple[Reason, ...]
    first_at: datetime
    key: int


def thread(session: Session, subject: Subject, reader: Actor = NOBODY) -> Thread:
    """The newest comments of ``subject`` and what they answer, with what ``reader`` may do to each."""
    living = (Comment.subject == subject.kind, Comment.subject_id == subject.id, Comment.deleted_at.is_(None))
    newest = select(Comment.id, Comment.parent_id).where(*living).order_by(Comment.id.desc()).limit(NEWEST).cte()
    wanted = select(Comment).where(
        or_(
            Comment.id.in_(select(newest.c.id)),
            Comment.id.in_(select(newest.c.parent_id).where(newest.c.parent_id.is_not(None))),
        )
    )
    views = _views(session, list(session.scalars(wanted.order_by(Comment.id))), reader)
    answers = defaultdict[int, list[CommentView]](list)
    for view in views:
        if view.parent_id is not None:
            answers[view.parent_id].append(view)
    rows = tuple(replace(view, answers=tuple(answers[view.id])) for view in views if view.parent_id is None)
    total = session.scalar(select(func.count()).select_from(Comment).where(*living)) or 0
    return Thread(rows, total, total - sum(not view.deleted for view in views))


def comment(session: Session, comment_id: int, reader: Actor = NOBODY) -> CommentView | None:
    """One comment, also a deleted one; None when there is none of that number."""
    return comments(session, [comment_id], reader).get(comment_id)


def comments(session: Session, ids: Iterable[int], reader: Actor = NOBODY) -> dict[int, CommentView]:
    """Comments by id."""
    found = session.scalars(select(Comment).where(Comment.id.in_(_possible(ids))))
    return {view.id: view for view in _views(session, list(found), reader)}


def comment_counts(session: Session, kind: str, ids: Iterable[int]) -> dict[int, int]:
    """How many comments, without deleted ones, each subject of ``kind`` has."""
    wanted = list(ids)
    counted = (
        select(Comment.subject_id, func.count())
        .where(Comment.subject == kind, Comment.subject_id.in_(_possible(wanted)), Comment.deleted_at.is_(None))
        .group_by(Comment.subject_id)
    )
    return dict.fromkeys(wanted, 0) | dict(session.execute(counted).all())


def cheers(session: Session, kind: str, ids: Iterable[int], reader_id: int | None) -> dict[int, Cheers]:
    """The reactions to each subject of ``kind``; every kind of reaction has its count."""
    wanted = list(ids)
    these = (Reaction.subject == kind, Reaction.subject_id.in_(_possible(wanted)))
    counts = {one: dict.fromkeys(Cheer, 0) for one in wanted}
    counted = select(Reaction.subject_id, Reaction.kind, func.count()).where(*these)
    for subject_id, cheer, count in session.execute(counted.group_by(Reaction.subject_id, Reaction.kind)):
        counts[subject_id][Cheer(cheer)] = count
    own = defaultdict[int, set[Cheer]](set)
    mine = select(Reaction.subject_id, Reaction.kind).where(*these, Reaction.person_id == reader_id)
    for subject_id, cheer in session.execute(mine):
        own[subject_id].add(Cheer(cheer))
    return {one: Cheers(counts[one], frozenset(own[one])) for one in counts}


def who_cheered(session: Session, subject: Subject, limit: int) -> tuple[Cheerer, ...]:
    """Who reacted to ``subject``, those who did last before others; at most ``limit`` people."""
    these = (Reaction.subject == subject.kind, Reaction.subject_id == subject.id)
    last = func.max(Reaction.created_at).label("last")
    newest = select(Reaction.person_id, last).where(*these).group_by(Reaction.person_id)
    newest = newest.order_by(last.desc(), Reaction.person_id.desc()).limit(limit)
    kinds: dict[int, set[str]] = {row.person_id: set() for row in session.execute(newest)}
    for row in session.execute(select(Reaction.person_id, Reaction.kind).where(*these, Reaction.person_id.in_(kinds))):
        kinds[row.person_id].add(row.kind)
    names = people.names(session, kinds)
    return tuple(Cheerer(one, names[one], tuple(c for c in Cheer if c in kinds[one])) for one in kinds)


def open_reports(session: Session, limit: int = 50, after: int = 0) -> tuple[Reported, ...]:
    """What was reported and not yet settled, the oldest report first, from the one after key ``after`` on."""
    key, first_at = func.min(Report.id), func.min(Report.created_at)
    groups = (
        select(Report.subject, Report.subject_id, func.count(), first_at, key)
        .where(Report.settled_at.is_(None))
        .group_by(Report.subject, Report.subject_id)
        .having(key > after)
        .order_by(key)
        .limit(limit)
    )
    found = session.execute(groups).all()
    reasons = _reasons(session, [Subject(kind, number) for kind, number, *_ in found])
    return tuple(
        Reported(Subject(kind, number), count, tuple(reasons[Subject(kind, number)]), at, last)
        for kind, number, count, at, last in found
    )


def open_report_count(session: Session) -> int:
    """How many things wait for an editor because somebody reported them."""
    waiting = select(Report.subject, Report.subject_id).where(Report.settled_at.is_(None)).distinct().subquery()
    return session.scalar(select(func.count()).select_from(waiting)) or 0


def _reasons(session: Session, subjects: list[Subject]) -> dict[Subject, list[Reason]]:
    """The newest reasons for each of ``subjects``, the older ones first."""
    about = (Report.subject, Report.subject_id)
    number = func.row_number().over(partition_by=about, order_by=Report.id.desc()).label("number")
    numbered = select(Report.id, number).where(Report.settled_at.is_(None), tuple_(*about).in_(subjects)).subquery()
    kept = select(Report).join(numbered, numbered.c.id == Report.id).where(numbered.c.number <= REASONS)
    rows = session.scalars(kept.order_by(Report.id)).all()
    names = people.names(session, {row.reporter_id for row in rows})
    found = defaultdict[Subject, list[Reason]](list)
    for row in rows:
        reason = Reason(row.reporter_id, names[row.reporter_id], row.reason, row.created_at)
        found[Subject(row.subject, row.subject_id)].append(reason)
    return found


def _views(session: Session, rows: list[Comment], reader: Actor) -> list[CommentView]:
    """``rows`` as they are read: two more questions."""
    mentions = session.execute(
        select(Mention.comment_id, Mention.written, Mention.person_id).where(
            Mention.comment_id.in_([row.id for row in rows])
        )
    ).all()
    names = people.names(session, {row.author_id for row in rows} | {row.person_id for row in mentions})
    named = defaultdict[int, dict[str, Mentioned]](dict)
    for row in mentions:
        named[row.comment_id][row.written] = Mentioned(row.person_id, names[row.person_id])
    return [_view(row, names[row.author_id], named[row.id], reader) for row in rows]


def _view(row: Comment, author: str, named: Mapping[str, Mentioned], reader: Actor) -> CommentView:
    gone = row.deleted_at is not None
    return CommentView(
        id=row.id,
        subject=row.subject,
        subject_id=row.subject_id,
        parent_id=row.parent_id,
        author_id=row.author_id,
        author="" if gone else author,
        text=row.text,
        html=rendered(row.text, named),
        created_at=row.created_at,
        edited_at=row.edited_at,
        deleted_at=row.deleted_at,
        may_edit=policy.may_edit(reader, row),
        may_delete=policy.may_delete(reader, row),
        may_report=not gone and policy.may_report(reader, row.author_id),
    )


def _possible(ids: Iterable[int]) -> list[int]:
    """Those of ``ids`` that a database can be asked for."""
    return [one for one in ids if 0 < one <= LARGEST_ID]
