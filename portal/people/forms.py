"""The forms about accounts."""

from typing import Any

from wtforms import BooleanField, HiddenField, PasswordField, SelectField, SelectMultipleField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from ..core.forms import AtMost, Form, Line, required
from ..core.locale import available, lazy, name_of
from ..core.permissions import Role
from . import passwords
from .csv_file import split_path
from .model import EMAIL_LENGTH, NAME_LENGTH

ROLE_NAMES = {
    Role.EMPLOYEE: lazy("Employee"),
    Role.EDITOR: lazy("Editor"),
    Role.HR: lazy("HR"),
    Role.ADMIN: lazy("Administrator"),
}


def _languages() -> list[tuple[str, str]]:
    return [(code, name_of(code)) for code in available()]


class SignInForm(Form):
    """E-mail address and password."""

    email = Line(
        lazy("E-mail"),
        [required(), AtMost(EMAIL_LENGTH)],
        render_kw={"type": "email", "autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        lazy("Password"), [required(), AtMost(passwords.LONGEST)], render_kw={"autocomplete": "current-password"}
    )
    next = HiddenField()


class ProfileForm(Form):
    """One's own name and language."""

    name = Line(lazy("Name"), [required(), AtMost(NAME_LENGTH)], render_kw={"autocomplete": "name"})
    locale = SelectField(lazy("Language"), choices=_languages)


class NewPasswordForm(Form):
    """A first password, by a welcome link."""

    own_words: tuple[str, ...] = ()
    password = PasswordField(lazy("New password"), [required()], render_kw={"autocomplete": "new-password"})

    def validate_password(self, field: Any) -> None:
        """Refuse what is too short, too long or too easy to guess."""
        fault = passwords.fault(field.data or "", *self.own_words)
        if fault:
            raise ValidationError(str(fault))


class ChangePasswordForm(NewPasswordForm):
    """Another password instead of the present one."""

    current = PasswordField(
        lazy("Current password"),
        [required(), AtMost(passwords.LONGEST)],
        render_kw={"autocomplete": "current-password"},
    )
    field_order = ("current", "password")


class PersonForm(Form):
    """An account, as the administrator fills it in."""

    name = Line(lazy("Name"), [required(), AtMost(NAME_LENGTH)], render_kw={"autocomplete": "off"})
    email = Line(lazy("E-mail"), [required(), AtMost(EMAIL_LENGTH)], render_kw={"type": "email", "autocomplete": "off"})
    team = Line(
        lazy("Team"),
        [AtMost(600)],
        description=lazy("The path from the company down: Company / Department / Team"),
        render_kw={"list": "teams", "autocomplete": "off"},
    )
    heads = BooleanField(lazy("Leads their team and all teams below it"))
    locale = SelectField(lazy("Language"), choices=_languages)
    roles = SelectMultipleField(
        lazy("Roles"),
        choices=lambda: [(role.value, ROLE_NAMES[role]) for role in Role],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    active = BooleanField(lazy("Can sign in"))

    def team_path(self) -> tuple[str, ...]:
        """The names of the team's path."""
        return split_path(self.team.data or "")
