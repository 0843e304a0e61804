"""The web application, put together in named steps."""

import logging
import os

from flask import Flask
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined

from .config import Settings, load
from .core import error_pages, guard, jobs, kept, locale, security, shell
from .core.db import Database, close_reading
from .core.locale import lazy
from .core.permissions import Can
from .core.shell import Entry
from .discussion import web as discussion
from .home import numbers, promoting
from .home import web as home
from .knowledge import may_see_picture
from .knowledge import web as knowledge
from .knowledge.drafts import Listener
from .media import web as media
from .notices import web as notices
from .people import web as people
from .pulse import actions_web as promises
from .pulse import surveys_web as surveys
from .pulse import web as pulse
from .pulse.ballots_web import bp as ballots
from .search import Index
from .search import web as search
from .search.gap_commands import page_published
from .wins import published
from .wins import queries as win_queries
from .wins import web as wins

NAVIGATION = (
    Entry("knowledge.listing", lazy("Principles"), Can.READ_KNOWLEDGE, (("folder", "principles"),)),
    Entry("knowledge.listing", lazy("Case stories"), Can.READ_KNOWLEDGE, (("folder", "stories"),)),
    Entry("knowledge.listing", lazy("Phrase cards"), Can.READ_KNOWLEDGE, (("folder", "phrases"),)),
    Entry("wins.feed", lazy("Wins"), Can.READ_WINS),
    Entry("surveys.listing", lazy("Surveys"), Can.ANSWER_SURVEYS),
    Entry("drafts.listing", lazy("Drafts"), Can.EDIT_KNOWLEDGE),
    Entry("people.people", lazy("People"), Can.MANAGE_PEOPLE),
)
SLOTS: dict[str, tuple[shell.Filler, ...]] = {
    "bell": (notices.bell,),
    "greeting": (home.greeting,),
    "principle-links": (knowledge.principle_links,),
    "principle-choices": (knowledge.principle_choices,),
    "story-link": (knowledge.story_link,),
    "colleagues": (wins.on_principle,),
    "from-win": (wins.on_story,),
    "front-wins": (wins.on_front_page,),
    "front-survey": (surveys.on_front_page,),
    "front-promises": (promises.on_front_page,),
    "survey-promises": (promises.around_survey,),
    "win-actions": (promoting.win_actions,),
    "draft-notes": (promoting.draft_notes,),
}
"""Who fills the places that a page leaves open, for another domain or for what differs from reader to reader."""
ON_PUBLISHED: tuple[Listener, ...] = (published, page_published)
"""Who is told, in the same transaction, that a draft has become a page."""
PICTURE_JUDGES: tuple[media.Judge, ...] = (win_queries.may_see_picture, may_see_picture)
"""Who says that somebody may see a picture, because of what it stands in; its owner always may."""


def create_app(settings: Settings | None = None, database: Database | None = None) -> Flask:
    """The application for ``settings`` (default: the environment's), on ``database`` (default: the settings').

    Raises ConfigError, and UndeclaredRoute when a route declares no permission.
    """
    settings = settings or load(os.environ)
    app = Flask("portal", static_folder=str(shell.STATIC), template_folder="core/templates")
    app.extensions["settings"] = settings
    app.jinja_env.undefined = StrictUndefined
    logging.getLogger("portal").setLevel(settings.log_level)
    _data(app, settings, database)
    locale.init_app(app, settings.language, settings.timezone.key)
    security.init_app(app, settings)
    _domains(app, settings)
    shell.init_app(app, settings, NAVIGATION, SLOTS)
    guard.init_app(app)
    protection = CSRFProtect(app)
    # Mail programs unsubscribe with neither session nor token; the link itself is signed.
    protection.exempt(notices.unsubscribe_at_once)
    # Ballots are cast with neither, too: whoever holds the ballot's own token may, and nobody's session helps.
    protection.exempt(ballots)
    error_pages.init_app(app)
    guard.refuse_undeclared(app)
    return app


def _data(app: Flask, settings: Settings, database: Database | None) -> None:
    """The database, with the job queue told of work after each commit that leaves some."""
    if database is None:
        database = Database(settings.database)
        database.on_outbox = jobs.JobQueue(settings).nudge
    app.extensions["database"] = database
    app.teardown_appcontext(close_reading)
    kept.init_app(app)


def _domains(app: Flask, settings: Settings) -> None:
    people.init_app(app)
    app.register_blueprint(notices.bp)
    discussion.init_app(app)
    media.init_app(app, PICTURE_JUDGES)
    knowledge.init_app(app, ON_PUBLISHED)
    wins.init_app(app)
    pulse.init_app(app)
    search.init_app(app, Index(settings.data / "index"))
    app.register_blueprint(home.bp)
    app.register_blueprint(promoting.bp)
    app.register_blueprint(numbers.bp)
