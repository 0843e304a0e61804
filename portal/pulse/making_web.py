"""Making a survey: HR's list, one survey with all that is settled of it, its words, dates and audience."""

from collections.abc import Callable
from typing import TypeVar

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from ..core import clock
from ..core.db import reading, transaction
from ..core.errors import Conflict, Invalid
from ..core.locale import Text, available, chosen, gettext, ngettext, written_number, written_share
from ..core.permissions import Can, allow
from ..core.shell import see_other
from . import bank, drafting, making_queries, scheduling
from .action_queries import ActionLine, overdue_without_word
from .action_telling import today
from .audience import foreseen
from .drafting import DraftChanged, Settled
from .forms import AN_ID, BareForm, rules
from .making_forms import KIND_NAMES, AudienceForm, DatesForm, SeenForm, TextsForm, texts_form
from .making_queries import Managed, languages
from .model import Survey
from .overlapping import overlaps

bp = Blueprint("making", __name__, template_folder="templates")
bp.add_app_template_filter(written_number, "whole")
bp.add_app_template_filter(written_share, "share")


@bp.get("/surveys/manage")
@allow(Can.MANAGE_SURVEYS)
def listing() -> ResponseReturnValue:
    """All surveys, what is under way first, from ``?page=`` on."""
    found = making_queries.listing(reading(), current_user, order(), page_number())
    return render_template("pulse/manage.html", found=found)


@bp.route("/surveys/new", methods=["GET", "POST"])
@allow(Can.MANAGE_SURVEYS)
def new() -> ResponseReturnValue:
    """Begin a survey: of a template (``template``), of another survey (``copy``), or empty."""
    if not BareForm().validate_on_submit():
        return render_template("pulse/manage_new.html", templates=bank.TEMPLATES.values())
    copied, template = request.form.get("copy", ""), request.form.get("template") or None
    with transaction() as session:
        survey = drafting.begin_survey(
            session, current_user, clock.now(), template=template, copy_of=number(copied) if copied else None
        )
        survey_id = survey.id
    return see_other("making.overview", survey_id=survey_id)


@bp.get(f"/surveys/<{AN_ID}:survey_id>/manage")
@allow(Can.MANAGE_SURVEYS)
def overview(survey_id: int) -> ResponseReturnValue:
    """One survey: what is settled of it, what it lacks, and what can be done with it."""
    return _overview(survey_id)


def _overview(survey_id: int, refused: tuple[Text, ...] = (), status: int = 200) -> ResponseReturnValue:
    view, session = managed(survey_id), reading()
    page = render_template(
        "pulse/manage_survey.html",
        view=view,
        audience=foreseen(session, view.audience, view.least_scores, chosen()) if view.changeable else None,
        overlaps=overlaps(session, survey_id, order(), rules().zone) if view.changeable else (),
        kind_names=KIND_NAMES,
        zone=rules().zone.key,
        order=order(),
        overdue=_overdue(session, survey_id) if view.changeable else (),
        refused=refused,
    )
    return page, status


def _overdue(session: Session, survey_id: int) -> tuple[ActionLine, ...]:
    """The promises that would hold the survey back if it were to open now."""
    survey = session.get_one(Survey, survey_id)
    return overdue_without_word(session, survey, today(rules(), clock.now()), order())


@bp.route(f"/surveys/<{AN_ID}:survey_id>/edit", methods=["GET", "POST"])
@allow(Can.MANAGE_SURVEYS)
def texts(survey_id: int) -> ResponseReturnValue:
    """Title and introduction in each language."""
    if request.method == "GET":
        view = changeable(survey_id)
        return _texts(texts_form(view.texts, view.version), view)
    form = texts_form()

    def keep(session: Session) -> int:
        return drafting.change_texts(session, current_user, survey_id, form.values(), form.seen, rules())

    return _kept(survey_id, form, keep, _texts)


def _texts(form: TextsForm, view: Managed, status: int = 200) -> ResponseReturnValue:
    own = rules().language
    codes = languages(own)
    page = render_template("pulse/manage_texts.html", view=view, form=form, codes=codes, own=own, status=status)
    return page, status


@bp.route(f"/surveys/<{AN_ID}:survey_id>/edit/dates", methods=["GET", "POST"])
@allow(Can.MANAGE_SURVEYS)
def dates(survey_id: int) -> ResponseReturnValue:
    """When it opens, closes and reminds."""
    if request.method == "GET":
        view = changeable(survey_id)
        return _dates(DatesForm.showing(view, rules()), view)
    form = DatesForm()

    def keep(session: Session) -> int:
        return drafting.change_dates(session, current_user, survey_id, form.values(), form.seen, rules(), clock.now())

    return _kept(survey_id, form, keep, _dates)


def _dates(form: DatesForm, view: Managed, status: int = 200) -> ResponseReturnValue:
    page = render_template("pulse/manage_dates.html", view=view, form=form, zone=rules().zone.key, status=status)
    return page, status


