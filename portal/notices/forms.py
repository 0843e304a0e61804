"""The form of one's choices."""

from functools import partial

from wtforms import SelectField

from ..core.forms import Form
from ..core.locale import Text
from .model import About, Mailing
from .policy import offered
from .words import ABOUT_NAMES, MAILING_NAMES


class ChoicesForm(Form):
    """How each kind of notice is mailed: a field a kind, under its name."""

    def choices(self) -> dict[About, Mailing]:
        """What was chosen."""
        return {about: Mailing(self[about.value].data) for about in About}


def _ways(about: About) -> list[tuple[str, Text]]:
    return [(way.value, MAILING_NAMES[way]) for way in offered(about)]


for _about in About:
    setattr(ChoicesForm, _about.value, SelectField(ABOUT_NAMES[_about], choices=partial(_ways, _about)))
