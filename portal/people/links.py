"""Welcome links: signed, a week long, and good for one new password."""

from itsdangerous import BadSignature, URLSafeTimedSerializer

from ..core.permissions import Actor

VALID_DAYS = 7


def make(key: str, actor: Actor) -> str:
    """The token of a link with which ``actor`` may set a password."""
    return _serializer(key).dumps([actor.id, actor.stamp])


def read(key: str, token: str) -> tuple[int, str] | None:
    """The (id, stamp) that a token was made for, or None when it is forged or too old."""
    try:
        person_id, stamp = _serializer(key).loads(token, max_age=VALID_DAYS * 86_400)
        return int(person_id), str(stamp)
    except (BadSignature, ValueError, TypeError):
        return None


def _serializer(key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key, salt="welcome-link")
