"""What the forms of several rooms share."""

from typing import cast

from flask import current_app

from ..core.forms import Form
from ..core.shell import settings
from .rules import Rules
from .tokens import Tokens

_LARGEST_ID = 2**31 - 1
AN_ID = f"int(max={_LARGEST_ID})"
"""How an address names something by its number."""


class BareForm(Form):
    """A button: nothing but the token."""


def rules() -> Rules:
    """The rules in force, within a request."""
    found = settings()
    return Rules(found.timezone, found.pulse_scores, found.pulse_comments, found.language)


def tokens() -> Tokens:
    """What makes and reads ballot tokens, within a request."""
    return cast(Tokens, current_app.extensions["tokens"])
