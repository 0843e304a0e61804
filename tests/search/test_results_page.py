"""The results page in each of its states, as a reader gets it."""

import html
import re
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.core.permissions import Role
from portal.knowledge.model import Kind
from portal.people import as_actor
from portal.search import Index, rebuild
from portal.search.gap_commands import SynonymValues, add_synonym
from portal.search.web import PER_PAGE
from tests.factories import a_page, a_person, a_text

SignIn = Callable[..., FlaskClient]
Reader = Callable[..., str]


@pytest.fixture
def guidance(session: Session, database: Database, index: Index) -> None:
    """Pages to find, in the database and in the index."""
    hotel = {
        "en": a_text(
            "The hotel lamp", "She came back to say so.", "A bulb <b>burnt</b> out in the evening.\n\nShe rang."
        ),
        "ru": a_text("Лампа в отеле", "Она вернулась.", "Лампа перегорела. Клиент ждал."),
    }
    own = a_page(session, Kind.PRINCIPLE, slug="own-it", title="Own it to the end", markdown="As with the lamp, ring.")
    ask = a_page(
        session,
        Kind.PRINCIPLE,
        slug="ask",
        title="Ask & listen",
        markdown="Ask about the lamp in the hall, and the contract.",
    )
    a_page(session, slug="hotel-lamp", texts=hotel, links=[own, ask])
    contract = a_text("It was in your contract", "Let’s find you new terms.", "Hardly anyone reads it by a lamp.")
    a_page(session, Kind.PHRASE, slug="in-your-contract", texts={"en": contract}, links=[own])
    session.commit()
    rebuild(database, index)


@pytest.fixture
def read(guidance: None, sign_in: SignIn) -> Reader:
    """The results page of a query (and other parameters of its address), as an English-speaking employee reads it."""
    client = sign_in()

    def page(q: str, /, **parameters: str) -> str:
        answer = client.get("/search", query_string={"q": q, **parameters})
        assert answer.status_code == 200
        return html.unescape(answer.text.replace("&lt;", "&amp;lt;"))

    return page


def main(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]


def said(page: str) -> str:
    """The words of a page's main part, without markup."""
    return " ".join(re.sub(r"<[^>]*>", " ", main(page)).split())


def hits(page: str) -> list[str]:
    """The addresses of the pages in the lists of what was found."""
    return re.findall(r'<li class="hit">.*?<h3[^>]*><a href="([^"]+)"', page, re.DOTALL)


def links(page: str, label: str) -> list[str]:
    """The addresses of links that say ``label``."""
    found = re.findall(r'<a [^>]*?href="([^"]+)"[^>]*>(.*?)</a>', main(page), re.DOTALL)
    return [address for address, text in found if label in " ".join(re.sub(r"<[^>]*>", " ", text).split())]


def test_a_passage_is_shown_with_what_matched_marked_and_nothing_else_of_html(read: Reader) -> None:
    page = read(" bulbs ")
    assert 'value="bulbs"' in page
    assert "A <mark>bulb</mark> burnt out in the evening." in page
    assert "The hotel <mark>lamp</mark>" in read("lamp")
    page = read("<b>bulb</b> \"'>")
    assert "<b>bulb" not in page
    assert hits(page) == ["/stories/hotel-lamp"]


def test_what_was_found_in_another_language_says_which_and_what_is_shown_says_its_own(
    read: Reader, sign_in: SignIn
) -> None:
    page = read("отель")
    assert 'href="/stories/hotel-lamp?lang=ru" hreflang="ru">Matched in <span lang="ru">Русский</span>' in page
    assert '<h3 class="card-title"><a href="/stories/hotel-lamp">The hotel lamp' in page
    page = html.unescape(sign_in(locale="hr").get("/search?q=bulb").text)
    assert '<h3 class="card-title" lang="en">' in page
    assert '<p class="snippet" lang="en">A <mark>bulb</mark>' in page


def test_a_slip_is_forgiven_said_and_can_be_insisted_on(read: Reader) -> None:
    page = read("evenign", lang="en")
    assert "Showing what was found for evening . Search for “evenign” as typed" in said(page)
    assert hits(page) == ["/stories/hotel-lamp"]
    assert links(page, "as typed") == ["/search?q=evenign&exact=1&lang=en"]
    page = read("evenign", exact="1")
    assert hits(page) == []
    assert links(page, "Search more loosely") == ["/search?q=evenign"]
    assert "Showing what" not in said(read("evening"))


def test_another_keyboard_and_words_run_together_are_told_in_their_own_words(read: Reader) -> None:
    assert "Another keyboard seems to have been switched on. Showing what was found for клиент ." in said(
        read("rkbtyn")
    )
    assert "Showing what was found for the hotel lamp , with words joined or parted." in said(read("the hotellamp"))


def test_what_editors_say_it_means_is_said_to_be_searched_too(read: Reader, session: Session, now: datetime) -> None:
    editor = as_actor(a_person(session, roles=[Role.EDITOR]))
    add_synonym(session, editor, SynonymValues("torch", "bulb"), now)
    session.commit()
    page = read("torch")
    assert "Also searched: bulb" in said(page)
    assert "A <mark>bulb</mark> burnt out" in page


