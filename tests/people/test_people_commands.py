"""`portal people add` and `portal people import`: what they add, print and refuse, and with which exit code."""

import csv
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from portal.app import create_app
from portal.cli import portal
from portal.config import load
from portal.core.db import Database
from portal.core.permissions import Role
from portal.people.queries import PersonRow, people, team_paths

Command = Callable[..., Result]
GOOD = "name,email,team,roles,language\nAna Horvat,ana@example.com,Lampa,editor,hr\nПётр,petr@example.com,,,\n"


@pytest.fixture
def environment(own_database: Database, own_database_url: str, tmp_path: Path) -> dict[str, str]:
    return {
        "PORTAL_DATA": str(tmp_path / "data"),
        "PORTAL_DATABASE_URL": own_database_url,
        "PORTAL_SECRET_KEY": "for tests alone",
        "PORTAL_URL": "https://lampa.example.com",
        "PORTAL_LANGUAGE": "ka",
    }


@pytest.fixture
def command(environment: dict[str, str]) -> Command:
    """Runs the command line in this test's portal."""

    def run(*words: str | Path, **settings: str) -> Result:
        return CliRunner().invoke(portal, [str(word) for word in words], env={**environment, **settings})

    return run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(GOOD, encoding="utf-8")
    return path


def _rows(database: Database) -> list[PersonRow]:
    with database.reading() as session:
        return list(people(session).rows)


def _follow(environment: dict[str, str], database: Database, link: str) -> int:
    """The status of the answer to somebody who sets a password by ``link``."""
    prefix = "https://lampa.example.com"
    assert link.startswith(f"{prefix}/welcome/")
    app: Flask = create_app(load(environment), database)
    app.config.update(WTF_CSRF_ENABLED=False)
    answer = app.test_client().post(
        link.removeprefix(prefix), data={"password": "four candles and a match"}, base_url=prefix
    )
    return answer.status_code


