"""Wins in a feed reader: a person's own address, which is a secret, and the feed at it."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any, cast

from flask import Blueprint, Flask, Response, current_app, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ..core import clock
from ..core.db import reading, transaction
from ..core.errors import Conflict, NotFound, TooMany
from ..core.kept import Kept
from ..core.locale import available, chosen, gettext
from ..core.permissions import Actor, Can, allow
from ..core.shell import see_other, settings
from . import atom, feed_keys, queries
from .forms import FeedForm, number
from .queries import Filters

bp = Blueprint("feeds", __name__, template_folder="templates")

NEWEST = 50
SHOWN_BY = ("principle", "team", "lang")
"""What a feed is narrowed by, in its address; the same as the page of wins."""
ASKED_IN_A_WINDOW = 60
WINDOW_S = 600
READERS_COUNTED = 5_000


def init_app(app: Flask) -> None:
    """Add the routes, and begin to count who asks how often."""
    app.register_blueprint(bp)
    # In memory and by each process for itself: a guard against a program gone wild, not worth a write for each look.
    app.extensions["feed_looks"] = Kept(READERS_COUNTED)


@bp.get("/wins/feeds")
@allow(Can.READ_WINS)
def page() -> ResponseReturnValue:
    """One's own address: is there one, a new one, none any more."""
    return _page()


@bp.post("/wins/feeds")
@allow(Can.READ_WINS)
def make() -> ResponseReturnValue:
    """Make a new address, and show it this once: in this answer, and not in a cookie or another address."""
    form = FeedForm()
    if not form.validate_on_submit():
        raise Conflict
    with transaction() as session:
        secret = feed_keys.make(session, current_user, form.seen_at, clock.now())
    return _page(settings().url + url_for("feeds.atom_feed", secret=secret, **_narrowed()))


@bp.post("/wins/feeds/revoke")
@allow(Can.READ_WINS)
def revoke() -> ResponseReturnValue:
    """End one's address."""
    if FeedForm().validate_on_submit():
        with transaction() as session:
            feed_keys.revoke(session, current_user)
        flash(gettext("The address is ended: nothing is read at it any more."))
    return see_other("feeds.page", **_narrowed())


def _page(address: str = "") -> ResponseReturnValue:
    made_at = feed_keys.made_at(reading(), current_user)
    form = FeedForm(formdata=None, seen=made_at.isoformat() if made_at else "")
    return render_template("wins/feeds.html", address=address, made_at=made_at, form=form, narrowed=_narrowed())


@bp.get("/feeds/<secret>/wins.atom")
@allow(Can.ENTER)
def atom_feed(secret: str) -> ResponseReturnValue:
    """The newest wins that the person whose address this is may see, narrowed by ``?principle= &team= &lang=``."""
    # Whoever is signed in here, it is not they who ask.
    g.no_cookie = True
    session, now = reading(), clock.now()
    reader = feed_keys.reader_of(session, secret)
    if reader is None:
        raise NotFound
    _count(reader, now)
    g.locale = reader.locale if reader.locale in available() else current_app.config["BABEL_DEFAULT_LOCALE"]
    found = queries.feed(session, reader, _filters(), chosen(), limit=NEWEST)
    kept, site = _narrowed(), settings().url
    source = atom.Source(
        site=site,
        address=site + url_for("feeds.atom_feed", secret=secret, **kept),
        page=site + url_for("wins.feed", **kept),
        name="/".join(("feed", str(reader.id), *(f"{name}={value}" for name, value in kept.items()))),
        title=gettext("%(site)s: wins", site=settings().site_name),
        locale=chosen(),
        since=feed_keys.made_at(session, reader) or now,
    )
    answer = Response(atom.document(source, found.wins), content_type=f"{atom.TYPE}; charset=utf-8")
    answer.headers["Cache-Control"] = "private"
    answer.add_etag()
    changed = queries.changed_at(session)
    # Its clock ticks in seconds: while one isn't over, more may come that the same moment would stand for.
    if changed is not None and now - changed >= timedelta(seconds=2):
        answer.last_modified = changed
    return answer.make_conditional(request)


def _count(reader: Actor, now: datetime) -> None:
    """Raise TooMany when this person's programs have asked too often in the present window."""
    window, passed = divmod(int(now.timestamp()), WINDOW_S)
    looks = cast(Kept, current_app.extensions["feed_looks"]).get((reader.id, window), count)
    if next(looks) >= ASKED_IN_A_WINDOW:
        raise TooMany(WINDOW_S - passed)


def _filters() -> Filters:
    kept = _narrowed()
    return Filters(number(kept.get("principle")), number(kept.get("team")), kept.get("lang"))


def _narrowed() -> dict[str, Any]:
    """What this request's feed is narrowed by, without what means nothing."""
    asked = {name: request.args.get(name, "") for name in SHOWN_BY}
    found = {name: str(id_) for name in SHOWN_BY[:2] if (id_ := number(asked[name])) is not None}
    return {**found, "lang": asked["lang"]} if asked["lang"] in available() else found
