"""To whom letters go: addresses, which colleagues are not shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ..core.permissions import GRANTS, Can, Role, grants_of
from .model import Person, PersonRole


@dataclass(frozen=True)
class Addressee:
    """Somebody who can be written to, and in which language."""

    id: int
    name: str
    email: str
    locale: str


@dataclass(frozen=True)
class Reader:
    """Somebody who can be written to, with what decides what they may be told."""

    person: Addressee
    team_id: int | None
    grants: frozenset[Can]


def addressees(session: Session, ids: Iterable[int]) -> dict[int, Addressee]:
    """Those of ``ids`` who work here, by id."""
    wanted = select(Person.id, Person.name, Person.email, Person.locale)
    found = session.execute(wanted.where(Person.id.in_(set(ids)), Person.deactivated_at.is_(None)))
    return {row.id: Addressee(row.id, row.name, row.email, row.locale) for row in found}


def readers(session: Session, ids: Iterable[int]) -> tuple[Reader, ...]:
    """Those of ``ids`` who work here, by id, with their teams and rights."""
    known = set(ids)
    working = addressees(session, known)
    teams = dict(session.execute(select(Person.id, Person.team_id).where(Person.id.in_(known))).all())
    roles: dict[int, set[Role]] = {}
    for row in session.scalars(select(PersonRole).where(PersonRole.person_id.in_(known))):
        roles.setdefault(row.person_id, set()).add(Role(row.role))
    return tuple(Reader(working[one], teams[one], grants_of(frozenset(roles.get(one, ())))) for one in sorted(working))


def working_since(moment: datetime) -> Select[int]:
    """The ids of all who work here and had an account before ``moment``."""
    return select(Person.id).where(Person.deactivated_at.is_(None), Person.created_at < moment)


def staff(session: Session) -> dict[int, int | None]:
    """All who work here, by id in its order, with the id of their team."""
    wanted = select(Person.id, Person.team_id).where(Person.deactivated_at.is_(None)).order_by(Person.id)
    return dict(session.execute(wanted).all())


def able(session: Session, what: Can) -> tuple[int, ...]:
    """The ids of all who work here and whose roles let them do ``what``."""
    roles = [role for role, grants in GRANTS.items() if what in grants]
    wanted = select(Person.id).join(PersonRole).where(PersonRole.role.in_(roles), Person.deactivated_at.is_(None))
    return tuple(session.scalars(wanted.distinct().order_by(Person.id)))
