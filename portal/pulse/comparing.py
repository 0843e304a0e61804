"""What changed since earlier surveys, and which of it is more than noise. Pure.

What is compared are cells as they were published then and as they are now, exact ones only: nothing hidden can be told
by a change.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from .model import Driver
from .results import Cell, Change
from .statistics import Estimate, Score, Share, difference, discoveries, nearest, outward, p_value

Thing = TypeVar("Thing", bound=Hashable)

FARTHEST = 200
"""Points between the lowest and the highest recommendation score."""


@dataclass(frozen=True)
class Before:
    """A cell of an earlier survey, of which ``invited`` were asked and which closed on the day ``since``."""

    survey_id: int
    since: date
    invited: int
    cell: Cell


@dataclass(frozen=True)
class Earlier:
    """What is compared with, by the unit's number in the present survey and the question's number or the driver."""

    questions: Mapping[tuple[int, int], Before] = field(default_factory=dict)
    drivers: Mapping[tuple[int, Driver], Before] = field(default_factory=dict)


def comparable(cell: Cell) -> bool:
    """Is a cell told exactly, with a share or a score?"""
    return cell.hidden is None and cell.bound is None and cell.count is not None and bool(cell.n)


def with_changes(
    cells: Mapping[tuple[int, Thing], Cell],
    before: Mapping[tuple[int, Thing], Before],
    invited: Mapping[int, int],
) -> dict[tuple[int, Thing], Cell]:
    """The cells of one table with their changes: by unit, of which so many were ``invited``, and what they are about.

    Which are real is settled for the whole table: see `statistics.discoveries`.
    """
    found: dict[tuple[int, Thing], tuple[Estimate, Estimate]] = {}
    for place, cell in cells.items():
        earlier = before.get(place)
        if earlier and comparable(cell) and comparable(earlier.cell):
            now, then = _estimate(cell, invited[place[0]]), _estimate(earlier.cell, earlier.invited)
            if type(now) is type(then):
                found[place] = now, then
    differences = {place: difference(now, then) for place, (now, then) in found.items()}
    real = dict(zip(found, discoveries([_chance(*found[place], differences[place]) for place in found]), strict=True))
    changed = dict(cells)
    for place, (points, low, high) in differences.items():
        farthest = FARTHEST if isinstance(found[place][0], Score) else FARTHEST // 2
        within = outward((low, high), -farthest, farthest)
        since = before[place]
        change = Change(nearest(points), *within, real[place], since.since, since.survey_id)
        changed[place] = replace(cells[place], change=change)
    return changed


def _chance(now: Estimate, then: Estimate, found: tuple[float, float, float]) -> float:
    """The p-value of a difference; 1 for all that are over 0.05, which are noise in whatever table."""
    _, low, high = found
    return 1.0 if low <= 0 <= high else p_value(now, then)


def _estimate(cell: Cell, invited: int) -> Estimate:
    """What a comparable cell tells."""
    assert cell.count is not None
    assert cell.n is not None
    if len(cell.count) == 1:
        return Share(cell.count[0], cell.n, invited)
    promoters, detractors = cell.count
    return Score(promoters, detractors, cell.n, invited)
