"""Which routes take pictures, and so larger bodies than others."""

from collections.abc import Callable
from typing import TypeVar

from ..core.locale import lazy

ENVELOPE = 65_536
"""How many bytes a form may have beside each of its pictures."""
TOO_MANY_BYTES = lazy("This file is too large. Make the picture smaller and try again.")

View = TypeVar("View", bound=Callable[..., object])


def takes_pictures(most: int) -> Callable[[View], View]:
    """Declare that a route takes a form with at most ``most`` pictures; others keep to the site's limit for bodies."""

    def declare(view: View) -> View:
        view.pictures = most  # type: ignore[attr-defined]  # A mark, as that of `core.permissions.allow`.
        return view

    return declare


def body_limit(view: object, max_picture: int) -> int | None:
    """How many bytes may be sent to ``view``, or None when it takes no pictures."""
    most: int | None = getattr(view, "pictures", None)
    return None if most is None else most * (max_picture + ENVELOPE)
