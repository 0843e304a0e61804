"""Things kept in memory under keys that change when the things do."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

from flask import Flask, current_app

MOST = 600
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
