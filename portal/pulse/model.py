"""Morale surveys: what is asked, of whom, who was handed a ballot, what the ballots say, and what came of it.

A person and their answers never meet here. `Turnout` holds who was handed a ballot, `Ballot` what was answered; they
share neither key nor time nor order, and are never written in one transaction (docs/decisions/0011).
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from ..core.db import Base

SURVEY = "survey"
"""What notices call a survey."""
TITLE_LENGTH = 160
INTRO_LENGTH = 2_000
QUESTION_LENGTH = 300
CHOICE_LENGTH = 120
COMMENT_LENGTH = 1_000
"""A comment's longest length in UTF-16 units, as browsers count ``maxlength``."""
MOST_QUESTIONS = 60
MOST_CHOICES = 12
LEAST_SCORES = 3
"""No setting publishes scores of fewer answers."""
LEAST_COMMENTS = 5
"""No setting publishes comments where fewer answered in words."""


class State(StrEnum):
    """Where a survey is on its way. From ``open`` on, nothing of what was promised to those asked can be changed."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    OPEN = "open"
    COUNTING = "counting"
    """Closed: no ballot is taken any more; the results are being made."""
    CLOSED = "closed"


class Kind(StrEnum):
    """The kinds of questions."""

    AGREE = "agree"
    """From 1, strongly disagree, to 5, strongly agree."""
    SCALE = "scale"
    """From 0 to 10."""
    SINGLE = "single"
    SEVERAL = "several"
    TEXT = "text"


class Driver(StrEnum):
    """What morale is made of here; every question of the bank belongs to one."""

    PRIDE = "pride"
    AUTHORITY = "authority"
    MANAGER = "manager"
    VALUED = "valued"
    TRAINING = "training"
    VOICE = "voice"
    TOOLS = "tools"
    LOAD = "load"
    EXAMPLE = "example"
    PRODUCT = "product"
    RECOMMEND = "recommend"


class Step(StrEnum):
    """What is told to those asked, each once."""

    INVITATION = "invitation"
    REMINDER = "reminder"
    LAST_REMINDER = "last-reminder"
    RESULTS = "results"


class Series(Base):
    """A recurring pulse: when it comes back, whom and what it asks.

    ``next_on`` is the day, in the company's time zone, on which the next wave opens at ``hour``. ``keys`` are those of
    the bank's questions that it draws on (empty: all), ``audience`` ids of teams (empty: everybody). With ``parts``
    over 1, each person is asked one part of a wave's questions, which part being drawn with the ballot.
    """

    __tablename__ = "pulse_series"
    __table_args__ = (
        CheckConstraint("every IN ('week', 'fortnight', 'month', 'quarter')", name="known_interval"),
        CheckConstraint("of_month BETWEEN 1 AND 31", name="known_day"),
        CheckConstraint("hour BETWEEN 0 AND 23", name="known_hour"),
        CheckConstraint("days_open BETWEEN 1 AND 60", name="known_days"),
        CheckConstraint("questions BETWEEN 1 AND 5", name="at_most_five"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    texts: Mapped[dict[str, Any]]
    """By language, {"title", "intro"}."""
    every: Mapped[str] = mapped_column(String(16))
    next_on: Mapped[date]
    of_month: Mapped[int]
    """The day of the month that waves keep to, of which shorter months have their last."""
    hour: Mapped[int]
    days_open: Mapped[int]
    questions: Mapped[int]
    keys: Mapped[list[Any]]
    audience: Mapped[list[Any]]
    comment: Mapped[bool]
    """Does each wave end with a question to be answered in words, one of the five?"""
    active: Mapped[bool]
    version: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]


class Survey(Base):
    """A survey, or one wave of a series.

    ``least_scores`` and ``least_comments`` (k) are settled at opening, with ``invited`` (N) and the cohorts.
    ``version`` goes up with each change of a draft: two tabs can't overwrite each other unseen.
    """

    __tablename__ = "survey"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'scheduled', 'open', 'counting', 'closed')", name="known_state"),
        CheckConstraint("closes_at > opens_at", name="closes_after_it_opens"),
        CheckConstraint("(state = 'draft') OR (opens_at IS NOT NULL AND closes_at IS NOT NULL)", name="has_dates"),
        CheckConstraint(
            "(state IN ('draft', 'scheduled')) OR "
            "(opened_at IS NOT NULL AND least_scores >= 3 AND least_comments >= 5)",
            name="settled_when_open",
        ),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_when"),
        CheckConstraint("published_at IS NULL OR state = 'closed'", name="published_after_close"),
        CheckConstraint("parts BETWEEN 1 AND 12", name="known_parts"),
        Index("ix_survey_state", "state", "opens_at"),
        Index("ix_survey_series", "series_id", "opened_at"),
        # A number is never used again: a token or a link of a thrown-away draft must not fit another survey.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int | None] = mapped_column(ForeignKey("pulse_series.id", ondelete="SET NULL"))
    texts: Mapped[dict[str, Any]]
    """By language, {"title", "intro"}."""
    state: Mapped[str] = mapped_column(String(16), default=State.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    audience: Mapped[list[Any]]
    """Ids of teams, each with all below it; empty: everybody."""
    parts: Mapped[int] = mapped_column(default=1)
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    reminders: Mapped[list[Any]]
    """How many days after opening those without a ballot are reminded; at most two."""
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    held_back: Mapped[str | None] = mapped_column(String(32))
    """Why a scheduled survey did not open when it was due, or could not be counted: see `life.Held`."""
    invited: Mapped[int] = mapped_column(default=0)
    least_scores: Mapped[int | None]
    least_comments: Mapped[int | None]
    box: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    """The public key to which answers are sealed while the survey is open; a file outside the database opens them."""
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]


class SurveyQuestion(Base):
    """A question as one survey asks it; its words are the survey's own, so that no later change touches them.

    ``key`` is what waves are compared by: the bank's, or one made for an own question. ``part``: 0 is asked of all,
    others of those who drew that part. With ``reverse``, disagreeing is favourable.
    """

    __tablename__ = "survey_question"
    __table_args__ = (
        CheckConstraint("kind IN ('agree', 'scale', 'single', 'several', 'text')", name="known_kind"),
        CheckConstraint("NOT reverse OR kind = 'agree'", name="only_agreement_is_reversed"),
    )

    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int]
    key: Mapped[str] = mapped_column(String(40))
    driver: Mapped[str | None] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(16))
    reverse: Mapped[bool] = mapped_column(default=False)
    not_applicable: Mapped[bool] = mapped_column(default=True)
    part: Mapped[int] = mapped_column(default=0)
    texts: Mapped[dict[str, Any]]
    """By language, {"text", "choices": [...]}."""


class SurveyUnit(Base):
    """A unit of the team tree as it was when the survey opened; unit 0 is all who were asked.

    ``invited`` counts those of the unit and all below it. ``cohort``: is it the cohort of some ballots, being the
    smallest unit with at least k invited for somebody?
    """

    __tablename__ = "survey_unit"

    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    parent: Mapped[int | None]
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="SET NULL"), index=True)
    names: Mapped[dict[str, Any]]
    """What it was called, by language; the company's own under ``""``. Empty for unit 0."""
    invited: Mapped[int]
    cohort: Mapped[bool]


