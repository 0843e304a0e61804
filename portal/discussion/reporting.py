"""Asking the editors to look at something, and what they decide on it."""

from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ..core.errors import NotFound, Refused, TooMany
from ..core.permissions import Actor
from . import policy
from .commands import checked, taking_part
from .model import COMMENT, LARGEST_ID, REASON_LENGTH, Comment, Outcome, Report, Subject

REPORTS_AN_HOUR = 20


def report(
    session: Session,
    actor: Actor,
    subject: Subject,
    reason: str,
    now: datetime,
    author_id: int | None = None,
) -> bool:
    """Ask the editors to look at ``subject``; is that a new request? ``author_id`` wrote it (known for a comment).

    Who reports the same again gives another reason; what was settled is then open again. Raises Refused (also for
    one's own things), NotFound (no such comment), Invalid (``reason``), TooMany.
    """
    reporter = taking_part(session, actor)
    if subject.kind == COMMENT:
        author_id = _author(session, subject.id)
    if not policy.may_report(actor, author_id):
        raise Refused
    reason = checked(reason, "reason", REASON_LENGTH)
    own = select(Report).where(
        Report.subject == subject.kind, Report.subject_id == subject.id, Report.reporter_id == reporter
    )
    found = session.scalar(own.with_for_update())
    if found and found.settled_at is None:
        found.reason = reason
        session.flush()
        return False
    lately = select(func.count()).where(Report.reporter_id == reporter, Report.created_at > now - timedelta(hours=1))
    if (session.scalar(lately) or 0) >= REPORTS_AN_HOUR:
        raise TooMany(3600)
    if found is None:
        found = Report(subject=subject.kind, subject_id=subject.id, reporter_id=reporter)
        session.add(found)
    found.reason, found.created_at = reason, now
    found.settled_at = found.settled_by = found.outcome = None
    session.flush()
    return True


def settle(session: Session, actor: Actor, subject: Subject, outcome: Outcome, now: datetime) -> int:
    """Say what was decided on all that was reported of ``subject``; the number of reports. Raises Refused."""
    if not policy.may_moderate(actor):
        raise Refused
    settled = (
        update(Report)
        .where(Report.subject == subject.kind, Report.subject_id == subject.id, Report.settled_at.is_(None))
        .values(settled_at=now, settled_by=actor.id, outcome=outcome)
        .returning(Report.id)
    )
    return len(session.execute(settled).all())


def _author(session: Session, comment_id: int) -> int:
    comment = session.get(Comment, comment_id) if 0 < comment_id <= LARGEST_ID else None
    if comment is None or comment.deleted_at is not None:
        raise NotFound
    return comment.author_id
