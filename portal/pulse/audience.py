"""Whom a survey would ask, and in which groups their answers would be counted, as the company is today."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from .. import people
from .cohorts import Division, divide


@dataclass(frozen=True)
class Branch:
    """A team with those below it. ``people`` work in it and below, ``invited`` of them would be asked.

    ``own``: would it have results of its own? If not, and somebody is asked, their answers count with the team called
    ``counts_with`` (empty: with all who are asked).
    """

    id: int
    name: str
    people: int
    chosen: bool
    invited: int
    own: bool
    counts_with: str
    below: tuple["Branch", ...]


@dataclass(frozen=True)
class Audience:
    """Whom a survey would ask. ``units`` have results of their own, ``small`` are too small for it, each topmost."""

    everybody: bool
    invited: int
    least: int
    without_team: int
    branches: tuple[Branch, ...]
    units: tuple[Branch, ...]
    small: tuple[Branch, ...]


def chosen_members(
    parents: Mapping[int, int | None], sizes: Mapping[int | None, int], teams: Sequence[int]
) -> dict[int | None, int]:
    """How many would be asked of each team itself, when ``teams`` with all below them are (none: everybody)."""
    if not teams:
        return dict(sizes)
    wanted = set(teams)

    def within(team: int | None) -> bool:
        while team is not None:
            if team in wanted:
                return True
            team = parents.get(team)
        return False

    return {team: size for team, size in sizes.items() if within(team)}


def topmost(above: Mapping[int, Sequence[int]], teams: Collection[int]) -> list[int]:
    """``teams`` without those below others of them, which are chosen with these.

    ``above``: for each team itself and those above it.
    """
    wanted = set(teams)
    return sorted(team for team in wanted if not wanted & set(above.get(team, ())[1:]))


def invited(session: Session, teams: Sequence[int]) -> int:
    """How many would be asked today."""
    return sum(chosen_members(team_parents(session), people.team_sizes(session), teams).values())


def foreseen(session: Session, teams: Sequence[int], least: int, locale: str) -> Audience:
    """Whom ``teams`` (none: everybody) would ask today, counted in groups of at least ``least`` (k).

    The same number of questions to the database for any company.
    """
    parents, sizes = team_parents(session), people.team_sizes(session)
    members = chosen_members(parents, sizes, teams)
    names = people.team_names(session, parents, locale)
    tree = _Tree(parents, sizes, members, names, frozenset(teams), divide(parents, members, least))
    tops = tree.below(None, "")
    return Audience(
        everybody=not teams,
        invited=sum(members.values()),
        least=least,
        without_team=members.get(None, 0),
        branches=tops,
        units=tuple(branch for branch in _flat(tops) if branch.own),
        small=tuple(_topmost_small(tops, asked=not teams)),
    )


@dataclass(frozen=True)
class _Tree:
    """What the branches are made of."""

    parents: Mapping[int, int | None]
    sizes: Mapping[int | None, int]
    members: Mapping[int | None, int]
    names: Mapping[int, str]
    chosen: frozenset[int]
    division: Division

    def below(self, above: int | None, counted_with: str) -> tuple[Branch, ...]:
        """The branches below a team, by name; ``counted_with`` is the nearest team above with results of its own."""
        children, people_in, asked_in = self._sums()
        units = {unit.team_id for unit in self.division.units}

        def made(team: int, counted_with: str) -> Branch:
            # A team that holds all who are asked is that group, also when another within it does too.
            whole = asked_in[team] == sum(self.members.values())
            own = asked_in[team] > 0 and (team in units or (whole and None not in units))
            name = self.names[team]
            under = tuple(made(child, name if own else counted_with) for child in children.get(team, ()))
            return Branch(team, name, people_in[team], team in self.chosen, asked_in[team], own, counted_with, under)

        return tuple(made(team, counted_with) for team in children.get(above, ()))

    def _sums(self) -> tuple[dict[int | None, list[int]], dict[int, int], dict[int, int]]:
        """The teams below each, by name, and how many work and are asked in each with all below it."""
        children: dict[int | None, list[int]] = {}
        people_in, asked_in = dict.fromkeys(self.parents, 0), dict.fromkeys(self.parents, 0)
        for team in sorted(self.parents, key=lambda one: (self.names[one].casefold(), one)):
            children.setdefault(self.parents[team], []).append(team)
            above: int | None = team
            while above is not None:
                people_in[above] += self.sizes.get(team, 0)
                asked_in[above] += self.members.get(team, 0)
                above = self.parents[above]
        return children, people_in, asked_in


def team_parents(session: Session) -> dict[int, int | None]:
    """For each team the one above it."""
    return {team: (path[1] if len(path) > 1 else None) for team, path in people.team_ancestry(session).items()}


def _flat(branches: Sequence[Branch]) -> list[Branch]:
    return [one for branch in branches for one in (branch, *_flat(branch.below))]


def _topmost_small(branches: Sequence[Branch], asked: bool) -> list[Branch]:
    """The teams that are too small, without those below them, for which it goes without saying.

    ``asked``: is all that these stand in asked? A team of which only some teams below are is not spoken of itself.
    """
    found: list[Branch] = []
    for branch in branches:
        if branch.invited and not branch.own and (asked or branch.chosen):
            found.append(branch)
        else:
            found += _topmost_small(branch.below, asked or branch.chosen)
    return found
