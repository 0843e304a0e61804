"""`portal backup`, `restore` and `upgrade`: nothing lost, nothing half-done, and the reason when it can't be done."""

import os
import re
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from portal.core import schema
from portal.core.security import secret_key
from portal.search import compare
from tests.chains import NEXT, longer_chain
from tests.cli.place import Place, left
from tests.core.archives import content

LATER = """
op.add_column("page", sa.Column("colour", sa.String(), nullable=False, server_default="amber"))
"""


@pytest.fixture
def backup(standing: Place, tmp_path: Path) -> Path:
    assert standing.run("backup", tmp_path / "backup.zip").code == 0
    return tmp_path / "backup.zip"


@pytest.fixture
def later(tmp_path: Path) -> dict[str, object]:
    """What makes a command one of a later version, with a migration more."""
    return {"portal.core.schema:MIGRATIONS": longer_chain(tmp_path / "chain", LATER)}


def present(place: Place) -> str | None:
    with place.database() as database:
        return schema.present(database.engine)


def test_a_restored_portal_is_the_one_that_was_backed_up(standing: Place, place: Place, backup: Path) -> None:
    ran = place.run("restore", backup)
    assert ran.code == 0
    assert f"rows restored from {backup}" in ran.out
    with standing.database() as original, place.database() as database, place.index() as index:
        assert content(database) == content(original)
        assert compare(database, index).agrees
    assert secret_key(place.settings) == secret_key(standing.settings)
    assert (place.data / "secret.key").stat().st_mode & 0o777 == 0o600
    assert set(left(place)) <= {"index", "portal.sqlite", "secret.key", "tables"}
    assert place.run("doctor").code == 0


def test_a_key_of_ones_own_stands_before_that_of_the_backup(place: Place, backup: Path) -> None:
    assert place.run("restore", backup, PORTAL_SECRET_KEY="my own").code == 0
    assert not (place.data / "secret.key").exists()


def test_backup_writes_for_its_owners_eyes_alone_and_says_what(standing: Place, tmp_path: Path) -> None:
    ran = standing.run("backup", tmp_path / "backup.zip")
    size, mode = (tmp_path / "backup.zip").stat().st_size, (tmp_path / "backup.zip").stat().st_mode
    assert (ran.code, mode & 0o777) == (0, 0o600)
    assert re.fullmatch(rf"{tmp_path}/backup\.zip: \d+ rows, {size} bytes\n", ran.out)
    assert "\n  person\n" in ran.err  # Progress: a line a table.


def test_backup_never_replaces_a_file(standing: Place, backup: Path) -> None:
    before = backup.read_bytes()
    ran = standing.run("backup", backup)
    assert (ran.code, ran.out) == (1, "")
    assert "is there already; name a new file" in ran.err
    assert backup.read_bytes() == before


def test_backup_into_a_folder_that_is_not_there_says_so(standing: Place, tmp_path: Path) -> None:
    ran = standing.run("backup", tmp_path / "no-such-folder" / "backup.zip")
    assert (ran.code, ran.out) == (1, "")
    assert "can't write" in ran.err
    assert "No such file or directory" in ran.err


def test_restore_refuses_a_folder_that_holds_data(portal: Place, backup: Path) -> None:
    with portal.database() as database:
        before = content(database)
    ran = portal.run("restore", backup)
    assert (ran.code, ran.out) == (1, "")
    assert "holds data already" in ran.err
    with portal.database() as database:
        assert content(database) == before


def test_restore_refuses_a_damaged_file_leaves_nothing_and_takes_the_whole_one(place: Place, backup: Path) -> None:
    damaged = backup.with_name("damaged.zip")
    damaged.write_bytes(backup.read_bytes()[:-100])
    ran = place.run("restore", damaged)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == f"Error: {damaged} is not a whole backup of a portal (File is not a zip file)\n"
    assert left(place) == []
    assert place.run("restore", backup).code == 0


def die(_table: str) -> None:
    """The process is killed as it says that the first table is done."""
    os.kill(os.getpid(), signal.SIGKILL)


def stumble(table: str) -> None:
    if table == "person":
        raise OSError("no space left on device")


def test_a_restore_that_fails_halfway_leaves_nothing_and_can_be_done_again(place: Place, backup: Path) -> None:
    ran = place.run("restore", backup, constants={"portal.cli.keeping:_said": stumble})
    assert (ran.code, ran.err) == (1, "Error: no space left on device\n")
    assert left(place) == []
    assert place.run("restore", backup).code == 0


def test_a_restore_that_is_killed_halfway_makes_no_portal(place: Place, backup: Path) -> None:
    assert place.run("restore", backup, constants={"portal.cli.keeping:_said": die}).code == -signal.SIGKILL
    again = place.run("restore", backup)
    if place.on_sqlite:
        assert again.code == 0
    else:
        assert (again.code, again.err) == (1, "Error: the database holds tables already\n")


def test_restore_refuses_the_backup_of_a_newer_version(
    portal: Place, later: dict[str, object], tmp_path: Path, new_place: Callable[[], Place]
) -> None:
    assert portal.run("upgrade", constants=later).code == 0
    assert portal.run("backup", tmp_path / "newer.zip", constants=later).code == 0
    target = new_place()
    ran = target.run("restore", tmp_path / "newer.zip")
    assert (ran.code, ran.out) == (1, "")
    assert "was made by a newer version of the portal" in ran.err
    assert left(target) == []


def test_restore_brings_the_backup_of_an_older_version_up_to_date(
    place: Place, backup: Path, later: dict[str, object]
) -> None:
    assert place.run("restore", backup, constants=later).code == 0
    assert present(place) == NEXT
    with place.database() as database, database.reading() as session:
        assert set(session.scalars(text("SELECT colour FROM page"))) == {"amber"}
    assert place.run("doctor", constants=later).code == 0


def test_upgrade_brings_the_database_to_the_new_schema_once(portal: Place, later: dict[str, object]) -> None:
    before = present(portal)
    for words in (("search", "lamp"), ("serve",), ("worker",)):
        ran = portal.run(*words, constants=later)
        assert (ran.code, ran.out) == (1, "")
        assert "bring it up to date with: portal upgrade" in ran.err
    assert portal.run("backup", portal.data.parent / "before.zip", constants=later).code == 0
    ran = portal.run("upgrade", constants=later)
    assert (ran.code, ran.out) == (0, f"schema {before} -> {NEXT}\n")
    assert present(portal) == NEXT
    assert portal.run("upgrade", constants=later).out == "nothing to upgrade\n"
    assert portal.run("doctor", constants=later).code == 0


def test_an_older_version_leaves_the_database_of_a_newer_one_alone(portal: Place, later: dict[str, object]) -> None:
    assert portal.run("upgrade", constants=later).code == 0
    for words in (("upgrade",), ("search", "lamp"), ("serve",), ("backup", "backup.zip")):
        ran = portal.run(*words)
        assert (ran.code, ran.out) == (1, "")
        assert "made by a newer version of the portal; use that version" in ran.err
    assert present(portal) == NEXT


def test_an_upgrade_that_stumbles_changes_nothing(portal: Place, tmp_path: Path) -> None:
    before = present(portal)
    chain = longer_chain(tmp_path / "chain", "op.execute('DROP TABLE page_link')\nop.execute('SELECT * FROM nowhere')")
    ran = portal.run("upgrade", constants={"portal.core.schema:MIGRATIONS": chain})
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("Error: the database says: ")
    assert present(portal) == before
    assert portal.run("doctor").code == 0
