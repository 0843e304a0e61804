"""Pictures that people upload."""

from .commands import PictureGone, TooManyPictures, add_picture, check_may_add, forget_unused, keep, remove
from .encoding import Encoded, Unusable, encode
from .model import Size
from .queries import PictureRow, PictureView, data, owned, picture, views
from .uploads import TOO_MANY_BYTES, takes_pictures

__all__ = [
    "TOO_MANY_BYTES",
    "Encoded",
    "PictureGone",
    "PictureRow",
    "PictureView",
    "Size",
    "TooManyPictures",
    "Unusable",
    "add_picture",
    "check_may_add",
    "data",
    "encode",
    "forget_unused",
    "keep",
    "owned",
    "picture",
    "remove",
    "takes_pictures",
    "views",
]
