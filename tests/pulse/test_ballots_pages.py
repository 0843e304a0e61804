"""Answering where nobody is signed in: the whole way in a browser without script, and that nobody is looked up."""

import logging
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.app import create_app
from portal.config import Settings
from portal.core import clock, schema
from portal.core.db import Database
from portal.core.permissions import Can, allow, needed
from portal.core.security import SESSIONLESS
from portal.people import as_actor
from portal.pulse import casting
from portal.pulse.model import COMMENT_LENGTH, Kind, State, Survey
from portal.pulse.questions import Answers
from portal.pulse.sealing import KeyRing
from tests.counting import count_queries
from tests.factories import a_person
from tests.pulse.scenes import DAY, a_question
from tests.pulse.voting import TOKENS, a_ballot_box, handed

OPENED = clock.now()
QUESTIONS = (Kind.AGREE, Kind.SCALE, Kind.SINGLE, Kind.SEVERAL, Kind.TEXT)


@pytest.fixture
def survey(session: Session, tmp_path: Path) -> Survey:
    """A survey of each kind of question, open now, with some people to answer it."""
    for _ in range(6):
        a_person(session, password=False)
    dates = {"opens_at": OPENED, "opened_at": OPENED, "closes_at": OPENED + 7 * DAY}
    made = a_ballot_box(session, tmp_path, [a_question(kind, key=kind.value) for kind in QUESTIONS], **dates)
    session.commit()
    return made


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


def opened(session: Session, survey: Survey, folder: Path) -> list[Answers]:
    opener = KeyRing(folder).opener(survey.id)
    assert opener
    session.expire_all()
    return [answers for _, answers in casting.opened_ballots(session, survey, opener)]


def words(page: TestResponse) -> str:
    """What a reader sees."""
    return " ".join(unescape(re.sub(r"<script.*?</script>|<[^>]+>", " ", page.text, flags=re.DOTALL)).split())


def fields(page: TestResponse, ending: str) -> dict[str, list[str]]:
    """What the form that leads to an address with that ending would send, as it stands."""
    form = re.search(rf'<form[^>]*action="[^"]*{ending}"[^>]*>(.*?)</form>', page.text, re.DOTALL)
    assert form, f"a form to …{ending}"
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form[1]):
        found = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if found["type"] in {"hidden", "text"} or re.search(r"\schecked\b", tag):
            sent.setdefault(found["name"], []).append(unescape(found.get("value", "on")))
    for name, value in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>(.*?)</textarea>', form[1], re.DOTALL):
        sent[name] = [unescape(value).removeprefix("\n")]
    return {name: [value for value in values if value] for name, values in sent.items()}


def answers_in(page: TestResponse, ending: str) -> dict[str, list[str]]:
    return {name: values for name, values in fields(page, ending).items() if name.startswith("q") and values}


# The whole way, without script


def test_from_the_token_to_thanks_to_a_change_to_taking_it_back(
    client: FlaskClient, session: Session, survey: Survey, send: Callable[..., TestResponse], tmp_path: Path
) -> None:
    form = send()
    assert form.status_code == 200
    assert all(f"I am proud of what we do ({kind})." in words(form) for kind in QUESTIONS)
    assert answers_in(form, "/cast") == {}
    given = {"q1": "4", "q2": "10", "q3": "0", "q4": ["0", "2"], "q5": "Two\n<b>lines</b>"}
    thanks = client.post(f"/ballots/{survey.id}/cast", data={**fields(form, "/cast"), **given})
    assert thanks.status_code == 200
    assert "Thank you." in words(thanks)
    said = {1: 4, 2: 10, 3: 0, 4: (0, 2), 5: "Two\n<b>lines</b>"}
    assert opened(session, survey, tmp_path) == [said]

    # Without script the answers go along to the next form; the server has none that it could show.
    again = client.post(f"/ballots/{survey.id}", data=fields(thanks, f"/ballots/{survey.id}"))
    filled = answers_in(again, "/cast")
    assert filled == {"q1": ["4"], "q2": ["10"], "q3": ["0"], "q4": ["0", "2"], "q5": ["Two\n<b>lines</b>"]}
    changed = client.post(f"/ballots/{survey.id}/cast", data={**fields(again, "/cast"), "q1": "na", "q4": "1"})
    assert changed.status_code == 200
    assert "in place of the earlier ones" in words(changed)
    assert opened(session, survey, tmp_path) == [said | {1: "na", 4: (1,)}]

    gone = client.post(f"/ballots/{survey.id}/withdraw", data=fields(changed, "/withdraw"))
    assert "Your answers are taken back" in words(gone)
    assert opened(session, survey, tmp_path) == []
    form = client.post(f"/ballots/{survey.id}", data=fields(gone, f"/ballots/{survey.id}"))
    client.post(f"/ballots/{survey.id}/cast", data={**fields(form, "/cast"), "q1": "1"})
    assert opened(session, survey, tmp_path) == [{1: 1}]


