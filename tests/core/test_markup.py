"""Markdown becomes what GitHub's flavour promises, with ids, permalinks and links as this portal wants them."""

import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from portal.core.markup import Heading, render


def squeezed(markdown: str) -> str:
    """The rendered HTML without the white space between elements."""
    return re.sub(r">\s+<", "><", render(markdown).html).strip()


def test_a_table_keeps_its_alignment_and_gets_room_to_scroll() -> None:
    assert squeezed("| Say | Don’t |\n|:--|--:|\n| yes | no |") == (
        '<div class="wide"><table><thead><tr><th align="left">Say</th><th align="right">Don’t</th></tr></thead>'
        '<tbody><tr><td align="left">yes</td><td align="right">no</td></tr></tbody></table></div>'
    )


def test_a_table_written_as_html_with_attributes_gets_the_same_room() -> None:
    assert squeezed('<table lang="hr"><tr><td>da</td></tr></table>') == (
        '<div class="wide"><table lang="hr"><tbody><tr><td>da</td></tr></tbody></table></div>'
    )


def test_a_task_list_has_signs_instead_of_fields() -> None:
    assert squeezed("- [x] said sorry\n- [ ] rang back") == (
        '<ul class="task-list"><li class="task-list-item">☑ said sorry</li>'
        '<li class="task-list-item">☐ rang back</li></ul>'
    )


def test_a_footnote_and_its_place_in_the_text_lead_to_each_other() -> None:
    made = squeezed("Free of charge[^1].\n\n[^1]: For a week.")
    assert '<sup id="fnref:1"><a class="footnote-ref" href="#fn:1"' in made
    assert re.search(r'<li id="fn:1"><p>For a week\.&nbsp;<a class="footnote-backref" href="#fnref:1"', made)


def test_a_footnotes_mark_is_part_of_no_word_and_of_no_title() -> None:
    made = render("## Promise[^1]\n\nIt is free[^1] today.\n\n[^1]: For a week.")
    assert made.headings == (Heading(2, "s-promise", "Promise"),)
    assert made.text == "Promise\nIt is free today.\nFor a week."


@pytest.mark.parametrize("kind", ["note", "tip", "warning", "danger", "example"])
def test_an_admonition_keeps_its_kind_and_no_english_word_is_put_in_front(kind: str) -> None:
    assert squeezed(f"!!! {kind}\n    Ляля") == f'<div class="admonition {kind}"><p>Ляля</p></div>'


def test_an_admonitions_own_title_is_kept() -> None:
    assert squeezed('!!! note "შენიშვნა"\n    ტექსტი') == (
        '<div class="admonition note"><p class="admonition-title">შენიშვნა</p><p>ტექსტი</p></div>'
    )


def test_text_is_struck_through_by_two_tildes_and_left_alone_by_one() -> None:
    assert render("~~never~~ H~2~O").html == "<p><del>never</del> H~2~O</p>"


@pytest.mark.parametrize("fence", ["```", "~~~"])
def test_fenced_code_is_shown_as_it_was_written(fence: str) -> None:
    made = render(f"{fence}html\n<b>bold</b>  &amp;\n    # no heading\n{fence}")
    assert made.html == "<pre><code>&lt;b&gt;bold&lt;/b&gt;  &amp;amp;\n    # no heading</code></pre>"
    assert made.headings == ()


@pytest.mark.parametrize(
    ("title", "anchor"),
    [
        ("Hear the complaint out", "s-hear-the-complaint-out"),
        ("Выслушайте жалобу до конца", "s-выслушайте-жалобу-до-конца"),
        ("Saslušajte pritužbu", "s-saslušajte-pritužbu"),
        ("მოუსმინეთ საჩივარს", "s-მოუსმინეთ-საჩივარს"),
    ],
)
def test_a_heading_has_an_id_in_its_own_alphabet_and_a_permalink(title: str, anchor: str) -> None:
    made = render(f"## {title}")
    assert made.headings == (Heading(2, anchor, title),)
    assert made.html == (
        f'<h2 id="{anchor}">{title} <a class="permalink" href="#{anchor}" aria-labelledby="{anchor}">#</a></h2>'
    )


def test_headings_of_the_same_words_get_ids_of_their_own() -> None:
    made = render("## Why\n\n## Why\n\n### Why")
    assert made.headings == (Heading(2, "s-why", "Why"), Heading(2, "s-why_1", "Why"), Heading(3, "s-why_2", "Why"))
    assert re.findall(r'<h\d id="([^"]+)"', made.html) == ["s-why", "s-why_1", "s-why_2"]


def test_a_heading_without_letters_still_has_an_id() -> None:
    assert [heading.anchor for heading in render("## ***!\n\n## ???").headings] == ["s-part", "s-part_1"]


def test_a_long_heading_has_an_id_of_bearable_length() -> None:
    (heading,) = render("## " + "обслуживание " * 40).headings
    assert len(heading.anchor) <= 90


def test_the_page_has_its_own_first_heading_so_that_one_in_a_text_is_a_second() -> None:
    made = render("# Title\n\nAgain\n=====\n\n<h1>Raw</h1>")
    assert "<h1" not in made.html
    assert [heading.level for heading in made.headings] == [2, 2]
    assert "<h2>Raw</h2>" in made.html


def test_a_headings_title_is_plain_words() -> None:
    (heading,) = render("## *Say* [sorry](/principles/learn-to-apologise) & `mean` it").headings
    assert heading.title == "Say sorry & mean it"


@pytest.mark.parametrize("written", ["[x](https://example.com/a)", "<https://example.com/a>", "https://example.com/a"])
def test_a_link_to_elsewhere_gives_that_place_no_hold_on_this_page(written: str) -> None:
    assert re.search(r'<a href="https://example.com/a" rel="noopener noreferrer">', render(written).html)


def test_a_picture_is_shown_from_this_site() -> None:
    assert render("![lamp](/media/lamp.png)").html == '<p><img alt="lamp" src="/media/lamp.png"></p>'


@pytest.mark.parametrize(
    "address",
    ["https://example.com/x.png", "//example.com/x.png", "/\\example.com/x.png", "/&#9;/example.com/x.png", "x.png",
     "data:image/png;base64,AAAA"],
)  # fmt: skip
def test_a_picture_from_anywhere_else_is_not_fetched(address: str) -> None:
    assert "src" not in render(f'<img alt="lamp" src="{address}">').html


def test_the_plain_text_has_a_line_a_block_and_no_markup() -> None:
    made = render("## Say\n\n- **sorry**\n- thanks &amp; <b>goodbye</b>\n\n| a | b |\n|---|---|\n| c | d |")
    assert made.text == "Say\nsorry\nthanks & goodbye\na\nb\nc\nd"


def test_lists_nested_beyond_reason_are_shown_as_they_were_written_and_spoil_nothing_after() -> None:
    deep = "1. " * 2_000
    assert render(deep).html == f"<pre>{deep}</pre>"
    assert render("Sorry.\n\nThanks.").html == "<p>Sorry.</p>\n<p>Thanks.</p>"


@pytest.fixture
def restless_threads() -> Iterator[None]:
    """Threads that give way to each other all the time."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("restless_threads")
def test_threads_that_render_at_the_same_time_get_their_own_text() -> None:
    texts = [f"## Heading {n}\n\n" + f"Note {n}[^{n}] " * 20 + f"\n\n[^{n}]: Foot {n}" for n in range(60)]
    wanted = [render(text) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(render, texts)) == wanted
