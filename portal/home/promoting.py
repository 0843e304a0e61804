"""From a win to a case story: where what staff share and the guidance meet."""

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup
from wtforms import RadioField
from wtforms.validators import InputRequired

from .. import knowledge, wins
from ..core import clock
from ..core.db import reading, transaction
from ..core.errors import Conflict, NotFound
from ..core.forms import REQUIRED, Form
from ..core.locale import chosen, gettext, lazy
from ..core.permissions import Can, allow
from ..core.shell import see_other, settings

bp = Blueprint("promoting", __name__, template_folder="templates")

CHOICES = [
    (wins.Consent.NAMED.value, lazy("Yes, with my name")),
    (wins.Consent.ANONYMOUS.value, lazy("Yes, but without my name")),
    (wins.Consent.REFUSED.value, lazy("No, please leave it as it is")),
]


class ConsentForm(Form):
    """What an author says to their win becoming a case story."""

    consent = RadioField(lazy("May this become a case story?"), [InputRequired(REQUIRED)], choices=lambda: CHOICES)


@bp.post("/wins/<int:win_id>/promote")
@allow(Can.EDIT_KNOWLEDGE)
def promote(win_id: int) -> ResponseReturnValue:
    """Make a story draft of a win and ask its author, in one step."""
    if not Form().validate_on_submit():
        raise Conflict
    rules = wins.Rules(settings().moderation, settings().timezone)
    now = clock.now()
    with transaction() as session:
        made_of = wins.material(session, current_user, win_id)
        draft = knowledge.add_draft(session, current_user, _draft_values(made_of), now)
        wins.ask(session, current_user, win_id, draft.id, rules, now)
        draft_id = draft.id
    flash(gettext("Here is a draft of the story. Its author is asked; you can publish it once they agree."))
    return see_other("drafts.edit", draft_id=draft_id)


def _draft_values(made_of: wins.Material) -> knowledge.DraftValues:
    pictures = "\n\n".join(f"![{_plain(alt)}](/pictures/{number})" for number, alt in made_of.pictures)
    return knowledge.DraftValues(
        kind=knowledge.Kind.STORY,
        slug="",
        locale=made_of.locale,
        title=made_of.title,
        summary="",
        markdown="\n\n".join(filter(None, (made_of.markdown, pictures))),
        principles=made_of.principles,
        pictures=tuple(number for number, _ in made_of.pictures),
    )


def _plain(alt: str) -> str:
    """Words for a picture, as they can stand in Markdown's brackets."""
    return alt.replace("\\", "").replace("[", "(").replace("]", ")")


@bp.route("/wins/<int:win_id>/consent", methods=["GET", "POST"])
@allow(Can.SHARE_WINS)
def consent(win_id: int) -> ResponseReturnValue:
    """The author of a win says whether it may become a case story, and whether with their name."""
    view = wins.win(reading(), current_user, win_id, chosen())
    asked = wins.promotion(reading(), win_id)
    if view is None or asked is None or view.author.id != current_user.id:
        raise NotFound
    form = ConsentForm(consent=None if asked.consent == wins.Consent.ASKED else asked.consent)
    if form.validate_on_submit():
        with transaction() as session:
            wins.answer(session, current_user, win_id, wins.Consent(form.consent.data), clock.now())
        flash(gettext("Thank you, noted. You may change your mind until the story is published."))
        return see_other("wins.win", win_id=win_id)
    page = render_template("home/consent.html", view=view, form=form, published=asked.page_id is not None)
    return page, 422 if form.errors else 200


def win_actions(win_id: int) -> Markup:
    """On a win's page: for editors the way to a case story, for its author the question."""
    session = reading()
    view = wins.standing(session, current_user, win_id)
    if view is None:
        return Markup()
    asked = wins.promotion(session, win_id)
    editor = current_user.can(Can.EDIT_KNOWLEDGE) and current_user.can(Can.MODERATE)
    mine = view.author_id == current_user.id
    if not (editor or (mine and asked)):
        return Markup()
    page = render_template("home/win_actions.html", view=view, asked=asked, editor=editor, mine=mine)
    return Markup(page)  # noqa: S704  # Our own template.


def draft_notes(draft_id: int) -> Markup:
    """On the draft of a story that was made of a win: where it comes from and what its author says."""
    asked = wins.of_draft(reading(), draft_id)
    if asked is None:
        return Markup()
    return Markup(render_template("home/draft_notes.html", asked=asked))  # noqa: S704  # Our own template.
