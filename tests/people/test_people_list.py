"""The administrator's list of people: found in every alphabet, in whatever case, as typed, a stretch at a time."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.core.permissions import Role
from portal.people.queries import PAGE, people
from tests.factories import NOW, a_person

NAMES = (
    "Željka Đurđević",
    "Пётр Ёлкин",
    "ნინო ბერიძე",
    "Anne-Marie O’Neill",
    "Straße Weiß",
    "100 % Sale",
    "Under_Score",
    "Back\\Slash",
    "For/Ward",
)


@pytest.fixture
def company(session: Session) -> None:
    for number, name in enumerate(NAMES):
        a_person(session, name=name, email=f"p{number}.staff@example.com", password=False)
    session.commit()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("željka", [NAMES[0]]),
        ("ŽELJKA ĐURĐEVIĆ", [NAMES[0]]),
        ("đurđ žel", [NAMES[0]]),
        ("пётр", [NAMES[1]]),
        ("ПЁТР", [NAMES[1]]),
        ("ёЛКиН", [NAMES[1]]),
        ("ნინო", [NAMES[2]]),
        ("ᲜᲘᲜᲝ", [NAMES[2]]),
        ("რიძ", [NAMES[2]]),
        ("o’neill", [NAMES[3]]),
        ("STRASSE", [NAMES[4]]),
        ("P3.STAFF@example", [NAMES[3]]),
        ("%", [NAMES[5]]),
        ("_", [NAMES[6]]),
        ("d_rđ", []),
        ("\\", [NAMES[7]]),
        ("for/ward", [NAMES[8]]),
        ("nobody", []),
        ("пётр нино", []),
        ("p1\0.staff", [NAMES[1]]),
        ("  ", sorted(NAMES)),
    ],
)
def test_a_person_is_found_by(company: None, session: Session, typed: str, found: list[str]) -> None:
    assert sorted(row.name for row in people(session, typed).rows) == found


def test_the_search_stands_in_the_page_with_what_was_found(company: None, sign_in: Callable[..., FlaskClient]) -> None:
    admin = sign_in(Role.ADMIN)
    page = admin.get("/people", query_string={"q": "ПЁТР"}).text
    assert "Пётр Ёлкин" in page
    assert "Željka" not in page
    assert 'value="ПЁТР"' in page
    assert "1 person" in page
    nobody = admin.get("/people", query_string={"q": '"><script>'})
    assert nobody.status_code == 200
    assert "<script>" not in nobody.text
    assert "0 people" in nobody.text


def test_the_list_is_read_a_stretch_at_a_time_and_every_person_comes_once(session: Session) -> None:
    for number in range(2 * PAGE + 1):  # Names that stand twice, so that the name alone does not order them.
        a_person(session, name=f"Иван {number // 2:03}", email=f"ivan{number % 2}.{number}@example.com", password=False)
    seen: list[int] = []
    after, stretches = None, 0
    while True:
        stretch = people(session, "иван", after)
        assert stretch.total == 2 * PAGE + 1
        seen += [row.id for row in stretch.rows]
        stretches += 1
        after = stretch.after
        if after is None:
            break
    assert stretches == 3
    assert len(seen) == len(set(seen)) == 2 * PAGE + 1
    assert [row.name for row in people(session, "иван").rows] == [f"Иван {n // 2:03}" for n in range(PAGE)]


def test_a_list_that_fills_its_stretch_exactly_has_no_next_one(session: Session) -> None:
    for number in range(PAGE):
        a_person(session, name=f"Whole {number}", password=False)
    assert people(session, "whole").after is None
    a_person(session, name="Whole more", password=False)
    assert people(session, "whole").after is not None


def test_the_pager_leads_on_and_keeps_the_search(session: Session, sign_in: Callable[..., FlaskClient]) -> None:
    for number in range(PAGE + 1):
        a_person(session, name=f"Ана {number:03}", password=False)
    admin = sign_in(Role.ADMIN)
    first = admin.get("/people", query_string={"q": "ана"}).text
    link = re.search(r'<a rel="next" href="([^"]+)"', first)
    assert link
    second = admin.get(link[1].replace("&amp;", "&")).text
    assert 'value="ана"' in second
    assert f"Ана {PAGE:03}" in second
    assert "Ана 000" not in second
    assert 'rel="next"' not in second


@pytest.mark.parametrize("after", ["0", "-1", "x", "999", "9" * 20, "9" * 5000])
def test_a_made_up_place_in_the_list_is_its_beginning(
    company: None, sign_in: Callable[..., FlaskClient], after: str
) -> None:
    answer = sign_in(Role.ADMIN).get("/people", query_string={"after": after})
    assert answer.status_code == 200
    assert "Пётр Ёлкин" in answer.text


def test_each_person_is_shown_with_team_roles_and_state(session: Session, sign_in: Callable[..., FlaskClient]) -> None:
    a_person(session, name="Zed Waiting", password=False, team=("Lampa", "Phone line"), roles=[Role.HR, Role.EDITOR])
    a_person(session, name="Zed Closed").deactivated_at = NOW
    a_person(session, name="Zed Open")
    page = sign_in(Role.ADMIN).get("/people?q=zed").text
    rows = {re.sub("<[^>]+>", "", row).split()[1]: row for row in page.split('<tr role="row">')[2:]}
    assert 'class="state waiting"' in rows["Waiting"]
    assert "Lampa / Phone line" in rows["Waiting"]
    assert "Editor" in rows["Waiting"]
    assert "HR" in rows["Waiting"]
    assert 'class="state closed">Can’t sign in' in rows["Closed"]
    assert 'class="state open">Can sign in' in rows["Open"]


@pytest.mark.parametrize("role", [None, Role.EMPLOYEE, Role.EDITOR, Role.HR])
@pytest.mark.parametrize(
    ("method", "address"),
    [("GET", "/people"), ("GET", "/people/new"), ("POST", "/people/new"), ("GET", "/people/1"), ("POST", "/people/1"),
     ("POST", "/people/1/welcome-link")],
)  # fmt: skip
def test_nobody_but_an_administrator_sees_the_list(
    sign_in: Callable[..., FlaskClient], client: FlaskClient, role: Role | None, method: str, address: str
) -> None:
    answer = (sign_in(role) if role else client).open(address, method=method)
    if role:
        assert answer.status_code == 403
    else:
        assert answer.status_code in {302, 303}
        assert answer.location.startswith("/sign-in")
