"""The attacker subtracts a question from the driver that it is part of: what is left are the driver's other questions.

When fewer than k answered one of those, it is hidden, and must not come back in this way.
"""

from random import Random

import pytest

from portal.pulse.disclosure import Tally, publishable
from portal.pulse.model import Driver
from portal.pulse.questions import NOT_APPLICABLE, Answers
from portal.pulse.results import Cell, Hidden
from tests.pulse.counted import asked, counted, units

PRIDE = Driver.PRIDE
QUESTIONS = [asked(1, driver=PRIDE), asked(2, driver=PRIDE)]


@pytest.mark.parametrize("only", [{2: 5}, {2: 1}, {1: 2, 2: 5}])
def test_the_one_to_whom_a_question_applies_is_not_found_in_its_driver(only: Answers) -> None:
    """Nine answer the first question, one the second (alone, or both): 4 of 9 beside 5 of 10 would be their answer."""
    others: list[Answers] = [{1: 4 if one < 4 else 2, 2: NOT_APPLICABLE} for one in range(9)]
    far: list[Answers] = [{1: 4 if one % 2 else 2, 2: 3} for one in range(20)]
    ballots = [*((1, one) for one in [*others, only]), *((2, one) for one in far)]
    results = counted(ballots, QUESTIONS, units({0: 30, 1: 10, 2: 20}))
    summary, details = results[1]
    assert details.questions[1].hidden is None
    assert details.questions[2] == Cell(hidden=Hidden.TOO_FEW)
    assert summary.drivers[PRIDE] == Cell(hidden=Hidden.PROTECTS)
    # All less the others would be the same.
    assert results[2][0].drivers[PRIDE] == Cell(hidden=Hidden.PROTECTS)
    assert results[0][0].drivers[PRIDE].n == 30


def test_a_few_who_left_one_of_two_questions_open_keep_nothing_from_being_told() -> None:
    ballots: list[tuple[int, Answers]] = [(1, {1: 4, 2: 4 if one < 3 else 2}) for one in range(8)] + [(1, {2: 2})]
    results = counted(ballots, QUESTIONS, units({0: 12, 1: 12}))
    assert results[1][0].drivers[PRIDE].count == (3,)


def test_of_no_rest_can_fewer_than_k_answers_to_one_of_its_questions_be_told() -> None:
    """In random companies: all units less the published ones nearest below them, for each question by itself."""
    random = Random(5)
    for _ in range(400):
        least = random.randint(3, 5)
        parents: dict[int, int | None] = {0: None} | {unit: random.randrange(unit) for unit in range(1, 9)}
        tallies = {}
        for unit in parents:
            each = (random.choice([0, 0, 1, 2, 6]), random.choice([0, 1, 4, 9]))
            tallies[unit] = Tally(random.randint(max(each), sum(each)), (), each)
        shown = publishable(parents, tallies, least)
        inside = {top: frozenset(unit for unit in parents if top in path(parents, unit)) for top in parents}
        for unit in shown:
            below = [one for one in shown if one != unit and unit in path(parents, one)]
            rest = inside[unit].difference(*(inside[one] for one in below))
            for question in (0, 1):
                left = sum(tallies[one].made_of[question] for one in rest)
                assert left == 0 or left >= least, (parents, tallies, shown, unit)


def path(parents: dict[int, int | None], unit: int | None) -> list[int]:
    """A unit and those above it."""
    return [] if unit is None else [unit, *path(parents, parents[unit])]
