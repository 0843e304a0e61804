"""Feed addresses: whose they are, what is never read at them, how they are asked, made and ended."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.core.clock import now as present
from portal.core.permissions import Actor, Role
from portal.people.model import Person
from portal.wins import feed_keys, feeds, posting
from portal.wins.model import FeedKey, State
from tests.factories import NOW
from tests.wins.feed_readers import SITE, feed, nothing_at, of, titles
from tests.wins.scenes import AFTER, MINUTE, a_win, an_actor, an_editor, changed

pytestmark = pytest.mark.usefixtures("unasked")
Enter = Callable[..., FlaskClient]


# Rights


def test_only_what_is_published_stands_in_it_whoever_asks(session: Session, client: FlaskClient) -> None:
    author, editor = an_actor(session), an_editor(session)
    for state in State:
        a_win(session, state, author=author, editor=editor, title=state)
    session.commit()
    for person in (author, editor, an_actor(session, Role.ADMIN), an_actor(session)):
        assert titles(client, of(session, person)) == ["published"]


def test_a_change_that_waits_is_not_shown_and_what_is_taken_back_is_gone(
    session: Session, client: FlaskClient, feed_address: str
) -> None:
    author = an_actor(session)
    win = a_win(session, author=author, title="As it was")
    changed(session, win, author, replace(AFTER, moderation="before"), title="As it may be")
    session.commit()
    assert titles(client, feed_address) == ["As it was"]
    posting.withdraw(session, author, win.id, NOW + timedelta(days=1))
    session.commit()
    assert titles(client, feed_address) == []


def test_an_address_ends_when_a_new_one_is_made_or_it_is_revoked(
    session: Session, client: FlaskClient, feed_reader: Actor, feed_address: str
) -> None:
    newer = of(session, feed_reader, seen=NOW)
    assert nothing_at(client, feed_address)
    assert feed(client, newer)
    feed_keys.revoke(session, feed_reader)
    session.commit()
    assert nothing_at(client, newer)
    assert of(session, feed_reader) not in {feed_address, newer}


def test_an_address_ends_with_the_account_and_with_the_right_to_read(
    session: Session, client: FlaskClient, feed_reader: Actor, feed_address: str
) -> None:
    person = session.get_one(Person, feed_reader.id)
    person.deactivated_at = NOW
    session.commit()
    assert nothing_at(client, feed_address)
    person.deactivated_at = None
    session.commit()
    assert feed(client, feed_address)
    person.roles.clear()
    session.commit()
    assert nothing_at(client, feed_address)


@pytest.mark.parametrize("secret", ["forged", "x" * 5_000, "%00", "%ED%A0%80", "%F0%9F%92%A1", "' OR 1=1 --"])
def test_nothing_is_at_an_address_that_nobody_made(client: FlaskClient, feed_address: str, secret: str) -> None:
    assert nothing_at(client, f"/feeds/{secret}/wins.atom")


def test_the_secret_itself_is_nowhere_in_the_database(session: Session, feed_reader: Actor, feed_address: str) -> None:
    key = session.get_one(FeedKey, feed_reader.id)
    secret = feed_address.split("/")[2]
    assert len(secret) == 43
    assert secret not in key.digest
    assert re.fullmatch("[0-9a-f]{64}", key.digest)


# How it is asked for


def test_what_has_not_changed_is_not_sent_again(session: Session, client: FlaskClient, feed_address: str) -> None:
    author = an_actor(session)
    a_win(session, author=author)
    older = a_win(session, author=author, now=NOW - timedelta(days=1))
    session.commit()
    first = client.get(feed_address)
    assert first.last_modified is not None
    by_tag, by_date = {"If-None-Match": first.headers["ETag"]}, {"If-Modified-Since": first.headers["Last-Modified"]}
    for headers in (by_tag, by_date, by_tag | by_date):
        answer = client.get(feed_address, headers=headers)
        assert (answer.status_code, answer.data) == (304, b"")
        assert answer.headers["Cache-Control"] == "private"
    # What is taken back is news too, though no entry is newer than before.
    posting.withdraw(session, author, older.id, NOW + MINUTE)
    session.commit()
    for headers in (by_tag, by_date, by_tag | by_date):
        assert client.get(feed_address, headers=headers).status_code == 200


def test_no_date_is_given_while_more_may_come_in_the_same_second(
    session: Session, client: FlaskClient, feed_address: str
) -> None:
    a_win(session, now=present())
    session.commit()
    answer = client.get(feed_address)
    assert "Last-Modified" not in answer.headers
    assert "ETag" in answer.headers


def test_its_answers_are_the_readers_alone_and_set_no_cookie(
    session: Session, sign_in: Enter, feed_reader: Actor, feed_address: str
) -> None:
    a_win(session)
    session.commit()
    somebody = sign_in()
    with somebody.session_transaction() as cookie:
        cookie.permanent = True
    for answer in (somebody.get(feed_address), somebody.get("/feeds/forged/wins.atom")):
        assert "Set-Cookie" not in answer.headers
    assert "Set-Cookie" in somebody.get("/wins/feeds").headers, "which this session would be given elsewhere"
    answer = somebody.get(feed_address)
    assert answer.headers["Cache-Control"] == "private"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    head = somebody.head(feed_address)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == answer.headers["ETag"]


def test_a_program_gone_wild_is_asked_to_wait_and_nobody_else_is(
    session: Session, client: FlaskClient, feed_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "ASKED_IN_A_WINDOW", 3)
    answers = [client.get(feed_address) for _ in range(7)]  # Over two windows at most.
    assert [answer.status_code for answer in answers[:3]] == [200] * 3
    waiting = [answer for answer in answers if answer.status_code == 429]
    assert 0 < int(waiting[0].headers["Retry-After"]) <= feeds.WINDOW_S
    assert client.get(of(session, an_actor(session))).status_code == 200


# The page


def shown(answer: TestResponse) -> list[str]:
    """The addresses that a page shows."""
    return re.findall(r'<input id="feed-address" type="text" value="([^"]*)"', answer.text)


def seen(answer: TestResponse) -> str:
    (found,) = re.findall(r'name="seen" value="([^"]*)"', answer.text)
    return str(found)


def test_an_address_is_made_shown_once_made_anew_and_ended(sign_in: Enter, client: FlaskClient) -> None:
    me = sign_in()
    page = me.get("/wins/feeds?lang=ka&principle=x")
    assert shown(page) == []
    made = me.post("/wins/feeds?lang=ka", data={"seen": seen(page)})
    (first,) = shown(made)
    assert made.headers["Cache-Control"] == "private, no-store"
    assert re.fullmatch(SITE + r"/feeds/[\w-]{43}/wins\.atom\?lang=ka", first)
    assert feed(client, first.removeprefix(SITE))
    again = me.get("/wins/feeds")
    assert shown(again) == []
    assert first.split("/")[4] not in again.text

    (second,) = shown(me.post("/wins/feeds", data={"seen": seen(again)}))
    assert nothing_at(client, first.removeprefix(SITE))
    assert feed(client, second.removeprefix(SITE))

    assert me.post("/wins/feeds/revoke").status_code == 303
    assert nothing_at(client, second.removeprefix(SITE))
    assert seen(me.get("/wins/feeds")) == ""
    assert me.post("/wins/feeds/revoke").status_code == 303


@pytest.mark.parametrize("stale", ["", "2026-01-01", "2026-05-04T09:30:00+00:00", "soon", "\0"])
def test_a_form_sent_twice_does_not_end_the_address_that_it_made(
    session: Session, sign_in: Enter, client: FlaskClient, stale: str
) -> None:
    me = sign_in()
    (first,) = shown(me.post("/wins/feeds", data={"seen": ""}))
    answer = me.post("/wins/feeds", data={"seen": stale})
    assert (answer.status_code, shown(answer)) == (409, [])
    assert feed(client, first.removeprefix(SITE))
    assert len(session.scalars(select(FeedKey)).all()) == 1


def test_an_address_that_cannot_be_made_without_a_form_of_this_site(app: Flask, sign_in: Enter) -> None:
    me = sign_in()
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        for address in ("/wins/feeds", "/wins/feeds/revoke"):
            assert me.post(address, data={"seen": ""}).status_code == 400
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
