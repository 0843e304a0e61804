"""The addresses of surveys, put together."""

from flask import Blueprint, Flask


def init_app(app: Flask) -> None:
    """Add the routes."""
    parts: tuple[Blueprint, ...] = ()
    for part in parts:
        app.register_blueprint(part)
