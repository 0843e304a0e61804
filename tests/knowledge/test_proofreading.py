"""What a proofreader says of pages' shape and links: each fault by file, line and reason, and the same put right."""

from pathlib import Path

import pytest

from portal.knowledge import HouseStyle, Kind
from portal.knowledge.house_style import KindStyle
from tests.knowledge.proofreader import FIRST, a_text, faults, faults_of

LAMP, OWN_IT, SILENCE = "stories/lamp", "principles/own-it", "phrases/silence"
TOO_HIGH = "the page's title is its only heading of the first level; begin with ##"
BELOW = "write a heading with ## before it, not with a line below"
NO_ADDRESS = "a link without an address that can be followed"


def a_style(**asked: KindStyle) -> HouseStyle:
    return HouseStyle(kinds={Kind(name): style for name, style in asked.items()})


# Languages and links between pages


def test_a_page_without_a_text_in_a_language_that_is_asked_for_is_named(tmp_path: Path) -> None:
    files = {f"{LAMP}/en.md": a_text(), f"{LAMP}/hr.md": a_text(), f"{OWN_IT}/ru.md": a_text()}
    assert faults(tmp_path, files, HouseStyle(("en", "ru"))) == [
        f"{OWN_IT}/en.md:1: missing: every page is to have a text in en",
        f"{LAMP}/ru.md:1: missing: every page is to have a text in ru",
    ]
    assert faults(tmp_path, files | {f"{OWN_IT}/en.md": a_text(), f"{LAMP}/ru.md": a_text()}, HouseStyle(("en",))) == []


def test_where_no_languages_are_named_every_page_is_to_have_those_of_any(tmp_path: Path) -> None:
    files = {f"{LAMP}/en.md": a_text(), f"{OWN_IT}/en.md": a_text(), f"{OWN_IT}/hr.md": a_text()}
    assert faults(tmp_path, files) == [f"{LAMP}/hr.md:1: missing: every page is to have a text in hr"]
    assert faults(tmp_path, files | {f"{LAMP}/hr.md": a_text()}) == []


@pytest.mark.parametrize(
    ("facts", "line", "reason"),
    [
        ("order: 1\nprinciples: [smile, own-it]\n", 2, "there is no page principles/smile"),
        ("phrases:\n- silence\n- smile\n", 1, "there is no page phrases/smile"),
        ("stories: [own-it]\n", 1, "there is no page stories/own-it"),
        ("order: 1\n\nstories: [lamp]\n", 3, "a page can't be linked to itself"),
    ],
)
def test_a_link_of_facts_that_leads_nowhere_is_named(tmp_path: Path, facts: str, line: int, reason: str) -> None:
    files = {f"{page}/en.md": a_text() for page in (LAMP, OWN_IT, SILENCE)}
    assert faults(tmp_path, files | {f"{LAMP}/page.yaml": facts}) == [f"{LAMP}/page.yaml:{line}: {reason}"]
    assert faults(tmp_path, files | {f"{LAMP}/page.yaml": "principles: [own-it]\nphrases: [silence]\n"}) == []


def test_a_kind_of_page_that_is_to_be_linked_may_be_linked_from_either_end(tmp_path: Path) -> None:
    style = a_style(story=KindStyle(links=(Kind.PRINCIPLE,)))
    files = {f"{page}/en.md": a_text() for page in (LAMP, OWN_IT, SILENCE)}
    missing = "a page of stories links principles"
    assert faults(tmp_path, files, style) == [f"{LAMP}/page.yaml:1: {missing}"]
    other = "order: 1\nprinciples: []\nphrases: [silence]\n"
    assert faults(tmp_path, files | {f"{LAMP}/page.yaml": other}, style) == [f"{LAMP}/page.yaml:2: {missing}"]
    assert faults(tmp_path, files | {f"{LAMP}/page.yaml": "principles: [own-it]\n"}, style) == []
    assert faults(tmp_path, files | {f"{OWN_IT}/page.yaml": "stories: [lamp]\n"}, style) == []


# Headings


