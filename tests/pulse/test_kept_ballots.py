"""What the count makes of ballots: they are written anew, and what is not as it was cast is noticed."""

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.core.permissions import Actor
from portal.people import as_actor
from portal.pulse import answering, casting
from portal.pulse.model import Ballot, Kind
from portal.pulse.sealing import Damaged, KeyRing, seal
from tests.factories import a_person
from tests.pulse.scenes import a_company, a_question
from tests.pulse.voting import TOKENS, a_ballot_box, cast, count, handed, opened, turnout, vote


@pytest.fixture
def people(session: Session) -> list[Actor]:
    """A company of twelve: six of a shop, four of another, too few to count alone, and two without a team."""
    teams = a_company(session, {("Luma", "Shop"): 6, ("Luma", "Kiosk"): 4})
    loners = [as_actor(a_person(session)) for _ in range(2)]
    return [*teams["Luma", "Shop"], *teams["Luma", "Kiosk"], *loners]


def test_counted_ballots_are_written_anew_with_nothing_of_the_old_rows(own_database: Database, tmp_path: Path) -> None:
    with own_database.transaction() as session:
        people = a_company(session, {("Luma", "Shop"): 6, ("Luma", "Works"): 6})
        questions = [a_question(Kind.SCALE), a_question(Kind.TEXT)]
        survey = a_ballot_box(session, tmp_path, questions)
    voters = [person for team in people.values() for person in team][:11]
    for number, person in enumerate(voters):
        vote(own_database, person, survey, {"q1": str(number), "q2": f"My own words {number}"})
    with own_database.reading() as session:
        old = {row.key: row.answers for row in session.scalars(select(Ballot))}
    count(own_database, survey.id, tmp_path)
    with own_database.reading() as session:
        new = session.scalars(select(Ballot)).all()
        assert sorted(answering.answers_in(row.answers)[1] for row in new) == list(range(11))  # type: ignore[type-var]
        assert {tuple(answering.answers_in(row.answers)) for row in new} == {(1,)}, "words don't stay beside scores"
        assert {row.unit for row in new} == {0}, "nobody is the only one of their cohort"
        assert not {row.key for row in new} & old.keys()
        assert turnout(session, survey) == set()
    assert KeyRing(tmp_path).known() == []


def test_too_few_ballots_to_tell_anything_are_not_kept(own_database: Database, tmp_path: Path) -> None:
    with own_database.transaction() as session:
        people = a_company(session, {("Luma",): 6})["Luma",]
        survey, other = a_ballot_box(session, tmp_path), a_ballot_box(session, tmp_path)
    for person in people[:4]:
        vote(own_database, person, survey, {"q1": "4"})
        vote(own_database, person, other, {"q1": "4"})
    count(own_database, survey.id, tmp_path)
    with own_database.reading() as session:
        assert [row.survey_id for row in session.scalars(select(Ballot))] == [other.id] * 4
        assert (turnout(session, survey), len(turnout(session, other))) == (set(), 4)


def test_a_ballot_that_was_tampered_with_stops_the_count(session: Session, people: list[Actor], tmp_path: Path) -> None:
    survey = a_ballot_box(session, tmp_path)
    for person in people[:2]:
        cast(session, survey, handed(session, person, survey), {"q1": "4"})
    row = session.scalars(select(Ballot)).first()
    assert row
    row.answers = row.answers[:-1] + bytes([row.answers[-1] ^ 1])
    session.flush()
    with pytest.raises(Damaged):
        opened(session, survey, tmp_path)


def test_ballots_beyond_those_handed_out_are_noticed(session: Session, people: list[Actor], tmp_path: Path) -> None:
    """Who has the site's secret could make tokens: the ballots would outnumber those who were handed one."""
    survey = a_ballot_box(session, tmp_path)
    handed(session, people[0], survey)
    assert casting.surplus(session, survey.id) == 0
    cast(session, survey, handed(session, people[1], survey), {"q1": "4"})
    assert casting.surplus(session, survey.id) == 0
    for _ in range(3):
        cast(session, survey, TOKENS.issue(survey.id, 0), {"q1": "1"})
    assert casting.surplus(session, survey.id) == 2


def test_a_ballot_sealed_to_another_key_is_not_counted_as_this_surveys(
    session: Session, people: list[Actor], tmp_path: Path
) -> None:
    survey = a_ballot_box(session, tmp_path)
    foreign = seal(KeyRing(tmp_path).make(survey.id + 1_000), b"{}", 100)
    session.add(Ballot(survey_id=survey.id, key=bytes(32), unit=0, answers=foreign))
    session.flush()
    with pytest.raises(Damaged):
        opened(session, survey, tmp_path)
