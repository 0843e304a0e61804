"""What came of a survey, on pages and in files: HR, heads of teams and employees each read what is theirs to read."""

from math import ceil
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..core import clock
from ..core.db import reading, transaction
from ..core.errors import NotFound, Refused
from ..core.locale import Text, gettext, lazy
from ..core.permissions import Can, allow
from ..core.shell import see_other
from . import action_queries, exports, participating, policy, publishing, result_pages, trends, workbook
from .action_telling import today
from .forms import AN_ID, BareForm, rules
from .model import State
from .questions import Question
from .result_queries import Released, Want, released
from .result_words import WHY, correlation, driver_name, figure, languages, together
from .results import Hidden

bp = Blueprint("results", __name__, template_folder="templates")

UNITS, QUESTIONS, COMMENTS = 40, 10, 30
"""How many stand on one page."""
TABS: tuple[tuple[str, Text], ...] = (
    ("results.overview", lazy("Overview")),
    ("results.heat_map", lazy("Heat map")),
    ("results.questions", lazy("Questions")),
    ("results.comments", lazy("Comments")),
)
FILES: tuple[tuple[str, Text], ...] = (
    ("results.as_xlsx", lazy("Workbook (XLSX)")),
    ("results.as_csv", lazy("Table (CSV)")),
    ("results.as_json", lazy("For programs (JSON)")),
)
_AT = f"/surveys/<{AN_ID}:survey_id>"
_NUMBER = 9
"""No unit or page has a number of more digits."""


@bp.get(f"{_AT}/results")
@allow(Can.ANSWER_SURVEYS)
def overview(survey_id: int) -> ResponseReturnValue:
    """Who answered, the recommendation, drivers with their trend; of ``?unit=``, or of what is the reader's own."""
    session = reading()
    if policy.may_manage(current_user) and participating.is_running(session, survey_id):
        return redirect(url_for("results.participation", survey_id=survey_id))
    found = _released(survey_id, Want.DETAILS)
    rows = result_pages.drivers(found, trends.trend(session, current_user, found))
    return _page(
        "pulse/results_overview.html",
        found,
        gettext("Results"),
        rows=rows,
        turnout=result_pages.turnout(found.own),
        together=[
            (driver_name(one.driver), together(one), correlation(one.rho))
            for one in (found.details.together if found.details else ())
        ],
        promises=action_queries.promises_of(
            session, current_user, survey_id, found.unit.number, languages(), today(rules(), clock.now())
        ),
        may_promise=policy.may_promise(current_user, found.full, found.survey.published_at is not None),
        files=FILES,
        wide=result_pages.WIDE,
        high=result_pages.HIGH,
    )


@bp.get(f"{_AT}/results/heat-map")
@allow(Can.ANSWER_SURVEYS)
def heat_map(survey_id: int) -> ResponseReturnValue:
    """Drivers by units: the unit and a stretch of those right below it."""
    page = _number("page") or 1
    found = _released(survey_id, Want.CHILDREN, slice((page - 1) * UNITS, page * UNITS))
    pages = max(1, ceil(len(found.below) / UNITS))
    if page > pages:
        raise NotFound
    asked, rows = result_pages.heat_map(found)
    return _page(
        "pulse/results_heat_map.html",
        found,
        gettext("Heat map"),
        asked=[driver_name(one) for one in asked],
        rows=rows,
        why={"few": WHY[Hidden.TOO_FEW], "protects": WHY[Hidden.PROTECTS]},
        page=page,
        pages=pages,
    )


@bp.get(f"{_AT}/results/questions")
@allow(Can.ANSWER_SURVEYS)
def questions(survey_id: int) -> ResponseReturnValue:
    """How each question was answered, as far as it may be told."""
    page = _number("page") or 1
    found = _released(survey_id, Want.DETAILS)
    pages = max(1, ceil(len(result_pages.asked_in_numbers(found)) / QUESTIONS))
    if page > pages:
        raise NotFound
    rows = result_pages.questions(found, slice((page - 1) * QUESTIONS, page * QUESTIONS))
    return _page("pulse/results_questions.html", found, gettext("Questions"), rows=rows, page=page, pages=pages)


