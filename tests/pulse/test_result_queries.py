"""Who may read what came of a survey: the one gate, asked as each kind of reader."""

import pytest
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.core.errors import NotFound, Refused
from portal.core.permissions import SYSTEM, Actor, Role
from portal.people import as_actor
from portal.pulse import participating, publishing
from portal.pulse.cohorts import EVERYBODY
from portal.pulse.model import Announcement, Ballot, Driver, Invitation, Result, State, Step, SurveyUnit
from portal.pulse.reach import KeptFromResults, NotCounted, NotPublished, OthersWereAsked
from portal.pulse.result_queries import Released, Want, released
from portal.pulse.results import Bound, Hidden
from portal.pulse.trends import trend
from tests.counting import count_queries
from tests.factories import a_person
from tests.pulse.counted_surveys import (
    CARE,
    CLOSED,
    IN_CARE,
    LUMA,
    PUBLISHED,
    RIVA,
    SHOPS,
    SIZES,
    USUAL,
    Told,
    a_told_survey,
    a_wave,
    ballots,
    head_of,
    units_of,
)
from tests.pulse.scenes import DAY, a_company, a_question, a_survey, an_hr, an_open_survey

WORDS = 6
"""The number of the usual question that is answered in words."""


def read(session: Session, actor: Actor, told: Told, unit: int | None = None, want: Want = Want.DETAILS) -> Released:
    session.flush()
    return released(session, actor, told.id, unit, order=("en",), want=want)


def reached(session: Session, actor: Actor, told: Told) -> set[int]:
    """The units that somebody can read, tried one by one."""
    found = set()
    for number in told.units.values():
        try:
            found.add(read(session, actor, told, number).unit.number)
        except NotFound:
            continue
    return found


def an_employee(session: Session, *roles: Role, **over: object) -> Actor:
    return as_actor(a_person(session, roles=roles or (Role.EMPLOYEE,), **over))  # type: ignore[arg-type]


def test_hr_reads_every_unit_with_comments_before_anything_is_published(session: Session) -> None:
    told = a_told_survey(session, published=False)
    assert reached(session, told.hr, told) == set(told.units.values())
    found = read(session, told.hr, told)
    assert (found.hr, found.full, found.unit.number) == (True, True, EVERYBODY)
    assert found.details
    assert IN_CARE in found.details.comments[WORDS].texts


def test_before_hr_publishes_nobody_else_reads_anything(session: Session) -> None:
    told = a_told_survey(session, published=False)
    for actor in (told.company[CARE][0], head_of(session, CARE), an_employee(session)):
        with pytest.raises(NotPublished):
            read(session, actor, told)


def test_heads_read_their_unit_and_those_below_with_comments_and_begin_there(session: Session) -> None:
    told = a_told_survey(session)
    head = head_of(session, SHOPS)
    found = read(session, head, told)
    assert (found.unit.name, found.full, found.hr) == ("Shops", True, False)
    assert [unit.name for unit in found.below] == ["Riva"]
    assert found.details
    assert found.details.comments
    assert reached(session, head, told) == {EVERYBODY, told.units[SHOPS], told.units[RIVA]}


def test_the_head_of_all_reads_all(session: Session) -> None:
    told = a_told_survey(session)
    head = head_of(session, LUMA)
    assert reached(session, head, told) == set(told.units.values())
    assert read(session, head, told).full


def test_a_head_reads_of_what_all_answered_what_every_employee_reads(session: Session) -> None:
    told = a_told_survey(session)
    found = read(session, head_of(session, SHOPS), told, EVERYBODY)
    assert not found.full
    assert found.details
    assert found.details.comments == {}


def test_employees_read_all_together_and_their_own_unit_without_comments(session: Session) -> None:
    told = a_told_survey(session)
    actor = told.company[CARE][0]
    assert reached(session, actor, told) == {EVERYBODY, told.units[CARE]}
    for unit in (EVERYBODY, told.units[CARE]):
        found = read(session, actor, told, unit)
        assert not found.full
        assert found.details
        assert found.details.comments == {}
        assert found.own.drivers[Driver.PRIDE].value is not None


def test_whose_unit_shows_nothing_reads_the_nearest_above_that_does(session: Session) -> None:
    told = a_told_survey(session)
    assert reached(session, told.company[RIVA][0], told) == {EVERYBODY, told.units[SHOPS]}


