"""What the forms of several rooms share."""

from ..core.forms import Form
from ..core.shell import settings
from .rules import Rules

_LARGEST_ID = 2**31 - 1
AN_ID = f"int(max={_LARGEST_ID})"
"""How an address names something by its number."""


class BareForm(Form):
    """A button: nothing but the token."""


def rules() -> Rules:
    """The rules in force, within a request."""
    return Rules(settings().timezone, settings().pulse_scores, settings().pulse_comments)
