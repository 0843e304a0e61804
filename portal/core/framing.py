"""Pages put together from parts that are kept while nothing that they show has changed.

A page's **part** is its title and main content, the same for everybody who reads in one language; its key must hold
the number (`core.versions`) of whatever it shows. Slots in it are filled anew for each answer. The **frame** around
it is the same for all with equal rights, but for the marks in it: name, address, nonce, CSRF token, bell, title,
main. Templates know nothing of this: they are rendered as always, once, with a mark where each of these would stand.
"""

import html
import json
import re
import secrets
from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Any, cast

from flask import current_app, g, get_flashed_messages, render_template, request
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from .kept import kept
from .locale import chosen
from .permissions import NOBODY, Actor
from .security import nonce

_MARK = f"mark-{secrets.token_hex(8)}-"  # Nothing that people write can hold it.
_MARKS = ("title", "main", "nonce", "csrf", "here", "name", "email", "bell")
_SPLIT = re.compile(f"{_MARK}({'|'.join(_MARKS)})-")
_SLOT = re.compile(r"<!--slot ([a-z-]+) (.*?)-->")
_BORDER = "<!--main-->"


def framed(template: str, key: Hashable, values: Callable[[], dict[str, Any]], *, own_search: bool = False) -> str:
    """The page ``template``, its part kept under ``key``; ``values`` is asked when the part is made.

    A page with a search box of its own (``own_search``) has none in its frame.
    """
    title, main = kept((template, key), lambda: _part(template, values()))
    if get_flashed_messages():
        words = {"title": title, "main": Markup(_filled(main))}  # noqa: S704  # Made by our own templates.
        return render_template(
            "core/framed.html", part=words, here=request.full_path, own_search=own_search, bell=_bell()
        )
    section = request.path.split("/", 2)[1]
    frame = kept(("frame", chosen(), current_user.grants, section, own_search), lambda: _frame(own_search))
    filling = {
        "title": title,
        "main": _filled(main),
        "nonce": nonce(),
        "csrf": generate_csrf(),
        "here": escape(request.full_path),
        "name": escape(current_user.name),
        "email": escape(current_user.email),
        "bell": str(_bell()),
    }
    # Literals stand at even places, the names of marks between them.
    return "".join(filling[piece] if place % 2 else piece for place, piece in enumerate(frame))


def slot_mark(name: str, about: dict[str, Any]) -> Markup:
    """What stands in a part where a slot is to be filled anew for each answer."""
    return Markup("<!--slot {} {}-->").format(name, json.dumps(about))


def _part(template: str, values: dict[str, Any]) -> tuple[str, str]:
    """The title and the main content of a page, with marks for its slots."""
    g.in_part = True
    try:
        # Whoever asked first must not get into what others are shown.
        text = render_template(template, layout="core/part.html", current_user=NOBODY, **values)
    finally:
        g.in_part = False
    title, _, main = text.partition(_BORDER)
    return title.strip(), main


def _frame(own_search: bool) -> list[str]:
    """The frame as literals and names of marks, one after the other, for everybody with this reader's rights."""
    reader = cast(Actor, current_user._get_current_object())
    mark = {name: f"{_MARK}{name}-" for name in _MARKS}
    text = render_template(
        "core/framed.html",
        part={"title": mark["title"], "main": mark["main"]},
        here=mark["here"],
        own_search=own_search,
        bell=mark["bell"],
        current_user=replace(reader, name=mark["name"], email=mark["email"]),
        nonce=lambda: mark["nonce"],
        csrf_token=lambda: mark["csrf"],
    )
    return _SPLIT.split(text)


def _bell() -> Markup:
    """The slot ``bell`` as this reader sees it: what it tells is nobody else's business."""
    slot = cast(Any, current_app.jinja_env.globals["slot"])
    return cast(Markup, slot("bell"))


def _filled(main: str) -> str:
    if "<!--slot" not in main:
        return main
    slot = cast(Any, current_app.jinja_env.globals["slot"])
    return _SLOT.sub(lambda mark: str(slot(mark[1], **json.loads(html.unescape(mark[2])))), main)
