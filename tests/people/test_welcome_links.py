"""Welcome links: good for one password, for a week, for an account that is open; and for nothing else."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.core.errors import NotFound
from portal.core.permissions import SYSTEM, Role
from portal.people import make_welcome_link, set_password
from portal.people.commands import PersonValues, change_person, new_welcome
from portal.people.model import Person
from portal.people.queries import as_actor
from tests.factories import NOW, PASSWORD, a_person
from tests.people.steps import enter, entered, is_in

NEW = {"password": "four candles and a match"}


@pytest.fixture
def newcomer(session: Session) -> Person:
    person = a_person(session, password=False, name="Nino Beridze")
    session.commit()
    return person


@pytest.fixture
def link(run_settings: Settings, newcomer: Person) -> str:
    return f"/welcome/{make_welcome_link(run_settings.secret_key, as_actor(newcomer))}"


def _aged(settings: Settings, person: Person, age: timedelta) -> str:
    """A link that was made ``age`` ago."""

    class Signer(TimestampSigner):
        def get_timestamp(self) -> int:
            return int(time.time() - age.total_seconds())

    made = URLSafeTimedSerializer(settings.secret_key, salt="welcome-link", signer=Signer)
    return f"/welcome/{made.dumps([person.id, person.stamp])}"


def _changed(session: Session, person: Person, *, active: bool) -> None:
    values = PersonValues(person.name, person.email, person.locale, person.role_set)
    change_person(session, SYSTEM, person.id, values, active=active, now=NOW)
    session.commit()


def test_a_newcomer_sets_a_password_and_is_in(app: Flask, newcomer: Person, link: str) -> None:
    client = app.test_client()
    page = client.get(link)
    assert page.status_code == 200
    assert "Nino Beridze" in page.text
    answer = client.post(link, data=NEW)
    assert (answer.status_code, answer.location) == (303, "/")
    assert is_in(client)
    assert is_in(entered(app, newcomer.email, NEW["password"]))


def test_a_link_works_once(app: Flask, link: str) -> None:
    assert app.test_client().post(link, data=NEW).status_code == 303
    second = app.test_client()
    for answer in (second.get(link), second.post(link, data={"password": "the thief's own words"})):
        assert answer.status_code == 404
        assert "This link has been used or is more than a week old." in answer.text
    assert not is_in(second)


def test_looking_at_a_link_does_not_use_it_up(app: Flask, link: str) -> None:
    for _ in range(3):  # Programs that check mail follow links.
        assert app.test_client().get(link).status_code == 200
    assert app.test_client().post(link, data=NEW).status_code == 303


def test_a_password_that_is_refused_does_not_use_the_link_up(app: Flask, newcomer: Person, link: str) -> None:
    for easy in ("", "12345678", "short", newcomer.email):
        assert app.test_client().post(link, data={"password": easy}).status_code == 422
    assert app.test_client().post(link, data=NEW).status_code == 303


@pytest.mark.parametrize(("days", "status"), [(6.9, 200), (7.1, 404), (400, 404)])
def test_a_link_lasts_a_week(
    client: FlaskClient, run_settings: Settings, newcomer: Person, days: float, status: int
) -> None:
    assert client.get(_aged(run_settings, newcomer, timedelta(days=days))).status_code == status


def test_a_forged_link_is_refused(client: FlaskClient, run_settings: Settings, newcomer: Person, link: str) -> None:
    signed_elsewhere = make_welcome_link("another key", as_actor(newcomer))
    other_purpose = URLSafeTimedSerializer(run_settings.secret_key, salt="another").dumps([newcomer.id, newcomer.stamp])
    token = link.removeprefix("/welcome/")
    swapped = "X" if token[0] != "X" else "Y"
    for forged in (signed_elsewhere, other_purpose, swapped + token[1:], token[:-1], f"{token}A", "x", "a.b.c", "%00"):
        assert client.post(f"/welcome/{forged}", data=NEW).status_code == 404
    assert enter(client, newcomer.email, NEW["password"]).status_code == 422


@pytest.mark.parametrize("payload", [None, [1], ["x", "y"], [None, None]])
def test_a_link_that_we_signed_for_something_else_is_refused(
    client: FlaskClient, run_settings: Settings, payload: object
) -> None:
    token = URLSafeTimedSerializer(run_settings.secret_key, salt="welcome-link").dumps(payload)
    assert client.get(f"/welcome/{token}").status_code == 404


def test_a_link_of_a_deactivated_account_is_refused_even_after_it_is_opened_again(
    client: FlaskClient, session: Session, newcomer: Person, link: str
) -> None:
    _changed(session, newcomer, active=False)
    assert client.post(link, data=NEW).status_code == 404
    _changed(session, newcomer, active=True)
    assert client.post(link, data=NEW).status_code == 404


def test_a_link_made_for_a_deactivated_account_is_refused(
    client: FlaskClient, session: Session, run_settings: Settings, newcomer: Person
) -> None:
    _changed(session, newcomer, active=False)
    token = make_welcome_link(run_settings.secret_key, new_welcome(session, SYSTEM, newcomer.id))
    session.commit()
    assert client.get(f"/welcome/{token}").status_code == 404
    assert client.post(f"/welcome/{token}", data=NEW).status_code == 404


def test_a_password_cannot_be_set_behind_a_stamp_that_is_out_of_date(session: Session, newcomer: Person) -> None:
    """What decides between two people who follow the same link at the same moment."""
    stamp = newcomer.stamp
    set_password(session, newcomer.id, "the first one's hash", stamp)
    with pytest.raises(NotFound):
        set_password(session, newcomer.id, "the second one's hash", stamp)
    assert newcomer.password_hash == "the first one's hash"


def test_following_a_link_while_somebody_else_is_signed_in_changes_who_is_in(
    sign_in: Callable[..., FlaskClient], link: str
) -> None:
    client = sign_in(Role.ADMIN)
    client.post(link, data=NEW)
    assert "Nino Beridze" in client.get("/profile").text
    assert client.get("/people").status_code == 403


def test_an_administrator_makes_a_new_link_which_ends_sessions_and_earlier_links(
    app: Flask, sign_in: Callable[..., FlaskClient], session: Session
) -> None:
    person = a_person(session)
    session.commit()
    admin, persons_own = sign_in(Role.ADMIN), entered(app, person.email)
    links = [_link_in(admin.post(f"/people/{person.id}/welcome-link").text) for _ in range(2)]
    assert links[0] != links[1]
    assert not is_in(persons_own)
    assert app.test_client().get(links[0]).status_code == 404
    # Until the new link is used, the present password goes on working.
    assert is_in(entered(app, person.email))
    assert app.test_client().post(links[1], data=NEW).status_code == 303
    assert enter(app.test_client(), person.email, PASSWORD).status_code == 422


def test_a_link_for_nobody_is_not_found(sign_in: Callable[..., FlaskClient]) -> None:
    assert sign_in(Role.ADMIN).post("/people/2147483647/welcome-link").status_code == 404


def _link_in(page: str) -> str:
    start = page.index("/welcome/")
    return page[start : page.index('"', start)]
