"""How errors read: each status as a page for people and as JSON for programs; faults by a code in the log."""

import html
import logging
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadGateway, UnsupportedMediaType

from portal.app import create_app
from portal.config import Settings
from portal.core import db, schema
from portal.core.db import Database
from portal.core.error_pages import TITLES, WORDS
from portal.core.errors import Conflict, Invalid, NotFound, PortalError, Refused, TooMany
from portal.core.permissions import Can, allow
from tests.factories import a_person

SECRET = "the inner workings"
BUSY = sqlite3.OperationalError("database is locked")
FAULTS: dict[str, tuple[Exception, int, str]] = {
    "refused": (Refused(), 403, str(Refused.message)),
    "not-found": (NotFound(), 404, str(NotFound.message)),
    "conflict": (Conflict("The survey has ended."), 409, "The survey has ended."),
    "invalid": (Invalid({"name": "No."}), 422, str(Invalid.message)),
    "too-many": (TooMany(61), 429, str(TooMany.message)),
    "not-understood": (PortalError(), 400, str(PortalError.message)),
    "same-time": (IntegrityError(SECRET, {}, sqlite3.IntegrityError(SECRET)), 409, str(WORDS[409])),
    "unholdable": (DataError(SECRET, {}, psycopg.DataError(SECRET)), 400, str(WORDS[400])),
    "busy": (OperationalError(SECRET, {}, BUSY), 503, str(WORDS[503])),
    "deadlock": (OperationalError(SECRET, {}, psycopg.OperationalError("deadlock detected")), 503, str(WORDS[503])),
    "broken-database": (OperationalError(SECRET, {}, sqlite3.OperationalError(SECRET)), 500, str(WORDS[500])),
    "bug": (ZeroDivisionError(SECRET), 500, str(WORDS[500])),
    "rare": (UnsupportedMediaType(SECRET), 400, str(WORDS[400])),
    "rare-fault": (BadGateway(SECRET), 500, str(WORDS[500])),
}


def _failing(app: Flask) -> Flask:
    """Give ``app`` an address for each status and for each error that the program may meet, as page and as JSON."""

    def fail(what: str) -> str:
        raise FAULTS[what][0]

    def answer(status: int) -> str:
        abort(status)

    for ending in ("", ".json"):
        app.add_url_rule(f"/fail/<what>{ending}", f"fail{ending[1:]}", allow(Can.ENTER)(fail))
        app.add_url_rule(f"/status/<int:status>{ending}", f"status{ending[1:]}", allow(Can.ENTER)(answer))
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    return app


@pytest.fixture(scope="module")
def failing(run_settings: Settings, migrated_url: str) -> Flask:
    return _failing(create_app(run_settings, Database(migrated_url)))


@pytest.fixture
def broken(failing: Flask, database: Database) -> FlaskClient:
    """A client of a site with addresses that fail."""
    failing.extensions["database"] = database
    return failing.test_client()


