"""Reading the guidance over HTTP: lists and pages in the reader's language or another, and nothing hostile in them."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.knowledge.model import Kind, Source
from portal.knowledge.queries import PER_PAGE
from portal.search import rebuild
from tests.factories import a_page, a_text

SignIn = Callable[..., FlaskClient]
LAMP = {
    "en": a_text("The lamp", "A bulb", "## Why\n\nEnglish.\n\n## How\n\nSo."),
    "hr": a_text("Svjetiljka", "Žarulja", "## Zašto\n\nHrvatski."),
}


def element(html: str, tag: str, name: str = "") -> str:
    """The first opening tag of ``tag`` with ``name`` in its attributes."""
    found = re.search(rf"<{tag}\b[^>]*{name}[^>]*>", html)
    assert found, f"no <{tag} {name}>"
    return found[0]


@pytest.fixture
def lamp(session: Session) -> str:
    a_page(session, slug="lamp", texts=LAMP)
    return "/stories/lamp"


def test_a_page_is_shown_in_the_readers_language(lamp: str, sign_in: SignIn) -> None:
    html = sign_in(locale="hr").get(lamp).text
    assert "Svjetiljka" in html
    assert "Hrvatski." in html
    assert "English." not in html
    assert 'lang="hr"' in element(html, "html")
    assert "lang=" not in element(html, "article")
    assert "lang=" not in element(html, "h1")


def test_a_page_is_shown_in_another_language_on_request_and_says_which(lamp: str, sign_in: SignIn) -> None:
    html = sign_in(locale="en").get(f"{lamp}?lang=hr").text
    assert "Hrvatski." in html
    assert 'lang="en"' in element(html, "html")
    assert 'lang="hr"' in element(html, "article")
    assert 'lang="hr"' in element(html, "h1")


def test_a_page_offers_its_other_languages(lamp: str, sign_in: SignIn) -> None:
    html = sign_in(locale="en").get(lamp).text
    assert 'lang="hr"' in element(html, "a", f'href="{re.escape(lamp)}.lang=hr"')
    assert 'aria-current="true"' in element(html, "a", f'href="{re.escape(lamp)}.lang=en"')
    assert f"{lamp}?lang=ka" not in html


def test_a_page_that_lacks_the_readers_language_says_so(lamp: str, sign_in: SignIn) -> None:
    html = sign_in(locale="en").get(f"{lamp}?lang=ka").text
    notice = re.sub(r"<[^>]+>", "", html[html.index('<p class="notice">') :].split("</p>")[0])
    assert notice.strip() == "This page isn’t written in ქართული yet; you are reading it in English."


@pytest.mark.parametrize("lang", ["xx", "", "../en", "<b>", "%00", "en-GB", "h" * 3_000])
def test_an_unknown_language_is_the_readers_own(lamp: str, sign_in: SignIn, lang: str) -> None:
    answer = sign_in(locale="hr").get(f"{lamp}?lang={lang}")
    assert answer.status_code == 200
    assert "Hrvatski." in answer.text
    assert '<p class="notice">' not in answer.text


def test_what_is_not_there_in_the_language_asked_for_is_read_in_the_readers_own(lamp: str, sign_in: SignIn) -> None:
    assert "Hrvatski." in sign_in(locale="hr").get(f"{lamp}?lang=ka").text


@pytest.mark.parametrize(
    "address",
    ["/stories/nowhere", "/principles/lamp", "/stories/LAMP", "/stories/lamp%00", "/stories/%ff", "/stories/lamp/",
     "/stories/lamp/x", "/guidance", "/stories?principle=nowhere", "/stories?principle=%00", "/stories?principle=",
     "/principles?principle=own-it"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(session: Session, lamp: str, sign_in: SignIn, address: str) -> None:
    a_page(session, Kind.PRINCIPLE, slug="own-it")
    assert sign_in().get(address).status_code == 404


@pytest.mark.parametrize("address", ["/stories/lamp", "/stories/nowhere", "/stories", "/search?q=lamp"])
def test_nobody_reads_without_signing_in(lamp: str, client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in?next=")


def test_a_page_has_a_table_of_contents_with_links_to_its_headings(lamp: str, sign_in: SignIn) -> None:
    html = sign_in().get(lamp).text
    for anchor in ("s-why", "s-how"):
        assert f'<h2 id="{anchor}">' in html
        assert html.count(f'href="#{anchor}"') >= 2


def test_a_phrase_card_shows_what_not_to_say_beside_what_to_say(session: Session, sign_in: SignIn) -> None:
    a_page(session, Kind.PHRASE, slug="no", title="It was in your contract", summary="Let me read it with you")
    for address in ("/phrases/no", "/phrases"):
        html = sign_in().get(address).text
        dont, say = html.index('class="dont"'), html.index('class="say"')
        assert dont < html.index("Don’t say") < html.index("It was in your contract", dont) < say
        assert say < html.index("Say instead", say) < html.index("Let me read it with you", say)


def test_a_list_shows_its_kind_and_leads_to_each_page(session: Session, lamp: str, sign_in: SignIn) -> None:
    a_page(session, Kind.PHRASE, slug="phrase", title="A phrase")
    html = sign_in(locale="hr").get("/stories").text
    assert f'<a href="{lamp}">Svjetiljka</a>' in html
    assert "A phrase" not in html


def test_a_card_in_another_language_says_so(session: Session, sign_in: SignIn) -> None:
    a_page(session, slug="ka", texts={"ka": a_text("ლამპა", "ნათურა")})
    html = sign_in(locale="en").get("/stories").text
    assert re.search(r'<h2[^>]* lang="ka"><a href="/stories/ka">ლამპა</a></h2>', html)
    assert re.search(r'<p[^>]* lang="ka">ნათურა</p>', html)


def test_a_principles_list_names_the_principle(session: Session, lamp: str, sign_in: SignIn) -> None:
    own_it = a_page(session, Kind.PRINCIPLE, slug="own-it", title="Own it to the end")
    a_page(session, slug="linked", title="A linked story", links=[own_it])
    html = sign_in().get("/stories?principle=own-it").text
    assert "Own it to the end" in html
    assert "A linked story" in html
    assert lamp not in html


@pytest.mark.parametrize(("number", "shown"), [("2", 1), ("1", PER_PAGE), ("99", 1), ("0", PER_PAGE), ("x", PER_PAGE)])
def test_a_long_list_is_read_stretch_by_stretch(session: Session, sign_in: SignIn, number: str, shown: int) -> None:
    for n in range(PER_PAGE + 1):
        a_page(session, slug=f"story-{n:03}")
    html = sign_in().get(f"/stories?page={number}").text
    assert len(set(re.findall(r'href="(/stories/story-\d+)"', html))) == shown
    assert ('rel="next"' in html) == (shown == PER_PAGE)
    assert ('rel="prev"' in html) == (shown == 1)


def test_hostile_words_are_shown_and_never_obeyed(
    session: Session, database: Database, app: Flask, sign_in: SignIn
) -> None:
    bad = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    source = Source(bad, author=bad, publisher=bad, year=bad, url="javascript:alert(1)", language=bad)
    for kind in Kind:
        a_page(
            session, kind, slug="bad", title=f"Lamp {bad}", summary=f"Sum {bad}", markdown="A lamp", sources=[source]
        )
    client = sign_in()
    rebuild(database, app.extensions["index"])
    pages = [f"/{kind.folder}{tail}" for kind in Kind for tail in ("", "/bad")]
    searches = ["/search?q=lamp", f"/search?q={bad}", f"/search?q={bad}&kind={bad}&in={bad}&lang={bad}"]
    for address in ["/", *pages, *searches]:
        html = client.get(address).text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html, address
        assert [piece for piece in ("<script>alert", "<img", "javascript:") if piece in html] == [], address
