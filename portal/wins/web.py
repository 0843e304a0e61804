"""Reading wins: the feed, one win, one's own, a colleague's page; and what other domains' pages show of them."""

from typing import Any

from flask import Blueprint, Flask, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup

from .. import discussion, people
from ..core import clock
from ..core.db import reading, transaction
from ..core.errors import NotFound
from ..core.kept import kept
from ..core.locale import available, chosen, gettext
from ..core.permissions import NOBODY, Can, allow
from ..core.shell import see_other
from . import composing, feeds, moderating, posting, queries, talking
from .forms import AN_ID, BareForm, CommentForm, number
from .model import WIN
from .queries import Filters

bp = Blueprint("wins", __name__, template_folder="templates")

ON_A_PRINCIPLE = 3
ON_THE_FRONT_PAGE = 3
KEPT = ("principle", "team", "lang", "person", "of")
"""What a feed is narrowed by, in its address."""


def init_app(app: Flask) -> None:
    """Add the routes."""
    for part in (bp, composing.bp, talking.bp, moderating.bp):
        app.register_blueprint(part)
    feeds.init_app(app)


@bp.get("/wins")
@allow(Can.READ_WINS)
def feed() -> ResponseReturnValue:
    """The newest wins, narrowed by ``?principle= &team= &lang= &person= &of=mine|thanks``, from ``?older=`` on."""
    filters = _filters()
    session = reading()
    found = queries.feed(session, current_user, filters, chosen(), request.args.get("older", ""))
    return render_template(
        "wins/feed.html",
        found=found,
        filters=filters,
        kept={name: value for name in KEPT if (value := request.args.get(name))},
        teams=people.team_paths(session, chosen()),
        person=people.colleague(session, filters.person, chosen()) if filters.person else None,
        waiting=queries.waiting_count(session) if current_user.can(Can.MODERATE) else 0,
    )


@bp.get(f"/wins/<{AN_ID}:win_id>")
@allow(Can.READ_WINS)
def win(win_id: int) -> ResponseReturnValue:
    """One win, with what colleagues say to it."""
    session = reading()
    view = queries.win(session, current_user, win_id, chosen())
    if view is None:
        raise NotFound
    mine = view.author.id == current_user.id
    return render_template(
        "wins/win.html",
        view=view,
        mine=mine,
        waiting=queries.waiting_view(session, current_user, win_id, chosen()) if view.pending else None,
        reason=queries.last_reason(session, win_id) if mine else "",
        thread=discussion.thread(session, discussion.Subject(WIN, win_id), current_user),
        thanks_me=current_user.id in {person.id for person in view.thanked},
        form=CommentForm(formdata=None),
    )


@bp.get("/wins/mine")
@allow(Can.SHARE_WINS)
def own() -> ResponseReturnValue:
    """One's own wins: being written, waiting, published, declined, taken back."""
    return render_template("wins/own.html", rows=queries.own(reading(), current_user))


@bp.get(f"/colleagues/<{AN_ID}:person_id>")
@allow(Can.READ_WINS)
def colleague(person_id: int) -> ResponseReturnValue:
    """A colleague's page: who they are and the wins that they shared."""
    session = reading()
    person = people.colleague(session, person_id, chosen())
    if person is None:
        raise NotFound
    found = queries.feed(session, current_user, Filters(person=person_id), chosen(), request.args.get("older", ""))
    return render_template("wins/colleague.html", person=person, found=found)


@bp.post(f"/wins/<{AN_ID}:win_id>/withdraw")
@allow(Can.SHARE_WINS)
def withdraw(win_id: int) -> ResponseReturnValue:
    """Take one's own win back."""
    if BareForm().validate_on_submit():
        with transaction() as session:
            posting.withdraw(session, current_user, win_id, clock.now())
        flash(gettext("Taken back. Nobody else sees it any more; you can post it again."))
    return see_other("wins.win", win_id=win_id)


@bp.post(f"/wins/<{AN_ID}:win_id>/no-thanks")
@allow(Can.USE)
def decline_thanks(win_id: int) -> ResponseReturnValue:
    """Take oneself off a win's thanks."""
    if BareForm().validate_on_submit():
        with transaction() as session:
            posting.decline_thanks(session, current_user, win_id, clock.now())
        flash(gettext("You are no longer named in this win."))
    return see_other("wins.win", win_id=win_id)


def on_principle(page_id: int) -> Markup:
    """On a principle's page: the newest wins that live it ("colleagues did it")."""
    return _strip("wins/on_principle.html", Filters(principle=page_id), ON_A_PRINCIPLE, page_id=page_id)


def on_front_page() -> Markup:
    """On the front page: the newest wins."""
    return _strip("wins/on_front_page.html", Filters(), ON_THE_FRONT_PAGE)


def _strip(template: str, filters: Filters, most: int, **values: Any) -> Markup:
    """A few wins on a page about something else: the same for all, so kept while no win and no name changes."""
    if not current_user.can(Can.READ_WINS):
        return Markup()
    session = reading()
    key = (template, filters, queries.version(session), people.names_version(session), chosen())

    def made() -> Markup:
        found = queries.feed(session, NOBODY, filters, chosen(), limit=most)
        return Markup(render_template(template, found=found, **values))  # noqa: S704  # Our own templates.

    return kept(key, made)


def on_story(page_id: int) -> Markup:
    """On a case story's page: the win that it was made of, when that can be read."""
    win_id = queries.win_of_story(reading(), current_user, page_id)
    if win_id is None:
        return Markup()
    return Markup('<p class="from-win"><a href="{}">{}</a></p>').format(
        url_for("wins.win", win_id=win_id), gettext("This story began as a colleague’s win")
    )


def _filters() -> Filters:
    of = request.args.get("of")
    lang = request.args.get("lang")
    return Filters(
        principle=number(request.args.get("principle")),
        team=number(request.args.get("team")),
        locale=lang if lang in available() else None,
        person=current_user.id if of == "mine" else number(request.args.get("person")),
        thanks_to=current_user.id if of == "thanks" else None,
    )
