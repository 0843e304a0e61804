"""What HR fills in as it makes a survey: a field for each language that there is."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.form import BaseForm
from wtforms.validators import ValidationError
from wtforms.widgets import DateTimeLocalInput

from ..core.errors import Invalid
from ..core.forms import Form, Line, stripped
from ..core.locale import available, chosen, gettext, lazy
from . import bank
from .company_time import shown
from .drafting import Dates, Heading
from .making_queries import Managed
from .model import INTRO_LENGTH, QUESTION_LENGTH, TITLE_LENGTH, Driver, Kind
from .question_list import OwnQuestion, Said
from .questions import Question
from .rules import Rules

KIND_NAMES = {
    Kind.AGREE: lazy("Agree or disagree"),
    Kind.SCALE: lazy("From 0 to 10"),
    Kind.SINGLE: lazy("One choice"),
    Kind.SEVERAL: lazy("Several choices"),
    Kind.TEXT: lazy("In words"),
}
_MOST_TEAMS = 5_000
_A_DAY = {"inputmode": "numeric", "size": 4, "maxlength": 3, "autocomplete": "off"}


def _a_day(_form: BaseForm, field: StringField) -> None:
    if field.data and not re.fullmatch("[0-9]{1,3}", field.data):
        raise ValidationError(gettext("A whole number of days, or nothing."))


class SeenForm(Form):
    """A form or a button about a survey as it was when the page was made."""

    version = HiddenField(default="0")

    @property
    def seen(self) -> int:
        """The version that the page showed; what isn't one is older than all."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    def refuse(self, error: Invalid) -> None:
        """Put messages beside their fields; those about what this form doesn't hold are its own."""
        super().refuse(Invalid({name: message for name, message in error.fields.items() if name in self}))
        self.form_errors += [message for name, message in error.fields.items() if name not in self]


class MoveForm(SeenForm):
    """What is done to a question in the list."""

    do = HiddenField()


class DatesForm(SeenForm):
    """When a survey opens, closes and reminds, in the company's time."""

    opens_at = Line(lazy("Opens"), widget=DateTimeLocalInput())
    closes_at = Line(lazy("Closes"), widget=DateTimeLocalInput())
    first = Line(lazy("First reminder"), [_a_day], render_kw=_A_DAY)
    second = Line(lazy("Second reminder"), [_a_day], render_kw=_A_DAY)
    # No field of its own, but a place for what a command refuses in both.
    reminders = HiddenField()

    @classmethod
    def showing(cls, view: Managed, rules: Rules) -> "DatesForm":
        """The form as it shows a survey, whatever was sent."""
        first, second = (*map(str, view.reminders), "", "")[:2]
        return cls(
            formdata=None,
            version=str(view.version),
            opens_at=shown(view.row.opens_at, rules.zone),
            closes_at=shown(view.row.closes_at, rules.zone),
            first=first,
            second=second,
        )

    def values(self) -> Dates:
        """What was sent."""
        reminders = tuple(int(day) for day in (self.first.data, self.second.data) if day)
        return Dates(self.opens_at.data or "", self.closes_at.data or "", reminders)


def ticked_teams() -> tuple[int, ...]:
    """The ids of the teams that were ticked."""
    sent = request.form.getlist("team")[:_MOST_TEAMS]
    return tuple(dict.fromkeys(int(one) for one in sent if one.isascii() and one.isdigit() and len(one) < 10))


class AudienceForm(SeenForm):
    """Who is asked: everybody, or the teams whose ``team`` fields are ticked."""

    whom = RadioField(
        lazy("Who is asked?"),
        choices=lambda: [("everybody", lazy("Everybody")), ("teams", lazy("Some teams, with all teams below them"))],
    )
    audience = HiddenField()

    @classmethod
    def showing(cls, view: Managed) -> "AudienceForm":
        """The form as it shows a survey, whatever was sent."""
        return cls(formdata=None, version=str(view.version), whom="teams" if view.audience else "everybody")

    def validate_whom(self, field: RadioField) -> None:
        """Some teams are at least one: none would be everybody, which is not what was chosen."""
        if field.data == "teams" and not ticked_teams():
            raise ValidationError(gettext("Choose one team at least, or everybody."))

    def teams(self) -> tuple[int, ...]:
        """The ids that were ticked; none for everybody."""
        return ticked_teams() if self.whom.data == "teams" else ()


