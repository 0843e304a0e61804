"""What a survey is compared with."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.people.model import Team
from portal.pulse import opening
from portal.pulse.cohorts import EVERYBODY
from portal.pulse.comparing import Before, Earlier
from portal.pulse.freezing import freeze
from portal.pulse.looking_back import LOOKED_BACK, MOST_TRIED, compare_with
from portal.pulse.model import Driver, Kind, State, Survey, SurveyQuestion, SurveyUnit
from portal.pulse.results import Bound, Cell, Details, Hidden, Summary
from portal.pulse.sealing import KeyRing
from tests.counting import count_queries
from tests.factories import NOW
from tests.pulse.scenes import DAY, RULES, ZONE, a_company, a_question, a_survey

PROUD = Cell(n=30, value=50, count=(15,))


class Wave(Protocol):
    """Makes a survey that opened so many days ago; if it is over, all its cells were told alike."""

    def __call__(
        self, questions: list[SurveyQuestion], days_ago: int, cell: Cell = PROUD, audience: Sequence[int] = ()
    ) -> Survey: ...


@pytest.fixture
def a_wave(session: Session, tmp_path: Path) -> Wave:
    """Each asks whom such a survey would ask."""
    keys = KeyRing(tmp_path / "keys")

    def make(
        questions: list[SurveyQuestion], days_ago: int, cell: Cell = PROUD, audience: Sequence[int] = ()
    ) -> Survey:
        opened = NOW - timedelta(days=days_ago)
        survey = a_survey(
            session,
            questions,
            opens_at=opened,
            closes_at=opened + 7 * DAY,
            audience=list(audience),
            state=State.SCHEDULED,
        )
        opening.settle(session, survey, opening.asked(session, audience), keys, RULES, opened)
        if days_ago <= 0:
            return survey
        survey.state, survey.closed_at = State.CLOSED, opened + 7 * DAY
        drivers = {Driver(question.driver): cell for question in questions if question.driver}
        details = Details({question.number: cell for question in questions}, {}, ())
        session.add_all(
            freeze(survey.id, unit.number, Summary(unit.invited, 30, drivers), details)
            for unit in units_of(session, survey)
        )
        session.flush()
        return survey

    return make


def units_of(session: Session, survey: Survey) -> list[SurveyUnit]:
    """The units of a survey."""
    return list(session.scalars(select(SurveyUnit).where(SurveyUnit.survey_id == survey.id)))


def asked(*keys: str, **over: object) -> list[SurveyQuestion]:
    """Questions by their keys."""
    return [a_question(key=key, **over) for key in keys]


def before(survey: Survey, invited: int, cell: Cell = PROUD) -> Before:
    """A cell of an earlier survey."""
    assert survey.closed_at
    return Before(survey.id, survey.closed_at.date(), invited, cell)


def test_each_unit_and_question_is_compared_with_the_latest_survey_that_asked_the_same(
    session: Session, a_wave: Wave
) -> None:
    a_company(session, {("Company", "Shops"): 6, ("Company", "Office"): 7})
    a_wave(asked("lamp", "desk", driver=None), 90)
    other = a_wave(asked("desk", driver=None), 60)
    latest = a_wave(asked("door", "lamp", driver=None), 30)
    now = a_wave(asked("desk", "lamp", "new", driver=None), 0)
    a_wave(asked("desk", "lamp", driver=None), -30)
    sizes = {unit.number: unit.invited for unit in units_of(session, now)}
    assert sorted(sizes.values()) == [6, 7, 13]
    expected = {(unit, 1): before(other, size) for unit, size in sizes.items()}
    expected |= {(unit, 2): before(latest, size) for unit, size in sizes.items()}
    assert compare_with(session, now, ZONE) == Earlier(expected, {})


def test_a_driver_is_compared_only_where_it_was_made_of_the_same_questions(session: Session, a_wave: Wave) -> None:
    a_company(session, {("Company",): 9})
    same = a_wave(asked("load-1", "load-2", driver=Driver.LOAD), 60)
    a_wave(asked("load-1", "load-3", driver=Driver.LOAD), 40)
    a_wave([*asked("load-1", driver=Driver.LOAD), *asked("load-2", driver=Driver.LOAD, reverse=True)], 20)
    now = a_wave(asked("load-2", "load-1", driver=Driver.LOAD), 0)
    found = compare_with(session, now, ZONE)
    assert found.drivers == {(EVERYBODY, Driver.LOAD): before(same, 9)}
    assert {place: cell.survey_id for place, cell in found.questions.items()} == {
        (EVERYBODY, 1): same.id,
        (EVERYBODY, 2): same.id + 2,
    }


def test_where_a_cell_was_not_told_exactly_the_survey_before_is_tried(session: Session, a_wave: Wave) -> None:
    a_company(session, {("Company",): 9})
    exact = a_wave(asked("lamp"), 50)
    a_wave(asked("lamp"), 40, Cell(hidden=Hidden.PROTECTS))
    a_wave(asked("lamp"), 30, Cell(n=8, value=85, bound=Bound.AT_LEAST))
    now = a_wave(asked("lamp"), 0)
    assert compare_with(session, now, ZONE).questions == {(EVERYBODY, 1): before(exact, 9)}
    for days in range(MOST_TRIED - 2):
        a_wave(asked("lamp"), 10 + days, Cell(hidden=Hidden.TOO_FEW))
    assert compare_with(session, now, ZONE).questions == {}


def test_what_is_too_old_not_counted_or_of_another_kind_is_not_compared(session: Session, a_wave: Wave) -> None:
    a_company(session, {("Company",): 9})
    a_wave(asked("lamp"), LOOKED_BACK.days + 1)
    a_wave(asked("lamp", kind=Kind.SCALE), 40)
    uncounted = a_wave(asked("lamp"), 30)
    uncounted.state, uncounted.closed_at = State.COUNTING, None
    session.flush()
    assert compare_with(session, a_wave(asked("lamp"), 0), ZONE) == Earlier()


def test_choices_and_words_are_not_compared(session: Session, a_wave: Wave) -> None:
    a_company(session, {("Company",): 9})
    for days in (30, 0):
        questions = [a_question(kind, key=kind) for kind in (Kind.SINGLE, Kind.SEVERAL, Kind.TEXT)]
        wave = a_wave(questions, days, Cell(n=30, distribution=(50, 50)))
    assert compare_with(session, wave, ZONE) == Earlier()


def test_a_unit_is_compared_only_if_all_of_its_team_was_asked_both_times(session: Session, a_wave: Wave) -> None:
    a_company(session, {("Company", "Shops", "Harbour"): 6, ("Company", "Shops", "Riva"): 7, ("Company", "Office"): 8})
    teams = dict(session.execute(select(Team.name, Team.id)).all())
    whole = a_wave(asked("lamp", driver=None), 40)
    # Those asked are all in the company, after which their "everybody" is called; but they aren't all of it.
    part = a_wave(asked("lamp", driver=None), 20, audience=[teams["Harbour"], teams["Office"]])
    assert units_of(session, part)[0].team_id == teams["Company"]
    now = a_wave(asked("lamp", driver=None), 0)
    found = compare_with(session, now, ZONE).questions
    numbers = {unit.team_id: unit.number for unit in units_of(session, now)}
    since = {name: found[numbers[team], 1].survey_id for name, team in teams.items()}
    assert since == {
        "Company": whole.id,
        "Shops": whole.id,
        "Harbour": part.id,
        "Riva": whole.id,
        "Office": part.id,
    }
    # Asked by themselves, the shops are compared with what they were among all.
    shops = a_wave(asked("lamp", driver=None), -1, audience=[teams["Shops"]])
    assert compare_with(session, shops, ZONE).questions[EVERYBODY, 1] == before(whole, 13)
    # The same part asked again is compared with itself.
    again = a_wave(asked("lamp", driver=None), -2, audience=[teams["Office"], teams["Harbour"]])
    assert compare_with(session, again, ZONE).questions[EVERYBODY, 1] == before(part, 14)


def test_everybody_is_everybody_though_teams_have_changed(session: Session, a_wave: Wave) -> None:
    a_company(session, {("Company", "Shops"): 6, ("Company", "Office"): 7})
    then = a_wave(asked("lamp", driver=None), 30)
    a_company(session, {("Another company",): 5})
    now = a_wave(asked("lamp", driver=None), 0)
    found = compare_with(session, now, ZONE).questions
    assert found[EVERYBODY, 1] == before(then, 13)
    assert len(found) == 4


def test_each_earlier_survey_is_read_in_one_query(session: Session, a_wave: Wave, database: Database) -> None:
    a_company(session, {("Company", name): 5 for name in "abcdef"})
    now = a_wave(asked("lamp", "desk", "door"), 0)
    sent = []
    for number in (1, 2, 3):
        a_wave(asked("lamp", "desk", "door"), 10 * number)
        session.expire_all()
        with count_queries(database.engine) as seen:
            assert len(compare_with(session, now, ZONE).questions) == 21
        sent.append(len(seen))
    assert sent[2] - sent[1] == sent[1] - sent[0] == 1


def test_the_day_of_the_earlier_survey_is_that_of_the_companys_clocks(session: Session, a_wave: Wave) -> None:
    a_company(session, {("Company", "Shops"): 6})
    earlier = a_wave(asked("lamp"), 30)
    earlier.closed_at = datetime(2026, 4, 11, 22, 30, tzinfo=UTC)
    found = compare_with(session, a_wave(asked("lamp"), 0), ZONE)
    assert {one.since for one in found.questions.values()} == {date(2026, 4, 12)}
