"""What HR fills in of a recurring pulse."""

import re
from datetime import date
from typing import Any

from flask import request
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.form import BaseForm
from wtforms.validators import ValidationError
from wtforms.widgets import DateInput

from ..core.forms import Line, stripped
from ..core.locale import available, gettext, lazy
from .drafting import Heading
from .making_forms import SeenForm, ticked_teams
from .model import INTRO_LENGTH, TITLE_LENGTH
from .rhythm import Every
from .rotation import MOST_A_PERSON
from .series_values import SeriesValues

EVERY_NAMES = {
    Every.WEEK: lazy("Every week"),
    Every.FORTNIGHT: lazy("Every two weeks"),
    Every.MONTH: lazy("Every month"),
    Every.QUARTER: lazy("Every quarter"),
}
_YEARS = range(2000, 2200)
_MOST_KEYS = 300


def _a_day(_form: BaseForm, field: StringField) -> None:
    if _day(field.data) is None:
        raise ValidationError(gettext("A date, please, such as 2026-05-04."))


def _day(text: str | None) -> date | None:
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.year in _YEARS else None


def _a_number(_form: BaseForm, field: StringField) -> None:
    if not re.fullmatch("[0-9]{1,3}", field.data or ""):
        raise ValidationError(gettext("A whole number, please."))


class SeriesForm(SeenForm):
    """A recurring pulse; `series_form` gives it a title and an introduction for every language."""

    every = SelectField(lazy("It comes back"), choices=lambda: [(one.value, EVERY_NAMES[one]) for one in Every])
    next_on = Line(lazy("Next wave"), [_a_day], widget=DateInput())
    hour = SelectField(lazy("Opens at"), choices=lambda: [(str(hour), f"{hour:02}:00") for hour in range(24)])
    days_open = Line(lazy("Days open"), [_a_number], render_kw={"inputmode": "numeric", "maxlength": 3})
    questions = SelectField(
        lazy("Questions for each person"), choices=lambda: [(str(n), str(n)) for n in range(1, MOST_A_PERSON + 1)]
    )
    comment = BooleanField(lazy("One of them is answered in words"), default=True)
    whom = RadioField(
        lazy("Who is asked?"),
        choices=lambda: [("everybody", lazy("Everybody")), ("teams", lazy("Some teams, with all teams below them"))],
    )
    # No fields of their own, but places for what a command refuses in what is ticked.
    audience = HiddenField()
    keys = HiddenField()

    def validate_whom(self, field: RadioField) -> None:
        """Some teams are at least one: none would be everybody, which is not what was chosen."""
        if field.data == "teams" and not ticked_teams():
            raise ValidationError(gettext("Choose one team at least, or everybody."))

    def teams(self) -> tuple[int, ...]:
        """The ids that were ticked; none for everybody."""
        return ticked_teams() if self.whom.data == "teams" else ()

    def values(self) -> SeriesValues:
        """What was sent, once it is valid."""
        day = _day(self.next_on.data)
        assert day is not None
        return SeriesValues(
            texts={
                code: Heading(self[f"title_{code}"].data or "", self[f"intro_{code}"].data or "")
                for code in available()
            },
            every=Every(self.every.data),
            next_on=day,
            hour=int(self.hour.data),
            days_open=int(self.days_open.data or 0),
            questions=int(self.questions.data),
            keys=ticked_keys(),
            audience=self.teams(),
            comment=bool(self.comment.data),
        )


def ticked_keys() -> tuple[str, ...]:
    """The keys of the bank's questions that were ticked."""
    return tuple(request.form.getlist("key")[:_MOST_KEYS])


def series_form(values: SeriesValues | None = None, version: int = 0) -> SeriesForm:
    """The form as it was sent, or as it shows ``values``."""
    fields: dict[str, Any] = {}
    for code in available():
        words = {"lang": code, "autocomplete": "off"}
        fields[f"title_{code}"] = Line(lazy("Title"), render_kw=words | {"maxlength": TITLE_LENGTH})
        fields[f"intro_{code}"] = TextAreaField(
            lazy("Introduction"), filters=[stripped], render_kw=words | {"maxlength": INTRO_LENGTH, "rows": 3}
        )
    made: type[SeriesForm] = type("SeriesFormOfAll", (SeriesForm,), fields)
    if values is None:
        return made()
    said = {f"title_{code}": one.title for code, one in values.texts.items()}
    said |= {f"intro_{code}": one.intro for code, one in values.texts.items()}
    return made(
        formdata=None,
        version=str(version),
        every=values.every.value,
        next_on=values.next_on.isoformat(),
        hour=str(values.hour),
        days_open=str(values.days_open),
        questions=str(values.questions),
        comment=values.comment,
        whom="teams" if values.audience else "everybody",
        **said,
    )
