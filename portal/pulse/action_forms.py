"""What HR and heads of teams fill in as they promise something, and whoever looks after it as they tell how it goes."""

from datetime import date
from typing import Any

from flask import request
from wtforms import HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import ValidationError
from wtforms.widgets import DateInput

from .. import people
from ..core.db import reading
from ..core.errors import Invalid
from ..core.forms import AtMost, Form, Line, stripped
from ..core.locale import available, chosen, gettext, lazy, name_of
from .action_ground import Ground
from .action_model import NOTE_LENGTH, PROMISE_LENGTH, Action, Progress
from .actions import NoteValues, PromiseValues, kept, text_faults
from .model import Driver
from .result_words import driver_name

PROGRESS_NAMES = {
    Progress.PROMISED: lazy("Promised"),
    Progress.BEGUN: lazy("Begun"),
    Progress.DONE: lazy("Done"),
    Progress.DROPPED: lazy("Given up"),
}
_DRIVER, _QUESTION = "driver-", "question-"
_LARGEST_ID = 2**31 - 1


class NoteForm(Form):
    """A word on how a promise goes, and how far it is."""

    progress = RadioField(
        lazy("How far is it?"), choices=lambda: [(one.value, PROGRESS_NAMES[one]) for one in Progress]
    )
    text = TextAreaField(lazy("How does it go?"), [AtMost(NOTE_LENGTH)], filters=[stripped], render_kw={"rows": 4})
    locale = SelectField(lazy("Language"), choices=lambda: [(code, name_of(code)) for code in available()])

    def values(self) -> NoteValues:
        """What was sent."""
        return NoteValues(self.text.data or "", self.locale.data or "", Progress(self.progress.data))