@bp.get(f"{_AT}/results/comments")
@allow(Can.ANSWER_SURVEYS)
def comments(survey_id: int) -> ResponseReturnValue:
    """What was answered in words to one question, for HR and the unit's head."""
    page = _number("page") or 1
    found = _released(survey_id, Want.DETAILS)
    if not found.full:
        raise Refused(lazy("Comments are read by HR and by the head of the unit alone."))
    asked = result_pages.asked_in_words(found)
    question = _asked(asked)
    told = found.details.comments.get(question.number) if found.details and question else None
    texts = told.texts if told else ()
    pages = max(1, ceil(len(texts) / COMMENTS))
    if page > pages:
        raise NotFound
    return _page(
        "pulse/results_comments.html",
        found,
        gettext("Comments"),
        asked=[(one, one.said_in(languages())) for one in asked],
        question=question,
        words=question.said_in(languages()) if question else None,
        why=WHY[told.hidden] if told and told.hidden else "" if told else WHY[Hidden.TOO_FEW],
        texts=texts[(page - 1) * COMMENTS : page * COMMENTS],
        total=len(texts),
        page=page,
        pages=pages,
    )


@bp.get(f"{_AT}/results/participation")
@allow(Can.MANAGE_SURVEYS)
def participation(survey_id: int) -> ResponseReturnValue:
    """Which share has answered so far, by units; nothing of what they answered."""
    session = reading()
    found = participating.rates(
        session, current_user, survey_id, _number("unit"), order=languages(), page=_number("page") or 1
    )
    if found.state == State.CLOSED:
        return redirect(url_for("results.overview", survey_id=survey_id))
    rows = [(row, figure(row.cell, score=False).value) for row in found.rows]
    return render_template("pulse/results_participation.html", found=found, rows=rows)


@bp.get(f"{_AT}/results.csv")
@allow(Can.ANSWER_SURVEYS)
def as_csv(survey_id: int) -> ResponseReturnValue:
    """Scores of the unit and of those below it, and of the unit's questions."""
    found = _released(survey_id, Want.ALL)
    made = exports.as_csv(found, result_pages.small_print(found), _everyone(), languages())
    return _file(found, made, "csv", "text/csv; charset=utf-8")


@bp.get(f"{_AT}/results.xlsx")
@allow(Can.ANSWER_SURVEYS)
def as_xlsx(survey_id: int) -> ResponseReturnValue:
    """A workbook with a sheet for each page."""
    found = _released(survey_id, Want.ALL)
    waves = trends.trend(reading(), current_user, found)
    made = workbook.as_workbook(found, waves, result_pages.small_print(found), _everyone(), clock.now())
    return _file(found, made, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


@bp.get(f"{_AT}/results.json")
@allow(Can.ANSWER_SURVEYS)
def as_json(survey_id: int) -> ResponseReturnValue:
    """All that the pages show, for programs."""
    found = _released(survey_id, Want.ALL)
    waves = trends.trend(reading(), current_user, found)
    made = exports.as_json(found, waves, result_pages.small_print(found), languages())
    return _file(found, made, "json", "application/json")


@bp.get(f"{_AT}/publish", endpoint="publishing")
@allow(Can.MANAGE_SURVEYS)
def publishing_page(survey_id: int) -> ResponseReturnValue:
    """What publishing means, before it is done."""
    found = released(reading(), current_user, survey_id, order=languages())
    return render_template("pulse/results_publish.html", found=found)


@bp.post(f"{_AT}/publish")
@allow(Can.MANAGE_SURVEYS)
def publish(survey_id: int) -> ResponseReturnValue:
    """Publish the results, once and for all."""
    if BareForm().validate_on_submit():
        with transaction() as session:
            first = publishing.publish(session, current_user, survey_id, clock.now())
        if first:
            flash(gettext("Published. Everyone who was asked is being told."))
        else:
            flash(gettext("These results were published before."))
    return see_other("results.overview", survey_id=survey_id)


def _released(survey_id: int, want: Want, stretch: slice = slice(None)) -> Released:
    return released(reading(), current_user, survey_id, _number("unit"), order=languages(), want=want, stretch=stretch)


def _page(template: str, found: Released, title: str, **values: Any) -> str:
    tabs = [tab for tab in TABS if found.full or tab[0] != "results.comments"]
    return render_template(
        template, found=found, page_title=title, tabs=tabs, small_print=result_pages.small_print(found), **values
    )


def _file(found: Released, content: str | bytes, ending: str, kind: str) -> Response:
    name = f"survey-{found.survey.id}-unit-{found.unit.number}.{ending}"
    return Response(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _everyone() -> str:
    return str(gettext("Everyone who was asked"))


def _number(name: str) -> int | None:
    """A number of the address; None when it isn't there. Raises NotFound for what is none."""
    text = request.args.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _NUMBER):
        raise NotFound
    return int(text)


def _asked(asked: tuple[Question, ...]) -> Question | None:
    number = _number("question")
    if number is None:
        return asked[0] if asked else None
    found = next((one for one in asked if one.number == number), None)
    if found is None:
        raise NotFound
    return found
