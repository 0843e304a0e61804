"""The pages on which HR chooses whom a survey asks, and what."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.core.permissions import Actor
from portal.people.model import Team
from portal.pulse import question_queries
from tests.counting import count_queries
from tests.pulse.making import coming, fresh, text
from tests.pulse.scenes import an_hr

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def hr(session: Session) -> Actor:
    return an_hr(session)


@pytest.fixture
def client(sign_in: SignIn, hr: Actor) -> FlaskClient:
    return sign_in(person=hr)


# Who is asked


def test_the_audience_is_counted_before_it_is_saved(session: Session, client: FlaskClient) -> None:
    survey = coming(session)
    address = f"/surveys/{survey.id}/edit/audience"
    everybody = text(client.get(address))
    assert "10 people would be asked today." in everybody
    assert "1 person belongs to no team" in everybody
    assert "Riva 3 · counts in the team above" in everybody
    shops = session.scalars(select(Team.id).where(Team.name == "Shops")).one()
    riva = session.scalars(select(Team.id).where(Team.name == "Riva")).one()
    look = client.post(address, data={"version": "1", "whom": "teams", "team": str(riva), "do": "look"})
    assert "3 people would be asked today. That is too few" in text(look)
    assert fresh(session, survey).audience == []
    assert client.post(address, data={"version": "1", "whom": "teams"}).status_code == 422
    assert client.post(address, data={"version": "1", "whom": "teams", "team": "9" * 9}).status_code == 422
    saved = client.post(address, data={"version": "1", "whom": "teams", "team": str(shops)}, follow_redirects=True)
    assert "9 people today, of the teams chosen." in text(saved)
    assert "No results for Riva: 3 people count with Shops." in text(saved)
    assert fresh(session, survey).audience == [shops]


def test_a_company_of_many_teams_fits_a_page_and_few_questions(
    session: Session, client: FlaskClient, database: Database
) -> None:
    survey = coming(session)
    top = session.scalars(select(Team.id).where(Team.name == "Luma")).one()
    with count_queries(database.engine) as few:
        client.get(f"/surveys/{survey.id}/edit/audience")
    names = [f"Department of customer relations {n}" for n in range(500)]
    session.execute(insert(Team), [{"name": name, "parent_id": top} for name in names])
    session.commit()
    with count_queries(database.engine) as many:
        page = client.get(f"/surveys/{survey.id}/edit/audience")
    assert len(page.data) < 100_000
    assert len(many) == len(few)


# Questions


def test_questions_are_added_moved_and_taken_out(session: Session, client: FlaskClient) -> None:
    survey = coming(session)
    base = f"/surveys/{survey.id}/edit"

    def act(question: int, do: str) -> int:
        version = str(fresh(session, survey).version)
        return client.post(f"{base}/questions/{question}", data={"version": version, "do": do}).status_code

    assert client.post(f"{base}/bank", data={"version": "1", "key": ["pride-2", "load-help"]}).status_code == 303
    own = {
        "kind": "single",
        "text_en": "Which day?",
        "choices_en": "Monday\nFriday",
        "driver": "",
        "not_applicable": "y",
    }
    assert client.post(f"{base}/questions/new", data=own | {"version": "2"}).status_code == 303
    page = text(client.get(f"{base}/questions"))
    assert "Monday · Friday" in page
    assert "Not yet in:" in page
    assert (act(4, "earlier"), act(1, "remove"), act(2, "no-offer"), act(2, "dance")) == (303, 303, 303, 409)
    assert [row.number for row in question_queries.questions_of(session, survey.id)] == [2, 4, 3]
    assert act(1, "later") == 409
    again = own | {"version": str(fresh(session, survey).version), "choices_en": "Monday"}
    refused = client.post(f"{base}/questions/4/words", data=again)
    assert refused.status_code == 422
    assert "From 2 to 12 choices" in text(refused)


def test_the_bank_is_shown_by_driver_in_every_language_on_a_page_that_is_not_too_long(
    client: FlaskClient, session: Session
) -> None:
    page = client.get("/surveys/bank")
    assert len(page.data) < 40_000
    assert "Pride and belonging" in text(page)
    assert "Load and strain" in text(page)
    assert "Когда клиент благодарит нас" not in text(page)
    alone = text(client.get("/surveys/bank?driver=pride"))
    assert "Когда клиент благодарит нас" in alone
    assert 'id="load"' not in alone
    survey = coming(session)
    assert len(client.get(f"/surveys/{survey.id}/edit/bank").data) < 100_000
    wrong = client.post(f"/surveys/{survey.id}/edit/bank", data={"version": "1", "key": "no-such"})
    assert wrong.status_code == 409
