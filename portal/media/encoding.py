"""Pictures made anew from what people upload, so that they hold what is seen and nothing else.

The file is hostile until shown otherwise: its type is told by its content, its size by its header before anything is
decoded, and what comes out was written here pixel by pixel. Nothing of the file's own bytes goes on.
"""

import re
import threading
import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageCms

from ..core.errors import Invalid
from ..core.locale import Text, lazy

MOST_PIXELS = 50_000_000
LONGEST_FULL, LONGEST_SMALL = 1_600, 480
QUALITY = 82

UNKNOWN = lazy("This file isn’t a picture that the portal knows. JPEG, PNG, WebP and GIF work.")
TOO_LARGE = lazy("This picture is too large: it has more than 50 million pixels. Make it smaller and try again.")
DAMAGED = lazy("This picture is damaged. Open it on your device, save it anew and try again.")

_BEGINNINGS = {
    "JPEG": re.compile(rb"\xff\xd8\xff"),
    "PNG": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "WEBP": re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
    "GIF": re.compile(rb"GIF8[79]a"),
}
# Of a JPEG, where its next segment begins; stuffed zeros, restarts and TEM have no segment.
_JPEG_MARKER = re.compile(rb"\xff+([^\x00\x01\xd0-\xd7\xff])", re.DOTALL)
_JPEG_SCAN, _JPEG_END = b"\xda", b"\xd9"
_MOST_SCANS, _MOST_SEGMENTS = 64, 2_000

_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SRGB = ImageCms.createProfile("sRGB")

# Decoding 50 million pixels takes some 400 MB for a second or so: a process does it once at a time.
_ONE_AT_A_TIME = threading.Lock()

# From here on Pillow warns of a bomb, also where a file grows beyond what its header said.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS


class Unusable(Invalid):
    """The file can't be used as a picture; the message says why, also as that of the field ``picture``."""

    def __init__(self, message: Text) -> None:
        super().__init__({"picture": message})
        self.message = message


@dataclass(frozen=True)
class Encoded:
    """A picture as it is kept: WebP as it is looked at and as it stands in lists; ``width`` and ``height`` of the full
    one, in pixels."""

    full: bytes
    small: bytes
    width: int
    height: int


def encode(data: bytes) -> Encoded:
    """The picture in ``data``, a JPEG, PNG, WebP or GIF (its first frame), upright, in sRGB and without metadata.

    Takes up to a few seconds and, in all threads together, one picture's memory. Raises Unusable.
    """
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Of odd metadata, which is not kept.
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            full = _as_seen(_opened(data))
            small = full.copy()
            small.thumbnail((LONGEST_SMALL, LONGEST_SMALL), Image.Resampling.LANCZOS)
            return Encoded(_webp(full), _webp(small), full.width, full.height)
        except Unusable:
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as error:
            raise Unusable(TOO_LARGE) from error
        except Exception as error:  # What a broken file can make a decoder raise, no list has ever held.
            raise Unusable(DAMAGED) from error


def _opened(data: bytes) -> Image.Image:
    """The picture with its header read and nothing decoded."""
    known = [name for name, beginning in _BEGINNINGS.items() if beginning.match(data)]
    if not known:
        raise Unusable(UNKNOWN)
    if known == ["JPEG"] and _is_laborious(data):
        raise Unusable(DAMAGED)
    opened = Image.open(BytesIO(data), formats=known)
    if opened.width * opened.height > MOST_PIXELS:
        raise Unusable(TOO_LARGE)
    return opened


def _is_laborious(data: bytes) -> bool:
    """Has a JPEG so many scans, each of a few bytes and over the whole picture, that decoding would take minutes?

    A progressive picture has about ten. Thumbnails and films within or behind the picture don't count.
    """
    place, scans = 2, 0
    for _ in range(_MOST_SEGMENTS):
        found = _JPEG_MARKER.search(data, place)
        if not found or found[1] == _JPEG_END:
            return False
        scans += found[1] == _JPEG_SCAN
        if scans > _MOST_SCANS:
            return True
        place = found.end() + int.from_bytes(data[found.end() : found.end() + 2], "big")
    return True


def _as_seen(opened: Image.Image) -> Image.Image:
    """What people see of the picture, as RGB or RGBA and at most as long as a full one may be."""
    share = 2 * LONGEST_FULL / max(opened.size)
    if share < 1:
        # A JPEG is then decoded at a half, a quarter or an eighth of its size.
        opened.draft(None, (max(1, int(opened.width * share)), max(1, int(opened.height * share))))
    opened.load()
    orientation, profile = _orientation(opened), opened.info.get("icc_profile")
    image = _direct(opened)
    image.thumbnail((LONGEST_FULL, LONGEST_FULL), Image.Resampling.LANCZOS)
    image = _in_srgb(image, profile)
    image.info = {}
    return image.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else image


def _orientation(image: Image.Image) -> int:
    """How the camera was held; 1 when the file doesn't say or says it in a broken way."""
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # Broken metadata does not make a broken picture.
        return 1


def _direct(image: Image.Image) -> Image.Image:
    """The image in a mode that can be made smaller: grey, RGB, CMYK, or RGBa, which has no colour where all is clear.

    What is hidden below clear pixels is not seen, and so must not go on.
    """
    if image.mode.startswith("I"):  # Grey of 16 bits, which a plain conversion would cut off at 8.
        return image.point(lambda value: value / 256).convert("L")
    if image.has_transparency_data:
        return _in_mode(_in_mode(image, "RGBA"), "RGBa")
    return image if image.mode in {"L", "RGB", "CMYK"} else _in_mode(image, "RGB")


def _in_mode(image: Image.Image, mode: str) -> Image.Image:
    """The image in another mode, with the memory of the one in the old mode given back at once."""
    if image.mode == mode:
        return image
    converted = image.convert(mode)
    image.close()
    return converted


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The image in the colours that screens agree on; a profile that is broken or of another mode is passed over."""
    if image.mode == "RGBa":
        straight = image.convert("RGBA")
        coloured = _in_srgb(straight.convert("RGB"), profile)
        coloured.putalpha(straight.getchannel("A"))
        return coloured
    if profile:
        try:
            own = ImageCms.ImageCmsProfile(BytesIO(profile))
            return ImageCms.profileToProfile(image, own, _SRGB, outputMode="RGB") or image
        except (OSError, ImageCms.PyCMSError):
            pass
    return image.convert("RGB")


def _webp(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "WEBP", quality=QUALITY)
    return out.getvalue()
