"""For editors: what was searched in vain, and the synonyms that they made of it."""

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..core import clock
from ..core.db import reading, transaction
from ..core.errors import Conflict, Invalid, NotFound
from ..core.locale import chosen, gettext, written_day
from ..core.permissions import Can, allow
from ..core.shell import see_other
from ..knowledge import Kind
from . import gap_commands, gap_queries
from .gap_commands import AlreadyDone
from .gap_queries import TermView
from .gaps_forms import AN_ID, BareForm, PageForm, SynonymForm
from .model import State

bp = Blueprint("gaps", __name__, template_folder="templates")
bp.add_app_template_filter(written_day, "day")
A_TERM = f"/search/gaps/<{AN_ID}:term_id>"


@bp.get("/search/gaps")
@allow(Can.EDIT_KNOWLEDGE)
def listing() -> ResponseReturnValue:
    """What was searched in vain, the worst first; ``?show=settled`` and ``set-aside`` for what was dealt with."""
    show = request.args.get("show", "")
    state = State(show) if show in set(State) else State.OPEN
    found = gap_queries.gaps(reading(), state, chosen(), request.args.get("page", 1, type=int))
    return render_template("search/gaps.html", found=found, state=state)


@bp.get(A_TERM)
@allow(Can.EDIT_KNOWLEDGE)
def term(term_id: int) -> ResponseReturnValue:
    """One of them, and what can be done about it."""
    return _page(_view(term_id))


@bp.post(f"{A_TERM}/synonym")
@allow(Can.EDIT_KNOWLEDGE)
def settle_with_synonym(term_id: int) -> ResponseReturnValue:
    """Say what people mean by it."""
    view, form = _view(term_id), SynonymForm()
    if not form.validate_on_submit():
        return _page(view, form, status=422)
    try:
        with transaction() as session:
            gap_commands.settle_with_synonym(session, current_user, term_id, form.values(), form.seen, clock.now())
    except Invalid as error:
        form.refuse(error)
        return _page(view, form, status=422)
    except AlreadyDone as error:
        return _page(_view(term_id), form, error=error)
    flash(gettext("It counts from now on: whoever searches for one is given the other, too."))
    return see_other("gaps.term", term_id=term_id)


@bp.post(f"{A_TERM}/page")
@allow(Can.EDIT_KNOWLEDGE)
def settle_with_page(term_id: int) -> ResponseReturnValue:
    """Begin a page that answers it."""
    view, form = _view(term_id), PageForm()
    if not form.validate_on_submit():
        return _page(view, page_form=form, status=422)
    try:
        with transaction() as session:
            now = clock.now()
            draft_id = gap_commands.settle_with_page(session, current_user, term_id, form.chosen(), form.seen, now)
    except AlreadyDone as error:
        return _page(_view(term_id), error=error)
    flash(gettext("Here is the page’s draft. The list of what is searched in vain will tell whether it helps."))
    return see_other("drafts.edit", draft_id=draft_id)


@bp.post(f"{A_TERM}/set-aside")
@allow(Can.EDIT_KNOWLEDGE)
def set_aside(term_id: int) -> ResponseReturnValue:
    """Nothing is to be done about it."""
    form = _button()
    try:
        with transaction() as session:
            gap_commands.set_aside(session, current_user, term_id, form.seen, clock.now())
    except AlreadyDone as error:
        return _page(_view(term_id), error=error)
    flash(gettext("Set aside. You find it under “Set aside” and can take it up again there."))
    return see_other("gaps.listing")


@bp.post(f"{A_TERM}/reopen")
@allow(Can.EDIT_KNOWLEDGE)
def reopen(term_id: int) -> ResponseReturnValue:
    """Something is to be done about it after all."""
    form = _button()
    try:
        with transaction() as session:
            gap_commands.reopen(session, current_user, term_id, form.seen)
    except AlreadyDone as error:
        return _page(_view(term_id), error=error)
    flash(gettext("It is back on the list."))
    return see_other("gaps.term", term_id=term_id)


@bp.route("/search/synonyms", methods=["GET", "POST"])
@allow(Can.EDIT_KNOWLEDGE)
def synonyms() -> ResponseReturnValue:
    """All synonyms, and a form to add one."""
    if request.method == "GET":
        return _synonyms(SynonymForm(formdata=None))
    form = SynonymForm()
    if not form.validate_on_submit():
        return _synonyms(form, 422)
    try:
        with transaction() as session:
            gap_commands.add_synonym(session, current_user, form.values(), clock.now())
    except Invalid as error:
        form.refuse(error)
        return _synonyms(form, 422)
    flash(gettext("Added. It counts from now on."))
    return see_other("gaps.synonyms")


@bp.post(f"/search/synonyms/<{AN_ID}:synonym_id>/delete")
@allow(Can.EDIT_KNOWLEDGE)
def delete_synonym(synonym_id: int) -> ResponseReturnValue:
    """Take a synonym back."""
    _button()
    with transaction() as session:
        gap_commands.delete_synonym(session, current_user, synonym_id)
    flash(gettext("Deleted. Search no longer knows it."))
    return see_other("gaps.synonyms")


def _button() -> BareForm:
    form = BareForm()
    if not form.validate_on_submit():
        raise Conflict
    return form


def _view(term_id: int) -> TermView:
    view = gap_queries.term(reading(), term_id, chosen())
    if view is None:
        raise NotFound
    return view


def _page(
    view: TermView,
    form: SynonymForm | None = None,
    *,
    page_form: PageForm | None = None,
    error: AlreadyDone | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    own = form or SynonymForm(formdata=None, said=view.text)
    if error:
        own.version.data = str(view.version)  # What was typed may be sent again, now that it is known how things stand.
    page = render_template(
        "search/gap.html",
        view=view,
        form=own,
        page_form=page_form or PageForm(formdata=None, kind=Kind.STORY.value),
        error=error,
    )
    return page, error.status if error else status


def _synonyms(form: SynonymForm, status: int = 200) -> ResponseReturnValue:
    found = gap_queries.synonyms(reading(), chosen(), request.args.get("page", 1, type=int))
    return render_template("search/synonyms.html", found=found, form=form), status
