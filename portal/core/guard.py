"""The door: no route without a declared permission, no request past it without that permission."""

from flask import Flask, current_app, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from .errors import Refused
from .permissions import ANYBODY, Can, allow, needed


class UndeclaredRoute(RuntimeError):
    """A route names no permission; the application does not start."""


def init_app(app: Flask) -> None:
    """Check each request against its route's permission."""
    allow(Can.ENTER)(app.view_functions["static"])
    app.before_request(_check)


def refuse_undeclared(app: Flask) -> None:
    """Raise UndeclaredRoute when any route of ``app`` has no permission."""
    bare = sorted(
        f"{rule.rule} ({rule.endpoint})"
        for rule in app.url_map.iter_rules()
        if needed(app.view_functions[rule.endpoint]) is None
    )
    if bare:
        raise UndeclaredRoute("routes without @allow: " + ", ".join(bare))


def wants_json() -> bool:
    """Does this request come from a program that asks for JSON?"""
    if request.path.endswith(".json"):
        return True
    accepted = request.accept_mimetypes
    return accepted.best_match(["text/html", "application/json"]) == "application/json"


def _check() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # No such address, or not with this method: the error page answers.
    what = needed(current_app.view_functions[request.endpoint])
    # What anybody may do is not worth a look into the database at who asks: static files are had without it.
    if what in ANYBODY or (what is not None and current_user.can(what)):
        return None
    if current_user.is_authenticated:
        raise Refused
    if wants_json():
        answer = jsonify(error="sign-in needed")
        answer.status_code = 401
        return answer
    back = request.full_path.rstrip("?") if request.method in {"GET", "HEAD"} else None
    return redirect(url_for("people.sign_in", next=back), 303 if back is None else 302)
