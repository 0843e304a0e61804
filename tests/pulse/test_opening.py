"""A survey opens when its time has come: what is settled then, what holds it back, and what being late changes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from portal.core.permissions import SYSTEM, Actor
from portal.people.commands import name_teams
from portal.people.model import Person
from portal.pulse import drafting, life, opening, scheduling, series
from portal.pulse.action_model import Action, ActionNote, Progress
from portal.pulse.model import Announcement, Invitation, State, Step, Survey, SurveyQuestion, SurveyUnit
from portal.pulse.rules import Rules
from portal.pulse.sealing import KeyRing
from tests.counting import count_queries
from tests.factories import NOW, a_person
from tests.pulse.living import CARE, END, SHOPS, a_scheduled_survey, opened, told
from tests.pulse.recurring import a_series, waves_made
from tests.pulse.scenes import DAY, RULES, ZONE, a_company, an_hr

HOUR = timedelta(hours=1)


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    return KeyRing(tmp_path / "pulse-keys")


def units(session: Session, survey: Survey) -> dict[str, tuple[int, bool]]:
    """How many are invited in each unit, by its own name, and if ballots are counted in it."""
    rows = session.scalars(select(SurveyUnit).where(SurveyUnit.survey_id == survey.id))
    return {row.names.get("", "all"): (row.invited, row.cohort) for row in rows}


def invited(session: Session, survey: Survey) -> dict[int, int]:
    found = select(Invitation.person_id, Invitation.unit).where(Invitation.survey_id == survey.id)
    return dict(session.execute(found).all())


def test_a_survey_opens_when_its_time_has_come_and_not_before(session: Session, keys: KeyRing) -> None:
    a_company(session, {SHOPS: 6})
    survey = a_scheduled_survey(session)
    assert life.due_to_open(session, NOW - timedelta(seconds=1)) == []
    assert not opened(session, survey, keys, NOW - timedelta(seconds=1))
    assert (survey.state, keys.known()) == (State.SCHEDULED, [])
    assert life.due_to_open(session, NOW) == [survey.id]
    assert opened(session, survey, keys)
    assert not opened(session, survey, keys), "once"
    assert life.due_to_open(session, NOW + DAY) == []
    assert (survey.state, survey.opened_at, survey.closes_at, survey.invited) == (State.OPEN, NOW, END, 6)
    assert (survey.least_scores, survey.least_comments) == (5, 10)
    assert survey.box == keys.make(survey.id), "the key that opens the answers is the one that is kept"


@pytest.mark.parametrize("state", [State.DRAFT, State.OPEN, State.COUNTING, State.CLOSED])
def test_only_what_is_scheduled_opens(session: Session, keys: KeyRing, state: State) -> None:
    a_company(session, {SHOPS: 6})
    settled = {"opened_at": NOW, "least_scores": 5, "least_comments": 10, "box": bytes(32)}
    closed = {"closed_at": NOW} if state is State.CLOSED else {}
    survey = a_scheduled_survey(session, state=state, **settled, **closed)
    assert not opened(session, survey, keys)
    assert (survey.state, survey.box) == (state, bytes(32))


def test_everybody_is_asked_and_counted_in_the_smallest_unit_of_enough(session: Session, keys: KeyRing) -> None:
    company = a_company(session, {SHOPS: 5, (*SHOPS, "Ilica"): 2, CARE: 6, ("Luma",): 1})
    a_person(session)
    gone = a_person(session, team=SHOPS)
    gone.deactivated_at = NOW
    name_teams(session, SYSTEM, SHOPS, "hr", ("Luma", "Trgovine"))
    session.flush()
    survey = a_scheduled_survey(session)
    assert opened(session, survey, keys)
    # Somebody belongs to no team, so that the company is not all who are asked.
    assert units(session, survey) == {"all": (15, True), "Luma": (14, True), "Shops": (7, True), "Care": (6, True)}
    rows = {row.names.get("", "all"): row for row in session.scalars(select(SurveyUnit))}
    assert rows["Shops"].names == {"": "Shops", "hr": "Trgovine"}
    unit_of = invited(session, survey)
    assert {unit_of[one.id] for one in [*company[SHOPS], *company[*SHOPS, "Ilica"]] if one.id} == {rows["Shops"].number}
    assert gone.id not in unit_of
    assert survey.invited == len(unit_of) == 15


def test_only_the_teams_that_are_meant_are_asked(session: Session, keys: KeyRing) -> None:
    company = a_company(session, {SHOPS: 5, (*SHOPS, "Ilica"): 2, CARE: 6})
    a_person(session)
    shops = session.get_one(Person, company[SHOPS][0].id).team_id
    survey = a_scheduled_survey(session, audience=[shops, 2**31 - 1])
    assert opened(session, survey, keys)
    assert set(invited(session, survey)) == {one.id for path in (SHOPS, (*SHOPS, "Ilica")) for one in company[path]}
    assert units(session, survey) == {"Shops": (7, True)}, "a team that holds all who are asked is that group"


def test_an_administrators_larger_k_holds_for_what_opens_from_then_on(session: Session, keys: KeyRing) -> None:
    a_company(session, {SHOPS: 7, CARE: 8})
    survey = a_scheduled_survey(session)
    assert opened(session, survey, keys, rules=Rules(ZONE, 8, 12))
    assert (survey.least_scores, survey.least_comments) == (8, 12)
    assert units(session, survey) == {"Luma": (15, True), "Care": (8, True)}


# What holds it back


def test_too_few_people_or_no_question_hold_it_back_and_hr_is_told_once(session: Session, keys: KeyRing) -> None:
    hr = an_hr(session)
    a_person(session)
    survey = a_scheduled_survey(session)
    for minute in range(3):
        assert not opened(session, survey, keys, NOW + minute * timedelta(minutes=1))
    assert (survey.state, survey.held_back) == (State.SCHEDULED, life.Held.TOO_FEW)
    ((person, notice),) = told(session, "survey-held").items()
    assert (person, notice.details["why"], notice.details["title"]) == (hr.id, "too-few", "Spring pulse")
    assert keys.known() == [], "nothing is begun that can't be done"
    question = session.scalars(select(SurveyQuestion)).one()
    session.delete(question)
    session.flush()
    assert not opened(session, survey, keys)
    assert survey.held_back == life.Held.NO_QUESTIONS
    assert [one.details["why"] for one in told(session, "survey-held").values()] == ["no-questions"], "in its place"


def test_a_promise_that_is_overdue_with_no_word_on_why_holds_the_next_survey_back(
    session: Session, keys: KeyRing
) -> None:
    a_company(session, {SHOPS: 6})
    hr = an_hr(session)
    last = a_scheduled_survey(session)
    assert opened(session, last, keys)
    last.state, last.closed_at = State.CLOSED, NOW
    promise = Action(
        survey_id=last.id, unit=0, driver="tools", said={"en": "Old tills"}, promise={"en": "New ones"},
        owner_id=hr.id, due_on=NOW.date() - DAY, progress=Progress.BEGUN, created_at=NOW - 9 * DAY,
    )  # fmt: skip
    session.add(promise)
    session.flush()
    survey = a_scheduled_survey(session)
    assert not opened(session, survey, keys)
    assert survey.held_back == life.Held.OVERDUE_PROMISE
    ((_, notice),) = told(session, "survey-held").items()
    assert (notice.details["why"], notice.address) == ("overdue-promise", "/surveys/promises")
    word = {"author_id": hr.id, "locale": "en", "text": "They come in June.", "progress": Progress.BEGUN}
    session.add(ActionNote(action_id=promise.id, on=NOW.date(), at=NOW, **word))
    session.flush()
    assert opened(session, survey, keys)


def test_it_opens_as_soon_as_nothing_holds_it_back_with_all_its_days(session: Session, keys: KeyRing) -> None:
    an_hr(session)
    survey = a_scheduled_survey(session)
    assert not opened(session, survey, keys)
    a_company(session, {SHOPS: 6})
    late = NOW + 2 * DAY + HOUR
    assert opened(session, survey, keys, late)
    assert (survey.held_back, survey.opened_at, survey.closes_at) == (None, late, late + 7 * DAY)
    assert told(session, "survey-held") == {}, "what no longer holds is taken back"


@pytest.mark.parametrize("step", [drafting.throw_away, scheduling.back_to_draft])
def test_what_is_not_to_open_any_more_is_not_told_to_be_held_back(
    session: Session, keys: KeyRing, step: Callable[[Session, Actor, int, int], object]
) -> None:
    hr = an_hr(session)
    survey = a_scheduled_survey(session)
    assert not opened(session, survey, keys)
    assert set(told(session, "survey-held")) == {hr.id}
    step(session, hr, survey.id, survey.version)
    assert told(session, "survey-held") == {}


def test_what_is_to_open_on_another_day_is_held_back_no_more(session: Session, keys: KeyRing) -> None:
    hr = an_hr(session)
    survey = a_scheduled_survey(session, reminders=[])
    assert not opened(session, survey, keys)
    dates = drafting.Dates("2026-06-01T09:00", "2026-06-05T09:00")
    drafting.change_dates(session, hr, survey.id, dates, survey.version, RULES, NOW)
    assert (survey.state, survey.held_back, told(session, "survey-held")) == (State.SCHEDULED, None, {})


def test_a_wave_that_is_held_back_and_then_paused_is_not_told_of_any_more(session: Session, keys: KeyRing) -> None:
    hr = an_hr(session)
    a_company(session, {SHOPS: 5})
    begun = a_series(session, hr)
    (wave,) = waves_made(session)
    assert wave.opens_at
    assert not opened(session, wave, keys, wave.opens_at, Rules(ZONE, 8, 12))
    assert set(told(session, "survey-held")) == {hr.id}
    series.pause(session, hr, begun.id, begun.version, RULES)
    assert told(session, "survey-held") == {}


# When it closes, and when people are reminded


def moment(text: str) -> datetime:
    """What clocks in Zagreb show, as a moment."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("late", "shift"),
    [(timedelta(0), timedelta(0)), (HOUR, timedelta(0)), (HOUR + timedelta(seconds=1), HOUR + timedelta(seconds=1)),
     (30 * DAY, 30 * DAY)],
)  # fmt: skip
def test_a_survey_that_opens_late_is_open_for_as_long_as_was_promised(late: timedelta, shift: timedelta) -> None:
    assert opening.closing(NOW, END, NOW + late, ZONE) == END + shift


