"""A survey closes and is counted: nothing is taken any more, results are frozen, what keeps it from that is told."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.core.permissions import Actor
from portal.people.model import Person
from portal.pulse import announcing, casting, life
from portal.pulse.model import Announcement, Ballot, Kind, Result, State, Step, Survey
from portal.pulse.sealing import KeyRing
from tests.factories import NOW, a_person
from tests.pulse.living import CARE, END, SHOPS, a_scheduled_survey, answer, opened, told
from tests.pulse.scenes import RULES, a_company, a_question, an_hr
from tests.pulse.voting import cast, handed

MINUTE = timedelta(minutes=1)


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    return KeyRing(tmp_path / "pulse-keys")


@pytest.fixture
def staff(session: Session) -> list[Actor]:
    """Six people in each of two teams, and somebody of HR, last."""
    company = a_company(session, {SHOPS: 6, CARE: 6})
    return [*company[SHOPS], *company[CARE], an_hr(session)]


@pytest.fixture
def survey(session: Session, keys: KeyRing, staff: list[Actor]) -> Survey:
    """An open survey that ten of them have answered."""
    found = a_scheduled_survey(session, [a_question(), a_question(Kind.TEXT, driver=None)])
    assert opened(session, found, keys)
    for place, actor in enumerate(staff[:10]):
        answer(session, found, actor, str(1 + place % 5))
    return found


def counted(session: Session, survey: Survey, keys: KeyRing, now: object = END) -> bool:
    did = life.count(session, survey.id, keys, RULES, now)  # type: ignore[arg-type]
    session.flush()
    session.expire_all()
    return did


def ballots(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Ballot)) or 0


def test_a_survey_closes_when_its_time_is_over_and_takes_nothing_any_more(
    session: Session, survey: Survey, staff: list[Actor]
) -> None:
    token = handed(session, staff[10], survey)
    assert life.due_to_close(session, END - MINUTE) == []
    assert not life.stop(session, survey.id, END - MINUTE)
    assert life.due_to_close(session, END) == [survey.id]
    assert life.stop(session, survey.id, END)
    assert not life.stop(session, survey.id, END), "once"
    session.flush()
    assert survey.state == State.COUNTING
    # Not even when the clock is set back to a time at which it was open.
    with pytest.raises(casting.SurveyClosed):
        cast(session, survey, token, {"q1": "4"}, NOW)
    with pytest.raises(casting.SurveyClosed):
        handed(session, staff[11], survey, NOW)


def test_invitations_and_reminders_are_taken_back_as_it_closes(session: Session, survey: Survey) -> None:
    for step, now in ((Step.INVITATION, NOW), (Step.REMINDER, NOW + timedelta(days=3))):
        announcing.tell_some(session, survey.id, step, RULES, now)
    assert told(session)
    assert told(session, "survey-reminder")
    life.stop(session, survey.id, END)
    assert told(session) == told(session, "survey-reminder") == {}
    assert session.scalars(select(Announcement)).all() == [], "nor does anything wait to be told"


def test_the_count_freezes_results_and_writes_every_ballot_anew(
    session: Session, survey: Survey, keys: KeyRing, staff: list[Actor]
) -> None:
    before = set(session.scalars(select(Ballot.key)))
    assert not counted(session, survey, keys), "not while it is open"
    life.stop(session, survey.id, END)
    assert life.to_count(session) == [survey.id]
    assert counted(session, survey, keys, END + MINUTE)
    assert not counted(session, survey, keys), "once"
    assert (survey.state, survey.closed_at) == (State.CLOSED, END + MINUTE)
    assert ballots(session) == 10
    assert not before & set(session.scalars(select(Ballot.key)))
    rows = {row.unit: row for row in session.scalars(select(Result).where(Result.survey_id == survey.id))}
    assert 0 in rows
    assert rows[0].summary
    ((person, notice),) = told(session, "survey-counted").items()
    assert (person, notice.address) == (staff[-1].id, f"/surveys/{survey.id}/results")


def test_a_survey_that_nobody_answered_is_counted_too(session: Session, keys: KeyRing, staff: list[Actor]) -> None:
    survey = a_scheduled_survey(session)
    opened(session, survey, keys)
    life.stop(session, survey.id, END)
    assert counted(session, survey, keys)
    assert survey.state == State.CLOSED


def test_without_its_key_it_waits_and_says_so_until_the_key_is_back(
    session: Session, survey: Survey, keys: KeyRing, tmp_path: Path, staff: list[Actor],
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    life.stop(session, survey.id, END)
    file = tmp_path / "pulse-keys" / f"{survey.id}.key"
    key = file.read_bytes()
    file.unlink()
    for minute in range(60):
        assert not counted(session, survey, keys, END + minute * MINUTE)
    assert (survey.state, survey.held_back) == (State.COUNTING, life.Held.KEY_MISSING)
    assert list(told(session, "survey-held")) == [staff[-1].id]
    said = [one for one in caplog.records if "does not go on" in one.getMessage()]
    assert [one.levelno for one in said] == [logging.ERROR] * 2, "at once, and once an hour"
    assert ballots(session) == 10, "nothing is lost"
    file.write_bytes(key)
    assert counted(session, survey, keys)
    assert survey.held_back is None
    assert told(session, "survey-held") == {}


def test_an_open_survey_whose_key_is_gone_is_told_of_before_more_people_answer_in_vain(
    session: Session, survey: Survey, keys: KeyRing, tmp_path: Path, staff: list[Actor]
) -> None:
    assert life.to_watch(session, keys.known()) == []
    file = tmp_path / "pulse-keys" / f"{survey.id}.key"
    key = file.read_bytes()
    file.unlink()
    for _ in range(2):
        assert life.to_watch(session, keys.known()) == [survey.id]
        life.watch(session, survey.id, keys, RULES, NOW)
        session.flush()
    assert (survey.state, survey.held_back) == (State.OPEN, life.Held.KEY_MISSING)
    assert list(told(session, "survey-held")) == [staff[-1].id]
    file.write_bytes(key)
    assert life.to_watch(session, keys.known()) == [survey.id]
    life.watch(session, survey.id, keys, RULES, NOW)
    session.flush()
    assert (survey.held_back, told(session, "survey-held")) == (None, {})
    assert life.to_watch(session, keys.known()) == []


@pytest.mark.parametrize("fault", ["a folder in its place", "no key in it"])
def test_a_key_that_cannot_be_read_is_as_good_as_none(
    session: Session, survey: Survey, keys: KeyRing, tmp_path: Path, fault: str
) -> None:
    life.stop(session, survey.id, END)
    file = tmp_path / "pulse-keys" / f"{survey.id}.key"
    file.unlink()
    if fault == "no key in it":
        file.write_text("ffff")
    else:
        file.mkdir()
    assert not counted(session, survey, keys)
    assert survey.held_back == life.Held.KEY_MISSING


def test_answers_that_were_damaged_stop_the_count_and_nothing_is_lost(
    session: Session, survey: Survey, keys: KeyRing
) -> None:
    one = session.scalars(select(Ballot)).first()
    assert one
    whole = one.answers
    session.execute(update(Ballot).where(Ballot.key == one.key).values(answers=whole[:-1] + bytes([whole[-1] ^ 1])))
    life.stop(session, survey.id, END)
    assert not counted(session, survey, keys)
    assert (survey.state, survey.held_back, ballots(session)) == (State.COUNTING, life.Held.DAMAGED, 10)


def test_a_clock_that_is_set_back_opens_and_closes_nothing_again(
    session: Session, survey: Survey, keys: KeyRing
) -> None:
    early = NOW - timedelta(days=3)
    assert not opened(session, survey, keys, early)
    assert life.due_to_close(session, early) == []
    assert survey.state == State.OPEN, "what has opened stays open"
    life.stop(session, survey.id, END)
    assert counted(session, survey, keys, early), "what is closed is counted all the same"
    assert not opened(session, survey, keys, NOW)
    assert not life.stop(session, survey.id, END)
    assert survey.state == State.CLOSED


def test_who_comes_leaves_or_changes_team_meanwhile_changes_nothing_of_what_was_settled(
    session: Session, survey: Survey, keys: KeyRing, staff: list[Actor]
) -> None:
    newcomer = a_person(session, team=SHOPS)
    leaver, mover = (session.get_one(Person, one.id) for one in staff[10:12])
    token = handed(session, staff[11], survey)
    leaver.deactivated_at = NOW
    mover.team_id = newcomer.team_id
    session.flush()
    with pytest.raises(casting.NotAsked):
        handed(session, Actor(newcomer.id, "", "", "en", staff[0].grants), survey)
    cast(session, survey, token, {"q1": "4"})
    units = set(session.scalars(select(Ballot.unit)))
    life.stop(session, survey.id, END)
    assert counted(session, survey, keys)
    assert survey.invited == 13
    assert len(units) == 2, "the mover's ballot counts where they were asked"
    assert ballots(session) == 11
