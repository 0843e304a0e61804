"""Handing out and casting ballots: who may, when, and once."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.core.errors import Invalid, NotFound, Refused
from portal.core.permissions import NOBODY, SYSTEM, Actor
from portal.people import as_actor
from portal.pulse import casting
from portal.pulse.casting import AlreadyHanded, NotAsked, NotOpenYet, SurveyClosed
from portal.pulse.model import Ballot, Invitation, Kind, State, Survey
from portal.pulse.tokens import Forged, part_of
from tests.factories import NOW, a_person
from tests.pulse.scenes import DAY, a_company, a_question, a_survey
from tests.pulse.voting import TOKENS, a_ballot_box, cast, handed, opened, turnout

SECOND = timedelta(seconds=1)


@pytest.fixture
def people(session: Session) -> list[Actor]:
    """A company of twelve: six of a shop, four of another, too few to count alone, and two without a team."""
    teams = a_company(session, {("Luma", "Shop"): 6, ("Luma", "Kiosk"): 4})
    loners = [as_actor(a_person(session)) for _ in range(2)]
    return [*teams["Luma", "Shop"], *teams["Luma", "Kiosk"], *loners]


# Being handed a ballot


def test_a_ballot_knows_the_cohort_and_turnout_the_person(
    session: Session, people: list[Actor], tmp_path: Path
) -> None:
    survey = a_ballot_box(session, tmp_path)
    invited = dict(session.execute(select(Invitation.person_id, Invitation.unit)).all())
    for person in people:
        token = handed(session, person, survey)
        assert TOKENS.read(token, survey.id).unit == invited[person.id or 0]
    assert turnout(session, survey) == {person.id for person in people}
    assert session.scalar(select(func.count()).select_from(Ballot)) == 0


def test_only_those_who_are_asked_are_handed_one(session: Session, people: list[Actor], tmp_path: Path) -> None:
    survey = a_ballot_box(session, tmp_path)
    with pytest.raises(NotAsked):
        handed(session, as_actor(a_person(session)), survey)
    for nobody in (SYSTEM, NOBODY):
        with pytest.raises(Refused):
            handed(session, nobody, survey)
    assert turnout(session, survey) == set()


def test_it_is_handed_out_once(session: Session, people: list[Actor], tmp_path: Path) -> None:
    """Also to who has lost it: nobody can know whether it was used."""
    survey = a_ballot_box(session, tmp_path)
    handed(session, people[0], survey)
    for _ in range(2):
        with pytest.raises(AlreadyHanded):
            handed(session, people[0], survey)
    handed(session, people[1], survey)
    other = a_ballot_box(session, tmp_path)
    handed(session, people[0], other)


@pytest.mark.parametrize(
    ("state", "error"),
    [
        (State.DRAFT, NotFound),
        (State.SCHEDULED, NotOpenYet),
        (State.COUNTING, SurveyClosed),
        (State.CLOSED, SurveyClosed),
    ],
)
def test_in_other_states_nothing_is_handed_out_or_taken(
    session: Session, people: list[Actor], tmp_path: Path, state: State, error: type[Exception]
) -> None:
    survey = a_ballot_box(session, tmp_path)
    token = handed(session, people[0], survey)
    cast(session, survey, token, {"q1": "4"})
    survey.state, survey.closed_at = state, NOW if state == State.CLOSED else None
    session.flush()
    with pytest.raises(error):
        handed(session, people[1], survey)
    with pytest.raises(error):
        cast(session, survey, token, {"q1": "5"})
    with pytest.raises(error):
        casting.withdraw(session, survey.id, token, TOKENS, NOW)
    assert opened(session, survey, tmp_path) == [{1: 4}]


def test_it_closes_on_the_second_and_a_clock_that_is_set_back_changes_nothing_of_that(
    session: Session, people: list[Actor], tmp_path: Path
) -> None:
    survey = a_ballot_box(session, tmp_path)
    closes = survey.closes_at
    assert closes
    token = handed(session, people[0], survey, closes - SECOND)
    for late in (closes, closes + DAY):
        with pytest.raises(SurveyClosed):
            handed(session, people[1], survey, late)
        with pytest.raises(SurveyClosed):
            cast(session, survey, token, {"q1": "4"}, late)
    # An hour, or a year, before it opened: people who have begun go on.
    for early in (NOW - timedelta(hours=1), NOW - 365 * DAY):
        cast(session, survey, token, {"q1": "4"}, early)
    handed(session, people[1], survey, NOW - timedelta(hours=1))
    survey.state = State.COUNTING
    session.flush()
    with pytest.raises(SurveyClosed):
        cast(session, survey, token, {"q1": "5"}, NOW)


# Casting


def test_answers_are_sealed_and_only_the_key_opens_them(session: Session, people: list[Actor], tmp_path: Path) -> None:
    questions = [a_question(), a_question(Kind.TEXT), a_question(Kind.SEVERAL)]
    survey = a_ballot_box(session, tmp_path, questions)
    answers = {"q1": "4", "q2": "The lamp is warm.", "q3": ["0", "2"]}
    assert cast(session, survey, handed(session, people[0], survey), answers) is True
    row = session.scalars(select(Ballot)).one()
    assert b"lamp" not in row.answers
    assert opened(session, survey, tmp_path) == [{1: 4, 2: "The lamp is warm.", 3: (0, 2)}]


def test_the_same_ballot_changes_its_answers_and_takes_them_back(
    session: Session, people: list[Actor], tmp_path: Path
) -> None:
    survey = a_ballot_box(session, tmp_path)
    mine, other = (handed(session, person, survey) for person in people[:2])
    assert cast(session, survey, other, {"q1": "1"})
    assert cast(session, survey, mine, {"q1": "4"}) is True
    assert cast(session, survey, mine, {"q1": "4"}) is False, "a double click counts once"
    assert cast(session, survey, mine, {"q1": "5"}) is False
    assert sorted(answers[1] for answers in opened(session, survey, tmp_path)) == [1, 5]  # type: ignore[type-var]
    assert casting.withdraw(session, survey.id, mine, TOKENS, NOW) is True
    assert casting.withdraw(session, survey.id, mine, TOKENS, NOW) is False
    assert opened(session, survey, tmp_path) == [{1: 1}]
    assert cast(session, survey, mine, {"q1": "2"}) is True
    assert len(opened(session, survey, tmp_path)) == 2
    with pytest.raises(AlreadyHanded):
        handed(session, people[0], survey)


def test_what_is_refused_leaves_what_was_cast_before(session: Session, people: list[Actor], tmp_path: Path) -> None:
    survey = a_ballot_box(session, tmp_path)
    token = handed(session, people[0], survey)
    cast(session, survey, token, {"q1": "4"})
    for wrong in ({"q1": "9"}, {"q1": ""}, {"q2": "1"}):
        with pytest.raises(Invalid):
            cast(session, survey, token, wrong)
    assert opened(session, survey, tmp_path) == [{1: 4}]


def test_a_token_is_good_for_its_own_survey_and_cohort_alone(
    session: Session, people: list[Actor], tmp_path: Path
) -> None:
    one, other = a_ballot_box(session, tmp_path), a_ballot_box(session, tmp_path)
    token = handed(session, people[0], one)
    for wrong in (token[:-1] + "A", token[::-1], TOKENS.issue(other.id, 0), ""):
        with pytest.raises(Forged):
            cast(session, one, wrong, {"q1": "4"})
        with pytest.raises(Forged):
            casting.withdraw(session, one.id, wrong, TOKENS, NOW)
    with pytest.raises(Forged):
        cast(session, other, token, {"q1": "4"})
    cast(session, one, token, {"q1": "4"})
    row = session.scalars(select(Ballot)).one()
    assert (row.survey_id, row.unit) == (one.id, TOKENS.read(token, one.id).unit)


def test_the_number_of_a_survey_that_was_thrown_away_is_never_given_again(
    session: Session, people: list[Actor], tmp_path: Path
) -> None:
    """A ballot for a test run, or for a survey that was deleted, fits no later one."""
    gone = a_ballot_box(session, tmp_path)
    number, token = gone.id, handed(session, people[0], gone)
    session.execute(delete(Survey).where(Survey.id == number))
    session.expunge_all()
    assert a_survey(session).id > number
    with pytest.raises(NotFound):
        casting.cast(session, number, token, {"q1": ["4"]}, TOKENS, NOW)


def test_each_ballot_asks_the_part_that_was_drawn_with_it(
    session: Session, people: list[Actor], tmp_path: Path
) -> None:
    questions = [a_question(), a_question(part=1), a_question(part=2)]
    survey = a_ballot_box(session, tmp_path, questions, parts=2)
    drawn = set()
    for person in people:
        token = handed(session, person, survey)
        part = part_of(TOKENS.read(token, survey.id).lot, 2)
        drawn.add(part)
        cast(session, survey, token, {"q1": "3", f"q{part + 1}": "4"})
        with pytest.raises(Invalid):
            cast(session, survey, token, {"q1": "3", f"q{4 - part}": "4"})
    assert len({len(row.answers) for row in session.scalars(select(Ballot))}) == 1