def test_what_was_refused_is_said_beside_the_question_and_all_that_was_typed_is_kept(
    session: Session, survey: Survey, send: Callable[..., TestResponse], tmp_path: Path
) -> None:
    typed = {"q1": "4", "q2": "7", "q4": ["1", "na"], "q5": "x" * (COMMENT_LENGTH + 1)}
    page = send("/cast", **typed)
    assert page.status_code == 422
    assert "2 questions need another look." in words(page)
    assert f"At most {COMMENT_LENGTH} characters, please." in words(page)
    assert "either answers or “doesn’t apply to me”" in words(page)
    kept = {name: value if isinstance(value, list) else [value] for name, value in typed.items()}
    assert answers_in(page, "/cast") == kept
    empty = send("/cast")
    assert empty.status_code == 422
    assert "Please answer at least one question." in words(empty)
    assert opened(session, survey, tmp_path) == []


def test_hostile_text_is_shown_as_text(send: Callable[..., TestResponse]) -> None:
    nasty = "</textarea><script>alert(1)</script>"
    for page in (send("/cast", q5=nasty), send("", q5=nasty), send("", q1=f'"><script>{nasty}', lang=nasty)):
        assert "<script>" not in page.text


@pytest.mark.parametrize("way", ["state", "time"])
def test_closed_between_loading_and_sending_shows_what_was_typed_once_more(
    session: Session, survey: Survey, send: Callable[..., TestResponse], tmp_path: Path, way: str
) -> None:
    send("/cast", q1="2")
    if way == "state":
        survey.state = State.COUNTING
    else:
        survey.opens_at, survey.closes_at = OPENED - 2 * DAY, OPENED - DAY
    session.commit()
    page = send("/cast", q1="4", q3="2", q4=["0", "1"], q5="<i>So warm</i>")
    assert page.status_code == 409
    assert "came too late and was not counted" in words(page)
    for said in ("Agree", "Blue", "Red", "Green"):
        assert said in words(page)
    assert "&lt;i&gt;So warm&lt;/i&gt;" in page.text
    assert opened(session, survey, tmp_path) == [{1: 2}]
    for other in (send(""), send("/withdraw")):
        assert other.status_code == 409
        assert "are counted" in words(other)
    assert opened(session, survey, tmp_path) == [{1: 2}]
    # Nor does junk in the place of an answer break the page that shows it.
    for junk in ("x", "9" * 40, "-1", "²"):
        assert send("/cast", q1=junk, q3=junk, q4=junk).status_code == 409


def test_two_tabs_count_once_and_the_later_one_counts(
    session: Session, survey: Survey, send: Callable[..., TestResponse], tmp_path: Path
) -> None:
    one, other = send(), send()
    assert "takes the place of" not in words(other)
    assert send("/cast", q1="1").status_code == send("/cast", q1="5").status_code == 200
    assert opened(session, survey, tmp_path) == [{1: 5}]
    assert "takes the place of" in words(send()), "a third tab says what sending again does"
    assert answers_in(one, "/cast") == {}


@pytest.mark.parametrize("step", ["", "/cast", "/withdraw"])
@pytest.mark.parametrize("what", ["none", "junk", "foreign", "changed", "huge"])
def test_a_forged_ballot_is_refused_with_words(
    client: FlaskClient, survey: Survey, ballot: str, step: str, what: str
) -> None:
    tokens = {
        "none": "",
        "junk": "\0ნ",
        "foreign": TOKENS.issue(survey.id + 1, 0),
        "changed": ballot[:-2],
        "huge": "A" * 400_000,
    }
    answer = client.post(f"/ballots/{survey.id}{step}", data={"token": tokens[what], "q1": "4"})
    assert answer.status_code == 400
    assert "This ballot doesn’t belong to this survey" in words(answer)
    assert tokens[what][:40] not in answer.text or not tokens[what]


