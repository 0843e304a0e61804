"""What may be published of a survey without giving a small group away. Pure.

**What is defended.** Readers add and subtract what is published over the team tree. Published units are nested or
apart, so the groups whose answers can be had in this way are exactly the *rests* and what they make up together: a
unit's rest is what is left of it without the published units nearest below. `publishable` chooses the units so that

1. every rest, for each question by itself, is empty or has at least k answers (complementary suppression), and for a
   driver so has each of its questions: else the driver beside the others would give that question's few answers away;
2. nobody can tell that a group of fewer than `LARGE` answered all alike. In such a group a share of which at most one
   person is missing is told as a bound (`coded`), and neither count, distribution nor interval with it, so that "all"
   and "all but one" look the same. What bounds and exact cells together say of a rest is found by carrying the least
   and the most that it can be up and down the tree. A rest that turns out to be all alike, or exactly known to be so
   but for one, loses a published unit near it; were only the former hidden, its absence would say so. What follows
   from a group of `LARGE` that may be told to agree is not hidden: hiding would change nothing.

Hiding one more unit never gives anything away, since it only takes from what can be subtracted; so a caller may always
hide more than this. Decision 0012 says why it is done so.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .results import Bound

LARGE = 20
"""From so many answers on, it may be told that all answered alike."""


@dataclass(frozen=True)
class Tally:
    """The answers of one cohort itself (not of units below it) to one question.

    ``n`` answered. ``alike`` counts those who agree with each other in what is told of the question: (favourable, not
    favourable); (promoters, passives, detractors); how many chose each choice, and where several may be chosen also how
    many left each out. A group is all alike when one of them is n. Empty where no shares are told, as of comments.
    ``made_of``: how many answered each of the questions that a driver is made of.
    """

    n: int
    alike: tuple[int, ...] = ()
    made_of: tuple[int, ...] = ()


def publishable(parents: Mapping[int, int | None], tallies: Mapping[int, Tally], least: int) -> frozenset[int]:
    """The units that one question may be published for.

    ``parents``: for each unit the one above it, None for the whole company; ``tallies`` by unit, of its own cohort (a
    unit that isn't there has no answers of its own); ``least``: k. Where something has to be hidden it is the smallest
    unit that helps, at equal size the one with the lowest number, the company never unless it is smaller than k.
    """
    table = _Table(parents, tallies, least)
    for unit in table.upwards:
        if unit in table.shown:
            table.fill_rest(unit)
    if table.alike:
        for unit in table.upwards:
            if unit in table.shown and (table.parents[unit] is None or table.exact(unit)):
                table.blur(unit)
    return frozenset(table.shown)


def participation(
    parents: Mapping[int, int | None],
    invited: Mapping[int, int],
    least: int,
    alike: Mapping[int, tuple[int, ...]] | None = None,
) -> frozenset[int]:
    """The units of which it may be told how many answered, by how many are ``invited`` in each and all below it.

    A unit and those right below it must not differ by fewer than ``least`` people: with one, who was silent has a name.
    Nor may nobody of a small group be silent, or everybody, as far as readers are not to know: ``alike`` counts for
    each unit and all below it those who answered, those who were silent, or both. What is told of a unit must then be a
    bound, or nothing, where `is_exact` says so.
    """
    kinds = max(map(len, (alike or {}).values()), default=0)
    sizes = dict(invited)
    counts = {unit: list((alike or {}).get(unit, ())) or [0] * kinds for unit in parents}
    own = {unit: list(row) for unit, row in counts.items()}
    for unit, parent in parents.items():
        if parent is not None:
            sizes[parent] -= invited[unit]
            own[parent] = [mine - theirs for mine, theirs in zip(own[parent], counts[unit], strict=True)]
    return publishable(parents, {unit: Tally(size, tuple(own[unit])) for unit, size in sizes.items()}, least)


def is_exact(n: int, alike: tuple[int, ...]) -> bool:
    """May a group's share, count, interval and distribution be told, not only a bound? See `Tally` for ``alike``."""
    return n >= LARGE or all(count <= n - 2 for count in alike)


def coded(x: int, n: int) -> tuple[int, Bound | None]:
    """How the share x of n is told: in whole per cent, half away from zero, or as a bound.

    A bound, where n is under `LARGE` and at most one differs from all others, is the nearest multiple of five that
    leaves both possible: "80 % or more" for 4 and for 5 of 5. Raises `ValueError` for a share of nobody.
    """
    if not 0 <= x <= n or n == 0:
        raise ValueError(f"{x} of {n} is no share")
    if n < LARGE and x >= n - 1:
        return _five_below(100 * (n - 1), n), Bound.AT_LEAST
    if n < LARGE and x <= 1:
        return 100 - _five_below(100 * (n - 1), n), Bound.AT_MOST
    return (200 * x + n) // (2 * n), None


def coded_score(promoters: int, detractors: int, n: int) -> tuple[int, Bound | None] | None:
    """How the score, promoters minus detractors in per cent of n, is told; None when it may not be.

    In a group under `LARGE` in which at most one is no promoter it is told as "… or more", likewise with detractors;
    where at most one is neither between the two, no bound says so without saying it all. Raises `ValueError` when
    nobody answered.
    """
    between = n - promoters - detractors
    if min(promoters, detractors, between) < 0 or n == 0:
        raise ValueError(f"{promoters} and {detractors} of {n} are no score")
    if not is_exact(n, (promoters, between, detractors)):
        bound = _five_below(100 * max(n - 2, 0), n)
        if promoters >= n - 1:
            return bound, Bound.AT_LEAST
        return (-bound, Bound.AT_MOST) if detractors >= n - 1 else None
    size = (200 * abs(promoters - detractors) + n) // (2 * n)
    return (size if promoters >= detractors else -size), None


def _five_below(amount: int, n: int) -> int:
    """The largest multiple of five that is at most amount / n."""
    return amount // (5 * n) * 5


class _Table:
    """One question's totals over the tree, and the units that are still to be shown."""

    def __init__(self, parents: Mapping[int, int | None], tallies: Mapping[int, Tally], least: int) -> None:
        self.parents = parents
        self.least = least
        self.below: dict[int, list[int]] = {unit: [] for unit in parents}
        for unit, parent in parents.items():
            if parent is not None:
                self.below[parent].append(unit)
        self.upwards = self._lowest_first()
        self.alike = max((len(tally.alike) for tally in tallies.values()), default=0)
        none = Tally(0)
        questions = max((len(tally.made_of) for tally in tallies.values()), default=0)
        self.n: dict[int, int] = {}
        self.made_of: dict[int, list[int]] = {}
        self.counts: dict[int, list[int]] = {}
        for unit in self.upwards:
            own = tallies.get(unit, none)
            self.n[unit] = own.n + sum(self.n[each] for each in self.below[unit])
            parts = [self.counts[each] for each in self.below[unit]]
            self.counts[unit] = [sum(column) for column in zip(own.alike or [0] * self.alike, *parts, strict=True)]
            parts = [self.made_of[each] for each in self.below[unit]]
            self.made_of[unit] = [sum(column) for column in zip(own.made_of or [0] * questions, *parts, strict=True)]
        self.shown = {unit for unit in parents if self.n[unit] >= least and not any(map(self._few, self.made_of[unit]))}

    def _lowest_first(self) -> list[int]:
        downwards = [unit for unit, parent in sorted(self.parents.items()) if parent is None]
        for unit in downwards:
            downwards += sorted(self.below[unit])
        return downwards[::-1]

    def nearest(self, unit: int) -> Iterator[int]:
        """The shown units nearest below."""
        waiting = list(self.below[unit])
        while waiting:
            each = waiting.pop()
            if each in self.shown:
                yield each
            else:
                waiting += self.below[each]

    def rest(self, unit: int) -> int:
        """How many answers are left of a unit without the shown units below it."""
        return self.n[unit] - sum(self.n[each] for each in self.nearest(unit))

    def _few(self, count: int) -> bool:
        return 0 < count < self.least

    def _rest_is_small(self, unit: int) -> bool:
        """Is somebody left of a unit without the shown units below it, but fewer than k, or of a driver's question?"""
        near = list(self.nearest(unit))
        parts = zip(self.made_of[unit], *(self.made_of[each] for each in near), strict=True)
        return self._few(self.rest(unit)) or any(self._few(whole - sum(told)) for whole, *told in parts)

    def exact(self, unit: int) -> bool:
        """Is the unit's cell told exactly?"""
        return is_exact(self.n[unit], tuple(self.counts[unit]))

    def _size(self, unit: int) -> tuple[int, int]:
        return self.n[unit], unit

    def fill_rest(self, unit: int) -> None:
        """Hide what it takes for the unit's rest to be empty or k; all below it are in order already."""
        while self._rest_is_small(unit):
            near = list(self.nearest(unit))
            # What is itself all told by units below it adds nothing to the rest.
            helpful = [each for each in near if self.rest(each)]
            if not helpful and self.parents[unit] is not None:
                self.shown.remove(unit)
                return
            self.shown.remove(min(helpful or near, key=self._size))

    def blur(self, top: int) -> None:
        """Hide what it takes for no small rest between ``top`` and the exact units below it to be seen as all alike."""
        while left := self._given_away(top):
            others = [unit for unit in self._reach(top) if unit != top]
            if not others:
                self.shown.remove(top)
                return
            self.shown.remove(min(others, key=lambda unit: (min(left, self._without(unit, top)), *self._size(unit))))

    def _without(self, unit: int, top: int) -> int:
        """How many rests would be given away if ``unit`` were hidden as well."""
        self.shown.remove(unit)
        left = self._given_away(top)
        self.shown.add(unit)
        return left

    def _reach(self, top: int) -> list[int]:
        """``top``, the shown units below it as far as they are told as bounds, and the first exact ones."""
        reach = [top]
        for unit in reach:
            if unit == top or not self.exact(unit):
                reach += self.nearest(unit)
        return reach

    def _given_away(self, top: int) -> int:
        """Of how many small rests, under ``top`` and above the first exact units, too much is known."""
        inner = [unit for unit in self._reach(top) if unit == top or not self.exact(unit)]
        return sum(_Ranges(self, inner, kind).given_away() for kind in range(self.alike))


class _Ranges:
    """What can be known of how many, in a unit told exactly and those in it told as bounds, are of one ``kind``.

    Units told exactly further below are taken off, being known. As all groups are nested or apart, the ranges that one
    way up and one way down leave are the narrowest there are.
    """

    def __init__(self, table: _Table, inner: list[int], kind: int) -> None:
        self.inner = inner
        self.near = {unit: [each for each in table.nearest(unit) if each in set(inner)] for unit in inner}
        self.rest = {unit: table.rest(unit) for unit in inner}
        top = inner[0]
        n, count = table.n[top], table.counts[top][kind]
        self.size: dict[int, int] = {}
        taken: dict[int, int] = {}
        self.low: dict[int, int] = {}
        self.high: dict[int, int] = {}
        for unit in reversed(inner):
            near = self.near[unit]
            known = [each for each in table.nearest(unit) if each not in near]
            self.size[unit] = self.rest[unit] + sum(self.size[each] for each in near)
            taken[unit] = sum(table.counts[each][kind] for each in known) + sum(taken[each] for each in near)
            low, high = _told(table.n[unit], table.counts[unit][kind], exact=table.exact(unit))
            self.low[unit] = max(low - taken[unit], sum(self.low[each] for each in near))
            self.high[unit] = min(high - taken[unit], self.rest[unit] + sum(self.high[each] for each in near))
        agreed = self.size[top] >= LARGE and count - taken[top] == self.size[top]
        self.may_be_told = agreed or (n >= LARGE and count == n)

    def given_away(self) -> int:
        """How many groups under `LARGE` are known to be all of the kind, or exactly known to be but for one."""
        if self.may_be_told:
            return 0
        found = 0
        for unit in self.inner:
            least, most = self.low[unit], self.high[unit]
            lows = sum(self.low[each] for each in self.near[unit])
            highs = sum(self.high[each] for each in self.near[unit])
            rest = self.rest[unit]
            found += _is_alike(self.size[unit], least, most)
            found += _is_alike(rest, max(0, least - highs), min(rest, most - lows))
            for each in self.near[unit]:
                # The others are taken as they were before any was narrowed; narrowing them twice adds nothing.
                others_low, others_high = lows - self.low[each], highs - self.high[each] + rest
                self._narrow(each, least - others_high, most - others_low)
        return found

    def _narrow(self, unit: int, low: int, high: int) -> None:
        self.low[unit], self.high[unit] = max(self.low[unit], low), min(self.high[unit], high)


def _is_alike(size: int, low: int, high: int) -> bool:
    """Is it known of a group under `LARGE`, of which ``low`` to ``high`` are of a kind, that nearly all are?"""
    return 0 < size < LARGE and (low == size or low == high == size - 1)


def _told(n: int, count: int, *, exact: bool) -> tuple[int, int]:
    """What is told of how many of n are of a kind: the least and the most that it can be."""
    if exact:
        return count, count
    if count >= n - 1:
        return n - 1, n
    return (0, 1) if count <= 1 else (0, n)
