"""Guidance as a folder of files: what is read from it, and how each kind of fault is named by file, line and reason."""

from pathlib import Path

import pytest

from portal.knowledge import BrokenContent, Kind, PageFiles, read_files
from portal.knowledge.model import PageFacts, PageText, Source

TEXT = "---\ntitle: The lamp\n---\n\nText.\n"
A_SOURCE = "a source has a title, and may have author, language, publisher, url, year"
A_FOLDER = "a page is a folder whose name has only a-z, 0-9 and single hyphens"
A_FILE = "not a page's file: expected page.yaml or a language such as en.md"
BOM = "\ufeff"
Files = dict[str, str | bytes]


def a_folder(root: Path, files: Files) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def faults(root: Path, files: Files) -> list[str]:
    with pytest.raises(BrokenContent) as caught:
        read_files(a_folder(root, files))
    assert str(caught.value) == "\n".join(map(str, caught.value.faults))
    return str(caught.value).split("\n")


def test_a_page_is_its_texts_and_its_facts(tmp_path: Path) -> None:
    facts = """
order: 7
principles: [own-it, smile]
stories:
- hotel-lamp
phrases:
sources:
- title: Книга
  author: Н. Н.
  publisher: Богатей
  year: 2017
  url: https://example.com/a
  language: ru
- {title: 33}
"""
    files: Files = {
        "phrases/silence/en.md": BOM
        + "---\r\ntitle: Silence\r\nsummary: ' Sorry '\r\n---\r\n\r\nWhy\r\n\r\n---\r\n\r\n",
        "phrases/silence/zh-Hant.md": "---\ntitle: yes\n---\n    code",
        "phrases/silence/page.yaml": facts,
        "phrases/.hidden/x": "",
        "README.md": "About this folder.",
    }
    assert read_files(a_folder(tmp_path, files)) == [
        PageFiles(
            Kind.PHRASE,
            "silence",
            {
                "en": PageText("Silence", "Sorry", "Why\n\n---"),
                "zh-Hant": PageText("yes", "", "    code"),
            },
            PageFacts(
                7,
                ((Kind.PRINCIPLE, "own-it"), (Kind.PRINCIPLE, "smile"), (Kind.STORY, "hotel-lamp")),
                (Source("Книга", "Н. Н.", "Богатей", "2017", "https://example.com/a", "ru"), Source("33")),
            ),
            {"order": 2, "principles": 3, "stories": 4, "phrases": 6, "sources": 7},
        )
    ]


