"""From opened ballots to results: everything is counted, and what `disclosure` lets pass is told. Pure.

For each unit with all below it. Whatever may not be shown isn't in what comes out of here.
"""

import random
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

from ..core import privacy
from . import disclosure
from .cohorts import Unit
from .comparing import Earlier, comparable, with_changes
from .disclosure import Tally
from .model import Driver, Kind
from .questions import Question
from .results import Cell, Comments, Details, Hidden, Summary, Together
from .statistics import Score, Share, outward, rank_correlation
from .tallies import (
    DRIVER,
    RECOMMENDATION,
    Ballots,
    Measure,
    Said,
    Tallied,
    Told,
    Tree,
    answers_to,
    means,
    measure_of,
    own_tallies,
    pairs,
    questions_of,
    units_of,
    with_all_below,
)

LEAST_TOGETHER = 30
"""With fewer answers, nothing is said on what goes with what."""
_CHANCE = random.SystemRandom()
_Thing = TypeVar("_Thing", bound=Hashable)

Cells = dict[int, Cell]
"""By unit."""


def count(
    ballots: Ballots,
    questions: Sequence[Question],
    units: Sequence[Unit],
    least_scores: int,
    least_comments: int,
    earlier: Earlier,
) -> dict[int, tuple[Summary, Details]]:
    """What may be known of every unit.

    ``least_scores`` and ``least_comments`` are k as settled when the survey opened; ``earlier`` is what changes are
    told against. The order of ``ballots`` makes no difference, but for that of comments, which is random.
    """
    tree, of_units = Tree(units), units_of(ballots)
    answers = {
        question.number: _cells(measure_of(question), of_units, answers_to(question, ballots), tree, least_scores)
        for question in questions
        if question.kind != Kind.TEXT
    }
    said = _by_driver(questions, ballots)
    drivers = {
        driver: _cells(
            RECOMMENDATION if driver == Driver.RECOMMEND else DRIVER,
            of_units,
            column,
            tree,
            least_scores,
            _made_of(questions_of(driver, questions), of_units, ballots),
        )
        for driver, column in said.items()
    }
    together = _together(of_units, said, tree, drivers, least_scores)
    comments = {
        question.number: _comments(of_units, answers_to(question, ballots), tree, least_comments)
        for question in questions
        if question.kind == Kind.TEXT
    }
    answered = _answered(of_units, tree, least_scores)
    invited = {unit.number: unit.invited for unit in units}
    in_questions = with_changes(_table(answers), earlier.questions, invited)
    in_drivers = with_changes(_table(drivers), earlier.drivers, invited)
    return {
        unit: (
            Summary(invited[unit], answered[unit], {driver: in_drivers[unit, driver] for driver in drivers}),
            Details(
                questions={number: in_questions[unit, number] for number in answers},
                comments={number: found[unit] for number, found in comments.items()},
                together=together.get(unit, ()),
            ),
        )
        for unit in invited
    }


def _table(cells: Mapping[_Thing, Cells]) -> dict[tuple[int, _Thing], Cell]:
    """Cells by unit and what they are about."""
    return {(unit, thing): cell for thing, column in cells.items() for unit, cell in column.items()}


def _cells(
    measure: Measure,
    units: Sequence[int],
    said: Sequence[Said],
    tree: Tree,
    least: int,
    made_of: Mapping[int, tuple[int, ...]] = MappingProxyType({}),
) -> Cells:
    """What is told of one question or driver for each unit, by the unit of each ballot and what it says to it.

    ``made_of``: for each unit itself how many answered each of a driver's questions, if it has several.
    """
    own = own_tallies(measure, units, said)
    tallies = {unit: Tally(one.n, one.of(measure), made_of.get(unit, ())) for unit, one in own.items()}
    shown = disclosure.publishable(tree.parents, tallies, least)
    whole = with_all_below(measure, own, tree)
    return {
        unit.number: _shown(measure, whole[unit.number], unit.invited)
        if unit.number in shown
        else Cell(hidden=_why(whole[unit.number].n, least))
        for unit in tree.units
    }


def _why(n: int, least: int) -> Hidden:
    return Hidden.TOO_FEW if n < least else Hidden.PROTECTS


def _shown(measure: Measure, tallied: Tallied, invited: int) -> Cell:
    """What is told of a group that is large enough; hidden where nearly all agree and no bound says so."""
    if measure.told is Told.SHARE:
        return _share(measure, tallied, invited)
    if measure.told is Told.SCORE:
        return _score(measure, tallied, invited)
    if not disclosure.is_exact(tallied.n, tallied.of(measure)):
        return Cell(hidden=Hidden.PROTECTS)
    return Cell(n=tallied.n, distribution=_distribution(measure, tallied))


def _share(measure: Measure, tallied: Tallied, invited: int) -> Cell:
    favourable = tallied.of(measure)[0]
    value, bound = disclosure.coded(favourable, tallied.n)
    if bound:
        return Cell(n=tallied.n, value=value, bound=bound)
    return _exact(value, Share(favourable, tallied.n, invited), 0, (favourable,), _distribution(measure, tallied))