@pytest.mark.parametrize(
    ("wrong", "line", "reason", "right"),
    [
        ("# Why\n\nText.", FIRST, TOO_HIGH, "## Why\n\nText."),
        ("#1 in town\n\nText.", FIRST, TOO_HIGH, r"\#1 in town"),
        ("Text.\n\n### Why", FIRST + 2, "a heading of level 3 after one of level 1", "Text.\n\n## Why"),
        ("## Why\n\n#### How ####", FIRST + 2, "a heading of level 4 after one of level 2", "## Why\n\n### How ###"),
        ("##Why\n\n####How", FIRST + 2, "a heading of level 4 after one of level 2", "##Why\n\n###How\n\n##Then"),
        ("Text.\n\nWhy\n===\n\nText.", FIRST + 3, BELOW, "Text.\n\n## Why\n\nText."),
        ("Why\n---\nText.", FIRST + 1, BELOW, "Why\n\n---\n\nText."),
        ("~~~\n# a\n```\n~~~\n\n# b", FIRST + 5, TOO_HIGH, "~~~\n# a\n```\n# b\n~~~"),
        ("```\n# a\n```\n\n# b", FIRST + 4, TOO_HIGH, "Text.\n```\n# a\n```\n---\n\nText."),
        ("````\n# a\n```\n# b\n````\n\n# c", FIRST + 6, TOO_HIGH, "- Text.\n\n    ``` sh\n    # a\n    ```\n"),
        ("```a``` is code\n\n# b", FIRST + 2, TOO_HIGH, "```a``` is code\n\n## b"),
        ("a | b\n--|--\nc | d\n\n# b", FIRST + 4, TOO_HIGH, "a | b\n--|--\nc | d\n---\n"),
    ],
)
def test_a_heading_out_of_its_place_is_named(
    tmp_path: Path, wrong: str, line: int, reason: str, right: str
) -> None:  # fmt: skip
    assert faults_of(tmp_path, a_text(wrong)) == [(line, reason)]
    assert faults_of(tmp_path, a_text(right)) == []


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("## One\n\n## Two\n\n### Three", []),
        ("##  One ##\n\nText.\n\n## Deux\n\n### Three", []),
        ("## One\n\n```\n## Other\n```\n\n## Two\n\n### Three", []),
        ("## One\n\n## Other\n\n## Two\n\n### Three", [(8, "the house style has no heading '## Other' here")]),
        ("## One\n\n## Two\n\n## Three", [
            (10, "'### Three' is missing after here"),
            (10, "the house style has no heading '## Three' here"),
        ]),
        ("## One\n\n### Three", [(8, "'## Two or ## Deux' is missing before here")]),
        ("## One\n\n## Two", [(8, "'### Three' is missing after here")]),
        ("Text.", [
            (6, "'## One' is missing after here"),
            (6, "'## Two or ## Deux' is missing after here"),
            (6, "'### Three' is missing after here"),
        ]),
        ("## One\n\n## One\n\n## Two\n\n### Three", [(8, "'## One' stands too late, or twice")]),
        ("## One\n\n## Two\n\n## Deux\n\n### Three", [(10, "'## Deux' stands too late, or twice")]),
        ("## Two\n\n## One\n\n### Three", [
            (6, "'## One' is missing before here"), (8, "'## One' stands too late, or twice"),
        ]),
    ],
)  # fmt: skip
def test_headings_are_those_of_the_house_style_in_their_order(
    tmp_path: Path, markdown: str, expected: list[tuple[int, str]]
) -> None:
    outline = (("## One",), ("## Two", "## Deux"), ("### Three",))
    style = a_style(story=KindStyle(headings={"en": outline}))
    assert faults_of(tmp_path, a_text(markdown), style=style) == sorted(expected)
    assert faults_of(tmp_path, a_text(markdown), "hr", style) == []
    assert faults_of(tmp_path, a_text(markdown), style=a_style(phrase=style.kind(Kind.STORY))) == []


def test_a_page_that_is_to_have_no_headings_has_none(tmp_path: Path) -> None:
    style = a_style(story=KindStyle(headings={"en": ()}))
    assert faults_of(tmp_path, a_text("## One"), style=style) == [(6, "the house style has no heading '## One' here")]
    assert faults_of(tmp_path, a_text("Text."), style=style) == []


# Links within texts


