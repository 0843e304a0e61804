"""The pages of recurring pulses."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.db import Database
from portal.core.permissions import Actor
from portal.people.model import Team
from portal.pulse.model import Series, State, Survey, SurveyQuestion
from tests.counting import count_queries
from tests.factories import NOW
from tests.pulse.making import text
from tests.pulse.scenes import a_company, an_hr

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def hr(session: Session) -> Actor:
    a_company(session, {("Luma",): 6})
    return an_hr(session)


@pytest.fixture
def client(sign_in: SignIn, hr: Actor) -> FlaskClient:
    return sign_in(person=hr)


def soon() -> date:
    return (clock.now() + timedelta(days=3)).date()


def filled(**over: str) -> dict[str, str]:
    """The form of a weekly pulse that begins in three days."""
    values = {"every": "week", "next_on": soon().isoformat(), "hour": "9", "days_open": "4", "questions": "5"}
    return values | {"comment": "y", "whom": "everybody", "title_en": "How is your week?", "version": "0"} | over


def fresh(session: Session) -> Series:
    session.expire_all()
    return session.scalars(select(Series)).one()


def begun(session: Session, client: FlaskClient) -> Series:
    assert client.post("/surveys/series/new", data=filled()).status_code == 303
    return fresh(session)


def test_a_recurring_pulse_is_begun_and_its_first_wave_waits_to_be_looked_at(
    session: Session, client: FlaskClient
) -> None:
    page = client.get("/surveys/series/new")
    assert 'value="How is your week going?"' in page.get_data(as_text=True)
    assert len(page.data) < 100_000
    series = begun(session, client)
    wave = session.scalars(select(Survey)).one()
    assert (wave.series_id, wave.state) == (series.id, State.SCHEDULED)
    one = client.get(f"/surveys/series/{series.id}")
    assert f'href="/surveys/{wave.id}/manage"' in one.get_data(as_text=True)
    assert "Every week" in text(one)
    assert "How is your week?" in text(client.get("/surveys/series"))
    assert "Wave of a recurring pulse" in text(client.get(f"/surveys/{wave.id}/manage"))


def test_a_waves_questions_can_be_changed_while_it_waits(session: Session, client: FlaskClient) -> None:
    begun(session, client)
    wave = session.scalars(select(Survey)).one()
    questions = session.scalars(select(SurveyQuestion).where(SurveyQuestion.survey_id == wave.id)).all()
    address = f"/surveys/{wave.id}/edit"
    version = str(wave.version)
    assert client.post(f"{address}/bank", data={"version": version, "key": "product-5"}).status_code == 422
    gone = client.post(f"{address}/questions/{questions[0].number}", data={"version": version, "do": "remove"})
    assert gone.status_code == 303
    free = next(key for key in ("product-5", "product-4") if key not in {row.key for row in questions})
    again = client.post(f"{address}/bank", data={"version": str(int(version) + 1), "key": free})
    assert again.status_code == 303


def test_what_is_refused_comes_back_with_all_that_was_typed(session: Session, client: FlaskClient) -> None:
    wrong = filled(days_open="40", title_en="", title_hr="Kako ide?", key="pride-1", hour="17")
    answer = client.post("/surveys/series/new", data=wrong)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "From 1 to 6 days" in text(answer)
    assert 'value="Kako ide?"' in page
    assert 'value="pride-1" checked' in page
    assert re.search(r'<option selected value="17"', page)
    for name, odd in (
        ("next_on", "soon"), ("next_on", "9999-99-99"), ("next_on", "0001-01-01"), ("days_open", "-1"), ("hour", "99"),
        ("days_open", "٣"), ("questions", "6"), ("every", "day"), ("whom", "teams"), ("key", "no-such"),
    ):  # fmt: skip
        assert client.post("/surveys/series/new", data=filled(**{name: odd})).status_code == 422, (name, odd)
    assert session.scalar(select(func.count()).select_from(Series)) == 0


def test_who_comes_second_is_told_and_loses_nothing(session: Session, client: FlaskClient) -> None:
    series = begun(session, client)
    team = session.scalars(select(Team.id)).one()
    old = filled(title_en="My own words", whom="teams", team=str(team), version="7")
    answer = client.post(f"/surveys/series/{series.id}/edit", data=old)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert 'value="My own words"' in page
    assert f'value="{team}" checked' in page
    assert "How is your week?" in page, "what is saved now"
    assert client.post(f"/surveys/series/{series.id}/pause", data={"version": "7"}).status_code == 409
    again = client.post(f"/surveys/series/{series.id}/edit", data=old | {"version": str(series.version)})
    assert again.status_code == 303
    assert fresh(session).texts["en"]["title"] == "My own words"


def test_it_is_paused_and_goes_on(session: Session, client: FlaskClient) -> None:
    series = begun(session, client)
    address = f"/surveys/series/{series.id}"
    paused = client.post(f"{address}/pause", data={"version": str(series.version)}, follow_redirects=True)
    assert "none while it is paused" in text(paused)
    assert not fresh(session).active
    assert session.scalars(select(Survey).where(Survey.state == State.SCHEDULED)).all() == []
    gone_on = client.post(f"{address}/resume", data={"version": str(fresh(session).version)}, follow_redirects=True)
    assert "Goes on" in text(gone_on)
    assert fresh(session).active


def test_a_long_list_of_pulses_turns_its_pages_and_asks_no_more(
    session: Session, client: FlaskClient, database: Database
) -> None:
    begun(session, client)
    with count_queries(database.engine) as few:
        client.get("/surveys/series")
    for number in range(30):
        session.add(
            Series(
                texts={"en": {"title": f"Pulse {number:02}", "intro": ""}}, every="month", next_on=date(2027, 1, 31),
                of_month=31, hour=9, days_open=4, questions=5, keys=[], audience=[], comment=False, active=True,
                created_at=NOW,
            )
        )  # fmt: skip
    session.commit()
    with count_queries(database.engine) as many:
        first = text(client.get("/surveys/series"))
    assert len(many) == len(few)
    assert "Pulse 20" in first
    assert "Pulse 29" not in first
    assert "Pulse 29" in text(client.get("/surveys/series?page=2"))
    assert client.get("/surveys/series/999999").status_code == 404
