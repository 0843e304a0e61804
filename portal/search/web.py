"""The results page and its JSON."""

from typing import cast

from flask import Blueprint, Flask, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from .. import knowledge, wins
from ..core.db import database, reading
from ..core.locale import Text, available, chosen, lazy
from ..core.permissions import Can, allow
from .engine import Index, IndexUnavailable
from .finding import Found, as_json, find

bp = Blueprint("search", __name__, template_folder="templates")

PER_PAGE = 10
MOST = 1_000
KIND_NAMES: dict[str, Text] = dict(knowledge.KIND_NAMES) | {wins.WIN: lazy("Win")}
KINDS_NAMES: dict[str, Text] = dict(knowledge.KINDS_NAMES) | {wins.WIN: lazy("Wins")}


def init_app(app: Flask, index: Index) -> None:
    """Add the routes, with the index that they ask."""
    app.extensions["index"] = index
    app.register_blueprint(bp)


@bp.get("/search")
@allow(Can.USE)
def results() -> ResponseReturnValue:
    """The results page."""
    number = max(1, min(request.args.get("page", 1, type=int), MOST // PER_PAGE))
    found, usable = _find(limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    return render_template(
        "search/results.html",
        found=found,
        usable=usable,
        number=number,
        own_search=True,
        first=(number - 1) * PER_PAGE + 1,
        stretches=max(1, -(-found.total // PER_PAGE)),
        kind_names=KIND_NAMES,
        kinds_names=KINDS_NAMES,
        chosen_kind=request.args.get("kind", ""),
        chosen_in=request.args.get("in", ""),
    )


@bp.get("/search.json")
@allow(Can.USE)
def results_json() -> ResponseReturnValue:
    """The same for programs: ``?q=&lang=&limit=``."""
    limit = request.args.get("limit", PER_PAGE, type=int)
    found, usable = _find(limit=max(0, min(limit, MOST)), snippets=False)
    answer = jsonify(as_json(found))
    if not usable:
        answer.status_code = 503
        answer.headers["Retry-After"] = "10"
    return answer


def _find(*, limit: int, offset: int = 0, snippets: bool = True) -> tuple[Found, bool]:
    """What the request's query found, and whether the index could be asked."""
    query, lang = request.args.get("q", "").strip(), request.args.get("lang", "")
    kind = request.args.get("kind") or None
    written_in = request.args.get("in") or None
    try:
        found = find(
            reading(),
            cast(Index, current_app.extensions["index"]),
            query,
            lang if lang in available() else chosen(),
            kind=kind if kind in KIND_NAMES else None,
            written_in=written_in,
            limit=limit,
            offset=offset,
            snippets=snippets,
        )
    except IndexUnavailable:
        database().on_outbox()  # The worker looks at the index before anything else.
        return Found(query), False
    return found, True
