"""Pages from kept parts: nobody sees another's name or tokens, and nothing is shown that no longer holds."""

import re
from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.core import versions
from portal.core.db import Database
from portal.core.kept import Kept
from portal.core.permissions import SYSTEM, Role
from portal.knowledge.commands import write_revision
from portal.knowledge.model import Kind
from portal.people import as_actor
from tests.factories import NOW, a_page, a_person, a_text

SignIn = Callable[..., FlaskClient]
ADDRESSES = ("/", "/stories", "/stories/hotel-lamp")


def test_a_second_reader_never_sees_the_first_ones_name_or_rights(session: Session, sign_in: SignIn) -> None:
    a_page(session, Kind.STORY, slug="hotel-lamp")
    first = as_actor(a_person(session, name="First <Reader> & Co", roles=(Role.EMPLOYEE, Role.ADMIN)))
    second = as_actor(a_person(session, name="Second Reader"))
    ones, others = sign_in(person=first), sign_in(person=second)
    for address in ADDRESSES:
        assert "First &lt;Reader&gt; &amp; Co" in ones.get(address).text
        assert 'href="/people"' in ones.get(address).text
        shown = others.get(address).text
        assert "Second Reader" in shown
        assert second.email in shown
        assert "First" not in shown
        assert first.email not in shown
        assert 'href="/people"' not in shown


def test_every_answer_has_its_own_nonce_and_no_mark_is_left(session: Session, sign_in: SignIn) -> None:
    a_page(session, Kind.STORY, slug="hotel-lamp")
    client = sign_in()
    nonces = set()
    for address in ADDRESSES * 2:
        text = client.get(address).text
        assert "mark-" not in text
        assert "<!--slot" not in text
        nonces |= set(re.findall(r'nonce="([^"]+)"', text))
    assert len(nonces) == len(ADDRESSES) * 2


def test_the_language_menu_comes_back_to_the_page_with_its_parameters(session: Session, sign_in: SignIn) -> None:
    a_page(session, Kind.STORY, slug="hotel-lamp")
    client = sign_in()
    for query in ("?lang=ka", "?lang=ru&x=%22%3E"):
        assert (
            f'value="/stories/hotel-lamp{query.replace("&", "&amp;")}"'
            in client.get(f"/stories/hotel-lamp{query}").text
        )


def test_a_changed_page_is_shown_at_once_on_its_page_in_lists_and_on_the_front_page(
    session: Session, sign_in: SignIn
) -> None:
    page = a_page(session, Kind.STORY, slug="hotel-lamp", title="Before")
    client = sign_in()
    for address in ADDRESSES:
        assert "Before" in client.get(address).text
    write_revision(session, SYSTEM, page, "en", a_text(title="After"), NOW)
    session.commit()
    for address in ADDRESSES:
        assert "After" in client.get(address).text
        assert "Before" not in client.get(address).text


def test_a_word_about_what_was_done_is_shown_once(session: Session, sign_in: SignIn) -> None:
    client = sign_in()
    client.get("/")
    with client.session_transaction() as cookie:
        cookie["_flashes"] = [("message", "Saved <well>.")]
    assert "Saved &lt;well&gt;." in client.get("/").text
    assert "Saved" not in client.get("/").text


def test_a_change_is_counted_once_a_transaction(own_database: Database) -> None:
    for expected in (1, 2):
        with own_database.transaction() as writing:
            versions.changed(writing, "things")
            versions.changed(writing, "things")
        with own_database.reading() as reading:
            assert versions.current(reading, "things") == expected


def test_no_more_is_kept_than_was_said_and_what_was_used_last_stays() -> None:
    made: list[int] = []
    memory = Kept(most=2)
    for number in (1, 2, 1, 3, 1, 2):
        memory.get(number, lambda number=number: made.append(number))  # type: ignore[misc]
    assert made == [1, 2, 3, 2]