def test_hostile_requests_are_refused_and_break_nothing(
    client: FlaskClient, survey: Survey, ballot: str, send: Callable[..., TestResponse]
) -> None:
    here = f"/ballots/{survey.id}/cast"
    assert client.post(f"/ballots/{2**31 - 1}/cast", data={"token": TOKENS.issue(2**31 - 1, 0)}).status_code == 404
    assert client.post("/ballots/999999999999999999999999999999/cast", data={}).status_code == 404
    assert client.post(here, json={"token": ballot, "q1": "4"}).status_code == 400
    assert client.post(here, data=b"\0\xff%", content_type="application/x-www-form-urlencoded").status_code == 400
    assert client.post(here, data={"token": ballot, "q5": "x" * 3_000_000}).status_code == 413
    assert send("/cast", q5="\0\0\x1b").status_code == 422
    assert send("/cast", q1=["4"] * 900).status_code == 200, "the same answer over and over is one"
    assert client.get(here).status_code == 405
    assert client.post(here, data={"token": ballot}, headers={"Accept": "application/json"}).status_code == 422


def test_the_ballot_speaks_the_language_that_comes_with_it(
    client: FlaskClient, survey: Survey, ballot: str, send: Callable[..., TestResponse]
) -> None:
    croatian = send(lang="hr")
    assert '<html lang="hr">' in croatian.text
    assert "Ponosim se onim što radimo" in words(croatian)
    assert "Proljetni puls" in words(croatian)
    georgian = send(lang="ka")
    assert '<html lang="ka">' in georgian.text
    assert "I am proud of what we do" in words(georgian), "in a language that the survey has"
    assert '<html lang="hr">' in send("/cast", q1="4", lang="hr").text
    assert '<html lang="hr">' in send("/cast", q1="9", lang="hr").text
    # Choosing another one with what was typed sends both: the one that was chosen comes first.
    switched = send("", lang=["en", "hr"], q1="3")
    assert '<html lang="en">' in switched.text
    assert answers_in(switched, "/cast") == {"q1": ["3"]}
    by_browser = {"Accept-Language": "hr"}
    said = client.post(f"/ballots/{survey.id}", data={"token": ballot, "lang": "xx"}, headers=by_browser)
    assert '<html lang="hr">' in said.text


def test_who_comes_back_by_address_is_led_to_the_surveys_page(client: FlaskClient, survey: Survey) -> None:
    answer = client.get(f"/ballots/{survey.id}")
    assert (answer.status_code, answer.location) == (303, f"/surveys/{survey.id}")


# Nobody


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
    run_settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture, new_database: Callable[[], str]
) -> None:
    """The table is gone in the middle of a vote: the worst that a database can answer with."""
    database = Database(new_database())
    schema.upgrade(database.engine)
    with database.transaction() as session:
        people = [as_actor(a_person(session, password=False)) for _ in range(5)]
        dates = {"opens_at": OPENED, "opened_at": OPENED, "closes_at": OPENED + 7 * DAY}
        survey = a_ballot_box(session, tmp_path, [a_question(Kind.TEXT)], **dates)
    with database.transaction() as session:
        token = handed(session, people[0], survey, OPENED + timedelta(minutes=1))
    digest = TOKENS.read(token, survey.id).digest
    client = create_app(run_settings, database).test_client()
    sent = {"token": token, "q1": SECRETS}
    with caplog.at_level(logging.DEBUG):
        assert client.post(f"/ballots/{survey.id}/cast", data=sent).status_code == 200
        assert client.post(f"/ballots/{survey.id}/cast", data=sent | {"q9": SECRETS}).status_code == 422
        with database.transaction() as session:
            # Whatever is cast from now on, the database refuses, and says which row it was.
            session.execute(text("DELETE FROM ballot"))
            session.execute(text("CREATE UNIQUE INDEX only_one ON ballot (survey_id)"))
        assert client.post(f"/ballots/{survey.id}/cast", data=sent).status_code == 200
        sent["token"] = TOKENS.issue(survey.id, 0)
        hasty = client.post(f"/ballots/{survey.id}/cast", data=sent | {"token": TOKENS.issue(survey.id, 77)})
        assert hasty.status_code == 409, "a cohort that isn't there"
        with database.transaction() as session:
            session.execute(text("ALTER TABLE ballot RENAME TO urn"))
        assert client.post(f"/ballots/{survey.id}/cast", data=sent).status_code == 500
        assert client.post(f"/ballots/{survey.id}/withdraw", data=sent).status_code == 500
        assert client.post(f"/ballots/{survey.id}", data=sent).status_code == 500
    assert "casting.py" in caplog.text, "where it broke is told"
    for secret in (SECRETS, token, token[:20], sent["token"], digest.hex(), repr(digest)[2:-1], people[0].email):
        assert secret not in caplog.text
    database.engine.dispose()


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
