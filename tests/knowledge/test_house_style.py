"""What a company asks of its guidance, as read from its folder, and how each wrong value is named."""

from pathlib import Path

import pytest

from portal.knowledge import BrokenContent, HouseStyle, Kind, read_house_style
from portal.knowledge.house_style import KindStyle

WORDS = "words must be the fewest and the most of them, such as [300, 500]"
LINKS = "links must be a list of principles, stories, phrases"
HEADINGS = 'headings must be a list for each language, such as en: ["## Why", "### In the shop"]'


def a_folder(root: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        (root / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def test_a_house_style_is_languages_length_links_headings_and_words(tmp_path: Path) -> None:
    style = """# What we ask.
languages: [en, ru]
stories:
  words: [200, 350]
  links: [principles, phrases]
  headings:
    en: ["## What happened", "### What they did| What would you do "]
    ru: []
phrases: {words: [0, 7]}
"""
    files: dict[str, str | bytes] = {"house-style.yaml": style, "words.txt": "Acme\n", "words.ru.txt": "Акме\n"}
    assert read_house_style(a_folder(tmp_path, files)) == HouseStyle(
        ("en", "ru"),
        {
            Kind.STORY: KindStyle(
                200,
                350,
                (Kind.PRINCIPLE, Kind.PHRASE),
                {"en": (("## What happened",), ("### What they did", "### What would you do")), "ru": ()},
            ),
            Kind.PHRASE: KindStyle(0, 7),
        },
        {"": frozenset({"Acme"}), "ru": frozenset({"Акме"})},
    )


@pytest.mark.parametrize("content", [None, "", "# Nothing yet.\n", "languages:\nstories: {}\n"])
def test_where_nothing_is_written_nothing_is_asked(tmp_path: Path, content: str | None) -> None:
    style = read_house_style(tmp_path if content is None else a_folder(tmp_path, {"house-style.yaml": content}))
    assert (style.languages, style.words) == ((), {})
    for kind in Kind:
        asked = style.kind(kind)
        assert (asked.fewest, asked.links, asked.headings) == (0, (), {})
        assert asked.most > 200_000  # More than the characters of any text.
    assert style.allowed("en") == frozenset()


def test_a_kind_that_is_not_mentioned_is_asked_nothing(tmp_path: Path) -> None:
    style = read_house_style(a_folder(tmp_path, {"house-style.yaml": "stories: {words: [1, 2]}\n"}))
    assert style.kind(Kind.STORY) == KindStyle(1, 2)
    assert style.kind(Kind.PHRASE) == KindStyle()


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        ("languages: en\n", 1, "languages must be a list"),
        ("\nlanguages: {en: 1}\n", 2, "languages must be a list"),
        ("languages: [en]\nlenght: 1\n", 2, "unknown name 'lenght' (known: languages, phrases, principles, stories)"),
        ("stories: {}\nstories: {}\n", 2, "stories stands twice"),
        ("- stories\n", 1, "expected lines of the form name: value"),
        ("languages: [en]\nstories: [\n", 3, "not valid YAML: expected the node content, but found '<stream end>'"),
        ("languages: [en]\nstories:\n", 2, "stories may have words, links and headings"),
        ("stories: 300\n", 1, "stories may have words, links and headings"),
        ("phrases: {}\nprinciples: {word: [1, 2]}\n", 2, "principles may have words, links and headings"),
        ("stories: {words: }\n", 1, WORDS),
        ("stories: {words: 300}\n", 1, WORDS),
        ("stories: {words: [300]}\n", 1, WORDS),
        ("stories: {words: [1, 2, 3]}\n", 1, WORDS),
        ("stories: {words: [-1, 2]}\n", 1, WORDS),
        ("stories: {words: [1, many]}\n", 1, WORDS),
        ("stories: {words: [[1], 2]}\n", 1, WORDS),
        ("stories: {words: [1, 1000000000]}\n", 1, WORDS),
        ("languages: []\n\nstories:\n  links: principles\n", 3, LINKS),
        ("stories: {links: [principle]}\n", 1, LINKS),
        ("stories: {links: [[principles]]}\n", 1, LINKS),
        ('stories: {headings: ["## Why"]}\n', 1, HEADINGS),
        ('stories: {headings: {en: "## Why"}}\n', 1, HEADINGS),
        ("stories: {headings: {en: [Why]}}\n", 1, HEADINGS),
        ('stories: {headings: {en: ["# Why"]}}\n', 1, HEADINGS),
        ('stories: {headings: {en: ["##Why"]}}\n', 1, HEADINGS),
        ('stories: {headings: {en: ["####### Why"]}}\n', 1, HEADINGS),
        ('stories: {headings: {en: [{"## Why": "it pays"}]}}\n', 1, HEADINGS),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named_with_its_line_and_reason(tmp_path: Path, content: str, line: int, reason: str) -> None:
    with pytest.raises(BrokenContent) as caught:
        read_house_style(a_folder(tmp_path, {"house-style.yaml": content}))
    assert str(caught.value) == f"house-style.yaml:{line}: {reason}"


def test_words_stand_one_a_line_with_remarks_for_every_language_or_for_one(tmp_path: Path) -> None:
    words = "\ufeff# Names that are right everywhere.\r\n\r\nAcme\r\n  New Acme  # a shop\r\n# Old\r\nAcme\r\n"
    files: dict[str, str | bytes] = {
        "words.txt": words,
        "words.hr.txt": "Acmea\nAcmeu/lampi",
        "words.pt-BR.txt": "Acme-zinho\n",
        "words-old.txt": "Emca\n",
        "words.ru.md": "Эмка\n",
    }
    style = read_house_style(a_folder(tmp_path, files))
    assert style.allowed("en") == {"Acme", "New Acme"}
    assert style.allowed("hr") == {"Acme", "New Acme", "Acmea", "Acmeu/lampi"}
    assert style.allowed("pt-BR") == {"Acme", "New Acme", "Acme-zinho"}


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("house-style.yaml", b"languages: [en]\n# \xcb\xe0\n", "house-style.yaml:2: not UTF-8"),
        ("words.txt", b"lamp\n\n\xcb\xe0\n", "words.txt:3: not UTF-8"),
        ("words.ru.txt", "лампа\n\x00\n", "words.ru.txt:2: holds a NUL character"),
        ("words.txt", b"x" * 1_000_001, "words.txt:1: larger than 1000000 bytes"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, content: str | bytes, fault: str) -> None:
    with pytest.raises(BrokenContent) as caught:
        read_house_style(a_folder(tmp_path, {name: content}))
    assert str(caught.value) == fault


def test_a_folder_in_the_place_of_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "house-style.yaml").mkdir()
    with pytest.raises(BrokenContent) as caught:
        read_house_style(tmp_path)
    assert str(caught.value) == "house-style.yaml:1: not a plain file"
