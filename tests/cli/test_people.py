"""`portal people add` and `import`: accounts with a link to begin with, all of a file or none of it."""

import csv
import re
from pathlib import Path

from sqlalchemy import func, select

from portal.core.permissions import Role
from portal.people.model import Person
from tests.cli.place import ADMIN, Place

LINK = r"https://lampa\.example\.com/welcome/\S+"
SITE = {"PORTAL_URL": "https://lampa.example.com"}


def people(place: Place) -> dict[str, Person]:
    with place.database() as database, database.reading() as session:
        return {person.email: person for person in session.scalars(select(Person))}


def test_a_person_is_added_and_gets_a_link(portal: Place) -> None:
    ran = portal.run(
        "people",
        "add",
        "--email",
        "Nino@Example.com",
        "--name",
        "Nino",
        "--team",
        "Luma / Shops",
        "--role",
        "editor",
        "--role",
        "hr",
        "--language",
        "ka",
        **SITE,
    )
    assert (ran.code, ran.err) == (0, "")
    assert re.fullmatch(LINK + "\n", ran.out)
    nino = people(portal)["nino@example.com"]
    assert (nino.name, nino.locale, nino.role_set) == ("Nino", "ka", {Role.EDITOR, Role.HR})
    assert nino.team_id


def test_an_address_that_has_an_account_is_refused(standing: Place) -> None:
    ran = standing.run("people", "add", "--email", ADMIN, "--name", "Again")
    assert (ran.code, ran.out) == (1, "")
    assert "email: There is an account with this address already." in ran.err


def test_a_file_of_people_is_imported_with_a_link_for_each(portal: Place, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("name,email,roles\nAna,ana@example.com,hr\nИван,ivan@example.com,\n")
    ran = portal.run("people", "import", tmp_path / "people.csv", "--links", tmp_path / "links.csv", **SITE)
    assert (ran.code, ran.out) == (0, "2 people added\n")
    with (tmp_path / "links.csv").open(newline="") as file:
        head, *rows = csv.reader(file)
    assert (head, [email for email, _ in rows]) == (["email", "link"], ["ana@example.com", "ivan@example.com"])
    assert all(re.fullmatch(LINK, link) for _, link in rows)
    assert (tmp_path / "links.csv").stat().st_mode & 0o777 == 0o600


def test_one_bad_line_is_named_and_nobody_is_imported(standing: Place, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("name,email\nAna,ana@example.com\nIvan,nowhere\n")
    ran = standing.run("people", "import", tmp_path / "people.csv", "--links", tmp_path / "links.csv")
    assert (ran.code, ran.out) == (1, "")
    assert "nobody was added" in ran.err
    assert "line 3: " in ran.err
    assert not (tmp_path / "links.csv").exists()
    with standing.database() as database, database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 1
