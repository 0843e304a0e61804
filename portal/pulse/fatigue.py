"""Do people tire of a recurring pulse? How many of those asked answered each wave, and where that goes.

Whether somebody answers is looked at as a toss of a coin whose odds may change, so that a few people more or less say
nothing yet. The numbers are those of the frozen results, of all who were asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..core.errors import Refused
from ..core.locale import Text, lazy
from ..core.permissions import Actor
from . import policy
from .cohorts import EVERYBODY
from .freezing import summary_of
from .model import Result, State, Survey
from .results import Summary
from .statistics import Share, difference, nearest

WAVES = 12
"""So many waves are looked back, the latest last."""
_SIDE = 3
"""So many waves are compared with as many before them."""
_WORTH_SAYING = 5
"""Points; a smaller change is none."""
_ENDLESS = 10**12
"""The coin may be tossed for ever: those asked are not all of a finite group."""


class Trend(StrEnum):
    """Where the share of those who answer goes."""

    UNKNOWN = "unknown"
    """There are too few waves yet."""
    STEADY = "steady"
    FALLING = "falling"
    RISING = "rising"


@dataclass(frozen=True)
class Turnouts:
    """``shares``: for each wave the whole per cent that answered, the oldest first; None where it may not be told.

    ``lately`` and ``before``: the same for the last waves together and for as many before them.
    """

    shares: tuple[int | None, ...]
    trend: Trend
    lately: int | None = None
    before: int | None = None

    @property
    def said(self) -> Text:
        """What there is to say of it to HR, in a sentence or two."""
        if self.trend == Trend.UNKNOWN:
            return lazy("After four waves you can see here whether people go on answering.")
        numbers = {"lately": self.lately, "before": self.before}
        if self.trend == Trend.FALLING:
            return lazy(
                "Fewer people answer than before: %(lately)d%% lately, %(before)d%% in the waves before. Longer pauses "
                "may help, and so may telling people what came of their answers.",
                **numbers,
            )
        if self.trend == Trend.RISING:
            return lazy(
                "More people answer than before: %(lately)d%% lately, %(before)d%% in the waves before.", **numbers
            )
        return lazy("People go on answering: %(lately)d%% lately, %(before)d%% in the waves before.", **numbers)


@dataclass(frozen=True)
class WaveTurnout:
    """One wave of a series, closed at ``at``, and the whole per cent of those asked who answered (if told)."""

    survey_id: int
    at: datetime
    share: int | None


@dataclass(frozen=True)
class Watched:
    """The closed waves of a series, the oldest first, and what they say together."""

    waves: tuple[WaveTurnout, ...]
    turnouts: Turnouts


def fatigue(waves: Sequence[Summary]) -> Turnouts:
    """What the waves of a series, the oldest first, say of how many answer. Pure.

    A trend is told from four waves on, when the latest (up to three) differ from as many before them by five points or
    more, and by more than chance: the 95 % interval of the difference (Newcombe's method 10) leaves nought out.
    """
    told = [wave for wave in waves if _is_told(wave)]
    shares = tuple(nearest(_share([wave]).value) if _is_told(wave) else None for wave in waves)
    side = min(_SIDE, len(told) // 2)
    if side < 2:
        return Turnouts(shares, Trend.UNKNOWN)
    lately, before = _share(told[-side:]), _share(told[-2 * side : -side])
    points, low, high = difference(lately, before)
    trend = Trend.STEADY
    if abs(points) >= _WORTH_SAYING and not low <= 0 <= high:
        trend = Trend.RISING if points > 0 else Trend.FALLING
    return Turnouts(shares, trend, nearest(lately.value), nearest(before.value))


def watched(session: Session, reader: Actor, series_id: int) -> Watched:
    """How many answered the last waves of a series that are closed. Raises Refused."""
    if not policy.may_manage(reader):
        raise Refused
    wanted = (
        select(Survey, Result)
        .join(Result, (Result.survey_id == Survey.id) & (Result.unit == EVERYBODY))
        .where(Survey.series_id == series_id, Survey.state == State.CLOSED)
        .order_by(Survey.closed_at.desc(), Survey.id.desc())
        .limit(WAVES)
    )
    rows = [(survey, result) for survey, result in session.execute(wanted)][::-1]
    turnouts = fatigue([summary_of(result) for _, result in rows])
    waves = zip(rows, turnouts.shares, strict=True)
    return Watched(
        tuple(WaveTurnout(survey.id, survey.closed_at, share) for (survey, _), share in waves if survey.closed_at),
        turnouts,
    )


def _share(waves: Sequence[Summary]) -> Share:
    """Of all that were asked in some waves, those who answered."""
    return Share(sum(wave.answered or 0 for wave in waves), sum(wave.invited for wave in waves), _ENDLESS)


def _is_told(wave: Summary) -> bool:
    return wave.answered is not None and wave.invited > 0
