"""Reading one page: in which language, with which links, and what else is offered beside it."""

import pytest
from sqlalchemy.orm import Session

from portal.core.permissions import SYSTEM
from portal.knowledge import queries
from portal.knowledge.commands import add_page
from portal.knowledge.model import Kind, Page, Source
from portal.knowledge.queries import PageView
from tests.factories import NOW, a_page, a_text


def seen(session: Session, page: Page, *locales: str) -> PageView:
    view = queries.page(session, Kind(page.kind), page.slug, locales or ("en",))
    assert view is not None
    return view


def slugs(cards: tuple[queries.Card, ...]) -> list[str]:
    return [card.slug for card in cards]


TEXTS = {"en": a_text("Lamp", "Light", "English"), "hr": a_text("Svjetiljka", "Svjetlo", "Hrvatski")}


def test_a_page_is_read_in_the_readers_language(session: Session) -> None:
    view = seen(session, a_page(session, texts=TEXTS), "hr", "en")
    assert (view.card.locale, view.card.title, view.card.summary, view.html) == (
        "hr", "Svjetiljka", "Svjetlo", "<p>Hrvatski</p>",
    )  # fmt: skip
    assert view.missing is None


def test_a_page_that_is_not_written_in_the_readers_language_is_read_in_the_next_and_says_so(session: Session) -> None:
    view = seen(session, a_page(session, texts=TEXTS), "ka", "ru", "hr", "en")
    assert (view.card.locale, view.missing) == ("hr", "ka")


def test_a_page_in_none_of_the_readers_languages_is_still_shown(session: Session) -> None:
    view = seen(session, a_page(session, texts={"sl": a_text("Luč")}), "ka", "en")
    assert (view.card.locale, view.card.title, view.missing) == ("sl", "Luč", "ka")


def test_a_page_names_all_its_languages_in_the_readers_order(session: Session) -> None:
    page = a_page(session, texts={code: a_text(code) for code in ("ka", "en", "sl", "de", "ru")})
    assert seen(session, page, "ru", "en", "hr", "ka").locales == ("ru", "en", "ka", "de", "sl")


def test_there_is_no_page_without_a_text_or_of_another_kind(session: Session) -> None:
    page = a_page(session, Kind.STORY, texts={"en": a_text()})
    add_page(session, SYSTEM, Kind.STORY, "bare", NOW)
    assert queries.page(session, Kind.PRINCIPLE, page.slug, ["en"]) is None
    assert queries.page(session, Kind.STORY, "nowhere", ["en"]) is None
    assert queries.page(session, Kind.STORY, page.slug + "\x00", ["en"]) is None
    assert queries.page(session, Kind.STORY, "bare", ["en"]) is None


def test_linked_pages_stand_by_kind_in_the_order_in_which_the_page_names_them(session: Session) -> None:
    third, first = a_page(session, Kind.PRINCIPLE, slug="z"), a_page(session, Kind.PRINCIPLE, slug="a")
    phrase = a_page(session, Kind.PHRASE)
    view = seen(session, a_page(session, links=[phrase, third, first]))
    assert list(view.linked) == [Kind.PRINCIPLE, Kind.PHRASE]
    assert slugs(view.linked[Kind.PRINCIPLE]) == ["z", "a"]


def test_pages_that_name_this_one_stand_after_those_that_it_names_in_the_order_of_their_list(session: Session) -> None:
    named = a_page(session, Kind.STORY, slug="named", position=9)
    principle = a_page(session, Kind.PRINCIPLE, links=[named])
    a_page(session, Kind.STORY, slug="second", position=2, links=[principle])
    a_page(session, Kind.STORY, slug="first", position=1, links=[principle])
    a_page(session, Kind.STORY, slug="unplaced", links=[principle])
    assert slugs(seen(session, principle).linked[Kind.STORY]) == ["named", "first", "second", "unplaced"]


def test_a_link_that_both_ends_declare_is_one_link(session: Session) -> None:
    story = a_page(session, Kind.STORY, slug="story")
    principle = a_page(session, Kind.PRINCIPLE, slug="principle", links=[story])
    a_page(session, Kind.STORY, slug="other", links=[principle, story])
    assert slugs(seen(session, story).linked[Kind.PRINCIPLE]) == ["principle"]
    assert slugs(seen(session, principle).linked[Kind.STORY]) == ["story", "other"]


def test_linked_pages_are_shown_in_the_language_of_the_page(session: Session) -> None:
    both = a_page(session, Kind.PRINCIPLE, texts={"en": a_text("Own it"), "hr": a_text("Preuzmi")})
    page = a_page(session, texts={"hr": a_text("Samo hrvatski")}, links=[both])
    view = seen(session, page, "en", "hr")
    assert view.card.locale == "hr"
    assert [card.title for card in view.linked[Kind.PRINCIPLE]] == ["Preuzmi"]


def test_a_page_names_no_more_linked_pages_of_a_kind_than_can_be_taken_in(session: Session) -> None:
    principle = a_page(session, Kind.PRINCIPLE)
    for _ in range(queries.LINKED_AT_MOST + 3):
        a_page(session, Kind.STORY, links=[principle])
    assert len(seen(session, principle).linked[Kind.STORY]) == queries.LINKED_AT_MOST


def test_you_might_also_like_what_shares_most_with_this_page_and_isnt_linked_with_it_already(session: Session) -> None:
    one, two = a_page(session, Kind.PRINCIPLE, slug="one"), a_page(session, Kind.PRINCIPLE, slug="two")
    a_page(session, slug="shares-one", links=[one])
    a_page(session, slug="shares-both", links=[one, two])
    a_page(session, slug="stranger")
    story = a_page(session, slug="here", links=[one, two])
    assert slugs(seen(session, story).also) == ["shares-both", "shares-one", "stranger"]


def test_a_page_without_links_is_offered_with_its_neighbours_in_the_list(session: Session) -> None:
    for position in (1, 2, 3, 7, 9):
        a_page(session, slug=f"at-{position}", position=position)
    a_page(session, Kind.PHRASE, position=3)
    assert slugs(seen(session, a_page(session, position=8)).also) == ["at-7", "at-9", "at-3"]


def test_a_page_alone_offers_nothing_else(session: Session) -> None:
    assert seen(session, a_page(session)).also == ()


@pytest.mark.parametrize("locale", ["en", "ka"])
def test_sources_stand_in_their_order_with_all_that_is_known_of_them(session: Session, locale: str) -> None:
    sources = (
        Source("Б", author="А. А.", publisher="П", year="2017", url="https://example.com/x", language="ru"),
        Source("A", language="hr"),
    )
    assert seen(session, a_page(session, sources=sources), locale).sources == sources


def test_a_page_has_its_headings_for_a_table_of_contents(session: Session) -> None:
    page = a_page(session, markdown="## Why\n\n### How *exactly*\n\n#### Deep")
    headings = [(heading.level, heading.anchor, heading.title) for heading in seen(session, page).headings]
    assert headings == [(2, "s-why", "Why"), (3, "s-how-exactly", "How exactly"), (4, "s-deep", "Deep")]
