"""The web shell: what the frame of every page needs, static files that may be kept for ever, and slots."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from flask import Flask, Response, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup

from ..config import Settings
from .framing import slot_mark
from .locale import Text, written_date, written_hour, written_moment
from .permissions import Can

_INSIDE = re.compile(r"/(?![/\\])[^\x00-\x20\\]*")
STATIC = Path(__file__).parent / "static"
Filler = Callable[..., Markup]


@dataclass(frozen=True)
class Entry:
    """A line of the navigation: where it leads, what it is called, who sees it."""

    endpoint: str
    label: Text
    needs: Can
    values: tuple[tuple[str, str], ...] = ()

    @property
    def address(self) -> str:
        values: dict[str, Any] = dict(self.values)
        return url_for(self.endpoint, **values)


def init_app(
    app: Flask,
    settings: Settings,
    navigation: Sequence[Entry],
    slots: Mapping[str, Sequence[Filler]] = MappingProxyType({}),
) -> None:
    """Give templates the frame: site name, navigation, static files by content, dates, slots.

    A slot is a place in one domain's page that another fills: ``{{ slot("front-page") }}`` shows what each of its
    fillers returns (empty when it has nothing to say), and who fills it is said where the application is put together.
    """

    def slot(name: str, /, **about: Any) -> Markup:
        if g.get("in_part"):
            return slot_mark(name, about)
        return Markup("").join(fill(**about) for fill in slots.get(name, ()))

    app.jinja_env.globals.update(
        site_name=settings.site_name, slot=slot, asset=asset, moment=_moment, hour=_hour, is_current=_is_current
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    @app.context_processor
    def _frame() -> dict[str, Any]:
        return {"navigation": [entry for entry in navigation if current_user.can(entry.needs)]}

    @app.after_request
    def _keep(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code == 200:
            known = request.args.get("v") == _digest(request.view_args["filename"] if request.view_args else "")
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if known else "no-cache"
        return response


def asset(name: str) -> str:
    """The address of a static file, with its content's digest so that browsers may keep it."""
    return url_for("static", filename=name, v=_digest(name))


@cache
def _digest(name: str) -> str:
    path = (STATIC / name).resolve()
    if not path.is_relative_to(STATIC) or not path.is_file():
        return ""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def _moment(when: datetime) -> Markup:
    """A time element that reads as a date and carries the exact moment."""
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        when.isoformat(timespec="seconds"), written_moment(when), written_date(when)
    )


def _hour(when: datetime) -> Markup:
    """The same, to the minute: for what ends at a certain hour."""
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        when.isoformat(timespec="seconds"), written_moment(when), written_hour(when)
    )


def _is_current(address: str) -> bool:
    """Does the present page stand at ``address`` or below it?"""
    return request.path == address or (address != "/" and request.path.startswith(address + "/"))


def back_to(target: str | None) -> str:
    """``target`` when it is an address within this site, else the front page: never a way out for others."""
    return target if target and _INSIDE.fullmatch(target) else url_for("home.front")


def see_other(endpoint: str, **values: Any) -> ResponseReturnValue:
    """Go on to ``endpoint`` with GET, after something was done."""
    return redirect(url_for(endpoint, **values), 303)


def settings() -> Settings:
    """The settings in force, within a request."""
    found: Settings = current_app.extensions["settings"]
    return found
