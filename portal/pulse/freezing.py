"""Results as they are kept: JSON in `Result` rows, from which all that is ever shown is read back.

What is not there takes no room. What is read is what was frozen, to the last number.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from .model import Driver, Result
from .results import Bound, Cell, Change, Comments, Details, Hidden, Summary, Together

QUESTIONS = "questions"
"""Under this name stand a unit's questions among its details."""
DRIVERS = "drivers"
"""Under this name stand a unit's drivers in its summary."""


def freeze(survey_id: int, unit: int, summary: Summary, details: Details) -> Result:
    """The row that keeps what may be known of a unit."""
    kept: dict[str, Any] = {
        QUESTIONS: {str(number): _from_cell(cell) for number, cell in details.questions.items()},
        "comments": {str(number): _from_comments(found) for number, found in details.comments.items()},
        "together": [[one.driver.value, one.rho, one.n] for one in details.together],
    }
    drivers = {driver.value: _from_cell(cell) for driver, cell in summary.drivers.items()}
    turnout = {"invited": summary.invited, "answered": summary.answered, DRIVERS: drivers}
    return Result(survey_id=survey_id, unit=unit, summary=_filled(turnout), details=_filled(kept))


def summary_of(row: Result) -> Summary:
    """What was frozen of a unit for lists, heat maps and trends."""
    said = row.summary
    drivers = {Driver(name): as_cell(cell) for name, cell in said.get(DRIVERS, {}).items()}
    return Summary(invited=said["invited"], answered=said.get("answered"), drivers=drivers)


def details_of(row: Result) -> Details:
    """What was frozen of a unit's questions and comments."""
    said = row.details
    return Details(
        questions={int(number): as_cell(cell) for number, cell in said.get(QUESTIONS, {}).items()},
        comments={int(number): _as_comments(found) for number, found in said.get("comments", {}).items()},
        together=tuple(Together(Driver(driver), rho, n) for driver, rho, n in said.get("together", ())),
    )


def as_cell(said: Mapping[str, Any]) -> Cell:
    """The cell in its JSON."""
    return Cell(
        hidden=Hidden(said["hidden"]) if "hidden" in said else None,
        n=said.get("n"),
        value=said.get("value"),
        bound=Bound(said["bound"]) if "bound" in said else None,
        interval=_pair(said.get("interval")),
        extremes=_pair(said.get("extremes")),
        change=_as_change(said["change"]) if "change" in said else None,
        distribution=_row(said.get("distribution")),
        count=_row(said.get("count")),
    )


def _from_cell(cell: Cell) -> dict[str, Any]:
    return _filled(
        {
            "hidden": cell.hidden and cell.hidden.value,
            "n": cell.n,
            "value": cell.value,
            "bound": cell.bound and cell.bound.value,
            "interval": cell.interval and list(cell.interval),
            "extremes": cell.extremes and list(cell.extremes),
            "change": cell.change and _from_change(cell.change),
            "distribution": cell.distribution and list(cell.distribution),
            "count": cell.count and list(cell.count),
        }
    )


def _from_change(change: Change) -> list[Any]:
    return [change.points, change.low, change.high, change.real, change.since.isoformat(), change.survey_id]


def _as_change(said: list[Any]) -> Change:
    points, low, high, real, since, survey_id = said
    return Change(points, low, high, real, date.fromisoformat(since), survey_id)


def _from_comments(comments: Comments) -> str | list[str]:
    return comments.hidden.value if comments.hidden else list(comments.texts)


def _as_comments(said: str | list[str]) -> Comments:
    return Comments(Hidden(said)) if isinstance(said, str) else Comments(None, tuple(said))


def _filled(said: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is not there: None, and what is empty. Nought stays."""
    return {name: value for name, value in said.items() if value is not None and value not in ([], {})}


def _pair(said: list[int] | None) -> tuple[int, int] | None:
    return (said[0], said[1]) if said else None


def _row(said: list[int] | None) -> tuple[int, ...] | None:
    return tuple(said) if said else None
