"""The front page, health, and the map of the site's manifest."""

from datetime import date
from typing import Any

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup, escape
from sqlalchemy import text

from .. import knowledge
from ..core import clock
from ..core.db import database, reading
from ..core.framing import framed
from ..core.locale import chosen, gettext
from ..core.permissions import Can, allow
from ..core.shell import asset, settings

bp = Blueprint("home", __name__, template_folder="templates")

NEWEST_STORIES, LATELY_CHANGED = 3, 6


@bp.get("/")
@allow(Can.USE)
def front() -> ResponseReturnValue:
    """What a person sees first: search, today's principle, stories, what is new."""
    today = clock.now().astimezone(settings().timezone).date()
    key = (knowledge.version(reading()), chosen(), today)
    return framed("home/front.html", key, lambda: _guidance(today), own_search=True)


def greeting() -> Markup:
    """The line that greets the reader, in the slot ``greeting``."""
    return escape(gettext("Good to see you, %(name)s.", name=current_user.name))


def _guidance(today: date) -> dict[str, Any]:
    """What the front page shows of the guidance: the same for all who read in one language on one day."""
    session, order = reading(), knowledge.reading_order(chosen())
    return {
        "principle": knowledge.principle_of_the_day(session, today, order),
        "stories": knowledge.newest(session, knowledge.Kind.STORY, NEWEST_STORIES, order),
        "phrases": knowledge.newest(session, knowledge.Kind.PHRASE, NEWEST_STORIES, order),
        "changed": knowledge.lately_changed(session, LATELY_CHANGED, order),
        "counts": knowledge.counts(session),
        "kind_names": knowledge.KIND_NAMES,
        "kinds_names": knowledge.KINDS_NAMES,
    }


@bp.get("/healthz")
@allow(Can.ENTER)
def health() -> ResponseReturnValue:
    """Does the site answer, with its database? For load balancers; says nothing else."""
    try:
        with database().reading() as session:
            session.execute(text("SELECT 1"))
    except Exception:
        current_app.logger.exception("the database does not answer")
        return jsonify(status="the database does not answer"), 503
    return jsonify(status="ok")


@bp.get("/manifest.webmanifest")
@allow(Can.ENTER)
def manifest() -> ResponseReturnValue:
    """What a phone needs to put the site on its home screen."""
    answer = jsonify(
        name=settings().site_name,
        short_name=settings().site_name,
        start_url="/",
        display="standalone",
        background_color="#fdfaf3",
        theme_color="#8a4b08",
        icons=[{"src": asset("icon.svg"), "sizes": "any", "type": "image/svg+xml"}],
    )
    answer.mimetype = "application/manifest+json"
    return answer
