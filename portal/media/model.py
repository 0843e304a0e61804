"""Pictures: re-encoded before they are kept, so that they hold what is seen and nothing else."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from ..core.db import Base


class Size(StrEnum):
    """The sizes in which a picture is kept: as it is looked at, and as it stands in a list."""

    FULL = "full"
    SMALL = "small"


class Picture(Base):
    """A picture that somebody uploaded; ``width`` and ``height`` are those of its full size, in pixels."""

    __tablename__ = "picture"
    # A number is never used again: drafts and browsers may remember that of a picture that is gone.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    width: Mapped[int]
    height: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(index=True)
    kept: Mapped[bool] = mapped_column(default=False)
    """Was it ever posted with something? What stays in drafts is forgotten one day."""


class PictureData(Base):
    """A picture's bytes (WebP) in one size; apart, so that a list of pictures doesn't read them."""

    __tablename__ = "picture_data"
    __table_args__ = (CheckConstraint("size IN ('full', 'small')", name="known_size"),)

    picture_id: Mapped[int] = mapped_column(ForeignKey("picture.id", ondelete="CASCADE"), primary_key=True)
    size: Mapped[str] = mapped_column(String(8), primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
