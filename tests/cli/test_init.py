"""`portal init`: a new portal where there was nothing, or nothing at all."""

import os
import stat
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.core.permissions import Role
from portal.knowledge import stamps
from portal.people.model import Person
from portal.people.passwords import matches
from portal.search import compare
from tests.cli.place import Place, left
from tests.factories import PASSWORD
from tests.processes import DEADLINE_S, PORTAL, ROOT, until


def administrator(place: Place) -> Person:
    """The one account there is."""
    with place.database() as database, database.reading() as session:
        return session.scalars(select(Person)).one()


def test_init_makes_a_portal_with_guidance_an_index_and_an_administrator(place: Place, guidance: Path) -> None:
    ran = place.run("init", "--content", guidance, "--admin-email", "Ana.Horvat@Example.com")
    assert (ran.code, ran.out) == (0, "")
    assert "a new portal with 2 texts" in ran.err
    admin = administrator(place)
    assert admin.email == "ana.horvat@example.com"
    assert {Role.ADMIN, Role.EMPLOYEE} <= admin.role_set
    assert matches(admin.password_hash, PASSWORD)
    with place.database() as database, place.index() as index, database.reading() as session:
        assert len(stamps(session)) == 2
        assert compare(database, index).agrees
    assert stat.S_IMODE((place.data / "secret.key").stat().st_mode) == 0o600
    assert place.run("doctor").code == 0


def test_init_refuses_a_folder_that_holds_data_and_leaves_it_alone(place: Place, guidance: Path) -> None:
    place.data.mkdir()
    (place.data / "letter.txt").write_text("something of value")
    ran = place.run("init", "--content", guidance, "--admin-email", "a@example.com")
    assert (ran.code, ran.out) == (1, "")
    assert "holds data already" in ran.err
    assert left(place) == ["letter.txt"]
    assert (place.data / "letter.txt").read_text() == "something of value"


def test_init_refuses_a_portal_that_is_there(portal: Place, guidance: Path) -> None:
    before = left(portal)
    assert portal.run("init", "--content", guidance, "--admin-email", "a@example.com").code == 1
    assert left(portal) == before
    assert portal.run("doctor").code == 0


def test_init_refuses_a_database_that_holds_tables(portal: Place, guidance: Path, tmp_path: Path) -> None:
    url = portal.settings.database
    ran = portal.run(
        "init",
        "--content",
        guidance,
        "--admin-email",
        "a@example.com",
        PORTAL_DATA=tmp_path / "new",
        PORTAL_DATABASE_URL=url,
    )
    assert ran.code == 1
    assert "already" in ran.err
    assert not (tmp_path / "new").exists()
    assert portal.run("doctor").code == 0


def test_init_refuses_a_data_folder_that_is_a_file(place: Place, guidance: Path) -> None:
    place.data.write_text("something of value")
    ran = place.run("init", "--content", guidance, "--admin-email", "a@example.com")
    assert ran.code == 1
    assert "is not a folder" in ran.err
    assert place.data.read_text() == "something of value"


def broken(guidance: Path) -> None:
    (guidance / "stories" / "the-seam" / "ru.md").write_text("---\nsummary: Без заголовка\n---\nТекст.\n")


def test_init_with_broken_guidance_names_file_and_line_and_leaves_nothing(place: Place, guidance: Path) -> None:
    broken(guidance)
    ran = place.run("init", "--content", guidance, "--admin-email", "a@example.com")
    assert (ran.code, ran.out) == (1, "")
    assert "nothing was imported" in ran.err
    assert "stories/the-seam/ru.md:" in ran.err
    assert left(place) == []

    (guidance / "stories" / "the-seam" / "ru.md").unlink()
    assert place.run("init", "--content", guidance, "--admin-email", "a@example.com").code == 0


def test_a_failed_init_leaves_no_database_outside_of_the_folder_either(
    place: Place, guidance: Path, tmp_path: Path
) -> None:
    if not place.on_sqlite:
        pytest.skip("a question of files: the database is a server's")
    broken(guidance)
    words = ("init", "--content", guidance, "--admin-email", "a@example.com")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert place.run(*words, PORTAL_DATABASE_URL=f"sqlite:///{elsewhere}/lampa.sqlite").code == 1
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize(
    ("email", "password", "said"),
    [
        ("a@example.com", "short", "PORTAL_ADMIN_PASSWORD: At least 8 characters"),
        ("a@example.com", "a" * 30, "PORTAL_ADMIN_PASSWORD: This password is too easy"),
        ("ana.horvat@example.com", "Ana.Horvat", "PORTAL_ADMIN_PASSWORD: This password is too easy"),
        ("not-an-address", PASSWORD, "email: This isn’t an e-mail address"),
    ],
)
def test_init_refuses_a_bad_password_or_address_and_leaves_nothing(
    place: Place, guidance: Path, email: str, password: str, said: str
) -> None:
    ran = place.run("init", "--content", guidance, "--admin-email", email, PORTAL_ADMIN_PASSWORD=password)
    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err
    assert left(place) == []


def test_init_without_a_password_and_without_a_terminal_says_what_to_set(place: Place, guidance: Path) -> None:
    ran = place.run("init", "--content", guidance, "--admin-email", "a@example.com", PORTAL_ADMIN_PASSWORD="")
    assert ran.code == 2
    assert "set PORTAL_ADMIN_PASSWORD" in ran.err
    assert left(place) == []


def test_init_asks_for_the_password_at_a_terminal_and_does_not_show_it(place: Place, guidance: Path) -> None:
    words = (*PORTAL, "init", "--content", str(guidance), "--admin-email", "a@example.com")
    ours, its = os.openpty()
    os.set_blocking(ours, False)
    shown = b""

    def says(what: bytes) -> bool:
        nonlocal shown
        with suppress(BlockingIOError):
            shown += os.read(ours, 10_000)
        return what in shown

    with subprocess.Popen(
        words,
        env=place.environ | {"PORTAL_ADMIN_PASSWORD": ""},
        cwd=ROOT,
        stdin=its,
        stdout=its,
        stderr=its,
        start_new_session=True,
    ) as process:
        try:
            for question in (b"Password of the administrator", b"Repeat for confirmation"):
                until(lambda asked=question: says(asked), question.decode())
                os.write(ours, b"typed at a terminal\n")
            until(lambda: says(b"a new portal"), "the portal is made")
            assert process.wait(DEADLINE_S) == 0
        finally:
            process.kill()
            os.close(ours)
            os.close(its)
    assert b"typed at a terminal" not in shown
    assert matches(administrator(place).password_hash, "typed at a terminal")
