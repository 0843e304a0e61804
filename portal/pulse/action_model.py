"""What is promised after a survey, and what became of it: "you said, we did"."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ..core.db import Base

ACTION = "action"
"""What notices call a promised action."""
PROMISE_LENGTH = 600
NOTE_LENGTH = 1_000


class Progress(StrEnum):
    """How far a promised action is."""

    PROMISED = "promised"
    BEGUN = "begun"
    DONE = "done"
    DROPPED = "dropped"


class Action(Base):
    """Something promised after a survey ("you said, we did"), for one unit and a driver or a question of it."""

    __tablename__ = "pulse_action"
    __table_args__ = (
        CheckConstraint("progress IN ('promised', 'begun', 'done', 'dropped')", name="known_progress"),
        ForeignKeyConstraint(
            ["survey_id", "unit"], ["survey_unit.survey_id", "survey_unit.number"], ondelete="CASCADE"
        ),
        Index("ix_pulse_action_survey", "survey_id", "unit"),
        Index("ix_pulse_action_owner", "owner_id", "progress"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"))
    unit: Mapped[int]
    driver: Mapped[str | None] = mapped_column(String(16))
    question: Mapped[int | None]
    said: Mapped[dict[str, Any]]
    """What people said, in HR's or the manager's words, by language."""
    promise: Mapped[dict[str, Any]]
    """What is done about it, by language."""
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    due_on: Mapped[date]
    progress: Mapped[str] = mapped_column(String(16), default=Progress.PROMISED)
    version: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    reminded_on: Mapped[date | None]
    """The day on which its owner was last reminded of it."""


class ActionNote(Base):
    """A word on how an action goes, public as the action is; ``progress`` is how far it was from then on."""

    __tablename__ = "pulse_action_note"
    __table_args__ = (Index("ix_pulse_action_note_action", "action_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("pulse_action.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    locale: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(String(NOTE_LENGTH))
    progress: Mapped[str] = mapped_column(String(16))
    on: Mapped[date]
    at: Mapped[datetime]
