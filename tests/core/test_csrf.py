"""Forms from elsewhere are refused, on every address that changes something; this site's own are taken."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.app import create_app
from portal.config import Settings
from portal.core.db import Database
from portal.core.permissions import Role
from portal.people import as_actor
from tests.addresses import address
from tests.factories import PASSWORD, a_person

ONE_CLICK = "notices.unsubscribe_at_once"
"""The one address that mail programs post to (RFC 8058): the signed link is all that they have."""
OF_NOBODY = "ballots."
"""Where no session is read there is none to be misused: whoever sends a ballot's token may (tests/pulse)."""


@pytest.fixture
def protected(run_settings: Settings, database: Database) -> Flask:
    """The application as it runs for people: with CSRF protection."""
    return create_app(run_settings, database)


def _signed_in(app: Flask, session: Session) -> FlaskClient:
    person = a_person(session, roles=[Role.ADMIN, Role.EDITOR, Role.HR])
    session.commit()
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = as_actor(person).get_id()
    return client


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found
    return found[1]


@pytest.mark.parametrize("data", [{}, {"csrf_token": ""}, {"csrf_token": "made up"}], ids=["no", "empty", "made up"])
def test_a_form_from_elsewhere_is_refused_with_a_page_that_says_what_to_do(
    protected: Flask, session: Session, data: dict[str, str]
) -> None:
    client = _signed_in(protected, session)
    unsafe = [
        address(rule)
        for rule in protected.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and rule.endpoint != ONE_CLICK and not rule.endpoint.startswith(OF_NOBODY)
    ]
    assert len(unsafe) >= 9
    for path in unsafe:
        answer = client.post(path, data=data)
        assert answer.status_code == 400, path
        assert "This form was opened in another session, or cookies are off." in answer.text
    assert client.get("/profile").status_code == 200, "nobody was signed out by it"


def test_a_form_of_this_site_is_taken(protected: Flask, session: Session) -> None:
    person = a_person(session)
    session.commit()
    client = protected.test_client()
    form = {"email": person.email, "password": PASSWORD, "csrf_token": _token(client.get("/sign-in").text)}
    assert client.post("/sign-in", data=form).status_code == 303
    # The token of the session before the sign-in has ended with it.
    assert client.post("/sign-out", data={"csrf_token": form["csrf_token"]}).status_code == 400
    page = client.get("/profile").text
    assert client.post("/profile", data={"name": "A", "locale": "en", "csrf_token": _token(page)}).status_code == 303


def test_anothers_token_does_not_do(protected: Flask, session: Session) -> None:
    one, other = _signed_in(protected, session), _signed_in(protected, session)
    token = _token(one.get("/profile").text)
    assert other.post("/sign-out", data={"csrf_token": token}).status_code == 400
