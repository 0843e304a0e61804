"""Somebody who has all that was published of one question, and works out what it says of small groups.

Nothing here knows how `portal.pulse.disclosure` chooses: it is given groups of cohorts (never mind whether they form a
tree) and what is told of them. Two attacks:

- `groups`: every group of cohorts whose answers follow from sums and differences of published cells: each 0/1
  combination of cohorts in the rational span of the published groups, by exact elimination over the fractions;
- `worlds`: every way in which the cohorts may have answered that fits all cells, exact or bounds. What holds in all
  of them, the reader knows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np

Group = frozenset[int]
"""Cohorts, by number."""
Words = tuple[int, int]
"""What is told of how many in a group are favourable: the least and the most."""
LARGE = 20


@dataclass(frozen=True)
class Published:
    """A group that is published, and what is told of how many of it are favourable."""

    group: Group
    told: Words


def groups(published: Iterable[Group], sizes: Mapping[int, int]) -> list[Group]:
    """All groups that sums and differences of published ones make, without cohorts that nobody answered in."""
    people = sorted(cohort for cohort, size in sizes.items() if size)
    rows = _reduced([[Fraction(cohort in group) for cohort in people] for group in published])
    if not rows:
        return []
    scale = lcm(*(entry.denominator for row in rows for entry in row))
    table = np.array([[int(entry * scale) for entry in row] for row in rows], dtype=np.int64)
    # In reduced rows each has a column of its own, so a 0/1 combination of cohorts takes each row once or not at all.
    choices = np.array([[choice >> row & 1 for row in range(len(rows))] for choice in range(1, 2 ** len(rows))])
    sums = choices @ table
    found = sums[((sums == 0) | (sums == scale)).all(axis=1)]
    return [frozenset(people[place] for place in np.flatnonzero(line)) for line in found]


def too_small(published: Iterable[Group], sizes: Mapping[int, int], least: int) -> list[Group]:
    """The groups that can be derived and have from 1 to ``least`` - 1 answers."""
    return [group for group in groups(published, sizes) if 0 < _size(group, sizes) < least]


def seen_to_agree(cells: Sequence[Published], sizes: Mapping[int, int]) -> list[Group]:
    """The derivable groups under `LARGE` of which it is certain that all, or exactly that all but one, answered alike.

    Those within a group of `LARGE` that is told, or is left of told ones, and agrees as a whole, are none: of such a
    group it may be told.
    """
    if not cells:
        return []
    people = sorted(cohort for cohort, size in sizes.items() if size)
    known = worlds(cells, people, sizes)
    exact = [cell.group for cell in cells if cell.told[0] == cell.told[1]]
    smallest = _smallest(groups(exact, sizes))
    large = [group for group in [*exact, *smallest] if _size(group, sizes) >= LARGE]
    free = [group for group in large if _agrees(group, people, known, sizes)]
    return [
        group
        for group in groups([cell.group for cell in cells], sizes)
        if 0 < _size(group, sizes) < LARGE
        and not any(group <= each for each in free)
        and (_agrees(group, people, known, sizes) or _all_but_one(group, people, known, sizes))
    ]


def worlds(cells: Sequence[Published], people: Sequence[int], sizes: Mapping[int, int]) -> "np.ndarray":
    """Each line is a way in which the cohorts ``people`` may have answered: how many of each are favourable."""
    lines = np.indices([sizes[cohort] + 1 for cohort in people]).reshape(len(people), -1).T
    for cell in cells:
        total = lines[:, [cohort in cell.group for cohort in people]].sum(axis=1)
        lines = lines[(total >= cell.told[0]) & (total <= cell.told[1])]
    assert len(lines), "what really was is one of the worlds"
    return lines


def _agrees(group: Group, people: Sequence[int], known: "np.ndarray", sizes: Mapping[int, int]) -> bool:
    total = known[:, [cohort in group for cohort in people]].sum(axis=1)
    return bool((total == 0).all() or (total == _size(group, sizes)).all())


def _all_but_one(group: Group, people: Sequence[int], known: "np.ndarray", sizes: Mapping[int, int]) -> bool:
    total = known[:, [cohort in group for cohort in people]].sum(axis=1)
    return bool((total == 1).all() or (total == _size(group, sizes) - 1).all())


def _size(group: Group, sizes: Mapping[int, int]) -> int:
    return sum(sizes[cohort] for cohort in group if cohort in sizes)


def _smallest(found: Sequence[Group]) -> list[Group]:
    return [group for group in found if not any(other < group for other in found)]


def _reduced(rows: list[list[Fraction]]) -> list[list[Fraction]]:
    """The reduced row echelon form, without rows of nothing (Gauss and Jordan)."""
    done = 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((place for place in range(done, len(rows)) if rows[place][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        rows[done] = [entry / rows[done][column] for entry in rows[done]]
        for place, row in enumerate(rows):
            if place != done and row[column]:
                rows[place] = [mine - row[column] * other for mine, other in zip(row, rows[done], strict=True)]
        done += 1
    return rows[:done]
