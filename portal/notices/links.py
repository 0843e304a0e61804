"""Links in letters that unsubscribe: signed, for as long as the letter is kept, with no sign-in."""

from collections.abc import Collection

from itsdangerous import BadSignature, URLSafeSerializer

from .model import About

_ALL = "all"


def make(key: str, person_id: int, about: Collection[About]) -> str:
    """The token of a link by which this person unsubscribes from these kinds of notices; from all, if none is named."""
    return _serializer(key).dumps([person_id, "+".join(sorted(about)) or _ALL])


def read(key: str, token: str) -> tuple[int, tuple[About, ...]] | None:
    """The (person, kinds) that a token was made for, or None when it is forged."""
    try:
        person_id, about = _serializer(key).loads(token)
        return int(person_id), () if about == _ALL else tuple(About(one) for one in about.split("+"))
    except (BadSignature, ValueError, TypeError, AttributeError):
        return None


def _serializer(key: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt="unsubscribe")
