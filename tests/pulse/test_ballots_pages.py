"""Answering where nobody is signed in: the whole way in a browser without script, whatever is sent."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.pulse.model import COMMENT_LENGTH, State, Survey
from tests.pulse.ballot_pages import OPENED, QUESTIONS, a_survey_to_answer, answers_in, fields, opened_anew, words
from tests.pulse.scenes import DAY
from tests.pulse.voting import TOKENS


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
    assert opened_anew(session, survey, tmp_path) == [said]

    # Without script the answers go along to the next form; the server has none that it could show.
    again = client.post(f"/ballots/{survey.id}", data=fields(thanks, f"/ballots/{survey.id}"))
    filled = answers_in(again, "/cast")
    assert filled == {"q1": ["4"], "q2": ["10"], "q3": ["0"], "q4": ["0", "2"], "q5": ["Two\n<b>lines</b>"]}
    changed = client.post(f"/ballots/{survey.id}/cast", data={**fields(again, "/cast"), "q1": "na", "q4": "1"})
    assert changed.status_code == 200
    assert "in place of the earlier ones" in words(changed)
    assert opened_anew(session, survey, tmp_path) == [said | {1: "na", 4: (1,)}]

    gone = client.post(f"/ballots/{survey.id}/withdraw", data=fields(changed, "/withdraw"))
    assert "Your answers are taken back" in words(gone)
    assert opened_anew(session, survey, tmp_path) == []
    form = client.post(f"/ballots/{survey.id}", data=fields(gone, f"/ballots/{survey.id}"))
    client.post(f"/ballots/{survey.id}/cast", data={**fields(form, "/cast"), "q1": "1"})
    assert opened_anew(session, survey, tmp_path) == [{1: 1}]


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
    assert opened_anew(session, survey, tmp_path) == []


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
    assert opened_anew(session, survey, tmp_path) == [{1: 2}]
    for other in (send(""), send("/withdraw")):
        assert other.status_code == 409
        assert "are counted" in words(other)
    assert opened_anew(session, survey, tmp_path) == [{1: 2}]
    # Nor does junk in the place of an answer break the page that shows it.
    for junk in ("x", "9" * 40, "-1", "²"):
        assert send("/cast", q1=junk, q3=junk, q4=junk).status_code == 409


def test_two_tabs_count_once_and_the_later_one_counts(
    session: Session, survey: Survey, send: Callable[..., TestResponse], tmp_path: Path
) -> None:
    one, other = send(), send()
    assert "takes the place of" not in words(other)
    assert send("/cast", q1="1").status_code == send("/cast", q1="5").status_code == 200
    assert opened_anew(session, survey, tmp_path) == [{1: 5}]
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
