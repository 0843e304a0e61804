"""The feed: newest first, stable under new wins, narrowed in every way, with as many queries for few as for many."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.core.permissions import Actor, Role
from portal.discussion import Cheer, Subject, add_comment, react
from portal.people.model import Person
from portal.wins import documents, queries
from portal.wins.model import WIN, State
from portal.wins.posting import decline_thanks
from portal.wins.queries import Filters
from tests.counting import count_queries
from tests.factories import NOW
from tests.wins.scenes import LATER, MINUTE, a_picture, a_principle, a_win, an_actor, changed, id_of

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def reader(session: Session) -> Actor:
    return an_actor(session)


@pytest.fixture
def principle(session: Session) -> int:
    return a_principle(session)


def ids(session: Session, reader: Actor, filters: Filters = Filters(), older: str = "", limit: int = 20) -> list[int]:  # noqa: B008  # Frozen.
    return [one.id for one in queries.feed(session, reader, filters, "en", older, limit).wins]


def walk(session: Session, reader: Actor, limit: int) -> list[int]:
    """The whole feed, stretch by stretch."""
    seen: list[int] = []
    older: str | None = ""
    while older is not None:
        found = queries.feed(session, reader, Filters(), "en", older, limit)
        seen += [one.id for one in found.wins]
        older = found.older
    return seen


def test_the_newest_win_stands_first_and_an_edit_moves_none(session: Session, reader: Actor, principle: int) -> None:
    author = an_actor(session)
    wins = [a_win(session, author=author, now=NOW + n * MINUTE, principles=(principle,)) for n in (1, 3, 2)]
    changed(session, wins[0], author, title="Anew")
    assert ids(session, reader) == [wins[1].id, wins[2].id, wins[0].id]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
def test_wins_of_one_moment_are_all_shown_and_none_twice(
    session: Session, reader: Actor, principle: int, limit: int
) -> None:
    moments = [NOW, NOW, NOW, NOW + timedelta(microseconds=1), NOW - timedelta(microseconds=1), NOW, NOW]
    wins = [a_win(session, now=moment, principles=(principle,)) for moment in moments]
    expected = sorted(wins, key=lambda win: (win.published_at, win.id), reverse=True)
    assert walk(session, reader, limit) == [win.id for win in expected]


def test_a_page_stays_what_it_is_while_new_wins_come_and_others_go(
    session: Session, reader: Actor, principle: int
) -> None:
    wins = [a_win(session, now=NOW + n * MINUTE, principles=(principle,)) for n in range(6)]
    first = queries.feed(session, reader, Filters(), "en", limit=3)
    assert first.older is not None
    second = ids(session, reader, older=first.older, limit=3)
    for n in range(5):
        a_win(session, now=LATER + n * MINUTE, principles=(principle,))
    wins[3].state = State.WITHDRAWN  # The win at the page's edge.
    session.flush()
    assert ids(session, reader, older=first.older, limit=3) == second == [win.id for win in wins[2::-1]]


def test_the_feed_is_narrowed_by_principle_language_and_person(session: Session, reader: Actor) -> None:
    one, two = a_principle(session), a_principle(session)
    author = an_actor(session)
    both = a_win(session, author=author, principles=(one, two), locale="ka", now=NOW)
    other = a_win(session, principles=(two,), now=LATER)
    assert ids(session, reader, Filters(principle=one)) == [both.id]
    assert ids(session, reader, Filters(principle=two)) == [other.id, both.id]
    assert ids(session, reader, Filters(locale="ka")) == [both.id]
    assert ids(session, reader, Filters(person=author.id)) == [both.id]
    assert ids(session, reader, Filters(principle=two, locale="ka", person=author.id)) == [both.id]
    assert ids(session, reader, Filters(principle=one, locale="en")) == []


def test_a_teams_feed_takes_in_the_teams_below_it_and_stays_with_where_it_happened(
    session: Session, reader: Actor, principle: int
) -> None:
    shop = an_actor(session, team=("Luma", "Retail", "Zagreb"))
    desk = an_actor(session, team=("Luma", "Retail"))
    alone = an_actor(session, team=("Other",))
    in_shop, at_desk, elsewhere = (
        a_win(session, author=one, now=NOW + n * MINUTE, principles=(principle,))
        for n, one in enumerate((shop, desk, alone))
    )
    assert ids(session, reader, Filters(team=in_shop.team_id)) == [in_shop.id]
    assert ids(session, reader, Filters(team=at_desk.team_id)) == [at_desk.id, in_shop.id]
    assert ids(session, reader, Filters(team=2**31 - 1)) == []
    session.get_one(Person, shop.id).team_id = elsewhere.team_id
    session.flush()
    assert ids(session, reader, Filters(team=elsewhere.team_id)) == [elsewhere.id]


def test_mine_and_thanks_to_me_are_a_choice_away(
    session: Session, sign_in: SignIn, reader: Actor, principle: int
) -> None:
    mine = a_win(session, author=reader, title="By myself", principles=(principle,))
    a_win(session, thanked=(id_of(reader),), title="With thanks", principles=(principle,))
    declined = a_win(session, thanked=(id_of(reader),), title="Too much thanks", principles=(principle,))
    decline_thanks(session, reader, declined.id, NOW)
    client = sign_in(person=reader)
    titles = {"By myself", "With thanks", "Too much thanks"}
    for choice, shown in (("mine", {"By myself"}), ("thanks", {"With thanks"}), ("", titles)):
        page = client.get(f"/wins?of={choice}").get_data(as_text=True)
        assert {title for title in titles if title in page} == shown
    assert "By myself" in client.get(f"/colleagues/{reader.id}").get_data(as_text=True)
    assert mine.id in ids(session, reader, Filters(person=reader.id))


HOSTILE = [
    "-",
    "1-",
    "-1",
    "x-y",
    "1e9-1",
    "²-³",
    "9" * 17 + "-1",
    "9" * 18 + "-1",
    "1-" + "9" * 10,
    "1-" + "9" * 30,
    "\0",
    "' OR 1=1 --",
    "١-٢",
    "0-0",
]


def test_a_place_that_nobody_named_is_no_place_and_no_fault(session: Session, sign_in: SignIn, principle: int) -> None:
    win = a_win(session, title="The only one", principles=(principle,))
    client = sign_in()
    for older in HOSTILE:
        for address in ("/wins", f"/colleagues/{win.author_id}"):
            assert client.get(address, query_string={"older": older}).status_code == 200, older


@pytest.mark.parametrize("name", ["principle", "team", "lang", "person", "of", "older"])
def test_whatever_the_feed_is_asked_for_it_answers(sign_in: SignIn, name: str) -> None:
    client = sign_in()
    for value in ("9" * 30, "-1", "0", "x", "\0", "1.5", str(2**31), "٣", "../..", "<b>"):
        answer = client.get("/wins", query_string={name: value})
        assert answer.status_code == 200, value
        assert "<b>" not in answer.get_data(as_text=True)


def test_the_way_on_keeps_what_the_feed_was_narrowed_to(session: Session, sign_in: SignIn, principle: int) -> None:
    for n in range(queries.PER_PAGE + 2):
        a_win(session, now=NOW + n * MINUTE, title=f"Win number {n}.", principles=(principle,), locale="hr")
    client = sign_in()
    page = client.get(f"/wins?lang=hr&principle={principle}").get_data(as_text=True)
    [link] = [part.split('"')[0] for part in page.split('href="')[1:] if "older=" in part.split('"')[0]]
    assert f"principle={principle}" in link
    assert "lang=hr" in link
    rest = client.get(link.replace("&amp;", "&")).get_data(as_text=True)
    assert [n for n in range(queries.PER_PAGE + 2) if f"Win number {n}." in rest] == [0, 1]


def test_an_empty_feed_says_so_kindly(session: Session, sign_in: SignIn) -> None:
    for address in ("/wins", "/wins?of=mine", "/wins?of=thanks", "/wins/mine"):
        page = sign_in().get(address).get_data(as_text=True)
        assert "/wins/new" in page


# How much it asks for


def test_the_number_of_queries_is_the_same_for_one_win_and_for_twenty(
    session: Session, database: Database, sign_in: SignIn
) -> None:
    one, two = a_principle(session, slug="hub"), a_principle(session)
    people = [an_actor(session, team=("Luma", f"Team {n}")) for n in range(3)]
    client = sign_in(Role.EDITOR, locale="hr")
    addresses = ("/wins", f"/wins?principle={one}", f"/colleagues/{people[0].id}", "/principles/hub", "/")

    def more(count: int) -> int:
        for n in range(count):
            author, *others = people[n % 3 :] + people[: n % 3]
            pictures = tuple((a_picture(session, author), "A lamp") for _ in range(2))
            thanked = tuple(id_of(other) for other in others)
            win = a_win(session, author=author, principles=(one, two), pictures=pictures, thanked=thanked)
            for other in others:
                react(session, other, Subject(WIN, win.id), Cheer.BRAVO, on=True, now=NOW)
                add_comment(session, other, Subject(WIN, win.id), "Bravo!", None, NOW + n * 30 * MINUTE)
        session.commit()
        return win.id

    def asked(win_id: int) -> dict[str, int]:
        counts = {}
        for address in (*addresses, f"/wins/{win_id}"):
            client.get(address)  # What is kept between requests is made anew after a change.
            with count_queries(database.engine) as seen:
                assert client.get(address).status_code == 200
            counts["a win" if address == f"/wins/{win_id}" else address] = len(seen)
        return counts

    few = asked(more(1))
    assert asked(more(19)) == few
    assert max(few.values()) <= 34, few


def test_editors_queue_asks_the_same_for_few_and_for_many(
    session: Session, database: Database, sign_in: SignIn, principle: int
) -> None:
    client = sign_in(Role.EDITOR)

    def asked(count: int) -> int:
        for _ in range(count):
            a_win(session, State.WAITING, principles=(principle,))
        session.commit()
        client.get("/wins/queue")
        with count_queries(database.engine) as seen:
            assert client.get("/wins/queue").status_code == 200
        return len(seen)

    assert asked(1) == asked(12)


def test_a_kept_page_shows_a_new_win_at_once(session: Session, sign_in: SignIn, principle: int) -> None:
    client = sign_in()
    assert "Just now" not in client.get("/").get_data(as_text=True)
    author = an_actor(session)
    win = a_win(session, author=author, title="Just now", principles=(principle,))
    session.commit()
    assert "Just now" in client.get("/").get_data(as_text=True)
    changed(session, win, author, title="A moment later")
    session.commit()
    page = client.get("/").get_data(as_text=True)
    assert "Just now" not in page
    assert "A moment later" in page
    assert [one.title for one in documents(session)] == ["A moment later"]