def test_a_person_is_added_and_the_printed_link_lets_them_in(
    command: Command, environment: dict[str, str], own_database: Database
) -> None:
    result = command(
        "people", "add", "--email", "Ana@Example.com", "--name", "Ana Horvat", "--team", "Lampa / Shop",
        "--role", "hr", "--role", "admin", "--language", "hr",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    (row,) = _rows(own_database)
    assert (row.name, row.email, row.team) == ("Ana Horvat", "ana@example.com", "Lampa / Shop")
    assert (row.roles, row.locale, row.has_password) == ((Role.HR, Role.ADMIN), "hr", False)
    assert result.stdout.count("\n") == 1, "a script takes the link as it stands"
    assert _follow(environment, own_database, result.stdout.strip()) == 303


def test_a_person_is_an_employee_who_speaks_the_portals_language_unless_said_otherwise(
    command: Command, own_database: Database
) -> None:
    assert command("people", "add", "--email", "ana@example.com", "--name", "Ana").exit_code == 0
    (row,) = _rows(own_database)
    assert (row.roles, row.locale, row.team) == ((Role.EMPLOYEE,), "ka", "")


WRONG = (
    (("--email", "nonsense", "--name", "A"), 1, "email: This isn’t an e-mail address."),
    (("--email", "a@b.hr", "--name", "A", "--language", "xx"), 1, "language: The portal doesn’t speak this language."),
    (("--email", "a@b.hr", "--name", " "), 1, "name: A name of at most 120 characters, please."),
    (("--email", "a@b.hr", "--name", "A", "--team", "//"), 1, "team: A team is a path"),
    (("--email", "a@b.hr", "--name", "A", "--role", "boss"), 2, "'boss' is not one of"),
    (("--email", "a@b.hr"), 2, "--name"),
    (("--name", "A"), 2, "--email"),
)


def test_a_wrong_value_is_named_and_nobody_is_added(command: Command, own_database: Database) -> None:
    for words, code, says in WRONG:
        result = command("people", "add", *words)
        assert (result.exit_code, result.stdout) == (code, ""), words
        assert says in result.stderr
    assert _rows(own_database) == []


def test_an_address_is_added_once(command: Command, own_database: Database) -> None:
    words = ("people", "add", "--email", "ana@example.com", "--name", "Ana")
    assert command(*words).exit_code == 0
    again = command(*words)
    assert again.exit_code == 1
    assert "email: There is an account with this address already." in again.stderr
    assert len(_rows(own_database)) == 1


def test_a_file_is_imported_and_the_links_are_kept_where_only_their_owner_reads_them(
    command: Command, environment: dict[str, str], own_database: Database, file: Path, tmp_path: Path
) -> None:
    links = tmp_path / "links.csv"
    before = os.umask(0)
    try:
        result = command("people", "import", file, "--links", links)
    finally:
        os.umask(before)
    assert result.exit_code == 0, result.output
    assert "2 people added" in result.stdout
    assert stat.S_IMODE(links.stat().st_mode) == 0o600
    with links.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert [row["email"] for row in rows] == ["ana@example.com", "petr@example.com"]
    assert "/welcome/" not in result.output
    assert [_follow(environment, own_database, row["link"]) for row in rows] == [303, 303]


def test_a_file_is_imported_without_links_too(command: Command, own_database: Database, file: Path) -> None:
    assert command("people", "import", file).exit_code == 0
    assert [(row.name, row.locale, row.roles) for row in _rows(own_database)] == [
        ("Ana Horvat", "hr", (Role.EDITOR,)),
        ("Пётр", "ka", (Role.EMPLOYEE,)),
    ]


def test_every_bad_line_is_named_and_nothing_is_left_of_the_import(
    command: Command, own_database: Database, file: Path, tmp_path: Path
) -> None:
    file.write_text(GOOD + "Eva,eva,Lampa / Shop,,\n,eva@example.com,,boss,\n", encoding="utf-8")
    links = tmp_path / "links.csv"
    result = command("people", "import", file, "--links", links)
    assert result.exit_code == 1
    assert "nobody was added:\nline 4: email: This isn’t an e-mail address.\nline 5: roles: " in result.stderr
    assert _rows(own_database) == []
    with own_database.reading() as session:
        assert team_paths(session) == {}
    assert not links.exists()


def test_a_second_import_of_the_same_file_adds_nobody_twice(
    command: Command, own_database: Database, file: Path
) -> None:
    assert command("people", "import", file).exit_code == 0
    again = command("people", "import", file)
    assert again.exit_code == 1
    assert "line 2: email: There is an account with this address already." in again.stderr
    assert len(_rows(own_database)) == 2


def test_a_file_in_another_encoding_is_refused(command: Command, own_database: Database, file: Path) -> None:
    file.write_bytes(GOOD.encode("cp1251", errors="replace"))
    result = command("people", "import", file)
    assert result.exit_code == 1
    assert "nobody was added" in result.stderr
    assert "is not UTF-8" in result.stderr
    assert _rows(own_database) == []


def test_a_byte_order_mark_is_no_part_of_the_first_column(command: Command, own_database: Database, file: Path) -> None:
    file.write_text(GOOD, encoding="utf-8-sig")
    assert command("people", "import", file).exit_code == 0
    assert len(_rows(own_database)) == 2


@pytest.mark.parametrize("taken", ["file", "link", "no folder"])
def test_links_are_never_written_over_something_and_without_them_nobody_is_added(
    command: Command, own_database: Database, file: Path, tmp_path: Path, taken: str
) -> None:
    links, elsewhere = tmp_path / "links.csv", tmp_path / "elsewhere"
    if taken == "file":
        links.write_text("gold", encoding="utf-8")
    elif taken == "link":
        links.symlink_to(elsewhere)
    else:
        links = tmp_path / "nowhere" / "links.csv"
    result = command("people", "import", file, "--links", links)
    assert result.exit_code == 1
    assert str(links) in result.stderr
    assert _rows(own_database) == []
    assert not elsewhere.exists()
    assert taken != "file" or links.read_text(encoding="utf-8") == "gold"


def test_a_file_that_is_not_there_is_wrong_usage(command: Command, tmp_path: Path) -> None:
    result = command("people", "import", tmp_path / "nothing.csv")
    assert result.exit_code == 2
    assert "nothing.csv" in result.stderr


def test_without_a_portal_the_command_says_how_to_make_one(command: Command, file: Path, tmp_path: Path) -> None:
    for words in (("import", file), ("add", "--email", "a@b.hr", "--name", "A")):
        result = command("people", *words, PORTAL_DATABASE_URL=f"sqlite:///{tmp_path}/none.sqlite")
        assert result.exit_code == 1
        assert "make one with: portal init" in result.stderr


@pytest.mark.parametrize("words", [("people",), ("people", "add"), ("people", "import")])
def test_help_says_what_is_needed(words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(portal, [*words, "--help"])
    assert result.exit_code == 0
    assert "Usage: portal people" in result.stdout
