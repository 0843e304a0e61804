"""What changed since earlier surveys."""

from dataclasses import replace
from datetime import date

from portal.pulse.comparing import Before, Earlier, comparable, with_changes
from portal.pulse.model import Driver, Kind
from portal.pulse.results import Bound, Cell, Hidden
from tests.pulse.counted import asked, counted, said, units

THEN = date(2025, 11, 3)
INVITED = {0: 200}


def a_share(favourable: int, n: int = 60) -> Cell:
    """A favourable share as it was frozen."""
    return Cell(n=n, value=round(100 * favourable / n), count=(favourable,))


def a_score(promoters: int, detractors: int, n: int = 60) -> Cell:
    """A recommendation score as it was frozen."""
    return Cell(n=n, value=round(100 * (promoters - detractors) / n), count=(promoters, detractors))


def before(cell: Cell) -> Before:
    """What it is compared with."""
    return Before(7, THEN, 200, cell)


def changed(now: Cell, then: Cell) -> Cell:
    """The one cell of a table, with its change."""
    return with_changes({(0, 1): now}, {(0, 1): before(then)}, INVITED)[0, 1]


def test_a_change_is_told_in_points_with_what_it_could_be_and_since_when() -> None:
    cell = changed(a_share(45), a_share(24))
    assert cell == replace(a_share(45), change=cell.change)
    assert cell.change
    assert (cell.change.points, cell.change.since, cell.change.survey_id) == (35, THEN, 7)
    assert 0 < cell.change.low < 35 < cell.change.high
    assert cell.change.real


def test_a_change_within_the_noise_is_not_real() -> None:
    cell = changed(a_share(31), a_share(28))
    assert cell.change
    assert (cell.change.points, cell.change.real) == (5, False)
    assert cell.change.low < 0 < cell.change.high


def test_a_score_is_compared_with_a_score() -> None:
    cell = changed(a_score(40, 5), a_score(10, 30))
    assert cell.change
    assert (cell.change.points, cell.change.real) == (92, True)
    assert changed(a_score(40, 5), a_share(10)).change is None
    largest = changed(a_score(60, 0), a_score(0, 60)).change
    assert largest
    assert (largest.points, largest.high) == (200, 200)


def test_what_was_hidden_or_told_as_a_bound_then_or_now_is_not_compared() -> None:
    exact = a_share(30)
    for other in (
        Cell(hidden=Hidden.TOO_FEW),
        Cell(hidden=Hidden.PROTECTS),
        Cell(n=9, value=85, bound=Bound.AT_LEAST),
        Cell(n=9, distribution=(30, 30, 40)),
    ):
        assert not comparable(other)
        assert changed(exact, other).change is None
        assert changed(other, exact) == other


def test_one_doubtful_change_of_a_large_table_is_not_called_real() -> None:
    alone = changed(a_share(36), a_share(24)).change
    assert alone
    assert alone.real
    cells = {(0, number): a_share(36 if number == 1 else 24) for number in range(20)}
    table = with_changes(cells, {place: before(a_share(24)) for place in cells}, INVITED)
    changes = {number: cell.change for (_, number), cell in table.items()}
    assert changes[1] == replace(alone, real=False)


def test_what_was_not_asked_before_has_no_change() -> None:
    cells = {(0, 1): a_share(40), (1, 1): a_share(20)}
    assert with_changes(cells, {(2, 1): before(a_share(3))}, {0: 200, 1: 90}) == cells


def test_in_the_results_each_unit_is_compared_with_itself_and_each_table_judged_alone() -> None:
    tree = units({0: 60, 1: 30, 2: 30})
    question = asked(1, driver=Driver.VOICE)
    ballots = said(1, 1, *[5] * 20, *[2] * 5) + said(2, 1, *[5] * 12, *[2] * 12)
    then = Earlier(
        {(1, 1): before(a_share(5, 25)), (2, 1): before(a_share(12, 24))}, {(1, Driver.VOICE): before(a_share(6, 25))}
    )
    results = counted(ballots, [question, asked(2, Kind.TEXT)], tree, then)
    points = {unit: details.questions[1].change for unit, (_, details) in results.items()}
    assert points[0] is None
    assert points[1]
    assert points[2]
    assert (points[1].points, points[1].real) == (60, True)
    assert (points[2].points, points[2].real) == (0, False)
    drivers = {unit: summary.drivers[Driver.VOICE].change for unit, (summary, _) in results.items()}
    assert drivers[1]
    assert (drivers[1].points, drivers[0], drivers[2]) == (56, None, None)
