"""The surveys of the sample company: what `portal demo` shows of a team under strain, and of what came of it."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import people, pulse
from portal.cli import sample, sample_answers, sample_pulse
from portal.core import schema
from portal.core.db import Database
from portal.core.permissions import SYSTEM, Actor, Role
from portal.notices.model import Notice
from portal.pulse.action_model import Action, ActionNote, Progress
from portal.pulse.action_queries import Which, listing
from portal.pulse.freezing import details_of, summary_of
from portal.pulse.model import Ballot, Driver, Result, State, Survey, SurveyUnit, Turnout
from portal.pulse.result_queries import called
from portal.pulse.results import Cell, Comments
from portal.pulse.survey_queries import order as pulse_order

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Zagreb")
TOLD: dict[str, Any] = yaml.load(sample_pulse.PULSE.read_text(encoding="utf-8"), yaml.SafeLoader)
CARE = ("Customer Care", "Phone line", "Chat and letters", "Complaints")


@dataclass(frozen=True)
class Played:
    """The sample company with all its surveys; tests only look at it."""

    database: Database
    keys: pulse.KeyRing


@pytest.fixture(scope="module")
def played(new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    database = Database(new_database())
    schema.upgrade(database.engine)
    admin = people.PersonValues("Davor", "admin@example.com", "en", frozenset({Role.EMPLOYEE, Role.ADMIN}), ("Luma",))
    with database.transaction() as session:
        people.add_person(session, SYSTEM, admin, NOW)
        sample.add_people(session, "en", NOW)
    keys = pulse.KeyRing(tmp_path_factory.mktemp("sample") / "keys")
    house = sample_pulse.House(database, keys, pulse.SignedTokens("for tests alone"), pulse.Rules(ZONE))
    sample_pulse.hold_surveys(house, NOW)
    yield Played(database, keys)
    database.engine.dispose()


@pytest.fixture
def look(played: Played) -> Iterator[Session]:
    with played.database.reading() as session:
        yield session


def waves(session: Session) -> list[Survey]:
    return list(session.scalars(select(Survey).order_by(Survey.id)))


def results(session: Session, team: str) -> list[tuple[dict[Driver, Cell], list[Comments]]]:
    """What is told of a team, wave by wave: its drivers, and what was written."""
    found = session.execute(
        select(Result, SurveyUnit.names)
        .join(SurveyUnit, (SurveyUnit.survey_id == Result.survey_id) & (SurveyUnit.number == Result.unit))
        .order_by(Result.survey_id)
    )
    rows = [result for result, names in found if names.get("") == team]
    return [(dict(summary_of(row).drivers), list(details_of(row).comments.values())) for row in rows]


def real_changes(session: Session, team: str, driver: Driver) -> list[int]:
    """The changes that are more than noise, wave by wave; 0 where there is none."""
    changes = [drivers[driver].change for drivers, _ in results(session, team)]
    return [change.points if change and change.real else 0 for change in changes]


def test_six_waves_are_closed_and_one_asks_now(look: Session, played: Played) -> None:
    *closed, last = waves(look)
    assert [survey.state for survey in closed] == [State.CLOSED] * 6
    assert [bool(survey.published_at) for survey in closed] == [True] * 5 + [False]
    assert (last.state, last.held_back) == (State.OPEN, None)
    assert last.opened_at
    assert last.closes_at
    assert last.opened_at < NOW < last.closes_at
    assert played.keys.known() == [last.id]


def test_a_team_under_strain_recovers_after_it_was_promised_something(look: Session) -> None:
    tools = real_changes(look, "Customer Care", Driver.TOOLS)
    assert min(tools[1:3]) <= -20
    load = real_changes(look, "Phone line", Driver.LOAD)
    assert max(load[3:]) >= 20
    promised = set(look.scalars(select(Action.survey_id)))
    assert waves(look)[2].id in promised


def test_elsewhere_all_is_as_it_was(look: Session) -> None:
    for driver in (Driver.LOAD, Driver.TOOLS, Driver.MANAGER, Driver.RECOMMEND):
        assert real_changes(look, "Shops", driver) == [0] * 6, driver


def test_most_answer_and_most_teams_are_told_of(look: Session) -> None:
    for survey in waves(look)[:6]:
        whole = look.get_one(Result, (survey.id, 0))
        answered = summary_of(whole).answered
        assert answered
        assert 0.75 <= answered / survey.invited <= 0.87
    shown = [drivers[Driver.LOAD].hidden is None for drivers, _ in results(look, "Phone line")]
    assert all(shown)
    assert len(shown) == 6


def test_what_was_written_is_read_as_it_was_written(look: Session) -> None:
    """As much as may be shown, with nothing blanked, by nobody who is named in it."""
    all_of = {
        wave: sorted(words for team, _, words in said if team in CARE) for wave, said in enumerate(TOLD["comments"])
    }
    for wave, (_, comments) in enumerate(results(look, "Customer Care")):
        (said,) = comments
        assert sorted(said.texts) == (all_of[wave] if len(all_of[wave]) >= 10 else []), wave
    assert sum(bool(comments[0].texts) for _, comments in results(look, "Customer Care")) == 3
    whole = [comments[0] for _, comments in results(look, "Luma")]
    assert [len(comments.texts) for comments in whole] == [len(said) for said in TOLD["comments"]]


def test_those_who_look_at_the_demo_can_still_answer(look: Session) -> None:
    last = waves(look)[-1]
    handed = set(look.scalars(select(Turnout.person_id)))
    emails = {row.email for row in people.addressees(look, handed).values()}
    assert not emails & sample_pulse.NOT_YET
    assert 0.35 <= len(handed) / last.invited <= 0.45
    cast = look.scalars(select(Ballot.survey_id).where(Ballot.survey_id == last.id)).all()
    assert len(cast) == len(handed)


def test_nobody_is_told_old_news(look: Session) -> None:
    *_, sixth, last = waves(look)
    told = Counter((row.subject, row.subject_id) for row in look.scalars(select(Notice)))
    assert told.keys() == {("survey", last.id), ("survey-counted", sixth.id)}
    assert told["survey", last.id] == last.invited
    assert told["survey-counted", sixth.id] == 2  # HR, which is to publish them.


def test_of_four_promises_two_are_kept_one_is_overdue_with_a_word_and_one_has_time(look: Session) -> None:
    first, second, late, fresh = look.scalars(select(Action).order_by(Action.id))
    assert (first.progress, second.progress) == (Progress.DONE, Progress.DONE)
    assert late.progress == fresh.progress == Progress.BEGUN
    assert late.due_on < NOW.date() < fresh.due_on
    words = look.scalars(select(ActionNote.on).where(ActionNote.action_id == late.id))
    assert max(words) >= late.due_on
    assert all(
        {*action.said} == {*action.promise} == {"en", "ru", "hr", "ka"} for action in (first, second, late, fresh)
    )


@pytest.mark.parametrize(("locale", "care"), [("en", "Customer Care"), ("hr", "Briga o kupcima")])
def test_teams_are_called_in_the_language_of_who_reads(look: Session, locale: str, care: str) -> None:
    hr = people.credentials(look, sample_pulse.HR)
    assert hr
    order = pulse_order(locale, "en")
    lines = listing(look, hr.actor, Which.ENDED, order, NOW.date()).lines
    assert care in {line.unit.text for line in lines}
    names = look.scalars(select(SurveyUnit.names).where(SurveyUnit.names.is_not(None))).all()
    assert care in {called(one, order)[0] for one in names}


def a_staff() -> list[sample_answers.Colleague]:
    def one(team: str, number: int) -> sample_answers.Colleague:
        actor = Actor(number, "", f"{team}.{number}@example.com", "en", frozenset())
        return sample_answers.Colleague(actor, team, team, heads=number == 0)

    return [one(team, number) for team in ("Phone line", "Riva") for number in range(8)]


def test_answers_are_drawn_alike_each_time() -> None:
    said = [("Riva", "en", "The sea."), ("Riva", "hr", "More.")]
    first, second = (sample_answers.ballots(a_staff(), TOLD["content"], said, 2) for _ in range(2))
    assert first == second
    assert first != sample_answers.ballots(a_staff(), TOLD["content"], said, 5)
    assert sorted(ballot.words for ballot in first if ballot.words) == ["More.", "The sea."]
    assert all(ballot.voter.team == "Riva" for ballot in first if ballot.words)


def test_a_strained_team_answers_less_favourably() -> None:
    def content(wave: int) -> int:
        drawn = sample_answers.ballots(a_staff(), TOLD["content"], (), wave)
        return sum(ballot.answers["load-3"] >= 4 for ballot in drawn if ballot.voter.team == "Phone line")

    assert content(2) < content(0) <= content(5)


@pytest.mark.parametrize("today", [date(2026, 3, 2), date(2026, 1, 1), date(2028, 3, 1), date(2026, 12, 31)])
def test_waves_lie_a_month_apart_and_the_last_one_has_just_opened(today: date) -> None:
    noon = datetime.combine(today, datetime.min.time(), ZONE) + timedelta(hours=12)
    days = sample_pulse.opening_days(noon, ZONE)
    assert len({(day.year, day.month) for day in days}) == sample_pulse.WAVES
    assert len({day.day for day in days}) == 1
    assert days == sorted(days)
    assert timedelta(days=2) <= today - days[-1] <= timedelta(days=5)
