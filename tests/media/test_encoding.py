"""What becomes of a picture: it looks as it did, and holds nothing else."""

import zlib
from typing import Any

import pytest
from PIL import Image

from portal.media import Encoded, encode
from portal.media.encoding import LONGEST_FULL, LONGEST_SMALL
from tests.media.pictures import (
    COLOURS,
    FORMATS,
    SECRET,
    a_file,
    a_profile,
    a_zip,
    an_image,
    chunk,
    corners,
    file_of,
    many_scans,
    parts,
    png,
    shown,
    told_of,
)

PIXELS_ALONE = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}
Transpose = Image.Transpose


def has_pixels_alone(encoded: Encoded) -> bool:
    return all(set(parts(data)) <= PIXELS_ALONE and not shown(data).getexif() for data in (encoded.full, encoded.small))


@pytest.mark.parametrize("kind", FORMATS)
def test_a_picture_looks_as_it_did(kind: str) -> None:
    encoded = encode(a_file(kind))
    assert corners(encoded) == COLOURS
    assert (encoded.width, encoded.height) == shown(encoded.full).size == shown(encoded.small).size == (240, 160)


@pytest.mark.parametrize("kind", FORMATS)
def test_nothing_but_pixels_goes_on(kind: str) -> None:
    data = told_of(kind)
    assert SECRET.encode() in data
    encoded = encode(data)
    assert has_pixels_alone(encoded)
    assert SECRET.encode() not in encoded.full + encoded.small


