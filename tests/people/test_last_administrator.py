"""The site is never without an administrator who may sign in, not even when two of them act at once."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from contextlib import suppress

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.core.permissions import SYSTEM, Role
from portal.people.commands import LastAdmin, PersonValues, change_person
from portal.people.model import Person
from portal.people.queries import as_actor, people
from tests.factories import NOW, a_person

FILLED = {"name": "Другое Имя", "email": "other@example.com", "locale": "ru", "active": "y"}


@pytest.mark.parametrize("what", [{"roles": ["employee"]}, {"active": None}])
def test_the_last_administrator_stays_one_and_what_was_typed_is_kept(
    sign_in: Callable[..., FlaskClient], session: Session, database: Database, what: dict[str, object]
) -> None:
    admin = a_person(session, roles=[Role.ADMIN], name="Only One")
    gone = a_person(session, roles=[Role.ADMIN])
    gone.deactivated_at = NOW  # Who may not sign in administers nothing.
    client = sign_in(person=as_actor(admin))
    values = {**FILLED, "roles": ["employee", "admin"], **what}
    answer = client.post(f"/people/{admin.id}", data={k: v for k, v in values.items() if v is not None})
    assert answer.status_code == 409
    assert "This is the last administrator. Make somebody else one first." in answer.text
    assert 'value="Другое Имя"' in answer.text
    with database.reading() as reading:
        assert [row.name for row in people(reading, admin.email).rows] == ["Only One"]
    assert client.get("/people").status_code == 200


def test_an_administrator_steps_back_once_there_is_another(
    sign_in: Callable[..., FlaskClient], session: Session
) -> None:
    admin, _ = a_person(session, roles=[Role.ADMIN]), a_person(session, roles=[Role.ADMIN])
    client = sign_in(person=as_actor(admin))
    assert client.post(f"/people/{admin.id}", data={**FILLED, "roles": ["employee"]}).status_code == 303
    assert client.get("/people").location.startswith("/sign-in"), "other roles, so the session has ended"


def test_two_administrators_who_demote_each_other_at_once_leave_one(own_database: Database) -> None:
    with own_database.transaction() as session:
        one, other = (a_person(session, roles=[Role.ADMIN]) for _ in range(2))

    def demote(session: Session, who: Person) -> None:
        change_person(session, SYSTEM, who.id, PersonValues(who.name, who.email, "en"), active=True, now=NOW)

    def second() -> None:
        with own_database.transaction() as session:
            demote(session, other)

    with ThreadPoolExecutor(1) as pool:
        with own_database.transaction() as session:
            demote(session, one)
            meanwhile: Future[None] = pool.submit(second)
            with suppress(StillWaiting):  # It must wait for the first to be done; how long is of no matter.
                meanwhile.result(timeout=0.5)
        with pytest.raises(LastAdmin):
            meanwhile.result()
    with own_database.reading() as session:
        assert [row.id for row in people(session).rows if Role.ADMIN in row.roles] == [other.id]
