"""The attacker has: an account, one ballot, the site's addresses, patience, and many connections at once.

They want to be counted twice, or in another's place, or in another survey, or after the close. They are counted once.
"""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.app import create_app
from portal.config import load
from portal.core import clock
from portal.core.db import Database
from portal.core.permissions import Actor
from portal.pulse import casting
from portal.pulse.casting import AlreadyHanded
from portal.pulse.model import Ballot, State, Survey, Turnout
from tests.processes import started
from tests.pulse.ballot_pages import fields
from tests.pulse.scenes import DAY, a_company
from tests.pulse.voting import TOKENS, a_ballot_box, handed

NOW = clock.now()
DATES = {"opens_at": NOW - DAY, "opened_at": NOW - DAY, "closes_at": NOW + DAY}


def ballots(session: Session, survey: Survey) -> int:
    return session.scalar(select(func.count()).select_from(Ballot).where(Ballot.survey_id == survey.id)) or 0


@pytest.fixture
def voter(session: Session) -> Actor:
    return a_company(session, {("Luma",): 6})["Luma",][0]


@pytest.fixture
def survey(session: Session, voter: Actor, tmp_path: Path) -> Survey:
    return a_ballot_box(session, tmp_path, **DATES)


def test_asking_again_and_again_gives_one_ballot(
    session: Session, sign_in: Callable[..., FlaskClient], voter: Actor, survey: Survey
) -> None:
    """Also in another browser, and after one's answers were taken back."""
    one, other = sign_in(person=voter), sign_in(person=voter)
    page = one.post(f"/surveys/{survey.id}/ballot")
    token = fields(page, f"/ballots/{survey.id}")["token"][0]
    for client in (one, other):
        again = client.post(f"/surveys/{survey.id}/ballot")
        assert again.status_code == 409
        assert TOKENS.issue(survey.id, 0)[:6] not in again.text, "no token on it"
    one.post(f"/ballots/{survey.id}/cast", data={"token": token, "q1": "4"})
    one.post(f"/ballots/{survey.id}/withdraw", data={"token": token})
    assert one.post(f"/surveys/{survey.id}/ballot").status_code == 409
    assert session.scalar(select(func.count()).select_from(Turnout)) == 1


def test_one_ballot_sent_in_many_spellings_and_surveys_counts_once(
    client: FlaskClient, session: Session, voter: Actor, survey: Survey, tmp_path: Path
) -> None:
    other = a_ballot_box(session, tmp_path, **DATES)
    token = handed(session, voter, survey, NOW)
    session.commit()
    spellings = [
        token,
        token.replace("-", "+").replace("_", "/"),
        token + "=",
        token + "==",
        token + "\n",
        "\t" + token,
        token.replace("A", "%41"),
        token.lower(),
        token + "\0",
    ]
    for spelling in spellings:
        for number in (survey.id, other.id):
            client.post(f"/ballots/{number}/cast", data={"token": spelling, "q1": "5"})
    client.post(f"/ballots/{survey.id}/cast?token={token}&q1=1", data={"token": [token, token], "q1": ["5"]})
    session.expire_all()
    assert (ballots(session, survey), ballots(session, other)) == (1, 0)


def test_nothing_is_counted_after_the_close_however_it_is_replayed(
    client: FlaskClient, session: Session, voter: Actor, survey: Survey
) -> None:
    token = handed(session, voter, survey, NOW)
    session.commit()
    sent = {"token": token, "q1": "5"}
    assert client.post(f"/ballots/{survey.id}/cast", data=sent).status_code == 200
    for state in (State.COUNTING, State.CLOSED):
        survey.state, survey.closed_at = state, NOW if state == State.CLOSED else None
        session.commit()
        kept = session.scalars(select(Ballot.answers)).all()
        for step in ("cast", "withdraw"):
            assert client.post(f"/ballots/{survey.id}/{step}", data=sent).status_code == 409
        session.expire_all()
        assert session.scalars(select(Ballot.answers)).all() == kept


def test_many_connections_at_once_are_one_ballot_and_one_vote(own_database: Database, tmp_path: Path) -> None:
    """The same person asks six times at the same moment, and then sends the ballot six times at the same moment."""
    settings = load({"PORTAL_DATA": str(tmp_path / "data"), "PORTAL_SECRET_KEY": "for tests alone"})
    with own_database.transaction() as session:
        person = a_company(session, {("Luma",): 6})["Luma",][0]
        survey = a_ballot_box(session, tmp_path, **DATES)
    app = create_app(settings, own_database)
    app.config.update(WTF_CSRF_ENABLED=False)

    def ask() -> tuple[int, str]:
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = person.get_id()
        answer = client.post(f"/surveys/{survey.id}/ballot")
        return answer.status_code, answer.text if answer.status_code == 200 else ""

    asked = _at_once(6, ask)
    assert sorted(status for status, _ in asked) == [200, 409, 409, 409, 409, 409]
    page = next(text for status, text in asked if status == 200)
    token = page.split('name="token" value="')[1].split('"')[0]

    def send() -> tuple[int, str]:
        answer = app.test_client().post(f"/ballots/{survey.id}/cast", data={"token": token, "q1": "4"})
        return answer.status_code, answer.text

    sent = _at_once(6, send)
    assert [status for status, _ in sent] == [200] * 6, "a double click is answered with thanks, twice"
    with own_database.reading() as session:
        assert ballots(session, survey) == 1


def _at_once(number: int, work: Callable[[], tuple[int, str]]) -> list[tuple[int, str]]:
    ready, results = threading.Barrier(number), []

    def run() -> None:
        ready.wait(10)
        results.append(work())

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(results) == number
    return results


def _vote(url: str, person: Actor, survey_id: int) -> None:
    """In a process of its own: ask for the ballot, and cast what one gets."""
    database = Database(url)
    try:
        with database.transaction() as session:
            token = casting.hand_out(session, person, survey_id, TOKENS, NOW)
    except AlreadyHanded:
        return
    with database.transaction() as session:
        casting.cast(session, survey_id, token, {"q1": ["4"]}, TOKENS, NOW)


def test_many_processes_at_once_are_one_vote_too(own_database: Database, own_database_url: str, tmp_path: Path) -> None:
    """As the web server runs: workers that share nothing but the database."""
    with own_database.transaction() as session:
        person = a_company(session, {("Luma",): 6})["Luma",][0]
        survey = a_ballot_box(session, tmp_path, **DATES)
    same = (own_database_url, person, survey.id)
    with started(_vote, *same) as one, started(_vote, *same) as other:
        for process in (one, other):
            process.join(60)
            assert process.exitcode == 0
    with own_database.reading() as session:
        assert ballots(session, survey) == 1
        assert session.scalars(select(Turnout.person_id)).all() == [person.id]
