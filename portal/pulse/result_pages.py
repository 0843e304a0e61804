"""What pages of results are made of: values that `result_queries` released, put into words and onto axes."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..core.locale import gettext, ngettext, written_date, written_share
from .model import Driver, Kind
from .questions import Question, Words
from .result_queries import Figures, Released, UnitFacts
from .result_words import Figure, categories, driver_name, extremes, figure, is_score, is_scored, languages
from .results import Bound, Cell, Hidden
from .statistics import nearest
from .trends import Wave

WIDE, HIGH, MARGIN = 160, 52, 6
"""A trend's chart, in its own units."""


@dataclass(frozen=True)
class TrendChart:
    """Waves on two axes: time, and 0 to 100 % (-100 to 100 for a score), as paths of SVG.

    ``ranges`` are intervals, ``dots`` values (``others``: of other questions), ``lines`` lead from one wave to the next
    where the change is real; a change inside the noise is drawn as none.
    """

    ranges: str
    dots: str
    others: str
    lines: str


@dataclass(frozen=True)
class DriverRow:
    """A driver of one unit, with how it went: each wave's day, figure, and whether it asked the same questions."""

    driver: Driver
    name: str
    figure: Figure
    chart: TrendChart | None
    waves: tuple[tuple[str, Figure, bool], ...]


@dataclass(frozen=True)
class Bar:
    """A category of answers: its share in per cent, and whether it is among the good ones (None: neither)."""

    label: str
    share: int
    written: str
    good: bool | None


@dataclass(frozen=True)
class QuestionRow:
    """A question of one unit: what it says, how it was answered, and ``bars`` when its distribution may be shown."""

    question: Question
    words: Words
    driver: str
    figure: Figure
    extremes: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class HeatRow:
    """A unit's line of the heat map, its cells in the order of the drivers."""

    unit: UnitFacts
    answered: int | None
    cells: tuple[Figure, ...]


def drivers(found: Released, waves: dict[Driver, tuple[Wave, ...]]) -> tuple[DriverRow, ...]:
    """The drivers that the survey asked about, in their usual order."""
    return tuple(
        DriverRow(
            driver=driver,
            name=driver_name(driver),
            figure=figure(cell, score=is_score(driver)),
            chart=_chart(waves[driver], is_score(driver)) if len(waves.get(driver, ())) > 1 else None,
            waves=tuple(
                (written_date(wave.at), figure(wave.cell, score=is_score(driver)), wave.same)
                for wave in waves.get(driver, ())
            ),
        )
        for driver in Driver
        if (cell := found.own.drivers.get(driver)) is not None
    )


def heat_map(found: Released) -> tuple[tuple[Driver, ...], tuple[HeatRow, ...]]:
    """The drivers that are asked about, and a row for the unit itself and each of those below it."""
    rows = (found.own, *found.rows)
    asked = tuple(driver for driver in Driver if any(driver in row.drivers for row in rows))
    return asked, tuple(_heat_row(row, asked) for row in rows)


def questions(found: Released, stretch: slice) -> tuple[QuestionRow, ...]:
    """A stretch of the questions that are not answered in words."""
    told = found.details.questions if found.details else {}
    return tuple(_question(one, told.get(one.number)) for one in asked_in_numbers(found)[stretch])


def asked_in_numbers(found: Released) -> tuple[Question, ...]:
    """The questions that are not answered in words."""
    return tuple(one for one in found.questions if one.kind is not Kind.TEXT)


def asked_in_words(found: Released) -> tuple[Question, ...]:
    """The questions that are answered in words."""
    return tuple(one for one in found.questions if one.kind is Kind.TEXT)


def turnout(figures: Figures) -> str:
    """Which share of a closed survey answered; empty where that isn't told."""
    answered, invited = figures.answered, figures.unit.invited
    return written_share(nearest(100 * answered / invited)) if answered is not None and invited else ""