def _words(page: str) -> str:
    """What a reader sees of a page."""
    return " ".join(html.unescape(re.sub(r"<style.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)).split())


@pytest.mark.parametrize("status", sorted(TITLES))
def test_each_status_has_a_page_of_its_own(broken: FlaskClient, status: int) -> None:
    answer = broken.get(f"/status/{status}")
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    words = _words(answer.text)
    assert str(TITLES[status]) in words
    assert str(WORDS[status]) in words
    assert re.search(rf"<title>{re.escape(str(TITLES[status]))} · Lampa</title>", answer.text)
    assert 'href="/"' in answer.text, "there is a way on"
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("status", sorted(TITLES))
def test_each_status_is_json_for_programs(broken: FlaskClient, status: int) -> None:
    for address, accept in ((f"/status/{status}.json", "*/*"), (f"/status/{status}", "application/json")):
        answer = broken.get(address, headers={"Accept": accept})
        assert (answer.status_code, answer.mimetype) == (status, "application/json")
        assert answer.json is not None
        assert answer.json["error"] == str(WORDS[status])


@pytest.mark.parametrize("accept", ["*/*", "text/html,application/xhtml+xml,*/*;q=0.8", "", "image/png"])
def test_browsers_get_the_page(broken: FlaskClient, accept: str) -> None:
    assert broken.get("/status/404", headers={"Accept": accept}).mimetype == "text/html"


@pytest.mark.parametrize("what", FAULTS)
def test_each_error_of_the_program_reads_as_what_it_means_and_shows_nothing_inner(
    broken: FlaskClient, what: str
) -> None:
    _, status, message = FAULTS[what]
    page, program = broken.get(f"/fail/{what}"), broken.get(f"/fail/{what}.json")
    assert page.status_code == program.status_code == status
    assert message in _words(page.text)
    assert program.json is not None
    assert program.json["error"] == message
    assert SECRET not in page.text + program.text


def test_who_must_wait_is_told_how_long(broken: FlaskClient) -> None:
    assert broken.get("/fail/too-many").headers["Retry-After"] == "61"
    assert broken.get("/fail/too-many.json").headers["Retry-After"] == "61"
    assert broken.get("/fail/busy").headers["Retry-After"] == "5"


@pytest.mark.parametrize(("lang", "title"), [("ru", 403), ("hr", 404), ("ka", 500), ("en", 429)])
def test_errors_speak_the_readers_language(broken: FlaskClient, lang: str, title: int) -> None:
    answer = broken.get(f"/status/{title}", headers={"Accept-Language": lang})
    assert f'<html lang="{lang}">' in answer.text


@pytest.mark.parametrize("what", ["bug", "broken-database"])
def test_a_fault_shows_a_code_that_stands_in_the_log_with_its_cause(
    broken: FlaskClient, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    with caplog.at_level(logging.ERROR):
        page, program = broken.get(f"/fail/{what}?q=private"), broken.get(f"/fail/{what}.json")
    shown = re.search(r"<code>([0-9a-f]{8})</code>", page.text)
    assert shown
    assert program.json is not None
    for code, record in zip((shown[1], program.json["code"]), caplog.records, strict=True):
        line = record.getMessage()
        assert code in line
        assert f"/fail/{what}" in line
        assert "private" not in line, "what people search for is not for the log"
        assert record.exc_info
        assert SECRET in str(record.exc_info[1])
    assert shown[1] != program.json["code"]


def test_what_is_no_fault_shows_no_code_and_makes_no_noise(
    broken: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    for status in (400, 403, 404, 409, 422, 429):
        assert "<code>" not in broken.get(f"/status/{status}").text
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_a_method_that_an_address_does_not_take_is_answered_with_those_it_takes(broken: FlaskClient) -> None:
    answer = broken.get("/sign-out")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"POST", "OPTIONS"}
    assert str(TITLES[405]) in _words(answer.text)


def test_an_address_that_is_nothing_is_the_same_for_everybody(
    client: FlaskClient, sign_in: Callable[..., FlaskClient]
) -> None:
    for reader in (client, sign_in()):
        answer = reader.get("/none/such?next=//evil.example")
        assert answer.status_code == 404
        assert str(WORDS[404]) in _words(answer.text)


def test_a_page_that_needs_a_sign_in_says_so_to_programs(client: FlaskClient) -> None:
    answer = client.get("/people", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.json == {"error": "sign-in needed"}


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all.sqlite", "postgresql+psycopg://u@/n?host=/nowhere"])
def test_errors_are_answered_when_the_database_is_gone(
    broken: FlaskClient, failing: Flask, session: Session, caplog: pytest.LogCaptureFixture, url: str
) -> None:
    person = a_person(session)
    session.commit()
    with broken.session_transaction() as cookie:
        cookie["_user_id"] = f"{person.id}:{person.stamp}"
        cookie["locale"] = "hr"
    assert broken.get("/profile").status_code == 200
    failing.extensions["database"] = Database(url)
    for address in ("/profile", "/", "/none", "/sign-in", "/status/403"):
        answer = broken.get(address)
        assert answer.status_code == 500, address
        shown = re.search(r"<code>([0-9a-f]{8})</code>", answer.text)
        assert shown
        assert shown[1] in caplog.text
        assert '<html lang="hr">' in answer.text
    program = broken.get("/search.json?q=lamp")
    assert (program.status_code, program.mimetype) == (500, "application/json")
    assert broken.get("/healthz").status_code == 503
    assert broken.get("/static/site.js", buffered=True).status_code == 200


def test_a_database_that_stays_locked_is_busy_and_not_broken(
    run_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite itself, whatever database the run is about: one writes on and on, another waits in vain."""
    monkeypatch.setattr(db, "BUSY_TIMEOUT_MS", 10)
    database = Database(f"sqlite:///{tmp_path}/portal.sqlite")
    schema.upgrade(database.engine)
    with database.transaction() as session:
        person = a_person(session)
    app = create_app(run_settings, database)
    app.config.update(WTF_CSRF_ENABLED=False)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = f"{person.id}:{person.stamp}"
    change = {"name": "Other", "locale": "en"}
    with database.transaction() as session:
        a_person(session)
        answer = client.post("/profile", data=change)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert str(WORDS[503]) in _words(answer.text)
    assert client.post("/profile", data=change).status_code == 303
    database.engine.dispose()
