"""Results as CSV and as JSON, for programs; made of what `result_queries.released` gave out, and of nothing else.

**CSV**: one line for each driver of the unit and of all units below it that the reader may read, one for each question
of the unit, then the small print. UTF-8 with a byte-order mark, as spreadsheets want it. What stands in a text can't be
taken for a formula. **JSON**: the same with distributions, comments and earlier surveys; docs/survey-results.md tells
what each field is. In both, numbers are plain and a hidden cell has none, but says why.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .model import Driver, Kind
from .questions import Question
from .result_pages import asked_in_words
from .result_queries import Figures, Released
from .result_words import driver_name, is_score, is_scored
from .results import Cell, Change, Hidden
from .trends import Wave

BOM = "\ufeff"
COLUMNS = (
    *("survey", "unit", "unit_number", "asked", "answered", "what", "key", "name", "measure", "n", "value", "bound"),
    *("low", "high", "change", "change_low", "change_high", "since", "hidden"),
)
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
Waves = Mapping[Driver, tuple[Wave, ...]]


def as_csv(found: Released, small_print: Sequence[str], everyone: str, order: tuple[str, ...]) -> str:
    """The scores as CSV; ``everyone`` is what the unit of all who were asked is called."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow(COLUMNS)
    own = found.own
    where = (found.survey.title, own.unit.name or everyone, own.unit.number, own.unit.invited, own.answered)
    notes = ((*where, "note", None, sentence) for sentence in small_print)
    for line in (*_lines(found, everyone, order), *notes):
        lines.writerow([harmless(value) if isinstance(value, str) else value for value in line])
    return BOM + out.getvalue()


def as_json(found: Released, waves: Waves, small_print: tuple[str, ...], order: tuple[str, ...]) -> str:
    """All of it as JSON; texts in the first language of ``order`` that there is."""
    survey, details = found.survey, found.details
    told: dict[str, Any] = {
        "survey": {
            "id": survey.id,
            "title": survey.title,
            "opened": survey.opened_at.isoformat(),
            "closed": survey.closed_at.isoformat(),
            "published": survey.published_at.isoformat() if survey.published_at else None,
            "least_scores": survey.least_scores,
            "least_comments": survey.least_comments,
        },
        "unit": _unit(found.own),
        "units_below": [_unit(row) for row in found.rows],
        "questions": [_question(found, one, order) for one in found.questions if one.kind is not Kind.TEXT],
        "comments": [_comments(found, one, order) for one in asked_in_words(found)] if found.full else [],
        "together": [
            {"driver": one.driver, "rank_correlation": one.rho, "n": one.n}
            for one in (details.together if details else ())
        ],
        "trend": {
            driver: [{"survey": wave.survey_id, "closed": wave.at.isoformat(), **_cell(wave.cell)} for wave in row]
            for driver, row in waves.items()
        },
        "small_print": small_print,
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula, not even behind blanks: an apostrophe stands before it."""
    bare = text.lstrip()
    return f"'{text}" if bare.startswith(_FORMULA) or text[:1] in {"\t", "\r", "\n"} else text


def _lines(found: Released, everyone: str, order: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    for row in (found.own, *found.rows):
        where = (found.survey.title, row.unit.name or everyone, row.unit.number, row.unit.invited, row.answered)
        for driver, cell in row.drivers.items():
            measure = "score" if is_score(driver) else "favourable"
            yield (*where, "driver", driver.value, driver_name(driver), measure, *_values(cell))
    own = found.own
    where = (found.survey.title, own.unit.name or everyone, own.unit.number, own.unit.invited, own.answered)
    for one in found.questions:
        if one.kind is not Kind.TEXT:
            text = one.said_in(order).text
            yield (*where, "question", one.key, text, _measure(one), *_values(cell_of(found, one)))


def _values(cell: Cell) -> tuple[Any, ...]:
    low, high = cell.interval or (None, None)
    since = real(cell)
    change = (since.points, since.low, since.high, since.since.isoformat()) if since else (None,) * 4
    bound = cell.bound.value if cell.bound else None
    return (cell.n, cell.value, bound, low, high, *change, cell.hidden.value if cell.hidden else None)


def cell_of(found: Released, question: Question) -> Cell:
    """What is told of a question; one that isn't there was answered by too few."""
    return (found.details.questions if found.details else {}).get(question.number, Cell(hidden=Hidden.TOO_FEW))


def real(cell: Cell) -> Change | None:
    """The change of a cell, when it is more than noise."""
    return cell.change if cell.change and cell.change.real else None


def _measure(question: Question) -> str | None:
    if question.kind is Kind.AGREE:
        return "favourable"
    return "score" if is_scored(question.kind) else None


def _cell(cell: Cell) -> dict[str, Any]:
    since = real(cell)
    told: dict[str, Any] = {
        "hidden": cell.hidden,
        "n": cell.n,
        "value": cell.value,
        "bound": cell.bound,
        "interval": cell.interval,
        "extremes": cell.extremes,
        "distribution": cell.distribution,
    }
    if since:
        told["change"] = {
            "points": since.points,
            "interval": (since.low, since.high),
            "since": since.since.isoformat(),
            "survey": since.survey_id,
        }
    return {name: value for name, value in told.items() if value is not None}


def _unit(row: Figures) -> dict[str, Any]:
    return {
        "number": row.unit.number,
        "above": row.unit.parent,
        "name": row.unit.name or None,
        "asked": row.unit.invited,
        "answered": row.answered,
        "drivers": {driver.value: _cell(cell) for driver, cell in row.drivers.items()},
    }


def _question(found: Released, one: Question, order: tuple[str, ...]) -> dict[str, Any]:
    words = one.said_in(order)
    told = {
        "number": one.number,
        "key": one.key,
        "driver": one.driver,
        "kind": one.kind,
        "reversed": one.reverse,
        "text": words.text,
        "language": words.locale,
        "measure": _measure(one),
    }
    return told | ({"choices": words.choices} if words.choices else {}) | _cell(cell_of(found, one))


def _comments(found: Released, one: Question, order: tuple[str, ...]) -> dict[str, Any]:
    words, told = one.said_in(order), found.details.comments.get(one.number) if found.details else None
    about = {"number": one.number, "text": words.text, "language": words.locale}
    if told is None or told.hidden:
        return about | {"hidden": told.hidden if told else Hidden.TOO_FEW}
    return about | {"comments": told.texts}
