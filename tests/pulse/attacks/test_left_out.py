"""The attacker reads how a question was answered of which several choices may be taken, and asks who has left one out.

"Nobody of these six" says what each of the six did, as "all of these six" does.
"""

import pytest

from portal.pulse.model import Kind
from portal.pulse.questions import Answer
from portal.pulse.results import Cell, Hidden
from tests.pulse.counted import Counted, asked, counted, said, units

PROTECTED = Cell(hidden=Hidden.PROTECTS)
LARGE: list[Answer] = [(0, 1), (1, 2), (0, 2), (1,)] * 6


def results(*small: Answer, kind: Kind = Kind.SEVERAL) -> Counted:
    """A team of six beside one of 24; three colours to choose from."""
    large = LARGE if kind is Kind.SEVERAL else [0, 1, 2, 1] * 6
    return counted(said(1, 1, *small) + said(2, 1, *large), [asked(1, kind)], units({0: 30, 1: 6, 2: 24}))


@pytest.mark.parametrize("blue", [0, 1])
def test_a_choice_that_nobody_took_is_not_told_of_a_small_team(blue: int) -> None:
    """Nor one that a single person took; and the team beside it is not told either, which would leave it."""
    answers: list[Answer] = [(0,), (0,), (0,), (1,), (1,), (1, 2) if blue else (1,)]
    told = {unit: details.questions[1] for unit, (_, details) in results(*answers).items()}
    assert told[1] == told[2] == PROTECTED
    assert told[0].n == 30


def test_what_two_took_and_two_left_is_told() -> None:
    told = results((0, 2), (0, 2), (0,), (1,), (1,), (1,))
    assert told[1][1].questions[1].distribution == (50, 50, 33)
    assert told[2][1].questions[1].n == 24


def test_of_one_choice_each_it_is_no_secret_that_one_was_not_taken() -> None:
    """They did not all answer alike."""
    told = results(0, 0, 0, 1, 1, 1, kind=Kind.SINGLE)
    assert told[1][1].questions[1].distribution == (50, 50, 0)
