"""The formulas, against scipy, against the equations they solve, and against every sample there could be."""

import random
from math import comb, erfc, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from portal.pulse.statistics import (
    Score,
    Share,
    Z,
    difference,
    discoveries,
    effective_size,
    p_value,
    rank_correlation,
    wilson,
)

ENDLESS = 10**12


@st.composite
def shares(draw: st.DrawFn) -> Share:
    """A share of those who answered, of a group of up to 400."""
    invited = draw(st.integers(1, 400))
    n = draw(st.integers(1, invited))
    return Share(draw(st.integers(0, n)), n, invited)


@st.composite
def scores(draw: st.DrawFn) -> Score:
    """A recommendation score of a group of up to 400."""
    share = draw(shares())
    promoters = share.favourable
    return Score(promoters, draw(st.integers(0, share.n - promoters)), share.n, share.invited)


# The interval of a share.


@pytest.mark.parametrize(("x", "n"), [(0, 5), (1, 7), (4, 8), (30, 41), (41, 41), (990, 1_000)])
def test_of_an_endless_crowd_the_interval_is_wilsons(x: int, n: int) -> None:
    theirs = stats.binomtest(x, n).proportion_ci(method="wilson")
    assert wilson(x, n, ENDLESS) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


@given(shares().filter(lambda share: share.n < share.invited))
def test_the_limits_are_where_the_distance_is_z_standard_errors_of_the_finite_group(share: Share) -> None:
    p, invited, n = share.favourable / share.n, share.invited, share.n
    weight = Z**2 / n * (invited - n) / (invited - 1)
    # (p − π)² = weight·π(1 − π), as a polynomial of π.
    roots = sorted(np.roots([1 + weight, -2 * p - weight, p * p]).real)
    low, high = wilson(share.favourable, n, invited)
    assert (low, high) == pytest.approx(roots, abs=1e-6)
    assert 0 <= low <= p <= high <= 1


def test_when_all_answered_there_is_nothing_left_to_estimate() -> None:
    assert wilson(3, 12, 12) == (0.25, 0.25)
    assert Share(3, 12, 12).limits() == Share(3, 12, 12).extremes == (25, 25)
    assert Score(6, 3, 12, 12).limits() == Score(6, 3, 12, 12).extremes == (25, 25)
    assert Score(1, 0, 1, 1).limits() == Score(12, 0, 12, 12).limits() == (100, 100)


def test_the_effective_size_grows_from_n_to_infinity() -> None:
    assert effective_size(8, 12) == 22
    assert effective_size(8, ENDLESS) == pytest.approx(8)
    assert effective_size(12, 12) == float("inf")


def covered(answered: int, invited: int, method: object) -> list[float]:
    """For each true number of favourable, how probable it is that the interval of a random sample holds it."""
    found = []
    for true in range(invited + 1):
        chance = 0.0
        for x in range(max(0, answered - invited + true), min(answered, true) + 1):
            low, high = method(x, answered, invited)  # type: ignore[operator]
            if low - 1e-12 <= true / invited <= high + 1e-12:
                chance += comb(true, x) * comb(invited - true, answered - x) / comb(invited, answered)
        found.append(chance)
    return found


def wald(x: int, n: int, invited: int) -> tuple[float, float]:
    """What it is better than: p ± 1.96 standard errors of the finite group."""
    p = x / n
    reach = Z * sqrt(p * (1 - p) / n * (invited - n) / (invited - 1))
    return p - reach, p + reach


def test_over_every_sample_of_8_of_12_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    ours, theirs = covered(8, 12, wilson), covered(8, 12, wald)
    assert sum(ours) / len(ours) == pytest.approx(0.956, abs=0.0005)
    assert min(ours) == pytest.approx(0.909, abs=0.0005)
    assert min(theirs) == pytest.approx(0.667, abs=0.0005)


@pytest.mark.parametrize(("answered", "invited"), [(5, 8), (6, 30), (20, 35), (60, 100)])
def test_over_every_sample_of_other_groups_it_stays_near_95_per_cent(answered: int, invited: int) -> None:
    ours, theirs = covered(answered, invited, wilson), covered(answered, invited, wald)
    assert sum(ours) / len(ours) > 0.935
    # At its worst, where all but one think alike, it is still far better than what it is compared with.
    assert min(ours) > min(theirs) + 0.1
    assert min(ours) > 0.79


# The interval of a recommendation score.


@given(scores().filter(lambda score: score.invited > score.n))
def test_a_scores_error_is_that_of_a_mean_of_plus_one_nought_and_minus_one(score: Score) -> None:
    worth = [1] * score.promoters + [-1] * score.detractors + [0] * (score.n - score.promoters - score.detractors)
    finite = (score.invited - score.n) / (score.invited - 1)
    assert score.value == pytest.approx(100 * float(np.mean(worth)))
    assert score.error == pytest.approx(100 * sqrt(float(np.var(worth)) / score.n * finite), abs=1e-6)


def test_a_score_as_it_would_be_done_by_hand() -> None:
    score = Score(5, 2, 10, 40)
    assert score.value == 30
    assert score.error == pytest.approx(100 * sqrt((0.7 - 0.09) / 10 * 30 / 39))
    assert score.limits() == pytest.approx((30 - Z * score.error, 30 + Z * score.error))
    assert score.extremes == (-67.5, 82.5)


