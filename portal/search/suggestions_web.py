"""Suggestions while somebody is typing, as JSON for the script of the search fields."""

from dataclasses import asdict
from typing import cast

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from ..core.db import reading
from ..core.locale import available, chosen
from ..core.permissions import Can, allow
from .engine import Index
from .query import LONGEST_QUERY
from .suggesting import suggest

bp = Blueprint("suggestions", __name__)


@bp.get("/search/suggestions")
@allow(Can.USE)
def listing() -> ResponseReturnValue:
    """``?q=&lang=``: {"query", "suggestions": [{"kind", "title", "address", "locale", "say"}]}, at most eight.

    A query that ends in a space ends in a whole word; else its last word may be the beginning of one.
    """
    query, lang = request.args.get("q", "").lstrip()[:LONGEST_QUERY], request.args.get("lang", "")
    index = cast(Index, current_app.extensions["index"])
    found = suggest(reading(), index, query, lang if lang in available() else chosen()) if query else ()
    return jsonify(query=query, suggestions=[asdict(one) for one in found])
