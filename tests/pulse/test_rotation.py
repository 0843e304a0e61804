"""Which questions waves ask, over years of them: whatever is missed, and whatever HR leaves to ask."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.pulse import rhythm
from portal.pulse.model import Driver
from portal.pulse.rhythm import WAVES, Every
from portal.pulse.rotation import Chosen, Pool, choose, parts_of
from portal.pulse.series import pool

BANK = pool((), comment=True)
DRIVER_OF = {key: driver for driver, keys in BANK.scored.items() for key in keys}

rhythms = st.sampled_from(list(Every))


@st.composite
def plans(draw: st.DrawFn, whole_bank: bool = False) -> tuple[Pool, Every, int]:
    """A rhythm, a number of questions, and all of the bank or some of it."""
    every, comment = draw(rhythms), draw(st.booleans())
    questions = draw(st.integers(2 if comment else 1, 5))
    words = BANK.words if comment else []
    if whole_bank:
        return Pool(BANK.scored, words), every, questions
    drivers = draw(st.sets(st.sampled_from(list(Driver)), min_size=1))
    scored = {
        driver: sorted(draw(st.sets(st.sampled_from(BANK.scored[driver]), min_size=1, max_size=4)))
        for driver in drivers
    }
    return Pool(scored, words), every, questions


def _years(plan: tuple[Pool, Every, int], holds: Sequence[bool]) -> list[tuple[Chosen, ...]]:
    """The waves of a series; empty ones where it doesn't hold one."""
    found: list[tuple[Chosen, ...]] = []
    for held in holds:
        found.append(choose(_keys(found), *plan) if held else ())
    return found


def _keys(waves: Sequence[Sequence[Chosen]]) -> list[list[str]]:
    return [[one.key for one in wave] for wave in waves]


def _most_a_person(wave: Sequence[Chosen]) -> int:
    return max(sum(one.part in {0, part} for one in wave) for part in range(1, parts_of(wave) + 1))


@settings(max_examples=30, deadline=None)
@given(plans(), st.integers(1, 40))
def test_nobody_ever_gets_more_questions_than_settled_nor_one_twice(plan: tuple[Pool, Every, int], waves: int) -> None:
    for wave in _years(plan, [True] * waves):
        assert 1 <= _most_a_person(wave) <= plan[2]
        assert len({one.key for one in wave}) == len(wave)
        assert {one.part for one in wave} - {0} <= set(range(1, 13))


@settings(max_examples=30, deadline=None)
@given(plans(), st.integers(1, 60))
def test_every_driver_is_asked_in_every_quarter_of_a_series_that_misses_none(
    plan: tuple[Pool, Every, int], waves: int
) -> None:
    asked, quarter = _keys(_years(plan, [True] * waves)), WAVES[plan[1]]
    for last in range(quarter, len(asked) + 1):
        drivers = {DRIVER_OF.get(key) for wave in asked[last - quarter : last] for key in wave}
        assert set(plan[0].scored) <= drivers


@settings(max_examples=40, deadline=None)
@given(plans(), st.lists(st.booleans(), min_size=1, max_size=60))
def test_a_quarter_with_holidays_still_asks_every_driver_by_the_time_of_its_last_wave(
    plan: tuple[Pool, Every, int], holds: list[bool]
) -> None:
    asked, quarter = _keys(_years(plan, holds)), WAVES[plan[1]]
    for last in range(quarter, len(asked) + 1):
        of_quarter = asked[last - quarter : last]
        if of_quarter[-1] and (quarter == 1 or any(of_quarter[:-1])):
            assert set(plan[0].scored) <= {DRIVER_OF.get(key) for wave in of_quarter for key in wave}


@settings(max_examples=30, deadline=None)
@given(plans(), st.lists(st.booleans(), min_size=2, max_size=40))
def test_nothing_is_asked_in_two_waves_in_a_row_while_another_of_its_driver_waits(
    plan: tuple[Pool, Every, int], holds: list[bool]
) -> None:
    waves = _keys(_years(plan, holds))
    for before, now in pairwise(waves):
        for key in set(before) & set(now) & set(DRIVER_OF):
            assert set(plan[0].scored[DRIVER_OF[key]]) <= set(before) | set(now)
        for key in set(before) & set(now) - set(DRIVER_OF):
            assert plan[0].words == [key]


