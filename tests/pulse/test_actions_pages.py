"""The pages of promises, as HR, heads, owners and those who were asked use them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.permissions import Actor, Role
from portal.people.model import Person
from portal.pulse import actions
from portal.pulse.action_model import Action, ActionNote, Progress
from portal.pulse.actions import PromiseValues
from portal.pulse.model import Driver, State, Survey
from tests.counting import count_queries
from tests.pulse.scenes import DAY, RULES, a_company, a_question, a_survey, an_hr, an_open_survey

SignIn = Callable[..., FlaskClient]
TODAY = clock.now().date()
SOON = (TODAY + timedelta(days=30)).isoformat()


@pytest.fixture
def hr(session: Session) -> Actor:
    return an_hr(session)


@pytest.fixture
def staff(session: Session) -> list[Actor]:
    return a_company(session, {("Lampa",): 4})[("Lampa",)]


@pytest.fixture
def survey(session: Session, hr: Actor, staff: list[Actor]) -> Survey:
    now = clock.now()
    made = an_open_survey(
        session,
        [a_question(), a_question(driver=Driver.LOAD)],
        state=State.CLOSED,
        opens_at=now - 9 * DAY,
        closes_at=now - DAY,
        closed_at=now - DAY,
        published_at=now - DAY,
    )
    session.commit()
    return made


def an_action(session: Session, survey: Survey, hr: Actor, owner: Actor, number: int = 1, **over: object) -> int:
    assert owner.id
    values = {
        "unit": 0,
        "about": Driver.LOAD,
        "said": {"en": "Saturdays are <b>too much</b> for two.", "hr": "Subotom je dvoje premalo."},
        "promise": {"en": f"From June on, {number} more work on Saturdays.", "hr": f"Od lipnja {number} više."},
        "owner_id": owner.id,
        "due_on": TODAY + timedelta(days=30),
        **over,
    }
    found = actions.promise(session, hr, survey.id, PromiseValues(**values), RULES, clock.now()).id  # type: ignore[arg-type]
    session.commit()
    return found


def sent(owner: Actor, /, **over: str) -> dict[str, str]:
    usual = {
        "unit": "0",
        "about": "driver-load",
        "said_en": "Saturdays are too much.",
        "promise_en": "Three of us from June on.",
        "owner": owner.name,
        "due_on": SOON,
        "version": "1",
    }
    return usual | over


def late(session: Session, action_id: int) -> None:
    session.execute(update(Action).where(Action.id == action_id).values(due_on=TODAY - timedelta(days=2)))
    session.commit()


def many(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Action)) or 0


def test_hr_promises_something_from_the_form(
    session: Session, survey: Survey, hr: Actor, staff: list[Actor], sign_in: SignIn
) -> None:
    client = sign_in(person=hr)
    address = f"/surveys/{survey.id}/promises/new"
    page = client.get(f"{address}?unit=0&about=question-2").get_data(as_text=True)
    assert '<option selected value="question-2">' in page
    answer = client.post(address, data=sent(staff[0]))
    assert answer.status_code == 303
    own = session.scalars(select(Action)).one()
    assert (own.driver, own.owner_id, own.due_on.isoformat()) == ("load", staff[0].id, SOON)
    page = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert "Three of us from June on." in page
    assert staff[0].name in page


def test_what_is_wrong_stands_beside_its_field_and_all_that_was_typed_is_kept(
    session: Session, survey: Survey, hr: Actor, staff: list[Actor], sign_in: SignIn
) -> None:
    client = sign_in(person=hr)
    for over, field, message in (
        ({"due_on": "soon"}, "due_on", "A day, please"),
        ({"due_on": "2020-01-01"}, "due_on", "passed already"),
        ({"owner": "Nobody Such"}, "owner", "Nobody here is called Nobody Such"),
        ({"owner": ""}, "owner", "name a colleague"),
        ({"promise_en": ""}, "promise_en", "please say both"),
        ({"said_en": "", "promise_en": ""}, "said_en", "in one language at least"),
        ({"unit": "9" * 30}, "unit", "yours to promise"),
        ({"about": "driver-\0"}, "about", "what people were asked"),
        ({"said_hr": "x" * 601, "promise_hr": "x"}, "said_hr", "At most 600"),
    ):
        answer = client.post(f"/surveys/{survey.id}/promises/new", data=sent(staff[0]) | {"why": "", **over})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422, over
        assert f'id="{field}-error"' in page, over
        assert message in page, over
        if "said_en" not in over:
            assert "Saturdays are too much." in page
    assert many(session) == 0


def test_without_script_the_owner_is_looked_up_and_chosen_among_namesakes(
    session: Session, survey: Survey, hr: Actor, staff: list[Actor], sign_in: SignIn
) -> None:
    client = sign_in(person=hr)
    address = f"/surveys/{survey.id}/promises/new"
    session.execute(update(Person).where(Person.id.in_([staff[0].id, staff[1].id])).values(name="Iva Babić"))
    session.commit()
    page = client.post(address, data=sent(staff[0], owner="Iva Babić"))
    assert page.status_code == 422
    assert page.get_data(as_text=True).count('name="owner_choice"') == 2
    answer = client.post(address, data=sent(staff[0], owner="Iva Babić", owner_choice=str(staff[1].id)))
    assert answer.status_code == 303
    assert session.scalars(select(Action)).one().owner_id == staff[1].id
    # An address names one person; oneself may be meant, too.
    answer = client.post(address, data=sent(hr, owner=hr.email.upper()))
    assert answer.status_code == 303
    assert session.scalars(select(Action).order_by(Action.id.desc())).first().owner_id == hr.id  # type: ignore[union-attr]


def test_the_owner_that_the_script_chose_counts_while_the_name_is_theirs(
    session: Session, survey: Survey, hr: Actor, staff: list[Actor], sign_in: SignIn
) -> None:
    client = sign_in(person=hr)
    address = f"/surveys/{survey.id}/promises/new"
    client.post(address, data=sent(staff[0], owner_id=str(staff[1].id), owner=staff[1].name))
    client.post(address, data=sent(staff[0], owner_id=str(staff[1].id), owner=staff[2].name))
    assert [own.owner_id for own in session.scalars(select(Action).order_by(Action.id))] == [staff[1].id, staff[2].id]


def test_two_tabs_the_second_sees_what_the_first_saved_and_loses_nothing(
    session: Session, survey: Survey, hr: Actor, staff: list[Actor], sign_in: SignIn
) -> None:
    action_id = an_action(session, survey, hr, staff[0])
    client = sign_in(person=hr)
    address = f"/surveys/promises/{action_id}/edit"
    assert 'value="1"' in client.get(address).get_data(as_text=True)
    first = sent(staff[0], promise_en="The first words.")
    assert client.post(address, data=first).status_code == 303
    answer = client.post(address, data=sent(staff[0], promise_en="The second words."))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "The first words." in page
    assert "The second words." in page
    assert client.post(address, data=sent(staff[0], promise_en="The second words.", version="2")).status_code == 303


def test_another_date_needs_a_word_which_is_then_public(
    session: Session, survey: Survey, hr: Actor, staff: list[Actor], sign_in: SignIn
) -> None:
    action_id = an_action(session, survey, hr, staff[0])
    client = sign_in(person=hr)
    later = (TODAY + timedelta(days=60)).isoformat()
    answer = client.post(f"/surveys/promises/{action_id}/edit", data=sent(staff[0], due_on=later))
    assert answer.status_code == 422
    assert 'id="why-error"' in answer.get_data(as_text=True)
    data = sent(staff[0], due_on=later, why="Nobody applied yet.")
    assert client.post(f"/surveys/promises/{action_id}/edit", data=data).status_code == 303
    page = sign_in(person=staff[1]).get(f"/surveys/promises/{action_id}").get_data(as_text=True)
    assert "Nobody applied yet." in page


def test_the_owner_says_how_it_goes(
    session: Session, survey: Survey, hr: Actor, staff: list[Actor], sign_in: SignIn
) -> None:
    action_id = an_action(session, survey, hr, staff[0])
    client = sign_in(person=staff[0])
    address = f"/surveys/promises/{action_id}"
    assert "/edit" not in client.get(address).get_data(as_text=True)
    answer = client.post(f"{address}/notes", data={"progress": "begun", "text": "  ", "locale": "en"})
    assert answer.status_code == 422
    assert 'id="text-error"' in answer.get_data(as_text=True)
    answer = client.post(f"{address}/notes", data={"progress": "hidden", "text": "Kept words", "locale": "en"})
    assert answer.status_code == 422
    assert "Kept words" in answer.get_data(as_text=True)
    good = {"progress": "done", "text": "Since June there are three.\nReally.", "locale": "en"}
    for _ in range(2):  # A double click.
        assert client.post(f"{address}/notes", data=good).status_code == 303
    assert session.scalar(select(func.count()).select_from(ActionNote)) == 1
    session.execute(update(Person).where(Person.id == staff[1].id).values(locale="hr"))
    page = sign_in(person=staff[1]).get(address).get_data(as_text=True)
    assert "Since June there are three." in page
    assert "Od lipnja 1 više." in page  # What there is in the reader's language is read in it.


def test_those_who_were_asked_read_and_do_no_more(
    session: Session, survey: Survey, hr: Actor, staff: list[Actor], sign_in: SignIn
) -> None:
    action_id = an_action(session, survey, hr, staff[0])
    client = sign_in(person=staff[1])
    address = f"/surveys/promises/{action_id}"
    page = client.get(address).get_data(as_text=True)
    assert "Saturdays are &lt;b&gt;too much&lt;/b&gt; for two." in page
    assert "<form" not in page.split("<main")[1].split("</main>")[0]
    assert client.get(f"{address}/edit").status_code == 403
    assert client.post(f"{address}/edit", data=sent(staff[1])).status_code == 403
    assert client.post(f"{address}/notes", data={"progress": "done", "text": "?"}).status_code == 403
    assert client.get(f"/surveys/{survey.id}/promises/new").status_code == 403
    assert client.post(f"/surveys/{survey.id}/promises/new", data=sent(staff[1])).status_code == 403
    other = sign_in(Role.EMPLOYEE, Role.ADMIN)  # Came later, so wasn't asked.
    for path in (address, f"{address}/edit", "/surveys/promises/999", f"/surveys/{survey.id + 9}/promises/new"):
        assert other.get(path).status_code == 404
    assert other.post(f"{address}/notes", data={}).status_code == 404


def test_before_a_survey_is_counted_hr_is_told_to_wait(session: Session, hr: Actor, sign_in: SignIn) -> None:
    running, draft = an_open_survey(session), a_survey(session)
    session.commit()
    client = sign_in(person=hr)
    assert client.get(f"/surveys/{running.id}/promises/new").status_code == 409
    assert client.get(f"/surveys/{draft.id}/promises/new").status_code == 404


def test_the_list_tells_what_is_overdue_and_what_came_of_the_rest(
    session: Session, survey: Survey, hr: Actor, staff: list[Actor], sign_in: SignIn
) -> None:
    late(session, an_action(session, survey, hr, staff[0], 1))
    done = an_action(session, survey, hr, staff[0], 2)
    session.execute(update(Action).where(Action.id == done).values(progress=Progress.DONE))
    session.commit()
    client = sign_in(person=staff[1])
    page = client.get("/surveys/promises").get_data(as_text=True)
    assert "1 promise is overdue." in page
    assert "From June on, 1 more" in page
    assert "From June on, 2 more" not in page
    page = client.get("/surveys/promises?show=ended&page=-9").get_data(as_text=True)
    assert "From June on, 2 more" in page
    assert "From June on, 1 more" not in page
    for odd in ("?page=%00", "?page=" + "9" * 30, "?show=%00"):
        assert client.get("/surveys/promises" + odd).status_code == 200


def test_the_front_page_and_the_next_survey_begin_with_what_came_of_the_last(
    session: Session, survey: Survey, hr: Actor, staff: list[Actor], sign_in: SignIn
) -> None:
    an_action(session, survey, hr, staff[0])
    following = an_open_survey(session, opens_at=clock.now() - DAY, closes_at=clock.now() + DAY)
    session.commit()
    client = sign_in(person=staff[1])
    for address in ("/", f"/surveys/{following.id}", f"/surveys/{survey.id}"):
        assert "From June on, 1 more work on Saturdays." in client.get(address).get_data(as_text=True), address
    assert "From June on" not in sign_in(Role.EMPLOYEE).get("/").get_data(as_text=True)


def test_a_page_asks_the_same_number_of_questions_however_many_promises_there_are(
    session: Session, survey: Survey, hr: Actor, staff: list[Actor], sign_in: SignIn, run_engine: Engine
) -> None:
    client = sign_in(person=staff[1])

    def asked() -> list[int]:
        numbers = []
        for address in ("/surveys/promises", "/"):
            client.get(address)
            with count_queries(run_engine) as statements:
                client.get(address)
            numbers.append(len(statements))
        return numbers

    an_action(session, survey, hr, staff[0])
    before = asked()
    for number in range(2, 7):
        an_action(session, survey, hr, staff[number % 4], number)
    assert asked() == before
