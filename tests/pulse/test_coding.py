"""How shares and scores of small groups are told, so that nobody sees that all agree."""

import pytest

from portal.pulse.disclosure import (
    LARGE,
    coded,
    coded_score,
    is_exact,
)
from portal.pulse.results import Bound


@pytest.mark.parametrize(
    ("x", "n", "told"),
    [
        (5, 5, (80, Bound.AT_LEAST)),
        (4, 5, (80, Bound.AT_LEAST)),
        (3, 5, (60, None)),
        (2, 5, (40, None)),
        (1, 5, (20, Bound.AT_MOST)),
        (0, 5, (20, Bound.AT_MOST)),
        (19, 19, (90, Bound.AT_LEAST)),
        (6, 7, (85, Bound.AT_LEAST)),
        (1, 7, (15, Bound.AT_MOST)),
        (20, 20, (100, None)),
        (1, 200, (1, None)),  # 0.5, away from zero
        (125, 200, (63, None)),  # 62.5
        (124, 200, (62, None)),
    ],
)
def test_a_share_is_told_in_whole_per_cent_or_as_a_bound(x: int, n: int, told: tuple[int, Bound | None]) -> None:
    assert coded(x, n) == told


def test_a_bound_leaves_two_counts_possible_and_tells_them_alike() -> None:
    for n in range(3, LARGE):
        low, at_least = coded(n, n)
        assert (low, at_least) == coded(n - 1, n)
        assert at_least is Bound.AT_LEAST
        assert low % 5 == 0
        assert [y for y in range(n + 1) if 100 * y >= low * n] == [n - 1, n]
        high, at_most = coded(0, n)
        assert (high, at_most) == coded(1, n)
        assert at_most is Bound.AT_MOST
        assert [y for y in range(n + 1) if 100 * y <= high * n] == [0, 1]
        assert not is_exact(n, (n - 1, 1))
        assert n == 3 or is_exact(n, (n - 2, 2))


@pytest.mark.parametrize(("x", "n"), [(0, 0), (3, 2), (-1, 4)])
def test_there_is_no_share_of_nobody(x: int, n: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        coded(x, n)


@pytest.mark.parametrize(
    ("promoters", "detractors", "n", "told"),
    [
        (4, 3, 8, (13, None)),  # 12.5
        (3, 4, 8, (-13, None)),
        (8, 0, 8, (75, Bound.AT_LEAST)),
        (7, 1, 8, (75, Bound.AT_LEAST)),
        (1, 7, 8, (-75, Bound.AT_MOST)),
        (6, 0, 8, (75, None)),
        (1, 0, 8, None),
        (0, 0, 8, None),
        (0, 0, 20, (0, None)),
        (20, 0, 20, (100, None)),
    ],
)
def test_a_score_is_told_so_that_nobody_sees_all_agree(
    promoters: int, detractors: int, n: int, told: tuple[int, Bound | None] | None
) -> None:
    assert coded_score(promoters, detractors, n) == told


@pytest.mark.parametrize(("promoters", "detractors", "n"), [(0, 0, 0), (3, 3, 5), (-1, 2, 5)])
def test_there_is_no_score_of_nobody(promoters: int, detractors: int, n: int) -> None:
    with pytest.raises(ValueError, match="no score"):
        coded_score(promoters, detractors, n)