@pytest.mark.parametrize(
    ("wrong", "line", "reason", "right"),
    [
        ("[a](/stories/no)", 6, "there is no page stories/no", "[a](/stories/lamp)"),
        ("/stories/no is\n\n[a](</stories/no>).", 8, "there is no page stories/no", "[a](</stories/lamp>)."),
        ("[a](/stories/lamp-2)\n\n[a](/stories/lamp)", 6, "there is no page stories/lamp-2", "[a](/stories/lamp)"),
        ("[a](/stories/lamp)\n\n[a](/stories/lam)", 8, "there is no page stories/lam", "[a](/stories/lamp)"),
        ("[a](/principles/lamp)", 6, "there is no page principles/lamp", '[a](/stories/lamp "A lamp")'),
        ("[a](/stories/lamp/)", 6, "there is no page stories/lamp/", "[a](/stories/lamp?locale=hr#s-why)"),
        ("[a](/stories/lamp/en)", 6, "there is no page stories/lamp/en", "[a](/stories/lamp#s-any)"),
        ("[a](/pulses)", 6, "there is no page pulses", "[a](/) [b](/search) [c](/search?q=lamp) [d](/#s-x)"),
        ("[a](//example.com)", 6, "there is no page /example.com", "[a](/stories) [b](/principles) [c](/phrases)"),
        ("Text.\n\n[a][b]\n\n[b]: /phrases/no", 10, "there is no page phrases/no", "[a][b]\n\n[b]: /stories/lamp"),
        ('A\n<a href="/phrases/no">a</a>', 7, "there is no page phrases/no", '<a href="/stories/lamp">a</a>'),
        ("The lamp\n\n[a](lamp)", 8, "lamp depends on where it is read; write it from /, as in /stories/name",
         "[a](https://example.com/lamp)"),
        ("[a](../x.md)", 6, "../x.md depends on where it is read; write it from /, as in /stories/name",
         "[a](HTTP://example.com)"),
        ("[a](https:///x)", 6, "https:///x depends on where it is read; write it from /, as in /stories/name",
         "[a](mailto:a@example.com) [b](tel:+385123) <c@example.com> www.example.com"),
        ("Text.\n\n[a]()", 8, NO_ADDRESS, "Text.\n\n`[a]()`"),
        ("[a](https://example.com)\n[b](<>)", 7, NO_ADDRESS, "[a](https://example.com)"),
        ("Text.\n\n[a](javascript:alert)", 8, NO_ADDRESS, "Text.\n\n`[a](javascript:alert)`"),
        ("```\n[a]()\n```\n\n[a](data:text/html)", 10, NO_ADDRESS, "```\n[a]()\n```"),
        ("[a](#why)\n\n## Why", 6, "nothing on this page is called #why", "[a](#s-why)\n\n## Why"),
        ("[a](/stories/lamp#s-b)\n\n[a](#s-b)", 8, "nothing on this page is called #s-b", "[a](#s-š)\n\n## Š"),
        ("[a](#)", 6, "nothing on this page is called #", "A[^1].\n\n[^1]: A note."),
    ],
)  # fmt: skip
def test_a_link_within_a_text_leads_somewhere(tmp_path: Path, wrong: str, line: int, reason: str, right: str) -> None:
    assert faults_of(tmp_path, a_text(wrong)) == [(line, reason)]
    assert faults_of(tmp_path, a_text(right)) == []


# Length


@pytest.mark.parametrize(("count", "good"), [(2, False), (3, True), (5, True), (6, False)])
def test_a_text_has_as_many_words_as_its_kind_is_asked_for(tmp_path: Path, count: int, good: bool) -> None:
    style = a_style(story=KindStyle(3, 5))
    # Marks alone are no words, nor are the title, the summary, or where a link leads.
    text = a_text("## Why\n\n— [word](https://example.com/a/b) – " + "*word* " * (count - 2) + "…")
    expected = [] if good else [(FIRST, f"{count} words; 3 to 5 are asked for")]
    assert faults_of(tmp_path, text, style=style) == expected
    assert faults_of(tmp_path, text, style=a_style(phrase=style.kind(Kind.STORY))) == []


def test_all_that_is_wrong_is_named_once_in_the_order_of_the_files(tmp_path: Path) -> None:
    files = {
        f"{LAMP}/en.md": a_text("# Why\n\n[a](/x) [b](/x)\n\n[c](/y)"),
        f"{LAMP}/page.yaml": "stories: [no]\n",
        f"{OWN_IT}/hr.md": a_text("'a'"),
    }
    assert faults(tmp_path, files, HouseStyle(("en",))) == [
        f"{OWN_IT}/en.md:1: missing: every page is to have a text in en",
        f"{OWN_IT}/hr.md:6: ' is no quotation mark of hr: „”»«‘’",
        f"{LAMP}/en.md:6: {TOO_HIGH}",
        f"{LAMP}/en.md:8: there is no page x",
        f"{LAMP}/en.md:10: there is no page y",
        f"{LAMP}/page.yaml:1: there is no page stories/no",
    ]
