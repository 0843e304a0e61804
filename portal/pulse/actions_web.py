"""The pages of promises: "you said, we did"."""

from datetime import date, timedelta

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup

from ..core import clock
from ..core.db import reading, transaction
from ..core.errors import Conflict, Invalid, NotFound, Refused
from ..core.locale import chosen, gettext, written_day
from ..core.permissions import Can, allow
from ..core.shell import see_other
from . import action_ground, action_queries, actions, policy
from .action_forms import PROGRESS_NAMES, NoteForm, PromiseForm, promise_form, refuse
from .action_ground import Ground
from .action_model import Action
from .action_queries import ActionLine, ActionView, Which
from .action_telling import today
from .forms import AN_ID, rules
from .model import State, Survey
from .result_words import driver_name
from .survey_queries import order

bp = Blueprint("actions", __name__, template_folder="templates")
bp.add_app_template_filter(written_day, "day")
ON_THE_FRONT_PAGE = 3
LATELY = timedelta(days=90)


@bp.get("/surveys/promises")
@allow(Can.ANSWER_SURVEYS)
def listing() -> ResponseReturnValue:
    """The promises that the reader may read; ``?show=ended`` for those kept or given up, ``?page=`` turns."""
    which = Which.ENDED if request.args.get("show") == Which.ENDED else Which.OPEN
    page = request.args.get("page", 1, type=int)
    found = action_queries.listing(reading(), current_user, which, _order(), _today(), page)
    return render_template("pulse/promises_listing.html", found=found, which=which)


@bp.get(f"/surveys/promises/<{AN_ID}:action_id>")
@allow(Can.ANSWER_SURVEYS)
def promise(action_id: int) -> ResponseReturnValue:
    """One promise, with all words on it."""
    view = _view(action_id)
    return _page(view, NoteForm(formdata=None, progress=view.line.progress.value, locale=chosen()))


@bp.route(f"/surveys/<{AN_ID}:survey_id>/promises/new", methods=["GET", "POST"])
@allow(Can.ANSWER_SURVEYS)
def new(survey_id: int) -> ResponseReturnValue:
    """Promise something after a survey; ``?unit=`` and ``?about=`` choose beforehand."""
    ground = _ground(survey_id)
    form = promise_form(ground, unsent=request.method == "GET")
    if request.method == "GET":
        return _form(form, ground)
    if not form.validate_on_submit():
        return _form(form, ground, status=422)
    try:
        with transaction() as session:
            made = actions.promise(session, current_user, survey_id, form.values(), rules(), clock.now())
            action_id = made.id
    except Invalid as error:
        refuse(form, error)
        return _form(form, ground, status=422)
    flash(gettext("Promised. All who were asked there can read it now."))
    return see_other("actions.promise", action_id=action_id)


@bp.route(f"/surveys/promises/<{AN_ID}:action_id>/edit", methods=["GET", "POST"])
@allow(Can.ANSWER_SURVEYS)
def edit(action_id: int) -> ResponseReturnValue:
    """Change a promise."""
    view = _view(action_id)
    if not view.may_change:
        raise Refused
    ground = _ground(view.line.survey_id)
    if request.method == "GET":
        return _form(promise_form(ground, reading().get_one(Action, action_id), unsent=True), ground, view)
    form = promise_form(ground)
    if not form.validate_on_submit():
        return _form(form, ground, view, status=422)
    try:
        with transaction() as session:
            values, why = form.values(), form.reason()
            actions.change(session, current_user, action_id, form.seen, values, why, rules(), clock.now())
    except Invalid as error:
        refuse(form, error)
        return _form(form, ground, view, status=422)
    except Conflict:
        # What was saved meanwhile is shown beside what was typed; saving this replaces it.
        view = _view(action_id)
        form.version.data = str(view.version)
        return _form(form, ground, view, status=409)
    flash(gettext("Saved."))
    return see_other("actions.promise", action_id=action_id)


@bp.post(f"/surveys/promises/<{AN_ID}:action_id>/notes")
@allow(Can.ANSWER_SURVEYS)
def note(action_id: int) -> ResponseReturnValue:
    """Say how a promise goes."""
    view = _view(action_id)
    if not view.may_tell:
        raise Refused
    form = NoteForm()
    if not form.validate_on_submit():
        return _page(view, form), 422
    try:
        with transaction() as session:
            actions.note(session, current_user, action_id, form.values(), rules(), clock.now())
    except Invalid as error:
        form.refuse(error)
        return _page(view, form), 422
    flash(gettext("Thank you. All who can read the promise can read this, too."))
    return see_other("actions.promise", action_id=action_id)


def on_front_page() -> Markup:
    """On the front page: what was promised lately to the reader, and how it goes."""
    if not policy.may_answer(current_user):
        return Markup()
    since = clock.now() - LATELY
    found = action_queries.lately(reading(), current_user, since, ON_THE_FRONT_PAGE, _order(), _today())
    return _strip("pulse/promises_front.html", found)


def around_survey(survey_id: int) -> Markup:
    """At the head of a survey: what was promised after the one before; of a closed one, what was promised after it."""
    session = reading()
    survey = session.get(Survey, survey_id)
    if survey is None:
        return Markup()
    if survey.state == State.CLOSED:
        found = action_queries.promises_of(session, current_user, survey_id, None, _order(), _today())
    else:
        found = action_queries.for_next_survey(session, current_user, survey, _order(), _today())
    return _strip("pulse/promises_survey.html", found)


@bp.app_template_global()
def promise_words(line: ActionLine) -> dict[str, str]:
    """What is worded of a promise: how far it is, and the driver that it is about."""
    return {
        "progress": str(gettext("Overdue") if line.overdue else PROGRESS_NAMES[line.progress]),
        "driver": driver_name(line.driver) if line.driver else "",
    }


@bp.app_template_global()
def progress_name(progress: str) -> str:
    """How far a promise is, in words."""
    return next(str(name) for one, name in PROGRESS_NAMES.items() if one == progress)


def _strip(template: str, found: tuple[ActionLine, ...]) -> Markup:
    return Markup(render_template(template, lines=found)) if found else Markup()  # noqa: S704  # Our own templates.


def _order() -> tuple[str, ...]:
    return order(chosen(), rules().language)


def _today() -> date:
    return today(rules(), clock.now())


def _view(action_id: int) -> ActionView:
    view = action_queries.action(reading(), current_user, action_id, _order(), _today())
    if view is None:
        raise NotFound
    return view


def _ground(survey_id: int) -> Ground:
    """Where the reader may promise something. Raises NotFound, NotClosed, and Refused when nowhere."""
    session = reading()
    survey = session.get(Survey, survey_id)
    if survey is None or survey.state in {State.DRAFT, State.SCHEDULED}:
        raise NotFound
    ground = action_ground.ground(session, current_user, survey_id, _order())
    if ground is None:
        raise actions.NotClosed if policy.may_manage(current_user) else Refused
    return ground


def _page(view: ActionView, form: NoteForm) -> str:
    return render_template("pulse/promise.html", view=view, line=view.line, form=form)


def _form(form: PromiseForm, ground: Ground, view: ActionView | None = None, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "pulse/promise_form.html",
        form=form,
        ground=ground,
        view=view,
        languages=order(chosen()),
        action_id=view.line.id if view else None,
        theirs=view if status == 409 else None,
    )
    return page, status