@bp.route(f"/surveys/<{AN_ID}:survey_id>/edit/audience", methods=["GET", "POST"])
@allow(Can.MANAGE_SURVEYS)
def audience(survey_id: int) -> ResponseReturnValue:
    """Who is asked, and the groups in which their answers would be counted: with ``do=look``, before it is saved."""
    if request.method == "GET":
        view = changeable(survey_id)
        return _audience(AudienceForm.showing(view), view, teams=view.audience)
    form = AudienceForm()
    if request.form.get("do") == "look" and form.validate():
        return _audience(form, changeable(survey_id))

    def keep(session: Session) -> int:
        return drafting.change_audience(session, current_user, survey_id, form.teams(), form.seen, rules())

    return _kept(survey_id, form, keep, _audience)


def _audience(
    form: AudienceForm, view: Managed, status: int = 200, teams: tuple[int, ...] | None = None
) -> ResponseReturnValue:
    found = foreseen(reading(), form.teams() if teams is None else teams, view.least_scores, chosen())
    page = render_template("pulse/manage_audience.html", view=view, form=form, audience=found, status=status)
    return page, status


AnyForm = TypeVar("AnyForm", bound=SeenForm)


def _kept(
    survey_id: int,
    form: AnyForm,
    keep: Callable[[Session], int],
    show: Callable[[AnyForm, Managed, int], ResponseReturnValue],
) -> ResponseReturnValue:
    """Do what the form says, or show it again with all that was typed."""
    if not form.validate_on_submit():
        return show(form, managed(survey_id), 422)
    try:
        with transaction() as session:
            keep(session)
    except DraftChanged as error:
        form.version.data = str(error.version)
        return show(form, managed(survey_id), error.status)
    except Settled as error:  # It opened by itself meanwhile: what was typed can still be copied.
        form.form_errors.append(error.message)
        return show(form, managed(survey_id), error.status)
    except Invalid as error:
        form.refuse(error)
        return show(form, managed(survey_id), error.status)
    return saved(survey_id)


@bp.post(f"/surveys/<{AN_ID}:survey_id>/schedule")
@allow(Can.MANAGE_SURVEYS)
def schedule(survey_id: int) -> ResponseReturnValue:
    """Let it open at its time (``do=schedule``), at once (``do=open``), or not for now (``do=draft``)."""
    form, do = SeenForm(), request.form.get("do")
    if not form.validate_on_submit():
        raise Conflict
    try:
        with transaction() as session:
            if do == "draft":
                scheduling.back_to_draft(session, current_user, survey_id, form.seen)
            else:
                at_once = do == "open"
                scheduling.schedule(session, current_user, survey_id, form.seen, rules(), clock.now(), at_once=at_once)
    except DraftChanged as error:
        return _overview(survey_id, (error.message,), error.status)
    except Invalid as error:
        return _overview(survey_id, tuple(error.fields.values()), error.status)
    flash(
        {
            "draft": gettext("It is a draft again, and opens only when you schedule it."),
            "open": gettext("It opens within a minute."),
        }.get(do or "", gettext("It is scheduled, and opens by itself."))
    )
    return see_other("making.overview", survey_id=survey_id)


@bp.route(f"/surveys/<{AN_ID}:survey_id>/throw-away", methods=["GET", "POST"])
@allow(Can.MANAGE_SURVEYS)
def throw_away(survey_id: int) -> ResponseReturnValue:
    """Throw a draft away, after a look at what goes."""
    view, form = changeable(survey_id), SeenForm()
    if not form.validate_on_submit():
        form = SeenForm(formdata=None, version=str(view.version))
        return render_template("pulse/manage_throw_away.html", view=view, form=form, error=None)
    try:
        with transaction() as session:
            drafting.throw_away(session, current_user, survey_id, form.seen)
    except DraftChanged as error:
        form.version.data = str(error.version)
        page = render_template("pulse/manage_throw_away.html", view=managed(survey_id), form=form, error=error.message)
        return page, error.status
    flash(gettext("Thrown away."))
    return see_other("making.listing")


def managed(survey_id: int) -> Managed:
    """The survey as HR sees it. Raises NotFound."""
    return making_queries.managed(reading(), current_user, survey_id, order(), rules(), clock.now())


def changeable(survey_id: int) -> Managed:
    """The same, of a survey that has not opened. Raises NotFound, Settled."""
    view = managed(survey_id)
    if not view.changeable:
        raise Settled
    return view


def saved(survey_id: int) -> ResponseReturnValue:
    """Back to the survey, with a word about the languages that it lacks."""
    lacking = len(managed(survey_id).gaps)
    if lacking and len(available()) > 1:
        words = ngettext(
            "Saved. One language isn’t complete yet.", "Saved. %(num)s languages aren’t complete yet.", lacking
        )
        flash(words)
    else:
        flash(gettext("Saved."))
    return see_other("making.overview", survey_id=survey_id)


def page_number() -> int:
    """The stretch of a list that the address asks for."""
    return number(request.args.get("page", "")) or 1


def number(text: str) -> int:
    """What was asked for by number; 0, which nothing has, for what isn't one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def order() -> tuple[str, ...]:
    """The languages, in the order in which this reader wants them."""
    return languages(chosen(), rules().language)