def test_being_late_by_minutes_matters_to_a_survey_of_an_hour() -> None:
    late = NOW + timedelta(minutes=10)
    assert opening.closing(NOW, NOW + HOUR, late, ZONE) == late + HOUR


def test_the_length_is_that_of_the_companys_clocks_also_when_they_change() -> None:
    # Clocks went back on 25 October 2026: seven days had 169 hours.
    opens, closes = moment("2026-10-22T09:00"), moment("2026-10-29T09:00")
    assert opening.closing(opens, closes, opens, ZONE) == closes
    assert opening.closing(opens, closes, moment("2026-10-20T14:30") + 7 * DAY, ZONE) == moment("2026-11-03T13:30")
    assert opening.closing(opens, closes, moment("2026-10-24T14:30"), ZONE) == moment("2026-10-31T14:30")


@pytest.mark.parametrize(
    ("opened_at", "days", "dues"),
    [
        ("2026-05-04T10:15", [5, 3], ["2026-05-07T10:15", "2026-05-09T10:15"]),
        ("2026-05-04T03:00", [3], ["2026-05-07T09:00"]),
        ("2026-05-04T22:10", [3], ["2026-05-07T18:00"]),
        ("2026-05-04T10:15", [7, 9], []),
        ("2026-05-04T10:15", [3, 3], ["2026-05-07T10:15"]),
        ("2026-05-04T10:15", [1, 2, 3], ["2026-05-05T10:15", "2026-05-06T10:15"]),
        ("2026-05-04T10:15", [], []),
        ("2026-03-27T10:15", [3], ["2026-03-30T10:15"]),
    ],
    ids=["its hour", "by night", "late at night", "too late", "twice", "too many", "none", "clocks go forward"],
)
def test_people_are_reminded_at_its_hour_by_day_before_it_closes(
    opened_at: str, days: list[int], dues: list[str]
) -> None:
    at = moment(opened_at)
    assert opening.reminders(days, at, at + 7 * DAY, ZONE) == [moment(due) for due in dues]