def _score(measure: Measure, tallied: Tallied, invited: int) -> Cell:
    promoters, _, detractors = tallied.of(measure)
    told = disclosure.coded_score(promoters, detractors, tallied.n)
    if told is None:
        return Cell(hidden=Hidden.PROTECTS)
    value, bound = told
    if bound:
        return Cell(n=tallied.n, value=value, bound=bound)
    score = Score(promoters, detractors, tallied.n, invited)
    return _exact(value, score, -100, (promoters, detractors), _distribution(measure, tallied))


def _exact(
    value: int, estimate: Share | Score, least: int, counts: tuple[int, ...], distribution: tuple[int, ...] | None
) -> Cell:
    """A cell that is told with all there is to it; ``least`` is the lowest value that it could have."""
    some_silent = estimate.n < estimate.invited
    return Cell(
        n=estimate.n,
        value=value,
        interval=outward(estimate.limits(), least, 100) if some_silent else None,
        extremes=outward(estimate.extremes, least, 100) if some_silent else None,
        distribution=distribution,
        count=counts,
    )


def _distribution(measure: Measure, tallied: Tallied) -> tuple[int, ...] | None:
    """Each category's share in whole per cent, halves away from zero: together they may make 99 or 101."""
    if not measure.spread:
        return None
    return tuple((200 * count + tallied.n) // (2 * tallied.n) for count in tallied.by)


def _by_driver(questions: Sequence[Question], ballots: Ballots) -> dict[Driver, Sequence[Said]]:
    """For each driver that is asked about what each ballot says to it: a mean, or how much it recommends us."""
    found: dict[Driver, Sequence[Said]] = {}
    for driver in Driver:
        asked = questions_of(driver, questions)
        if asked:
            found[driver] = answers_to(asked[0], ballots) if driver == Driver.RECOMMEND else means(asked, ballots)
    return found


def _made_of(asked: Sequence[Question], units: Sequence[int], ballots: Ballots) -> dict[int, tuple[int, ...]]:
    """How many ballots of each unit answer each of a driver's questions; with a single one there is nothing to tell."""
    if len(asked) < 2:
        return {}
    each = [own_tallies(measure_of(question), units, answers_to(question, ballots)) for question in asked]
    return {unit: tuple(own[unit].n if unit in own else 0 for own in each) for unit in set().union(*each)}


def _together(
    units: Sequence[int],
    said: Mapping[Driver, Sequence[Said]],
    tree: Tree,
    drivers: Mapping[Driver, Cells],
    least: int,
) -> dict[int, tuple[Together, ...]]:
    """By unit, how each driver goes with recommending us, the closest first.

    Only where both are told exactly, from `LEAST_TOGETHER` ballots that answer both, and passing the same gate.
    """
    found: dict[int, list[Together]] = {}
    for driver in said.keys() - {Driver.RECOMMEND} if Driver.RECOMMEND in said else ():
        own = pairs(units, said[driver], said[Driver.RECOMMEND])
        passed = disclosure.publishable(
            tree.parents, {unit: Tally(table.total()) for unit, table in own.items()}, least
        )
        tables = tree.summed(own, Counter(), lambda a, b: a + b)
        for unit in passed:
            both = (drivers[driver][unit], drivers[Driver.RECOMMEND][unit])
            n = tables[unit].total()
            if n < LEAST_TOGETHER or not all(map(comparable, both)):
                continue
            rho = rank_correlation(tables[unit])
            if rho is not None:
                found.setdefault(unit, []).append(Together(driver, round(rho, 2), n))
    return {unit: tuple(sorted(rows, key=lambda row: (-row.rho, row.driver))) for unit, rows in found.items()}


def _comments(units: Sequence[int], said: Sequence[Said], tree: Tree, least: int) -> dict[int, Comments]:
    """What was answered in words, in an order of chance that differs from unit to unit; private data is blanked."""
    texts: dict[int, list[str]] = {}
    for unit, text in zip(units, said, strict=True):
        if isinstance(text, str):
            texts.setdefault(unit, []).append(text)
    own = {unit: Tally(len(written)) for unit, written in texts.items()}
    shown = disclosure.publishable(tree.parents, own, least)
    if shown:
        texts = {unit: [_blanked(text) for text in written] for unit, written in texts.items()}
    whole = tree.summed(texts, [], lambda a, b: a + b)
    return {
        unit.number: Comments(None, tuple(_CHANCE.sample(whole[unit.number], len(whole[unit.number]))))
        if unit.number in shown
        else Comments(_why(len(whole[unit.number]), least))
        for unit in tree.units
    }


def _blanked(text: str) -> str:
    return privacy.blanked(text, privacy.find(text))


def _answered(units: Sequence[int], tree: Tree, least: int) -> dict[int, int | None]:
    """How many ballots came from each unit and all below it, where that may be told.

    Of no group under `disclosure.LARGE` that nobody answered, or a single person: all the others would be named.
    """
    invited = {unit.number: unit.invited for unit in tree.units}
    whole = tree.summed(Counter(units), 0, lambda a, b: a + b)
    silent = {unit: (invited[unit] - whole[unit],) for unit in invited}
    shown = disclosure.participation(tree.parents, invited, least, silent)
    return {
        unit: whole[unit] if unit in shown and disclosure.is_exact(invited[unit], silent[unit]) else None
        for unit in invited
    }
