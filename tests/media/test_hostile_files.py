"""Files that are no pictures, or pictures made to do harm: refused in words for people, in little time and memory."""

import random
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from portal.core.errors import Invalid
from portal.media import Encoded, Unusable, encode
from portal.media.encoding import DAMAGED, TOO_LARGE, UNKNOWN
from tests.media.pictures import (
    FORMATS,
    a_file,
    a_zip,
    an_image,
    chunk,
    claiming,
    file_of,
    inflating,
    many_scans,
    noise,
    png,
)

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def refusal(data: bytes) -> object:
    with pytest.raises(Unusable) as refused:
        encode(data)
    assert isinstance(refused.value, Invalid)
    assert refused.value.fields == {"picture": refused.value.message}
    return refused.value.message


def outcome(data: bytes) -> object:
    """`Encoded`, or why the file was refused."""
    try:
        return type(encode(data))
    except Unusable as refused:
        return refused.message


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"hello",
        b"<!doctype html><script>alert(1)</script>",
        SVG,
        b"%!PS-Adobe-3.0 EPSF-3.0\n(r) file",
        b"8BPS\0\1",
        b"\0\0\0\x18ftypheic",
        b"\0\0\0\x20ftypavif",
        b"%PDF-1.7",
        a_zip(),
        b"  " + a_file("PNG"),
        b"RIFF\x24\0\0\0WAVEfmt ",
        b"\xff\xd8",
        b"GIF88a",
    ],
)
def test_what_is_no_picture_of_a_known_kind_is_refused(data: bytes) -> None:
    assert refusal(data) is UNKNOWN


@pytest.mark.parametrize("kind", ["TIFF", "BMP", "PPM", "ICO", "TGA", "PCX", "PDF", "EPS", "AVIF", "JPEG2000", "DDS"])
def test_kinds_that_pillow_could_read_and_the_portal_does_not_want_are_refused(kind: str) -> None:
    assert refusal(file_of(an_image(32, 32), kind)) is UNKNOWN


@pytest.mark.parametrize("kind", FORMATS)
def test_a_beginning_alone_is_a_damaged_picture(kind: str) -> None:
    for length in (12, 20, 40):
        assert refusal(a_file(kind)[:length]) is DAMAGED
    assert refusal(a_file(kind)[:12] + SVG) is DAMAGED


@pytest.mark.parametrize("kind", FORMATS)
def test_a_picture_cut_short_is_refused(kind: str) -> None:
    data = noise(kind=kind)
    for tenths in range(1, 10):
        assert refusal(data[: len(data) * tenths // 10]) is DAMAGED


@pytest.mark.parametrize("kind", FORMATS)
def test_no_damage_leads_to_anything_but_a_picture_or_a_clear_word(kind: str) -> None:
    chance, whole = random.Random(4), a_file(kind, 40, 30)
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 2, 8))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        assert outcome(bytes(data)) in {Encoded, DAMAGED, TOO_LARGE, UNKNOWN}


# Bombs


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("size", [(60_000, 60_000), (8_000, 6_251), (16_000, 3_200)])
def test_a_picture_too_large_is_refused_by_what_its_header_says(kind: str, size: tuple[int, int]) -> None:
    assert refusal(claiming(kind, *size)) is TOO_LARGE


def test_one_with_so_many_pixels_as_may_be_is_taken() -> None:
    assert encode(file_of(Image.new("L", (8_000, 6_250)), "JPEG")).width == 1_600


def test_a_gif_that_grows_beyond_its_header_is_refused() -> None:
    data = bytearray(a_file("GIF"))
    data[6:10] = b"\1\0\1\0"
    start = data.index(b",", 13 + 3 * 2 ** ((data[10] & 7) + 1)) if data[10] & 0x80 else data.index(b",")
    data[start + 5 : start + 9] = b"\x60\xea\x60\xea"
    assert refusal(bytes(data)) is TOO_LARGE


def peak() -> int:
    """The most memory that this process has had since the last reset, in kilobytes."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


def peak_growth(work: Callable[[], object]) -> float:
    """How many megabytes ``work`` takes at most, beside what was in use before."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # Linux then counts the peak anew.
    before = peak()
    work()
    return (peak() - before) / 1_024


PIXELS = chunk(b"IDAT", zlib.compress(bytes(31 * 10)))


@pytest.mark.parametrize(
    "data",
    [
        png(10, 10, chunk(b"IDAT", inflating(300))),
        png(10, 10, chunk(b"zTXt", b"Comment\0\0" + inflating(300)), PIXELS),
        png(10, 10, PIXELS, chunk(b"zTXt", b"Comment\0\0" + inflating(300))),
        png(10, 10, chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + inflating(300)), PIXELS),
        png(10, 10, chunk(b"iCCP", b"ICC\0\0" + inflating(300)), PIXELS),
    ],
    ids=["pixels", "text before", "text after", "XMP", "profile"],
)
def test_what_inflates_to_hundreds_of_megabytes_is_not_inflated(data: bytes) -> None:
    assert len(data) < 400_000

    assert peak_growth(lambda: outcome(data)) < 60


def test_a_jpeg_of_endless_scans_is_refused_before_it_is_decoded() -> None:
    assert refusal(many_scans(100)) is DAMAGED
    hidden = many_scans(100).replace(b"\xff\xda", b"\xff\x01\xff\xff\xda")  # As a decoder would skip it, too.
    assert refusal(hidden) is DAMAGED


def test_a_jpeg_of_endless_segments_is_refused_before_it_is_read() -> None:
    data = a_file("JPEG")
    assert refusal(data[:2] + b"\xff\xfe\0\2" * 1_000_000 + data[2:]) is DAMAGED


@pytest.mark.parametrize("mode", ["LA"])
def test_a_picture_with_all_the_pixels_that_may_be_takes_less_than_half_a_gigabyte(mode: str) -> None:
    image = Image.new(mode, (7_000, 7_000))
    data = file_of(image, "PNG", compress_level=1)
    image.close()
    assert peak_growth(lambda: outcome(data)) < 450
