"""Pictures to upload: real ones with all that cameras and programs put into them, and files made to do harm."""

import random
import struct
import zipfile
import zlib
from functools import cache
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from portal.media import Encoded

SECRET = "44.8178N 20.4569E"  # What must not get out.
_HEADER_BYTES = 12
CORNERS = ((0, 0), (1, 0), (0, 1), (1, 1))
COLOURS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0))
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


def file_of(image: Image.Image, kind: str = "PNG", **how: Any) -> bytes:
    """The image as a file of that format."""
    out = BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def an_image(width: int = 240, height: int = 160, mode: str = "RGB") -> Image.Image:
    """Four quarters, each in a colour of its own: it shows when anything was turned or coloured wrongly."""
    image = Image.new("RGB", (width, height))
    for (right, below), colour in zip(CORNERS, COLOURS, strict=True):
        image.paste(colour, (right * width // 2, below * height // 2, width, height))
    return image.convert(mode)


def a_file(kind: str = "JPEG", width: int = 240, height: int = 160, **how: Any) -> bytes:
    """A picture without anything special."""
    return file_of(an_image(width, height), kind, **how)


def noise(width: int = 200, height: int = 200, kind: str = "PNG") -> bytes:
    """A picture whose file is as large as its format can make it."""
    grain = random.Random(1).randbytes(width * height * 3)
    return file_of(Image.frombytes("RGB", (width, height), grain), kind)


def told_of(kind: str) -> bytes:
    """A picture that tells where, when and by whom it was made, in every way that its format knows."""
    exif = Image.Exif()
    exif[0x010E] = exif[0x0110] = SECRET  # Description and camera.
    exif.get_ifd(0x8825).update({1: "N", 2: (44.0, 49.0, 4.0), 29: SECRET})
    xmp = f'<x:xmpmeta xmlns:x="adobe:ns:meta/">{SECRET}</x:xmpmeta>'.encode()
    text = PngInfo()
    text.add_text("Comment", SECRET)
    text.add_text("Comment", SECRET, zip=True)
    text.add_itxt("XML:com.adobe.xmp", xmp.decode())
    how: dict[str, dict[str, Any]] = {
        "JPEG": {"exif": exif, "xmp": xmp, "comment": SECRET},
        "PNG": {"exif": exif, "pnginfo": text},
        "WEBP": {"exif": exif, "xmp": xmp},
        "GIF": {"comment": SECRET},
    }
    return file_of(an_image(), kind, icc_profile=a_profile(SECRET), **how[kind]) + a_zip()


def a_profile(description: str = "") -> bytes:
    """A colour profile in which red and green have changed places."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = profile.index(b"rXYZ"), profile.index(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(profile) + description.encode()


def a_zip() -> bytes:
    """An archive, to be put behind a picture."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("secret.txt", SECRET)
    return out.getvalue()


def png(width: int, height: int, *chunks: bytes, depth: int = 8, colour: int = 2) -> bytes:
    """A PNG with that header and those chunks, whatever they hold."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join((chunk(b"IHDR", header), *chunks, chunk(b"IEND", b"")))


def chunk(name: bytes, data: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


@cache
def inflating(megabytes: int) -> bytes:
    """A little that inflates to so many megabytes."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(megabytes)) + packer.flush()


def claiming(kind: str, width: int, height: int) -> bytes:
    """A small file whose header claims that size."""
    if kind == "PNG":
        return png(width, height, chunk(b"IDAT", zlib.compress(bytes(1_000))))
    if kind == "GIF":
        return b"GIF89a" + struct.pack("<HH", width, height) + a_file("GIF")[10:]
    if kind == "WEBP":
        if max(width, height) < 2**14:
            data = bytearray(a_file("WEBP"))
            data[26:30] = struct.pack("<HH", width, height)
            return bytes(data)
        sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        body = b"WEBPVP8X\x0a\0\0\0\0\0\0\0" + sides + a_file("WEBP")[_HEADER_BYTES:]
        return b"RIFF" + struct.pack("<I", len(body)) + body
    data = bytearray(a_file("JPEG"))
    start = data.index(b"\xff\xc0") + 5
    data[start : start + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def many_scans(count: int) -> bytes:
    """A progressive JPEG whose last scan comes so many times more: a few bytes each, and a look at every block."""
    data = a_file("JPEG", progressive=True)
    start, end = data.rindex(b"\xff\xda"), data.rindex(b"\xff\xd9")
    return data[:end] + data[start:end] * count + data[end:]


def shown(data: bytes) -> Image.Image:
    """The picture as a browser would decode it."""
    image = Image.open(BytesIO(data), formats=["WEBP"])
    image.load()
    return image


def corners(encoded: Encoded) -> tuple[Any, ...]:
    """The colours of the quarters, each pure again, from top left to bottom right."""
    image = shown(encoded.full).convert("RGB")
    width, height = image.size
    places = [(width * (1 + 2 * x) // 4, height * (1 + 2 * y) // 4) for x, y in CORNERS]
    return tuple(tuple(255 * (level > 127) for level in image.getpixel(place)) for place in places)  # type: ignore[union-attr]


def parts(data: bytes) -> list[bytes]:
    """The names of a WebP's chunks; the file must end where it says."""
    assert (data[:4], data[8:12]) == (b"RIFF", b"WEBP")
    assert int.from_bytes(data[4:8], "little") == len(data) - 8
    found, place = [], _HEADER_BYTES
    while place < len(data):
        found.append(data[place : place + 4])
        length = int.from_bytes(data[place + 4 : place + 8], "little")
        place += 8 + length + length % 2
    return found
