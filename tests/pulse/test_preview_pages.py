"""A survey as an employee would see it, and a test run that leaves nothing behind."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.db import Base
from portal.core.permissions import Actor
from portal.pulse.model import Driver, Kind, Survey
from tests.pulse.making import fresh, text
from tests.pulse.scenes import a_company, a_question, a_survey, an_hr

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def hr(session: Session) -> Actor:
    return an_hr(session)


@pytest.fixture
def client(sign_in: SignIn, hr: Actor) -> FlaskClient:
    return sign_in(person=hr)


def everything(session: Session) -> dict[str, int]:
    """How many rows there are of everything."""
    session.expire_all()
    tables = Base.metadata.sorted_tables
    return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def test_a_test_run_is_read_as_real_answers_are_and_leaves_nothing_behind(
    session: Session, client: FlaskClient
) -> None:
    kinds = [a_question(kind) for kind in (Kind.AGREE, Kind.SCALE, Kind.SINGLE, Kind.SEVERAL, Kind.TEXT)]
    a_company(session, {("Luma",): 6})
    survey = a_survey(session, kinds)
    session.commit()
    before, state = everything(session), {c.key: getattr(survey, c.key) for c in Survey.__mapper__.column_attrs}
    page = client.get(f"/surveys/{survey.id}/preview")
    assert "This is a preview." in text(page)
    assert f'action="/surveys/{survey.id}/preview/sent?lang=en"' in page.get_data(as_text=True)
    assert "answer.js" not in page.get_data(as_text=True)
    answers = {"q1": "4", "q2": "na", "q3": "1", "q4": ["0", "2"], "q5": "Longer <b>breaks</b>"}
    sent = client.post(f"/surveys/{survey.id}/preview/sent", data=answers)
    assert sent.status_code == 200
    for words in ("nothing was kept", "5 questions answered", "Agree", "Doesn’t apply to me", "Green", "Red · Blue"):
        assert words in text(sent), words
    assert "<b>breaks" not in sent.get_data(as_text=True)
    refused = client.post(f"/surveys/{survey.id}/preview/sent", data={"q1": "6", "q5": "My words"})
    assert refused.status_code == 422
    assert "My words" in refused.get_data(as_text=True)
    assert client.post(f"/surveys/{survey.id}/preview/sent", data={}).status_code == 422
    assert everything(session) == before
    assert {c.key: getattr(fresh(session, survey), c.key) for c in Survey.__mapper__.column_attrs} == state


def test_a_preview_speaks_any_language_shows_any_part_and_can_be_as_narrow_as_a_phone(
    session: Session, client: FlaskClient
) -> None:
    survey = a_survey(
        session, [a_question(key="all", part=0), a_question(key="a", part=1), a_question(key="b", part=2)]
    )
    survey.parts = 2
    session.commit()
    page = client.get(f"/surveys/{survey.id}/preview?lang=hr&part=2&width=phone").get_data(as_text=True)
    assert '<html lang="hr">' in page
    assert "Ponosim se onim što radimo (b)." in page
    assert "(a)" not in page
    assert "preview-phone" in page
    assert "Ponosim se" in client.post(f"/surveys/{survey.id}/preview?lang=en", data={"lang": "hr"}).get_data(
        as_text=True
    )
    for odd in ("lang=xx", "part=0", "part=" + "9" * 30, "part=-1", "lang=%00"):
        assert client.get(f"/surveys/{survey.id}/preview?{odd}").status_code == 200
    empty = a_survey(session, [a_question(driver=Driver.LOAD)], texts={}, opens_at=None, closes_at=None)
    session.commit()
    assert client.get(f"/surveys/{empty.id}/preview").status_code == 200
