"""Reading pictures: what is known of them, their bytes, their addresses, and which are old."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..core.permissions import Actor
from .model import Picture, PictureData, Size


@dataclass(frozen=True)
class PictureRow:
    """What is known of a picture; ``width`` and ``height`` are those of its full size."""

    id: int
    owner_id: int
    width: int
    height: int
    created_at: datetime


@dataclass(frozen=True)
class PictureView:
    """A picture as a page shows it: the size of the full one in pixels, and where both sizes are had."""

    id: int
    width: int
    height: int
    address: str
    small_address: str


def picture(session: Session, picture_id: int) -> PictureRow | None:
    """The picture of this number, or None."""
    row = session.execute(
        select(Picture.id, Picture.owner_id, Picture.width, Picture.height, Picture.created_at).where(
            Picture.id == picture_id
        )
    ).one_or_none()
    return PictureRow(*row) if row else None


def data(session: Session, picture_id: int, size: Size) -> bytes | None:
    """The picture's bytes (WebP) in one size, or None."""
    return session.scalar(
        select(PictureData.data).where(PictureData.picture_id == picture_id, PictureData.size == size)
    )


def owned(session: Session, actor: Actor, ids: Iterable[int]) -> set[int]:
    """Those of the pictures that ``actor`` has added; numbers of pictures that are not there are left out."""
    return set(session.scalars(select(Picture.id).where(Picture.id.in_(set(ids)), Picture.owner_id == actor.id)))


def views(session: Session, ids: Iterable[int]) -> dict[int, PictureView]:
    """How to show pictures, by number, in one query; numbers of pictures that are not there are left out."""
    wanted = select(Picture.id, Picture.width, Picture.height).where(Picture.id.in_(set(ids)))
    return {row.id: view(row.id, row.width, row.height) for row in session.execute(wanted)}


def view(picture_id: int, width: int, height: int) -> PictureView:
    """How to show the picture of this number and size."""
    return PictureView(picture_id, width, height, f"/pictures/{picture_id}", f"/pictures/{picture_id}/small")
