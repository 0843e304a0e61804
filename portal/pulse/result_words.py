"""How results are worded in the language of a request: shares, scores, bounds, intervals and changes.

What is uncertain says so, what isn't known isn't guessed, and nothing is worded as the cause of anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ..core.locale import (
    Text,
    chosen,
    gettext,
    lazy,
    ngettext,
    written_day,
    written_decimal,
    written_number,
    written_share,
)
from .answering import AGREEMENT
from .bank import DRIVERS
from .forms import rules
from .model import Driver, Kind
from .results import Bound, Cell, Change, Hidden, Together
from .survey_queries import order

HIDDEN: Mapping[Hidden, Text] = {
    Hidden.TOO_FEW: lazy("too few"),
    Hidden.PROTECTS: lazy("protected"),
}
"""Why a cell is not shown, in a word or two; `WHY` says it whole."""
WHY: Mapping[Hidden, Text] = {
    Hidden.TOO_FEW: lazy("Too few people answered this to be shown."),
    Hidden.PROTECTS: lazy("Not shown: together with the other numbers it would give away a group that is too small."),
}
_WEAK, _CLEAR, _STRONG = 0.1, 0.3, 0.5


@dataclass(frozen=True)
class Figure:
    """A cell in words. ``value`` is whole ("80% or more"), ``brief`` fits a heat map ("≥ 80"); empty: nothing to say.

    ``shade`` is 1 (low) to 5 (high), 0 where nothing is shown. ``way`` is "up" or "down" for a change that is real.
    """

    cell: Cell
    score: bool
    value: str
    brief: str
    range: str
    change: str
    way: str
    why: str
    shade: int


def languages() -> tuple[str, ...]:
    """The languages in which the reader is shown what people wrote, the best first."""
    return order(chosen(), rules().language)


def driver_name(driver: Driver) -> str:
    """What a driver is called."""
    return DRIVERS[driver].name(chosen())


def is_score(driver: Driver) -> bool:
    """Is a driver told as a score from -100 to 100, and not as a share?"""
    return driver is Driver.RECOMMEND


def is_scored(kind: Kind) -> bool:
    """Is a question of this kind told as a score?"""
    return kind is Kind.SCALE


def figure(cell: Cell | None, *, score: bool) -> Figure:
    """A cell in words; None is one that was not asked."""
    cell = cell or Cell()
    if cell.hidden is not None:
        return Figure(cell, score, "", str(HIDDEN[cell.hidden]), "", "", "", str(WHY[cell.hidden]), 0)
    if cell.value is None:
        return Figure(cell, score, "", "–", "", "", "", "", 0)
    return Figure(
        cell=cell,
        score=score,
        value=_value(cell, score),
        brief=_brief(cell, score),
        range=_range(cell.interval, score),
        change=change(cell.change),
        way=_way(cell.change),
        why="",
        shade=_shade(cell.value, score),
    )


def written(value: int, *, score: bool) -> str:
    """A share in per cent, or a score with its sign."""
    return _signed(value) if score else written_share(value)


def change(since: Change | None) -> str:
    """What has changed, in one sentence; noise is told as no clear change."""
    if since is None:
        return ""
    day = written_day(since.since)
    if not since.real:
        return str(gettext("No clear change since %(day)s.", day=day))
    low, high = sorted((abs(since.low), abs(since.high)))
    values = {"day": day, "low": written_number(low), "high": written_number(high)}
    points = abs(since.points)
    if since.points < 0:
        said = ngettext(
            "%(num)d point down since %(day)s (likely %(low)s to %(high)s).",
            "%(num)d points down since %(day)s (likely %(low)s to %(high)s).",
            points,
            **values,
        )
    else:
        said = ngettext(
            "%(num)d point up since %(day)s (likely %(low)s to %(high)s).",
            "%(num)d points up since %(day)s (likely %(low)s to %(high)s).",
            points,
            **values,
        )
    return str(said)


def extremes(cell: Cell, *, score: bool) -> str:
    """What it would be, had all who stayed silent answered one way or the other; empty where that isn't told."""
    if cell.extremes is None or cell.bound is not None:
        return ""
    low, high = (written(end, score=score) for end in cell.extremes)
    said = gettext("Whatever those who stayed silent think, it lies between %(low)s and %(high)s.", low=low, high=high)
    return str(said)


def together(one: Together) -> str:
    """How closely a driver goes with the recommendation; never worded as its cause."""
    size = abs(one.rho)
    if size < _WEAK:
        return str(gettext("goes its own way"))
    if one.rho < 0:
        return str(gettext("goes the opposite way"))
    if size < _CLEAR:
        return str(gettext("goes together with it a little"))
    return str(gettext("goes together with it clearly") if size < _STRONG else gettext("goes together with it closely"))


def correlation(rho: float) -> str:
    """A rank correlation in two places, as this request's language writes it, with a true minus."""
    return written_decimal(rho).replace("-", "−")


def categories(kind: Kind, choices: tuple[str, ...]) -> tuple[str, ...]:
    """What the answers to a question are called, lowest first."""
    if kind is Kind.AGREE:
        return tuple(map(str, AGREEMENT))
    return tuple(map(str, range(11))) if kind is Kind.SCALE else choices


def _value(cell: Cell, score: bool) -> str:
    assert cell.value is not None
    said = written(cell.value, score=score)
    if cell.bound is Bound.AT_LEAST:
        return str(gettext("%(share)s or more", share=said))
    return str(gettext("%(share)s or less", share=said)) if cell.bound is Bound.AT_MOST else said


def _brief(cell: Cell, score: bool) -> str:
    assert cell.value is not None
    number = _signed(cell.value) if score else written_number(cell.value)
    return {Bound.AT_LEAST: "≥ ", Bound.AT_MOST: "≤ "}.get(cell.bound, "") + number if cell.bound else number


def _range(interval: tuple[int, int] | None, score: bool) -> str:
    if interval is None:
        return ""
    low, high = (written(end, score=score) for end in interval)
    return str(gettext("%(low)s to %(high)s", low=low, high=high))


def _way(since: Change | None) -> str:
    if since is None or not since.real:
        return ""
    return "up" if since.points > 0 else "down"


def _shade(value: int, score: bool) -> int:
    share = (value + 100) // 2 if score else value
    return 1 + sum(share >= border for border in (35, 50, 65, 80))


def _signed(value: int) -> str:
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return sign + written_number(abs(value))
