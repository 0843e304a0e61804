"""Lists of pages: by kind and by principle, in order, in stretches; what the front page shows of them."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from portal.core.permissions import SYSTEM
from portal.knowledge import counts, documents, lately_changed, newest, principle_of_the_day, reading_order, stamps
from portal.knowledge.commands import write_revision
from portal.knowledge.model import Kind
from portal.knowledge.queries import PER_PAGE, Listing, cards, listing
from tests.factories import NOW, a_page, a_text

EN = ("en",)


def slugs(found: Listing) -> list[str]:
    return [card.slug for card in found.cards]


def test_a_kinds_pages_stand_in_their_order_and_those_without_a_place_after_them_by_name(session: Session) -> None:
    for slug, position in (("c", None), ("b", None), ("last", 9), ("first", 1), ("zero", 0)):
        a_page(session, slug=slug, position=position)
    a_page(session, Kind.PHRASE, slug="phrase", position=1)
    found = listing(session, Kind.STORY, EN)
    assert slugs(found) == ["zero", "first", "last", "b", "c"]
    assert (found.number, found.stretches, found.total) == (1, 1, 5)


def test_a_list_can_be_that_of_one_principle_whichever_end_declared_the_link(session: Session) -> None:
    named = a_page(session, slug="named", position=2)
    a_page(session, Kind.PRINCIPLE, slug="wanted", links=[named])
    wanted = a_page(session, Kind.PRINCIPLE, slug="wanted-2")
    a_page(session, slug="naming", position=1, links=[wanted])
    a_page(session, slug="other")
    a_page(session, Kind.PHRASE, slug="phrase", links=[wanted])
    assert slugs(listing(session, Kind.STORY, EN, "wanted")) == ["named"]
    assert slugs(listing(session, Kind.STORY, EN, "wanted-2")) == ["naming"]
    assert slugs(listing(session, Kind.PHRASE, EN, "wanted-2")) == ["phrase"]
    assert listing(session, Kind.STORY, EN, "nowhere") == Listing((), 1, 1, 0)


def test_a_long_list_comes_in_stretches_that_hold_every_page_once(session: Session) -> None:
    wanted = [a_page(session, slug=f"story-{n:03}").slug for n in range(2 * PER_PAGE + 1)]
    found = [listing(session, Kind.STORY, EN, number=number) for number in (1, 2, 3)]
    assert [slug for stretch in found for slug in slugs(stretch)] == wanted
    assert {(stretch.stretches, stretch.total) for stretch in found} == {(3, 2 * PER_PAGE + 1)}


def test_a_stretch_that_isnt_there_is_the_nearest_that_is(session: Session) -> None:
    for n in range(PER_PAGE + 1):
        a_page(session, slug=f"story-{n:03}")
    assert listing(session, Kind.STORY, EN, number=0).number == 1
    assert listing(session, Kind.STORY, EN, number=-7).number == 1
    assert listing(session, Kind.STORY, EN, number=10**30).number == 2


def test_an_empty_list_is_one_empty_stretch(session: Session) -> None:
    assert listing(session, Kind.STORY, EN) == Listing((), 1, 1, 0)


def test_each_card_of_a_list_is_in_the_readers_language_or_the_next_best(session: Session) -> None:
    a_page(session, slug="a", texts={"en": a_text("en"), "hr": a_text("hr")})
    a_page(session, slug="b", texts={"ru": a_text("ru"), "en": a_text("en")})
    a_page(session, slug="c", texts={"sl": a_text("sl")})
    found = listing(session, Kind.STORY, reading_order("hr"))
    assert [(card.locale, card.title) for card in found.cards] == [("hr", "hr"), ("en", "en"), ("sl", "sl")]


def test_cards_come_in_the_order_asked_for_without_those_that_are_gone(session: Session) -> None:
    one, two = a_page(session), a_page(session)
    assert [card.page_id for card in cards(session, [two.id, 999_999, one.id], EN)] == [two.id, one.id]
    assert cards(session, [], EN) == ()


def test_a_card_knows_where_its_page_is_read(session: Session) -> None:
    ids = [a_page(session, kind, slug="x").id for kind in Kind]
    assert [card.address for card in cards(session, ids, EN)] == ["/principles/x", "/stories/x", "/phrases/x"]


def test_the_principle_of_the_day_goes_round_through_all_of_them_in_order(session: Session) -> None:
    for position, slug in enumerate("abc"):
        a_page(session, Kind.PRINCIPLE, slug=slug, position=position)
    a_page(session, Kind.STORY)
    days = [date(2026, 12, 28) + timedelta(n) for n in range(7)]
    found = [principle_of_the_day(session, day, EN) for day in days]
    names = "".join(card.slug for card in found if card)
    assert names in ("abc" * 4)[:9]
    assert len(names) == 7
    assert principle_of_the_day(session, days[0], EN) == found[0]


def test_without_principles_there_is_none_of_the_day(session: Session) -> None:
    a_page(session, Kind.STORY)
    assert principle_of_the_day(session, date(2026, 5, 4), EN) is None


def test_newest_are_the_pages_added_last_and_not_those_changed_last(session: Session) -> None:
    pages = [a_page(session, slug=f"day-{n}", now=NOW + timedelta(days=n)) for n in range(4)]
    a_page(session, Kind.PHRASE, now=NOW + timedelta(days=9))
    write_revision(session, SYSTEM, pages[0], "en", a_text(), NOW + timedelta(days=8))
    assert [card.slug for card in newest(session, Kind.STORY, 3, EN)] == ["day-3", "day-2", "day-1"]


def test_lately_changed_are_the_pages_changed_last_in_the_readers_language(session: Session) -> None:
    both = {"en": a_text(), "hr": a_text("Svjetiljka")}
    one, two = (a_page(session, slug=slug, texts=both) for slug in ("one", "two"))
    a_page(session, slug="russian", texts={"ru": a_text()}, now=NOW + timedelta(days=2))
    write_revision(session, SYSTEM, one, "hr", a_text("Lampa"), NOW + timedelta(days=1))
    write_revision(session, SYSTEM, two, "en", a_text(), NOW + timedelta(days=2))
    changed = lately_changed(session, 5, reading_order("hr"))
    assert [(card.slug, card.title) for card in changed] == [("one", "Lampa"), ("two", "Svjetiljka")]
    assert [card.slug for card in lately_changed(session, 1, reading_order("en"))] == ["two"]


def test_pages_are_counted_by_kind(session: Session) -> None:
    for kind in (Kind.STORY, Kind.STORY, Kind.PHRASE):
        a_page(session, kind)
    assert counts(session) == {Kind.PRINCIPLE: 0, Kind.STORY: 2, Kind.PHRASE: 1}


def test_search_gets_each_translation_as_it_stands_with_a_stamp_that_changes_with_it(session: Session) -> None:
    page = a_page(session, texts={"en": a_text(markdown="## Why\n\nBecause."), "hr": a_text("Svjetiljka")})
    other = a_page(session)
    found = {(document.page_id, document.locale): document for document in documents(session)}
    assert set(found) == {(page.id, "en"), (page.id, "hr"), (other.id, "en")}
    assert (found[page.id, "en"].headings, found[page.id, "en"].text) == (("Why",), "Why\nBecause.")
    assert stamps(session) == {key: document.stamp for key, document in found.items()}
    write_revision(session, SYSTEM, page, "hr", a_text("Lampa"), NOW)
    after = stamps(session)
    assert {key for key in after if after[key] != found[key].stamp} == {(page.id, "hr")}
    assert {document.locale for document in documents(session, [page.id])} == {"en", "hr"}
    assert list(documents(session, [])) == []
