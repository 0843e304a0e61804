"""What people say to what others wrote: comments, reactions and reports, on any subject.

A subject is a kind (``win``, ``comment``) and a number. Who may see it is for the domain that it belongs to.
"""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..core.db import Base

COMMENT = "comment"
"""What reactions, reports and notices call a comment when it is their subject."""

LARGEST_ID = 2**31 - 1
"""No id is larger: neither database can be asked for one that is."""
COMMENT_LENGTH = 4_000
REASON_LENGTH = 500
WRITTEN_LENGTH = 254
"""The longest that stands after an @: an e-mail address."""


class Subject(NamedTuple):
    """What people talk about: its kind (``win``, ``comment``) and its number."""

    kind: str
    id: int


class Cheer(StrEnum):
    """The reactions there are; a person may give one of each."""

    BRAVO = "bravo"
    THANKS = "thanks"
    LEARNED = "learned"


class Outcome(StrEnum):
    """What an editor decided on what was reported."""

    KEPT = "kept"
    REMOVED = "removed"


class Comment(Base):
    """A comment, or an answer to one (``parent_id``; an answer has no answers). A deleted one keeps its place."""

    __tablename__ = "comment"
    __table_args__ = (
        Index("ix_comment_subject", "subject", "subject_id", "id"),
        CheckConstraint("parent_id <> id", name="not_its_own_parent"),
        # SQLite gives a deleted row's number away again; reactions and reports would then be about another comment.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[int]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]


Index("ix_comment_author", Comment.author_id, Comment.created_at)


class Mention(Base):
    """A person named in a comment with @, as ``written`` there: they may be called otherwise by now."""

    __tablename__ = "mention"

    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True)
    written: Mapped[str] = mapped_column(String(WRITTEN_LENGTH), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)


class Reaction(Base):
    """One person's reaction of one kind to one subject."""

    __tablename__ = "reaction"
    __table_args__ = (CheckConstraint("kind IN ('bravo', 'thanks', 'learned')", name="known_kind"),)

    subject: Mapped[str] = mapped_column(String(16), primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)
    created_at: Mapped[datetime]


class Report(Base):
    """Somebody asks the editors to look at a subject; once a person and subject."""

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("subject", "subject_id", "reporter_id"),
        CheckConstraint("(settled_at IS NULL) = (outcome IS NULL)", name="settled_with_outcome"),
        CheckConstraint("outcome IN ('kept', 'removed')", name="known_outcome"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[int]
    reporter_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH))
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None] = mapped_column(index=True)
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    outcome: Mapped[str | None] = mapped_column(String(16))
