"""What an administrator does with accounts: add, change, deactivate; and what is refused."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.core.errors import Invalid, NotFound, Refused
from portal.core.permissions import NOBODY, SYSTEM, Role
from portal.people.commands import (
    PersonValues,
    add_person,
    change_person,
    new_welcome,
    team_at,
)
from portal.people.model import Team
from portal.people.queries import PersonRow, as_actor, people, team_paths
from portal.people.queries import person as person_row
from tests.factories import NOW, PASSWORD, a_person
from tests.people.steps import enter

FILLED = {
    "name": "Пётр Ёлкин", "email": "Petr.Yolkin@Example.com", "team": " Lampa /  Склад ", "locale": "ru",
    "roles": ["employee", "editor"], "active": "y",
}  # fmt: skip


def _row(database: Database, search: str) -> PersonRow:
    with database.reading() as reading:
        (row,) = people(reading, search).rows
    return row


def test_an_added_person_gets_in_by_the_link_that_is_shown(
    app: Flask, sign_in: Callable[..., FlaskClient], database: Database
) -> None:
    answer = sign_in(Role.ADMIN).post("/people/new", data=FILLED)
    assert answer.status_code == 200
    link = re.search(r'value="http://127\.0\.0\.1:8000(/welcome/[^"]+)"', answer.text)
    assert link, "the link begins with the site's own address, whatever the request's host"
    row = _row(database, "petr.yolkin")
    assert (row.name, row.email, row.team) == ("Пётр Ёлкин", "petr.yolkin@example.com", "Lampa / Склад")
    assert (row.locale, row.roles, row.active) == ("ru", (Role.EMPLOYEE, Role.EDITOR), True)
    assert not row.has_password
    assert app.test_client().post(link[1], data={"password": "four candles and a match"}).status_code == 303


def test_a_host_that_the_browser_makes_up_does_not_get_into_the_link(sign_in: Callable[..., FlaskClient]) -> None:
    answer = sign_in(Role.ADMIN).post("/people/new", data=FILLED, headers={"X-Forwarded-Host": "evil.example"})
    assert answer.status_code == 200
    assert "evil.example" not in answer.text


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "Please fill this in."),
        ("name", "x" * 121, "At most 120 characters, please."),
        ("name", "bell\a", "A name of at most 120 characters, please."),
        ("email", "", "Please fill this in."),
        ("email", "no at sign", "This isn’t an e-mail address."),
        ("email", "a@b@c.example", "This isn’t an e-mail address."),
        ("email", "ana@example..com", "This isn’t an e-mail address."),
        ("email", "ana\x01@example.com", "This isn’t an e-mail address."),
        ("email", f"{'a' * 250}@b.hr", "At most 254 characters, please."),
        ("email", "TAKEN@example.com", "There is an account with this address already."),
        ("team", "Lampa //  Shop", "A team is a path such as Company / Department / Team."),
        ("team", "Lampa / ", "A team is a path such as Company / Department / Team."),
        ("team", " / ".join("abcdefghi"), "A team is a path such as Company / Department / Team."),
        ("team", "x" * 121, "A team is a path such as Company / Department / Team."),
        ("team", "Lampa / Bell\a", "A team is a path such as Company / Department / Team."),
        ("roles", [], "At least one role, please."),
    ],
)
def test_a_value_that_a_rule_refuses_is_named_beside_its_field_and_all_that_was_typed_is_kept(
    sign_in: Callable[..., FlaskClient], session: Session, database: Database, field: str, value: object, says: str
) -> None:
    a_person(session, email="taken@example.com")
    admin = sign_in(Role.ADMIN)
    answer = admin.post("/people/new", data={**FILLED, field: value})
    assert answer.status_code == 422
    block = answer.text[answer.text.index(f'id="{field}-error"') :]
    assert says in block[: block.index("</div>")]
    for other in {"name", "email", "team"} - {field}:
        assert str(FILLED[other]).strip() in answer.text
    assert re.search(r'<input checked[^>]*value="editor"', answer.text) or field == "roles"
    with database.reading() as reading:
        assert people(reading, "yolkin").total == 0
        assert "Склад" not in str(team_paths(reading))


@pytest.mark.parametrize("values", [{"roles": ["owner"]}, {"locale": "xx"}])
def test_a_choice_that_was_not_offered_is_refused(
    sign_in: Callable[..., FlaskClient], values: dict[str, object]
) -> None:
    assert sign_in(Role.ADMIN).post("/people/new", data={**FILLED, **values}).status_code == 422


def test_an_administrator_changes_all_that_an_account_holds(
    sign_in: Callable[..., FlaskClient], session: Session, database: Database
) -> None:
    person = a_person(session)
    admin = sign_in(Role.ADMIN)
    form = admin.get(f"/people/{person.id}")
    assert person.email in form.text
    answer = admin.post(f"/people/{person.id}", data={**FILLED, "roles": ["hr"]})
    assert (answer.status_code, answer.location) == (303, f"/people/{person.id}")
    assert "Saved." in admin.get(answer.location).text
    row = _row(database, "ёлкин")
    assert row == PersonRow(
        person.id,
        "Пётр Ёлкин",
        "petr.yolkin@example.com",
        "ru",
        "Lampa / Склад",
        (Role.HR,),
        active=True,
        has_password=True,
        heads=False,
    )


def test_a_person_keeps_their_own_address_but_cannot_get_anothers(
    sign_in: Callable[..., FlaskClient], session: Session
) -> None:
    person, other = a_person(session), a_person(session)
    admin = sign_in(Role.ADMIN)
    own = {**FILLED, "email": person.email.upper()}
    assert admin.post(f"/people/{person.id}", data=own).status_code == 303
    taken = admin.post(f"/people/{person.id}", data={**FILLED, "email": other.email})
    assert taken.status_code == 422
    assert "There is an account with this address already." in taken.text
    assert other.email in taken.text


def test_a_person_is_taken_out_of_their_team(
    sign_in: Callable[..., FlaskClient], session: Session, database: Database
) -> None:
    person = a_person(session, team=("Lampa", "Shop"))
    sign_in(Role.ADMIN).post(f"/people/{person.id}", data={**FILLED, "team": ""})
    assert _row(database, "yolkin").team == ""


def test_a_deactivated_account_is_opened_again(
    app: Flask, sign_in: Callable[..., FlaskClient], session: Session
) -> None:
    person = a_person(session)
    admin = sign_in(Role.ADMIN)
    values = {**FILLED, "email": person.email}
    for active, answer in (("", 422), ("y", 303)):
        admin.post(f"/people/{person.id}", data={**values, "active": active} if active else _without(values, "active"))
        assert enter(app.test_client(), person.email, PASSWORD).status_code == answer


def _without(values: dict[str, object], name: str) -> dict[str, object]:
    return {key: value for key, value in values.items() if key != name}


def test_the_moment_of_a_deactivation_stays_when_the_account_is_saved_again(session: Session) -> None:
    person = a_person(session)
    values = PersonValues(person.name, person.email, "en")
    change_person(session, SYSTEM, person.id, values, active=False, now=NOW)
    change_person(session, SYSTEM, person.id, values, active=False, now=NOW.replace(year=2030))
    assert person.deactivated_at == NOW


@pytest.mark.parametrize("address", ["/people/0", "/people/2147483647", "/people/2147483648", f"/people/{'9' * 30}"])
def test_an_account_that_is_not_there_is_not_found(sign_in: Callable[..., FlaskClient], address: str) -> None:
    admin = sign_in(Role.ADMIN)
    assert admin.get(address).status_code == 404
    assert admin.post(address, data=FILLED).status_code == 404
    assert admin.post(f"{address}/welcome-link").status_code == 404


@pytest.mark.parametrize("roles", [(), (Role.EMPLOYEE,), (Role.EDITOR, Role.HR)])
def test_the_commands_themselves_refuse_who_may_not_manage_people(session: Session, roles: tuple[Role, ...]) -> None:
    person = a_person(session)
    actor = as_actor(a_person(session, roles=roles)) if roles else NOBODY
    values = PersonValues("Mallory", "mallory@example.com", "en", frozenset({Role.ADMIN}))
    for attempt in (
        lambda: add_person(session, actor, values, NOW),
        lambda: change_person(session, actor, person.id, values, active=True, now=NOW),
        lambda: new_welcome(session, actor, person.id),
    ):
        with pytest.raises(Refused):
            attempt()


def test_all_that_is_wrong_is_said_at_once(session: Session) -> None:
    with pytest.raises(Invalid) as refused:
        add_person(session, SYSTEM, PersonValues("", "x", "xx", frozenset(), ("",)), NOW)
    assert set(refused.value.fields) == {"name", "email", "locale", "roles", "team"}


def test_a_change_of_nobody_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        change_person(session, SYSTEM, 2_147_483_647, PersonValues("A", "a@b.hr", "en"), active=True, now=NOW)


def test_a_name_that_grows_as_its_case_is_folded_is_kept_whole(session: Session) -> None:
    name, email = "ΐ" * 120, f"{'ΐ' * 240}@example.com"
    person = a_person(session, name=name, email=email)
    assert person_row(session, person.id) is not None
    assert people(session, "ΐ").total == 1


def test_teams_of_a_name_are_one_within_their_parent_and_another_elsewhere(session: Session) -> None:
    north = team_at(session, ("Lampa", "North", "Shop"))
    assert team_at(session, ("Lampa", "North", "Shop")) == north
    assert team_at(session, ("Lampa", "South", "Shop")) != north
    assert team_at(session, ()) is None
    assert session.scalar(select(func.count()).select_from(Team)) == 5
    assert sorted(team_paths(session).values()) == [
        "Lampa", "Lampa / North", "Lampa / North / Shop", "Lampa / South", "Lampa / South / Shop",
    ]  # fmt: skip
