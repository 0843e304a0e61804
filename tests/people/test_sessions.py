"""What ends a session: another password, other roles, a deactivation; and what doesn't."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.core.permissions import SYSTEM, Role
from portal.people.commands import PersonValues, change_person, change_profile, new_welcome, set_password
from portal.people.model import Person
from portal.people.queries import as_actor, signed_in
from tests.factories import NOW, a_person
from tests.people.steps import entered, is_in

Change = Callable[[Session, Person], object]


def _changed(session: Session, person: Person, *, active: bool = True, **over: object) -> None:
    values = {"name": person.name, "email": person.email, "locale": person.locale, "roles": person.role_set, **over}
    change_person(session, SYSTEM, person.id, PersonValues(**values), active=active, now=NOW)  # type: ignore[arg-type]


ENDS: dict[str, Change] = {
    "a new password": lambda session, person: set_password(session, person.id, "a hash"),
    "a role more": lambda session, person: _changed(session, person, roles=person.role_set | {Role.EDITOR}),
    "another role": lambda session, person: _changed(session, person, roles=frozenset({Role.HR})),
    "a deactivation": lambda session, person: _changed(session, person, active=False),
    "a new welcome link": lambda session, person: new_welcome(session, SYSTEM, person.id),
}
GOES_ON: dict[str, Change] = {
    "another name": lambda session, person: _changed(session, person, name="Ana Kovač"),
    "another address": lambda session, person: _changed(session, person, email="ana.kovac@example.com"),
    "another team": lambda session, person: _changed(session, person, team=("Lampa", "Shop")),
    "a save without change": _changed,
    "the own language": lambda session, person: change_profile(session, as_actor(person), person.name, "ka"),
}


@pytest.mark.parametrize("what", ENDS)
def test_every_session_of_a_person_ends_with(sign_in: Callable[..., FlaskClient], session: Session, what: str) -> None:
    person, other = a_person(session), a_person(session)
    clients = [sign_in(person=as_actor(person)) for _ in range(2)]
    others = sign_in(person=as_actor(other))
    assert is_in(clients[0])
    ENDS[what](session, session.get_one(Person, person.id))
    session.commit()
    assert [is_in(client) for client in clients] == [False, False]
    assert is_in(others)


@pytest.mark.parametrize("what", GOES_ON)
def test_a_session_goes_on_after(sign_in: Callable[..., FlaskClient], session: Session, what: str) -> None:
    person = a_person(session)
    client = sign_in(person=as_actor(person))
    GOES_ON[what](session, session.get_one(Person, person.id))
    session.commit()
    assert is_in(client)


def test_a_session_that_a_deactivation_ended_stays_ended_when_the_account_is_opened_again(
    app: Flask, session: Session
) -> None:
    person = a_person(session)
    session.commit()
    client = entered(app, person.email)
    _changed(session, person, active=False)
    _changed(session, person, active=True)
    session.commit()
    assert not is_in(client)
    assert is_in(entered(app, person.email))


def test_new_rights_are_there_at_the_next_sign_in(app: Flask, session: Session) -> None:
    person = a_person(session)
    session.commit()
    assert entered(app, person.email).get("/people").status_code == 403
    _changed(session, person, roles=frozenset({Role.ADMIN}))
    session.commit()
    assert entered(app, person.email).get("/people").status_code == 200


@pytest.mark.parametrize("session_id", ["", ":", "1", "x:y", "²:y", "-1:y", "1:", "None:"])
def test_a_session_id_that_fits_nobody_is_nobody(session: Session, session_id: str) -> None:
    a_person(session)
    assert signed_in(session, session_id) is None


def test_a_forged_session_is_nobody(app: Flask, session: Session) -> None:
    person = a_person(session)
    session.commit()
    client: FlaskClient = app.test_client()
    client.set_cookie("session", "eyJfdXNlcl9pZCI6IjE6eCJ9.aaaa.bbbb")
    assert not is_in(client)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = f"{person.id}:{'0' * 32}"
    assert not is_in(client)
