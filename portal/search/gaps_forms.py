"""What editors fill in about what was searched in vain."""

from wtforms import BooleanField, HiddenField, SelectField

from ..core.forms import AtMost, Form, Line, required
from ..core.locale import lazy
from ..knowledge import KIND_NAMES, Kind
from .gap_commands import SynonymValues
from .model import TEXT_LENGTH

_LARGEST_ID = 2**31 - 1
AN_ID = f"int(max={_LARGEST_ID})"
"""How an address names something by its number."""
_WORDS = {"autocomplete": "off", "autocapitalize": "none"}


class BareForm(Form):
    """A button; ``version`` is that of the term which it is about."""

    version = HiddenField()

    @property
    def seen(self) -> int:
        """The version that the page showed; 0, which none is, when that can't be read."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


class SynonymForm(BareForm):
    """A synonym."""

    said = Line(lazy("What people say"), [required(), AtMost(TEXT_LENGTH)], render_kw=_WORDS)
    means = Line(
        lazy("What they mean"),
        [required(), AtMost(TEXT_LENGTH)],
        description=lazy(
            "One to six words, in any language, as they stand in the guidance. Search looks for them, too."
        ),
        render_kw=_WORDS,
    )
    both_ways = BooleanField(lazy("And the other way round"))

    def values(self) -> SynonymValues:
        """What was sent."""
        return SynonymValues(self.said.data or "", self.means.data or "", bool(self.both_ways.data))


class PageForm(BareForm):
    """The beginning of a page."""

    kind = SelectField(lazy("Kind"), choices=lambda: [(kind.value, KIND_NAMES[kind]) for kind in Kind])

    def chosen(self) -> Kind:
        """The kind that was sent, once it is valid."""
        return Kind(self.kind.data)