def test_who_joined_later_reads_what_all_answered_when_all_were_asked(session: Session) -> None:
    told = a_told_survey(session)
    actor = an_employee(session, team=CARE)
    assert reached(session, actor, told) == {EVERYBODY}
    told.survey.audience = [1]
    with pytest.raises(OthersWereAsked):
        read(session, actor, told)
    assert read(session, told.company[CARE][0], told).unit.number == EVERYBODY, "who was asked still reads it"


def test_whoever_runs_the_portal_reads_nothing_unless_they_are_more_than_that(session: Session) -> None:
    told = a_told_survey(session)
    for actor in (an_employee(session, Role.ADMIN), an_employee(session, Role.EMPLOYEE, Role.ADMIN), SYSTEM):
        with pytest.raises(KeptFromResults):
            read(session, actor, told)
    assert read(session, an_employee(session, Role.ADMIN, Role.HR), told).hr
    assert read(session, head_of(session, CARE, Role.EMPLOYEE, Role.ADMIN), told).full


@pytest.mark.parametrize("state", [State.DRAFT, State.SCHEDULED, State.OPEN, State.COUNTING])
def test_before_the_count_there_are_no_results_for_anybody(session: Session, state: State) -> None:
    company = a_company(session, {CARE: 6})
    survey = an_open_survey(session, state=state)
    session.flush()
    with pytest.raises(NotCounted):
        released(session, an_hr(session), survey.id, order=())
    hidden = NotFound if state in {State.DRAFT, State.SCHEDULED} else NotPublished
    for actor in (company[CARE][0], head_of(session, CARE)):
        with pytest.raises(hidden):
            released(session, actor, survey.id, order=())


@pytest.mark.parametrize("unit", [99, -1, 2**31])
def test_units_that_there_are_not_are_not_found(session: Session, unit: int) -> None:
    told = a_told_survey(session)
    with pytest.raises(NotFound):
        read(session, told.hr, told, unit)
    with pytest.raises(NotFound):
        released(session, told.hr, told.id + 1, order=())


def test_of_a_hidden_cell_nothing_leaves_even_if_a_number_stood_in_it(session: Session) -> None:
    told = a_told_survey(session)
    row = session.get_one(Result, (told.id, told.units[RIVA]))
    planted = {"hidden": "too-few", "n": 3, "value": 67, "distribution": [0, 33, 0, 67, 0]}
    row.summary = row.summary | {"drivers": {"pride": planted}}
    row.details = row.details | {"questions": {"1": planted}}
    found = read(session, told.hr, told, told.units[RIVA])
    assert found.details
    for cell in (found.own.drivers[Driver.PRIDE], found.details.questions[1]):
        assert cell.hidden is Hidden.TOO_FEW
        assert (cell.n, cell.value, cell.distribution) == (None, None, None)


def test_children_come_by_name_and_only_as_many_as_were_wanted(session: Session) -> None:
    told = a_told_survey(session)
    found = released(session, told.hr, told.id, order=("en",), want=Want.CHILDREN, stretch=slice(1, 2))
    assert [unit.name for unit in found.below] == ["Care", "Shops"]
    assert [row.unit.name for row in found.rows] == ["Shops"]
    everything = read(session, told.hr, told, want=Want.ALL)
    assert [(row.unit.name, row.unit.depth) for row in everything.rows] == [("Care", 1), ("Shops", 1), ("Riva", 2)]


def test_units_and_titles_are_called_as_the_reader_reads(session: Session) -> None:
    told = a_told_survey(session)
    row = session.get_one(SurveyUnit, (told.id, told.units[CARE]))
    row.names = row.names | {"hr": "Briga"}
    session.flush()
    found = released(session, told.hr, told.id, told.units[CARE], order=("hr", "en"))
    assert (found.unit.name, found.unit.locale, found.survey.title) == ("Briga", "hr", "Proljetni puls")


def test_trends_are_made_of_earlier_surveys_of_the_same_team(session: Session) -> None:
    company, hr = a_company(session, SIZES), an_hr(session, team=("Luma", "People"))
    waves = [a_wave(session, company, ago, {CARE: ballots(11, happy=happy)}) for ago, happy in ((60, 3), (30, 10))]
    told = Told(waves[-1], company, units_of(session, waves[-1]), hr)
    found = read(session, hr, told, told.units[CARE])
    pride = trend(session, hr, found)[Driver.PRIDE]
    assert [wave.survey_id for wave in pride] == [wave.id for wave in waves]
    assert [wave.cell.value for wave in pride] == [27, 90], "frozen values"
    assert pride[1].cell.bound is Bound.AT_LEAST
    assert all(wave.same for wave in pride)


