"""What is suggested while somebody is typing: titles with the words so far, the last one begun, in any language."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.knowledge.model import Kind, PageText
from portal.search import Index, rebuild
from portal.search.suggesting import Suggestion, suggest
from tests.factories import a_page
from tests.wins.scenes import a_win

Suggest = Callable[..., list[str]]


def text(title: str, summary: str = "–", body: str = "–") -> PageText:
    return PageText(title, summary, body)


@pytest.fixture
def ask(session: Session, database: Database, index: Index) -> Callable[..., tuple[Suggestion, ...]]:
    """Suggests from all that the test has written, which is indexed at the first call."""
    indexed: list[int] = []

    def asked(typed: str, locale: str = "en", most: int = 8) -> tuple[Suggestion, ...]:
        if not indexed:
            session.commit()
            indexed.append(rebuild(database, index))
        with database.reading() as reading:
            return suggest(reading, index, typed, locale, most)

    return asked


@pytest.fixture
def titles(ask: Callable[..., tuple[Suggestion, ...]]) -> Suggest:
    return lambda *typed: [one.title for one in ask(*typed)]


def test_a_word_that_is_begun_suggests_the_titles_that_go_on_with_it(session: Session, titles: Suggest) -> None:
    a_page(session, texts={"en": text("The hotel lamp", body="A customer.")})
    a_page(session, texts={"en": text("Customers are guests")})
    for typed in ("h", "hot", "HOTEL", " hotel", "lam", "  lamp  "):
        assert titles(typed) == ["The hotel lamp"], typed
    assert titles("zeppel") == []


def test_words_before_the_last_may_stand_anywhere_in_the_title_in_any_form(session: Session, titles: Suggest) -> None:
    a_page(session, texts={"en": text("Lamps of the hotel")})
    a_page(session, texts={"en": text("A hotel")})
    for typed in ("lamp hot", "hotels la"):
        assert titles(typed) == ["Lamps of the hotel", "A hotel"], "and what is nearest after it"


def test_a_word_that_is_ended_is_not_gone_on_with(session: Session, titles: Suggest) -> None:
    a_page(session, texts={"en": text("Lampion")})
    assert titles("lamp") == ["Lampion"]
    assert titles("la ") == []


def test_a_title_in_any_language_suggests_the_page_once_in_the_readers_language(
    session: Session, ask: Callable[..., tuple[Suggestion, ...]]
) -> None:
    names = {"en": "Hotel lamp", "ru": "Лампа в отеле", "hr": "Žarulja", "ka": "ნათურა"}
    a_page(session, slug="lamp", texts={code: text(name) for code, name in names.items()})
    for typed in ("hot", "лам", "zar", "žar", "ნათ", "ლამ ნათ"[4:]):
        for locale, name in names.items():
            assert ask(typed, locale) == (Suggestion("story", name, "/stories/lamp", locale, ""),), (typed, locale)


def test_titles_in_the_readers_language_come_first(session: Session, titles: Suggest) -> None:
    a_page(session, texts={"hr": text("Lamp")})
    a_page(session, texts={"en": text("Lamp of the old hotel")})
    assert titles("lam", "en") == ["Lamp of the old hotel", "Lamp"]
    assert titles("lam", "hr") == ["Lamp", "Lamp of the old hotel"]


def test_a_phrase_card_says_what_to_say_instead(session: Session, ask: Callable[..., tuple[Suggestion, ...]]) -> None:
    a_page(session, Kind.PHRASE, slug="no", texts={"en": text("It is in the contract", "Let me show you.")})
    (one,) = ask("it's in the contr")
    assert (one.kind, one.address, one.say) == ("phrase", "/phrases/no", "Let me show you.")


def test_wins_and_principles_are_suggested_as_what_they_are(
    session: Session, ask: Callable[..., tuple[Suggestion, ...]]
) -> None:
    principle = a_page(session, Kind.PRINCIPLE, slug="own-it", texts={"en": text("Own the kettle")})
    win = a_win(session, title="A kettle that sang", principles=(principle.id,))
    assert {(one.kind, one.address, one.say) for one in ask("kett")} == {
        ("win", f"/wins/{win.id}", ""),
        ("principle", "/principles/own-it", ""),
    }


def test_at_most_as_many_are_suggested_as_are_asked_for_each_once(session: Session, titles: Suggest) -> None:
    for number in range(12):
        a_page(session, texts={"en": text(f"Lamp {number}", body="lamp"), "hr": text(f"Lamp {number} hr")})
    assert len(set(titles("lam"))) == len(titles("lam")) == 8
    assert len(titles("lam", "en", 3)) == 3


def test_when_few_titles_begin_so_pages_follow_that_have_the_words_elsewhere(session: Session, titles: Suggest) -> None:
    a_page(session, texts={"en": text("A story", body="She brought a zeppelin.")})
    a_page(session, texts={"en": text("Zeppelins")})
    assert titles("zeppel") == ["Zeppelins", "A story"]
    assert titles("zepelin") == ["Zeppelins", "A story"], "with a typo too"


def test_a_change_is_suggested_at_once(session: Session, database: Database, index: Index, titles: Suggest) -> None:
    assert titles("lam") == []
    a_page(session, texts={"en": text("Lamp")})
    session.commit()
    assert titles("lam") == ["Lamp"]


@pytest.mark.parametrize(
    "typed",
    ["", " ", "\x00", "?", "'", "ʼ", "-", '"', '"lam', "-lam", "kind:", "kind:story", "lang:xx lam", "\ud800", "\u00ad",
     "9" * 30, "lamp " * 5_000, "x" * 10_000, "a" * 299 + " b", "ﷺ", "🦄", "лам\x00", "la\u0301m"],
)  # fmt: skip
def test_whatever_is_typed_is_no_error(session: Session, titles: Suggest, typed: str) -> None:
    a_page(session, texts={"en": text("Lamp")})
    assert titles(typed) in ([], ["Lamp"])


@pytest.fixture
def four_lamps(session: Session) -> None:
    for locale, title in (("en", "Lamp"), ("ru", "Лампа"), ("hr", "Žarulja"), ("ka", "ლამპა")):
        a_page(session, texts={locale: text(title)})


@pytest.mark.usefixtures("four_lamps")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text() | st.text(st.sampled_from("lamp лампа žđ \"'*~^:()-\x00\u00ad\u0301")))
def test_no_text_is_an_error(ask: Callable[..., tuple[Suggestion, ...]], typed: str) -> None:
    found = ask(typed)
    assert len({one.address for one in found}) == len(found) <= 8
