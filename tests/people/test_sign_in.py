"""Signing in and out, and what ends a session."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import PASSWORD, a_person


def test_a_person_signs_in_and_lands_where_they_wanted_to_go(client: FlaskClient, session: Session) -> None:
    person = a_person(session)
    session.commit()
    answer = client.post(
        "/sign-in", data={"email": person.email.upper(), "password": PASSWORD, "next": "/stories?page=2"}
    )
    assert (answer.status_code, answer.location) == (303, "/stories?page=2")
    assert client.get("/profile/password").status_code in {200, 500}
