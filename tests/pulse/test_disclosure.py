"""What may be published: an auditor attacks thousands of companies, and must catch naive ways of publishing."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.pulse.disclosure import (
    Tally,
    coded,
    is_exact,
    participation,
    publishable,
)
from portal.pulse.results import Bound
from tests.pulse.auditor import Group, Published, groups, seen_to_agree, too_small


@dataclass(frozen=True)
class Company:
    """A tree of units, who answered in each itself, and how many of those were favourable."""

    parents: Mapping[int, int | None]
    n: Mapping[int, int]
    x: Mapping[int, int]

    def tallies(self) -> dict[int, Tally]:
        return {unit: Tally(n, (self.x[unit], n - self.x[unit])) for unit, n in self.n.items()}

    def holds(self, unit: int) -> Group:
        """The cohorts of a unit: itself and all below it."""
        below = [each for each, parent in self.parents.items() if parent == unit]
        return frozenset({unit}).union(*(self.holds(each) for each in below))

    def told(self, unit: int) -> Published:
        """What a reader sees of a published unit."""
        group = self.holds(unit)
        n, x = sum(self.n[each] for each in group), sum(self.x[each] for each in group)
        if is_exact(n, (x, n - x)):
            return Published(group, (x, x))
        percent, bound = coded(x, n)
        fitting = [
            y for y in range(n + 1) if (100 * y >= percent * n if bound is Bound.AT_LEAST else 100 * y <= percent * n)
        ]
        return Published(group, (min(fitting), max(fitting)))


def a_company(random: Random, *, units: int, size: int) -> Company:
    """Some tree with some answers, now and then of one mind."""
    parents: dict[int, int | None] = {0: None}
    for unit in range(1, random.randint(1, units)):
        parents[unit] = random.choice(sorted(parents))
    n = {unit: random.choice([0, random.randint(0, size), random.randint(0, size)]) for unit in parents}
    mood = [random.choice([0.0, 0.1, 0.5, 0.9, 1.0]) for _ in range(2)]
    x = {unit: sum(random.random() < random.choice(mood) for _ in range(n[unit])) for unit in parents}
    return Company(parents, n, x)


@st.composite
def companies(draw: st.DrawFn, units: int = 8, size: int = 14) -> Company:
    count = draw(st.integers(1, units))
    parents = {unit: draw(st.integers(0, unit - 1)) if unit else None for unit in range(count)}
    n = {unit: draw(st.integers(0, size)) for unit in range(count)}
    return Company(parents, n, {unit: draw(st.integers(0, n[unit])) for unit in range(count)})


# What sums and differences give


def test_no_group_under_k_can_be_derived_in_thousands_of_companies() -> None:
    random = Random(20)
    for _ in range(3000):
        least = random.randint(3, 12)
        company = a_company(random, units=9, size=random.choice([4, 8, 16]))
        shown = publishable(company.parents, company.tallies(), least)
        assert too_small([company.holds(unit) for unit in shown], company.n, least) == [], company


@given(companies(), st.integers(3, 12))
@settings(max_examples=150)
def test_no_group_under_k_can_be_derived(company: Company, least: int) -> None:
    shown = publishable(company.parents, company.tallies(), least)
    assert too_small([company.holds(unit) for unit in shown], company.n, least) == []


@given(companies(), st.integers(3, 12), st.data())
@settings(max_examples=60)
def test_hiding_more_than_is_needed_gives_nothing_away(company: Company, least: int, data: st.DataObject) -> None:
    shown = publishable(company.parents, company.tallies(), least)
    fewer = data.draw(st.sets(st.sampled_from(sorted(shown)))) if shown else set()
    assert too_small([company.holds(unit) for unit in fewer], company.n, least) == []


def test_the_auditor_catches_publishing_all_that_is_large_enough() -> None:
    # Of 0's twelve answers, five and five are in published units: two people are left.
    company = Company({0: None, 1: 0, 2: 0}, {0: 2, 1: 5, 2: 5}, {0: 0, 1: 0, 2: 0})
    assert too_small([company.holds(unit) for unit in (0, 1, 2)], company.n, 5) == [frozenset({0})]
    assert publishable(company.parents, company.tallies(), 5) == {0, 2}


def test_the_auditor_catches_a_parent_less_a_single_small_sibling() -> None:
    """Hiding whatever has under k answers, and no more, leaves the hidden one as the difference."""
    company = Company({0: None, 1: 0, 2: 0, 3: 0}, {0: 0, 1: 4, 2: 9, 3: 7}, dict.fromkeys(range(4), 2))
    assert too_small([company.holds(unit) for unit in (0, 2, 3)], company.n, 5) == [frozenset({1})]
    assert publishable(company.parents, company.tallies(), 5) == {0, 2}


def test_the_auditor_catches_differences_over_several_floors() -> None:
    company = Company({0: None, 1: 0, 2: 1, 3: 2}, {0: 6, 1: 0, 2: 3, 3: 8}, dict.fromkeys(range(4), 0))
    assert frozenset({2}) in too_small([company.holds(unit) for unit in (0, 1, 3)], company.n, 5)


def test_the_auditor_catches_overlapping_filters() -> None:
    """By place and by length of service, each group has five; together they single out two people."""
    sizes = {1: 3, 2: 2, 3: 4}
    filters = [frozenset({1, 2}), frozenset({2, 3}), frozenset({1, 2, 3})]
    assert set(too_small(filters, sizes, 5)) == {frozenset({1}), frozenset({2}), frozenset({3})}


def test_the_auditor_catches_three_overlapping_pairs() -> None:
    """Only halves of sums tell: (ab + bc - ac) / 2 = b."""
    pairs = [frozenset({1, 2}), frozenset({2, 3}), frozenset({1, 3})]
    assert frozenset({2}) in groups(pairs, {1: 4, 2: 4, 3: 4})


def test_the_auditor_does_not_cry_wolf() -> None:
    assert set(groups([frozenset({1, 2}), frozenset({1, 2, 3})], {1: 5, 2: 5, 3: 5})) == {
        frozenset({1, 2}),
        frozenset({3}),
        frozenset({1, 2, 3}),
    }


def test_the_auditor_catches_naive_publishing_in_most_random_companies() -> None:
    random = Random(3)
    caught = 0
    for _ in range(200):
        company = a_company(random, units=9, size=8)
        naive = [unit for unit in company.parents if sum(company.n[each] for each in company.holds(unit)) >= 5]
        caught += bool(too_small([company.holds(unit) for unit in naive], company.n, 5))
    assert caught > 60


# Who agrees with whom


def test_no_small_group_is_seen_to_agree_in_thousands_of_companies() -> None:
    random = Random(5)
    for _ in range(1500):
        company = a_company(random, units=6, size=random.choice([3, 5, 7]))
        shown = publishable(company.parents, company.tallies(), random.randint(3, 5))
        assert seen_to_agree([company.told(unit) for unit in shown], company.n) == [], company


@given(companies(units=4, size=12), st.integers(3, 6))
@settings(max_examples=100)
def test_no_small_group_is_seen_to_agree(company: Company, least: int) -> None:
    shown = publishable(company.parents, company.tallies(), least)
    assert seen_to_agree([company.told(unit) for unit in shown], company.n) == []


def test_the_auditor_catches_an_exact_parent_less_an_exact_child() -> None:
    # 24 of 30 and 18 of 24 are favourable, so all six of the rest are.
    company = Company({0: None, 1: 0, 2: 0}, {0: 0, 1: 6, 2: 24}, {0: 0, 1: 6, 2: 18})
    assert frozenset({1}) in seen_to_agree([company.told(0), company.told(2)], company.n)
    # The six may be told as "85 % or more", which leaves open how many of the others it is.
    assert publishable(company.parents, company.tallies(), 5) == {0, 1}


def test_the_auditor_catches_two_bounds_that_meet() -> None:
    """Twelve, five favourable; "80 % or more" of one half, so none in the other, though neither is told so."""
    company = Company({0: None, 1: 0, 2: 0}, {0: 0, 1: 6, 2: 6}, {0: 0, 1: 5, 2: 0})
    assert frozenset({2}) in seen_to_agree([company.told(unit) for unit in (0, 1, 2)], company.n)
    assert publishable(company.parents, company.tallies(), 5) != {0, 1, 2}


def test_the_auditor_catches_telling_all_in_small_groups() -> None:
    company = Company({0: None, 1: 0, 2: 0}, {0: 0, 1: 6, 2: 24}, {0: 0, 1: 6, 2: 10})
    plain = [Published(company.holds(unit), (x, x)) for unit, x in ((0, 16), (1, 6))]
    assert seen_to_agree(plain, company.n) == [frozenset({1})]


def test_a_rest_in_which_all_but_one_agree_hides_as_much_as_one_in_which_all_do() -> None:
    """Were only unanimous rests protected, what is missing would say that one was unanimous."""
    parents = {0: None, 1: 0, 2: 0}
    for x in (5, 6):
        company = Company(parents, {0: 6, 1: 24, 2: 30}, {0: x, 1: 12, 2: 15})
        assert publishable(parents, company.tallies(), 5) == {0, 2}
    company = Company(parents, {0: 6, 1: 24, 2: 30}, {0: 4, 1: 12, 2: 15})
    assert publishable(parents, company.tallies(), 5) == {0, 1, 2}


def test_a_large_group_that_agrees_hides_none_of_its_parts() -> None:
    company = Company({0: None, 1: 0, 2: 0}, {0: 0, 1: 8, 2: 16}, {0: 0, 1: 8, 2: 16})
    assert publishable(company.parents, company.tallies(), 5) == {0, 1, 2}
    # The six beside the twenty-four are part of the thirty, of whom it may be told.
    company = Company({0: None, 1: 0}, {0: 6, 1: 24}, {0: 6, 1: 24})
    assert publishable(company.parents, company.tallies(), 5) == {0, 1}


def test_a_score_is_protected_as_a_share_is() -> None:
    # All six of the rest neither recommend nor advise against it.
    tallies = {0: Tally(6, (0, 6, 0)), 1: Tally(24, (8, 8, 8)), 2: Tally(30, (10, 10, 10))}
    assert publishable({0: None, 1: 0, 2: 0}, tallies, 5) == {0, 2}


# How much is hidden


@given(st.integers(1, 12), st.integers(3, 12), st.data())
@settings(max_examples=60)
def test_nothing_is_hidden_where_all_teams_are_large_enough(count: int, least: int, data: st.DataObject) -> None:
    parents = {unit: data.draw(st.integers(0, unit - 1)) if unit else None for unit in range(count)}
    tallies = {unit: Tally(data.draw(st.integers(least, 40))) for unit in parents}
    assert publishable(parents, tallies, least) == set(parents)


@given(companies(), st.integers(3, 12))
@settings(max_examples=60)
def test_the_company_is_shown_when_enough_answered_and_else_nothing_is(company: Company, least: int) -> None:
    shown = publishable(company.parents, company.tallies(), least)
    assert (0 in shown) == (sum(company.n.values()) >= least)
    assert shown == set() or 0 in shown


@given(companies(), st.integers(3, 12), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_the_same_company_is_always_published_alike(company: Company, least: int, random: Random) -> None:
    units = list(company.parents)
    random.shuffle(units)
    tallies = company.tallies()
    again = publishable({u: company.parents[u] for u in units}, {u: tallies[u] for u in units if tallies[u].n}, least)
    assert again == publishable(company.parents, tallies, least)


def test_one_sibling_is_enough_and_it_is_the_smallest() -> None:
    tallies = {1: Tally(3), 2: Tally(9), 3: Tally(7), 4: Tally(7), 5: Tally(30)}
    assert publishable({0: None, **dict.fromkeys(range(1, 6), 0)}, tallies, 5) == {0, 2, 4, 5}


def test_a_unit_made_of_published_ones_does_not_help_so_that_the_parent_goes() -> None:
    # 1 holds two people and 2, which is no more than 3 and 4: hiding 2 would leave the two alone still.
    tallies = {0: Tally(9), 1: Tally(2), 3: Tally(6), 4: Tally(6)}
    assert publishable({0: None, 1: 0, 2: 1, 3: 2, 4: 2}, tallies, 5) == {0, 2, 3, 4}


def test_the_company_stays_where_a_parent_would_go() -> None:
    tallies = {0: Tally(2), 2: Tally(6), 3: Tally(7)}
    assert publishable({0: None, 1: 0, 2: 1, 3: 1}, tallies, 5) == {0, 3}


def test_a_deep_chain_is_no_trouble() -> None:
    parents = {unit: unit - 1 if unit else None for unit in range(900)}
    assert publishable(parents, {unit: Tally(1, (1, 0)) for unit in parents}, 5)


# Who took part


def test_participation_is_told_of_k_invited_and_of_no_single_person_beside_them() -> None:
    # The head of all alone is in no other unit: with both units told, it would be known whether she answered.
    assert participation({0: None, 1: 0, 2: 0}, {0: 13, 1: 7, 2: 5}, 5) == {0, 1}
    assert participation({0: None, 1: 0, 2: 0}, {0: 12, 1: 7, 2: 5}, 5) == {0, 1, 2}
