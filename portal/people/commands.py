"""What may happen to accounts."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..core import versions
from ..core.errors import Conflict, Invalid, NotFound, Refused
from ..core.locale import Text, available, lazy
from ..core.permissions import Actor, Role
from . import policy, queries
from .model import EMAIL_LENGTH, NAME_LENGTH, NAMES, Person, PersonRole, Team, TeamName, search_text

_EMAIL = re.compile(r"[^@\s<>\"',;:()\[\]\\]+@[^@\s<>\"',;:()\[\]\\.]+(\.[^@\s<>\"',;:()\[\]\\.]+)*")
DEEPEST = 8


class LastAdmin(Conflict):
    """The change would leave the site without an administrator."""

    message = lazy("This is the last administrator. Make somebody else one first.")


@dataclass(frozen=True)
class PersonValues:
    """What is entered of a person; ``team`` is a path of names from the company down, empty for none.

    ``heads``: do they lead that team, with all teams below it?
    """

    name: str
    email: str
    locale: str
    roles: frozenset[Role] = frozenset({Role.EMPLOYEE})
    team: tuple[str, ...] = ()
    heads: bool = False


def faults(values: PersonValues) -> dict[str, Text]:
    """What is wrong with ``values`` in itself, by field."""
    found: dict[str, Text] = {}
    if not values.name.strip() or len(values.name) > NAME_LENGTH or not values.name.isprintable():
        found["name"] = lazy("A name of at most %(max)d characters, please.", max=NAME_LENGTH)
    if len(values.email.lower()) > EMAIL_LENGTH or not _EMAIL.fullmatch(values.email) or not values.email.isprintable():
        found["email"] = lazy("This isn’t an e-mail address.")
    if values.locale not in available():
        found["locale"] = lazy("The portal doesn’t speak this language.")
    if not values.roles:
        found["roles"] = lazy("At least one role, please.")
    if len(values.team) > DEEPEST or not all(_is_team_name(name) for name in values.team):
        found["team"] = lazy("A team is a path such as Company / Department / Team.")
    if values.heads and not values.team:
        found["heads"] = lazy("Whoever leads a team is in one: please fill in which.")
    return found


def _is_team_name(name: str) -> bool:
    return 0 < len(name) <= NAME_LENGTH and name.isprintable()


def add_person(session: Session, actor: Actor, values: PersonValues, now: datetime) -> Person:
    """Add an account without a password (it is set through a welcome link, or with `set_password`).

    Raises Refused, Invalid (also when the e-mail address has an account).
    """
    if not policy.may_manage(actor):
        raise Refused
    email = values.email.strip().lower()
    wrong = faults(values)
    if "email" not in wrong and session.scalar(select(Person.id).where(Person.email == email)):
        wrong["email"] = lazy("There is an account with this address already.")
    if wrong:
        raise Invalid(wrong)
    person = Person(
        email=email,
        name=values.name.strip(),
        search_text=search_text(values.name.strip(), email),
        locale=values.locale,
        team_id=team_at(session, values.team),
        heads_team=values.heads,
        stamp=_new_stamp(),
        created_at=now,
        roles=[PersonRole(role=role) for role in sorted(values.roles)],
    )
    session.add(person)
    session.flush()
    return person


def change_person(
    session: Session, actor: Actor, person_id: int, values: PersonValues, *, active: bool, now: datetime
) -> None:
    """Change an account as an administrator; the person's sessions end when roles or state change.

    Raises Refused, NotFound, Invalid, LastAdmin.
    """
    if not policy.may_manage(actor):
        raise Refused
    # Two administrators who demote each other at once must not each find the other one still there.
    session.execute(queries.admins().order_by(Person.id).with_for_update(of=Person))
    person = _locked(session, person_id)
    email = values.email.strip().lower()
    wrong = faults(values)
    taken = select(Person.id).where(Person.email == email, Person.id != person_id)
    if "email" not in wrong and session.scalar(taken):
        wrong["email"] = lazy("There is an account with this address already.")
    if wrong:
        raise Invalid(wrong)
    if Role.ADMIN in person.role_set and policy.would_leave_no_admin(
        queries.other_admins(session, person_id), values.roles, active
    ):
        raise LastAdmin
    if values.roles != person.role_set or active != (person.deactivated_at is None):
        person.stamp = _new_stamp()
    if person.name != values.name.strip():
        versions.changed(session, NAMES)
    person.name, person.email, person.locale = values.name.strip(), email, values.locale
    person.search_text = search_text(person.name, email)
    person.team_id, person.heads_team = team_at(session, values.team), values.heads
    person.deactivated_at = None if active else person.deactivated_at or now
    kept = {row.role: row for row in person.roles}
    person.roles = [kept.get(role) or PersonRole(role=role) for role in sorted(values.roles)]


def change_profile(session: Session, actor: Actor, name: str, locale: str) -> None:
    """Change one's own name and language. Raises Invalid."""
    person = _locked(session, actor.id)
    wrong = faults(PersonValues(name=name, email=person.email, locale=locale))
    if wrong:
        raise Invalid(wrong)
    if person.name != name.strip():
        versions.changed(session, NAMES)
    person.name, person.locale = name.strip(), locale
    person.search_text = search_text(person.name, person.email)


def set_password(session: Session, person_id: int | None, password_hash: str, stamp: str | None = None) -> Actor:
    """Give an account a new password, which ends all its sessions; the actor for a new session.

    With ``stamp``, only while the account still has it: a welcome link works once. Raises NotFound.
    """
    person = _locked(session, person_id)
    if person.deactivated_at or (stamp is not None and not secrets.compare_digest(person.stamp, stamp)):
        raise NotFound
    person.password_hash = password_hash
    person.stamp = _new_stamp()
    session.flush()
    return queries.as_actor(person)


def new_welcome(session: Session, actor: Actor, person_id: int) -> Actor:
    """End an account's sessions and earlier links, so that a new welcome link can be made for it. Raises Refused."""
    if not policy.may_manage(actor):
        raise Refused
    person = _locked(session, person_id)
    person.stamp = _new_stamp()
    session.flush()
    return queries.as_actor(person)


def team_at(session: Session, path: tuple[str, ...]) -> int | None:
    """The id of the team at ``path``, made with all above it when it isn't there; None for an empty path."""
    parent: int | None = None
    for name in path:
        # SQLAlchemy says IS NULL for a parent of None.
        team = session.scalar(select(Team).where(Team.name == name, Team.parent_id == parent))
        if team is None:
            team = Team(name=name, parent_id=parent)
            session.add(team)
            session.flush()
        parent = team.id
    return parent


def name_teams(session: Session, actor: Actor, path: tuple[str, ...], locale: str, names: tuple[str, ...]) -> None:
    """Say what each team on ``path``, from the company down, is called in ``locale``.

    Raises Refused, Invalid (names that don't go with the path).
    """
    if not policy.may_manage(actor):
        raise Refused
    if len(names) != len(path) or not all(map(_is_team_name, names)):
        raise Invalid({f"team {locale}": lazy("It must name the same teams as the path in the company's language.")})
    for depth, name in enumerate(names, 1):
        team_id = team_at(session, path[:depth])
        session.merge(TeamName(team_id=team_id, locale=locale, name=name))
    versions.changed(session, NAMES)
    session.flush()


def _locked(session: Session, person_id: int | None) -> Person:
    person = session.get(Person, person_id, with_for_update=True) if person_id is not None else None
    if person is None:
        raise NotFound
    return person


def _new_stamp() -> str:
    return secrets.token_hex(16)
