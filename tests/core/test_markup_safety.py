"""Nothing that could run, restyle, post or take a foreign id gets through rendering, whatever text it hides in."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.core.markup import render
from tests.core.hostile import PIECES, hostile_addresses, texts

ELEMENTS = set(
    "a abbr b blockquote br caption code dd del details div dl dt em h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre"
    " q s samp small strong sub summary sup table tbody td tfoot th thead tr ul var".split()
)
"""Elements of text. Not among them: script iframe object embed svg math style link meta base form input button."""
EMPTY = {"br", "hr", "img"}
ATTRIBUTES = set(
    "align alt aria-labelledby class colspan dir height href id lang rel rowspan scope src start title width".split()
)
IDS = re.compile(r"(s-|fn:|fnref\d*:)\S+")
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:")


class Leaks(HTMLParser):
    """Reads HTML as a browser would and collects what must not be in it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        self.found += [f"not closed: {tag}" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ELEMENTS:
            self.found.append(f"element {tag}")
        if tag not in EMPTY:
            self.open.append(tag)
        for name, value in attrs:
            self._attribute(tag, name, value or "")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.found.append(f"closed out of turn: {tag}")

    def handle_comment(self, data: str) -> None:
        self.found.append(f"comment {data}")

    def handle_decl(self, decl: str) -> None:
        self.found.append(f"declaration {decl}")

    def unknown_decl(self, data: str) -> None:
        self.found.append(f"declaration {data}")

    def handle_pi(self, data: str) -> None:
        self.found.append(f"instruction {data}")

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if name not in ATTRIBUTES:  # Every on* and style is one of these.
            self.found.append(f"attribute {name} of {tag}")
        if name == "id" and not IDS.fullmatch(value):
            self.found.append(f"id {value}")
        # As browsers do: what surrounds an address is left out, and so are tabs and line ends within.
        address = re.sub(r"[\t\n\r]", "", value.strip("".join(map(chr, range(33))))).lower()
        if name == "href" and SCHEME.match(address) and not re.match(r"https?:|mailto:|tel:", address):
            self.found.append(f"address {value!r}")
        if name == "src" and not re.match(r"/[^/\\]", address):
            self.found.append(f"foreign picture {value!r}")


def leaks(markdown: str) -> list[str]:
    return Leaks(render(markdown).html).found


@settings(max_examples=250, deadline=None)
@given(texts)
@example('<table lang="ru"><tr><td>x</table>')
@example('<a title="<table><script>alert(1)</script>">x</a>')
@example("<p title='<h2 id=\"s-x\">y</h2>'>x</p>")
def test_nothing_hostile_leaks_out_of_any_text(markdown: str) -> None:
    assert leaks(markdown) == []


@settings(max_examples=250, deadline=None)
@given(hostile_addresses)
def test_no_address_that_runs_code_survives_however_it_is_disguised(markdown: str) -> None:
    assert leaks(markdown) == []


@pytest.mark.parametrize("piece", PIECES)
def test_each_hostile_piece_is_harmless_alone(piece: str) -> None:
    assert leaks(piece) == []
    assert leaks(f"Text {piece} text\n\n{piece}\n\n- {piece}\n\n## {piece}") == []


@settings(max_examples=300, deadline=None)
@given(st.text())
def test_no_text_at_all_is_an_error(markdown: str) -> None:
    made = render(markdown)
    assert Leaks(made.html).found == []
    assert "\x00" not in made.html + made.text


@settings(max_examples=100, deadline=None)
@given(texts)
def test_every_heading_of_the_contents_is_an_id_in_the_text_and_a_line_of_words(markdown: str) -> None:
    made = render(markdown)
    for heading in made.headings:
        assert f'<h{heading.level} id="' in made.html
        assert IDS.fullmatch(heading.anchor)
        assert "\n" not in heading.title


@pytest.mark.parametrize(
    "leak",
    ["<script>", '<p onclick="x">', '<p style="x">', '<p id="top">', '<a href="JaVa&#10;script:x">', "<b>", "<svg/>",
     '<a href=" data:x">', "<!-- x -->", '<img src="//e.com">', "</p>"],
)  # fmt: skip
def test_the_reader_of_these_tests_sees_a_leak_where_there_is_one(leak: str) -> None:
    assert Leaks(leak).found