def small_print(found: Released) -> tuple[str, ...]:
    """What holds for every number: who was asked, who stayed silent, what is shown, and how it is to be read."""
    invited, answered = found.unit.invited, found.own.answered
    asked = ngettext("%(num)d person was asked here.", "%(num)d people were asked here.", invited)
    if answered is None:
        told = gettext("How many of them answered isn’t told: it would tell of a group that is too small.")
    else:
        told = ngettext("%(num)d of them answered.", "%(num)d of them answered.", answered)
    scores = ngettext(
        "A number is shown only where at least %(num)d person answered the question.",
        "A number is shown only where at least %(num)d people answered the question.",
        found.survey.least_scores,
    )
    comments = ngettext(
        "Comments are shown only where at least %(num)d person answered in words, in no order and without the same"
        " person’s other answers.",
        "Comments are shown only where at least %(num)d people answered in words, in no order and without the same"
        " person’s other answers.",
        found.survey.least_comments,
    )
    settled = gettext(
        "What would give a smaller group away together with other numbers isn’t shown either. All of this was settled"
        " before the survey opened."
    )
    silent = gettext("Those who stayed silent may think otherwise.")
    return (
        f"{asked} {told} {silent}",
        f"{scores} {comments} {settled}",
        gettext(
            "“Likely” is the range that holds the true value of all who were asked in about 95 of 100 such surveys."
            " Where two ranges overlap a good deal, the difference may be chance. There is no range where everybody"
            " answered."
        ),
        gettext(
            "“Or more” and “or less” stand where nearly all in a small group answered alike: the exact number would say"
            " what each of them answered."
        ),
        gettext(
            "A change is told only when it is larger than chance explains, all changes of the table taken together."
        ),
    )


def _heat_row(row: Figures, asked: Sequence[Driver]) -> HeatRow:
    cells = tuple(figure(row.drivers.get(driver), score=is_score(driver)) for driver in asked)
    return HeatRow(row.unit, row.answered, cells)


def _question(one: Question, cell: Cell | None) -> QuestionRow:
    words = one.said_in(languages())
    cell = cell or Cell(hidden=Hidden.TOO_FEW)
    labels = categories(one.kind, words.choices)
    shares = cell.distribution or ()
    return QuestionRow(
        question=one,
        words=words,
        driver=driver_name(one.driver) if one.driver else "",
        figure=figure(cell, score=is_scored(one.kind)),
        extremes=extremes(cell, score=is_scored(one.kind)),
        bars=tuple(
            Bar(label, share, written_share(share), _good(one, place))
            for place, (label, share) in enumerate(zip(labels, shares, strict=True))
        )
        if shares
        else (),
    )


def _good(one: Question, place: int) -> bool | None:
    """Is the answer at this place a favourable one? In the middle it is neither."""
    if one.kind is Kind.SCALE:
        return True if place >= 9 else False if place <= 6 else None
    if one.kind is not Kind.AGREE or place == 2:
        return None
    return (place > 2) is not one.reverse


def _chart(waves: Sequence[Wave], score: bool) -> TrendChart:
    first, last = waves[0].at, waves[-1].at
    span = (last - first).total_seconds() or 1

    def x(wave: Wave) -> float:
        return round(MARGIN + (wave.at - first).total_seconds() / span * (WIDE - 2 * MARGIN), 1)

    def y(value: int) -> float:
        share = (value + 100) / 2 if score else value
        return round(HIGH - MARGIN - share / 100 * (HIGH - 2 * MARGIN), 1)

    ends = {wave.survey_id: _ends(wave.cell, score) for wave in waves}
    points = {wave.survey_id: (x(wave), y(wave.cell.value or 0)) for wave in waves}
    ranges = "".join(
        f"M{x(wave)} {y(found[0])}V{y(found[1])}" for wave in waves if (found := ends[wave.survey_id]) is not None
    )

    def dots(*, same: bool) -> str:
        exact = [points[wave.survey_id] for wave in waves if wave.cell.bound is None and wave.same is same]
        return "".join(f"M{left} {top}h.01" for left, top in exact)

    lines = "".join(
        "M{} {}L{} {}".format(*points[earlier.survey_id], *points[later.survey_id])
        for earlier, later in pairwise(waves)
        if (since := later.cell.change) is not None and since.real and since.survey_id == earlier.survey_id
    )
    return TrendChart(ranges, dots(same=True), dots(same=False), lines)


def _ends(cell: Cell, score: bool) -> tuple[int, int] | None:
    """From where to where a cell may lie: its interval, or what its bound leaves open."""
    value = cell.value or 0
    if cell.bound is Bound.AT_LEAST:
        return value, 100
    if cell.bound is Bound.AT_MOST:
        return (-100 if score else 0), value
    return cell.interval
