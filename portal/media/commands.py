"""What may happen to pictures."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from ..core.errors import Conflict, Refused, TooMany
from ..core.locale import lazy
from ..core.permissions import Actor
from . import policy
from .encoding import Encoded, encode
from .model import Picture, PictureData, Size

MOST = 60
WITHIN = timedelta(hours=1)
_BATCH = 500


class TooManyPictures(TooMany):
    """The person has added as many pictures as anybody may for now."""

    def __init__(self, retry_after: int) -> None:
        minutes = max(1, -(-retry_after // 60))
        words = lazy("You have added a great many pictures. Wait %(minutes)d min and try again.", minutes=minutes)
        super().__init__(retry_after, words)


class PictureGone(Conflict):
    """A picture that was to be shown has been removed."""

    message = lazy("One of the pictures is gone. Take it out or add it again.")


def check_may_add(session: Session, actor: Actor, now: datetime) -> None:
    """Raise Refused or TooManyPictures when ``actor`` may not add a picture at ``now``.

    `add_picture` does it too; who asks before the picture is encoded saves that work.
    """
    if not policy.may_add(actor):
        raise Refused
    lately = select(Picture.created_at).where(Picture.owner_id == actor.id, Picture.created_at > now - WITHIN)
    found = list(session.scalars(lately.order_by(Picture.created_at.desc()).limit(MOST)))
    if len(found) == MOST:
        raise TooManyPictures(int((found[-1] + WITHIN - now).total_seconds()) + 1)


def add_picture(session: Session, actor: Actor, data: bytes | Encoded, now: datetime) -> Picture:
    """Keep a picture of ``actor``: the file as it was uploaded, or what `encode` has made of it.

    Encoding may take a second: do it before the transaction is opened, in which nobody else can write.
    Raises Refused, TooManyPictures, Unusable.
    """
    check_may_add(session, actor, now)
    made = data if isinstance(data, Encoded) else encode(data)
    picture = Picture(owner_id=actor.id, width=made.width, height=made.height, created_at=now)
    session.add(picture)
    session.flush()
    for size, content in ((Size.FULL, made.full), (Size.SMALL, made.small)):
        session.add(PictureData(picture_id=picture.id, size=size, data=content))
    session.flush()
    return picture


def keep(session: Session, ids: Iterable[int]) -> None:
    """Mark pictures as used for good: they are not forgotten, and rows may point at them from here on.

    Raises PictureGone when one of them is not there any more.
    """
    wanted = set(ids)
    held = (
        select(Picture.id).where(Picture.id.in_(wanted)).order_by(Picture.id).with_for_update(read=True, key_share=True)
    )
    if wanted - set(session.scalars(held)):
        raise PictureGone
    session.execute(update(Picture).where(Picture.id.in_(wanted)).values(kept=True))


def forget_unused(session: Session, before: datetime) -> int:
    """Remove pictures that nobody kept and that were added before ``before``, a batch at a time; how many."""
    old = select(Picture.id).where(Picture.kept.is_(False), Picture.created_at < before)
    found = session.scalars(old.order_by(Picture.id).limit(_BATCH).with_for_update(skip_locked=True)).all()
    remove(session, found)
    return len(found)


def remove(session: Session, ids: Iterable[int]) -> None:
    """Remove pictures with their bytes, for good; whoever calls knows that nothing shows them any more.

    Numbers of pictures that are not there do no harm. Raises IntegrityError when something still points at one.
    """
    left = iter(sorted(set(ids)))
    while batch := list(islice(left, _BATCH)):
        session.execute(delete(Picture).where(Picture.id.in_(batch)))
