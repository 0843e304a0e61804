"""From a query to pages: each page once, in the reader's language, with facets, and something rather than nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.cli.opening import handlers
from portal.core import outbox
from portal.core.db import Database
from portal.core.permissions import SYSTEM
from portal.knowledge.commands import set_facts
from portal.knowledge.model import Kind, Page, PageFacts, PageText
from portal.search import Index, find, rebuild
from portal.search.finding import Found
from portal.search.matching import NEAREST
from portal.search.ranking import CLOSELY
from tests.factories import NOW, a_page
from tests.search.documents import a_document

Search = Callable[..., Found]


def text(title: str, body: str = "") -> PageText:
    return PageText(title, "", body or "–")


@pytest.fixture
def search(session: Session, database: Database, index: Index) -> Search:
    """Finds in all that the test has written, which is indexed at the first call."""
    indexed: list[int] = []

    def ask(query: str, locale: str = "en", **how: Any) -> Found:
        if not indexed:
            session.commit()
            indexed.append(rebuild(database, index))
        with database.reading() as reading:
            return find(reading, index, query, locale, **how)

    return ask


def slugs(found: Found) -> list[str]:
    return [hit.card.slug for hit in found.hits]


def test_a_page_is_one_hit_whatever_its_languages(session: Session, search: Search) -> None:
    a_page(session, slug="lamp", texts={"en": text("The lamp"), "hr": text("Lampa", "lamp"), "ru": text("Лампа")})
    found = search("lamp")
    assert slugs(found) == ["lamp"]
    assert found.total == 1


@pytest.mark.parametrize(("locale", "title"), [("en", "Hotel lamp"), ("hr", "Hotelska lampa"), ("ru", "Лампа в отеле")])
def test_a_page_that_matches_in_several_languages_is_shown_in_the_readers(
    session: Session, search: Search, locale: str, title: str
) -> None:
    titles = {"en": "Hotel lamp", "hr": "Hotelska lampa", "ru": "Лампа в отеле"}
    a_page(session, texts={code: text(words, "Pokerstars") for code, words in titles.items()})
    (hit,) = search("pokerstars", locale).hits
    assert (hit.card.title, hit.matched) == (title, None)


def test_a_page_that_matches_in_another_language_is_shown_in_the_readers_and_names_the_other(
    session: Session, search: Search
) -> None:
    a_page(session, texts={"en": text("The lamp"), "ru": text("Светильник")})
    (hit,) = search("светильники", "en").hits
    assert (hit.card.locale, hit.card.title, hit.matched) == ("en", "The lamp", "ru")
    assert hit.snippet == ""


def test_a_page_that_the_readers_language_lacks_is_shown_in_one_that_it_has(session: Session, search: Search) -> None:
    a_page(session, texts={"ka": text("ლამპა", "ნათურა")})
    (hit,) = search("ნათურები", "hr").hits
    assert (hit.card.locale, hit.matched) == ("ka", None)


@pytest.mark.parametrize(
    ("locale", "body", "query"),
    [
        ("ru", "Лампочку заменили в тот же вечер.", "лампочка"),
        ("ru", "Постоялец вернулся в номер.", "постояльцами"),
        ("hr", "Žarulja je zamijenjena iste večeri.", "žarulje"),
        ("hr", "Gost se vratio u sobu.", "gostima"),
        ("hr", "Pritužba je riješena.", "prituzbe"),
        ("ka", "სტუმარმა ნათურა შეცვალა.", "ნათურები"),
        ("en", "The bulbs were replaced the same evening.", "replace bulb"),
    ],
)
def test_a_word_is_found_by_another_of_its_forms(
    session: Session, search: Search, locale: str, body: str, query: str
) -> None:
    a_page(session, slug="wanted", texts={locale: text("–", body)})
    a_page(session, slug="other", texts={locale: text("–", "123")})
    assert slugs(search(query, locale)) == ["wanted"]


def test_facets_count_pages_by_kind_and_language_as_if_their_own_filter_were_not_set(
    session: Session, search: Search
) -> None:
    a_page(session, Kind.STORY, texts={"en": text("Lamp"), "hr": text("Lamp")})
    a_page(session, Kind.STORY, texts={"en": text("Lamp")})
    a_page(session, Kind.PHRASE, texts={"hr": text("Lamp")})
    both = search("lamp")
    assert (both.kinds, both.locales) == ((("phrase", 1), ("story", 2)), (("en", 2), ("hr", 2)))
    stories = search("lamp", kind="story")
    assert (stories.total, stories.kinds, stories.locales) == (2, both.kinds, (("en", 2), ("hr", 1)))
    croatian = search("lamp", written_in="hr")
    assert (croatian.total, croatian.kinds, croatian.locales) == (2, (("phrase", 1), ("story", 1)), both.locales)
    nothing = search("lamp", kind="principle", written_in="ka")
    assert (nothing.total, nothing.hits) == (0, ())


def test_pages_with_every_word_are_followed_by_those_with_some(session: Session, search: Search) -> None:
    a_page(session, slug="one", title="Lamp, lamp, lamp")
    a_page(session, slug="both", title="A door", markdown="Lamp. Door. " + "And so on. " * 20 + "Window.")
    found = search("lamp window")
    assert (slugs(found), found.total, found.full, found.left_out) == (["both", "one"], 2, 1, ())


def test_without_any_page_that_has_all_words_it_is_said_which_ones_the_nearest_lacks(
    session: Session, search: Search
) -> None:
    a_page(session, slug="lamp", title="Lamp")
    a_page(session, slug="door", title="Door")
    found = search("the lamp of a zeppelin")
    assert (slugs(found), found.total, found.full, found.left_out) == (["lamp"], 1, 0, ("zeppelin",))
    found = search("zeppelin")
    assert (found.hits, found.total, found.full) == ((), 0, 0)
    assert {card.slug for card in found.nearest} == {"lamp", "door"}, "never a dead end"


def test_the_total_is_exact_however_many_there_are_and_however_few_are_shown(
    session: Session, database: Database, index: Index
) -> None:
    session.commit()
    many = [a_document(page, body="lamp window") for page in range(1, CLOSELY + 31)]
    some = [a_document(page, body="lamp") for page in range(500, 500 + 2 * NEAREST)]
    index.rebuild([*many, *some])
    with database.reading() as reading:
        found = find(reading, index, "lamp window", "en", limit=0)
        assert (found.total, found.full) == (len(many), len(many))
        assert find(reading, index, "lamp", "en", limit=0).total == len(many) + len(some)
        index.rebuild([*many[:2], *some])
        found = find(reading, index, "lamp window", "en", limit=0)
        assert (found.total, found.full) == (2 + NEAREST, 2)


def test_little_words_are_not_asked_of_a_page(session: Session, search: Search) -> None:
    a_page(session, slug="lamp", title="Lamp")
    found = search("what is the lamp")
    assert (slugs(found), found.full, found.left_out) == (["lamp"], 1, ())
    assert search("what is the lamp", exact=True).full == 0


def test_the_card_for_what_somebody_is_about_to_say_comes_first_with_what_to_say_instead(
    session: Session, search: Search
) -> None:
    a_page(session, Kind.STORY, slug="story", title="What is in the contract", markdown="Contract, contract, contract.")
    say = {"en": PageText("It is in the contract", "Let me show you what we agreed.", "–")}
    a_page(session, Kind.PHRASE, slug="contract", texts=say)
    found = search("but it's in the contract")
    assert [(hit.card.slug, hit.coach) for hit in found.hits] == [("contract", True), ("story", False)]
    assert found.hits[0].card.summary == "Let me show you what we agreed."


def test_what_narrows_may_stand_in_the_query_or_beside_it(session: Session, search: Search) -> None:
    own_it = a_page(session, Kind.PRINCIPLE, slug="own-it", title="Own the lamp")
    a_page(session, Kind.STORY, slug="story", title="Lamp", links=[own_it])
    a_page(session, Kind.STORY, slug="other", texts={"hr": text("Lamp")})
    for narrowed in (search("lamp principle:own-it"), search("lamp", principle="own-it")):
        assert set(slugs(narrowed)) == {"own-it", "story"}
        assert narrowed.principles == (("own-it", "Own the lamp", 2),)
    assert slugs(search("lamp kind:story lang:en")) == ["story"]
    assert set(slugs(search("kind:story"))) == {"story", "other"}
    assert search("lamp", principle="no-such").total == 3
    assert search("lamp principle:no-such").full == 0, "then they are words"


def test_what_a_principle_names_is_about_it_until_it_no_longer_does(
    session: Session, database: Database, index: Index
) -> None:
    story = a_page(session, Kind.STORY, slug="story", title="Lamp")
    principle = a_page(session, Kind.PRINCIPLE, slug="own-it", title="Own it", links=[story])
    session.commit()
    rebuild(database, index)

    def found() -> list[str]:
        session.commit()
        outbox.deliver(database, handlers(database, index), NOW)
        with database.reading() as reading:
            return slugs(find(reading, index, "lamp", "en", principle="own-it"))

    assert found() == ["story"]
    set_facts(session, SYSTEM, principle, PageFacts(), {}, NOW)
    assert found() == []
    link = Kind.STORY, "story"
    set_facts(session, SYSTEM, principle, PageFacts(links=(link,)), {link: story.id}, NOW)
    assert found() == ["story"]


def test_words_of_different_languages_may_stand_in_one_query(session: Session, search: Search) -> None:
    a_page(session, slug="mixed", texts={"ru": text("Адаптер Logitech", "Адаптер прислали бесплатно")})
    assert slugs(search("logitech адаптеры")) == ["mixed"]


def test_a_page_that_is_gone_is_not_shown_though_the_index_still_has_it(session: Session, search: Search) -> None:
    gone = a_page(session, slug="gone", title="Lamp")
    a_page(session, slug="here", title="Lamp")
    assert set(slugs(search("lamp"))) == {"gone", "here"}
    session.execute(delete(Page).where(Page.id == gone.id))
    session.commit()
    found = search("lamp")
    assert (slugs(found), found.total, found.full) == (["here"], 1, 1)


def test_hits_come_in_stretches_that_hold_each_page_once_best_first(session: Session, search: Search) -> None:
    for n in range(12):
        a_page(session, slug=f"page-{n}", title="Lamp" if n == 7 else f"Page {n}", markdown="A lamp " + "and more " * n)
    whole = search("lamp", limit=100)
    assert slugs(whole)[0] == "page-7"
    assert sorted((hit.score for hit in whole.hits), reverse=True) == [hit.score for hit in whole.hits]
    parts = [search("lamp", limit=5, offset=offset) for offset in (0, 5, 10, 15)]
    assert [slug for part in parts for slug in slugs(part)] == slugs(whole)
    assert {part.total for part in parts} == {12}
    assert search("lamp", limit=0).hits == ()
    assert search("lamp", limit=0).total == 12


@pytest.mark.parametrize("query", ["", "   ", "?!", "…", "—", "'", "\x00", "🦄"])
def test_a_query_without_words_finds_nothing_and_is_no_error(search: Search, query: str) -> None:
    found = search(query)
    assert (found.query, found.hits, found.total, found.incomplete) == (query, (), 0, False)


def test_what_is_too_long_is_searched_by_its_beginning(session: Session, search: Search) -> None:
    a_page(session, title="Lamp")
    assert search("lamp " * 10_000).total == 1
    assert search("x" * 299 + " lamp").total == 0


@pytest.fixture
def four_lamps(session: Session) -> None:
    for locale, title in (("en", "Lamp"), ("ru", "Лампа"), ("hr", "Žarulja"), ("ka", "ლამპა")):
        a_page(session, texts={locale: text(title)})


@pytest.mark.usefixtures("four_lamps")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text() | st.text(st.sampled_from("lamp лампа žđ \"'*~^:()[]{}AND OR NOT\\/+-\x00\u00ad")),
       locale=st.sampled_from(["en", "ru", "hr", "ka", "sl"]), kind=st.none() | st.sampled_from(Kind),
       written_in=st.none() | st.text(max_size=3))  # fmt: skip
def test_no_query_is_an_error(
    search: Search, query: str, locale: str, kind: Kind | None, written_in: str | None
) -> None:
    found = search(query, locale, kind=kind, written_in=written_in)
    assert found.query == query
    assert len(found.hits) <= found.total