class PromiseForm(Form):
    """A promise; `promise_form` gives it the words in every language. Its lists hold what can be chosen here."""

    unit = SelectField(lazy("For whom?"), validate_choice=False)
    about = SelectField(lazy("What is it about?"), validate_choice=False)
    version = HiddenField(default="0")
    owner_id = HiddenField()
    # These stand after the words on the page, and so are made after them: the first refused field takes the focus.
    owner: Line
    due_on: Line
    why: TextAreaField

    def __init__(self, ground: Ground, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.unit.choices = [
            (str(place.number), "\u2003" * place.depth + (place.name.text or gettext("All who were asked")))
            for place in ground.units
        ]
        drivers = [(_DRIVER + one.driver, driver_name(one.driver)) for one in ground.about if one.driver]
        questions = [(f"{_QUESTION}{one.number}", one.words.text) for one in ground.about if one.words]
        self.about.choices = {
            gettext("What morale is made of"): drivers,
            gettext("Questions"): questions,
        }
        self.found: tuple[people.Colleague, ...] = ()
        """Colleagues of whom one was probably meant."""

    @property
    def seen(self) -> int:
        """The version that the page showed."""
        return _whole(self.version.data) or 0

    def validate(self, extra_validators: Any = None) -> bool:
        """Is everything well-formed? All that isn't is said at once, also what is wrong with the words."""
        fine = super().validate(extra_validators)
        faults = text_faults(kept(self._in_all("said")), kept(self._in_all("promise")))
        refuse(self, Invalid(faults))
        return fine and not faults

    def validate_due_on(self, field: Line) -> None:
        """Refuse what is no day."""
        try:
            date.fromisoformat(field.data or "")
        except ValueError as error:
            raise ValidationError(gettext("A day, please, such as 2026-06-30.")) from error

    def validate_owner(self, field: Line) -> None:
        """Find out who is meant: whoever was chosen, or is called or written to by what was typed."""
        picked = _whole(request.form.get("owner_choice")) or _whole(self.owner_id.data)
        typed = " ".join((field.data or "").split())
        known = people.names(reading(), [picked]) if picked else {}
        if picked in known and (request.form.get("owner_choice") or known[picked].casefold() == typed.casefold()):
            field.data, self.owner_id.data = known[picked], str(picked)
            return
        self.owner_id.data = ""
        if not typed:
            raise ValidationError(gettext("Please name a colleague who works here."))
        self.found = _called(typed)
        if not self.found:
            raise ValidationError(gettext("Nobody here is called %(name)s.", name=typed))
        if len(self.found) > 1:
            raise ValidationError(gettext("Which %(name)s do you mean? Choose below.", name=typed))
        field.data, self.owner_id.data = self.found[0].name, str(self.found[0].id)

    def values(self) -> PromiseValues:
        """What was sent, once it is valid."""
        assert self.due_on.data
        return PromiseValues(
            unit=_or_none_such(_whole(self.unit.data)),
            about=_about(self.about.data or ""),
            said=self._in_all("said"),
            promise=self._in_all("promise"),
            owner_id=_whole(self.owner_id.data) or 0,
            due_on=date.fromisoformat(self.due_on.data),
        )

    def _in_all(self, name: str) -> dict[str, str]:
        """What was sent of a field that each language has, by language."""
        return {code: self[f"{name}_{code}"].data or "" for code in available()}

    def reason(self) -> NoteValues:
        """Why the date is moved."""
        return NoteValues(self.why.data or "", chosen())


def promise_form(ground: Ground, action: Action | None = None, *, unsent: bool = False) -> PromiseForm:
    """The form as it was sent, or (``unsent``) as it shows ``action`` or an empty one."""
    fields: dict[str, Any] = {}
    for code in available():
        words = {"lang": code, "rows": 4, "maxlength": PROMISE_LENGTH}
        for name, label in (("said", lazy("You said")), ("promise", lazy("We promise"))):
            fields[f"{name}_{code}"] = TextAreaField(label, filters=[stripped], render_kw=words)
    fields["owner"] = Line(
        lazy("Who looks after it?"),
        [AtMost(200)],
        description=lazy("A colleague’s name or e-mail address. They are told, and reminded a week before the day."),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    fields["due_on"] = Line(lazy("Until when?"), widget=DateInput())
    fields["why"] = TextAreaField(
        lazy("If you move the date: why?"), [AtMost(NOTE_LENGTH)], filters=[stripped], render_kw={"rows": 3}
    )
    made: type[PromiseForm] = type("PromiseFormOfAll", (PromiseForm,), fields)
    if not unsent:
        return made(ground)
    if action is None:
        return made(ground, formdata=None, unit=request.args.get("unit", ""), about=request.args.get("about", ""))
    return made(
        ground,
        formdata=None,
        unit=str(action.unit),
        about=_DRIVER + action.driver if action.driver else f"{_QUESTION}{action.question}",
        owner=people.names(reading(), [action.owner_id]).get(action.owner_id, "") if action.owner_id else "",
        owner_id=str(action.owner_id or ""),
        due_on=action.due_on.isoformat(),
        version=str(action.version),
        **{f"said_{code}": text for code, text in action.said.items()},
        **{f"promise_{code}": text for code, text in action.promise.items()},
    )


def refuse(form: Form, error: Invalid) -> None:
    """Put messages beside their fields; what is about the words in whatever language stands beside the reader's own."""
    own = {name if name in form else f"{name}_{chosen()}": why for name, why in error.fields.items()}
    form.refuse(Invalid(own))


def _called(typed: str) -> tuple[people.Colleague, ...]:
    """Who works here and may be meant: whoever's whole name or address it is, else those who have it in either."""
    session = reading()
    exact = people.called(session, {typed}, {typed.casefold()})
    if exact:
        return people.colleagues(session, [one.id for one in exact], chosen())
    found = people.suggested(session, typed, chosen())
    return tuple(one for one in found if one.name.casefold() == typed.casefold()) or found


def _about(text: str) -> Driver | int:
    """The driver or the question's number in a choice; a number that no question has when it is neither."""
    if text.startswith(_DRIVER) and text.removeprefix(_DRIVER) in set(Driver):
        return Driver(text.removeprefix(_DRIVER))
    return _or_none_such(_whole(text.removeprefix(_QUESTION)) if text.startswith(_QUESTION) else None)


def _or_none_such(number: int | None) -> int:
    """A number, or one that nothing has."""
    return -1 if number is None else number


def _whole(text: str | None) -> int | None:
    """A number from an address or a form, where anything may stand."""
    if text and text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= _LARGEST_ID:
        return int(text)
    return None
