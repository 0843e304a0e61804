"""What those who are asked are told: everybody once, reminders to those without a ballot alone, seen by nobody."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.core.permissions import Actor, Role
from portal.people.model import Person, PersonRole
from portal.pulse import announcing, life
from portal.pulse.model import Announcement, State, Step, Survey
from portal.pulse.sealing import KeyRing
from tests.factories import NOW
from tests.notices.telling import outbox_rows
from tests.pulse.living import CARE, END, SHOPS, a_scheduled_survey, answer, opened, told
from tests.pulse.scenes import DAY, RULES, a_company, an_hr


@pytest.fixture
def staff(session: Session) -> list[Actor]:
    """Seven people, the fourth a Croat, and somebody of HR, last."""
    company = a_company(session, {SHOPS: 3, CARE: 4})
    found = [*company[SHOPS], *company[CARE], an_hr(session)]
    session.get_one(Person, found[3].id).locale = "hr"
    session.flush()
    return found


@pytest.fixture
def survey(session: Session, staff: list[Actor], tmp_path: Path) -> Survey:
    found = a_scheduled_survey(session)
    assert opened(session, found, KeyRing(tmp_path))
    return found


def tell(session: Session, survey: Survey, step: Step, now: object = NOW) -> int:
    """Tell all of a step; in how many stretches."""
    count = 1
    while announcing.tell_some(session, survey.id, step, RULES, now):  # type: ignore[arg-type]
        count += 1
        assert count < 10, "it never ends"
    session.flush()
    session.expire_all()
    return count


def test_everybody_who_is_asked_is_invited_in_their_language(
    session: Session, survey: Survey, staff: list[Actor]
) -> None:
    tell(session, survey, Step.INVITATION)
    found = told(session)
    assert set(found) == {one.id for one in staff}
    assert {one.details["title"] for one in found.values()} == {"Spring pulse", "Proljetni puls"}
    assert found[staff[3].id or 0].details == {"title": "Proljetni puls", "locale": "hr", "until": END.isoformat()}
    assert {one.address for one in found.values()} == {f"/surveys/{survey.id}"}


def test_in_stretches_nobody_is_told_twice_and_nobody_left_out(
    session: Session, survey: Survey, staff: list[Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcing, "STRETCH", 3)
    assert tell(session, survey, Step.INVITATION) == 3
    assert set(told(session)) == {one.id for one in staff}
    assert not announcing.tell_some(session, survey.id, Step.INVITATION, RULES, NOW)
    assert announcing.due(session, NOW + timedelta(days=1)) == []


def test_a_stretch_that_fails_is_told_again_as_a_whole(
    session: Session, database: Database, survey: Survey, staff: list[Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcing, "STRETCH", 3)
    session.commit()

    class PowerCut(Exception):
        pass

    def tell_and_end() -> None:
        with database.transaction() as writing:
            announcing.tell_some(writing, survey.id, Step.INVITATION, RULES, NOW)
            raise PowerCut

    for _ in range(2):
        with pytest.raises(PowerCut):
            tell_and_end()
    assert outbox_rows(database) == []
    more = True
    while more:
        with database.transaction() as writing:
            more = announcing.tell_some(writing, survey.id, Step.INVITATION, RULES, NOW)
    with database.reading() as reading:
        assert set(told(reading)) == {one.id for one in staff}
    assert len(outbox_rows(database)) == len(staff), "one letter each"


def test_who_has_no_ballot_is_reminded_and_nobody_else(
    session: Session, survey: Survey, staff: list[Actor], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for actor in staff[:3]:
        answer(session, survey, actor)
    session.get_one(Person, staff[4].id).deactivated_at = NOW
    session.flush()
    assert announcing.due(session, NOW + 3 * DAY) == [(survey.id, Step.INVITATION), (survey.id, Step.REMINDER)]
    tell(session, survey, Step.REMINDER, NOW + 3 * DAY - timedelta(seconds=1))
    assert told(session, "survey-reminder") == {}, "not before it is due"
    tell(session, survey, Step.REMINDER, NOW + 3 * DAY)
    assert set(told(session, "survey-reminder")) == {staff[3].id, *(one.id for one in staff[5:])}, "HR among them"
    assert [one for one in caplog.records if one.name.startswith("portal")] == [], "and nobody sees to whom it went"


def test_after_a_standstill_one_reminder_is_enough(session: Session, survey: Survey) -> None:
    late = NOW + 6 * DAY
    for survey_id, step in announcing.due(session, late):
        assert survey_id == survey.id
        tell(session, survey, step, late)
    assert len(told(session, "survey-reminder")) == 8
    assert announcing.due(session, END) == []


def test_nobody_is_told_of_a_survey_that_has_closed(session: Session, survey: Survey) -> None:
    tell(session, survey, Step.INVITATION, END)
    assert told(session) == {}
    survey.state = State.COUNTING
    session.flush()
    tell(session, survey, Step.REMINDER, NOW + 4 * DAY)
    assert told(session, "survey-reminder") == {}


def test_results_are_told_to_all_who_were_asked_once_they_are_published(
    session: Session, survey: Survey, staff: list[Actor], tmp_path: Path
) -> None:
    answer(session, survey, staff[0])
    admin = staff[1]
    session.add(PersonRole(person_id=admin.id, role=Role.ADMIN))
    life.stop(session, survey.id, END)
    assert life.count(session, survey.id, KeyRing(tmp_path), RULES, END)
    announcing.results(session, survey.id, END)
    tell(session, survey, Step.RESULTS, END)
    assert told(session, "survey-results") == {}, "not before they are published"
    session.delete(session.scalars(select(Announcement)).one())
    survey.published_at = END
    session.flush()
    for _ in range(2):  # Published again: nobody is told again.
        announcing.results(session, survey.id, END)
        tell(session, survey, Step.RESULTS, END)
    found = told(session, "survey-results")
    assert set(found) == {one.id for one in staff} - {admin.id}, "who runs the portal would be refused there"
    assert {one.address for one in found.values()} == {f"/surveys/{survey.id}/results"}
    assert {"until" in one.details for one in found.values()} == {False}
