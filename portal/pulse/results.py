"""What may be known of a closed survey: values that `disclosure` let pass, frozen, as they are kept and shown.

Nothing else leaves a survey: screens, prints, files and trends are made of these alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from .model import Driver


class Hidden(StrEnum):
    """Why a cell is not shown."""

    TOO_FEW = "too-few"
    """Fewer than k answered."""
    PROTECTS = "protects"
    """Shown beside the others, it would give away a group that is too small."""


class Bound(StrEnum):
    """How a share is to be read that is not told exactly, since nearly all in a small group answered alike."""

    AT_LEAST = "at-least"
    AT_MOST = "at-most"


@dataclass(frozen=True)
class Change:
    """The change of a share (in points) or a score since an earlier survey, with its 95 % interval.

    ``real``: it is more than noise, after Benjamini and Hochberg over the table's cells.
    """

    points: int
    low: int
    high: int
    real: bool
    since: date
    survey_id: int


@dataclass(frozen=True)
class Cell:
    """One unit on one question or driver.

    ``value`` is the favourable share in whole per cent, or the recommendation score from -100 to 100; None for
    questions that have neither (choices). ``interval`` is its 95 % interval, ``extremes`` what it would be had all who
    were silent answered one way or the other (both None when all the invited answered, or with a ``bound``).
    ``distribution`` is in whole per cent by category, lowest first (for choices: each choice's share); None when it
    may not be shown. ``count`` is how many of ``n`` were favourable, or for a score (promoters, detractors).
    """

    hidden: Hidden | None = None
    n: int | None = None
    value: int | None = None
    bound: Bound | None = None
    interval: tuple[int, int] | None = None
    extremes: tuple[int, int] | None = None
    change: Change | None = None
    distribution: tuple[int, ...] | None = None
    count: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Together:
    """How a driver goes with the recommendation score: Spearman's rank correlation over ``n`` ballots."""

    driver: Driver
    rho: float
    n: int


@dataclass(frozen=True)
class Comments:
    """What was answered in words to one question, shuffled; ``hidden`` when it may not be shown."""

    hidden: Hidden | None
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Summary:
    """What lists, heat maps and trends show of a unit, with all below it. ``answered`` counts ballots, of ``invited``.

    It is None where, beside the others', it would tell how many of fewer than k people answered.
    """

    invited: int
    answered: int | None
    drivers: Mapping[Driver, Cell]


@dataclass(frozen=True)
class Details:
    """What a unit's own page shows besides: each question by its number, comments, what goes with what."""

    questions: Mapping[int, Cell]
    comments: Mapping[int, Comments]
    together: tuple[Together, ...]
