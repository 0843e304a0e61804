"""Which questions a wave of a recurring pulse asks. Pure, and the same whenever it is asked again.

A person gets at most five questions a wave, and every driver is asked of somebody every quarter (PULSE, "What HR
does"). Where a quarter has too few waves for that, a wave has several parts, and each ballot draws one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from .model import Driver
from .rhythm import WAVES, Every

MOST_A_PERSON = 5
_RECOMMEND_EVERY = {Every.WEEK: 4, Every.FORTNIGHT: 2, Every.MONTH: 2, Every.QUARTER: 1}
"""In every how many waves the recommendation is asked, where there is room: about once a month."""
_ROOM_FOR_ALL = 3
"""With as many questions a person or more, one of a wave in parts is asked of all: the recommendation."""


@dataclass(frozen=True)
class Pool:
    """The keys to draw on: questions that are ``scored``, by driver, and those that are answered in ``words``.

    Earlier ones are drawn first, when nothing else decides. Without ``words`` no wave asks for any.
    """

    scored: Mapping[Driver, Sequence[str]]
    words: Sequence[str] = ()


@dataclass(frozen=True)
class Chosen:
    """A question of a wave. ``part`` 0 is asked of all, others of those who draw that part."""

    key: str
    part: int


def choose(asked_before: Sequence[Sequence[str]], pool: Pool, every: Every, questions: int) -> tuple[Chosen, ...]:
    """The questions of the next wave in the order in which they are asked, a question in words last.

    ``asked_before``: the keys of each earlier wave, the latest last; a wave that was left out is an empty one.
    ``questions``: how many a person gets at most, 1 to `MOST_A_PERSON`, the one in words among them.

    Of drivers, and of a driver's questions, those come first that were asked longest ago. A driver that would otherwise
    be left out for a whole quarter is always asked, if need be by dividing the wave into more parts; after a break of a
    quarter it begins anew. Raises ValueError when there is no room for a scored question.
    """
    slots = questions - bool(pool.words)
    if slots < 1 or questions > MOST_A_PERSON:
        raise ValueError("a wave asks a person up to five questions, a scored one among them")
    round_ = _Round(_last_asked(asked_before), len(asked_before), pool.scored, every, slots)
    of_all, parted = round_.drawn()
    parts = _dealt(parted, round_.parts)
    chosen = [Chosen(key, 0) for key in of_all] + parts
    order = {key: place for place, key in enumerate(key for driver in Driver for key in pool.scored.get(driver, ()))}
    chosen.sort(key=lambda one: order[one.key])
    if pool.words:
        chosen.append(Chosen(min(pool.words, key=lambda key: round_.last.get(key, -1)), 0))
    return tuple(chosen)


def parts_of(chosen: Sequence[Chosen]) -> int:
    """How many parts a wave has (`Survey.parts`)."""
    return max((one.part for one in chosen), default=0) or 1


def _dealt(keys: Sequence[str], parts: int) -> list[Chosen]:
    """The questions dealt out to the parts in turn; with a single part all are asked of all."""
    return [Chosen(key, place % parts + 1 if parts > 1 else 0) for place, key in enumerate(keys)]


def _last_asked(asked_before: Sequence[Sequence[str]]) -> dict[str, int]:
    """For each key the number of the wave that asked it last."""
    return {key: wave for wave, keys in enumerate(asked_before) for key in keys}


@dataclass(frozen=True)
class _Round:
    """What is known when a wave's questions are drawn. ``now`` is the number of this wave, earlier ones from 0."""

    last: Mapping[str, int]
    now: int
    scored: Mapping[Driver, Sequence[str]]
    every: Every
    slots: int

    @property
    def drivers(self) -> list[Driver]:
        """Those that there are questions on."""
        return [driver for driver in Driver if self.scored.get(driver)]

    @property
    def shared(self) -> bool:
        """Is the recommendation asked of all, and the other drivers in parts?"""
        quarterly = WAVES[self.every] == 1 and Driver.RECOMMEND in self.drivers
        return quarterly and self.slots >= _ROOM_FOR_ALL and len(self.drivers) > self.slots

    @property
    def parts(self) -> int:
        """As few as will do for a quarter, and for the drivers that can't wait any longer."""
        drivers, slots = (len(self.drivers) - 1, self.slots - 1) if self.shared else (len(self.drivers), self.slots)
        return max(ceil(drivers / (WAVES[self.every] * slots)), ceil(len(self._due()) / slots), 1)

    def drawn(self) -> tuple[list[str], list[str]]:
        """The questions for all, and those to be dealt out."""
        if self.shared:
            others = [driver for driver in self._in_turn() if driver != Driver.RECOMMEND]
            return [self._next_of(Driver.RECOMMEND)], [self._next_of(driver) for driver in others]
        keys = [self._next_of(driver) for driver in self._in_turn()][: self.slots * self.parts]
        # Of a short list, questions are asked that would otherwise wait; then ones that were asked just now.
        return [], keys + (self._others(keys)[: self.slots - len(keys)] if self.parts == 1 else [])

    def _in_turn(self) -> list[Driver]:
        """The drivers that may be asked now: those that must be, then those that were asked longest ago."""
        due = self._due()
        early = [driver for driver in self.drivers if driver not in due and self._too_early(driver)]
        waiting = [driver for driver in self.drivers if driver not in early] or self.drivers
        first = {Driver.RECOMMEND} if self._recommend_is_next() else set()
        return sorted(waiting, key=lambda driver: (driver not in due, driver not in first, self._asked(driver)))

    def _due(self) -> set[Driver]:
        """The drivers that a whole quarter would have left out, were they not asked now."""
        before = WAVES[self.every] - 1
        begun = self.now - before
        running = any(wave >= begun for wave in self.last.values()) or before == 0
        if begun < 0 or not running:
            return set()
        return {driver for driver in self.drivers if self._asked(driver) < begun}

    def _too_early(self, driver: Driver) -> bool:
        """Would it ask again what the last wave asked, or the recommendation before its time?"""
        if driver == Driver.RECOMMEND and len(self.drivers) > self.slots:
            return not self._recommend_is_next()
        return all(self.last.get(key) == self.now - 1 for key in self.scored[driver])

    def _recommend_is_next(self) -> bool:
        """Has the recommendation waited as long as it may, given how much room the other drivers leave?"""
        if Driver.RECOMMEND not in self.drivers:
            return False
        waves = WAVES[self.every]
        spare = max(waves * self.slots * self.parts - len(self.drivers) + 1, 1)
        return self.now - self._asked(Driver.RECOMMEND) >= max(_RECOMMEND_EVERY[self.every], ceil(waves / spare))

    def _asked(self, driver: Driver) -> int:
        """When a driver was asked last; far back if never."""
        return max(self.last.get(key, -WAVES[self.every] - 1) for key in self.scored[driver])

    def _next_of(self, driver: Driver) -> str:
        return min(self.scored[driver], key=lambda key: self.last.get(key, -1))

    def _others(self, chosen: Sequence[str]) -> list[str]:
        """The questions that are left, by how long ago they were asked."""
        left = [key for driver in self.drivers for key in self.scored[driver] if key not in chosen]
        return sorted(left, key=lambda key: self.last.get(key, -1))
