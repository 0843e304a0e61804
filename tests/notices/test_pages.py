"""The bell, the list of notices, one's choices, and unsubscribing by a link, as browsers and mail programs do."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.app import create_app
from portal.config import Settings
from portal.core.db import Database
from portal.knowledge.model import Kind
from portal.notices import About, Mailing, choices
from portal.notices.links import make
from portal.people import as_actor
from portal.people.model import Person
from tests.counting import count_queries
from tests.factories import NOW, a_page, a_person
from tests.notices.telling import notices, told

SignIn = Callable[..., FlaskClient]
KEY = "for tests alone"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def bell(page: str) -> str:
    """What somebody hears of the bell."""
    found = re.search(r'<a class="bell"[^>]*>.*?<span class="visually-hidden">(.*?)</span></a>', page, re.DOTALL)
    assert found, page
    return found[1]


# The bell


def test_two_readers_of_a_kept_page_each_hear_their_own_number(session: Session, sign_in: SignIn, ana: Person) -> None:
    a_page(session, Kind.STORY, slug="hotel-lamp")
    ivo = a_person(session)
    told(session, ana)
    for _ in range(2):
        told(session, ivo)
    anas, ivos, somebodys = sign_in(person=as_actor(ana)), sign_in(person=as_actor(ivo)), sign_in()
    for address in ("/", "/stories", "/stories/hotel-lamp", "/profile") * 2:
        assert bell(anas.get(address).text) == "1 unread notice"
        assert bell(ivos.get(address).text) == "2 unread notices"
        assert bell(somebodys.get(address).text) == "Notices"
    anas.post("/notices/read")
    assert bell(anas.get("/stories/hotel-lamp").text) == "Notices"
    assert bell(ivos.get("/stories/hotel-lamp").text) == "2 unread notices"


def test_the_bell_rings_beside_a_word_about_what_was_done_and_on_error_pages(
    session: Session, sign_in: SignIn, ana: Person
) -> None:
    told(session, ana)
    client = sign_in(person=as_actor(ana))
    with client.session_transaction() as cookie:
        cookie["_flashes"] = [("message", "Saved.")]
    assert bell(client.get("/").text) == "1 unread notice"
    assert bell(client.get("/nowhere").text) == "1 unread notice"


def test_beyond_99_nobody_counts(session: Session, sign_in: SignIn, ana: Person) -> None:
    for _ in range(101):
        told(session, ana)
    page = sign_in(person=as_actor(ana)).get("/").text
    assert bell(page) == "More than 99 unread notices"
    assert ">99+</span>" in page


def test_who_is_not_signed_in_has_no_bell(client: FlaskClient) -> None:
    assert 'class="bell"' not in client.get("/sign-in").text


# The list


def test_the_list_is_by_day_the_newest_first_with_what_is_unread_marked(
    session: Session, sign_in: SignIn, ana: Person
) -> None:
    told(session, ana, by="Ivo <b>", now=NOW - timedelta(days=1))
    told(session, ana, About.DECLINED, reason="A customer’s\n<name>", now=NOW)
    client = sign_in(person=as_actor(ana))
    client.post(f"/notices/{notices(session, ana)[0].id}/open")
    page = client.get("/notices").text
    assert re.findall(r'<h2 class="notices-day".*?datetime="(.{10})', page) == ["2026-05-04", "2026-05-03"]
    assert page.count('class="told unread"') == page.count("New: ") == 1
    assert page.index("isn’t published") < page.index("<bdi>Ivo &lt;b&gt;</bdi>")
    assert "A customer’s\n&lt;name&gt;" in page


def test_an_empty_list_says_something_kind(sign_in: SignIn) -> None:
    page = sign_in().get("/notices").text
    assert "It’s quiet here." in page
    assert "Mark all as read" not in page


def test_older_notices_are_a_link_away_and_what_is_read_stays_there(
    session: Session, sign_in: SignIn, ana: Person
) -> None:
    for number in range(35):
        told(session, ana, now=NOW + timedelta(minutes=number), title=f"Win {number}.")
    client = sign_in(person=as_actor(ana))
    page = client.get("/notices").text
    assert page.count('class="told unread"') == 30
    older = re.search(r'rel="next" href="([^"]+)"', page)
    assert older
    rest = client.get(older[1].replace("&amp;", "&")).text
    assert rest.count('class="told unread"') == 5
    assert "Win 4." in rest
    assert 'rel="next"' not in rest
    assert client.get("/notices?before=nonsense").status_code == 200


def test_the_number_of_queries_does_not_grow_with_the_notices(
    session: Session, database: Database, sign_in: SignIn, ana: Person
) -> None:
    client, counts = sign_in(person=as_actor(ana)), list[int]()
    for wanted in (1, 30):
        while len(notices(session, ana)) < wanted:
            told(session, ana)
        session.commit()
        with count_queries(database.engine) as seen:
            client.get("/notices")
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 6


def test_opening_a_notice_reads_it_and_goes_to_what_it_is_about(session: Session, sign_in: SignIn, ana: Person) -> None:
    told(session, ana, address="/wins/7?x=1#comment-3")
    (notice,) = notices(session, ana)
    client = sign_in(person=as_actor(ana))
    answer = client.post(f"/notices/{notice.id}/open")
    assert (answer.status_code, answer.location) == (303, "/wins/7?x=1#comment-3")
    assert notices(session, ana)[0].read_at is not None
    assert client.get(f"/notices/{notice.id}/open").status_code == 405, "what a browser fetches ahead reads nothing"


def test_a_notice_never_leads_out_of_the_site(session: Session, sign_in: SignIn, ana: Person) -> None:
    told(session, ana)
    (notice,) = notices(session, ana)
    client = sign_in(person=as_actor(ana))
    for address in ("//evil.example", "https://evil.example", "/\\evil.example"):
        notice.address = address
        session.commit()
        assert client.post(f"/notices/{notice.id}/open").location == "/"


@pytest.mark.parametrize("number", ["{other}", "0", "2147483647", "9" * 30, "-1", "x"])
def test_somebody_elses_notice_and_none_look_the_same(
    session: Session, sign_in: SignIn, ana: Person, number: str
) -> None:
    told(session, ana)
    (notice,) = notices(session, ana)
    session.commit()
    assert sign_in().post(f"/notices/{number.format(other=notice.id)}/open").status_code == 404
    assert notices(session, ana)[0].read_at is None


# Choices


def test_a_person_chooses_for_each_kind(session: Session, sign_in: SignIn, ana: Person) -> None:
    client = sign_in(person=as_actor(ana))
    page = client.get("/notices/settings").text
    assert page.count("<select") == len(About)
    assert re.search(r'<option selected value="daily">Once a day', page)
    wanted = {about.value: "never" for about in About} | {"reacted": "weekly"}
    answer = client.post("/notices/settings", data=wanted)
    assert (answer.status_code, answer.location) == (303, "/notices/settings")
    assert choices(session, ana.id) == dict.fromkeys(About, Mailing.NEVER) | {About.REACTED: Mailing.WEEKLY}
    for wrong in ({"reacted": "hourly"}, {"digest": "daily"}, {"digest": ""}):
        assert client.post("/notices/settings", data={**wanted, **wrong}).status_code == 422


# Unsubscribing


def test_one_click_unsubscribes_without_session_or_csrf_token(
    run_settings: Settings, database: Database, session: Session, ana: Person
) -> None:
    session.commit()
    client = create_app(run_settings, database).test_client()
    address = f"/unsubscribe/{make(KEY, ana.id, [About.COMMENTED, About.REACTED])}"
    page = client.get(address)
    assert page.status_code == 200
    assert page.text.count("<button class=") == 1
    assert choices(session, ana.id)[About.COMMENTED] is Mailing.AT_ONCE, "looking at the link does nothing"
    for _ in range(2):
        answer = client.post(address, data=ONE_CLICK)
        assert (answer.status_code, "Done" in answer.text) == (200, True)
    never = [about for about, mailing in choices(session, ana.id).items() if mailing is Mailing.NEVER]
    assert set(never) == {About.COMMENTED, About.REACTED}


def test_a_link_of_no_kind_unsubscribes_from_all(client: FlaskClient, session: Session, ana: Person) -> None:
    session.commit()
    answer = client.post(f"/unsubscribe/{make(KEY, ana.id, [])}", data=ONE_CLICK)
    assert "all letters from Lampa" in answer.text
    assert set(choices(session, ana.id).values()) == {Mailing.NEVER}


def test_a_forged_link_is_none(client: FlaskClient, session: Session, ana: Person) -> None:
    session.commit()
    good = make(KEY, ana.id, [About.COMMENTED])
    others = make("another key", ana.id, [About.COMMENTED])
    nobody = make(KEY, ana.id + 1, [])
    for token in ("x", good[:-1], good + "x", others, "x" * 5000, "%00", "WzEsImFsbCJd"):
        assert client.get(f"/unsubscribe/{token}").status_code == 404
        assert client.post(f"/unsubscribe/{token}").status_code == 404
    assert client.post(f"/unsubscribe/{nobody}").status_code == 404
    assert choices(session, ana.id)[About.COMMENTED] is Mailing.AT_ONCE


def test_a_link_works_for_whoever_is_signed_in_and_for_its_own_person_alone(
    app: Flask, session: Session, sign_in: SignIn, ana: Person
) -> None:
    other = a_person(session)
    client = sign_in(person=as_actor(other))
    client.post(f"/unsubscribe/{make(KEY, ana.id, [About.THANKED])}")
    assert choices(session, ana.id)[About.THANKED] is Mailing.NEVER
    assert choices(session, other.id)[About.THANKED] is Mailing.AT_ONCE
