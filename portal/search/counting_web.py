"""Where searches are counted: on the results page, and when something is opened from it.

That a page was opened from the results, its request says by itself: browsers tell this site, and none but this one, at
which of its addresses a link was followed.
"""

from typing import cast
from urllib.parse import parse_qs, urlsplit

from flask import Flask, Response, current_app, request, url_for
from flask_login import current_user

from ..core import clock
from ..core.db import Database
from ..core.locale import chosen
from ..core.shell import settings
from . import query
from .counting import Counts
from .grouping import Group, group

LOOK = "look"
"""The parameter by which an editor looks what a term finds now, who isn't somebody who searches for it."""
OPENED = frozenset({"knowledge.page", "wins.win"})
"""The routes that show what a search finds."""
_MOST_VALUES = 20


def init_app(app: Flask) -> None:
    """Count what is opened from the results, and be ready to count searches."""

    def present() -> Database:
        return cast(Database, app.extensions["database"])

    app.extensions["search-counts"] = Counts(present, str(app.secret_key))
    app.after_request(_opened)


def searched(text: str, *, in_vain: bool) -> None:
    """Count that the present reader searched for ``text``; ``in_vain`` when no page had all of it."""
    if LOOK not in request.args and current_user.id and (own := _group(text)):
        _counts().searched(own, current_user.id, clock.now(), in_vain=in_vain)


def _opened(response: Response) -> Response:
    if request.endpoint in OPENED and request.method == "GET" and response.status_code in {200, 304}:
        text = _searched_for(request.referrer or "")
        if text and current_user.id and (own := _group(text)):
            _counts().opened(own, current_user.id, clock.now())
    return response


def _searched_for(address: str) -> str:
    """What was searched for at an address, if that is one of this site's results pages."""
    try:
        parts = urlsplit(address)
        if parts.path != url_for("search.results") or parts.netloc not in _own_hosts():
            return ""
        given = parse_qs(parts.query, max_num_fields=_MOST_VALUES)
        return "" if LOOK in given else given.get("q", [""])[0]
    except ValueError:  # Anybody may send anything.
        return ""


def _own_hosts() -> set[str]:
    return {request.host, urlsplit(settings().url).netloc}


def _group(text: str) -> Group | None:
    """The group of a query; None when it is narrowed, so that finding nothing doesn't say that there is nothing."""
    asked = query.parse(text.strip(), chosen())
    return None if asked.kinds or asked.locales or asked.principles else group(asked, chosen())


def _counts() -> Counts:
    return cast(Counts, current_app.extensions["search-counts"])
