"""What a person is told: notices in the site, and how each kind reaches them by mail."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from ..core.db import Base


class About(StrEnum):
    """The kinds of notices; each person chooses for each how it is mailed."""

    THANKED = "thanked"
    COMMENTED = "commented"
    MENTIONED = "mentioned"
    REACTED = "reacted"
    PUBLISHED = "published"
    DECLINED = "declined"
    ASKED = "asked"
    DIGEST = "digest"
    SURVEY = "survey"
    ACTION = "action"


class Mailing(StrEnum):
    """When a kind of notice is mailed."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


class Notice(Base):
    """Something that a person is told. While unread, more of the same about the same gathers in one (``gathered``).

    ``details`` hold what its words need: names, a title. ``address`` is where it leads, within the site.
    """

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_person", "person_id", "at", "id"),
        Index("ix_notice_subject", "subject", "subject_id"),
        # What gathers finds its notice here; two at once can't both begin one.
        Index(
            "uq_notice_gathering",
            "person_id",
            "about",
            "subject",
            "subject_id",
            unique=True,
            sqlite_where=text("gathering"),
            postgresql_where=text("gathering"),
        ),
        # Asked for by every page, for the bell.
        Index(
            "ix_notice_unread",
            "person_id",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
        Index(
            "ix_notice_unmailed",
            "person_id",
            "mail_due_at",
            sqlite_where=text("mail_due_at IS NOT NULL"),
            postgresql_where=text("mail_due_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    about: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[int]
    details: Mapped[dict[str, Any]]
    address: Mapped[str] = mapped_column(String(300))
    gathering: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    mail_due_at: Mapped[datetime | None]
    """When it is to be mailed; None once that is done, or when it is not to be."""


class MailChoice(Base):
    """How one person wants one kind of notice mailed, where they said so."""

    __tablename__ = "mail_choice"
    __table_args__ = (CheckConstraint("mailing IN ('at_once', 'daily', 'weekly', 'never')", name="known_mailing"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    about: Mapped[str] = mapped_column(String(16), primary_key=True)
    mailing: Mapped[str] = mapped_column(String(16))


class DigestSent(Base):
    """The last weekly digest that a person was sent, or that was looked at and found empty: its week's Monday."""

    __tablename__ = "digest_sent"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    week: Mapped[str] = mapped_column(String(10))
