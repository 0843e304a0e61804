"""People, their teams and roles."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..core.db import Base
from ..core.permissions import Role

NAME_LENGTH = 120
EMAIL_LENGTH = 254
SEARCH_LENGTH = 800
PATH_SEPARATOR = " / "
NAMES = "names"
"""The subject of `core.versions` that changes when a person or a team is called otherwise."""
LARGEST_ID = 2**31 - 1
"""No id is larger: neither database can be asked for one that is."""


class Team(Base):
    """A unit of the company; the one without a parent is the company itself."""

    __tablename__ = "team"
    __table_args__ = (
        UniqueConstraint("parent_id", "name"),
        # NULLs are distinct to a unique constraint; there must be one company of a name all the same.
        Index(
            "uq_team_root_name",
            "name",
            unique=True,
            sqlite_where=text("parent_id IS NULL"),
            postgresql_where=text("parent_id IS NULL"),
        ),
        CheckConstraint("parent_id <> id", name="not_its_own_parent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)


class TeamName(Base):
    """What a team is called in a language other than the company's own."""

    __tablename__ = "team_name"

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), primary_key=True)
    locale: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))


class Person(Base):
    """An account. ``stamp`` stands in the person's sessions and links; a new one ends them all."""

    __tablename__ = "person"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(EMAIL_LENGTH), unique=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH), index=True)
    search_text: Mapped[str] = mapped_column(String(SEARCH_LENGTH), index=True)
    locale: Mapped[str] = mapped_column(String(16))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    stamp: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime]
    deactivated_at: Mapped[datetime | None]
    heads_team: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Do they lead their team, with all teams below it?"""

    roles: Mapped[list["PersonRole"]] = relationship(cascade="all, delete-orphan", lazy="selectin")

    @property
    def role_set(self) -> frozenset[Role]:
        """The person's roles."""
        return frozenset(Role(row.role) for row in self.roles)


class PersonRole(Base):
    """One role of one person."""

    __tablename__ = "person_role"
    __table_args__ = (CheckConstraint("role IN ('employee', 'editor', 'hr', 'admin')", name="known_role"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(16), primary_key=True)


class SignInThrottle(Base):
    """Failed sign-ins of one subject (a keyed digest of an address or an account) in the present window."""

    __tablename__ = "sign_in_throttle"

    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    since: Mapped[datetime] = mapped_column(index=True)


def search_text(name: str, email: str) -> str:
    """What the list of people is searched and ordered by; databases fold other alphabets' case differently."""
    return f"{name} {email}".casefold()[:SEARCH_LENGTH]  # Folding can make a letter three.