@settings(max_examples=20, deadline=None)
@given(plans(whole_bank=True), st.integers(20, 80))
def test_every_question_of_a_driver_gets_its_turn_before_one_comes_again(
    plan: tuple[Pool, Every, int], waves: int
) -> None:
    asked = [key for wave in _keys(_years(plan, [True] * waves)) for key in wave]
    for keys in plan[0].scored.values():
        turns = [key for key in asked if key in keys]
        assert all(len(set(turns[at : at + len(keys)])) == len(keys) for at in range(len(turns) - len(keys) + 1))


@settings(max_examples=30, deadline=None)
@given(plans(), st.lists(st.booleans(), max_size=20))
def test_the_same_is_chosen_whenever_it_is_asked_again(plan: tuple[Pool, Every, int], holds: list[bool]) -> None:
    assert _years(plan, holds) == _years(plan, holds)


@settings(max_examples=40, deadline=None)
@given(plans(), st.lists(st.lists(st.sampled_from([*DRIVER_OF, "own-1", "own-2"]), max_size=12), max_size=20))
def test_whatever_hr_made_of_earlier_waves_a_next_one_is_found(
    plan: tuple[Pool, Every, int], asked: list[list[str]]
) -> None:
    wave = choose(asked, *plan)
    assert 1 <= _most_a_person(wave) <= plan[2]


@pytest.mark.parametrize(
    ("every", "at_most"), [(Every.WEEK, 4), (Every.FORTNIGHT, 2), (Every.MONTH, 2), (Every.QUARTER, 1)]
)
def test_the_recommendation_is_asked_about_once_a_month(every: Every, at_most: int) -> None:
    waves = _keys(_years((BANK, every, 5), [True] * 40))
    held = [number for number, wave in enumerate(waves) if "recommend-1" in wave]
    assert held[0] == 0
    assert {later - earlier for earlier, later in pairwise(held)} == {at_most}


def test_a_weekly_pulse_of_five_asks_all_of_the_same_and_ends_in_words() -> None:
    wave = choose([], BANK, Every.WEEK, 5)
    assert [one.part for one in wave] == [0] * 5
    assert [one.key in BANK.words for one in wave] == [False] * 4 + [True]
    order = list(Driver)
    drivers = [order.index(DRIVER_OF[one.key]) for one in wave[:4]]
    assert drivers == sorted(drivers)


def test_a_quarterly_pulse_asks_everybody_for_the_recommendation_and_words_and_each_part_about_other_drivers() -> None:
    wave = choose([], BANK, Every.QUARTER, 5)
    assert parts_of(wave) == 4
    assert [one.key for one in wave if one.part == 0] == ["recommend-1", BANK.words[0]]
    parts = [{DRIVER_OF[one.key] for one in wave if one.part == part} for part in range(1, 5)]
    assert sum(map(len, parts)) == len(set.union(*parts)) == 10
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_a_short_list_is_asked_in_full_and_what_waited_comes_first() -> None:
    pride = BANK.scored[Driver.PRIDE]
    short = Pool({Driver.PRIDE: pride[:3]})
    first = choose([], short, Every.WEEK, 2)
    assert [one.key for one in first] == pride[:2]
    assert [one.key for one in choose(_keys([first]), short, Every.WEEK, 2)] == [pride[0], pride[2]]
    assert [one.key for one in choose([pride[:1]], Pool({Driver.PRIDE: pride[:1]}), Every.WEEK, 5)] == pride[:1]


def test_of_a_short_list_another_drivers_question_that_waits_comes_before_the_one_just_asked() -> None:
    short = Pool({Driver.PRIDE: BANK.scored[Driver.PRIDE][:1], Driver.LOAD: BANK.scored[Driver.LOAD][:3]})
    asked = _keys(_years((short, Every.WEEK, 2), [True] * 3))
    assert asked == [["pride-1", "load-1"], ["load-2", "load-3"], ["pride-1", "load-1"]]


