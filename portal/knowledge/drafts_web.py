"""Writing drafts: the list, the form with its preview, publishing and throwing away, which both ask once more."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..core import clock, markup
from ..core.db import reading, transaction
from ..core.errors import Invalid, NotFound
from ..core.locale import available, gettext
from ..core.permissions import Can, allow
from ..core.shell import see_other
from ..media import views
from . import draft_queries, drafts
from .draft_queries import DraftView
from .drafts import DraftConflict, Listener
from .drafts_forms import DraftForm, form_of, read_version, unsent_form_of
from .model import DraftValues
from .words import KIND_NAMES

bp = Blueprint("drafts", __name__)
A_DRAFT = "/drafts/<int(max=2147483647):draft_id>"
"""With the largest number that the database keeps as an id."""


def init_app(app: Flask, on_published: Sequence[Listener]) -> None:
    """Add the routes; ``on_published`` are told of each draft that becomes a page."""
    app.extensions["on_published"] = tuple(on_published)
    app.register_blueprint(bp)


@bp.get("/drafts")
@allow(Can.EDIT_KNOWLEDGE)
def listing() -> ResponseReturnValue:
    """All drafts, the one saved last first."""
    found = draft_queries.drafts(reading(), request.args.get("page", 1, type=int))
    return render_template("knowledge/drafts.html", found=found, kind_names=KIND_NAMES)


@bp.route(A_DRAFT, methods=["GET", "POST"])
@allow(Can.EDIT_KNOWLEDGE)
def edit(draft_id: int) -> ResponseReturnValue:
    """Write a draft: save it, look at it, or go on to publish it."""
    view = draft_queries.draft(reading(), draft_id)
    if view is None:
        return _gone()
    form = form_of(view)
    valid, values = form.validate_on_submit(), form.values(view)
    if request.form.get("do") == "preview":
        return _form_page(form, view, preview=values)
    return _save(form, view, values) if valid else _form_page(form, view)


def _save(form: DraftForm, view: DraftView, values: DraftValues) -> ResponseReturnValue:
    try:
        with transaction() as session:
            drafts.save_draft(session, current_user, view.id, values, read_version(form.version.data), clock.now())
    except Invalid as error:
        form.refuse(error)
        return _form_page(form, view)
    except NotFound:
        return _gone()
    except DraftConflict as error:
        return _both(form, values, error.theirs)
    if request.form.get("do") == "publish":
        return see_other("drafts.publish", draft_id=view.id)
    flash(gettext("Saved."))
    return see_other("drafts.edit", draft_id=view.id)


@bp.route(f"{A_DRAFT}/publish", methods=["GET", "POST"])
@allow(Can.EDIT_KNOWLEDGE)
def publish(draft_id: int) -> ResponseReturnValue:
    """Look at the page as it is going to be, and then make it one."""
    view = _view(draft_id)
    try:
        if request.method == "GET":
            faults = drafts.publishing_faults(reading(), view.values)
            if faults:
                raise Invalid(faults)
            return _confirm("knowledge/draft_publish.html", view)
        with transaction() as session:
            page = drafts.publish_draft(
                session,
                current_user,
                draft_id,
                clock.now(),
                version=read_version(request.form.get("version")),
                on_published=current_app.extensions["on_published"],
            )
            address = f"/{view.values.kind.folder}/{page.slug}"
    except Invalid as error:
        form = unsent_form_of(view)
        form.refuse(error)
        return _form_page(form, view)
    except DraftConflict as error:
        return _confirm("knowledge/draft_publish.html", error.theirs, changed=True)
    flash(gettext("Published. Everybody can read it now."))
    return redirect(address, 303)


@bp.route(f"{A_DRAFT}/discard", methods=["GET", "POST"])
@allow(Can.EDIT_KNOWLEDGE)
def discard(draft_id: int) -> ResponseReturnValue:
    """Ask once more, and then throw a draft away."""
    view = _view(draft_id)
    if request.method == "GET":
        return _confirm("knowledge/draft_discard.html", view)
    try:
        with transaction() as session:
            drafts.discard_draft(session, current_user, draft_id, version=read_version(request.form.get("version")))
    except DraftConflict as error:
        return _confirm("knowledge/draft_discard.html", error.theirs, changed=True)
    flash(gettext("The draft is gone."))
    return see_other("drafts.listing")


def _view(draft_id: int) -> DraftView:
    view = draft_queries.draft(reading(), draft_id)
    if view is None:
        raise NotFound
    return view


def _gone() -> ResponseReturnValue:
    """There is no such draft; what was typed for it is not lost with it."""
    typed = {name: request.form.get(name, "") for name in ("title", "summary", "markdown")}
    if not any(typed.values()):
        raise NotFound
    return render_template("knowledge/draft_gone.html", typed=typed), NotFound.status


def _both(form: DraftForm, ours: DraftValues, theirs: DraftView) -> ResponseReturnValue:
    """The form with one's own text, and what somebody else made of the draft; saving again is then on purpose."""
    form.version.data = str(theirs.version)
    ours = ours.tidied()
    names = ("title", "summary", "locale", "slug", "markdown", "principles")
    differ = {name for name in names if getattr(ours, name) != getattr(theirs.values, name)}
    return _form_page(form, theirs, theirs=theirs, differ=differ, status=DraftConflict.status)


def _form_page(form: DraftForm, view: DraftView, *, status: int | None = None, **more: Any) -> ResponseReturnValue:
    form.speak(form.locale.data if form.locale.data in available() else view.values.locale)
    shown: dict[str, Any] = {"preview": None, "theirs": None, "differ": set()} | more
    known = views(reading(), view.values.pictures)
    page = render_template(
        "knowledge/draft.html",
        form=form,
        view=view,
        pictures=[known[picture] for picture in view.values.pictures if picture in known],
        in_text=drafts.pictures_shown(form.values(view)) if view.values.pictures else set(),
        kind_names=KIND_NAMES,
        html_of=_html_of,
        **shown,
    )
    return page, status or (422 if form.errors else 200)


def _confirm(template: str, view: DraftView, *, changed: bool = False) -> ResponseReturnValue:
    page = render_template(template, view=view, changed=changed, kind_names=KIND_NAMES, html_of=_html_of)
    return page, DraftConflict.status if changed else 200


def _html_of(markdown: str) -> str:
    return markup.render(markdown).html
