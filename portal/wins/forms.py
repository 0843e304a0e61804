"""What an author fills in, and how it becomes a draft's values."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import request
from wtforms import HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, ValidationError

from .. import discussion
from ..core.forms import AtMost, Form, Line, stripped
from ..core.locale import available, chosen, lazy, name_of
from ..core.shell import settings
from .drafts import ALT_LENGTH, DraftValues
from .model import ANSWER_LENGTH, REASON_LENGTH, STORY_LENGTH, TITLE_LENGTH
from .posting import Rules

_LARGEST_ID = 2**31 - 1
AN_ID = f"int(max={_LARGEST_ID})"
"""How an address names something by its number."""
_MOST_LISTED = 200


class StoryForm(Form):
    """A win as its author writes it. The lists (colleagues, principles, pictures) are fields of several values."""

    title = Line(lazy("Title"), [AtMost(TITLE_LENGTH)])
    guided = RadioField(
        lazy("How would you like to tell it?"),
        choices=lambda: [("yes", lazy("Answer three questions")), ("no", lazy("Write freely"))],
        default="yes",
    )
    need = TextAreaField(lazy("What did the customer need?"), [AtMost(ANSWER_LENGTH)], filters=[stripped])
    did = TextAreaField(lazy("What did you do?"), [AtMost(ANSWER_LENGTH)], filters=[stripped])
    outcome = TextAreaField(lazy("What came of it?"), [AtMost(ANSWER_LENGTH)], filters=[stripped])
    markdown = TextAreaField(lazy("Story"), [AtMost(STORY_LENGTH)], filters=[stripped])
    locale = SelectField(lazy("Language of the story"), choices=lambda: [(code, name_of(code)) for code in available()])
    version = HiddenField(default="0")
    # No fields of their own, but places for what a command refuses in them.
    thanked = HiddenField()
    principles = HiddenField()
    pictures = HiddenField()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if self.locale.data is None:
            self.locale.data = chosen()

    @classmethod
    def showing(cls, values: DraftValues, version: int) -> "StoryForm":
        """The form as it shows ``values``, whatever was sent."""
        need, did, outcome = values.answers
        return cls(
            formdata=None,
            title=values.title,
            guided="yes" if values.guided else "no",
            need=need,
            did=did,
            outcome=outcome,
            markdown=values.markdown,
            locale=values.locale,
            version=str(version),
        )

    @property
    def seen(self) -> int:
        """The draft's version that this window has seen."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0

    def values(self, more_thanked: Sequence[int] = (), more_pictures: Sequence[int] = ()) -> DraftValues:
        """What was sent, with colleagues and pictures that were added on the way."""
        pictures = dict.fromkeys((*_ids("picture"), *more_pictures))
        return DraftValues(
            # Also before it is checked: a language is looked up by this name.
            locale=self.locale.data if self.locale.data in available() else chosen(),
            title=self.title.data or "",
            guided=self.guided.data != "no",
            markdown=self.markdown.data or "",
            answers=(self.need.data or "", self.did.data or "", self.outcome.data or ""),
            thanked=tuple(dict.fromkeys((*_ids("thanked"), *more_thanked))),
            principles=_ids("principles"),
            pictures=tuple((picture_id, _alt(picture_id)) for picture_id in pictures),
        )


class ReasonForm(Form):
    """Why an editor declines a win; which revision they saw."""

    reason = TextAreaField(lazy("Why?"), [AtMost(REASON_LENGTH)], filters=[stripped])
    revision = HiddenField(validators=[InputRequired()])


class ReportForm(Form):
    """Why somebody asks the editors to look at something."""

    reason = TextAreaField(lazy("What is wrong with it?"), [AtMost(discussion.REASON_LENGTH)], filters=[stripped])


class CommentForm(Form):
    """A comment, or an answer to one."""

    text = TextAreaField(lazy("Your comment"), filters=[stripped])
    parent = HiddenField()
    seen = HiddenField()


class CheerForm(Form):
    """One reaction, given or taken back."""

    on = HiddenField(validators=[AnyOf(["yes", "no"])])


class FeedForm(Form):
    """A new feed address, or none any more; ``seen`` is when the one was made that the page showed."""

    seen = HiddenField()

    @property
    def seen_at(self) -> datetime | None:
        """When the address was made that the page showed."""
        return datetime.fromisoformat(self.seen.data) if self.seen.data else None

    def validate_seen(self, field: HiddenField) -> None:
        """Refuse what no page ever said."""
        try:
            datetime.fromisoformat(field.data or "2026-01-01")
        except ValueError as error:
            raise ValidationError from error


class BareForm(Form):
    """Nothing but the token: for what takes no words."""


def number(text: str | None) -> int | None:
    """An id from an address or a form, where anything may stand."""
    if text and text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= _LARGEST_ID:
        return int(text)
    return None


def _ids(name: str) -> tuple[int, ...]:
    found = (number(text) for text in request.form.getlist(name)[:_MOST_LISTED])
    return tuple(dict.fromkeys(one for one in found if one is not None))


def _alt(picture_id: int) -> str:
    words = " ".join((stripped(request.form.get(f"alt-{picture_id}")) or "").split())
    return words[:ALT_LENGTH]


def rules() -> Rules:
    """What the company's settings say of wins."""
    return Rules(settings().moderation, settings().timezone)
