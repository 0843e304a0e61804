"""Whose ballot it is, nobody who answers a request could say: no session is read, and no log is told."""

import logging
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.app import create_app
from portal.config import Settings
from portal.core.db import Database
from portal.core.permissions import Can, allow, needed
from portal.core.security import SESSIONLESS
from portal.people import as_actor
from portal.pulse.model import Kind, Survey
from tests.counting import count_queries
from tests.factories import a_person, like
from tests.pulse.ballot_pages import OPENED, a_survey_to_answer
from tests.pulse.scenes import DAY, a_question
from tests.pulse.voting import TOKENS, a_ballot_box, handed


@pytest.fixture
def survey(session: Session, tmp_path: Path) -> Survey:
    return a_survey_to_answer(session, tmp_path)


@pytest.fixture
def ballot(survey: Survey) -> str:
    """The token of a ballot."""
    return TOKENS.issue(survey.id, 0)


@pytest.fixture
def send(client: FlaskClient, survey: Survey, ballot: str) -> Callable[..., TestResponse]:
    """Send the ballot's token and answers to one of its addresses."""

    def post(step: str = "", lang: str = "en", **answers: object) -> TestResponse:
        return client.post(f"/ballots/{survey.id}{step}", data={"token": ballot, "lang": lang, **answers})

    return post


def test_all_that_knows_of_ballots_stands_where_no_session_is_read(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("ballots.")]
    assert len(rules) == 4
    for rule in app.url_map.iter_rules():
        assert rule.rule.startswith(SESSIONLESS) == (rule in rules)
    for rule in rules:
        assert needed(app.view_functions[rule.endpoint]) is Can.ENTER
        assert rule.arguments == {"survey_id"}, "neither token nor answer in an address"


@pytest.mark.parametrize("step", ["", "/cast", "/withdraw", "/none"])
def test_who_is_signed_in_makes_no_difference(
    app: Flask, sign_in: Callable[..., FlaskClient], survey: Survey, step: str
) -> None:
    """The answer is the same to the byte, but for the nonce; no cookie is set, and none has a say in caching."""
    known, unknown = sign_in(locale="hr"), app.test_client()
    known.set_cookie("remember_token", "1|0")
    for values in ({"q1": "4"}, {"q1": "nonsense"}, {}):
        answers = []
        for client in (known, unknown):
            sent = {"token": TOKENS.issue(survey.id, 0), "lang": "ru", **values}
            answer = client.post(f"/ballots/{survey.id}{step}", data=sent)
            assert "Set-Cookie" not in answer.headers
            assert "Cookie" not in answer.headers.get("Vary", "")
            page = re.sub(r'nonce="[^"]*"', "", answer.text).replace(sent["token"], "")
            answers.append((answer.status_code, page, sorted(name for name, _ in answer.headers)))
        assert answers[0] == answers[1]
    assert known.get("/profile").status_code == 200, "nobody was signed out by it"


def test_no_account_is_looked_up_and_the_number_of_queries_is_constant(
    database: Database, sign_in: Callable[..., FlaskClient], survey: Survey
) -> None:
    client = sign_in()
    for step, most in (("", 4), ("/cast", 8), ("/withdraw", 6)):
        with count_queries(database.engine) as queries:
            client.post(f"/ballots/{survey.id}{step}", data={"token": TOKENS.issue(survey.id, 0), "q1": "4"})
        assert 0 < len(queries) <= most
        assert not [query for query in queries if re.search(r"\b(person|turnout|survey_invitation)\b", query)]


def test_no_forms_token_is_needed_and_none_is_given(run_settings: Settings, database: Database, survey: Survey) -> None:
    """As the application runs for people."""
    protected = create_app(run_settings, database)
    client = protected.test_client()
    for step in ("", "/cast", "/withdraw"):
        page = client.post(f"/ballots/{survey.id}{step}", data={"token": TOKENS.issue(survey.id, 0), "q1": "4"})
        assert page.status_code == 200
        assert "csrf_token" not in page.text


