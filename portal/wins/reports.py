"""What editors decide on what was reported: a win, or a comment on one."""

from datetime import datetime

from sqlalchemy.orm import Session

from .. import discussion
from ..core.errors import Conflict, NotFound
from ..core.permissions import Actor
from ..discussion import Outcome, Subject
from . import posting
from .model import Step


def settle(session: Session, editor: Actor, subject: Subject, outcome: Outcome, now: datetime) -> None:
    """Keep what was reported, or (a comment) remove it; a win goes with a reason, by `posting.decline`.

    Raises Refused, NotFound, and Conflict when another editor was faster or nobody ever reported it.
    """
    comment = discussion.comment(session, subject.id) if subject.kind == discussion.COMMENT else None
    if (subject.kind == discussion.COMMENT) != (comment is not None):
        raise NotFound
    if outcome == Outcome.REMOVED and comment is None:
        raise NotFound
    win_id = comment.subject_id if comment else subject.id
    if outcome == Outcome.REMOVED and comment and comment.deleted_at is None:
        discussion.delete_comment(session, editor, comment.id, now)
        posting.forget_comment(session, win_id, comment.id)
    if not discussion.settle(session, editor, subject, outcome, now) and outcome == Outcome.KEPT:
        raise Conflict
    step = Step.COMMENT_REMOVED if outcome == Outcome.REMOVED else Step.REPORT_DISMISSED
    posting.note(session, editor, win_id, step, now)
