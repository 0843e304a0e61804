"""A comment as it is shown: its words, paragraphs, links and names, and nothing else that HTML could be made to do."""

import re
import sys
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.discussion.mentions import Mentioned, rendered
from tests.core.hostile import texts

ANA = {"Ana Jurić": Mentioned(5, "Ana <Kovač>"), "ana@example.com": Mentioned(5, "Ana <Kovač>")}
ATTRIBUTES = {
    "a": {("href", "rel"), ("class", "href")},
    "p": {()},
    "br": {()},
}


def link(address: str, shown: str) -> str:
    return f'<a href="{address}" rel="noopener noreferrer nofollow">{shown}</a>'


def html_of(text: str) -> str:
    return str(rendered(text, ANA))


def test_lines_and_paragraphs_are_kept_and_markdown_is_not_read() -> None:
    assert html_of("one\ntwo\n \n\n\nthree") == "<p>one<br>two</p>\n<p>three</p>"
    assert html_of("**a** <b>&\"'") == "<p>**a** &lt;b&gt;&amp;&#34;&#39;</p>"
    assert html_of("") == html_of("\n \n") == ""


def test_who_is_named_is_linked_under_the_name_that_they_have_today() -> None:
    shown = '<a class="mention" href="/colleagues/5">@Ana &lt;Kovač&gt;</a>'
    assert html_of("Bravo @Ana Jurić!") == f"<p>Bravo {shown}!</p>"
    assert html_of("@ana@example.com, you") == f"<p>{shown}, you</p>"
    for other in ("@Ana Jurićka", "x@Ana Jurić", "@ana@example.com.hr", "@ana jurić", "http://x.example/@Ana"):
        assert "mention" not in html_of(other)


@pytest.mark.parametrize(
    ("text", "address", "shown"),
    [
        ("https://example.com", "https://example.com", "example.com"),
        ("See HTTP://Example.com/.", "HTTP://Example.com/", "Example.com"),
        ("(https://example.com/a_(b))", "https://example.com/a_(b)", "example.com/a_(b)"),
        ("https://example.com:8080/a?b=1&c=2#d!", "https://example.com:8080/a?b=1&amp;c=2#d", None),
        ("https://example.com: yes", "https://example.com", "example.com"),
        ("«https://пример.рф/путь»", "https://пример.рф/путь", "пример.рф/путь"),
        ("https://intranet/x", "https://intranet/x", "intranet/x"),
        ("https://example.com/" + "a" * 90, "https://example.com/" + "a" * 90, "example.com/" + "a" * 36 + "…"),
        (
            "https://" + "a" * 60 + ".example/bcd",
            "https://" + "a" * 60 + ".example/bcd",
            "a" * 60 + ".example/bcd"[:9] + "…",
        ),
    ],
)
def test_web_addresses_are_links_whose_host_is_always_seen(text: str, address: str, shown: str | None) -> None:
    assert link(address, shown or address.removeprefix("https://")) in html_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "xhttp://example.com",
        "ftp://example.com",
        "http://",
        "http:///x",
        "https://google.com@evil.example/",
        "https://user:secret@evil.example/",
        "https://google.com:443@evil.example/",
        "https://google.com\\@evil.example/",
        "https://exam\u0301\u0308ple.com",
        "https://example.com\u202egnp",
        "//example.com",
    ],
)
def test_what_is_no_plain_web_address_is_no_link(text: str) -> None:
    assert "<a" not in html_of(text)
    assert unescape(html_of(text)) == f"<p>{text}</p>"


class Seen(HTMLParser):
    """Reads HTML as a browser would: its words, and what there is besides what a comment is made of."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text, self.wrong, self.open = "", list[str](), list[str]()
        self.feed(html)
        self.close()
        self.wrong += self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = tuple(sorted(name for name, _ in attrs))
        if names not in ATTRIBUTES.get(tag, set()):
            self.wrong.append(f"{tag} {attrs}")
        href = dict(attrs).get("href") or "http://"
        if not re.match(r"https?://|/colleagues/5$", href, re.IGNORECASE) or re.search(r"[\s\x00-\x1f\"<>]", href):
            self.wrong.append(href)
        if tag == "br":
            self.text += "\n"
        else:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.wrong.append(data)

    def handle_decl(self, decl: str) -> None:
        self.wrong.append(decl)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        texts | st.sampled_from(["@Ana Jurić", "@ana@example.com", "http://e.com/", "https://", "(", ")"]), max_size=8
    )
)
def test_no_text_becomes_more_than_paragraphs_links_and_names(pieces: list[str]) -> None:
    assert Seen(html_of("".join(pieces))).wrong == []


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="ab@ .:/()<&\n\"'-é", max_size=60))
def test_every_word_is_shown_as_it_was_written(text: str) -> None:
    shown = Seen(html_of(text)).text
    assert "".join(shown.split()) == "".join(text.split())


def calls(work: Callable[[], object]) -> int:
    """How many functions are called, Python's own included, while ``work`` is done."""
    count = 0

    def note(_frame: object, event: str, _arg: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "piece",
    ["@", "@a ", "@a@b", "http://a ", "http://a", "http://a/)", "(", "\n", " \n ", "<", "https://a.", "@Ana Jurić "],
)
def test_the_work_on_a_hostile_text_grows_with_its_length_and_no_faster(piece: str) -> None:
    once, twice = (calls(lambda count=count: rendered(piece * count, ANA)) for count in (400, 800))
    assert twice <= 2 * once + 50