def test_what_is_to_be_told_is_settled_with_the_opening(session: Session, keys: KeyRing) -> None:
    a_company(session, {SHOPS: 6})
    survey = a_scheduled_survey(session)
    opened(session, survey, keys)
    dues = session.execute(select(Announcement.step, Announcement.due_at).order_by(Announcement.due_at)).all()
    assert [tuple(row) for row in dues] == [
        (Step.INVITATION, NOW),
        (Step.REMINDER, NOW + 3 * DAY),
        (Step.LAST_REMINDER, NOW + 5 * DAY),
    ]


def test_a_company_of_thousands_is_asked_in_few_statements(session: Session, keys: KeyRing) -> None:
    team = session.get_one(Person, a_company(session, {SHOPS: 1})[SHOPS][0].id).team_id
    rows = [
        {"email": f"p{one}@example.com", "name": f"P {one}", "search_text": f"p {one}", "locale": "hr", "stamp": "x",
         "created_at": NOW, "team_id": team if one % 2 else None} for one in range(3_000)
    ]  # fmt: skip
    session.execute(insert(Person), rows)
    survey = a_scheduled_survey(session)
    with count_queries(session.connection().engine) as asked:
        assert opened(session, survey, keys)
    assert len(asked) < 20
    assert session.scalar(select(func.count()).select_from(Invitation)) == 3_001


def test_another_time_zone_has_other_days() -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    at = datetime(2026, 5, 4, 15, 30, tzinfo=UTC)  # Half past midnight of the fifth, there.
    assert opening.reminders([1], at, at + 7 * DAY, tokyo) == [datetime(2026, 5, 6, 0, 0, tzinfo=UTC)]
    assert RULES.zone == ZONE
