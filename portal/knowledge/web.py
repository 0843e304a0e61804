"""Reading the guidance: lists by kind and by principle, a page, and what other domains' pages show of it."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Flask, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from ..core.db import reading
from ..core.errors import NotFound
from ..core.framing import framed
from ..core.kept import kept
from ..core.locale import chosen
from ..core.permissions import Can, allow
from . import draft_queries, drafts_web, queries
from .drafts import Listener
from .model import BY_FOLDER, Kind
from .words import KIND_NAMES, KINDS_ABOUT, KINDS_NAMES, reading_order

bp = Blueprint("knowledge", __name__, template_folder="templates")


def init_app(app: Flask, on_published: Sequence[Listener] = ()) -> None:
    """Add the routes; ``on_published`` are told, in its transaction, of each draft that becomes a page."""
    app.register_blueprint(bp)
    drafts_web.init_app(app, on_published)


@bp.get("/<any(principles,stories,phrases):folder>")
@allow(Can.READ_KNOWLEDGE)
def listing(folder: str) -> ResponseReturnValue:
    """The pages of one kind, or those of them that belong to ``?principle=``."""
    kind, principle = BY_FOLDER[folder], request.args.get("principle")
    number = request.args.get("page", 1, type=int)
    key = (_version(), chosen(), kind, principle, number)
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
    key = (_version(), chosen(), folder, slug, asked)
    return framed("knowledge/page.html", key, lambda: _page_values(BY_FOLDER[folder], slug, asked))


def _page_values(kind: Kind, slug: str, asked: str | None) -> dict[str, Any]:
    order = reading_order(asked, chosen()) if asked else reading_order(chosen())
    view = queries.page(reading(), kind, slug, order)
    if view is None:
        raise NotFound
    return {"view": view, "kind_names": KIND_NAMES, "kinds_names": KINDS_NAMES, "asked": asked}


def principle_links(ids: Sequence[int]) -> Markup:
    """Links to the principles ``ids``, in the order of all principles: the slot ``principle-links``."""
    wanted = set(ids)
    return _list("principle-links", [_link(card) for card in _principles().values() if card.page_id in wanted])


def principle_choices(chosen: Sequence[int], name: str) -> Markup:
    """A checkbox ``name`` for each principle, those of ``chosen`` ticked: the slot ``principle-choices``."""
    ticked, tick = set(chosen), Markup(" checked")
    box = Markup('<label><input type="checkbox" name="{}" value="{}" data-slug="{}"{}> <span{}>{}</span></label>')
    rows = [
        box.format(name, card.page_id, card.slug, tick if card.page_id in ticked else "", _lang(card), card.title)
        for card in _principles().values()
    ]
    return _list("principle-choices", rows)


def story_link(page_id: int) -> Markup:
    """A link to a case story, or nothing when there is none: the slot ``story-link``."""
    key = ("story", page_id, _version(), chosen())
    card = kept(key, lambda: draft_queries.story(reading(), page_id, reading_order(chosen())))
    return _link(card) if card else Markup()


def _principles() -> dict[int, queries.Card]:
    """Every principle as this reader is shown it, kept while none has changed."""
    key = ("principles", _version(), chosen())
    return kept(key, lambda: draft_queries.principles(reading(), reading_order(chosen())))


def _version() -> int:
    """The guidance's number, asked for once in a reading session, however many slots a page has."""
    known = reading().info
    if "guidance" not in known:
        known["guidance"] = queries.version(reading())
    return int(known["guidance"])


def _link(card: queries.Card) -> Markup:
    return Markup('<a href="{}"{}>{}</a>').format(card.address, _lang(card), card.title)


def _lang(card: queries.Card) -> Markup:
    return Markup(' lang="{}"').format(card.locale) if card.locale != chosen() else Markup()


def _list(name: str, rows: Sequence[Markup]) -> Markup:
    items = Markup("").join(Markup("<li>{}</li>").format(row) for row in rows)
    return Markup('<ul class="{}" role="list">{}</ul>').format(name, items) if rows else Markup()
