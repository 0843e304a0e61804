"""Reading the guidance: lists by kind and by principle, and a page."""

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from ..core.db import reading
from ..core.errors import NotFound
from ..core.framing import framed
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
    kind, principle = BY_FOLDER[folder], request.args.get("principle")
    number = request.args.get("page", 1, type=int)
    key = (queries.version(reading()), chosen(), kind, principle, number)
    return framed("knowledge/listing.html", key, lambda: _listing_values(kind, principle, number))


def _listing_values(kind: Kind, principle: str | None, number: int) -> dict[str, Any]:
    order, its_view = reading_order(chosen()), None
    if principle is not None:
        its_view = queries.page(reading(), Kind.PRINCIPLE, principle, order)
        if its_view is None or kind is Kind.PRINCIPLE:
            raise NotFound
    return {
        "kind": kind,
        "found": queries.listing(reading(), kind, order, principle, number),
        "principle": its_view.card if its_view else None,
        "kinds_name": KINDS_NAMES[kind],
        "about": KINDS_ABOUT[kind],
    }


@bp.get("/<any(principles,stories,phrases):folder>/<slug>")
@allow(Can.READ_KNOWLEDGE)
def page(folder: str, slug: str) -> ResponseReturnValue:
    """A page, in the reader's language or in ``?lang=``."""
    asked = request.args.get("lang")
    key = (queries.version(reading()), chosen(), folder, slug, asked)
    return framed("knowledge/page.html", key, lambda: _page_values(BY_FOLDER[folder], slug, asked))


def _page_values(kind: Kind, slug: str, asked: str | None) -> dict[str, Any]:
    order = reading_order(asked, chosen()) if asked else reading_order(chosen())
    view = queries.page(reading(), kind, slug, order)
    if view is None:
        raise NotFound
    return {"view": view, "kind_names": KIND_NAMES, "kinds_names": KINDS_NAMES, "asked": asked}
