"""A person's own feed address: the secret in it, of which only a digest is kept."""

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from .. import people
from ..core.errors import Conflict, Refused
from ..core.locale import lazy
from ..core.permissions import Actor
from . import policy
from .model import FeedKey


class AddressChanged(Conflict):
    """The address was made, changed or ended elsewhere since the page was opened."""

    message = lazy(
        "Your feed’s address was changed in the meantime, perhaps because this form was sent twice. "
        "Open the page again to see how it stands."
    )


def made_at(session: Session, actor: Actor) -> datetime | None:
    """When the present address of this person was made, if they have one."""
    return session.scalar(select(FeedKey.created_at).where(FeedKey.person_id == actor.id))


def make(session: Session, actor: Actor, seen: datetime | None, now: datetime) -> str:
    """Make a new address, which ends the old one; its secret, which nobody can be told again.

    ``seen`` is when the address was made that the person saw: a form that is sent twice must not end the address that
    it has just made. Raises Refused, AddressChanged.
    """
    if actor.id is None or not policy.may_subscribe(actor):
        raise Refused
    secret = secrets.token_urlsafe(32)
    present = session.get(FeedKey, actor.id, with_for_update=True)
    if (present.created_at if present else None) != seen:
        raise AddressChanged
    if present is None:
        session.add(FeedKey(person_id=actor.id, digest=_digest(secret), created_at=now))
    else:
        present.digest, present.created_at = _digest(secret), now
    return secret


def revoke(session: Session, actor: Actor) -> None:
    """End this person's address, if they have one."""
    session.execute(delete(FeedKey).where(FeedKey.person_id == actor.id))


def reader_of(session: Session, secret: str) -> Actor | None:
    """Whose address this is, as long as they work here and may read wins."""
    # Found by an index and not compared in constant time: how long that takes tells at most how the digest of what was
    # sent compares with a kept one, and nobody can choose a digest to feel their way to another; nor, if they could,
    # get from it to a secret of 256 random bits, for which a plain digest is enough.
    person_id = session.scalar(select(FeedKey.person_id).where(FeedKey.digest == _digest(secret)))
    reader = people.actor_of(session, person_id) if person_id is not None else None
    return reader if reader is not None and policy.may_subscribe(reader) else None


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
