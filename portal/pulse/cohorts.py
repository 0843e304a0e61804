"""The units of the team tree that answers are counted in, settled when a survey opens. Pure.

A ballot belongs to the smallest unit with at least k people invited; smaller teams roll up (PULSE, "Disclosure
control").
"""

from collections.abc import Mapping
from dataclasses import dataclass

EVERYBODY = 0
"""The number of the unit that holds all who are asked."""


@dataclass(frozen=True)
class Unit:
    """A unit with at least k people invited, in it and below; only `EVERYBODY` has no ``parent``.

    ``cohort``: is it the smallest such unit for somebody?
    """

    number: int
    parent: int | None
    team_id: int | None
    invited: int
    cohort: bool


@dataclass(frozen=True)
class Division:
    """The units, parents first, and for each team in which somebody is invited the unit in which it counts.

    People without a team are under None.
    """

    units: tuple[Unit, ...]
    unit_of: Mapping[int | None, int]


def divide(parents: Mapping[int, int | None], members: Mapping[int | None, int], least: int) -> Division:
    """The cohorts of those invited.

    ``parents``: for each team the one above it; ``members``: how many are invited of each team itself (None: of no
    team), each at least 1; ``least``: k. A team that holds everybody is `EVERYBODY` itself.
    """
    totals: dict[int, int] = {}
    for team, count in members.items():
        for one in _upwards(parents, team):
            totals[one] = totals.get(one, 0) + count
    everybody = sum(members.values())
    large = [team for team in sorted(totals, key=lambda t: (len(_upwards(parents, t)), t)) if totals[team] >= least]
    whole = [team for team in large if totals[team] == everybody]
    # Of several teams, one within the other, that all hold everybody, the innermost is what people know.
    top = whole[-1] if whole else None
    numbers = {team: number for number, team in enumerate((t for t in large if t not in whole), 1)}
    numbers |= dict.fromkeys(whole, EVERYBODY)
    unit_of = {team: _unit(_upwards(parents, team), numbers) for team in members}
    cohorts = set(unit_of.values())
    units = [Unit(EVERYBODY, None, top, everybody, EVERYBODY in cohorts)]
    units += [
        Unit(numbers[team], _unit(_upwards(parents, team)[1:], numbers), team, totals[team], numbers[team] in cohorts)
        for team in large
        if team not in whole
    ]
    return Division(tuple(units), unit_of)


def _upwards(parents: Mapping[int, int | None], team: int | None) -> list[int]:
    """A team and those above it, the lowest first."""
    path: list[int] = []
    while team is not None:
        path.append(team)
        team = parents[team]
    return path


def _unit(path: list[int], numbers: Mapping[int, int]) -> int:
    return next((numbers[team] for team in path if team in numbers), EVERYBODY)
