"""What people search for, counted without who, and what editors make of it.

A query that fewer than three different people searched stands in `SearchTally`, which has no room for its words. From
the third person on it is a `Term` that editors read. How that is told without keeping who: see docs/search.md.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..core.db import Base

SYNONYMS = "synonyms"
"""The subject of `core.versions` that changes whenever a synonym does."""
KEY_BYTES = 32
TEXT_LENGTH = 100
"""Characters of a term, and of each side of a synonym."""
MOST_WORDS = 6
"""Words of each side of a synonym."""
MOST_SYNONYMS = 5_000


class State(StrEnum):
    """What editors have done with a term."""

    OPEN = "open"
    SETTLED = "settled"
    ASIDE = "set-aside"


class How(StrEnum):
    """How a term was settled."""

    SYNONYM = "synonym"
    PAGE = "page"


class SearchTally(Base):
    """How often a query was searched that fewer than three people searched; ``key`` tells nobody which one it is.

    ``slots``: a bit for each of so many lots that people fall into, for each query anew (`tallying.SLOTS`). Nothing
    here is worth a place in a backup (`core.archive`).
    """

    __tablename__ = "search_tally"
    __table_args__ = (
        CheckConstraint("slots > 0", name="somebody"),
        {"sqlite_with_rowid": False},  # A hidden rowid would keep the order of arrival.
    )

    key: Mapped[bytes] = mapped_column(LargeBinary(KEY_BYTES), primary_key=True)
    slots: Mapped[int]
    searches: Mapped[int]
    in_vain: Mapped[int]
    opened: Mapped[int]
    last_on: Mapped[date] = mapped_column(index=True)


class Term(Base):
    """What three or more people searched for, in the words of one of them, and how often.

    ``in_vain``: when no page had all of it; ``opened``: when something was opened from the results. ``then_…`` is what
    stood there when it was settled or set aside, by ``settled_by`` at ``settled_at``.
    """

    __tablename__ = "search_term"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'settled', 'set-aside')", name="known_state"),
        CheckConstraint("how IS NULL OR how IN ('synonym', 'page')", name="known_way"),
        CheckConstraint("(state = 'settled') = (how IS NOT NULL)", name="settled_somehow"),
        CheckConstraint("(state = 'open') = (settled_at IS NULL)", name="settled_when"),
        Index("ix_search_term_state", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary(KEY_BYTES), unique=True)
    text: Mapped[str] = mapped_column(String(TEXT_LENGTH))
    locale: Mapped[str] = mapped_column(String(16))
    searches: Mapped[int]
    in_vain: Mapped[int]
    opened: Mapped[int]
    last_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(16), default=State.OPEN)
    how: Mapped[str | None] = mapped_column(String(16))
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    settled_at: Mapped[datetime | None]
    then_searches: Mapped[int] = mapped_column(default=0)
    then_in_vain: Mapped[int] = mapped_column(default=0)
    then_opened: Mapped[int] = mapped_column(default=0)
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("page_draft.id", ondelete="SET NULL"), index=True)
    page_id: Mapped[int | None] = mapped_column(ForeignKey("page.id", ondelete="SET NULL"), index=True)
    version: Mapped[int] = mapped_column(default=1)


class Synonym(Base):
    """Who searches for ``said`` is also given what answers ``means``; not the other way round."""

    __tablename__ = "synonym"
    __table_args__ = (UniqueConstraint("said", "means"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    said: Mapped[str] = mapped_column(String(TEXT_LENGTH))
    means: Mapped[str] = mapped_column(String(TEXT_LENGTH))
    term_id: Mapped[int | None] = mapped_column(ForeignKey("search_term.id", ondelete="SET NULL"), index=True)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
