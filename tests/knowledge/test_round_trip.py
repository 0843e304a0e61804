"""Guidance written to files and read again is the same guidance, whatever stands in it."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from portal.core.permissions import SYSTEM
from portal.knowledge import PageFiles, export_pages, import_pages, read_files, write_files
from portal.knowledge.commands import text_faults
from portal.knowledge.model import BY_FOLDER, Kind, PageFacts, PageText, Source
from tests.factories import NOW

CONTENT = Path(__file__).resolve().parents[2] / "content"

AWKWARD = [
    "yes",
    "1",
    "null",
    "~",
    "- a",
    "a: b",
    "---",
    "# a",
    "'",
    '"',
    "\\",
    "{}",
    "[",
    "&a",
    "*a",
    "!a",
    "%a",
    "@a",
]
letters = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])
lines = st.sampled_from(AWKWARD) | st.text(letters, max_size=30)
bodies = st.lists(st.sampled_from(["---", "", " ", "    ", "\r\n", "\r", "\u2028", "\x0c"]) | lines).map("\n".join)
some_lines, some_bodies = (
    words.map(lambda text: text if text.strip() else "x") for words in (lines, bodies | st.text())
)
texts = (
    st.builds(PageText, some_lines, lines, some_bodies).map(PageText.tidied).filter(lambda text: not text_faults(text))
)
slugs = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8})?", fullmatch=True)
links = st.tuples(
    *(st.lists(slugs.map(lambda slug, kind=kind: (kind, slug)), max_size=3, unique=True) for kind in Kind)
)
sources = st.builds(
    Source,
    title=lines.filter(bool),
    author=lines,
    publisher=lines,
    year=lines,
    url=st.sampled_from(["", "https://example.com/?a=b#c", "http://пример.рф/ა"]),
    language=st.sampled_from(["", "ru", "no"]),
)
facts = st.builds(
    PageFacts,
    st.none() | st.integers(0, 999_999),
    links.map(lambda by_kind: tuple(link for kind in by_kind for link in kind)),
    st.lists(sources, max_size=3).map(tuple),
)
pages = st.lists(
    st.builds(
        PageFiles,
        st.sampled_from(Kind),
        slugs,
        st.dictionaries(st.sampled_from(["en", "ru", "hr", "ka", "zh-Hant", "pt-BR"]), texts, min_size=1, max_size=2),
        st.none() | facts,
    ),
    min_size=1,
    max_size=2,
    unique_by=lambda page: page.folder,
)


def essence(files: list[PageFiles]) -> dict[str, tuple[dict[str, PageText], PageFacts | None]]:
    return {page.folder: (page.texts, page.facts) for page in files}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@settings(max_examples=80, deadline=None)
@given(pages)
def test_any_pages_are_read_as_they_were_written(written: list[PageFiles]) -> None:
    with tempfile.TemporaryDirectory() as name:
        count = write_files(Path(name), written)
        assert len(contents(Path(name))) == count
        assert essence(read_files(Path(name))) == essence(written)


@settings(max_examples=200, deadline=None)
@given(st.text(), st.text(), st.text())
def test_tidying_a_text_twice_changes_nothing_more(title: str, summary: str, markdown: str) -> None:
    once = PageText(title, summary, markdown).tidied()
    assert once.tidied() == once


@pytest.fixture(scope="module")
def shipped() -> list[PageFiles]:
    return read_files(CONTENT)


def test_the_shipped_guidance_is_whole(shipped: list[PageFiles]) -> None:
    files = [name for name in contents(CONTENT) if "/" in name]  # Beside the folders stand the house's style and words.
    assert len(files) == sum(len(page.texts) + (page.facts is not None) for page in shipped)
    assert {tuple(sorted(page.texts)) for page in shipped} == {("en", "hr", "ka", "ru")}
    assert {page.kind.folder for page in shipped} == set(BY_FOLDER)


def test_the_shipped_guidance_comes_out_as_it_went_in(
    session: Session, shipped: list[PageFiles], tmp_path: Path
) -> None:
    report = import_pages(session, SYSTEM, shipped, NOW)
    assert (report.added, report.changed, report.unchanged) == (sum(len(page.texts) for page in shipped), 0, 0)
    write_files(tmp_path, export_pages(session))
    assert essence(read_files(tmp_path)) == essence(shipped)
