"""The base of every form: CSRF, messages in the reader's language, and the errors of commands beside their field."""

from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.form import BaseForm
from wtforms.validators import DataRequired, Length, ValidationError

from .errors import Invalid
from .locale import gettext, lazy

REQUIRED = lazy("Please fill this in.")


class Form(FlaskForm):
    """A form that can show what a command refused."""

    class Meta(FlaskForm.Meta):
        """How the form is read."""

        def wrap_formdata(self, form: BaseForm, formdata: Any) -> Any:
            """What a browser's form sent, and not JSON, in which a field may be anything but text."""
            return None if request.is_json else super().wrap_formdata(form, formdata)

    def refuse(self, error: Invalid) -> None:
        """Put each message of ``error`` beside the field it is about."""
        for name, message in error.fields.items():
            self[name].errors = [*self[name].errors, message]


def required() -> DataRequired:
    """The field must be filled in."""
    return DataRequired(message=REQUIRED)


class AtMost(Length):
    """At most ``max`` characters, said in the reader's language; the browser is told too."""

    def __init__(self, most: int) -> None:
        super().__init__(max=most)

    def __call__(self, _form: BaseForm, field: StringField) -> None:
        if len(field.data or "") > self.max:
            raise ValidationError(gettext("At most %(max)d characters, please.", max=self.max))


def stripped(value: str | None) -> str | None:
    """A form value without the blanks around it, and without NULs, which nobody types and PostgreSQL can't keep."""
    return value.replace("\0", "").strip() if isinstance(value, str) else value


class Line(StringField):
    """One line of text; blanks around it don't count."""

    def __init__(self, label: Any, validators: Any = (), **kwargs: Any) -> None:
        super().__init__(label, validators, filters=[stripped], **kwargs)