def test_a_folder_with_texts_alone_is_a_page(tmp_path: Path) -> None:
    (page,) = read_files(a_folder(tmp_path, {"stories/lamp/en.md": TEXT}))
    assert (page.slug, page.facts, page.texts) == ("lamp", None, {"en": PageText("The lamp", "", "Text.")})


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        ("Text.\n", 1, "must begin with front matter between two lines of ---"),
        ("", 1, "must begin with front matter between two lines of ---"),
        ("---\ntitle: x\n\nText.\n", 1, "the front matter has no closing line of ---"),
        ("---\nsummary: x\n---\nText.\n", 2, "A page needs a title."),
        ("---\n\n---\nText.\n", 2, "A page needs a title."),
        ("---\nsummary: x\ntitle: ' '\n---\nText.\n", 3, "A page needs a title."),
        (f"---\ntitle: {'x' * 201}\n---\nText.\n", 2, "A title is one line of at most 200 characters."),
        ('---\ntitle: "a\\nb"\n---\nText.\n', 2, "A title is one line of at most 200 characters."),
        ('---\ntitle: "\\uD800"\n---\nText.\n', 2, "A title is one line of at most 200 characters."),
        (f"---\ntitle: x\nsummary: {'x' * 401}\n---\nText.\n", 3, "A summary is one line of at most 400 characters."),
        ("---\ntitle: x\n---\n\n \n", 4, "A page needs some text."),
        ("---\ntitle: x\nsummary: y\n---\n" + "x" * 200_001, 5, "The text can have at most 200000 characters."),
        ("---\ntitle: x\nauthor: y\n---\nText.\n", 3, "unknown name 'author' (known: summary, title)"),
        ("---\ntitle: x\ntitle: y\n---\nText.\n", 3, "title stands twice"),
        ("---\ntitle: [x]\n---\nText.\n", 2, "title must be text"),
        ("---\ntitle: x\nsummary: {a: b}\n---\nText.\n", 3, "summary must be text"),
        ("---\n- title\n---\nText.\n", 2, "expected lines of the form name: value"),
        ("---\ntitle: x\nsummary: 'y\n---\nText.\n", 3, "not valid YAML: found unexpected end of stream"),
        ("---\ntitle: x\nsummary: a: b\n---\nText.\n", 3, "not valid YAML: mapping values are not allowed here"),
        ("---\ntitle: x\n? [a]\n: b\n---\nText.\n", 3, "not valid YAML: found unhashable key"),
        ("---\nsummary: x\ntitle: a\x07b\n---\nText.\n", 3, "not valid YAML: it holds a control character"),
        ('---\ntitle: "\\UFFFFFFFF"\n---\nText.\n', 2, "not valid YAML: it can't be read"),
        ("---\ntitle: " + "[" * 3_000 + "\n---\nText.\n", 2, "not valid YAML: it can't be read"),
        ("---\ntitle: x\n---\n\nText\x00.\n", 5, "holds a NUL character"),
        (b"---\ntitle: x\n---\n\n\xcb\xe0\xec\xef\xe0\n", 5, "not UTF-8"),
        (b"x" * 1_000_001, 1, "larger than 1000000 bytes"),
    ],
)
def test_a_broken_text_is_named_with_its_line_and_reason(
    tmp_path: Path, content: str | bytes, line: int, reason: str
) -> None:
    assert faults(tmp_path, {"stories/lamp/en.md": content}) == [f"stories/lamp/en.md:{line}: {reason}"]


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        ("order: first\n", 1, "order must be a whole number from 0 to 999999"),
        ("\norder: -1\n", 2, "order must be a whole number from 0 to 999999"),
        ("order: 1000000\n", 1, "order must be a whole number from 0 to 999999"),
        ("order: [1]\n", 1, "order must be a whole number from 0 to 999999"),
        ("order: 1\nprinciples: own-it\n", 2, "principles must be a list"),
        ("stories: {own-it: 1}\n", 1, "stories must be a list"),
        ("stories: [Own It]\n", 1, "stories must be a list of pages' names"),
        ("stories: [[own-it]]\n", 1, "stories must be a list of pages' names"),
        ("phrases:\n- a\n- b\n- a\n", 1, "phrases names a page twice"),
        ("sources: A book\n", 1, "sources must be a list"),
        ("sources: [A book]\n", 1, A_SOURCE),
        ("sources: [{author: N.}]\n", 1, A_SOURCE),
        ("sources: [{title: ''}]\n", 1, A_SOURCE),
        ("sources: [{title: a, isbn: b}]\n", 1, A_SOURCE),
        ("sources: [{title: a, year: [b]}]\n", 1, "what is said of a source must be a line of text"),
        ('sources: [{title: "a\\nb"}]\n', 1, "what is said of a source must be a line of text"),
        ("sources: [{title: a, url: javascript:x}]\n", 1, "a source's url must begin with http:// or https://"),
        ("order: 1\nlinks: []\n", 2, "unknown name 'links' (known: order, phrases, principles, sources, stories)"),
        ("order: 1\norder: 2\n", 2, "order stands twice"),
        ("- order\n", 1, "expected lines of the form name: value"),
        ("order: 1\n\tstories: []\n", 2, "not valid YAML: found character '\\t' that cannot start any token"),
        ("order: 1\n--- \norder: 2\n", 2, "not valid YAML: but found another document"),
        ("order: &a [*a]\n", 1, "not valid YAML: found unconstructable recursive node"),
    ],
)  # fmt: skip
def test_broken_facts_are_named_with_their_line_and_reason(
    tmp_path: Path, content: str, line: int, reason: str
) -> None:
    files: Files = {"stories/lamp/en.md": TEXT, "stories/lamp/page.yaml": content}
    assert faults(tmp_path, files) == [f"stories/lamp/page.yaml:{line}: {reason}"]


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("storys/lamp/en.md", "storys:1: unknown folder (known: principles, stories, phrases)"),
        ("stories/The Lamp/en.md", f"stories/The Lamp:1: {A_FOLDER}"),
        ("stories/a--b/en.md", f"stories/a--b:1: {A_FOLDER}"),
        (f"stories/{'a' * 81}/en.md", f"stories/{'a' * 81}:1: {A_FOLDER}"),
        ("stories/en.md", f"stories/en.md:1: {A_FOLDER}"),
        ("stories/lamp/english.md", f"stories/lamp/english.md:1: {A_FILE}"),
        ("stories/lamp/en.txt", f"stories/lamp/en.txt:1: {A_FILE}"),
        ("stories/lamp/en.md/x", "stories/lamp/en.md:1: not a plain file"),
        ("stories/lamp/page.yaml", "stories/lamp:1: a page needs a text in at least one language"),
    ],
)  # fmt: skip
def test_what_does_not_belong_is_named(tmp_path: Path, name: str, fault: str) -> None:
    assert faults(tmp_path, {name: "order: 1\n", "stories/good/en.md": TEXT}) == [fault]


def test_a_link_to_somewhere_else_on_the_disk_is_not_followed(tmp_path: Path) -> None:
    a_folder(tmp_path, {"stories/lamp/en.md": TEXT, "secret": TEXT})
    (tmp_path / "stories/lamp/hr.md").symlink_to(tmp_path / "secret")
    assert faults(tmp_path, {}) == ["stories/lamp/hr.md:1: not a plain file"]


def test_every_fault_there_is_is_named_at_once_in_the_order_of_the_files(tmp_path: Path) -> None:
    files: Files = {
        "stories/b/en.md": "---\ntitle: ''\nsummary: \"a\\nb\"\n---\n",
        "stories/b/page.yaml": "order: x\n",
        "principles/c/en.md": "x",
        "other/en.md": TEXT,
    }
    assert faults(tmp_path, files) == [
        "other:1: unknown folder (known: principles, stories, phrases)",
        "principles/c/en.md:1: must begin with front matter between two lines of ---",
        "stories/b/en.md:2: A page needs a title.",
        "stories/b/en.md:3: A summary is one line of at most 400 characters.",
        "stories/b/en.md:5: A page needs some text.",
        "stories/b/page.yaml:1: order must be a whole number from 0 to 999999",
    ]


def test_a_folder_that_is_empty_or_not_there_is_a_fault(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, {})
    assert fault.endswith(
        ":1: no pages here: the folder needs one of principles, stories, phrases, with a folder a page"
    )
    (fault,) = faults(tmp_path / "nowhere", {})
    assert fault == f"{tmp_path / 'nowhere'}:1: there is no such folder"
