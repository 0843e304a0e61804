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
from .home import web as home
from .knowledge import web as knowledge
from .people import web as people
from .search import Index
from .search import web as search

NAVIGATION = (
    Entry("knowledge.listing", lazy("Principles"), Can.READ_KNOWLEDGE, (("folder", "principles"),)),
    Entry("knowledge.listing", lazy("Case stories"), Can.READ_KNOWLEDGE, (("folder", "stories"),)),
    Entry("knowledge.listing", lazy("Phrase cards"), Can.READ_KNOWLEDGE, (("folder", "phrases"),)),
    Entry("people.people", lazy("People"), Can.MANAGE_PEOPLE),
)
SLOTS: dict[str, tuple[shell.Filler, ...]] = {"greeting": (home.greeting,)}
"""Who fills the places that a page leaves open, for another domain or for what differs from reader to reader."""


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
    CSRFProtect(app)
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
    app.register_blueprint(knowledge.bp)
    search.init_app(app, Index(settings.data / "index"))
    app.register_blueprint(home.bp)
