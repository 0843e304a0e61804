"""How many answered what: ballots put into categories, by unit and then with all that is below it. Pure.

Every question and every driver is one `Measure`; what is counted of it is a `Tallied` for each unit. Answers are gone
through by column, all to one question at once, and equal ones of a unit are counted together: ballots may be many.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TypeVar

from .cohorts import Unit
from .model import Driver, Kind
from .questions import HIGHEST, LOWEST, Answer, Answers, Question

Ballots = Sequence[tuple[int, Answers]]
"""Of each ballot the unit that it counts in, and its answers."""
Said = Answer | float | None
"""An answer, or the mean of several; None when it was left open."""

Summed = TypeVar("Summed")

AGREE_HIGHEST = HIGHEST[Kind.AGREE]
FAVOURABLE = 3.5
"""A mean of answers on agreement from here on is favourable: a single answer is so from 4 on."""
_PROMOTERS, _PASSIVES, _DETRACTORS = (9, 10), (7, 8), tuple(range(7))


class Told(Enum):
    """What is told of a measure: a share that is favourable, a score, or the share of each choice."""

    SHARE = auto()
    SCORE = auto()
    CHOICES = auto()


@dataclass(frozen=True)
class Measure:
    """How answers fall into ``width`` categories, and which ``groups`` of these agree in what is told.

    For a share: (favourable, not favourable); for a score: (promoters, passives, detractors); else each choice.
    ``place`` gives the category of a number. ``spread``: is the distribution over the categories told too? ``several``:
    may an answer be in several, so that all who are not in a group agree as well, each having left it out?
    """

    told: Told
    width: int
    groups: tuple[tuple[int, ...], ...]
    place: Callable[[float], int] = int
    spread: bool = True
    several: bool = False

    def categories(self, said: Said) -> tuple[int, ...] | None:
        """The categories of an answer; None for what is none: left open, or "doesn't apply"."""
        if said is None or isinstance(said, str):
            return None
        return said if isinstance(said, tuple) else (self.place(said),)


@dataclass(frozen=True)
class Tallied:
    """``n`` answered, and how many of them are in each category (one answer may be in several, or none)."""

    n: int
    by: tuple[int, ...]

    def of(self, measure: Measure) -> tuple[int, ...]:
        """How many are in each of the measure's groups, and where several may be chosen, how many are not."""
        inside = tuple(sum(self.by[category] for category in group) for group in measure.groups)
        return (*inside, *(self.n - count for count in inside)) if measure.several else inside


@dataclass(frozen=True)
class Tree:
    """The units of a survey."""

    units: Sequence[Unit]
    parents: Mapping[int, int | None] = field(init=False)
    lowest_first: Sequence[Unit] = field(init=False)

    def __post_init__(self) -> None:
        """Work out what is asked for often."""
        parents = {unit.number: unit.parent for unit in self.units}
        depth: dict[int | None, int] = {None: 0}

        def deep(number: int | None) -> int:
            if number not in depth:
                assert number is not None
                depth[number] = deep(parents[number]) + 1
            return depth[number]

        lowest_first = sorted(self.units, key=lambda unit: deep(unit.number), reverse=True)
        object.__setattr__(self, "parents", parents)
        object.__setattr__(self, "lowest_first", lowest_first)

    def summed(
        self, own: Mapping[int, Summed], nothing: Summed, add: Callable[[Summed, Summed], Summed]
    ) -> dict[int, Summed]:
        """For every unit what it has of its ``own`` and all that the units below it have."""
        sums = {unit.number: own.get(unit.number, nothing) for unit in self.units}
        for unit in self.lowest_first:
            if unit.parent is not None:
                sums[unit.parent] = add(sums[unit.parent], sums[unit.number])
        return sums


def _from_lowest(answer: float) -> int:
    return int(answer) - LOWEST[Kind.AGREE]


def _is_favourable(mean: float) -> int:
    return int(mean >= FAVOURABLE)


