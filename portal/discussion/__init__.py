"""Comments, reactions and reports, on any subject."""

from .commands import Added, CommentConflict, add_comment, delete_comment, edit_comment, react
from .model import COMMENT, COMMENT_LENGTH, REASON_LENGTH, Cheer, Outcome, Subject
from .queries import (
    Cheerer,
    Cheers,
    CommentView,
    Reason,
    Reported,
    Thread,
    cheers,
    comment,
    comment_counts,
    comments,
    open_report_count,
    open_reports,
    thread,
    who_cheered,
)
from .reporting import report, settle
from .words import CHEER_NAMES

Comment = CommentView

__all__ = [
    "CHEER_NAMES",
    "COMMENT",
    "COMMENT_LENGTH",
    "REASON_LENGTH",
    "Added",
    "Cheer",
    "Cheerer",
    "Cheers",
    "Comment",
    "CommentConflict",
    "CommentView",
    "Outcome",
    "Reason",
    "Reported",
    "Subject",
    "Thread",
    "add_comment",
    "cheers",
    "comment",
    "comment_counts",
    "comments",
    "delete_comment",
    "edit_comment",
    "open_report_count",
    "open_reports",
    "react",
    "report",
    "settle",
    "thread",
    "who_cheered",
]
