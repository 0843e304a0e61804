"""The form in which a draft is written."""

from typing import Any

from wtforms import HiddenField, SelectField, SelectMultipleField, TextAreaField

from ..core.forms import AtMost, Form, Line
from ..core.locale import available, lazy, name_of
from .draft_queries import DraftView
from .model import BODY_LENGTH, SLUG_LENGTH, SUMMARY_LENGTH, TITLE_LENGTH, DraftValues

NO_VERSION = 0


def read_version(typed: str | None) -> int:
    """The version that a form was opened on; what isn't one is older than all."""
    digits = (typed or "")[:9]
    return int(digits) if digits.isascii() and digits.isdigit() else NO_VERSION


class DraftForm(Form):
    """A draft. Everything may be empty while it is written; its pictures are not chosen here."""

    title = Line(lazy("Title"), [AtMost(TITLE_LENGTH)], render_kw={"autocomplete": "off"})
    summary = Line(
        lazy("Summary"),
        [AtMost(SUMMARY_LENGTH)],
        description=lazy("One or two sentences that stand below the title and in lists."),
        render_kw={"autocomplete": "off"},
    )
    locale = SelectField(lazy("Language"), choices=lambda: [(code, name_of(code)) for code in available()])
    slug = Line(
        lazy("Address"),
        [AtMost(SLUG_LENGTH)],
        description=lazy("The same in all languages. Leave it empty and it is made from the title."),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    markdown = TextAreaField(
        lazy("Text"),
        [AtMost(BODY_LENGTH)],
        description=lazy("Markdown: ## before a heading, - before a point of a list, ** around what matters."),
        render_kw={"rows": 22},
    )
    # Which there are, the command knows: it looks at them at the moment of saving.
    principles = SelectMultipleField(lazy("Principles that it shows"), coerce=int, validate_choice=False)
    version = HiddenField()

    def speak(self, locale: str) -> None:
        """Let browsers check the spelling, and readers read aloud, in the draft's own language."""
        for field in (self.title, self.summary, self.markdown):
            field.render_kw = {**(field.render_kw or {}), "lang": locale}

    def values(self, view: DraftView) -> DraftValues:
        """What was typed, with what isn't chosen here as ``view`` has it."""
        chosen: list[Any] = self.principles.data or []
        return DraftValues(
            kind=view.values.kind,
            slug=self.slug.data or "",
            locale=self.locale.data,
            title=self.title.data or "",
            summary=self.summary.data or "",
            markdown=self.markdown.data or "",
            principles=tuple(chosen),
            pictures=view.values.pictures,
        )


def form_of(view: DraftView) -> DraftForm:
    """The form, filled with what was sent, or else with what the draft holds."""
    return DraftForm(data=_held(view))


def unsent_form_of(view: DraftView) -> DraftForm:
    """The form, filled with what the draft holds, whatever was sent."""
    return DraftForm(formdata=None, data=_held(view))


def _held(view: DraftView) -> dict[str, Any]:
    values = view.values
    return {
        "title": values.title,
        "summary": values.summary,
        "locale": values.locale,
        "slug": values.slug,
        "markdown": values.markdown,
        "principles": list(values.principles),
        "version": str(view.version),
    }