def measure_of(question: Question) -> Measure:
    """How a question that isn't answered in words is counted."""
    if question.kind == Kind.AGREE:
        favourable, others = ((0, 1), (2, 3, 4)) if question.reverse else ((3, 4), (0, 1, 2))
        return Measure(Told.SHARE, AGREE_HIGHEST, (favourable, others), _from_lowest)
    if question.kind == Kind.SCALE:
        return Measure(Told.SCORE, HIGHEST[Kind.SCALE] + 1, (_PROMOTERS, _PASSIVES, _DETRACTORS))
    choices = max((len(words.choices) for words in question.words), default=0)
    each = tuple((choice,) for choice in range(choices))
    return Measure(Told.CHOICES, choices, each, several=question.kind == Kind.SEVERAL)


DRIVER = Measure(Told.SHARE, 2, ((1,), (0,)), _is_favourable, spread=False)
"""How a driver is counted, by the mean of what each ballot answers to its questions; category 1 are the favourable."""
RECOMMENDATION = Measure(Told.SCORE, HIGHEST[Kind.SCALE] + 1, (_PROMOTERS, _PASSIVES, _DETRACTORS), spread=False)
"""How recommending us is counted."""


def units_of(ballots: Ballots) -> list[int]:
    """The unit of each ballot."""
    return [unit for unit, _ in ballots]


def answers_to(question: Question, ballots: Ballots) -> list[Answer | None]:
    """What each ballot answers to a question, None where it was left open."""
    number = question.number
    return [answers.get(number) for _, answers in ballots]


def own_tallies(measure: Measure, units: Sequence[int], said: Sequence[Said]) -> dict[int, Tallied]:
    """What was answered in each unit by ballots that count in it itself; of each ballot its unit and what it said."""
    counts: dict[int, list[int]] = {}
    for (unit, one), count in Counter(zip(units, said, strict=True)).items():
        categories = measure.categories(one)
        if categories is not None:
            row = counts.setdefault(unit, [0] * (measure.width + 1))
            row[measure.width] += count
            for category in categories:
                row[category] += count
    return {unit: Tallied(row[-1], tuple(row[:-1])) for unit, row in counts.items()}


def with_all_below(measure: Measure, own: Mapping[int, Tallied], tree: Tree) -> dict[int, Tallied]:
    """What was answered in each unit and all below it."""
    return tree.summed(
        own,
        Tallied(0, (0,) * measure.width),
        lambda a, b: Tallied(a.n + b.n, tuple(map(int.__add__, a.by, b.by))),
    )


def questions_of(driver: Driver, questions: Iterable[Question]) -> tuple[Question, ...]:
    """The questions that a driver is made of: those on agreement, or for recommending us the first from 0 to 10."""
    kind = Kind.SCALE if driver == Driver.RECOMMEND else Kind.AGREE
    found = tuple(question for question in questions if question.driver == driver and question.kind == kind)
    return found[:1] if driver == Driver.RECOMMEND else found


def means(asked: Iterable[Question], ballots: Ballots) -> list[float | None]:
    """The mean of what each ballot answers to a driver's questions; None where it answers none of them.

    Reversed ones are turned round, so that more is better.
    """
    total, count = [0] * len(ballots), [0] * len(ballots)
    for question in asked:
        worth = {
            answer: AGREE_HIGHEST + LOWEST[Kind.AGREE] - answer if question.reverse else answer
            for answer in range(LOWEST[Kind.AGREE], AGREE_HIGHEST + 1)
        }
        for place, answer in enumerate(answers_to(question, ballots)):
            if answer in worth:
                total[place] += worth[answer]
                count[place] += 1
    return [whole / of if of else None for whole, of in zip(total, count, strict=True)]


def pairs(
    units: Sequence[int], first: Sequence[Said], second: Sequence[Said]
) -> dict[int, Counter[tuple[float, float]]]:
    """By unit, how many ballots have which two numbers; those that lack one are left out."""
    found: dict[int, Counter[tuple[float, float]]] = {}
    for (unit, mean, score), count in Counter(zip(units, first, second, strict=True)).items():
        if isinstance(mean, float) and isinstance(score, int):
            found.setdefault(unit, Counter())[mean, score] += count
    return found