class TextsForm(SeenForm):
    """Title and introduction; `texts_form` gives it a field of each for every language."""

    def values(self) -> dict[str, Heading]:
        """What was sent, by language."""
        return {
            code: Heading(self[f"title_{code}"].data or "", self[f"intro_{code}"].data or "") for code in available()
        }


def texts_form(texts: Mapping[str, Mapping[str, str]] | None = None, version: int = 0) -> TextsForm:
    """The form as it was sent, or as it shows ``texts``."""
    fields: dict[str, Any] = {}
    for code in available():
        words = {"lang": code, "autocomplete": "off"}
        fields[f"title_{code}"] = Line(lazy("Title"), render_kw=words | {"maxlength": TITLE_LENGTH})
        fields[f"intro_{code}"] = TextAreaField(
            lazy("Introduction"), filters=[stripped], render_kw=words | {"maxlength": INTRO_LENGTH, "rows": 4}
        )
    made: type[TextsForm] = type("TextsFormOfAll", (TextsForm,), fields)
    if texts is None:
        return made()
    shown_words = {f"{part}_{code}": said.get(part, "") for code, said in texts.items() for part in ("title", "intro")}
    return made(formdata=None, version=str(version), **shown_words)


class OwnQuestionForm(SeenForm):
    """A question in HR's own words; `question_form` gives it fields for every language."""

    kind = RadioField(lazy("How is it answered?"), choices=lambda: [(kind.value, KIND_NAMES[kind]) for kind in Kind])
    driver = SelectField(lazy("What it is about"), choices=lambda: [("", lazy("None of these")), *driver_choices()])
    reverse = BooleanField(lazy("Who disagrees says something good (“My work is often interrupted”)"))
    not_applicable = BooleanField(lazy("Offer “doesn’t apply to me”"), default=True)
    # No field of its own, but a place for what a command refuses of the whole list.
    questions = HiddenField()

    def values(self) -> OwnQuestion:
        """What was sent."""
        return OwnQuestion(
            kind=Kind(self.kind.data),
            said={
                code: Said(self[f"text_{code}"].data or "", tuple((self[f"choices_{code}"].data or "").splitlines()))
                for code in available()
            },
            driver=Driver(self.driver.data) if self.driver.data else None,
            reverse=bool(self.reverse.data),
            not_applicable=bool(self.not_applicable.data),
        )


def driver_choices() -> Sequence[tuple[str, str]]:
    """The drivers with their names in the reader's language."""
    return [(driver.value, bank.DRIVERS[driver].name(chosen())) for driver in Driver]


def question_form(question: Question | None = None, version: int = 0, *, unsent: bool = False) -> OwnQuestionForm:
    """The form as it was sent, or (``unsent``) as it shows ``question`` or an empty one."""
    fields: dict[str, Any] = {}
    for code in available():
        words = {"lang": code, "autocomplete": "off"}
        fields[f"text_{code}"] = Line(lazy("Question"), render_kw=words | {"maxlength": QUESTION_LENGTH})
        fields[f"choices_{code}"] = TextAreaField(
            lazy("Choices, each on a line of its own"), filters=[stripped], render_kw=words | {"rows": 4}
        )
    made: type[OwnQuestionForm] = type("QuestionFormOfAll", (OwnQuestionForm,), fields)
    if not unsent:
        return made()
    if question is None:
        return made(formdata=None, version=str(version), kind=Kind.AGREE.value)
    shown_words = {f"text_{words.locale}": words.text for words in question.words}
    shown_words |= {f"choices_{words.locale}": "\n".join(words.choices) for words in question.words}
    return made(
        formdata=None,
        version=str(version),
        kind=question.kind.value,
        driver=question.driver.value if question.driver else "",
        reverse=question.reverse,
        not_applicable=question.not_applicable,
        **shown_words,
    )
