"""The attacker is of HR and asks every page again after each vote, or subtracts what was told after the close. Wanted:
people who have not answered, by name. Whose whole team is silent, or all of it but one, is named by a number.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from portal.core.permissions import Actor
from portal.pulse import participating
from portal.pulse.life_queries import participation
from portal.pulse.making_queries import managed
from portal.pulse.model import Survey
from portal.pulse.results import Bound
from tests.factories import NOW
from tests.pulse.counted import asked, counted, said, units
from tests.pulse.scenes import RULES, a_company, an_hr
from tests.pulse.voting import a_ballot_box, cast, handed

SHOPS, CARE = ("Luma", "Shops"), ("Luma", "Care")


def after_each_vote(session: Session, survey: Survey, voters: list[Actor]) -> Iterator[int]:
    """Let them vote one after the other; how many have."""
    for number, voter in enumerate(voters, 1):
        cast(session, survey, handed(session, voter, survey), {"q1": "4"})
        yield number


def known(told: dict[str, tuple[int, int]], small: int) -> set[int]:
    """How many in Care (``small`` people) may have answered, by what is told of it and of the two others."""

    def fit(name: str, count: int) -> bool:
        invited, ballots = told.get(name, (0, 0))
        if not invited:
            return True
        if invited < 20 and ballots <= 1:
            return count <= 1
        if invited < 20 and ballots >= invited - 1:
            return count >= invited - 1
        return count == ballots

    return {
        care
        for care in range(small + 1)
        for shops in range(21)
        if fit("Care", care) and fit("Shops", shops) and fit("Luma", care + shops)
    }


def test_while_it_is_open_no_small_team_is_seen_to_be_silent(session: Session, tmp_path: Path) -> None:
    """Twenty in the shops are told exactly, as is the company: without them, five in Care are left."""
    company = a_company(session, {SHOPS: 20, CARE: 5})
    survey = a_ballot_box(session, tmp_path)
    for number in after_each_vote(session, survey, company[SHOPS][:6] + company[CARE][:3]):
        told = {one.names[""]: (one.invited, one.ballots) for one in participation(session, survey.id)}
        may_be = known(told, small=5)
        assert max(0, number - 6) in may_be, "what is told is true"
        assert len(may_be) > 1 or may_be <= {2, 3}, (number, told)


def test_the_list_of_surveys_tells_no_more_of_a_small_one_than_its_participation(
    session: Session, tmp_path: Path
) -> None:
    voters = a_company(session, {SHOPS: 6})[SHOPS]
    hr = an_hr(session, team=SHOPS)
    survey = a_ballot_box(session, tmp_path)
    for number in after_each_vote(session, survey, voters):
        row = managed(session, hr, survey.id, ("en",), RULES, NOW).row
        bound = participating.rates(session, hr, survey.id, None, order=("en",)).rows[0].cell.bound
        assert bound == {1: Bound.AT_MOST, 6: Bound.AT_LEAST}.get(number)
        assert row.answered == (None if bound else number)
        assert row.rate == (None if bound else round(100 * number / 7))


@pytest.mark.parametrize("answers", [0, 1])
def test_when_it_is_counted_no_small_team_is_seen_to_have_been_silent(answers: int) -> None:
    """Nor by subtracting: with the shops' number the company's would give it away."""
    ballots = said(2, 1, *[4, 2] * 8) + said(1, 1, *[4] * answers)
    results = counted(ballots, [asked(1)], units({0: 25, 1: 5, 2: 20}))
    told = {unit: summary.answered for unit, (summary, _) in results.items()}
    assert told == {0: 16 + answers, 1: None, 2: None}


def test_that_two_of_a_small_team_answered_or_all_is_told() -> None:
    for answers in (2, 5):
        ballots = said(2, 1, *[4, 2] * 8) + said(1, 1, *[4] * answers)
        results = counted(ballots, [asked(1)], units({0: 25, 1: 5, 2: 20}))
        assert results[1][0].answered == answers
