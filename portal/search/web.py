"""The results page and its JSON."""

from typing import cast

from flask import Blueprint, Flask, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from .. import knowledge, wins
from ..core.db import database, reading
from ..core.locale import Text, available, chosen, lazy
from ..core.permissions import Can, allow
from . import counting_web, gaps_web, suggestions_web
from .engine import Index
from .finding import Found, as_json, find
from .narrowing import choices
from .snippets import marked

bp = Blueprint("search", __name__, template_folder="templates")

PER_PAGE = 10
MOST = 1_000
NARROWED = frozenset({"kind", "in", "principle", "exact"})
"""What a reader adds to a search that was counted without it."""
KIND_NAMES: dict[str, Text] = dict(knowledge.KIND_NAMES) | {wins.WIN: lazy("Win")}
KINDS_NAMES: dict[str, Text] = dict(knowledge.KINDS_NAMES) | {wins.WIN: lazy("Wins")}


def init_app(app: Flask, index: Index) -> None:
    """Add the routes, with the index that they ask."""
    app.extensions["index"] = index
    app.register_blueprint(bp)
    app.register_blueprint(gaps_web.bp)
    app.register_blueprint(suggestions_web.bp)
    counting_web.init_app(app)


@bp.get("/search")
@allow(Can.USE)
def results() -> ResponseReturnValue:
    """The results page."""
    number = max(1, min(request.args.get("page", 1, type=int), MOST // PER_PAGE))
    found = _find(limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    if number == 1 and not found.incomplete and not NARROWED & request.args.keys():
        counting_web.searched(found.query, in_vain=not found.full)
    return render_template(
        "search/results.html",
        found=found,
        number=number,
        own_search=True,
        first=(number - 1) * PER_PAGE + 1,
        stretches=max(1, -(-found.total // PER_PAGE)),
        kind_names=KIND_NAMES,
        kinds_names=KINDS_NAMES,
        narrowing=choices(found, request.args, KIND_NAMES, {*available(), *(code for code, _ in found.locales)}),
        marked=marked,
    )


@bp.get("/search.json")
@allow(Can.USE)
def results_json() -> ResponseReturnValue:
    """The same for programs: ``?q=&lang=&limit=``."""
    limit = request.args.get("limit", PER_PAGE, type=int)
    return jsonify(as_json(_find(limit=max(0, min(limit, MOST)), snippets=False)))


def _find(*, limit: int, offset: int = 0, snippets: bool = True) -> Found:
    """What the request's query found."""
    given = request.args
    lang = given.get("lang", "")
    kind = given.get("kind")
    found = find(
        reading(),
        cast(Index, current_app.extensions["index"]),
        given.get("q", "").strip(),
        lang if lang in available() else chosen(),
        kind=kind if kind in KIND_NAMES else None,
        written_in=given.get("in") or None,
        principle=given.get("principle") or None,
        exact="exact" in given,
        limit=limit,
        offset=offset,
        snippets=snippets,
    )
    if found.incomplete:
        database().on_outbox()  # The worker looks at the index before anything else.
    return found
