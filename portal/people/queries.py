"""Reading people: who signs in, who works here, which teams there are."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, bindparam, func, select, tuple_
from sqlalchemy.orm import Session

from ..core.permissions import Actor, Role, grants_of
from .model import PATH_SEPARATOR, Person, PersonRole, Team, TeamName

PAGE = 50


@dataclass(frozen=True)
class Credentials:
    """What a sign-in is checked against."""

    actor: Actor
    password_hash: str | None


@dataclass(frozen=True)
class PersonRow:
    """A person as the administrator sees them; ``team`` is the path from the company down, which they may head."""

    id: int
    name: str
    email: str
    locale: str
    team: str
    roles: tuple[Role, ...]
    active: bool
    has_password: bool
    heads: bool


@dataclass(frozen=True)
class PeoplePage:
    """A stretch of the list of people, the number that match, and the key of the next stretch."""

    rows: tuple[PersonRow, ...]
    total: int
    after: int | None


# Every request asks this: one plain query, put together once, and not an object with its roles.
_SIGNED_IN = (
    select(Person.id, Person.name, Person.email, Person.locale, Person.stamp, PersonRole.role)
    .outerjoin(PersonRole, PersonRole.person_id == Person.id)
    .where(Person.id == bindparam("id"), Person.deactivated_at.is_(None))
)


def signed_in(session: Session, session_id: str) -> Actor | None:
    """The actor of a session id (``id:stamp``), or None when it has ended."""
    number, _, stamp = session_id.partition(":")
    if not number.isascii() or not number.isdigit():
        return None
    rows = session.execute(_SIGNED_IN, {"id": int(number)}).all()
    if not rows or not hmac.compare_digest(rows[0].stamp, stamp):
        return None
    person_id, name, email, locale, _, _ = rows[0]
    roles = frozenset(Role(row.role) for row in rows if row.role)
    return Actor(id=person_id, name=name, email=email, locale=locale, grants=grants_of(roles), stamp=stamp)


def credentials(session: Session, email: str) -> Credentials | None:
    """The active account of ``email``, to check a password against."""
    person = session.scalar(
        select(Person).where(Person.email == email.strip().lower(), Person.deactivated_at.is_(None))
    )
    return Credentials(as_actor(person), person.password_hash) if person else None


def actor_of(session: Session, person_id: int) -> Actor | None:
    """The person of that number as who acts, unless there is none or their account is closed."""
    found = session.get(Person, person_id)
    return as_actor(found) if found is not None and found.deactivated_at is None else None


def as_actor(person: Person) -> Actor:
    """The person as the rest of the program sees who acts."""
    return Actor(
        id=person.id,
        name=person.name,
        email=person.email,
        locale=person.locale,
        grants=grants_of(person.role_set),
        stamp=person.stamp,
    )


def person(session: Session, person_id: int, locale: str = "") -> PersonRow | None:
    """One person, their team as it is called in ``locale``, or None."""
    found = session.get(Person, person_id)
    return _row(found, team_paths(session, locale)) if found else None


def people(session: Session, search: str = "", after: int | None = None, locale: str = "") -> PeoplePage:
    """People whose name or e-mail holds every word of ``search``, by name, from the one after person ``after``.

    Their teams stand as they are called in ``locale``.
    """
    wanted = select(Person)
    for word in search.replace("\0", "").casefold().split()[:8]:  # PostgreSQL can't be asked for a NUL.
        wanted = wanted.where(Person.search_text.contains(word, autoescape=True))
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    last = session.get(Person, after) if after else None
    if last:
        wanted = wanted.where(tuple_(Person.search_text, Person.id) > (last.search_text, last.id))
    found = session.scalars(wanted.order_by(Person.search_text, Person.id).limit(PAGE + 1)).all()
    paths = team_paths(session, locale)
    more = found[PAGE - 1].id if len(found) > PAGE else None
    return PeoplePage(tuple(_row(row, paths) for row in found[:PAGE]), total, more)


def team_paths(session: Session, locale: str = "") -> dict[int, str]:
    """Every team's path by its id, in the order of the paths, with the names that teams have in ``locale``."""
    teams = {team.id: team for team in session.scalars(select(Team))}
    called = {row.team_id: row.name for row in session.scalars(select(TeamName).where(TeamName.locale == locale))}

    def path(team: Team) -> str:
        parent = teams.get(team.parent_id) if team.parent_id else None
        name = called.get(team.id, team.name)
        return f"{path(parent)}{PATH_SEPARATOR}{name}" if parent else name

    return dict(sorted(((team_id, path(team)) for team_id, team in teams.items()), key=lambda item: item[1].casefold()))


def names(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """The names of people by id."""
    return {row.id: row.name for row in session.execute(select(Person.id, Person.name).where(Person.id.in_(set(ids))))}


def admins() -> Select[int]:
    """The ids of all active administrators."""
    return select(Person.id).join(PersonRole).where(PersonRole.role == Role.ADMIN, Person.deactivated_at.is_(None))


def other_admins(session: Session, person_id: int) -> int:
    """How many active administrators there are besides this person."""
    others = admins().where(Person.id != person_id).subquery()
    return session.scalar(select(func.count()).select_from(others)) or 0


def _row(found: Person, paths: dict[int, str]) -> PersonRow:
    return PersonRow(
        id=found.id,
        name=found.name,
        email=found.email,
        locale=found.locale,
        team=paths.get(found.team_id or 0, ""),
        roles=tuple(role for role in Role if role in found.role_set),
        active=found.deactivated_at is None,
        has_password=found.password_hash is not None,
        heads=found.heads_team,
    )