class Invitation(Base):
    """Somebody who is asked, and the cohort that their ballot would count in; settled when the survey opens."""

    __tablename__ = "survey_invitation"
    __table_args__ = (
        ForeignKeyConstraint(
            ["survey_id", "unit"], ["survey_unit.survey_id", "survey_unit.number"], ondelete="CASCADE"
        ),
        Index("ix_survey_invitation_person", "person_id", "survey_id"),
        {"sqlite_with_rowid": False},
    )

    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    unit: Mapped[int]


class Turnout(Base):
    """Somebody was handed a ballot: no time, no number, nothing that any ballot knows."""

    __tablename__ = "turnout"
    __table_args__ = ({"sqlite_with_rowid": False},)  # A hidden rowid would keep the order of arrival.

    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)


class Ballot(Base):
    """Answers: no person, no time, no sequence.

    While the survey is open, ``key`` is the hash of the token with which it was cast, and ``answers`` are sealed to
    the survey's `box`, all of one length. When it is counted, every ballot is written anew under a random key, and
    ``answers`` are JSON, without cohort (``unit`` is 0) and words (see `casting.rewrite`).
    """

    __tablename__ = "ballot"
    __table_args__ = (
        ForeignKeyConstraint(
            ["survey_id", "unit"], ["survey_unit.survey_id", "survey_unit.number"], ondelete="CASCADE"
        ),
        {"sqlite_with_rowid": False},
    )

    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    unit: Mapped[int]
    answers: Mapped[bytes]


class Announcement(Base):
    """Something that the asked are told at ``due_at``: all up to the person ``told_to`` (by id) have been."""

    __tablename__ = "survey_announcement"
    __table_args__ = (Index("ix_survey_announcement_due", "done", "due_at"),)

    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"), primary_key=True)
    step: Mapped[str] = mapped_column(String(16), primary_key=True)
    due_at: Mapped[datetime]
    told_to: Mapped[int] = mapped_column(default=0)
    done: Mapped[bool] = mapped_column(default=False)


class Result(Base):
    """What may be known of one unit, as `disclosure` let it pass when the survey was counted; never changed.

    ``summary`` holds what lists, heat maps and trends show, ``details`` questions and comments (see `results`).
    """

    __tablename__ = "survey_result"
    __table_args__ = (
        ForeignKeyConstraint(
            ["survey_id", "unit"], ["survey_unit.survey_id", "survey_unit.number"], ondelete="CASCADE"
        ),
    )

    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"), primary_key=True)
    unit: Mapped[int] = mapped_column(primary_key=True)
    summary: Mapped[dict[str, Any]]
    details: Mapped[dict[str, Any]]
