"""Pages kept in memory while nothing that they show has changed.

`framed` keeps a page's title and main part, which must be the same for everybody who reads in one language; the frame
around it, with the reader's name, is made for each answer, and so is what fills the slots. The key must hold the
number (`core.versions`) of whatever the part shows.
"""

import html
import json
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

from flask import Flask, current_app, g, render_template
from markupsafe import Markup

from .permissions import NOBODY

MOST = 600
_SLOT = re.compile(r"<!--slot ([a-z-]+) (.*?)-->")
Thing = TypeVar("Thing")


class Kept:
    """The ``most`` things used last, each under its key; threads may share it."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._things: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Thing]) -> Thing:
        """What is kept under ``key``, made first when it isn't there."""
        with self._lock:
            if key in self._things:
                self._things.move_to_end(key)
                return cast(Thing, self._things[key])
        thing = make()
        with self._lock:
            self._things[key] = thing
            if len(self._things) > self._most:
                self._things.popitem(last=False)
        return thing


def init_app(app: Flask) -> None:
    """Give ``app`` an empty memory."""
    app.extensions["kept"] = Kept()


def kept(key: Hashable, make: Callable[[], Thing]) -> Thing:
    """`Kept.get` of the running application."""
    return cast(Kept, current_app.extensions["kept"]).get(key, make)


def framed(template: str, key: Hashable, values: Callable[[], dict[str, Any]]) -> str:
    """The page ``template``, its part for everybody kept under ``key``; ``values`` is asked when it is made."""

    def make() -> tuple[Markup, Markup]:
        g.in_part = True
        try:
            # No person may get into what others are shown.
            part = render_template(template, layout="core/part.html", current_user=NOBODY, **values())
        finally:
            g.in_part = False
        title, _, main = part.partition("<!--main-->")
        return Markup(title.strip()), Markup(main)  # noqa: S704  # Made by our own templates, which escape.

    title, main = kept(key, make)
    return render_template("core/framed.html", part_title=title, part_main=_fill_slots(main))


def slot_mark(name: str, about: dict[str, Any]) -> Markup:
    """What stands in a kept part where a slot is to be filled anew for each answer."""
    return Markup("<!--slot {} {}-->").format(name, json.dumps(about))


def _fill_slots(main: Markup) -> Markup:
    if "<!--slot" not in main:
        return main
    slot = current_app.jinja_env.globals["slot"]

    def fill(mark: re.Match[str]) -> str:
        return str(cast(Any, slot)(mark[1], **json.loads(html.unescape(mark[2]))))

    return Markup(_SLOT.sub(fill, main))  # noqa: S704  # Fillers return Markup.
