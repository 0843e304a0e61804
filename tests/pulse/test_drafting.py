"""A survey before it opens: begun, changed, scheduled, thrown away; and from its opening on nothing at all."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.errors import Invalid, NotFound, Refused
from portal.core.permissions import Actor, Role
from portal.people import as_actor
from portal.people.model import Team
from portal.pulse import bank, company_time, drafting, question_list, question_queries, readiness, scheduling
from portal.pulse.drafting import Dates, DraftChanged, Heading, Settled
from portal.pulse.model import TITLE_LENGTH, Driver, Kind, State, Survey, SurveyQuestion
from portal.pulse.question_list import OwnQuestion, Said
from tests.factories import NOW, a_person
from tests.pulse.scenes import DAY, RULES, ZONE, a_company, a_question, a_survey, an_hr, an_open_survey

MORNING = "2026-05-11T09:00"
AWEEK_ON = "2026-05-18T09:00"
OWN = OwnQuestion(Kind.AGREE, {"en": Said("I sleep well.")}, Driver.LOAD)


@pytest.fixture
def hr(session: Session) -> Actor:
    return an_hr(session)


def refused_in(error: pytest.ExceptionInfo[Invalid]) -> set[str]:
    return set(error.value.fields)


def keys(session: Session, survey_id: int) -> list[str]:
    return [row.key for row in question_queries.questions_of(session, survey_id)]


# Beginning


def test_a_survey_begins_empty_of_a_template_or_as_a_copy(session: Session, hr: Actor) -> None:
    empty = drafting.begin_survey(session, hr, NOW)
    assert (empty.state, empty.texts, question_queries.questions_of(session, empty.id)) == (State.DRAFT, {}, [])
    weekly = drafting.begin_survey(session, hr, NOW, template="weekly")
    assert keys(session, weekly.id) == list(bank.template("weekly").keys)
    assert set(weekly.texts) == {"en", "ru", "hr", "ka"}
    weekly.opens_at, weekly.closes_at, weekly.reminders = NOW, NOW + DAY, [1]
    copy = drafting.begin_survey(session, hr, NOW, copy_of=weekly.id)
    assert (copy.texts, keys(session, copy.id), copy.reminders) == (weekly.texts, keys(session, weekly.id), [1])
    assert (copy.state, copy.opens_at, copy.series_id) == (State.DRAFT, None, None)
    for what in ({"template": "none such"}, {"copy_of": 99_999}):
        with pytest.raises(NotFound):
            drafting.begin_survey(session, hr, NOW, **what)


@pytest.mark.parametrize("role", [Role.EMPLOYEE, Role.EDITOR, Role.ADMIN])
def test_only_hr_makes_surveys(session: Session, role: Role) -> None:
    other = as_actor(a_person(session, roles=[role]))
    survey = a_survey(session)
    with pytest.raises(Refused):
        drafting.begin_survey(session, other, NOW)
    for change in changes(survey.id):
        with pytest.raises(Refused):
            change(session, other)


# What can't change any more


def changes(survey_id: int) -> list[Callable[[Session, Actor], object]]:
    """Every command there is that changes a survey."""
    return [
        lambda s, a: drafting.change_texts(s, a, survey_id, {"en": Heading("New")}, 1, RULES),
        lambda s, a: drafting.change_dates(s, a, survey_id, Dates(MORNING, AWEEK_ON), 1, RULES, NOW),
        lambda s, a: drafting.change_audience(s, a, survey_id, [], 1, RULES),
        lambda s, a: drafting.throw_away(s, a, survey_id, 1),
        lambda s, a: question_list.add_from_bank(s, a, survey_id, ["pride-1"], 1),
        lambda s, a: question_list.add_own(s, a, survey_id, OWN, 1, RULES),
        lambda s, a: question_list.change_own(s, a, survey_id, 1, OWN, 1, RULES),
        lambda s, a: question_list.offer_not_applicable(s, a, survey_id, 1, 1, offered=False),
        lambda s, a: question_list.move(s, a, survey_id, 1, 1, later=True),
        lambda s, a: question_list.remove(s, a, survey_id, 1, 1),
        lambda s, a: scheduling.schedule(s, a, survey_id, 1, RULES, NOW),
        lambda s, a: scheduling.schedule(s, a, survey_id, 1, RULES, NOW, at_once=True),
        lambda s, a: scheduling.back_to_draft(s, a, survey_id, 1),
    ]


def whole(session: Session, survey_id: int) -> list[object]:
    """All that is kept of a survey, as the database has it."""
    session.expire_all()
    rows = [session.get_one(Survey, survey_id), *question_queries.questions_of(session, survey_id)]
    return [{c.key: getattr(row, c.key) for c in row.__mapper__.column_attrs} for row in rows]


@pytest.mark.parametrize("state", [State.OPEN, State.COUNTING, State.CLOSED])
def test_from_its_opening_on_nothing_changes(session: Session, hr: Actor, state: State) -> None:
    closed = {"closed_at": NOW + 8 * DAY} if state == State.CLOSED else {}
    survey = an_open_survey(session, [a_question(), a_question()], state=state, **closed)
    before = whole(session, survey.id)
    for change in changes(survey.id):
        with pytest.raises(Settled):
            change(session, hr)
    assert whole(session, survey.id) == before


def test_whoever_saw_an_older_version_changes_nothing(session: Session, hr: Actor) -> None:
    survey = a_survey(session, [a_question(), a_question()], version=2)
    before = whole(session, survey.id)
    for change in changes(survey.id):
        with pytest.raises(DraftChanged) as told:
            change(session, hr)
        assert told.value.version == 2
    assert whole(session, survey.id) == before


def test_each_change_makes_a_new_version(session: Session, hr: Actor) -> None:
    survey = a_survey(session)
    version = drafting.change_texts(session, hr, survey.id, {"en": Heading("One")}, 1, RULES)
    version = question_list.add_from_bank(session, hr, survey.id, ["pride-1"], version)
    version = drafting.change_audience(session, hr, survey.id, [], version, RULES)
    assert (version, survey.version) == (4, 4)


# Words


def test_words_are_kept_by_language_and_what_nobody_types_is_not(session: Session, hr: Actor) -> None:
    survey = a_survey(session)
    said = {"en": Heading(" Spring\n\x00 pulse ", "Why\r\nwe ask\u202e"), "hr": Heading("", ""), "ka": Heading("პულსი")}
    drafting.change_texts(session, hr, survey.id, said, 1, RULES)
    assert survey.texts == {
        "en": {"title": "Spring pulse", "intro": "Why\nwe ask"},
        "ka": {"title": "პულსი", "intro": ""},
    }


def test_a_title_is_bounded_and_an_introduction_needs_one(session: Session, hr: Actor) -> None:
    survey = a_survey(session)
    said = {"en": Heading("x" * (TITLE_LENGTH + 1)), "hr": Heading("", "Zašto pitamo"), "ru": Heading("x", "y" * 2_001)}
    with pytest.raises(Invalid) as error:
        drafting.change_texts(session, hr, survey.id, said, 1, RULES)
    assert refused_in(error) == {"title_en", "title_hr", "intro_ru"}


# Dates


def test_dates_are_the_companys_clocks(session: Session, hr: Actor) -> None:
    survey = a_survey(session)
    drafting.change_dates(session, hr, survey.id, Dates(MORNING, AWEEK_ON, (5, 2)), 1, RULES, NOW)
    assert survey.opens_at == datetime(2026, 5, 11, 7, tzinfo=UTC)
    assert survey.reminders == [2, 5]
    drafting.change_dates(session, hr, survey.id, Dates("", "", ()), 2, RULES, NOW)
    assert (survey.opens_at, survey.closes_at, survey.reminders) == (None, None, [])


@pytest.mark.parametrize(
    ("dates", "where"),
    [
        (Dates("2026-05-04T11:00", AWEEK_ON), "opens_at"),  # Half an hour ago in Zagreb, though not yet in London.
        (Dates(AWEEK_ON, MORNING), "closes_at"),
        (Dates(MORNING, MORNING), "closes_at"),
        (Dates(MORNING, "2026-05-11T09:59"), "closes_at"),
        (Dates(MORNING, "2026-08-11T09:00"), "closes_at"),
        (Dates("2029-05-11T09:00", ""), "opens_at"),
        (Dates("9999-12-31T23:59", AWEEK_ON), "opens_at"),
        (Dates("0001-01-01T00:00", AWEEK_ON), "opens_at"),
        (Dates("tomorrow", AWEEK_ON), "opens_at"),
        (Dates("2027-03-28T02:30", ""), "opens_at"),  # The clocks go from two to three.
        (Dates(MORNING, AWEEK_ON, (1, 2, 3)), "reminders"),
        (Dates(MORNING, AWEEK_ON, (2, 2)), "reminders"),
        (Dates(MORNING, AWEEK_ON, (0,)), "reminders"),
        (Dates(MORNING, AWEEK_ON, (7,)), "reminders"),
    ],
)
def test_dates_that_make_no_sense_are_refused(session: Session, hr: Actor, dates: Dates, where: str) -> None:
    survey = a_survey(session)
    with pytest.raises(Invalid) as error:
        drafting.change_dates(session, hr, survey.id, dates, 1, RULES, NOW)
    assert refused_in(error) == {where}


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)))  # noqa: DTZ001  # What clocks show.
def test_a_moment_is_shown_as_it_was_entered_or_never_was(shown: datetime) -> None:
    text = shown.strftime("%Y-%m-%dT%H:%M")
    try:
        found = company_time.moment(text, ZONE)
    except company_time.ClockSkipsIt:
        assert (shown.month, shown.hour) == (3, 2)
    else:
        assert company_time.shown(found, ZONE) == text


# Who is asked


def test_teams_below_chosen_ones_are_chosen_with_them(session: Session, hr: Actor) -> None:
    a_company(session, {("Luma", "Shops", "Riva"): 6, ("Luma", "Desk"): 6})
    ids = {team.name: team.id for team in session.scalars(select(Team))}
    survey = a_survey(session)
    drafting.change_audience(session, hr, survey.id, [ids["Riva"], ids["Shops"]], 1, RULES)
    assert survey.audience == [ids["Shops"]]
    with pytest.raises(Invalid) as error:
        drafting.change_audience(session, hr, survey.id, [99_999], 2, RULES)
    assert refused_in(error) == {"audience"}


# Scheduling


def ready(session: Session, **over: object) -> Survey:
    """A draft that lacks nothing."""
    a_company(session, {("Luma",): 6})
    return a_survey(session, **({"opens_at": NOW + DAY, "closes_at": NOW + 8 * DAY} | over))


def test_a_draft_is_scheduled_and_made_a_draft_again(session: Session, hr: Actor) -> None:
    survey = ready(session)
    version = scheduling.schedule(session, hr, survey.id, 1, RULES, NOW)
    assert survey.state == State.SCHEDULED
    survey.held_back = "too-few"
    scheduling.back_to_draft(session, hr, survey.id, version)
    assert (survey.state, survey.held_back) == (State.DRAFT, None)


def test_opening_now_makes_now_its_time_and_keeps_when_it_closes(session: Session, hr: Actor) -> None:
    survey = ready(session)
    scheduling.schedule(session, hr, survey.id, 1, RULES, NOW + timedelta(hours=1), at_once=True)
    assert (survey.state, survey.opens_at) == (State.SCHEDULED, NOW + timedelta(hours=1))
    assert survey.closes_at == NOW + 8 * DAY


def test_what_a_draft_lacks_keeps_it_from_being_scheduled(session: Session, hr: Actor) -> None:
    bare = drafting.begin_survey(session, hr, NOW)
    with pytest.raises(Invalid) as error:
        scheduling.schedule(session, hr, bare.id, 1, RULES, NOW)
    assert refused_in(error) == {"texts", "questions", "opens_at", "closes_at", "audience"}
    half = ready(session, texts={"hr": {"title": "Puls", "intro": ""}}, opens_at=NOW - DAY)
    question_queries.questions_of(session, half.id)[0].texts = {"hr": {"text": "Ponosim se.", "choices": []}}
    with pytest.raises(Invalid) as error:
        scheduling.schedule(session, hr, half.id, 1, RULES, NOW)
    assert refused_in(error) == {"texts", "questions", "opens_at"}
    assert half.state == State.DRAFT


def test_a_scheduled_survey_can_be_changed_but_stays_fit_to_open(session: Session, hr: Actor) -> None:
    survey = ready(session, state=State.SCHEDULED)
    small = as_actor(a_person(session, team=("Luma", "Riva")))
    riva = session.scalars(select(Team.id).where(Team.name == "Riva")).one()
    assert small.id
    for change, where in (
        (lambda: drafting.change_texts(session, hr, survey.id, {"hr": Heading("Puls")}, 1, RULES), "title_en"),
        (lambda: drafting.change_dates(session, hr, survey.id, Dates(MORNING, ""), 1, RULES, NOW), "closes_at"),
        (lambda: drafting.change_audience(session, hr, survey.id, [riva], 1, RULES), "audience"),
        (lambda: question_list.remove(session, hr, survey.id, 1, 1), "questions"),
        (
            lambda: question_list.add_own(
                session, hr, survey.id, OwnQuestion(Kind.TEXT, {"hr": Said("Što još?")}), 1, RULES
            ),
            "text_en",
        ),
    ):
        with pytest.raises(Invalid) as error:
            change()
        assert refused_in(error) == {where}
    assert question_list.add_from_bank(session, hr, survey.id, ["pride-1"], 1) == 2


def test_a_draft_is_thrown_away_with_its_questions_and_its_number_never_used_again(session: Session, hr: Actor) -> None:
    survey = a_survey(session)
    assert hr.id
    drafting.throw_away(session, hr, survey.id, 1)
    assert session.scalars(select(SurveyQuestion).where(SurveyQuestion.survey_id == survey.id)).all() == []
    assert drafting.begin_survey(session, hr, NOW).id > survey.id
    with pytest.raises(NotFound):
        drafting.throw_away(session, hr, survey.id, 1)


# Languages


def test_languages_that_lack_something_are_named_with_what_they_lack() -> None:
    texts = {"en": {"title": "A", "intro": "B"}, "hr": {"title": "A", "intro": ""}}
    questions = [{"en": {}, "hr": {}}, {"en": {}}]
    found = readiness.gaps(texts, questions, ("en", "hr", "ka"))
    assert found == (
        readiness.Gap("hr", title=False, intro=True, questions=(2,)),
        readiness.Gap("ka", title=True, intro=True, questions=(1, 2)),
    )
