"""`portal doctor`: a line a check, and exit code 1 when any of them finds something."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from sqlalchemy.engine import make_url

from portal.core import clock, outbox
from portal.core.locale import CATALOGUES
from portal.core.outbox import OutboxRow, Work
from portal.knowledge.model import Page
from portal.wins.model import Step, WinStep
from tests.chains import NEXT, longer_chain
from tests.cli.place import Place, Ran
from tests.factories import NOW, a_page
from tests.wins.scenes import a_win

CHECKS = ["settings", "languages", "folder", "database", "schema", "index", "pending work", "surveys", "webhook"]


def lines(ran: Ran) -> dict[str, tuple[str, str]]:
    """What was said of each check: ``ok`` or ``FAIL``, and the words."""
    assert ran.err == ""
    found = {}
    for line in ran.out.splitlines():
        state, _, rest = line.partition("  ")
        name, _, words = rest.strip().partition(": ")
        found[name] = state.strip(), words
    return found


def failing(ran: Ran) -> dict[str, str]:
    """The checks that found something, and what."""
    found = {name: words for name, (state, words) in lines(ran).items() if state == "FAIL"}
    assert ran.code == (1 if found else 0)
    return found


def test_a_portal_that_is_well_gets_a_line_a_check_and_exit_code_0(standing: Place) -> None:
    ran = standing.run("doctor")
    assert list(lines(ran)) == CHECKS
    assert (failing(ran), ran.code) == ({}, 0)
    assert str(standing.data) in ran.out


def test_what_the_doctor_says_names_no_password(standing: Place) -> None:
    ran = standing.run("doctor", PORTAL_SECRET_KEY="hush", PORTAL_DEMO_PASSWORD="hush")
    assert "hush" not in ran.out + ran.err


def test_where_there_is_no_portal_the_doctor_says_so_and_makes_nothing(place: Place, guidance: Path) -> None:
    place.data.mkdir()
    found = failing(place.run("doctor"))
    assert found if place.on_sqlite else found["schema"]
    assert list(place.data.iterdir()) == []
    assert place.run("init", "--content", guidance, "--admin-email", "a@example.com").code == 0


def test_a_folder_that_is_not_there(place: Place) -> None:
    assert "is not there; make a portal with: portal init" in failing(place.run("doctor"))["folder"]
    assert not place.data.exists()


def test_a_disk_that_is_almost_full(standing: Place) -> None:
    ran = standing.run("doctor", constants={"portal.cli.keeping:LOW_DISK": 2**60})
    assert list(failing(ran)) == ["folder"]
    assert "MB free" in failing(ran)["folder"]


def test_a_language_that_is_not_compiled(standing: Place, tmp_path: Path) -> None:
    for catalogue in CATALOGUES.glob("*/LC_MESSAGES/messages.po"):
        copy = tmp_path / catalogue.relative_to(CATALOGUES)
        copy.parent.mkdir(parents=True)
        copy.write_bytes(catalogue.read_bytes())
        if copy.parts[-3] != "ka":
            copy.with_suffix(".mo").write_bytes(b"")
    ran = standing.run(
        "doctor", constants={f"portal.{module}:CATALOGUES": tmp_path for module in ("core.locale", "cli.keeping")}
    )
    assert failing(ran) == {"languages": "not compiled: ka; run: make setup"}


def test_a_database_that_does_not_answer(standing: Place, tmp_path: Path) -> None:
    if standing.on_sqlite:
        gone = f"sqlite:///{tmp_path}/no-such-folder/portal.sqlite"
    else:
        url = make_url(standing.environ["PORTAL_DATABASE_URL"]).set(database="gone")
        gone = url.render_as_string(hide_password=False)
    assert "database" in failing(standing.run("doctor", PORTAL_DATABASE_URL=gone))


def test_a_database_file_that_is_damaged(portal: Place) -> None:
    if not portal.on_sqlite:
        pytest.skip("a question of files: the database is a server's")
    file = portal.data / "portal.sqlite"
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2] + b"\xa5" * 4096 + whole[len(whole) // 2 + 4096 :])
    assert "database" in failing(portal.run("doctor"))


def test_a_schema_that_is_older_than_the_program(standing: Place, tmp_path: Path) -> None:
    chain = longer_chain(tmp_path / "chain")
    found = failing(standing.run("doctor", constants={"portal.core.schema:MIGRATIONS": chain}))
    assert list(found) == ["schema"]
    assert f"this version wants {NEXT}; run: portal upgrade" in found["schema"]


def test_an_index_that_is_missing(portal: Place) -> None:
    (portal.data / "index" / "live").unlink()
    assert failing(portal.run("doctor")) == {
        "index": "missing or damaged; the worker mends it, or: portal index rebuild"
    }


def test_an_index_that_lags_behind(portal: Place) -> None:
    with portal.database() as database, database.transaction() as session:
        a_page(session)
        session.execute(delete(Page).where(Page.slug == "own-it"))
        session.execute(delete(OutboxRow))
    found = failing(portal.run("doctor"))
    assert list(found) == ["index"]
    assert found["index"].startswith("1 documents missing, 0 outdated, 1 gone from the database")


@pytest.fixture
def waiting(portal: Place) -> Place:
    """A portal where work waits that concerns nothing."""
    with portal.database() as database, database.transaction() as session:
        outbox.add(session, Work.INDEX, {"page": 0}, NOW)
    return portal


def test_work_that_waits_is_no_fault(waiting: Place) -> None:
    assert lines(waiting.run("doctor"))["pending work"] == ("ok", "1 waiting")


def test_work_that_keeps_failing(waiting: Place) -> None:
    with waiting.database() as database, database.transaction() as session:
        session.execute(update(OutboxRow).values(attempts=6, error="OSError: no space left"))
    assert failing(waiting.run("doctor")) == {"pending work": "1 waiting; one keeps failing: OSError: no space left"}


def test_a_webhook_that_missed_something_is_told_of_for_a_while(portal: Place) -> None:
    hook = {"PORTAL_WEBHOOK": "https://hooks.example.com/services/hush"}
    assert lines(portal.run("doctor"))["webhook"] == ("ok", "none is set")
    assert lines(portal.run("doctor", **hook))["webhook"] == ("ok", "hooks.example.com, nothing given up")
    with portal.database() as database, database.transaction() as session:
        for days in (1, 40):
            win = a_win(session)
            session.add(WinStep(win_id=win.id, step=Step.WEBHOOK_GIVEN_UP, at=clock.now() - timedelta(days=days)))
        session.execute(delete(OutboxRow))
    ran = portal.run("doctor", **hook)
    assert (
        failing(ran)["webhook"]
        == "hooks.example.com missed 1 in the last 30 days, given up after many tries; see the log"
    )
    assert "hush" not in ran.out
