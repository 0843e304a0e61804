"""What is searched is what is there now: a change is found before the worker has been, and what is gone never."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.cli.opening import handlers
from portal.core import outbox
from portal.core.db import Database
from portal.core.outbox import Work
from portal.core.permissions import SYSTEM
from portal.knowledge.commands import write_revision
from portal.knowledge.model import Kind, Page, PageText
from portal.search import Index, find, rebuild
from portal.search.finding import Found
from portal.search.present import MOST_WAITING, ask
from portal.search.suggesting import suggest
from portal.wins import posting
from tests.counting import count_queries
from tests.factories import NOW, a_page, a_text
from tests.wins.scenes import a_win, an_actor, changed

Search = Callable[..., Found]


@pytest.fixture
def search(session: Session, database: Database, index: Index) -> Search:
    """Finds in all that the test has written so far."""

    def searched(query: str, locale: str = "en", **how: Any) -> Found:
        session.commit()
        with database.reading() as reading:
            return find(reading, index, query, locale, **how)

    return searched


@pytest.fixture
def deliver(session: Session, database: Database, index: Index) -> Callable[[], None]:
    """The worker comes by."""

    def come_by() -> None:
        session.commit()
        outbox.deliver(database, handlers(database, index), NOW + timedelta(hours=2))

    return come_by


def slugs(found: Found) -> set[str]:
    assert not found.incomplete
    assert len({hit.card.address for hit in found.hits}) == len(found.hits) == found.total
    return {hit.card.slug for hit in found.hits}


def test_what_is_published_is_found_before_the_worker_has_been_and_after(
    session: Session, search: Search, deliver: Callable[[], None]
) -> None:
    a_page(session, slug="one", title="The lamp")
    deliver()
    a_page(session, slug="two", title="A lamp", texts={"hr": a_text("Lamp i svjetiljka"), "en": a_text("A lamp")})
    for _ in range(2):
        found = search("lamp")
        assert slugs(found) == {"one", "two"}
        assert (found.kinds, found.locales) == ((("story", 2),), (("en", 2), ("hr", 1)))
        assert slugs(search("svjetiljka")) == {"two"}
        deliver()


def test_what_is_written_anew_is_found_by_its_new_words_and_no_longer_by_its_old_ones(
    session: Session, search: Search, deliver: Callable[[], None]
) -> None:
    page = a_page(session, slug="page", title="The lamp", texts={"en": a_text("The lamp"), "hr": a_text("Svjetiljka")})
    deliver()
    write_revision(session, SYSTEM, page, "en", a_text("The candle"), NOW)
    for _ in range(2):
        assert slugs(search("candle", exact=True)) == {"page"}
        assert slugs(search("lamp", exact=True)) == set()
        assert slugs(search("svjetiljka", exact=True)) == {"page"}
        deliver()
    write_revision(session, SYSTEM, page, "en", a_text("The kettle"), NOW)
    write_revision(session, SYSTEM, page, "en", a_text("The teapot"), NOW)
    assert slugs(search("teapot", exact=True)) == {"page"}
    assert slugs(search("kettle", exact=True)) == slugs(search("candle", exact=True)) == set()


def test_a_page_that_is_gone_is_not_found_nor_counted_nor_suggested(
    session: Session, database: Database, index: Index, search: Search, deliver: Callable[[], None]
) -> None:
    page = a_page(session, slug="gone", title="The lamp")
    a_page(session, slug="here", title="The lamp")
    deliver()
    session.execute(delete(Page).where(Page.id == page.id))
    outbox.add(session, Work.INDEX, {"page": page.id}, NOW)
    for _ in range(2):
        found = search("lamp")
        assert slugs(found) == {"here"}
        assert found.kinds == (("story", 1),)
        with database.reading() as reading:
            assert [one.address for one in suggest(reading, index, "lam", "en")] == ["/stories/here"]
        deliver()


def test_a_win_is_found_from_the_moment_it_is_shared_until_it_is_taken_back(
    session: Session, search: Search, deliver: Callable[[], None]
) -> None:
    author = an_actor(session)
    win = a_win(session, author=author, title="A kettle that sang")
    assert slugs(search("kettle")) == {str(win.id)}
    deliver()
    changed(session, win, author, title="A candle that sang")
    assert slugs(search("candle", exact=True)) == {str(win.id)}
    assert slugs(search("kettle", exact=True)) == set()
    deliver()
    posting.withdraw(session, author, win.id, NOW)
    assert slugs(search("candle", exact=True)) == set()


def test_one_change_after_another_is_found_though_the_worker_comes_between_them_and_the_outbox_is_empty(
    session: Session, search: Search, deliver: Callable[[], None]
) -> None:
    for number in range(4):
        a_page(session, slug=f"page-{number}", title="The lamp", markdown=f"It says word{number}.")
        assert slugs(search(f"word{number}", exact=True)) == {f"page-{number}"}
        assert slugs(search("lamp")) == {f"page-{one}" for one in range(number + 1)}
        deliver()


def test_a_search_asks_the_database_as_often_whether_nothing_or_much_has_changed(
    session: Session, database: Database, index: Index, search: Search, deliver: Callable[[], None]
) -> None:
    def asked() -> int:
        search("lamp")  # What has changed is read once, by the first who searches.
        with count_queries(database.engine) as seen:
            search("lamp")
        return len(seen)

    a_page(session, title="The lamp")
    deliver()
    none = asked()
    for _ in range(5):
        a_page(session, title="The lamp")
    assert asked() == none


def test_when_more_wait_than_are_read_the_newest_are_found_and_the_answer_says_that_it_may_lack_some(
    session: Session, search: Search, deliver: Callable[[], None]
) -> None:
    oldest = a_page(session, slug="oldest", title="The candle")
    session.flush()
    outbox.add_all(session, Work.INDEX, [({"page": oldest.id + 1000}, NOW)] * MOST_WAITING)
    a_page(session, slug="newest", title="The lamp")
    found = search("lamp")
    assert ([hit.card.slug for hit in found.hits], found.incomplete) == (["newest"], True)
    found = search("candle")
    assert (found.total, found.incomplete) == (0, True)
    deliver()
    assert slugs(search("candle")) == {"oldest"}


def test_as_many_as_are_read_leave_nothing_out(session: Session, search: Search) -> None:
    page = a_page(session, slug="page", title="The lamp")
    outbox.add_all(session, Work.INDEX, [({"page": page.id}, NOW)] * (MOST_WAITING - 1))
    assert slugs(search("lamp")) == {"page"}


def test_payloads_that_name_nothing_to_index_are_no_obstacle(session: Session, search: Search) -> None:
    a_page(session, slug="page", title="The lamp")
    for payload in ({}, {"page": 10**9}, {"win": 10**9}, {"other": 1}):
        outbox.add(session, Work.INDEX, payload, NOW)
    assert slugs(search("lamp")) == {"page"}


# Without an index


@pytest.fixture
def no_index(session: Session, database: Database, index: Index) -> None:
    """Pages and a win, and an index that nobody can open."""
    texts = {"en": PageText("The hotel lamp", "A bulb burnt out.", "In the window."), "ru": a_text("Лампа в отеле")}
    a_page(session, slug="lamp", texts=texts)
    a_page(session, Kind.PHRASE, slug="said", title="It is in the contract")
    own_it = a_page(session, Kind.PRINCIPLE, title="Own it")
    a_win(session, title="A kettle that sang", markdown="By the window.", principles=(own_it.id,))
    session.commit()
    rebuild(database, index)
    (index.folder / "live").unlink()


def titles(found: Found) -> list[str]:
    assert found.incomplete
    return [hit.card.title for hit in found.hits]


@pytest.mark.usefixtures("no_index")
def test_without_an_index_titles_and_summaries_are_searched_in_every_language(search: Search) -> None:
    assert titles(search("lamp")) == ["The hotel lamp"]
    assert titles(search("bulbs")) == ["The hotel lamp"]
    assert titles(search("лампы", "ru")) == ["Лампа в отеле"]
    assert titles(search("kettle")) == ["A kettle that sang"]
    assert titles(search("htoel")) == ["The hotel lamp"]
    assert search("it's in the contract").hits[0].coach
    assert titles(search("window")) == []
    assert search("lamp", kind="phrase").total == 0


@pytest.mark.usefixtures("no_index")
def test_without_an_index_changes_are_found_at_once_too(session: Session, search: Search) -> None:
    assert titles(search("candle")) == []
    page = a_page(session, slug="new", title="A candle")
    assert titles(search("candle")) == ["A candle"]
    write_revision(session, SYSTEM, page, "en", a_text("A torch"), NOW)
    assert titles(search("candle", exact=True)) == []
    assert titles(search("torch")) == ["A torch"]


@pytest.mark.usefixtures("no_index")
def test_without_an_index_the_titles_are_read_once_and_not_with_each_search(database: Database, search: Search) -> None:
    search("lamp")
    with count_queries(database.engine) as seen:
        search("lamp")
    assert len(seen) < 15
    assert not any("stored_rendering" in statement and "IN (" not in statement for statement in seen)


@pytest.mark.usefixtures("no_index")
def test_programs_are_told_that_an_answer_may_lack_something(sign_in: Callable[..., FlaskClient]) -> None:
    answer = sign_in().get("/search.json?q=lamp")
    assert answer.status_code == 200
    assert answer.json
    assert (answer.json["total"], answer.json.get("incomplete", False)) == (1, True)


def test_threads_that_search_at_once_after_a_change_read_it_once(own_database: Database, index: Index) -> None:
    with own_database.transaction() as session:
        a_page(session, title="The lamp")

    def look(_number: int) -> int:
        with own_database.reading() as session:
            return ask(session, index, lambda segments: id(segments[-1].segment))[0]

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(look, range(12)))) == 1
