"""The templates of discussions, for the pages of the domains whose subjects are talked about; no routes."""

from flask import Blueprint, Flask

from .model import COMMENT_LENGTH, REASON_LENGTH, Cheer
from .words import CHEER_NAMES

bp = Blueprint("discussion", __name__, template_folder="templates")


def init_app(app: Flask) -> None:
    """Let templates import ``discussion/macros.html``."""
    app.register_blueprint(bp)
    app.jinja_env.globals.update(
        cheer_names={cheer: CHEER_NAMES[cheer] for cheer in Cheer},
        comment_length=COMMENT_LENGTH,
        reason_length=REASON_LENGTH,
    )
