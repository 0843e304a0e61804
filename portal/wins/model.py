"""Wins: what staff did for a customer, told by themselves.

What readers see stands in a win's current revision; what its author is writing, before it is first posted and
whenever they change it later, stands in its draft, and only its author and nobody else sees that.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from ..core.db import Base

WIN = "win"
"""What discussion, notices and the index call a win."""
WINS = "wins"
"""The subject of `core.versions` that changes whenever a published win does."""

TITLE_LENGTH = 160
STORY_LENGTH = 20_000
ANSWER_LENGTH = 6_000
REASON_LENGTH = 1_000
MOST_THANKED = 20
MOST_PRINCIPLES = 8
MOST_PICTURES = 4


class State(StrEnum):
    """Where a win is on its way; see `policy` for who may take it where."""

    DRAFT = "draft"
    WAITING = "waiting"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"


class Step(StrEnum):
    """What happened to a win, for its audit trail."""

    SUBMITTED = "submitted"
    PUBLISHED = "published"
    EDITED = "edited"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    UNTHANKED = "unthanked"
    REPORT_DISMISSED = "report-dismissed"
    COMMENT_REMOVED = "comment-removed"
    CONSENT_ASKED = "consent-asked"
    CONSENT_GIVEN = "consent-given"
    CONSENT_REFUSED = "consent-refused"
    PROMOTED = "promoted"
    WEBHOOK_GIVEN_UP = "webhook-given-up"


class Win(Base):
    """A win. ``current`` is the number of the revision that readers see (0: none yet), ``pending`` of one that waits.

    ``team_id`` is the author's team when it was posted: wins stay with the team in which they happened.
    """

    __tablename__ = "win"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'waiting', 'published', 'withdrawn', 'declined')", name="known_state"),
        CheckConstraint("(state = 'published') <= (published_at IS NOT NULL)", name="published_when"),
        CheckConstraint("(state = 'published') <= (current > 0)", name="published_has_text"),
        CheckConstraint("(state = 'waiting') <= (pending IS NOT NULL)", name="waiting_has_text"),
        # The feed, and each of its filters, in the feed's order.
        *(
            Index(
                name,
                *columns,
                "published_at",
                "id",
                sqlite_where=text("state = 'published'"),
                postgresql_where=text("state = 'published'"),
            )
            for name, columns in (
                ("ix_win_feed", ()),
                ("ix_win_feed_author", ("author_id",)),
                ("ix_win_feed_team", ("team_id",)),
                ("ix_win_feed_locale", ("locale",)),
            )
        ),
        Index("ix_win_author", "author_id", "state"),
        Index(
            "ix_win_pending",
            "submitted_at",
            "id",
            sqlite_where=text("pending IS NOT NULL"),
            postgresql_where=text("pending IS NOT NULL"),
        ),
        # A number is never used again: another window may still save a draft that was thrown away in this one.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="SET NULL"))
    state: Mapped[str] = mapped_column(String(16), default=State.DRAFT)
    locale: Mapped[str] = mapped_column(String(16))
    current: Mapped[int] = mapped_column(default=0)
    pending: Mapped[int | None]
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    edited_at: Mapped[datetime | None]


class WinRevision(Base):
    """One state of a win, never changed, with its HTML as `core.markup` made it.

    ``facts`` are what stands in `WinPrinciple`, `WinThanks` and `WinPicture` while it is the current one: lists of ids
    under ``principles`` and ``thanked``, and of {"id", "alt"} under ``pictures``.
    """

    __tablename__ = "win_revision"

    win_id: Mapped[int] = mapped_column(ForeignKey("win.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    locale: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    markdown: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class WinPrinciple(Base):
    """A principle that a win lives; that the page is one, the database sees to."""

    __tablename__ = "win_principle"
    __table_args__ = (
        CheckConstraint("kind = 'principle'", name="a_principle"),
        ForeignKeyConstraint(["page_id", "kind"], ["page.id", "page.kind"], ondelete="CASCADE"),
        Index("ix_win_principle_page", "page_id", "win_id"),
    )

    win_id: Mapped[int] = mapped_column(ForeignKey("win.id", ondelete="CASCADE"), primary_key=True)
    page_id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), default="principle")


class WinThanks(Base):
    """A colleague whom a win thanks; one who took themselves off stays off."""

    __tablename__ = "win_thanks"
    __table_args__ = (Index("ix_win_thanks_person", "person_id", "win_id"),)

    win_id: Mapped[int] = mapped_column(ForeignKey("win.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    declined_at: Mapped[datetime | None]


class WinPicture(Base):
    """A picture that readers of a win see, with the words for those who don't."""

    __tablename__ = "win_picture"
    __table_args__ = (UniqueConstraint("win_id", "position"),)

    win_id: Mapped[int] = mapped_column(ForeignKey("win.id", ondelete="CASCADE"), primary_key=True)
    picture_id: Mapped[int] = mapped_column(ForeignKey("picture.id"), primary_key=True, index=True)
    position: Mapped[int]
    alt: Mapped[str] = mapped_column(String(300))


class WinDraft(Base):
    """What the author is writing. ``version`` goes up with each save: two tabs can't overwrite each other unseen.

    ``answers`` are those to the three guided questions (need, did, outcome) when ``guided``; else ``markdown`` counts.
    ``thanked`` and ``principles`` are lists of ids, ``pictures`` a list of {"id", "alt"}.
    """

    __tablename__ = "win_draft"

    win_id: Mapped[int] = mapped_column(ForeignKey("win.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH), default="")
    guided: Mapped[bool]
    markdown: Mapped[str] = mapped_column(Text, default="")
    answers: Mapped[dict[str, Any]]
    locale: Mapped[str] = mapped_column(String(16))
    thanked: Mapped[list[Any]]
    principles: Mapped[list[Any]]
    pictures: Mapped[list[Any]]
    saved_at: Mapped[datetime] = mapped_column(index=True)


class WinStep(Base):
    """One step in a win's life, for the audit trail; without an actor, the portal itself took it."""

    __tablename__ = "win_step"
    __table_args__ = (Index("ix_win_step_win", "win_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    win_id: Mapped[int] = mapped_column(ForeignKey("win.id", ondelete="CASCADE"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    step: Mapped[str] = mapped_column(String(24))
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    at: Mapped[datetime]


class Promotion(Base):
    """A win on its way to a case story: what its author says to that, the story's draft, its page once there is one."""

    __tablename__ = "promotion"
    __table_args__ = (CheckConstraint("consent IN ('asked', 'named', 'anonymous', 'refused')", name="known_consent"),)

    win_id: Mapped[int] = mapped_column(ForeignKey("win.id", ondelete="CASCADE"), primary_key=True)
    editor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    consent: Mapped[str] = mapped_column(String(16))
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("page_draft.id", ondelete="SET NULL"), unique=True)
    page_id: Mapped[int | None] = mapped_column(ForeignKey("page.id", ondelete="SET NULL"), index=True)
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class FeedKey(Base):
    """The digest of the secret in a person's own feed address; a new one ends the old."""

    __tablename__ = "feed_key"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
