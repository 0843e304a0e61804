"""From ballots to what may be known of each unit."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.pulse.cohorts import Unit
from portal.pulse.disclosure import Tally, is_exact, participation, publishable
from portal.pulse.model import Driver, Kind
from portal.pulse.questions import NOT_APPLICABLE, Answer
from portal.pulse.results import Bound, Cell, Comments, Hidden
from portal.pulse.statistics import Share, outward
from tests.pulse.counted import asked, counted, said, units

TOO_FEW, PROTECTS = Cell(hidden=Hidden.TOO_FEW), Cell(hidden=Hidden.PROTECTS)
TWO_SHOPS = units({0: 40, 1: 20, 2: 20})


def in_all(number: int, *answers: Answer, kind: Kind = Kind.AGREE, reverse: bool = False) -> Cell:
    """The cell of one question that all who were asked, 40, answered so."""
    _, details = counted(said(0, number, *answers), [asked(number, kind, reverse=reverse)], units({0: 40}))[0]
    return details.questions[number]


# One cell.


def test_favourable_are_the_two_upper_answers_of_those_who_answered() -> None:
    cell = in_all(1, 5, 4, 4, 3, 2, 1, 1, 5, NOT_APPLICABLE, NOT_APPLICABLE)
    assert (cell.n, cell.value, cell.count, cell.extremes) == (8, 50, (4,), (10, 90))
    assert cell.distribution == (25, 13, 13, 25, 25)
    assert cell.interval == outward(Share(4, 8, 40).limits(), 0, 100)
    assert cell.interval == (23, 77)


def test_where_disagreeing_is_good_the_two_lower_answers_are_favourable() -> None:
    cell = in_all(1, 1, 1, 2, 3, 4, 5, 5, 5, reverse=True)
    assert (cell.value, cell.count) == (38, (3,))
    assert cell.distribution == (25, 13, 13, 13, 38)


def test_a_recommendation_is_promoters_less_detractors() -> None:
    cell = in_all(1, 10, 9, 9, 9, 8, 7, 6, 0, kind=Kind.SCALE)
    assert (cell.value, cell.count, cell.n) == (25, (4, 2), 8)
    assert cell.distribution == (13, 0, 0, 0, 0, 0, 13, 13, 13, 38, 13)
    assert cell.extremes == (-75, 85)
    assert cell.interval
    assert cell.interval[0] < 25 < cell.interval[1]


def test_choices_tell_each_choices_share_and_nothing_else() -> None:
    assert in_all(1, 0, 0, 1, 2, 2, 2, kind=Kind.SINGLE) == Cell(n=6, distribution=(33, 17, 50))
    several = in_all(1, (0,), (0, 1), (1, 2), (0,), (1, 2), (0,), kind=Kind.SEVERAL)
    assert several == Cell(n=6, distribution=(67, 50, 33))


def test_when_all_the_invited_answered_there_is_no_interval() -> None:
    question = asked(1)
    _, details = counted(said(0, 1, 5, 4, 3, 2, 1, 5), [question], units({0: 6}))[0]
    assert details.questions[1] == Cell(n=6, value=50, distribution=(17, 17, 17, 17, 33), count=(3,))


# What isn't told of small groups.


def test_fewer_than_k_answers_are_nothing_at_all() -> None:
    assert in_all(1, 5, 4, 2, 1) == TOO_FEW
    assert in_all(1, 5, 4, 2, 1, NOT_APPLICABLE, NOT_APPLICABLE) == TOO_FEW
    assert in_all(1) == TOO_FEW


def test_where_nearly_all_agree_only_a_bound_is_told_and_no_distribution() -> None:
    assert in_all(1, 5, 5, 4, 4, 4) == in_all(1, 5, 5, 4, 4, 1) == Cell(n=5, value=80, bound=Bound.AT_LEAST)
    assert in_all(1, 1, 1, 2, 1, 3) == in_all(1, 1, 1, 2, 1, 5) == Cell(n=5, value=20, bound=Bound.AT_MOST)
    assert in_all(1, *[5] * 20).value == 100
    assert in_all(1, *[5] * 20).bound is None


def test_a_score_of_nearly_all_of_one_kind_is_a_bound_or_nothing() -> None:
    for last in (10, 7, 0):
        assert in_all(1, 10, 9, 9, 9, last, kind=Kind.SCALE) == Cell(n=5, value=60, bound=Bound.AT_LEAST)
        assert in_all(1, 0, 1, 2, 3, last, kind=Kind.SCALE) == Cell(n=5, value=-60, bound=Bound.AT_MOST)
        assert in_all(1, 7, 8, 7, 8, last, kind=Kind.SCALE) == PROTECTS


def test_choices_that_nearly_all_made_are_not_told() -> None:
    assert in_all(1, 0, 0, 0, 0, 1, kind=Kind.SINGLE) == in_all(1, 0, 0, 0, 0, 0, kind=Kind.SINGLE) == PROTECTS
    assert in_all(1, (0, 1), (0,), (0, 2), (0,), (0,), kind=Kind.SEVERAL) == PROTECTS
    assert in_all(1, (0, 1), (0, 2), (0, 2), (1,), (1,), kind=Kind.SEVERAL) == Cell(n=5, distribution=(60, 60, 40))


def test_a_unit_whose_neighbour_is_too_small_is_hidden_to_protect_it() -> None:
    ballots = said(1, 1, 5, 4, 3, 2, 1, 4) + said(2, 1, 5, 4, 2)
    found = {unit: details.questions[1] for unit, (_, details) in counted(ballots, [asked(1)], TWO_SHOPS).items()}
    assert found[0].n == 9
    assert (found[1], found[2]) == (PROTECTS, TOO_FEW)


def test_each_question_is_judged_by_itself() -> None:
    ballots = said(1, 1, 5, 4, 3, 2, 1, 4) + said(2, 1, 5, 4, 2, 1, 2) + said(1, 2, 5, 4, 3, 2, 1, 4) + said(2, 2, 5)
    results = counted(ballots, [asked(1), asked(2)], TWO_SHOPS)
    assert {unit: details.questions[1].n for unit, (_, details) in results.items()} == {0: 11, 1: 6, 2: 5}
    assert {unit: details.questions[2].n for unit, (_, details) in results.items()} == {0: 7, 1: None, 2: None}


# How many answered.


def test_a_units_ballots_are_those_of_all_below_it_whatever_they_answer() -> None:
    tree = units({0: 40, 1: 30, 2: 12, 3: 8}, {2: 1, 3: 1})
    ballots = said(0, 1, 5, 5) + said(1, 1, 4) + said(2, 1, NOT_APPLICABLE, 3, 3) + said(3, 1, 1)
    results = counted(ballots, [asked(1)], tree)
    assert {unit: (summary.answered, summary.invited) for unit, (summary, _) in results.items()} == {
        0: (7, 40),
        1: (5, 30),
        2: (3, 12),
        3: (None, 8),  # One of eight: to that one, the other seven would have names.
    }


def test_how_many_answered_is_not_told_where_it_would_name_who_was_silent() -> None:
    # All but one of the company are in the shop: beside the shop's 9 of 9, the company's 9 of 10 names the tenth.
    results = counted(said(1, 1, *[5] * 9), [asked(1)], units({0: 10, 1: 9}))
    assert {unit: summary.answered for unit, (summary, _) in results.items()} == {0: 9, 1: None}


# Drivers.


def test_a_driver_is_favourable_for_whom_its_questions_are_on_average() -> None:
    questions = [
        asked(1, driver=Driver.TOOLS),
        asked(2, driver=Driver.TOOLS, reverse=True),
        asked(3, driver=Driver.TOOLS),
        asked(4, Kind.SINGLE, Driver.TOOLS),
        asked(5, driver=Driver.LOAD),
    ]
    favourable = [{1: 5, 2: 2}, {1: 3, 2: 2}, {2: 1}, {1: 5, 2: NOT_APPLICABLE, 4: 0}, {1: 5, 2: 4, 3: 5}]
    others = [{1: 4, 2: 4}, {1: 3, 2: 3, 3: 4}, {3: 3}]
    silent = [{4: 1}, {1: NOT_APPLICABLE, 5: 5}]
    twice = 2 * [*favourable, *others, *silent]  # So that enough answered the third question.
    summary, _ = counted([(0, one) for one in twice], questions, units({0: 40}))[0]
    assert list(summary.drivers) == [Driver.TOOLS, Driver.LOAD]
    cell = summary.drivers[Driver.TOOLS]
    assert (cell.n, cell.count, cell.value) == (16, (10,), 63)
    assert cell.distribution is None
    assert summary.drivers[Driver.LOAD] == TOO_FEW


def test_recommending_us_is_a_driver_of_its_own_score() -> None:
    questions = [asked(1, Kind.SCALE, Driver.PRIDE), asked(2, Kind.SCALE, Driver.RECOMMEND), asked(3, driver=None)]
    ballots = [(0, {1: 0, 2: score}) for score in (10, 9, 9, 7, 3)]
    summary, details = counted(ballots, questions, units({0: 40}))[0]
    assert list(summary.drivers) == [Driver.RECOMMEND]
    cell = summary.drivers[Driver.RECOMMEND]
    assert (cell.value, cell.count, cell.distribution) == (40, (3, 1), None)
    assert details.questions[2].interval == cell.interval


# What goes with what.


def leaning(size: int, unit: int = 0) -> list[tuple[int, dict[int, Answer]]]:
    """Ballots of people who recommend us the more, the better their tools are, whatever their load is."""
    chance = random.Random(size)
    found = []
    for number in range(size):
        tools = number % 5 + 1
        found.append((unit, {1: tools, 2: min(10, 2 * tools + chance.randint(-2, 1)), 3: chance.randint(1, 5)}))
    return found


TOGETHER = [asked(1, driver=Driver.TOOLS), asked(2, Kind.SCALE, Driver.RECOMMEND), asked(3, driver=Driver.LOAD)]


def test_from_thirty_answers_on_it_is_told_how_drivers_go_with_recommending() -> None:
    for size in (29, 30):
        _, details = counted(leaning(size), TOGETHER, units({0: 60}))[0]
        assert bool(details.together) == (size == 30)
    assert [one.driver for one in details.together] == [Driver.TOOLS, Driver.LOAD]
    assert details.together[0].rho > 0.85
    assert abs(details.together[1].rho) < 0.5
    assert {one.n for one in details.together} == {30}


def test_who_answered_only_one_of_the_two_is_left_out_of_it() -> None:
    ballots = [*leaning(32), *((0, {1: 5}) for _ in range(9)), *((0, {2: 0, 3: NOT_APPLICABLE}) for _ in range(9))]
    _, details = counted(ballots, TOGETHER, units({0: 60}))[0]
    assert {one.n for one in details.together} == {32}
    assert details.together[0].rho > 0.85


def test_what_goes_with_what_is_not_told_where_three_people_would_make_the_difference() -> None:
    tree = units({0: 80, 1: 40, 2: 40})
    for others, shown in ((3, {0}), (35, {0, 1, 2})):
        results = counted(leaning(35, 1) + leaning(others, 2), TOGETHER, tree)
        assert {unit for unit, (_, details) in results.items() if details.together} == shown


def test_what_goes_with_what_is_not_told_of_a_unit_whose_driver_is_hidden() -> None:
    # Three elsewhere say how their tools are, and not whether they recommend us.
    ballots = leaning(35, 1) + said(2, 1, 5, 4, 1)
    results = counted(ballots, TOGETHER, units({0: 80, 1: 40, 2: 40}))
    assert results[1][0].drivers[Driver.TOOLS] == PROTECTS
    assert [one.driver for one in results[1][1].together] == [Driver.LOAD]
    assert [one.driver for one in results[0][1].together] == [Driver.TOOLS, Driver.LOAD]


# Comments.


def test_comments_are_shown_from_ten_on_with_private_data_blanked_and_nothing_beside_them() -> None:
    questions = [asked(1, Kind.TEXT), asked(2)]
    texts = [f"The lamp in hall {'abcdefghi'[n]} is out." for n in range(9)]
    few = [(0, {1: text, 2: 5}) for text in texts]
    last = (0, {1: "Write to ana.horvat@example.com or call +385 91 234 5678.", 2: 1})
    _, details = counted(few, questions, units({0: 40}))[0]
    assert details.comments[1] == Comments(Hidden.TOO_FEW)
    _, details = counted([*few, last], questions, units({0: 40}))[0]
    assert details.comments[1].hidden is None
    assert sorted(details.comments[1].texts) == sorted([*texts, "Write to […] or call […]."])
    assert 1 not in details.questions


def test_comments_come_in_no_order() -> None:
    texts = [f"Comment {'abcdefghijklmnopqrstuvwxyz'[n]}" for n in range(26)]
    seen = {
        counted(said(0, 1, *texts), [asked(1, Kind.TEXT)], units({0: 40}))[0][1].comments[1].texts for _ in range(4)
    }
    assert len(seen) == 4
    assert tuple(texts) not in seen


def test_comments_of_a_unit_are_not_shown_where_those_of_few_others_would_be_left() -> None:
    question = asked(1, Kind.TEXT)
    for others, hidden in ((9, Hidden.PROTECTS), (0, None), (10, None)):
        ballots = said(1, 1, *["Here."] * 12) + said(2, 1, *["There."] * others)
        results = counted(ballots, [question], TWO_SHOPS)
        assert len(results[0][1].comments[1].texts) == 12 + others
        assert results[1][1].comments[1].hidden == hidden
        assert bool(results[1][1].comments[1].texts) == (hidden is None)


# Everything, against counting it in the plainest way.


@st.composite
def surveys(draw: st.DrawFn) -> tuple[list[Unit], list[tuple[int, dict[int, Answer]]]]:
    """A company of up to six units, and its ballots on four questions."""
    parents = {number: draw(st.integers(0, number - 1)) for number in range(1, draw(st.integers(1, 5)) + 1)}
    answer = st.fixed_dictionaries(
        {},
        optional={
            1: st.integers(1, 5) | st.just(NOT_APPLICABLE),
            2: st.integers(0, 10),
            3: st.integers(0, 2),
            4: st.just("A word."),
        },
    )
    ballots, invited = [], dict.fromkeys([0, *parents], 0)
    for number in reversed([0, *parents]):
        own = draw(st.lists(answer, max_size=14))
        ballots += [(number, one) for one in own]
        invited[number] += len(own) + draw(st.integers(0, 9))
        if number:
            invited[parents[number]] += invited[number]
    return units(invited, parents), ballots


@settings(max_examples=60)
@given(surveys(), st.integers(3, 6))
def test_whatever_is_told_is_true_and_nothing_else_is_told(
    survey: tuple[list[Unit], list[tuple[int, dict[int, Answer]]]], least: int
) -> None:
    tree, ballots = survey
    questions = [asked(1), asked(2, Kind.SCALE), asked(3, Kind.SINGLE), asked(4, Kind.TEXT)]
    parents = {unit.number: unit.parent for unit in tree}
    results = counted(ballots, questions, tree, least=(least, least))

    def inside(unit: int | None, top: int) -> bool:
        return unit is not None and (unit == top or inside(parents[unit], top))

    def answers(number: int, top: int, *, only: bool = False) -> list[Answer]:
        there = [one for unit, one in ballots if (unit == top if only else inside(unit, top))]
        return [one[number] for one in there if one.get(number, NOT_APPLICABLE) != NOT_APPLICABLE]

    agreed = {
        unit: Tally(len(own), (sum(one in {4, 5} for one in own), sum(one in {1, 2, 3} for one in own)))
        for unit in parents
        for own in [answers(1, unit, only=True)]
    }
    shown = publishable(parents, agreed, least)
    invited = {unit.number: unit.invited for unit in tree}
    answered = {top: sum(inside(own, top) for own, _ in ballots) for top in parents}
    silent = {unit: (invited[unit] - answered[unit],) for unit in parents}
    told = {unit for unit in participation(parents, invited, least, silent) if is_exact(invited[unit], silent[unit])}
    for unit, (summary, details) in results.items():
        assert (details.questions[1].hidden is None) == (unit in shown)
        assert summary.answered == (answered[unit] if unit in told else None)
        for number, cell in details.questions.items():
            there = answers(number, unit)
            if cell.hidden:
                assert cell == Cell(hidden=cell.hidden)
                assert (cell.hidden == Hidden.TOO_FEW) == (len(there) < least)
                continue
            assert cell.n == len(there) >= least
            if cell.bound:
                assert (cell.count, cell.interval, cell.extremes, cell.distribution) == (None,) * 4
            if cell.distribution:
                expected = [
                    100 * there.count(category) / cell.n
                    for category in {1: range(1, 6), 2: range(11)}.get(number, range(3))
                ]
                assert all(abs(a - b) <= 0.5 for a, b in zip(cell.distribution, expected, strict=True))
        if not details.comments[4].hidden:
            assert len(details.comments[4].texts) == len(answers(4, unit)) >= least
