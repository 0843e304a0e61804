"""What an employee finds: which surveys ask them, what holds for each, their one ballot; and no more than is theirs."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.db import Database
from portal.core.permissions import Actor, Role
from portal.people import as_actor
from portal.pulse import survey_queries
from portal.pulse.model import Ballot, Kind, State, Turnout
from tests.counting import count_queries
from tests.factories import NOW, a_person
from tests.pulse.present import called, ended, running
from tests.pulse.scenes import a_bare_series, a_question, a_survey, an_hr

SignIn = Callable[..., FlaskClient]
HOUR = timedelta(hours=1)


@pytest.fixture
def reader(session: Session) -> Actor:
    """Somebody who is here when surveys open."""
    return as_actor(a_person(session))


def seen(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def token_in(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found
    return found[1]


# What there is.


def test_past_surveys_are_turned_over_in_stretches_whatever_the_address_says(
    session: Session, reader: Actor, sign_in: SignIn
) -> None:
    for days in range(1, survey_queries.ON_A_PAGE + 2):
        ended(session, days, texts=called(f"Wave {days}."))
    client = sign_in(person=reader)
    first, last = seen(client, "/surveys"), seen(client, "/surveys?page=2")
    assert ("Wave 1." in first, "Wave 21." in first) == (True, False)
    assert ("Wave 1." in last, "Wave 21." in last) == (False, True)
    for odd in ("9" * 30, "-1", "0", "x", "%00"):
        seen(client, f"/surveys?page={odd}")


@pytest.mark.parametrize(("every", "told"), [("month", "Mar 2026"), ("fortnight", "5 Mar 2026")])
def test_waves_of_one_title_are_told_apart_by_the_month_or_the_day(
    session: Session, sign_in: SignIn, every: str, told: str
) -> None:
    hr = an_hr(session)
    series = a_bare_series(session, every)
    at = datetime(2026, 3, 5, 9, tzinfo=UTC)
    ended(session, 1, opened_at=at, published_at=at, texts=called("The pulse"), series_id=series.id)
    session.commit()
    client = sign_in(person=hr)
    for address in ("/surveys", "/surveys/manage", f"/surveys/series/{series.id}"):
        page = re.sub(r"<[^>]+>", "", seen(client, address))
        assert f"The pulse&nbsp;· {told}" in page, address


def test_as_many_questions_are_asked_of_the_database_for_few_surveys_as_for_many(
    session: Session, reader: Actor, sign_in: SignIn, database: Database
) -> None:
    client = sign_in(person=reader)

    def count(address: str) -> int:
        with count_queries(database.engine) as queries:
            seen(client, address)
        return len(queries)

    running(session)
    ended(session)
    session.commit()
    seen(client, "/")  # What is the same for all is kept from then on.
    few = count("/surveys"), count("/")
    for _ in range(5):
        running(session, a_question(), a_question(Kind.TEXT))
        ended(session, published_at=clock.now())
    session.commit()
    assert (count("/surveys"), count("/")) == few


# One survey.


def test_the_page_tells_who_sees_what_with_the_numbers_in_force(
    session: Session, reader: Actor, sign_in: SignIn
) -> None:
    for _ in range(12):
        a_person(session, password=False)
    survey = running(session, a_question(), a_question(Kind.TEXT), least_scores=7, least_comments=13)
    client = sign_in(person=reader)
    page = seen(client, f"/surveys/{survey.id}")
    assert "at least 7 answers" in page
    assert "at least 13 people wrote" in page
    assert "2 questions" in page
    assert "The database and its backups hold no link between you and your answers." in page
    in_full = seen(client, f"/surveys/{survey.id}/who-sees-what")
    assert "It asks 13 people" in in_full
    assert "at least 7 people were asked" in in_full
    assert "at least 13 people wrote" in in_full
    assert "A lost ballot can’t be replaced" in in_full


def test_words_are_spoken_of_only_where_something_is_answered_in_words(
    session: Session, reader: Actor, sign_in: SignIn
) -> None:
    survey = running(session, a_question(Kind.SCALE))
    assert "keep names out" not in seen(sign_in(person=reader), f"/surveys/{survey.id}")


def test_who_is_not_asked_is_told_so_kindly_and_learns_nothing_of_the_survey(session: Session, sign_in: SignIn) -> None:
    survey = running(session, texts=called("Closing the Split office"))
    client = sign_in()
    for address in (f"/surveys/{survey.id}", f"/surveys/{survey.id}/who-sees-what"):
        page = seen(client, address, 404)
        assert "This survey doesn’t ask you" in page
        assert "Split" not in page
    answer = client.post(f"/surveys/{survey.id}/ballot")
    assert answer.status_code == 404
    assert session.scalar(select(func.count()).select_from(Turnout)) == 0


def test_hr_reads_about_a_survey_that_does_not_ask_them_but_gets_no_ballot(session: Session, sign_in: SignIn) -> None:
    survey = running(session)
    client = sign_in(person=an_hr(session))
    page = seen(client, f"/surveys/{survey.id}")
    assert "This survey doesn’t ask you" in page
    assert f"/surveys/{survey.id}/ballot" not in page
    assert client.post(f"/surveys/{survey.id}/ballot").status_code == 403


@pytest.mark.parametrize("state", [State.DRAFT, State.SCHEDULED])
def test_what_has_not_opened_is_nowhere(session: Session, sign_in: SignIn, state: State) -> None:
    survey = a_survey(session, state=state)
    client = sign_in(person=an_hr(session))
    assert survey.texts["en"]["title"] not in seen(client, "/surveys")
    for address in (f"/surveys/{survey.id}", f"/surveys/{survey.id}/who-sees-what", f"/surveys/{2**31 - 1}"):
        seen(client, address, 404)
    assert client.post(f"/surveys/{survey.id}/ballot").status_code == 404


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"state": State.COUNTING, "closed_at": None}, "being counted"),
        ({}, "HR is reading the results"),
        ({"published_at": NOW}, "Read the results"),
    ],
)
def test_a_closed_survey_says_how_far_it_is_and_hands_out_nothing(
    session: Session, reader: Actor, sign_in: SignIn, over: dict[str, object], said: str
) -> None:
    survey = ended(session, **over)
    client = sign_in(person=reader)
    page = seen(client, f"/surveys/{survey.id}")
    assert said in page
    assert "Begin" not in page
    answer = client.post(f"/surveys/{survey.id}/ballot")
    assert answer.status_code == 409
    assert 'name="token"' not in answer.get_data(as_text=True)
    assert session.scalar(select(func.count()).select_from(Turnout)) == 0


# The ballot.


def test_a_ballot_is_handed_out_once_and_asking_again_is_answered_plainly(
    session: Session, reader: Actor, sign_in: SignIn
) -> None:
    survey = running(session)
    client = sign_in(person=reader)
    first = client.post(f"/surveys/{survey.id}/ballot")
    assert first.status_code == 200
    token = token_in(first.get_data(as_text=True))
    assert first.headers["Cache-Control"] == "private, no-store"
    again = client.post(f"/surveys/{survey.id}/ballot")
    page = again.get_data(as_text=True)
    assert again.status_code == 409
    assert "handed your ballot for this survey already" in page
    assert "it can’t be replaced" in page
    assert token not in page
    assert "Begin" not in page
    assert "go on in the browser where you began" in seen(client, "/surveys").lower()
    session.expire_all()
    assert session.scalars(select(Turnout.person_id)).all() == [reader.id]


def test_a_page_of_another_site_can_use_up_nobodys_ballot(
    session: Session, reader: Actor, sign_in: SignIn, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey = running(session)
    client = sign_in(person=reader)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", 1)
    assert client.post(f"/surveys/{survey.id}/ballot").status_code == 400
    assert session.scalar(select(func.count()).select_from(Turnout)) == 0


def test_without_script_a_ballot_goes_from_page_to_page_and_back(
    session: Session, reader: Actor, sign_in: SignIn
) -> None:
    survey = running(session, a_question(), a_question(Kind.SEVERAL), a_question(Kind.TEXT))
    client = sign_in(person=reader)
    handed = client.post(f"/surveys/{survey.id}/ballot").get_data(as_text=True)
    token = token_in(handed)
    assert f'action="/ballots/{survey.id}"' in handed
    ballot = client.post(f"/ballots/{survey.id}", data={"token": token, "lang": "en"}).get_data(as_text=True)
    assert ballot.count("<fieldset") == 3
    assert "who is signed in" not in ballot.partition("<details")[0]
    assert reader.name not in ballot
    assert "at least 5 answers to the question" in ballot
    sent = {"token": token, "lang": "en", "q1": "4", "q2": ["0", "2"], "q3": "More light."}
    thanks = client.post(f"/ballots/{survey.id}/cast", data=sent)
    assert thanks.status_code == 200
    page = thanks.get_data(as_text=True)
    assert "Thank you" in page
    for name, value in (("q1", "4"), ("q2", "0"), ("q2", "2"), ("q3", "More light.")):
        assert f'name="{name}" value="{value}"' in page, "to change them one begins with them"
    assert session.scalar(select(func.count()).select_from(Ballot)) == 1


def test_the_mark_in_a_browser_is_different_for_each_person_and_survey_and_names_nobody(
    session: Session, reader: Actor, sign_in: SignIn
) -> None:
    other = as_actor(a_person(session))
    surveys = [running(session), running(session)]
    marks = {}
    for who in (reader, other):
        client = sign_in(person=who)
        for survey in surveys:
            found = re.search(r'data-mark="([0-9a-f]{20})"', seen(client, f"/surveys/{survey.id}"))
            assert found
            marks[who.id, survey.id] = found[1]
    assert len(set(marks.values())) == 4
    handed = sign_in(person=reader).post(f"/surveys/{surveys[0].id}/ballot").get_data(as_text=True)
    assert f'data-mark="{marks[reader.id, surveys[0].id]}"' in handed


# Elsewhere on the site.


def test_the_front_page_asks_until_the_ballot_is_handed_out(session: Session, reader: Actor, sign_in: SignIn) -> None:
    survey = running(session, texts=called("The spring pulse"))
    client = sign_in(person=reader)
    assert "The spring pulse" in seen(client, "/")
    assert "The spring pulse" not in seen(sign_in(), "/"), "who came later is not asked"
    client.post(f"/surveys/{survey.id}/ballot")
    assert "The spring pulse" not in seen(client, "/")


@pytest.mark.parametrize("role", [Role.EMPLOYEE, Role.HR, Role.ADMIN])
def test_results_are_offered_to_who_reads_them(session: Session, sign_in: SignIn, role: Role) -> None:
    survey = ended(session, published_at=clock.now())
    client = sign_in(role)
    offered = f'href="/surveys/{survey.id}/results"' in seen(client, "/surveys")
    assert offered is (role is not Role.ADMIN)
    assert offered is (f'href="/surveys/{survey.id}/results"' in seen(client, f"/surveys/{survey.id}"))


@pytest.mark.parametrize("role", [Role.EMPLOYEE, Role.HR, Role.ADMIN])
def test_the_way_to_making_surveys_is_shown_to_hr_alone(session: Session, sign_in: SignIn, role: Role) -> None:
    assert ("/surveys/manage" in seen(sign_in(role, Role.EMPLOYEE), "/surveys")) is (role is Role.HR)
