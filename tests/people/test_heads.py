"""Who leads a team: set by an administrator or a file, shown to themselves, asked by the rest of the portal."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.cli.sample import PEOPLE
from portal.core.db import Database
from portal.core.permissions import SYSTEM, Can, Role
from portal.people import BrokenFile, PersonValues, able, as_actor, headed_team, import_people, staff
from portal.people.commands import change_person
from portal.people.model import Person
from portal.people.queries import people, signed_in, team_paths
from tests.factories import NOW, a_person

SHOPS = ("Luma", "Shops")


def values(person: Person, **over: object) -> dict[str, object]:
    return {"name": person.name, "email": person.email, "locale": "en", "roles": ["employee"], "active": "y", **over}


def test_an_administrator_makes_somebody_head_and_the_person_stays_signed_in(
    sign_in: Callable[..., FlaskClient], session: Session, database: Database
) -> None:
    ana = a_person(session, team=SHOPS)
    own, admin = sign_in(person=as_actor(ana)), sign_in(Role.ADMIN)
    assert "Leads their team and all teams below it" in admin.get(f"/people/{ana.id}").text
    assert admin.post(f"/people/{ana.id}", data=values(ana, team="Luma / Shops", heads="y")).status_code == 303
    with database.reading() as reading:
        assert headed_team(reading, ana.id) == ana.team_id
        assert signed_in(reading, as_actor(ana).get_id()), "no new session is needed"
    assert "You lead it" in own.get("/profile").text
    assert "Leads it" in admin.get("/people").text
    assert '<input checked id="heads"' in admin.get(f"/people/{ana.id}").text
    admin.post(f"/people/{ana.id}", data=values(ana, team="Luma / Shops"))
    with database.reading() as reading:
        assert headed_team(reading, ana.id) is None
    assert "You lead it" not in own.get("/profile").text


def test_who_is_in_no_team_leads_none(sign_in: Callable[..., FlaskClient], session: Session) -> None:
    ana = a_person(session)
    answer = sign_in(Role.ADMIN).post(f"/people/{ana.id}", data=values(ana, heads="y"))
    assert answer.status_code == 422
    block = answer.text[answer.text.index('id="heads-error"') :]
    assert "Whoever leads a team is in one" in block[:300]


def test_who_has_left_or_is_unknown_leads_nothing(session: Session) -> None:
    ana = a_person(session, team=SHOPS, heads=True)
    assert headed_team(session, ana.id) == ana.team_id
    gone = PersonValues(ana.name, ana.email, "en", team=SHOPS, heads=True)
    change_person(session, SYSTEM, ana.id, gone, active=False, now=NOW)
    session.flush()
    assert headed_team(session, ana.id) is None
    assert headed_team(session, 2**31 - 1) is None


@pytest.mark.parametrize(("said", "heads"), [("yes", True), (" Yes ", True), ("no", False), ("", False)])
def test_a_file_says_who_leads_their_team(session: Session, said: str, heads: bool) -> None:
    import_people(session, SYSTEM, f"name,email,team,head\nAna,ana@example.com,Luma / Shops,{said}\n", "en", NOW)
    assert [row.heads for row in people(session).rows] == [heads]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Ana,ana@example.com,Luma,maybe", "head: yes or no, please"),
        ("Ana,ana@example.com,,yes", "head: Whoever leads a team is in one: please fill in which."),
    ],
)
def test_a_head_that_is_none_is_named_with_its_line(
    sign_in: Callable[..., FlaskClient], session: Session, line: str, reason: str
) -> None:
    with sign_in().application.test_request_context(), pytest.raises(BrokenFile) as broken:
        import_people(session, SYSTEM, f"name,email,team,head\n{line}\n", "en", NOW)
    assert broken.value.faults == [(2, reason)]


def test_each_unit_of_the_sample_company_has_one_head(session: Session) -> None:
    added = import_people(session, SYSTEM, PEOPLE.read_text(encoding="utf-8"), "en", NOW)
    paths = team_paths(session)
    heads = {paths[person.team_id]: person.name for person in added if person.heads_team and person.team_id}
    assert len(heads) == sum(person.heads_team for person in added)
    units = {"Luma / Customer Care", "Luma / Shops", "Luma / Operations", "Luma / People", "Luma / Service Quality"}
    assert set(heads) == units | {"Luma"}
    assert heads["Luma"] == "Oliver Grant"


def test_who_works_here_and_who_may_do_what(session: Session) -> None:
    ana, ivana = a_person(session, team=SHOPS), a_person(session, roles=[Role.EMPLOYEE, Role.HR])
    gone = a_person(session, roles=[Role.HR])
    gone.deactivated_at = NOW
    session.flush()
    assert staff(session) == {ana.id: ana.team_id, ivana.id: None}
    assert able(session, Can.MANAGE_SURVEYS) == (ivana.id,)
    assert able(session, Can.ANSWER_SURVEYS) == (ana.id, ivana.id)
