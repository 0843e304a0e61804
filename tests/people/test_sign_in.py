"""Signing in and out: who gets in, where they land, and that a refusal tells nothing about who has an account."""

from collections.abc import Callable

import argon2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.core.permissions import SYSTEM
from portal.people import hashed
from portal.people.commands import PersonValues, change_person
from portal.people.model import Person
from tests.factories import NOW, PASSWORD, a_person
from tests.people.steps import WRONG, enter, entered, is_in


@pytest.fixture
def person(session: Session) -> Person:
    person = a_person(session)
    session.commit()
    return person


def test_a_person_signs_in_and_lands_where_they_wanted_to_go(client: FlaskClient, person: Person) -> None:
    answer = enter(client, f"  {person.email.upper()} ", next="/stories?page=2&q=%D0%BB")
    assert (answer.status_code, answer.location) == (303, "/stories?page=2&q=%D0%BB")
    assert is_in(client)


def test_who_asks_for_a_page_first_is_sent_back_to_it_after_signing_in(client: FlaskClient, person: Person) -> None:
    asked = client.get("/stories?page=2")
    assert asked.status_code == 302
    form = client.get(asked.location)
    assert 'name="next"' in form.text
    assert 'value="/stories?page=2"' in form.text
    assert not is_in(client)


def test_what_was_sent_without_a_session_is_not_replayed_after_signing_in(client: FlaskClient) -> None:
    answer = client.post("/profile", data={"name": "Mallory"})
    assert (answer.status_code, answer.location) == (303, "/sign-in")


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "/ /evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "evil.example",
        "@evil.example",
        "",
    ],
)
def test_next_never_leads_out_of_the_site(client: FlaskClient, person: Person, target: str) -> None:
    assert enter(client, person.email, next=target).location == "/"
    # Somebody who is in already is sent on at once; that must not be a way out either.
    assert client.get("/sign-in", query_string={"next": target}).location == "/"
    assert client.post("/language", data={"locale": "en", "next": target}).location == "/"


@pytest.mark.parametrize("typed", ["nobody@example.com", "not an address", "%", "a" * 200, "ана@пример.рф", "a\0b@c.d"])
def test_an_unknown_account_and_a_wrong_password_read_the_same(app: Flask, person: Person, typed: str) -> None:
    unknown = enter(app.test_client(), typed, WRONG)
    known = enter(app.test_client(), person.email, WRONG)
    assert unknown.status_code == known.status_code == 422
    assert "E-mail address and password don’t match." in known.text
    assert _message(unknown.text) == _message(known.text)


def _message(page: str) -> str:
    return page[page.index('class="error"') : page.index("</form>", page.index('class="error"'))]


@pytest.mark.parametrize("field", ["email", "password"])
def test_an_empty_field_is_asked_for_and_the_other_kept(client: FlaskClient, field: str) -> None:
    answer = client.post("/sign-in", data={"email": "ana@example.com", "password": PASSWORD, field: ""})
    assert answer.status_code == 422
    assert "Please fill this in." in answer.text
    assert ("ana@example.com" in answer.text) == (field == "password")
    assert PASSWORD not in answer.text


def test_every_attempt_costs_one_check_of_one_hash_of_the_same_cost(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = a_person(session)
    without_password = a_person(session, password=False)
    deactivated = a_person(session)
    deactivated.deactivated_at = NOW
    session.commit()
    costs: list[argon2.Parameters] = []
    verify = argon2.PasswordHasher.verify

    def counting(hasher: argon2.PasswordHasher, password_hash: str, password: str) -> bool:
        costs.append(argon2.extract_parameters(password_hash))
        return verify(hasher, password_hash, password)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", counting)
    spent = {}
    for email in (known.email, without_password.email, deactivated.email, "nobody@example.com", ""):
        costs.clear()
        assert enter(app.test_client(), email, WRONG).status_code == 422
        spent[email] = list(costs)
    assert spent.pop("") == []
    assert len(spent[known.email]) == 1
    assert len({tuple(map(str, cost)) for cost in spent.values()}) == 1


def test_an_account_without_a_password_lets_nobody_in(app: Flask, session: Session) -> None:
    person = a_person(session, password=False)
    session.commit()
    for guess in ("the password of nobody", "None", PASSWORD):
        assert enter(app.test_client(), person.email, guess).status_code == 422


def test_a_deactivated_account_does_not_sign_in(client: FlaskClient, session: Session, person: Person) -> None:
    change_person(session, SYSTEM, person.id, PersonValues(person.name, person.email, "en"), active=False, now=NOW)
    session.commit()
    assert enter(client, person.email).status_code == 422


def test_signing_out_ends_the_session_and_keeps_the_language(app: Flask, session: Session) -> None:
    person = a_person(session, locale="hr")
    session.commit()
    client = entered(app, person.email)
    answer = client.post("/sign-out")
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert not is_in(client)
    assert '<html lang="hr">' in client.get("/sign-in").text


def test_signing_out_is_not_a_link(sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in()
    assert client.get("/sign-out").status_code == 405
    assert is_in(client)


def test_nothing_of_the_session_before_goes_on_after_signing_in(client: FlaskClient, person: Person) -> None:
    with client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
    enter(client, person.email)
    with client.session_transaction() as cookie:
        assert "planted" not in cookie


def test_two_browsers_are_two_people(app: Flask, session: Session) -> None:
    one, other = a_person(session, name="Nino Beridze"), a_person(session, name="Ivan Petrov")
    session.commit()
    first, second = entered(app, one.email), entered(app, other.email)
    assert "Nino Beridze" in first.get("/profile").text
    assert "Ivan Petrov" in second.get("/profile").text


def test_a_hash_of_older_parameters_is_renewed_at_sign_in(
    app: Flask, session: Session, person: Person, database: Database
) -> None:
    person.password_hash = argon2.PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    session.commit()
    client = entered(app, person.email)
    with database.reading() as reading:
        kept = reading.get_one(Person, person.id).password_hash
    assert argon2.extract_parameters(kept or "") == argon2.extract_parameters(hashed("any"))
    assert is_in(client)
    assert is_in(entered(app, person.email))


@pytest.mark.parametrize("body", ["[1]", '"x"', "1", "null", '{"email": 5, "password": [1]}', "{"])
def test_json_is_no_form_and_does_no_harm(client: FlaskClient, person: Person, body: str) -> None:
    assert client.post("/sign-in", data=body, content_type="application/json").status_code == 422
