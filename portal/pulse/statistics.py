"""Numbers that don't mislead: intervals for few people of few, what is noise, and what goes with what. Pure.

Those asked are a finite group: with 8 answers of 12, little is unknown. So each interval narrows as n, the answers,
comes near N, the invited, and is the point itself when all have answered. A question that doesn't apply to everybody,
or that only some drew, is still told of all N: its interval is then rather too wide than too narrow. Intervals are for
chance alone; what the silent may think is what `extremes` say.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, copysign, erfc, floor, inf, sqrt
from statistics import NormalDist

CONFIDENCE = 0.95
Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
"""1.96: how many standard errors a 95 % interval goes to each side."""
FALSE_DISCOVERIES = 0.05
"""Of the changes called real in a table, this share may be noise."""
FAR_OUT = 38.0
"""Beyond so many standard errors, no chance is left that a float could hold."""
HALVINGS = 26

Limits = tuple[float, float]


def nearest(number: float) -> int:
    """The whole number next to ``number``, halves away from zero."""
    return int(copysign(floor(_exact(abs(number)) + 0.5), number))


def outward(limits: Limits, least: int, most: int) -> tuple[int, int]:
    """An interval in whole numbers that holds all of ``limits``, as far as from ``least`` to ``most``."""
    low, high = limits
    return max(least, floor(_exact(low))), min(most, ceil(_exact(high)))


def _exact(number: float) -> float:
    """Without what floating point adds: 100·0.29 is 29."""
    return round(number, 9)


def effective_size(n: int, invited: int) -> float:
    """How many answers out of an endless crowd would tell as much as ``n`` of ``invited``: n(N−1)/(N−n).

    ``1 <= n <= invited``; infinite when all answered. From the variance of the hypergeometric distribution; Korn and
    Graubard (1998), "Confidence intervals for proportions with small expected number of positive counts", put such a
    size into an interval made for independent answers.
    """
    return inf if n == invited else n * (invited - 1) / (invited - n)


def wilson(x: int, n: int, invited: int, z: float = Z) -> Limits:
    """The interval of a share, ``x`` of ``n`` answers of ``invited``, as two shares from 0 to 1.

    Wilson (1927), "Probable inference, the law of succession, and statistical inference", with `effective_size` for n:
    the roots π of (p − π)² = z²·π(1 − π)/n. The point itself when all answered.
    """
    share, size = x / n, effective_size(n, invited)
    if size == inf:
        return share, share
    weight = z * z / size
    middle = (share + weight / 2) / (1 + weight)
    reach = z / (1 + weight) * sqrt(share * (1 - share) / size + weight / (4 * size))
    # At the ends the formula gives 0 and 1 but for rounding.
    return (0.0 if x == 0 else max(0.0, middle - reach)), (1.0 if x == n else min(1.0, middle + reach))


@dataclass(frozen=True)
class Share:
    """``favourable`` of ``n`` answers, of ``invited`` who were asked; told in per cent."""

    favourable: int
    n: int
    invited: int

    @property
    def value(self) -> float:
        """Per cent of the answers."""
        return 100 * self.favourable / self.n

    @property
    def extremes(self) -> Limits:
        """The per cents had all who were silent been unfavourable, or favourable: [x/N, (x + N − n)/N].

        The bounds that assume nothing of those who didn't answer; Manski (1989), "Anatomy of the selection problem".
        """
        silent = self.invited - self.n
        return 100 * self.favourable / self.invited, 100 * (self.favourable + silent) / self.invited

    def limits(self, z: float = Z) -> Limits:
        """The interval that goes ``z`` standard errors to each side, in per cent: see `wilson`."""
        low, high = wilson(self.favourable, self.n, self.invited, z)
        return 100 * low, 100 * high


@dataclass(frozen=True)
class Score:
    """The recommendation score of ``n`` answers of ``invited``: per cent of promoters less per cent of detractors."""

    promoters: int
    detractors: int
    n: int
    invited: int

    @property
    def value(self) -> float:
        """From -100 to 100."""
        return 100 * (self.promoters - self.detractors) / self.n

    @property
    def error(self) -> float:
        """Its standard error: 100·√[(p + d − (p − d)²)/n · (N − n)/(N − 1)], p and d being shares.

        The variance of the difference of two shares of one multinomial sample, drawn without replacement; Rocks
        (2016), "Interval estimation for the 'net promoter score'", and Cochran (1977), "Sampling techniques", 3.2.
        """
        if self.n == self.invited:
            return 0.0
        p, d = self.promoters / self.n, self.detractors / self.n
        # All of one kind: nought, which rounding must not take below.
        spread = max(0.0, p + d - (p - d) ** 2)
        return 100 * sqrt(spread / self.n * (self.invited - self.n) / (self.invited - 1))

    @property
    def extremes(self) -> Limits:
        """The scores had all who were silent been detractors, or promoters."""
        ahead, silent = self.promoters - self.detractors, self.invited - self.n
        return 100 * (ahead - silent) / self.invited, 100 * (ahead + silent) / self.invited

    def limits(self, z: float = Z) -> Limits:
        """The interval that goes ``z`` standard errors to each side; it may go beyond -100 and 100.

        Where all who answered were of one kind, the standard error is nought though others might have answered
        otherwise. Then it is made of `wilson`'s for the share of that kind, with the rest at the far end.
        """
        alone = max(self.promoters, self.detractors, self.n - self.promoters - self.detractors)
        if alone < self.n or self.n == self.invited:
            reach = z * self.error
            return self.value - reach, self.value + reach
        missing = 100 * (1 - wilson(self.n, self.n, self.invited, z)[0])
        if self.promoters:
            return 100 - 2 * missing, 100.0
        if self.detractors:
            return -100.0, 2 * missing - 100
        return -missing, missing


Estimate = Share | Score


def difference(now: Estimate, then: Estimate, z: float = Z) -> tuple[float, float, float]:
    """How much higher ``now`` is than ``then``, in points, with its interval: (points, low, high).

    Newcombe (1998), "Interval estimation for the difference between independent proportions", method 10: the square
    root of the squared distances between each estimate and its limits. Fed with the limits of the finite group; with
    those of scores it is the points ± z·√(SE₁² + SE₂²) (Zou and Donner (2008) show why such limits may be put in).
    """
    points = now.value - then.value
    (low_now, high_now), (low_then, high_then) = now.limits(z), then.limits(z)
    down = sqrt((now.value - low_now) ** 2 + (high_then - then.value) ** 2)
    up = sqrt((high_now - now.value) ** 2 + (then.value - low_then) ** 2)
    return points, points - down, points + up


def p_value(now: Estimate, then: Estimate) -> float:
    """The chance of at least such a difference were there none: what goes with `difference`'s interval.

    An interval's test: the z whose interval just reaches nought, as a two-sided chance. Below 0.05 exactly when the
    95 % interval leaves nought out. 0 for two whole groups that differ, 1 for none.
    """
    if now.value == then.value:
        return 1.0
    low, high = 0.0, FAR_OUT
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        _, least, most = difference(now, then, middle)
        low, high = (middle, high) if least > 0 or most < 0 else (low, middle)
    return erfc((low + high) / 2 / sqrt(2))


def discoveries(chances: Sequence[float], rate: float = FALSE_DISCOVERIES) -> tuple[bool, ...]:
    """For each p-value of a table: is it real, when a share of ``rate`` of those called real may be noise?

    Benjamini and Hochberg (1995), "Controlling the false discovery rate": all up to the largest p₍ᵢ₎ ≤ i/m·rate. It
    holds too for groups that hold one another (Benjamini and Yekutieli (2001): positive dependence).
    """
    rising = sorted(chances)
    limit = max((p for rank, p in enumerate(rising, 1) if p <= rank / len(rising) * rate), default=-inf)
    return tuple(p <= limit for p in chances)


def rank_correlation(table: Mapping[tuple[float, float], int]) -> float | None:
    """Spearman's rank correlation of pairs, told by how many there are of each; None when either side is all alike.

    Spearman (1904), "The proof and measurement of association between two things": Pearson's correlation of the
    ranks, those of equals being the mean of the ranks that they take up (Kendall (1948), "Rank correlation methods").
    """
    ranks = [_middle_ranks((pair[side], count) for pair, count in table.items()) for side in (0, 1)]
    total = sum(table.values())
    middle = (total + 1) / 2
    across = squares = upright = 0.0
    for (x, y), count in table.items():
        a, b = ranks[0][x] - middle, ranks[1][y] - middle
        across += count * a * b
        squares += count * a * a
        upright += count * b * b
    return across / sqrt(squares * upright) if squares and upright else None


def _middle_ranks(counted: Iterable[tuple[float, int]]) -> dict[float, float]:
    """For each value the mean of the ranks of those that have it."""
    counts: dict[float, int] = {}
    for value, count in counted:
        counts[value] = counts.get(value, 0) + count
    ranks, before = {}, 0
    for value, count in sorted(counts.items()):
        ranks[value] = before + (count + 1) / 2
        before += count
    return ranks
