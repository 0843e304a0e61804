"""In which units answers are counted."""

from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from portal.pulse.cohorts import EVERYBODY, Unit, divide

cohort = partial(Unit, cohort=True)


def test_small_teams_roll_up_to_the_smallest_unit_that_is_large_enough() -> None:
    # Company 1: shops 2 (harbour 4 with 6, riva 5 with 3), office 3 with 4.
    division = divide({1: None, 2: 1, 3: 1, 4: 2, 5: 2}, {4: 6, 5: 3, 3: 4}, 5)
    assert division.units == (cohort(0, None, 1, 13), cohort(1, 0, 2, 9), cohort(2, 1, 4, 6))
    assert division.unit_of == {4: 2, 5: 1, 3: EVERYBODY}


def test_people_without_a_team_and_of_several_companies_count_among_everybody() -> None:
    division = divide({1: None, 2: None}, {1: 5, 2: 4, None: 2}, 5)
    assert division.units == (cohort(0, None, None, 11), cohort(1, 0, 1, 5))
    assert division.unit_of == {1: 1, 2: 0, None: 0}


def test_of_units_that_all_hold_everybody_the_innermost_stands_for_all() -> None:
    division = divide({1: None, 2: 1, 3: 2}, {3: 7}, 5)
    assert division.units == (cohort(0, None, 3, 7),)
    assert division.unit_of == {3: 0}


@st.composite
def companies(draw: st.DrawFn) -> tuple[dict[int, int | None], dict[int | None, int]]:
    parents: dict[int, int | None] = {}
    for team in range(1, draw(st.integers(1, 15)) + 1):
        parents[team] = draw(st.sampled_from([None, *parents]))
    sizes = draw(st.dictionaries(st.sampled_from([None, *parents]), st.integers(1, 12), min_size=1))
    return parents, sizes


@given(companies(), st.integers(3, 10))
def test_every_cohort_has_k_people_or_is_everybody(
    company: tuple[dict[int, int | None], dict[int | None, int]], least: int
) -> None:
    parents, members = company
    division = divide(parents, members, least)
    units = {unit.number: unit for unit in division.units}
    assert sum(members.values()) == units[EVERYBODY].invited
    assert all(unit.invited >= least for unit in division.units if unit.number)
    assert {unit.number for unit in division.units if unit.cohort} == set(division.unit_of.values())
    for unit in division.units:
        assert (unit.parent is None) == (unit.number == EVERYBODY)
        if unit.parent is not None:
            assert units[unit.parent].invited >= unit.invited