def test_after_a_quarter_without_waves_a_series_begins_anew_instead_of_asking_all_at_once() -> None:
    waves = _years((BANK, Every.WEEK, 5), [True] * 3 + [False] * 13 + [True])
    assert parts_of(waves[-1]) == 1


@pytest.mark.parametrize(("questions", "comment"), [(0, False), (6, False), (1, True), (-1, True)])
def test_there_must_be_room_for_a_scored_question_and_for_five_at_most(questions: int, comment: bool) -> None:
    with pytest.raises(ValueError, match="up to five"):
        choose([], Pool(BANK.scored, BANK.words if comment else ()), Every.WEEK, questions)


def test_a_series_draws_on_what_hr_named_and_without_words_among_it_on_all_words() -> None:
    named = pool(("load-1", "pride-3", "long-gone"), comment=True)
    assert {driver: keys for driver, keys in named.scored.items() if keys} == {
        Driver.PRIDE: ["pride-3"],
        Driver.LOAD: ["load-1"],
    }
    assert named.words == BANK.words
    assert pool(("load-1", "load-text"), comment=True).words == ["load-text"]
    assert pool(("load-1", "load-text"), comment=False).words == []
    assert pool(("long-gone",), comment=False).scored == BANK.scored
    assert "load-6" not in DRIVER_OF  # For a hard season alone.
    assert "load-6" in pool(("load-6",), comment=False).scored[Driver.LOAD]


@pytest.mark.parametrize(
    ("every", "days"),
    [
        (Every.WEEK, [(2026, 1, 31), (2026, 2, 7), (2026, 2, 14)]),
        (Every.FORTNIGHT, [(2026, 12, 21), (2027, 1, 4)]),
        (Every.MONTH, [(2026, 1, 31), (2026, 2, 28), (2026, 3, 31), (2026, 4, 30), (2026, 5, 31)]),
        (Every.MONTH, [(2028, 1, 30), (2028, 2, 29), (2028, 3, 30)]),
        (Every.MONTH, [(2026, 11, 15), (2026, 12, 15), (2027, 1, 15)]),
        (Every.QUARTER, [(2026, 8, 31), (2026, 11, 30), (2027, 2, 28), (2027, 5, 31)]),
    ],
)
def test_waves_keep_to_their_day_of_the_week_or_of_the_month(every: Every, days: list[tuple[int, int, int]]) -> None:
    found = [date(*day) for day in days]
    assert [rhythm.following(day, every, found[0].day) for day in found[:-1]] == found[1:]


@given(rhythms, st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 20), st.integers(-3, 3))
def test_missed_waves_are_counted_also_when_one_was_moved_by_some_days(
    every: Every, day: date, missed: int, moved: int
) -> None:
    later = day
    for _ in range(missed + 1):
        later = rhythm.following(later, every, day.day)
    assert rhythm.missed(day, date.fromordinal(later.toordinal() + moved), every) == missed


def test_an_hour_is_that_of_the_companys_clocks_through_the_year() -> None:
    zagreb = ZoneInfo("Europe/Zagreb")
    assert rhythm.at(date(2026, 3, 27), 9, zagreb) == datetime(2026, 3, 27, 8, tzinfo=UTC)
    assert rhythm.at(date(2026, 3, 30), 9, zagreb) == datetime(2026, 3, 30, 7, tzinfo=UTC)
    assert rhythm.at(date(2026, 3, 29), 2, zagreb) == datetime(2026, 3, 29, 1, tzinfo=UTC)  # Shown as three.
    assert rhythm.at(date(2026, 10, 25), 2, zagreb) == datetime(2026, 10, 25, 0, tzinfo=UTC)  # The first of two.


def test_nobody_is_reminded_twice_within_a_day_and_never_after_the_end() -> None:
    for days in range(1, 61):
        found = rhythm.reminders(days)
        assert len(found) <= 2
        assert all(0 < day < days for day in found)
        assert all(later - earlier >= 2 for earlier, later in pairwise(found))
    assert (rhythm.reminders(1), rhythm.reminders(3), rhythm.reminders(7)) == ((), (2,), (3, 6))