def test_pages_with_all_the_words_come_first_and_those_with_some_below_a_heading(read: Reader) -> None:
    page = read("lamp evening")
    before, heading, after = main(page).partition("These have some of the words")
    assert heading
    assert "1 page found" in before
    assert hits(before) == ["/stories/hotel-lamp"]
    assert set(hits(after)) == {"/principles/own-it", "/principles/ask", "/phrases/in-your-contract"}


def test_when_no_page_has_all_the_words_those_that_the_nearest_lacks_are_struck(read: Reader) -> None:
    page = read("evening zeppelin voyage")
    assert "No page has all of these words. The nearest is without: zeppelin , voyage" in said(page)
    assert "<s>zeppelin</s>, <s>voyage</s>" in page
    assert hits(page) == ["/stories/hotel-lamp"]
    assert "These have some" not in page


def test_what_one_is_about_to_say_brings_the_phrase_card_first_with_what_to_say_instead(read: Reader) -> None:
    page = read("it's in your contract")
    coach = main(page).partition('class="coach"')[2].partition("</section>")[0]
    assert "Don’t say" in coach
    assert (
        '<h2 id="coach-words"><a href="/phrases/in-your-contract">It was in your <mark>contract</mark></a></h2>'
        in coach
    )
    assert "Say instead" in coach
    assert "Let’s find you new terms." in coach
    assert hits(page) == ["/principles/ask"]
    assert main(page).index('class="coach"') < main(page).index('<ol class="hits"')


def test_a_phrase_card_among_others_shows_what_not_to_say_and_what_to_say(read: Reader) -> None:
    card = main(read("hardly lamp")).partition('href="/phrases/in-your-contract"')
    assert "Don’t say" in card[0][-300:]
    assert "Say instead" in card[2][:400]


def test_nothing_found_is_no_dead_end(read: Reader, sign_in: SignIn) -> None:
    page = read("zeppelin")
    assert "Nothing here answers that yet." in said(page)
    assert 'href="/stories"' in main(page)
    assert main(page).count('<li class="card">') == 3, "pages to begin with"
    assert links(page, "Search without filters") == []
    assert links(page, "Searched in vain") == []
    assert "/search/gaps" in sign_in(Role.EDITOR).get("/search?q=zeppelin").text
    page = read("evening kind:phrase", principle="ask", lang="en")
    assert links(page, "Search without filters") == ["/search?q=evening&lang=en"]


def test_it_narrows_by_kind_language_and_principle_and_each_is_undone_where_it_was_chosen(read: Reader) -> None:
    page = read("lamp", lang="en", exact="1")
    assert links(page, "Case stories 1") == ["/search?q=lamp&lang=en&exact=1&kind=story"]
    assert links(page, "Ask & listen 2") == ["/search?q=lamp&lang=en&exact=1&principle=ask"]
    page = read("lamp kind:phrase", principle="own-it")
    assert re.findall(r'href="([^"]+)" aria-current="true"', main(page)) == [
        "/search?q=lamp&principle=own-it",
        "/search?q=lamp+kind:phrase",
    ]
    assert hits(page) == ["/phrases/in-your-contract"]
    assert "English" not in said(page), "where there is but one language"


def test_the_help_is_there_without_script(read: Reader) -> None:
    help_ = main(read("")).partition('<details class="asking-help">')[2].partition("</details>")[0]
    for example in ("“golden hour”", "complaint -bank", "kind:story", "lang:en", "principle:own-it-to-the-end"):
        assert f"<code>{example}</code>" in help_


def test_headings_go_down_by_one(read: Reader) -> None:
    for query in ("lamp", "lamp evening", "evening zeppelin", "it's in your contract", "zeppelin", ""):
        levels = [int(level) for level in re.findall(r"<h([1-6])\b", main(read(query)))]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels)), query


def test_the_pager_keeps_what_narrows_and_how_exactly_it_is_searched(
    session: Session, database: Database, index: Index, sign_in: SignIn
) -> None:
    for n in range(PER_PAGE + 2):
        a_page(session, slug=f"page-{n}", title="Lamp")
    session.commit()
    rebuild(database, index)
    client = sign_in()
    page = html.unescape(client.get("/search?q=lamp&kind=story&in=en&exact=1&lang=en").text)
    assert links(page, "Next") == ["/search?page=2&kind=story&in=en&lang=en&q=lamp&exact=1"]
    assert "12 pages found" in page
    page = html.unescape(client.get(links(page, "Next")[0]).text)
    assert len(hits(page)) == 2
    assert "12 pages found" in page
    page = html.unescape(client.get("/search?q=lamp&exact=1&page=3").text)
    assert links(page, "To the first results") == ["/search?q=lamp&exact=1"]


def test_while_the_index_is_being_made_anew_the_page_says_so_and_still_answers(read: Reader, tmp_path: Path) -> None:
    (tmp_path / "index" / "live").unlink()
    page = read("hotel")
    assert "Search is being put in order" in said(page)
    assert hits(page) == ["/stories/hotel-lamp"]


def test_a_language_that_no_page_is_in_can_be_taken_off_again(read: Reader) -> None:
    page = read("lamp", **{"in": "de"})
    assert hits(page) == []
    assert "Search without filters" in page
