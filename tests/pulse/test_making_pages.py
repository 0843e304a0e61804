"""The pages on which HR makes surveys."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.db import Database
from portal.core.permissions import Actor, Role
from portal.pulse.action_model import Action
from portal.pulse.model import State, Survey
from tests.counting import count_queries
from tests.pulse.making import coming, fresh, text
from tests.pulse.scenes import DAY, a_company, a_question, a_survey, an_hr, an_open_survey

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def hr(session: Session) -> Actor:
    return an_hr(session)


@pytest.fixture
def client(sign_in: SignIn, hr: Actor) -> FlaskClient:
    return sign_in(person=hr)


# The list


def test_the_list_has_what_is_under_way_first_and_turns_its_pages(session: Session, client: FlaskClient) -> None:
    large = an_open_survey(session, texts={"en": {"title": "Open one", "intro": ""}})
    large.invited = 20  # Of fewer it isn't told that nobody answered.
    a_survey(session, texts={})
    session.execute(
        insert(Survey),
        [
            {"texts": {"en": {"title": f"Past {n:02}", "intro": ""}}, "state": State.CLOSED, "audience": [],
             "reminders": [], "opens_at": clock.now() - n * DAY, "closes_at": clock.now(), "opened_at": clock.now(),
             "closed_at": clock.now(), "created_at": clock.now(), "least_scores": 5, "least_comments": 10}
            for n in range(1, 30)
        ],
    )  # fmt: skip
    session.commit()
    first = text(client.get("/surveys/manage"))
    places = [first.index(words) for words in ("Open one", "0 of 20 answered", "Without a title yet", "Past 01")]
    assert places == sorted(places)
    assert "Past 29" not in first
    assert "Past 29" in text(client.get("/surveys/manage?page=2"))
    assert "Past 29" in text(client.get("/surveys/manage?page=99999"))
    for odd in ("-1", "x", "9" * 30, "%00"):
        assert "Past 01" in text(client.get(f"/surveys/manage?page={odd}"))


def test_a_long_list_asks_the_database_no_more_than_a_short_one(
    session: Session, client: FlaskClient, database: Database
) -> None:
    def asked() -> int:
        session.commit()
        with count_queries(database.engine) as seen:
            assert client.get("/surveys/manage").status_code == 200
        return len(seen)

    an_open_survey(session)
    one = asked()
    for _ in range(5):
        an_open_survey(session)
        a_survey(session, [a_question(), a_question()])
    assert asked() == one


def test_an_administrator_does_not_come_in(session: Session, sign_in: SignIn, app: Flask) -> None:
    survey, other = coming(session), sign_in(Role.ADMIN)
    mine = {"making", "asking", "preview", "series"}
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.split(".")[0] in mine]
    assert len(rules) >= 20
    for rule in rules:
        address = re.sub(r"<[^>]*:step>", "pause", re.sub(r"<[^>]*:(series_id|question)>", "1", rule.rule))
        address = re.sub(r"<[^>]*:survey_id>", str(survey.id), address)
        for method in {"GET", "POST"} & (rule.methods or set()):
            assert other.open(address, method=method).status_code == 403, rule


# Making one


def test_a_survey_is_made_from_a_template_to_its_schedule(session: Session, client: FlaskClient) -> None:
    a_company(session, {("Luma",): 6})
    session.commit()
    page = client.get("/surveys/new")
    assert "Weekly pulse" in text(page)
    begun = client.post("/surveys/new", data={"template": "weekly"})
    address = begun.location
    survey = session.scalars(select(Survey)).one()
    assert address == f"/surveys/{survey.id}/manage"
    assert "Before it can be scheduled" in text(client.get(address))
    refused = client.post(f"/surveys/{survey.id}/schedule", data={"version": "1", "do": "schedule"})
    assert refused.status_code == 422
    opens, closes = (clock.now() + n * DAY for n in (1, 8))
    dates = {
        "version": "1",
        "opens_at": opens.strftime("%Y-%m-%dT09:00"),
        "closes_at": closes.strftime("%Y-%m-%dT09:00"),
    }
    assert (
        client.post(f"/surveys/{survey.id}/edit/dates", data=dates | {"first": "3", "second": ""}).location == address
    )
    done = client.post(f"/surveys/{survey.id}/schedule", data={"version": "2", "do": "schedule"})
    assert done.location == address
    assert "It opens by itself" in text(client.get(address))
    assert fresh(session, survey).state == State.SCHEDULED
    assert fresh(session, survey).reminders == [3]


def test_opening_now_says_within_a_minute(session: Session, client: FlaskClient) -> None:
    survey = coming(session)
    done = client.post(f"/surveys/{survey.id}/schedule", data={"version": "1", "do": "open"}, follow_redirects=True)
    assert "It opens within a minute" in text(done)
    found = fresh(session, survey)
    assert (found.state, found.opened_at) == (State.SCHEDULED, None)
    assert found.opens_at is not None
    assert found.opens_at <= clock.now()


def test_a_copy_is_a_draft_of_its_own(session: Session, client: FlaskClient) -> None:
    survey = an_open_survey(session)
    session.commit()
    answer = client.post("/surveys/new", data={"copy": str(survey.id)}, follow_redirects=True)
    assert "Draft" in text(answer)
    assert "Spring pulse" in text(answer)
    for wrong in ("", "0", "9" * 30, "x"):
        assert client.post("/surveys/new", data={"copy": wrong or "nothing"}).status_code == 404


def test_languages_that_are_missing_are_named_and_hold_nothing_up(session: Session, client: FlaskClient) -> None:
    survey = coming(session)
    said = {"version": "1", "title_en": "Spring", "title_hr": "Proljeće", "intro_hr": "Zašto pitamo."}
    page = text(client.post(f"/surveys/{survey.id}/edit", data=said, follow_redirects=True))
    assert "3 languages aren’t complete yet" in page
    assert "English : the introduction" in page
    assert "Русский : the title, the introduction, question 1" in page
    assert client.post(f"/surveys/{survey.id}/schedule", data={"version": "2"}).status_code == 303


@pytest.mark.parametrize(
    ("path", "typed", "kept"),
    [
        ("edit", {"title_en": "My own new title"}, 'value="My own new title"'),
        ("edit/dates", {"opens_at": "2031-05-04T09:00"}, 'value="2031-05-04T09:00"'),
        ("edit/audience", {"whom": "everybody"}, 'checked id="whom-0"'),
        ("edit/questions/new", {"kind": "text", "driver": "", "text_en": "What else?"}, 'value="What else?"'),
        (
            "edit/questions/1/words",
            {"kind": "agree", "driver": "", "text_en": "I sing at work."},
            'value="I sing at work."',
        ),
        ("edit/bank", {"key": "pride-2"}, 'value="pride-2" checked'),
    ],
)
def test_who_comes_second_is_told_and_loses_nothing(
    session: Session, client: FlaskClient, path: str, typed: dict[str, str], kept: str
) -> None:
    survey = coming(session, version=2)
    answer = client.post(f"/surveys/{survey.id}/{path}", data={"version": "1"} | typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Somebody else changed this survey in the meantime" in page
    assert (
        kept in re.sub(r"\s+", " ", page).replace("checked id=", "checked id=")
        or kept.split(" ", maxsplit=1)[0] in page
    )
    assert fresh(session, survey).version == 2
    form = typed | {"version": "2"}
    if path != "edit/dates":
        assert client.post(f"/surveys/{survey.id}/{path}", data=form).status_code in {302, 303}, "saved the second time"


def test_what_is_refused_is_shown_with_all_that_was_typed(session: Session, client: FlaskClient) -> None:
    survey = coming(session)
    dates = {
        "version": "1",
        "opens_at": "2027-03-28T02:30",
        "closes_at": "nonsense\0",
        "first": "soon",
        "second": "9" * 40,
    }
    answer = client.post(f"/surveys/{survey.id}/edit/dates", data=dates)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert all(f'value="{typed}"' in page for typed in ("2027-03-28T02:30", "nonsense", "soon"))
    answer = client.post(f"/surveys/{survey.id}/edit/dates", data=dates | {"first": "", "second": ""})
    assert "A date and a time, please" in text(answer)
    assert client.post(f"/surveys/{survey.id}/edit", data={"version": "x" * 99, "title_en": "A"}).status_code == 409


def test_an_opened_survey_shows_what_holds_and_lets_nothing_be_changed(session: Session, client: FlaskClient) -> None:
    survey = an_open_survey(session)
    session.commit()
    page = client.get(f"/surveys/{survey.id}/manage").get_data(as_text=True)
    assert "can’t be closed early" in page
    assert "/edit" not in page
    for path in (
        "edit",
        "edit/dates",
        "edit/audience",
        "edit/questions",
        "edit/bank",
        "edit/questions/new",
        "throw-away",
    ):
        assert client.get(f"/surveys/{survey.id}/{path}").status_code == 409, path
    assert client.post(f"/surveys/{survey.id}/edit", data={"version": "1", "title_en": "x"}).status_code == 409


@pytest.mark.parametrize(
    ("state", "reason", "said"),
    [
        (State.SCHEDULED, "overdue-promise", "Look at the promises"),
        (State.SCHEDULED, "too-few", "Choose more teams"),
        (State.SCHEDULED, "no-questions", "no question"),
        (State.COUNTING, "key-missing", "key is missing on the server"),
        (State.COUNTING, "damaged", "an administrator finds more in the log"),
    ],
)
def test_what_holds_a_survey_back_is_said(
    session: Session, client: FlaskClient, state: State, reason: str, said: str
) -> None:
    survey = an_open_survey(session, state=state, held_back=reason)
    session.commit()
    assert said in text(client.get(f"/surveys/{survey.id}/manage"))


def test_a_draft_is_thrown_away_after_a_second_look(session: Session, client: FlaskClient) -> None:
    survey = coming(session)
    assert "Throw this survey away?" in text(client.get(f"/surveys/{survey.id}/throw-away"))
    assert client.post(f"/surveys/{survey.id}/throw-away", data={"version": "0"}).status_code == 409
    assert client.post(f"/surveys/{survey.id}/throw-away", data={"version": "1"}).location == "/surveys/manage"
    assert session.scalar(select(func.count()).select_from(Survey)) == 0


def test_an_overdue_promise_is_told_of_before_it_holds_the_survey_back(
    session: Session, client: FlaskClient, hr: Actor
) -> None:
    last = an_open_survey(session, state=State.CLOSED, closed_at=clock.now() - 30 * DAY)
    yesterday = clock.now().date() - 2 * DAY
    promise = Action(
        survey_id=last.id, unit=0, driver="tools", said={"en": "Old tills"}, promise={"en": "New tills for all"},
        owner_id=hr.id, due_on=yesterday, progress="begun", created_at=clock.now() - 9 * DAY,
    )  # fmt: skip
    session.add(promise)
    survey = coming(session)
    page = text(client.get(f"/surveys/{survey.id}/manage"))
    assert "overdue without a word on why" in page
    assert "New tills for all" in page
    promise.progress = "done"
    session.commit()
    assert "New tills for all" not in text(client.get(f"/surveys/{survey.id}/manage"))


@pytest.mark.parametrize(
    ("part", "data"),
    [
        ("edit", {"title_en": "A title that took long"}),
        ("edit/questions/new", {"kind": "agree", "driver": "", "text_en": "A title that took long"}),
    ],
)
def test_what_is_typed_while_a_survey_opens_by_itself_is_not_lost(
    session: Session, client: FlaskClient, part: str, data: dict[str, str]
) -> None:
    survey = an_open_survey(session)
    session.commit()
    answer = client.post(f"/surveys/{survey.id}/{part}", data=data | {"version": "1"})
    assert answer.status_code == 409
    assert "This survey has opened." in text(answer)
    assert "A title that took long" in answer.get_data(as_text=True)
    assert "Somebody else changed" not in text(answer)
