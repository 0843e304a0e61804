"""Uploading pictures, and serving them to those who may see them."""

from collections.abc import Callable, Sequence

from flask import Blueprint, Flask, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from ..core import clock
from ..core.db import close_reading, reading, transaction
from ..core.errors import NotFound, PortalError, TooMany
from ..core.locale import Text, lazy
from ..core.permissions import Actor, Can, allow
from ..core.shell import settings
from . import commands, policy, queries
from .encoding import Unusable, encode
from .model import Size
from .uploads import TOO_MANY_BYTES, body_limit, takes_pictures

bp = Blueprint("media", __name__)

AN_ID = f"int(max={2**31 - 1})"
KEPT_S = 3_600
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": f"private, max-age={KEPT_S}",
}
NONE_CHOSEN = lazy("Choose a picture first.")

Judge = Callable[[Session, Actor, int], bool]
"""Says whether an actor may see the picture of a number, because of what it stands in."""


def init_app(app: Flask, judges: Sequence[Judge]) -> None:
    """Add the routes; a picture is seen by its owner and by whom any of ``judges`` lets see it.

    To be called before anything that reads forms is added to ``app``, CSRF protection among it: by then the request
    must know how large it may be.
    """
    app.extensions["picture_judges"] = tuple(judges)
    app.before_request(_let_pictures_in)
    app.register_blueprint(bp)


def _let_pictures_in() -> None:
    limit = body_limit(current_app.view_functions.get(request.endpoint or ""), settings().max_picture)
    if limit is not None:
        request.max_content_length = max(limit, settings().max_body)


@bp.post("/pictures")
@allow(Can.SHARE_WINS)
@takes_pictures(1)
def add() -> ResponseReturnValue:
    """Add the picture in the field ``picture`` of a multipart form; answers JSON."""
    try:
        data = _uploaded()
        commands.check_may_add(reading(), current_user, clock.now())
        close_reading()  # Nothing is asked of the database while the picture is made anew.
        made = encode(data)
        with transaction() as session:
            picture = commands.add_picture(session, current_user, made, clock.now())
            view = queries.view(picture.id, picture.width, picture.height)
    except PortalError as error:
        return _refused(error.status, error.message, error.retry_after if isinstance(error, TooMany) else None)
    told = {"id": view.id, "address": view.address, "small": view.small_address}
    return jsonify(told | {"width": view.width, "height": view.height}), 201


def _uploaded() -> bytes:
    """The bytes of the picture that was sent. Raises Unusable when none was, RequestEntityTooLarge."""
    file = request.files.get("picture")
    most = settings().max_picture
    data = file.read(most + 1) if file else b""
    if len(data) > most:
        raise RequestEntityTooLarge
    if not data:
        raise Unusable(NONE_CHOSEN)
    return data


@bp.errorhandler(RequestEntityTooLarge)
def _too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    return _refused(413, TOO_MANY_BYTES)


def _refused(status: int, message: Text, retry_after: int | None = None) -> ResponseReturnValue:
    return jsonify(error=str(message)), status, {} if retry_after is None else {"Retry-After": str(retry_after)}


@bp.get(f"/pictures/<{AN_ID}:picture_id>")
@allow(Can.USE)
def full(picture_id: int) -> ResponseReturnValue:
    """A picture as it is looked at."""
    return _served(picture_id, Size.FULL)


@bp.get(f"/pictures/<{AN_ID}:picture_id>/small")
@allow(Can.USE)
def small(picture_id: int) -> ResponseReturnValue:
    """A picture as it stands in lists."""
    return _served(picture_id, Size.SMALL)


def _served(picture_id: int, size: Size) -> ResponseReturnValue:
    """The bytes, or "not modified": a number's picture never changes. Raises NotFound, also for want of rights."""
    if not _may_see(picture_id):
        raise NotFound
    answer = current_app.response_class(mimetype="image/webp", headers=HEADERS)
    tag = f"{picture_id}-{size}"
    answer.set_etag(tag)
    if request.if_none_match.contains_weak(tag):
        answer.status_code = 304
        return answer
    data = queries.data(reading(), picture_id, size)
    if data is None:
        raise NotFound
    answer.headers.set("Content-Disposition", "inline", filename=f"picture-{tag}.webp")
    answer.set_data(data)
    return answer


def _may_see(picture_id: int) -> bool:
    found = queries.picture(reading(), picture_id)
    if found is None:
        return False
    judges: Sequence[Judge] = current_app.extensions["picture_judges"]
    actor: Actor = current_user._get_current_object()
    return policy.is_own(actor, found.owner_id) or any(judge(reading(), actor, picture_id) for judge in judges)