def test_a_score_of_answers_all_of_one_kind_is_not_called_certain() -> None:
    for score in (Score(6, 0, 6, 30), Score(0, 6, 6, 30), Score(0, 0, 6, 30)):
        low, high = score.limits()
        assert score.error == 0
        assert high - low > 40
        assert -100 <= low <= score.value <= high <= 100
    least = wilson(6, 6, 30)[0]
    assert Score(6, 0, 6, 30).limits() == pytest.approx((100 * (2 * least - 1), 100))
    assert Score(0, 6, 6, 30).limits() == pytest.approx((-100, 100 * (1 - 2 * least)))


def test_in_random_samples_the_scores_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    chance = random.Random(5)
    for kinds, answered in (((20, 12, 8), 25), ((70, 60, 70), 60)):
        crowd = [1] * kinds[0] + [0] * kinds[1] + [-1] * kinds[2]
        true, held = 100 * sum(crowd) / len(crowd), 0
        for _ in range(800):
            drawn = chance.sample(crowd, answered)
            low, high = Score(drawn.count(1), drawn.count(-1), answered, len(crowd)).limits()
            held += low <= true <= high
        assert 0.925 < held / 800 < 0.98


# What assumes nothing.


@given(shares())
def test_the_extremes_are_the_shares_had_the_silent_all_said_one_thing_or_the_other(share: Share) -> None:
    silent = [0] * (share.invited - share.n)
    said = [1] * share.favourable + [0] * (share.n - share.favourable)
    low, high = float(np.mean(said + silent)), float(np.mean(said + [1 for _ in silent]))
    assert share.extremes == pytest.approx((100 * low, 100 * high))


# Changes.


@pytest.mark.parametrize(
    ("now", "then", "low", "high"),
    [
        # Newcombe (1998), table II, method 10.
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_the_change_of_a_share_is_newcombes_tenth(
    now: tuple[int, int], then: tuple[int, int], low: float, high: float
) -> None:
    _, down, up = difference(Share(*now, ENDLESS), Share(*then, ENDLESS))
    assert (down / 100, up / 100) == pytest.approx((low, high), abs=6e-5)


@given(scores(), scores())
def test_the_change_of_a_score_is_made_of_both_errors(now: Score, then: Score) -> None:
    points, low, high = difference(now, then)
    assert low <= points <= high
    if now.error and then.error:
        reach = Z * sqrt(now.error**2 + then.error**2)
        assert (low, high) == pytest.approx((points - reach, points + reach))
        away = abs(points) / sqrt(now.error**2 + then.error**2)
        assert p_value(now, then) == pytest.approx(erfc(away / sqrt(2)), abs=1e-6)


@given(shares(), shares())
def test_the_chance_is_under_5_per_cent_where_the_interval_leaves_nought_out(now: Share, then: Share) -> None:
    _, low, high = difference(now, then)
    chance = p_value(now, then)
    assert 0 <= chance <= 1
    assert chance == pytest.approx(p_value(then, now))
    if abs(chance - 0.05) > 1e-6:
        assert (chance < 0.05) == (low > 0 or high < 0)


def test_two_whole_groups_that_differ_do_so_without_doubt() -> None:
    assert difference(Share(6, 12, 12), Share(3, 12, 12)) == (25, 25, 25)
    assert p_value(Share(6, 12, 12), Share(3, 12, 12)) < 1e-300
    assert p_value(Share(6, 12, 12), Share(6, 12, 12)) == 1
    assert p_value(Share(6, 12, 20), Share(3, 12, 20)) > 0.05


@given(st.lists(st.floats(0, 1) | st.sampled_from([0.0, 0.001, 0.01, 0.02, 0.05]), max_size=40))
def test_what_is_called_real_is_what_benjamini_and_hochberg_let_pass(chances: list[float]) -> None:
    adjusted = stats.false_discovery_control(chances) if chances else []
    near = [p for p in adjusted if abs(p - 0.05) < 1e-12]
    if not near:
        assert discoveries(chances) == tuple(bool(p <= 0.05) for p in adjusted)


def test_one_of_many_changes_by_chance_is_not_called_real() -> None:
    assert discoveries([0.04]) == (True,)
    assert discoveries([0.04, 0.3, 0.6]) == (False, False, False)
    assert discoveries([0.05, 0.05]) == (True, True)
    assert discoveries([]) == ()


# What goes with what.


@given(st.lists(st.tuples(st.sampled_from([1.0, 2.5, 10 / 3, 5.0]), st.integers(0, 10)), min_size=3, max_size=60))
def test_ranks_with_ties_correlate_as_spearman_says(pairs: list[tuple[float, int]]) -> None:
    table: dict[tuple[float, float], int] = {}
    for pair in pairs:
        table[pair] = table.get(pair, 0) + 1
    ours = rank_correlation(table)
    if len({x for x, _ in pairs}) == 1 or len({y for _, y in pairs}) == 1:
        assert ours is None
    else:
        assert ours == pytest.approx(stats.spearmanr(*zip(*pairs, strict=True)).statistic, abs=1e-9)