def test_a_ballot_is_not_kept_by_any_cache_and_stays_out_of_addresses(send: Callable[..., TestResponse]) -> None:
    for step in ("", "/cast", "/withdraw"):
        page = send(step, q1="4")
        assert page.headers["Cache-Control"] == "private, no-store"
        assert page.headers["Referrer-Policy"] == "same-origin"
        ours = re.findall(r'(?:href|action)="([^"]*)"', page.text)
        assert ours
        assert not [address for address in ours if "token" in address or "q1" in address]


# What the log is told


SECRETS = "the words of my heart"


class Quoting:
    """What breaks a page in which it is to stand, the first time."""

    def __init__(self, breaks: Callable[[], str]) -> None:
        self._breaks = breaks

    def __str__(self) -> str:
        return self._breaks()


def test_a_fault_leaves_nothing_of_the_ballot_in_the_log(
    run_settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture, own_database: Database
) -> None:
    """The table is gone in the middle of a vote: the worst that a database can answer with."""
    with own_database.transaction() as session:
        first = a_person(session, password=False)
        like(session, first, 4)
        dates = {"opens_at": OPENED, "opened_at": OPENED, "closes_at": OPENED + 7 * DAY}
        survey = a_ballot_box(session, tmp_path, [a_question(Kind.TEXT)], **dates)
    with own_database.transaction() as session:
        token = handed(session, as_actor(first), survey, OPENED + timedelta(minutes=1))
    digest = TOKENS.read(token, survey.id).digest
    client = create_app(run_settings, own_database).test_client()
    sent = {"token": token, "q1": SECRETS}
    with caplog.at_level(logging.DEBUG):
        assert client.post(f"/ballots/{survey.id}/cast", data=sent).status_code == 200
        assert client.post(f"/ballots/{survey.id}/cast", data=sent | {"q9": SECRETS}).status_code == 422
        with own_database.transaction() as session:
            # Whatever is cast from now on, the database refuses, and says which row it was.
            session.execute(text("DELETE FROM ballot"))
            session.execute(text("CREATE UNIQUE INDEX only_one ON ballot (survey_id)"))
        assert client.post(f"/ballots/{survey.id}/cast", data=sent).status_code == 200
        sent["token"] = TOKENS.issue(survey.id, 0)
        hasty = client.post(f"/ballots/{survey.id}/cast", data=sent | {"token": TOKENS.issue(survey.id, 77)})
        assert hasty.status_code == 409, "a cohort that isn't there"
        with own_database.transaction() as session:
            session.execute(text("ALTER TABLE ballot RENAME TO urn"))
        assert client.post(f"/ballots/{survey.id}/cast", data=sent).status_code == 500
        assert client.post(f"/ballots/{survey.id}/withdraw", data=sent).status_code == 500
        assert client.post(f"/ballots/{survey.id}", data=sent).status_code == 500
    assert "casting.py" in caplog.text, "where it broke is told"
    for secret in (SECRETS, token, token[:20], sent["token"], digest.hex(), repr(digest)[2:-1], first.email):
        assert secret not in caplog.text


def test_not_even_a_fault_that_quotes_the_ballot_tells_it_to_the_log(
    app: Flask,
    client: FlaskClient,
    survey: Survey,
    ballot: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A fault of our own to come, whose words hold what was sent; and a second one on the page that tells of it."""

    def quoting(*_: object, **__: object) -> str:
        monkeypatch.setitem(app.jinja_env.globals, "site_name", "Lampa")
        try:
            raise KeyError(SECRETS)
        except KeyError as error:
            raise ValueError(f"can't read {SECRETS} of {ballot}") from error

    monkeypatch.setitem(app.view_functions, "ballots.cast", allow(Can.ENTER)(quoting))
    with caplog.at_level(logging.DEBUG):
        answer = client.post(f"/ballots/{survey.id}/cast", data={"token": ballot, "q5": SECRETS})
        assert answer.status_code == 500
        monkeypatch.setitem(app.jinja_env.globals, "site_name", Quoting(quoting))
        answer = client.post(f"/ballots/{survey.id}/cast", data={"token": ballot, "q5": SECRETS})
        assert answer.status_code == 500
    assert "KeyError" in caplog.text
    assert "in quoting" in caplog.text
    assert SECRETS not in caplog.text
    assert ballot not in caplog.text
