"""Results as a workbook for spreadsheets, a sheet for each page; texts are texts, whatever they look like."""

import io
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import xlsxwriter

from ..core.locale import gettext, written_date
from .exports import Waves, cell_of, real
from .model import Driver, Kind
from .questions import Words
from .result_pages import asked_in_words
from .result_queries import Figures, Released
from .result_words import HIDDEN, categories, driver_name, figure, is_score, is_scored, languages
from .results import Cell

Value = str | int | float | None
LONGEST = 32_000
"""A cell takes no longer text."""


@dataclass(frozen=True)
class Sheet:
    """A sheet: what it and its columns are called, and its rows."""

    name: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def as_workbook(found: Released, waves: Waves, small_print: Sequence[str], everyone: str, now: datetime) -> bytes:
    """The workbook as a file's content; ``everyone`` is what the unit of all who were asked is called."""
    out = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        options = {
            "constant_memory": True,  # Row for row: the file may be large, what is kept of it never is.
            "tmpdir": folder,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        book = xlsxwriter.Workbook(out, options)
        book.set_properties({"title": found.survey.title, "created": now.replace(tzinfo=None)})
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        for sheet in sheets(found, waves, small_print, everyone):
            page = book.add_worksheet(sheet.name[:31])
            page.freeze_panes(1, 1)
            page.set_column(0, 0, 44)
            page.set_column(1, max(1, len(sheet.heads) - 1), 16)
            for row, values in enumerate((sheet.heads, *sheet.rows)):
                for column, value in enumerate(values):
                    if isinstance(value, str):
                        page.write_string(row, column, value[:LONGEST], bold if row == 0 else None)
                    elif value is not None:
                        page.write_number(row, column, value)
        book.close()
    return out.getvalue()


def sheets(found: Released, waves: Waves, small_print: Sequence[str], everyone: str) -> Iterator[Sheet]:
    """The sheets; that of comments only for who may read them."""
    own = found.own
    yield Sheet(
        gettext("Overview"),
        (gettext("Survey"), found.survey.title),
        (
            (gettext("Unit"), own.unit.name or everyone),
            (gettext("Opened"), written_date(found.survey.opened_at)),
            (gettext("Closed"), written_date(found.survey.closed_at)),
            (gettext("Asked"), own.unit.invited),
            (gettext("Answered"), own.answered),
        ),
    )
    measures = (gettext("Told as"), gettext("Answered"), gettext("Value"), gettext("From"), gettext("To"))
    changes = (gettext("Change"), gettext("From"), gettext("To"), gettext("Since"), gettext("Why not shown"))
    yield Sheet(
        gettext("Drivers"),
        (gettext("Driver"), *measures, *changes),
        tuple((driver_name(one), *_values(cell, is_score(one))) for one, cell in own.drivers.items()),
    )
    yield Sheet(
        gettext("Earlier surveys"),
        (gettext("Driver"), gettext("Closed"), *measures),
        tuple(
            (driver_name(one), written_date(wave.at), *_values(wave.cell, is_score(one))[:5])
            for one, row in waves.items()
            for wave in row
        ),
    )
    yield Sheet(gettext("Questions"), (gettext("Question"), *measures, *changes), tuple(_questions(found)))
    yield Sheet(
        gettext("Answers"),
        (gettext("Question"), gettext("Answer given"), gettext("Per cent")),
        tuple(_distributions(found)),
    )
    asked = [one for one in Driver if one in own.drivers]
    heads = (gettext("Unit"), gettext("Asked"), gettext("Answered"), *map(driver_name, asked))
    yield Sheet(
        gettext("Heat map"), heads, tuple(_heat(row, asked, own.unit.depth, everyone) for row in (own, *found.rows))
    )
    if found.full:
        yield Sheet(gettext("Comments"), (gettext("Comment"), gettext("Question")), tuple(_comments(found)))
    yield Sheet(gettext("Small print"), (gettext("Small print"),), tuple((sentence,) for sentence in small_print))


def _values(cell: Cell, score: bool) -> tuple[Value, ...]:
    low, high = cell.interval or (None, None)
    since = real(cell)
    change = (since.points, since.low, since.high, since.since.isoformat()) if since else (None,) * 4
    said = figure(cell, score=score).value or None
    # A bound is no value to count with: it stands in words alone.
    value = cell.value if cell.bound is None else None
    return (said, cell.n, value, low, high, *change, str(HIDDEN[cell.hidden]) if cell.hidden else None)


def _questions(found: Released) -> Iterator[tuple[Value, ...]]:
    for one in found.questions:
        if one.kind is not Kind.TEXT:
            said = _words(one.said_in(languages()), reverse=one.reverse)
            yield (said, *_values(cell_of(found, one), is_scored(one.kind)))


def _words(words: Words, *, reverse: bool) -> str:
    note = gettext("disagreeing is the good answer")
    return f"{words.text} ({note})" if reverse else words.text


def _distributions(found: Released) -> Iterator[tuple[Value, ...]]:
    for one in found.questions:
        words, spread = one.said_in(languages()), cell_of(found, one).distribution
        for label, share in zip(categories(one.kind, words.choices), spread or (), strict=False):
            yield words.text, label, share


def _heat(row: Figures, asked: Sequence[Driver], depth: int, everyone: str) -> tuple[Value, ...]:
    indent = "    " * (row.unit.depth - depth)
    cells = [row.drivers.get(one) for one in asked]
    return (
        indent + (row.unit.name or everyone),
        row.unit.invited,
        row.answered,
        *(
            cell.value if cell and not (cell.hidden or cell.bound) else figure(cell, score=is_score(one)).brief
            for one, cell in zip(asked, cells, strict=True)
        ),
    )


def _comments(found: Released) -> Iterator[tuple[Value, ...]]:
    for one in asked_in_words(found):
        told = found.details.comments.get(one.number) if found.details else None
        text = one.said_in(languages()).text
        if told is None or told.hidden:
            yield str(HIDDEN[told.hidden]) if told and told.hidden else None, text
        else:
            yield from ((comment, text) for comment in told.texts)
