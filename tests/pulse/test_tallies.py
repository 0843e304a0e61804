"""Ballots put into categories, and units summed up."""

from collections import Counter

from portal.pulse.model import Driver, Kind
from portal.pulse.questions import NOT_APPLICABLE, Question
from portal.pulse.tallies import (
    DRIVER,
    Ballots,
    Tallied,
    Tree,
    answers_to,
    means,
    measure_of,
    own_tallies,
    pairs,
    questions_of,
    units_of,
    with_all_below,
)
from tests.pulse.counted import asked, said, units


def tallied(question: Question, ballots: Ballots) -> dict[int, Tallied]:
    """What is counted of one question."""
    return own_tallies(measure_of(question), units_of(ballots), answers_to(question, ballots))


def test_every_answer_is_in_its_category_and_what_does_not_apply_in_none() -> None:
    question = asked(1)
    own = tallied(question, said(3, 1, 1, 5, 5, NOT_APPLICABLE) + said(4, 2, 1))
    assert own == {3: Tallied(3, (1, 0, 0, 0, 2))}
    assert own[3].of(measure_of(question)) == (2, 1)


def test_of_a_score_nought_counts_and_of_choices_each() -> None:
    scale, several = asked(1, Kind.SCALE), asked(1, Kind.SEVERAL)
    assert tallied(scale, said(0, 1, 0, 6, 7, 8, 9, 10))[0].of(measure_of(scale)) == (2, 2, 2)
    assert tallied(several, said(0, 1, (0, 2), (2,), (0, 1, 2)))[0] == Tallied(3, (2, 1, 3))


def test_units_are_summed_up_to_the_top_in_whatever_order_they_come() -> None:
    tree = units({5: 9, 2: 20, 0: 60, 7: 6}, {5: 2, 7: 5})
    own = {7: Tallied(1, (1, 0)), 5: Tallied(2, (0, 2)), 0: Tallied(4, (2, 2))}
    for order in (tree, tree[::-1]):
        assert with_all_below(DRIVER, own, Tree(order)) == {
            7: Tallied(1, (1, 0)),
            5: Tallied(3, (1, 2)),
            2: Tallied(3, (1, 2)),
            0: Tallied(7, (3, 4)),
        }


def test_a_driver_is_the_mean_of_what_was_answered_with_reversed_answers_turned_round() -> None:
    questions = [asked(1, driver=Driver.LOAD), asked(2, driver=Driver.LOAD, reverse=True), asked(3)]
    of = questions_of(Driver.LOAD, questions)
    assert [question.number for question in of] == [1, 2]
    ballots = [(1, {1: 4, 2: 1}), (2, {2: 5}), (3, {1: NOT_APPLICABLE, 3: 5}), (4, {3: 2})]
    assert means(of, ballots) == [4.5, 1.0, None, None]


def test_pairs_are_of_ballots_that_answer_both() -> None:
    recommending = asked(2, Kind.SCALE, Driver.RECOMMEND)
    ballots = [(1, {1: 4, 2: 0}), (1, {1: 4, 2: 0}), (1, {1: 4}), (1, {2: 7}), (2, {1: 2, 2: NOT_APPLICABLE})]
    assert pairs(units_of(ballots), means([asked(1)], ballots), answers_to(recommending, ballots)) == {
        1: Counter({(4.0, 0): 2})
    }
