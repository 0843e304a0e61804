"""The addresses of surveys, put together."""

from flask import Blueprint, Flask

from . import actions_web, asking_web, ballots_web, making_web, preview_web, results_web, series_web, surveys_web
from .tokens import SignedTokens


def init_app(app: Flask) -> None:
    """Add the routes, and what makes ballot tokens and reads them."""
    app.extensions["tokens"] = SignedTokens(app.config["SECRET_KEY"])
    parts: tuple[Blueprint, ...] = (
        actions_web.bp,
        ballots_web.bp,
        surveys_web.bp,
        results_web.bp,
        making_web.bp,
        asking_web.bp,
        preview_web.bp,
        series_web.bp,
    )
    for part in parts:
        app.register_blueprint(part)
