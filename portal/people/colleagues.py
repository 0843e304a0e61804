"""What the rest of the portal asks about people: who they are to each other, never how they sign in."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from ..core import versions
from .model import NAMES, Person, Team, TeamName
from .queries import names, team_paths

SUGGESTED = 8


@dataclass(frozen=True)
class Colleague:
    """A person as colleagues see them; ``team`` is the path from the company down."""

    id: int
    name: str
    team: str


@dataclass(frozen=True)
class Called:
    """A person with what they can be called by."""

    id: int
    name: str
    email: str


def colleague(session: Session, person_id: int, locale: str) -> Colleague | None:
    """One colleague, also one who has left: what they shared stays theirs."""
    found = session.get(Person, person_id)
    return _colleagues(session, [found], locale)[0] if found else None


def colleagues(session: Session, ids: Iterable[int], locale: str) -> tuple[Colleague, ...]:
    """Those of ``ids`` who work here, by name."""
    wanted = select(Person).where(Person.id.in_(set(ids)), Person.deactivated_at.is_(None)).order_by(Person.search_text)
    return _colleagues(session, session.scalars(wanted), locale)


def suggested(session: Session, text: str, locale: str, but: int | None = None) -> tuple[Colleague, ...]:
    """People who work here and whose name or e-mail holds every word of ``text``; the first few by name."""
    words = text.replace("\0", "").casefold().split()[:8]
    if not words:
        return ()
    wanted = select(Person).where(Person.deactivated_at.is_(None), Person.id != but)
    for word in words:
        wanted = wanted.where(Person.search_text.contains(word, autoescape=True))
    return _colleagues(session, session.scalars(wanted.order_by(Person.search_text).limit(SUGGESTED)), locale)


def called(session: Session, names: AbstractSet[str], emails: AbstractSet[str]) -> tuple[Called, ...]:
    """Those who work here and have one of these full names, as written, or of these e-mail addresses (lower case)."""
    wanted = select(Person.id, Person.name, Person.email).where(
        or_(Person.name.in_(names), Person.email.in_(emails)), Person.deactivated_at.is_(None)
    )
    return tuple(Called(*row) for row in session.execute(wanted))


def names_version(session: Session) -> int:
    """A number that changes whenever a person or a team is called otherwise."""
    return versions.current(session, NAMES)


def team_of(session: Session, person_id: int) -> int | None:
    """The id of a person's team."""
    return session.scalar(select(Person.team_id).where(Person.id == person_id))


def headed_team(session: Session, person_id: int) -> int | None:
    """The id of the team that this person leads, with all below it; None when they lead none or have left."""
    wanted = select(Person.team_id).where(
        Person.id == person_id, Person.heads_team, Person.deactivated_at.is_(None), Person.team_id.is_not(None)
    )
    return session.scalar(wanted)


def team_and_below(session: Session, team_id: int) -> tuple[int, ...]:
    """A team and all teams below it; empty when there is none of that id."""
    parents: dict[int | None, list[int]] = {}
    known = set()
    for own, parent in session.execute(select(Team.id, Team.parent_id)):
        parents.setdefault(parent, []).append(own)
        known.add(own)
    found = [team_id] if team_id in known else []
    for one in found:  # Grows as it goes.
        found += parents.get(one, [])
    return tuple(found)


def team_ancestry(session: Session) -> dict[int, tuple[int, ...]]:
    """For each team itself and all teams above it, up to the company."""
    parents = dict(session.execute(select(Team.id, Team.parent_id)).all())

    def upwards(team_id: int) -> tuple[int, ...]:
        parent = parents[team_id]
        return (team_id, *(upwards(parent) if parent else ()))

    return {team_id: upwards(team_id) for team_id in parents}


def staffed_teams(session: Session) -> set[int]:
    """The teams in which somebody works, not counting the teams below them."""
    wanted = select(Person.team_id).where(Person.deactivated_at.is_(None), Person.team_id.is_not(None))
    return {team_id for team_id in session.scalars(wanted.distinct()) if team_id is not None}


def team_sizes(session: Session) -> dict[int | None, int]:
    """How many work in each team, not counting the teams below it; those without a team are under None."""
    wanted = select(Person.team_id, func.count()).where(Person.deactivated_at.is_(None)).group_by(Person.team_id)
    return dict(session.execute(wanted).all())


def team_names(session: Session, ids: Iterable[int], locale: str) -> dict[int, str]:
    """What some teams are called in ``locale``, without the teams above them."""
    wanted = set(ids)
    own = dict(session.execute(select(Team.id, Team.name).where(Team.id.in_(wanted))).all())
    called = select(TeamName.team_id, TeamName.name).where(TeamName.team_id.in_(wanted), TeamName.locale == locale)
    return own | dict(session.execute(called).all())


def _colleagues(session: Session, found: Iterable[Person], locale: str) -> tuple[Colleague, ...]:
    paths = team_paths(session, locale)
    return tuple(Colleague(person.id, person.name, paths.get(person.team_id or 0, "")) for person in found)


__all__ = [
    "Called",
    "Colleague",
    "called",
    "colleague",
    "colleagues",
    "headed_team",
    "names",
    "staffed_teams",
    "suggested",
    "team_ancestry",
    "team_and_below",
    "team_names",
    "team_of",
    "team_paths",
    "team_sizes",
]
