"""How digests leave: once each, late rather than never, and none held up by another."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.core.db import Database
from portal.core.mail import Post
from portal.home import Digests, digest_mail
from portal.notices import About, Mailing, choices
from portal.notices.commands import choose, unsubscribe
from portal.notices.model import DigestSent
from portal.people import as_actor
from portal.people.model import Person
from tests.core.mail_servers import Mailbox, mail_server
from tests.counting import count_queries
from tests.factories import NOW, a_person
from tests.home.digests import MINUTE, MONDAY, URL, WEEK, FailingPost, PowerCut, letters, words
from tests.wins.scenes import a_principle, a_win, an_actor

BEFORE = NOW - 3 * WEEK


@pytest.fixture
def readers(session: Session) -> list[Person]:
    """Three people who read in three languages, and a win of the week."""
    people = [a_person(session, email=f"{code}@example.com", locale=code, now=BEFORE) for code in ("en", "hr", "ka")]
    a_win(session, author=an_actor(session, now=MONDAY + 9 * WEEK), title="The lamp", now=NOW, locale="en")
    session.commit()
    return people


def everybody(folder: Path) -> list[str]:
    return [letter["to"].addresses[0].username for letter in letters(folder)]


def looked_at(session: Session) -> dict[int, str]:
    session.expire_all()
    return dict(session.execute(select(DigestSent.person_id, DigestSent.week)).all())


def test_it_is_mailed_once_however_often_it_is_due(
    session: Session, readers: list[Person], digests: Digests, tmp_path: Path
) -> None:
    digests.mail_due(MONDAY - MINUTE)
    assert everybody(tmp_path) == []
    assert digests.mail_due(MONDAY) == 3
    assert everybody(tmp_path) == ["en", "hr", "ka"]
    for later in (timedelta(0), MINUTE, timedelta(days=6)):
        assert digests.mail_due(MONDAY + later) == 0
    assert len(letters(tmp_path)) == 3
    assert looked_at(session) == dict.fromkeys([one.id for one in readers], "2026-05-11")


def test_after_downtime_it_comes_late_and_a_week_that_has_passed_does_not_come(
    session: Session, readers: list[Person], digests: Digests, tmp_path: Path
) -> None:
    a_win(session, author=an_actor(session, now=MONDAY + 9 * WEEK), title="A week later", now=NOW + WEEK)
    session.commit()
    assert digests.mail_due(MONDAY + WEEK + timedelta(days=3)) == 3
    assert "A week later" in words(letters(tmp_path)[0])
    assert "The lamp" not in words(letters(tmp_path)[0])


def test_an_empty_week_sends_nothing_and_is_not_looked_at_again(
    session: Session, digests: Digests, tmp_path: Path
) -> None:
    person = a_person(session, now=BEFORE)
    session.commit()
    assert digests.mail_due(MONDAY) == 0
    assert looked_at(session) == {person.id: "2026-05-11"}
    a_win(session, author=an_actor(session, now=MONDAY), now=NOW)  # As if an editor had been slow.
    session.commit()
    assert digests.mail_due(MONDAY + MINUTE) == 0
    assert everybody(tmp_path) == []
    with count_queries(digests._database.engine) as seen:
        digests.mail_due(MONDAY + 2 * MINUTE)
    assert len(seen) == 1


def test_who_chooses_it_in_the_middle_of_a_week_gets_the_next_one(
    session: Session, readers: list[Person], digests: Digests, tmp_path: Path
) -> None:
    first = as_actor(readers[0])
    unsubscribe(session, readers[0].id, About.DIGEST)
    session.commit()
    assert digests.mail_due(MONDAY) == 2
    choose(session, first, {About.DIGEST: Mailing.WEEKLY})
    a_win(session, author=an_actor(session, now=MONDAY + 9 * WEEK), now=NOW + WEEK)
    session.commit()
    assert digests.mail_due(MONDAY + MINUTE) == 0
    assert digests.mail_due(MONDAY + WEEK) == 3


def test_a_letter_can_be_unsubscribed_from_at_once_and_says_how(
    session: Session, readers: list[Person], digests: Digests, tmp_path: Path, client: FlaskClient
) -> None:
    digests.mail_due(MONDAY)
    letter = letters(tmp_path)[0]
    assert letter["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert letter["auto-submitted"] == "auto-generated"
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
    address = letter["list-unsubscribe"].strip("<>")
    assert address in words(letter)
    assert address in words(letter, "html")
    assert f"{URL}/notices/settings" in words(letter)
    answer = client.post(urlsplit(address).path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    session.expire_all()
    chosen = choices(session, readers[0].id)
    assert chosen[About.DIGEST] is Mailing.NEVER
    assert chosen[About.THANKED] is Mailing.AT_ONCE


def test_one_persons_digest_of_one_week_is_one_letter_to_their_program(
    session: Session, readers: list[Person], digests: Digests, tmp_path: Path
) -> None:
    digests.mail_due(MONDAY)
    session.execute(delete(DigestSent))
    session.commit()
    digests.mail_due(MONDAY + MINUTE)
    ids = [letter["message-id"] for letter in letters(tmp_path)]
    assert len(ids) == 6
    assert ids[:3] == ids[3:]
    assert len(set(ids)) == 3


def test_a_power_cut_repeats_at_most_one_letter_and_loses_none(
    app: Flask, company: Settings, database: Database, readers: list[Person], digests: Digests, tmp_path: Path
) -> None:
    with pytest.raises(PowerCut):
        Digests(database, FailingPost(company, after=2), app).mail_due(MONDAY)
    assert everybody(tmp_path) == ["en", "hr"]
    assert digests.mail_due(MONDAY + MINUTE) == 2
    assert everybody(tmp_path) == ["en", "hr", "hr", "ka"]


def test_everybody_gets_theirs_when_it_takes_several_stretches(
    session: Session,
    readers: list[Person],
    digests: Digests,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(digest_mail, "STRETCH", 2)
    unsubscribe(session, readers[1].id, None)
    for _ in range(3):
        unsubscribe(session, a_person(session, now=BEFORE).id, None)
    a_person(session, email="last@example.com", now=BEFORE)
    session.commit()
    assert [digests.mail_due(MONDAY) for _ in range(4)] == [1, 1, 1, 0]  # A stretch for nobody is passed over.
    assert everybody(tmp_path) == ["en", "ka", "last"]


def test_what_a_server_refuses_or_puts_off_holds_up_nobody(
    app: Flask, company: Settings, database: Database, session: Session, readers: list[Person]
) -> None:
    answers = {"en@example.com": "550 no such user", "hr@example.com": "451 later"}
    with mail_server(Mailbox(answers=answers)) as box:
        settings = replace(company, mail_server=f"smtp://127.0.0.1:{box.port}")
        digests = Digests(database, Post(settings), app)
        assert digests.mail_due(MONDAY) == 2
        assert box.recipients == ["ka@example.com"]
        assert sorted(looked_at(session)) == [readers[0].id, readers[2].id]  # One never, one later.
        box.answers.clear()
        assert digests.mail_due(MONDAY + MINUTE) == 0  # Not asked again so soon.
        assert digests.mail_due(MONDAY + 5 * MINUTE) == 1
        assert box.recipients == ["ka@example.com", "hr@example.com"]


def test_a_stretch_of_people_who_are_put_off_holds_up_nobody(
    app: Flask,
    company: Settings,
    database: Database,
    readers: list[Person],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(digest_mail, "STRETCH", 2)
    with mail_server(Mailbox(answers={f"{code}@example.com": "451 later" for code in ("en", "hr")})) as box:
        digests = Digests(database, Post(replace(company, mail_server=f"smtp://127.0.0.1:{box.port}")), app)
        assert digests.mail_due(MONDAY) == 0
        assert digests.mail_due(MONDAY + MINUTE) == 1
        assert box.recipients == ["ka@example.com"]


def test_pauses_grow(app: Flask, company: Settings, database: Database, readers: list[Person]) -> None:
    with mail_server(Mailbox(answers={f"{code}@example.com": "451 later" for code in ("en", "hr", "ka")})) as box:
        digests = Digests(database, Post(replace(company, mail_server=f"smtp://127.0.0.1:{box.port}")), app)
        assert digests.mail_due(MONDAY) == 0
        box.answers.clear()
        box.answers["en@example.com"] = "451 later"
        assert digests.mail_due(MONDAY + 5 * MINUTE) == 2
        box.answers.clear()
        assert digests.mail_due(MONDAY + 14 * MINUTE) == 0
        assert digests.mail_due(MONDAY + 15 * MINUTE) == 1


def test_when_the_server_is_down_all_wait_and_are_told_later(
    app: Flask, company: Settings, database: Database, session: Session, readers: list[Person]
) -> None:
    with mail_server(Mailbox()) as box:
        port = box.port
    down = Digests(database, Post(replace(company, mail_server=f"smtp://127.0.0.1:{port}")), app)
    assert down.mail_due(MONDAY) == 0
    assert looked_at(session) == {}
    with mail_server(Mailbox()) as box:
        up = Digests(database, Post(replace(company, mail_server=f"smtp://127.0.0.1:{box.port}")), app)
        assert up.mail_due(MONDAY + MINUTE) == 3
        assert len(box.recipients) == 3
        assert len(box.connections) == 1


def test_more_readers_of_the_same_team_ask_nothing_more_of_the_database(
    session: Session, database: Database, digests: Digests, monkeypatch: pytest.MonkeyPatch
) -> None:
    principle = a_principle(session, now=BEFORE)

    def asked(readers: int, wins: int, week: int) -> int:
        for _ in range(readers):
            a_person(session, team=("Luma", "Shops"), password=False, now=BEFORE)
        for _ in range(wins):
            author = an_actor(session, team=("Luma", "Shops"), now=MONDAY + 9 * WEEK)
            a_win(session, author=author, principles=(principle,), now=NOW + week * WEEK)
        session.commit()
        with count_queries(database.engine) as seen:
            assert digests.mail_due(MONDAY + week * WEEK) > 0
        return len(seen)

    assert asked(readers=1, wins=1, week=0) == asked(readers=20, wins=8, week=1)


def test_the_bell_does_not_ring_for_a_digest(
    session: Session, readers: list[Person], digests: Digests, sign_in: Callable[..., FlaskClient], tmp_path: Path
) -> None:
    digests.mail_due(MONDAY)
    page = sign_in(person=as_actor(readers[0])).get("/notices").get_data(as_text=True)
    assert "The lamp" not in page
    assert "unread notice" not in page
