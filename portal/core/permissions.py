"""One vocabulary of what people may do, and which role may do what."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar


class Can(StrEnum):
    """A thing that a person may or may not do; every route names one."""

    ENTER = "site:enter"
    USE = "site:use"
    READ_KNOWLEDGE = "knowledge:read"
    EDIT_KNOWLEDGE = "knowledge:edit"
    READ_WINS = "wins:read"
    SHARE_WINS = "wins:share"
    MODERATE = "wins:moderate"
    MANAGE_PEOPLE = "people:manage"
    ANSWER_SURVEYS = "pulse:answer"
    MANAGE_SURVEYS = "pulse:manage"


class Role(StrEnum):
    """What a person is here; one person may be several."""

    EMPLOYEE = "employee"
    EDITOR = "editor"
    HR = "hr"
    ADMIN = "admin"


ANYBODY = frozenset({Can.ENTER})
_EVERY_EMPLOYEE = ANYBODY | {Can.USE, Can.READ_KNOWLEDGE, Can.READ_WINS, Can.SHARE_WINS, Can.ANSWER_SURVEYS}
GRANTS: dict[Role, frozenset[Can]] = {
    Role.EMPLOYEE: _EVERY_EMPLOYEE,
    Role.EDITOR: _EVERY_EMPLOYEE | {Can.EDIT_KNOWLEDGE, Can.MODERATE},
    Role.HR: _EVERY_EMPLOYEE | {Can.MANAGE_SURVEYS},
    Role.ADMIN: _EVERY_EMPLOYEE | {Can.MANAGE_PEOPLE},
}


@dataclass(frozen=True)
class Actor:
    """Who acts, as the rest of the program sees them; ``stamp`` changes when their sessions must end."""

    id: int | None
    name: str
    email: str
    locale: str | None
    grants: frozenset[Can]
    stamp: str = ""

    def can(self, what: Can) -> bool:
        """May this person do ``what``?"""
        return what in self.grants

    # What Flask-Login asks of a user.
    @property
    def is_authenticated(self) -> bool:
        return self.id is not None

    @property
    def is_active(self) -> bool:
        return self.id is not None

    @property
    def is_anonymous(self) -> bool:
        return self.id is None

    def get_id(self) -> str:
        return f"{self.id}:{self.stamp}"


NOBODY = Actor(id=None, name="", email="", locale=None, grants=ANYBODY)
SYSTEM = Actor(id=None, name="", email="", locale=None, grants=frozenset(Can))
"""The administrator at the command line: may do all, signs nothing."""


def grants_of(roles: frozenset[Role]) -> frozenset[Can]:
    """All that the holder of ``roles`` may do."""
    return ANYBODY.union(*(GRANTS[role] for role in roles))


View = TypeVar("View", bound=Callable[..., object])


def allow(what: Can) -> Callable[[View], View]:
    """Declare the permission that a route needs; the application refuses to start when a route has none."""

    def declare(view: View) -> View:
        view.needs = what  # type: ignore[attr-defined]  # A mark for the guard; functions take attributes.
        return view

    return declare


def needed(view: object) -> Can | None:
    """The permission that ``view`` declares, or None."""
    return getattr(view, "needs", None)