@pytest.mark.parametrize(
    ("size", "full", "small"),
    [
        ((1_600, 1_200), (1_600, 1_200), (480, 360)),
        ((1_200, 2_000), (960, 1_600), (288, 480)),
        ((480, 20), (480, 20), (480, 20)),
        ((1, 1), (1, 1), (1, 1)),
        ((20_000, 1), (1_600, 1), (480, 1)),
        ((1, 20_000), (1, 1_600), (1, 480)),
        ((7_000, 7_000), (1_600, 1_600), (480, 480)),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_is_made_as_small_as_it_must_be_and_never_larger(
    kind: str, size: tuple[int, int], full: tuple[int, int], small: tuple[int, int]
) -> None:
    encoded = encode(file_of(Image.new("L", size, 200), kind))
    assert (shown(encoded.full).size, shown(encoded.small).size) == (full, small)
    assert (encoded.width, encoded.height) == full
    assert (max(full), max(small)) <= (LONGEST_FULL, LONGEST_SMALL)


def held(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


@pytest.mark.parametrize(
    ("orientation", "as_the_camera_saw_it"),
    [
        (1, None),
        (2, Transpose.FLIP_LEFT_RIGHT),
        (3, Transpose.ROTATE_180),
        (4, Transpose.FLIP_TOP_BOTTOM),
        (5, Transpose.TRANSPOSE),
        (6, Transpose.ROTATE_90),
        (7, Transpose.TRANSVERSE),
        (8, Transpose.ROTATE_270),
        (9, None),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_stands_upright_however_the_camera_was_held(
    kind: str, orientation: int, as_the_camera_saw_it: Transpose | None
) -> None:
    seen = an_image(240, 120)
    if as_the_camera_saw_it is not None:
        seen = seen.transpose(as_the_camera_saw_it)
    encoded = encode(file_of(seen, kind, exif=held(orientation)))
    assert corners(encoded) == COLOURS
    assert (encoded.width, encoded.height) == shown(encoded.small).size == (240, 120)


def test_a_large_picture_stands_upright_too() -> None:
    seen = an_image(4_000, 2_000).transpose(Transpose.ROTATE_90)
    encoded = encode(file_of(seen, "JPEG", exif=held(6)))
    assert corners(encoded) == COLOURS
    assert ((encoded.width, encoded.height), shown(encoded.small).size) == ((1_600, 800), (480, 240))


@pytest.mark.parametrize("exif", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff"])
def test_broken_metadata_does_not_make_a_broken_picture(exif: bytes) -> None:
    assert corners(encode(a_file("JPEG", exif=exif, icc_profile=b"no profile"))) == COLOURS
    assert corners(encode(a_file("WEBP", exif=exif, icc_profile=b"no profile"))) == COLOURS


RED, GREEN, BLUE, YELLOW = COLOURS


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "RGB"), *((kind, mode) for kind in ("PNG", "WEBP") for mode in ("RGB", "RGBA", "P"))]
)
def test_colours_are_those_that_the_profile_means(kind: str, mode: str) -> None:
    encoded = encode(file_of(an_image(mode=mode), kind, icc_profile=a_profile()))
    assert corners(encoded) == (GREEN, RED, BLUE, YELLOW)
    assert has_pixels_alone(encoded)


def test_a_profile_for_other_colours_than_the_pictures_is_passed_over() -> None:
    grey = Image.new("L", (20, 20), 200)
    encoded = encode(file_of(grey, "JPEG", icc_profile=a_profile()))
    assert shown(encoded.full).getpixel((5, 5)) == (200, 200, 200)


@pytest.mark.parametrize("how", [{}, {"icc_profile": a_profile()}])
def test_a_picture_made_for_print_is_shown_in_the_colours_of_a_screen(how: dict[str, Any]) -> None:
    assert corners(encode(file_of(an_image(mode="CMYK"), "JPEG", **how))) == COLOURS


@pytest.mark.parametrize(
    ("level", "expected"),
    [(0, 0), (0x40FF, 0x40), (0x80FF, 0x80), (0xFFFF, 0xFF)],
    ids=["black", "dark", "grey", "white"],
)
@pytest.mark.parametrize("transparent", [False, True])
def test_grey_of_16_bits_is_not_cut_off(level: int, expected: int, transparent: bool) -> None:
    data = file_of(Image.new("I;16", (8, 8), level))
    if transparent:
        start = data.index(b"IDAT") - 4
        data = data[:start] + chunk(b"tRNS", b"\x12\x34") + data[start:]
    shade = shown(encode(data).full).getpixel((4, 4))
    assert isinstance(shade, tuple)
    assert all(abs(band - expected) <= 2 for band in shade[:3])


@pytest.mark.parametrize("mode", ["RGBA", "LA", "1", "L", "P"])
def test_every_kind_of_png_can_be_read(mode: str) -> None:
    encoded = encode(file_of(an_image(mode=mode)))
    assert shown(encoded.full).size == (240, 160)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("size", [100, 2_000])
def test_what_is_clear_stays_clear_and_what_lies_hidden_below_it_is_gone(kind: str, size: int) -> None:
    image = Image.new("RGBA", (size, size), (255, 0, 0, 255))
    image.paste((0, 255, 0, 0), (0, 0, size // 2, size))  # Cut out, but the colour is still there.
    how = {"PNG": {}, "WEBP": {"lossless": True, "exact": True}, "GIF": {}}[kind]
    encoded = encode(file_of(image, kind, **how))
    for data in (encoded.full, encoded.small):
        seen = shown(data)
        assert seen.mode == "RGBA"
        assert seen.getpixel((seen.width // 8, 5)) == (0, 0, 0, 0)
        red = seen.getpixel((seen.width - 2, 5))
        assert isinstance(red, tuple)
        assert red[3] == 255
        assert red[0] > 200


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_a_palette_with_a_clear_colour_is_kept_clear(kind: str) -> None:
    image = an_image(mode="P")
    clear = image.getpixel((1, 1))
    seen = shown(encode(file_of(image, kind, transparency=clear)).full)
    assert [seen.getpixel(place)[3] for place in ((20, 20), (220, 20), (20, 140))] == [0, 255, 255]  # type: ignore[index]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_a_film_the_first_picture_is_kept(kind: str) -> None:
    frames = [Image.new("RGB", (60, 40), colour) for colour in (BLUE, RED, GREEN)]
    data = file_of(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
    encoded = encode(data)
    assert corners(encoded) == (BLUE,) * 4
    assert has_pixels_alone(encoded)


def test_a_picture_with_another_one_behind_it_is_the_first_as_phones_make_them() -> None:
    other = Image.new("RGB", (240, 160), GREEN)
    data = file_of(an_image(), "MPO", save_all=True, append_images=[other])
    assert corners(encode(data)) == COLOURS


def test_a_film_behind_a_picture_does_not_count_as_its_scans() -> None:
    film = b"\xff\xda\0\x0c" * 5_000
    assert corners(encode(a_file("JPEG", progressive=True) + film)) == COLOURS
    assert corners(encode(many_scans(20))) == COLOURS


@pytest.mark.parametrize("code", [b"/*<script>alert(1)</script>*/=1;", a_zip()], ids=["script", "zip"])
@pytest.mark.parametrize("kind", FORMATS)
def test_of_a_picture_that_is_something_else_as_well_the_picture_stays(kind: str, code: bytes) -> None:
    encoded = encode(a_file(kind) + code)
    assert has_pixels_alone(encoded)
    assert code not in encoded.full + encoded.small


def test_a_gif_that_is_a_script_is_a_picture_afterwards_and_nothing_else() -> None:
    # As a script it reads GIF89a/* ... */=1;alert(...), for its width is 0x2a2f, which is "/*".
    data = a_file("GIF", comment=b"*/=1;alert(document.cookie)//")
    encoded = encode(b"GIF89a/*" + data[8:])
    assert encoded.width == 1_600
    assert has_pixels_alone(encoded)
    assert b"alert" not in encoded.full + encoded.small


def test_colours_that_no_pixel_has_are_gone() -> None:
    palette = chunk(b"PLTE", b"\0\0\0" + SECRET.encode().ljust(30, b"!")[:30])
    data = png(2, 2, palette, chunk(b"IDAT", zlib.compress(bytes(6))), colour=3)
    assert SECRET[:9].encode() not in encode(data).full
