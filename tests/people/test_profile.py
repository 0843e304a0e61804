"""One's own account: name, language and password."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.core.permissions import SYSTEM
from portal.people import credentials
from portal.people.commands import name_teams
from portal.people.queries import people
from portal.people.throttle import PAIR_LIMIT
from tests.factories import PASSWORD, a_person
from tests.people.steps import WRONG, enter, entered, is_in

NEW = "four candles and a match"


def test_a_person_changes_their_name_and_language(
    sign_in: Callable[..., FlaskClient], session: Session, database: Database
) -> None:
    client = sign_in()
    answer = client.post("/profile", data={"name": "  ანა ბერიძე ", "locale": "ka"})
    assert (answer.status_code, answer.location) == (303, "/profile")
    page = client.get("/profile").text
    assert '<html lang="ka">' in page
    assert 'value="ანა ბერიძე"' in page
    with database.reading() as reading:
        assert people(reading, "ბერიძე").total == 1, "the administrator's list finds the new name"


def test_the_profile_shows_what_the_company_keeps(app: Flask, session: Session) -> None:
    person = a_person(session, team=("Lampa", "Shops", "Zagreb"))
    name_teams(session, SYSTEM, ("Lampa", "Shops"), "hr", ("Lampa", "Trgovine"))
    session.commit()
    client = entered(app, person.email)
    page = client.get("/profile").text
    assert person.email in page
    assert "Lampa / Shops / Zagreb" in page
    assert "Employee" in page
    client.post("/profile", data={"name": person.name, "locale": "hr"})
    assert "Lampa / Trgovine / Zagreb" in client.get("/profile").text, "in the reader's language"


@pytest.mark.parametrize("name", ["", "   ", "x" * 121, "two\nlines", "bell\a"])
def test_a_name_that_is_none_is_refused_and_nothing_changes(
    app: Flask, session: Session, database: Database, name: str
) -> None:
    person = a_person(session)
    session.commit()
    client = entered(app, person.email)
    answer = client.post("/profile", data={"name": name, "locale": "ka"})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    with database.reading() as reading:
        kept = credentials(reading, person.email)
    assert kept
    assert (kept.actor.name, kept.actor.locale) == (person.name, "en")


def test_a_language_that_the_portal_does_not_speak_is_refused(sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in()
    assert client.post("/profile", data={"name": "Ana", "locale": "xx"}).status_code == 422
    assert client.post("/language", data={"locale": "xx"}).status_code == 422
    assert client.post("/language", data={}).status_code == 422
    assert '<html lang="en">' in client.get("/profile").text


def test_what_is_posted_beside_the_form_changes_nothing(sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in()
    client.post("/profile", data={"name": "Ana", "locale": "en", "roles": "admin", "email": "x@example.com"})
    assert client.get("/people").status_code == 403
    assert "x@example.com" not in client.get("/profile").text


def test_the_language_menu_keeps_the_language_in_the_account(app: Flask, session: Session) -> None:
    person = a_person(session, locale="en")
    session.commit()
    answer = entered(app, person.email).post("/language", data={"locale": "ru", "next": "/profile"})
    assert (answer.status_code, answer.location) == (303, "/profile")
    assert '<html lang="ru">' in entered(app, person.email).get("/profile").text


def test_the_language_is_chosen_before_signing_in_too(client: FlaskClient) -> None:
    assert '<html lang="en">' in client.get("/sign-in").text
    client.post("/language", data={"locale": "hr", "next": "/sign-in"})
    assert '<html lang="hr">' in client.get("/sign-in").text


@pytest.mark.parametrize(
    ("header", "expected"), [("ka", "ka"), ("ru-RU,ru;q=0.9,en;q=0.5", "ru"), ("de, fr", "en"), ("", "en")]
)
def test_before_a_choice_the_browsers_language_counts(client: FlaskClient, header: str, expected: str) -> None:
    assert f'<html lang="{expected}">' in client.get("/sign-in", headers={"Accept-Language": header}).text


def test_changing_the_password_keeps_this_session_and_ends_all_others(app: Flask, session: Session) -> None:
    person = a_person(session)
    session.commit()
    here, elsewhere = entered(app, person.email), entered(app, person.email)
    answer = here.post("/profile/password", data={"current": PASSWORD, "password": NEW})
    assert (answer.status_code, answer.location) == (303, "/profile")
    assert "You are signed out everywhere else." in here.get("/profile").text
    assert is_in(here)
    assert not is_in(elsewhere)
    assert enter(app.test_client(), person.email, PASSWORD).status_code == 422
    assert is_in(entered(app, person.email, NEW))


@pytest.mark.parametrize(
    "password",
    ["", "short 7", "x" * 201, "aaaaaaaaaaaa", "Password123", "ЙЦУКЕНГШ", "ANA HORVAT", "ana.horvat@example.com"],
)
def test_a_password_that_is_easy_to_guess_is_refused(app: Flask, session: Session, password: str) -> None:
    person = a_person(session, name="Ana Horvat", email="ana.horvat@example.com")
    session.commit()
    client = entered(app, person.email)
    answer = client.post("/profile/password", data={"current": PASSWORD, "password": password})
    assert answer.status_code == 422
    assert 'id="password-error"' in answer.text
    assert is_in(entered(app, person.email))


@pytest.mark.parametrize("password", ["8 long !", "x1y2" * 50, "лампа над столом", "ლამპა მაგიდაზე", " blanks count "])
def test_any_other_password_is_taken_as_it_was_typed(app: Flask, session: Session, password: str) -> None:
    person = a_person(session)
    session.commit()
    client = entered(app, person.email)
    assert client.post("/profile/password", data={"current": PASSWORD, "password": password}).status_code == 303
    assert is_in(entered(app, person.email, password))
    if password.strip() != password:
        assert enter(app.test_client(), person.email, password.strip()).status_code == 422


def test_the_present_password_is_needed_and_guessing_it_is_limited(app: Flask, session: Session) -> None:
    person = a_person(session)
    session.commit()
    client = entered(app, person.email)
    guess = {"current": WRONG, "password": NEW}
    for _ in range(PAIR_LIMIT):
        answer = client.post("/profile/password", data=guess)
        assert answer.status_code == 422
        assert "That isn’t your current password." in answer.text
    answer = client.post("/profile/password", data={"current": PASSWORD, "password": NEW})
    assert answer.status_code == 429
    assert "Too many attempts." in answer.text
    assert int(answer.headers["Retry-After"]) > 0
    assert NEW not in answer.text
    assert is_in(client)
    assert is_in(entered(app, person.email)), "a slip in the profile does not shut the sign-in"
