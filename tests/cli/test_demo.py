"""`portal demo`: a company to look at with one command, and again with the same one."""

import os
import re
import signal
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.cli.opening import pulse_keys
from portal.core.permissions import Role
from portal.knowledge import stamps
from portal.people.model import Person, Team
from portal.pulse.model import State, Survey
from tests.cli.place import Place, left
from tests.cli.sites import Site, free_port, site
from tests.processes import DEADLINE_S, PORTAL, popen, until

ACCOUNTS = [f"{name}@example.com" for name in ("employee", "editor", "hr", "admin")]


def password_in(running: Site) -> str:
    """The password that was printed, with the address and the accounts."""
    assert f"Lampa is at {running.address}\n" in running.said
    assert all(f"  {account}\n" in running.said for account in ACCOUNTS)
    found = re.search(r"Password for all of them: (\S.*)\n", running.said)
    assert found
    return found[1]


def test_a_demo_is_made_once_and_served_again_with_the_password_asked_for(place: Place, tmp_path: Path) -> None:
    with site(place, tmp_path / "first", "demo") as running:
        made_up = password_in(running)
        assert [account for account in ACCOUNTS if not running.signs_in(account, made_up)] == []
        assert not running.signs_in(ACCOUNTS[0], "another password")
        os.killpg(running.process.pid, signal.SIGINT)
        assert running.process.wait(DEADLINE_S) == 0
    it_is_a_company_with_guidance(place)
    it_has_been_asked_how_it_is(place)
    people = everybody(place)
    assert (place.data / "demo-password").stat().st_mode & 0o777 == 0o600

    with site(place, tmp_path / "second", "demo", PORTAL_DEMO_PASSWORD="a word of my own") as running:
        assert password_in(running) == "a word of my own"
        assert running.signs_in(ACCOUNTS[1], "a word of my own")
        assert not running.signs_in(ACCOUNTS[1], made_up)
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(DEADLINE_S) == 0
    assert everybody(place) == people


def everybody(place: Place) -> list[str]:
    with place.database() as database, database.reading() as session:
        return list(session.scalars(select(Person.email).order_by(Person.id)))


def it_is_a_company_with_guidance(place: Place) -> None:
    with place.database() as database, database.reading() as session:
        people = list(session.scalars(select(Person)))
        teams = {team.id: team for team in session.scalars(select(Team))}
        texts = Counter(locale for _, locale in stamps(session))
    assert 60 <= len(people) <= 75
    assert {person.locale for person in people} == {"en", "ru", "hr", "ka"}
    assert {role for person in people for role in person.role_set} == set(Role)
    assert [team.name for team in teams.values() if team.parent_id is None] == ["Luma"]
    parents = {team.parent_id for team in teams.values()}
    leaves = [team for team in teams.values() if team.id not in parents]
    assert any(teams[teams[leaf.parent_id].parent_id].parent_id is None for leaf in leaves if leaf.parent_id)
    assert min(texts[locale] for locale in ("en", "ru", "hr", "ka")) >= 12


def it_has_been_asked_how_it_is(place: Place) -> None:
    with place.database() as database, database.reading() as session:
        states = Counter(session.scalars(select(Survey.state)))
    assert (states[State.CLOSED], states[State.OPEN]) == (6, 1)
    assert len(pulse_keys(place.settings).known()) == 1


def test_a_demo_refuses_a_password_that_is_easy_to_guess(place: Place) -> None:
    ran = place.run("demo", "--port", str(free_port()), PORTAL_DEMO_PASSWORD="12345678")
    assert (ran.code, ran.out) == (1, "")
    assert "PORTAL_DEMO_PASSWORD: This password is too easy to guess." in ran.err
    assert left(place) == []


def test_a_demo_does_not_touch_a_real_portal(portal: Place) -> None:
    before = left(portal)
    ran = portal.run("demo", "--port", str(free_port()))
    assert (ran.code, ran.out) == (1, "")
    assert "serve it with: portal serve" in ran.err
    assert left(portal) == before


def test_a_demo_that_could_not_be_finished_leaves_nothing(place: Place, guidance: Path, tmp_path: Path) -> None:
    nobody = {"portal.cli.site:SHIPPED": guidance, "portal.cli.sample:PEOPLE": tmp_path / "none.csv"}
    ran = place.run("demo", "--port", str(free_port()), constants=nobody)
    assert (ran.code, ran.out) == (1, "")
    assert "No such file or directory" in ran.err
    assert left(place) == []


def test_ctrl_c_while_a_demo_is_being_made_leaves_nothing(place: Place, tmp_path: Path, server_url: str | None) -> None:
    if server_url:
        pytest.skip("seen to hang once on PostgreSQL under load; a likely cause is mended, not yet proven by many runs")
    words = (*PORTAL, "demo", "--port", str(free_port()))
    with popen(words, place.environ, tmp_path / "log") as making:
        until(lambda: left(place), "the making has begun")
        os.killpg(making.pid, signal.SIGINT)
        assert making.wait(DEADLINE_S) == 1
    assert "Traceback" not in (tmp_path / "log").read_text(encoding="utf-8")
    assert left(place) == []
