"""Recurring pulses: which there are, begun, changed, paused and resumed."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from ..core import clock
from ..core.db import reading, transaction
from ..core.errors import Conflict, Invalid
from ..core.locale import Text, chosen, gettext, lazy
from ..core.permissions import Can, allow
from ..core.shell import see_other
from . import bank, series, series_queries
from .audience import foreseen
from .drafting import Heading
from .fatigue import watched
from .forms import AN_ID, rules
from .making_forms import KIND_NAMES, SeenForm
from .making_queries import languages
from .making_web import order, page_number
from .model import Kind, Series
from .rhythm import Every
from .series_forms import EVERY_NAMES, SeriesForm, series_form, ticked_keys
from .series_queries import ManagedSeries
from .series_values import SeriesValues

bp = Blueprint("series", __name__, template_folder="templates")

MADE = lazy(
    "It comes back by itself from now on. Each wave can be looked at, and its questions changed, before it opens."
)
_DAYS = {Every.WEEK: 4, Every.FORTNIGHT: 5, Every.MONTH: 7, Every.QUARTER: 14}
"""How long a wave of a new series is open, unless something else is entered."""


@bp.get("/surveys/series")
@allow(Can.MANAGE_SURVEYS)
def listing() -> ResponseReturnValue:
    """All recurring pulses, those that go on first."""
    found = series_queries.series_listing(reading(), current_user, order(), page_number())
    return render_template("pulse/series.html", found=found, every_names=EVERY_NAMES)


@bp.get(f"/surveys/series/<{AN_ID}:series_id>")
@allow(Can.MANAGE_SURVEYS)
def overview(series_id: int) -> ResponseReturnValue:
    """One recurring pulse: its next wave, its waves so far, and whether people go on answering."""
    return _overview(series_id)


def _overview(series_id: int, refused: Text | None = None, status: int = 200) -> ResponseReturnValue:
    session = reading()
    page = render_template(
        "pulse/series_one.html",
        view=series_queries.managed_series(session, current_user, series_id, order(), page_number()),
        watched=watched(session, current_user, series_id),
        every_names=EVERY_NAMES,
        zone=rules().zone.key,
        refused=refused,
    )
    return page, status


@bp.route("/surveys/series/new", methods=["GET", "POST"])
@allow(Can.MANAGE_SURVEYS)
def new() -> ResponseReturnValue:
    """Begin a recurring pulse."""
    if request.method == "GET":
        begun = _begun(clock.now())
        return _form(None, series_form(begun), begun.keys, begun.audience)
    form = series_form()
    return _kept(None, form, lambda session: series.create(session, current_user, form.values(), rules(), clock.now()))


@bp.route(f"/surveys/series/<{AN_ID}:series_id>/edit", methods=["GET", "POST"])
@allow(Can.MANAGE_SURVEYS)
def edit(series_id: int) -> ResponseReturnValue:
    """Settle a recurring pulse anew."""
    view = _view(series_id)
    if request.method == "GET":
        return _form(view, series_form(view.values, view.version), view.values.keys, view.values.audience)
    form = series_form()

    def keep(session: Session) -> Series:
        return series.change(session, current_user, series_id, form.seen, form.values(), rules(), clock.now())

    return _kept(view, form, keep)


@bp.post(f"/surveys/series/<{AN_ID}:series_id>/<any(pause,resume):step>")
@allow(Can.MANAGE_SURVEYS)
def go_on(series_id: int, step: str) -> ResponseReturnValue:
    """Pause a recurring pulse, or let it go on."""
    form = SeenForm()
    if not form.validate_on_submit():
        raise Conflict
    try:
        with transaction() as session:
            if step == "pause":
                series.pause(session, current_user, series_id, form.seen, rules())
            else:
                series.resume(session, current_user, series_id, form.seen, rules(), clock.now())
    except series.SeriesChanged as error:
        return _overview(series_id, error.message, error.status)
    flash(gettext("It is paused: no wave opens.") if step == "pause" else gettext("It goes on with the next wave."))
    return see_other("series.overview", series_id=series_id)


def _kept(view: ManagedSeries | None, form: SeriesForm, keep: Callable[[Session], Series]) -> ResponseReturnValue:
    """Do what the form says, or show it again with all that was typed."""
    if not form.validate_on_submit():
        return _form(view, form, ticked_keys(), form.teams(), 422)
    try:
        with transaction() as session:
            series_id = keep(session).id
    except series.SeriesChanged as error:
        form.version.data = str(error.version)
        return _form(_view(view.row.id) if view else None, form, ticked_keys(), form.teams(), error.status)
    except Invalid as error:
        form.refuse(error)
        return _form(view, form, ticked_keys(), form.teams(), error.status)
    flash(gettext("Saved.") if view else str(MADE))
    return see_other("series.overview", series_id=series_id)


def _form(
    view: ManagedSeries | None,
    form: SeriesForm,
    keys: tuple[str, ...],
    teams: tuple[int, ...],
    status: int = 200,
) -> ResponseReturnValue:
    own = rules().language
    page = render_template(
        "pulse/series_form.html",
        view=view,
        form=form,
        codes=languages(own),
        own=own,
        zone=rules().zone.key,
        audience=foreseen(reading(), teams, rules().least_scores, chosen()),
        drivers=_choices(),
        keys=frozenset(keys),
        kind_names=KIND_NAMES,
        every_names=EVERY_NAMES,
        order=languages(chosen()),
        status=status,
    )
    return page, status


def _choices() -> list[tuple[bank.DriverText, list[bank.BankQuestion]]]:
    """The bank's questions that waves may ask, by driver."""
    return [
        (text, [one for one in text.questions if not one.occasional and (one.scored or one.kind == Kind.TEXT)])
        for text in bank.DRIVERS.values()
    ]


def _view(series_id: int) -> ManagedSeries:
    return series_queries.managed_series(reading(), current_user, series_id, order())


def _begun(now: datetime) -> SeriesValues:
    """What the form for a new one begins with: a weekly pulse on the next Tuesday, in the words of the template."""
    template = bank.template("weekly")
    today = now.astimezone(rules().zone).date()
    tuesday = today + timedelta(days=(1 - today.weekday()) % 7 or 7)
    texts = {code: Heading(said["title"], said["intro"]) for code, said in template.texts.items()}
    return SeriesValues(texts=texts, every=Every.WEEK, next_on=tuesday, hour=9, days_open=_DAYS[Every.WEEK])
