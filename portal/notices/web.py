"""Notices in the site: the bell, the list, one's choices, and unsubscribing from a letter."""

from datetime import date
from itertools import groupby

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import to_user_timezone
from flask_login import current_user
from markupsafe import Markup

from ..core import clock
from ..core.db import reading, transaction
from ..core.errors import NotFound
from ..core.locale import chosen, gettext
from ..core.permissions import Can, allow
from ..core.security import secret_key
from ..core.shell import back_to, see_other
from ..core.shell import settings as site_settings
from . import commands, links, queries, words
from .forms import ChoicesForm
from .model import About
from .queries import NoticeRow

bp = Blueprint("notices", __name__, template_folder="templates")
AN_ID = f"int(max={2**31 - 1})"


def bell() -> Markup:
    """The bell with the number of unread notices, in the slot ``bell``."""
    if not current_user.can(Can.USE):
        return Markup("")
    unread = queries.unread_count(reading(), current_user.id)
    # Without what every page's frame is given: this is asked for in every answer.
    page = current_app.jinja_env.get_template("notices/bell.html")
    shown = page.render(unread=unread, most=queries.MOST_COUNTED, address=url_for("notices.listing"))
    return Markup(shown)  # noqa: S704  # Our own template.


@bp.get("/notices")
@allow(Can.USE)
def listing() -> ResponseReturnValue:
    """One's notices, by day, the newest first."""
    found = queries.listing(reading(), current_user.id, request.args.get("before"))
    days = [(day, list(rows)) for day, rows in groupby(found.rows, _day)]
    unread = queries.unread_count(reading(), current_user.id)
    return render_template("notices/listing.html", days=days, older=found.older, unread=unread, said=_said, words=words)


def _day(row: NoticeRow) -> date:
    day: date = to_user_timezone(row.at).date()
    return day


def _said(row: NoticeRow) -> Markup:
    return words.for_site(row, chosen())


@bp.post(f"/notices/<{AN_ID}:notice_id>/open")
@allow(Can.USE)
def open_notice(notice_id: int) -> ResponseReturnValue:
    """Mark a notice as read and go to what it is about."""
    with transaction() as session:
        address = commands.read(session, current_user, notice_id, clock.now())
    return redirect(back_to(address), 303)


@bp.post("/notices/read")
@allow(Can.USE)
def read_all() -> ResponseReturnValue:
    """Mark all as read."""
    with transaction() as session:
        commands.read_all(session, current_user, clock.now())
    return see_other("notices.listing")


@bp.route("/notices/settings", methods=["GET", "POST"])
@allow(Can.USE)
def settings() -> ResponseReturnValue:
    """Choose how each kind of notice is mailed."""
    present = queries.choices(reading(), current_user.id)
    form = ChoicesForm(data={about.value: mailing.value for about, mailing in present.items()})
    if form.validate_on_submit():
        with transaction() as session:
            commands.choose(session, current_user, form.choices())
        flash(gettext("Saved."))
        return see_other("notices.settings")
    return render_template("notices/settings.html", form=form, kinds=list(About)), 422 if form.errors else 200


@bp.get("/unsubscribe/<token>")
@allow(Can.ENTER)
def unsubscribe(token: str) -> ResponseReturnValue:
    """Ask once more before anything is done: programs that look at the links in letters must not unsubscribe."""
    _, about = _told(token)
    return _unsubscribe_page(about, done=False)


@bp.post("/unsubscribe/<token>")
@allow(Can.ENTER)
def unsubscribe_at_once(token: str) -> ResponseReturnValue:
    """Unsubscribe, for the page's button and for mail programs (RFC 8058), which have neither session nor CSRF token.

    The signed token says who asks for what, so there is nothing that a foreign page could make somebody else do.
    """
    person_id, about = _told(token)
    with transaction() as session:
        for kind in about or (None,):
            commands.unsubscribe(session, person_id, kind)
    return _unsubscribe_page(about, done=True)


def _told(token: str) -> tuple[int, tuple[About, ...]]:
    found = links.read(secret_key(site_settings()), token)
    if found is None:
        raise NotFound
    return found


def _unsubscribe_page(about: tuple[About, ...], *, done: bool) -> ResponseReturnValue:
    kinds = [words.ABOUT_NAMES[kind] for kind in about]
    return render_template("notices/unsubscribe.html", kinds=kinds, done=done)
