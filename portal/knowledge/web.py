"""Reading the guidance: lists by kind and by principle, and a page."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from ..core.db import reading
from ..core.errors import NotFound
from ..core.locale import chosen
from ..core.permissions import Can, allow
from . import queries
from .model import BY_FOLDER, Kind
from .words import KIND_NAMES, KINDS_ABOUT, KINDS_NAMES, reading_order

bp = Blueprint("knowledge", __name__, template_folder="templates")


@bp.get("/<any(principles,stories,phrases):folder>")
@allow(Can.READ_KNOWLEDGE)
def listing(folder: str) -> ResponseReturnValue:
    """The pages of one kind, or those of them that belong to ``?principle=``."""
    kind, order = BY_FOLDER[folder], reading_order(chosen())
    principle = request.args.get("principle")
    its_card = None
    if principle is not None:
        its_view = queries.page(reading(), Kind.PRINCIPLE, principle, order)
        if its_view is None or kind is Kind.PRINCIPLE:
            raise NotFound
        its_card = its_view.card
    found = queries.listing(reading(), kind, order, principle, request.args.get("page", 1, type=int))
    return render_template(
        "knowledge/listing.html",
        kind=kind,
        found=found,
        principle=its_card,
        kinds_name=KINDS_NAMES[kind],
        about=KINDS_ABOUT[kind],
    )


@bp.get("/<any(principles,stories,phrases):folder>/<slug>")
@allow(Can.READ_KNOWLEDGE)
def page(folder: str, slug: str) -> ResponseReturnValue:
    """A page, in the reader's language or in ``?lang=``."""
    wanted = request.args.get("lang") or chosen()
    view = queries.page(reading(), BY_FOLDER[folder], slug, reading_order(wanted))
    if view is None:
        raise NotFound
    return render_template(
        "knowledge/page.html",
        view=view,
        kind_name=KIND_NAMES[view.card.kind],
        kinds_names=KINDS_NAMES,
        asked=request.args.get("lang"),
    )