def test_trends_leave_out_what_the_reader_may_not_read(session: Session) -> None:
    company, hr = a_company(session, SIZES), an_hr(session, team=("Luma", "People"))
    first = a_wave(session, company, 60, USUAL)
    moved = session.get_one(Invitation, (first.id, company[CARE][1].id))
    moved.unit = EVERYBODY
    second = a_wave(session, company, 30, USUAL)
    told = Told(second, company, units_of(session, second), hr)

    def seen(actor: Actor) -> list[int]:
        found = read(session, actor, told, told.units[CARE])
        return [wave.survey_id for wave in trend(session, actor, found)[Driver.PRIDE]]

    assert seen(company[CARE][0]) == [first.id, second.id]
    assert seen(company[CARE][1]) == [second.id], "they were of another unit then"
    first.published_at = None
    assert seen(company[CARE][0]) == seen(head_of(session, CARE)) == [second.id], "it isn't published"
    assert seen(hr) == [first.id, second.id]


def test_a_driver_that_was_asked_with_other_questions_is_marked(session: Session) -> None:
    company, hr = a_company(session, SIZES), an_hr(session, team=("Luma", "People"))
    a_wave(session, company, 60, {CARE: [{1: 4}] * 8}, [a_question(key="pride-2")])
    survey = a_wave(session, company, 30, USUAL)
    found = read(session, hr, Told(survey, company, {}, hr), EVERYBODY)
    assert [wave.same for wave in trend(session, hr, found)[Driver.PRIDE]] == [False, True]


@pytest.mark.parametrize("want", list(Want))
def test_the_number_of_queries_does_not_grow_with_the_company(session: Session, database: Database, want: Want) -> None:
    small = a_told_survey(session)
    counts = []
    for size in (0, 30):
        many = [{"survey_id": small.id, "number": 100 + one, "names": {"": f"U{one}"}} for one in range(size)]
        session.add_all(SurveyUnit(parent=0, invited=9, cohort=True, **unit) for unit in many)
        session.flush()
        figures = {"invited": 9, "drivers": {}}
        session.add_all(Result(survey_id=small.id, unit=unit["number"], summary=figures, details={}) for unit in many)
        session.flush()
        for actor in (small.hr, head_of(session, SHOPS), small.company[RIVA][0]):
            session.expire_all()
            with count_queries(database.engine) as seen:
                trend(session, actor, read(session, actor, small, want=want))
            counts.append(len(seen))
    assert counts[:3] == counts[3:]
    assert max(counts) <= 14


def test_publishing_lets_everybody_read_and_tells_them_once(session: Session) -> None:
    told = a_told_survey(session, published=False)
    assert publishing.publish(session, told.hr, told.id, PUBLISHED)
    assert not publishing.publish(session, told.hr, told.id, PUBLISHED + DAY), "a second time changes nothing"
    assert told.survey.published_at == PUBLISHED
    assert session.get_one(Announcement, (told.id, Step.RESULTS)).due_at == PUBLISHED
    assert read(session, told.company[CARE][0], told).unit.number == EVERYBODY


def test_only_hr_publishes_and_only_what_is_counted(session: Session) -> None:
    told = a_told_survey(session, published=False)
    for actor in (head_of(session, LUMA), an_employee(session, Role.ADMIN), SYSTEM):
        with pytest.raises(Refused):
            publishing.publish(session, actor, told.id, CLOSED)
    draft = a_survey(session)
    with pytest.raises(NotCounted):
        publishing.publish(session, told.hr, draft.id, CLOSED)
    with pytest.raises(NotFound):
        publishing.publish(session, told.hr, draft.id + 1, CLOSED)


def test_while_open_hr_is_told_shares_and_never_that_all_or_none_of_a_small_group_answered(session: Session) -> None:
    company = a_company(session, {CARE: 8, SHOPS: 8})
    survey = an_open_survey(session)
    session.flush()
    care = units_of(session, survey)[CARE]
    for key in range(8):
        session.add(Ballot(survey_id=survey.id, key=bytes([key]) * 32, unit=care, answers=b"sealed"))
    session.flush()
    hr = an_hr(session)
    found = participating.rates(session, hr, survey.id, None, order=("en",))
    told = {row.unit.name: (row.cell.value, row.cell.bound) for row in found.rows}
    assert told["Luma"] == (50, None)
    assert told["Care"] == (85, Bound.AT_LEAST)
    assert told["Shops"] == (15, Bound.AT_MOST)
    for actor in (company[CARE][0], head_of(session, CARE), an_employee(session, Role.ADMIN), SYSTEM):
        with pytest.raises(Refused):
            participating.rates(session, actor, survey.id, None, order=())
