"""Handing out and casting ballots: who may, when, once; and nothing lost or counted twice, whatever goes wrong."""

import os
import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, event, func, select
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.core.errors import Invalid, NotFound, Refused
from portal.core.permissions import NOBODY, SYSTEM, Actor
from portal.people import as_actor
from portal.pulse import answering, casting
from portal.pulse.casting import AlreadyHanded, NotAsked, NotOpenYet, SurveyClosed
from portal.pulse.model import Ballot, Invitation, Kind, State, Survey, Turnout
from portal.pulse.questions import Answers
from portal.pulse.sealing import Damaged, KeyRing, seal
from portal.pulse.tokens import Forged, part_of
from tests.factories import NOW, a_person
from tests.processes import exit_code
from tests.pulse.scenes import DAY, a_company, a_question, a_survey
from tests.pulse.voting import TOKENS, a_ballot_box, cast, count, handed, vote

SECOND = timedelta(seconds=1)


def opened(session: Session, survey: Survey, folder: Path) -> list[Answers]:
    opener = KeyRing(folder).opener(survey.id)
    assert opener
    return [answers for _, answers in casting.opened_ballots(session, survey, opener)]


def turnout(session: Session, survey: Survey) -> set[int]:
    return set(session.scalars(select(Turnout.person_id).where(Turnout.survey_id == survey.id)))


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


# Counting


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


# Never in one transaction, and nothing besides


@contextmanager
def noted(engine: Engine) -> Iterator[list[str]]:
    """What the database is told meanwhile, statement by statement."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(" ".join(statement.split()))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def tables(statements: list[str]) -> tuple[set[str], set[str]]:
    """The tables that statements read, and those that they write."""
    written = {found for one in statements for found in re.findall(r"^(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)", one)}
    read = {found for one in statements for found in re.findall(r"\b(?:FROM|JOIN) (\w+)", one)}
    return read - written, written


def test_no_transaction_knows_of_both_a_person_and_a_ballot(own_database: Database, tmp_path: Path) -> None:
    with own_database.transaction() as session:
        people = a_company(session, {("Luma",): 6})["Luma",]
        survey = a_ballot_box(session, tmp_path)
    with noted(own_database.engine) as handing, own_database.transaction() as session:
        token = handed(session, people[0], survey)
    assert tables(handing) == ({"survey", "survey_invitation"}, {"turnout"})
    for values in ({"q1": "4"}, {"q1": "5"}):
        with noted(own_database.engine) as casts, own_database.transaction() as session:
            cast(session, survey, token, values)
        assert tables(casts) == ({"survey", "survey_question"}, {"ballot"})
    with noted(own_database.engine) as taking, own_database.transaction() as session:
        casting.withdraw(session, survey.id, token, TOKENS, NOW)
    assert tables(taking) == ({"survey"}, {"ballot"})


# At once, and interrupted


def at_once(number: int, work: Any) -> list[Any]:
    """Do ``work`` (given its place) in so many threads that begin together; what each gave or raised."""
    ready, results = threading.Barrier(number), [None] * number

    def run(place: int) -> None:
        ready.wait(10)
        try:
            results[place] = work(place)
        except Exception as error:
            results[place] = type(error)  # type: ignore[call-overload]

    threads = [threading.Thread(target=run, args=(place,)) for place in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_asked_at_once_one_ballot_is_handed_out(own_database: Database, tmp_path: Path) -> None:
    with own_database.transaction() as session:
        people = a_company(session, {("Luma",): 6})["Luma",]
        survey = a_ballot_box(session, tmp_path)

    def ask(place: int) -> str:
        with own_database.transaction() as session:
            return handed(session, people[place % 2], survey)

    got = at_once(8, ask)
    assert got.count(AlreadyHanded) == 6
    tokens = [one for one in got if isinstance(one, str)]
    assert len({TOKENS.read(token, survey.id).digest for token in tokens}) == 2
    with own_database.reading() as session:
        assert turnout(session, survey) == {person.id for person in people[:2]}


def test_cast_at_once_one_ballot_counts_and_one_was_first(own_database: Database, tmp_path: Path) -> None:
    with own_database.transaction() as session:
        people = a_company(session, {("Luma",): 6})["Luma",]
        survey = a_ballot_box(session, tmp_path)
    with own_database.transaction() as session:
        token = handed(session, people[0], survey)

    def send(place: int) -> bool:
        with own_database.transaction() as session:
            return cast(session, survey, token, {"q1": str(place + 1)})

    assert sorted(at_once(5, send)) == [False, False, False, False, True]
    with own_database.reading() as session:
        assert len(opened(session, survey, tmp_path)) == 1


def test_no_ballot_slips_in_after_the_count_has_begun(own_database: Database, tmp_path: Path) -> None:
    """Whoever was told "your answers are in" is counted; all others are told that it was too late."""
    with own_database.transaction() as session:
        people = a_company(session, {("Luma",): 8})["Luma",]
        survey = a_ballot_box(session, tmp_path)
    tokens = []
    for person in people:
        with own_database.transaction() as session:
            tokens.append(handed(session, person, survey))

    def work(place: int) -> Any:
        with own_database.transaction() as session:
            if place < 7:
                return cast(session, survey, tokens[place], {"q1": str(place % 5 + 1)})
            session.get_one(Survey, survey.id).state = State.COUNTING
        with own_database.reading() as session:
            return len(opened(session, survey, tmp_path))

    results = at_once(8, work)
    assert results[7] == results[:7].count(True)
    assert results[:7].count(True) + results[:7].count(SurveyClosed) == 7
    with own_database.reading() as session:
        assert len(opened(session, survey, tmp_path)) == results[7]


def _cut_off(url: str, survey_id: int, token: str, after: str) -> None:
    """Cast a ballot, and be killed right after the database was told ``after``, before the commit."""
    database = Database(url)

    def killed(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(after):
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.engine, "after_cursor_execute", killed)
    with database.transaction() as session:
        casting.cast(session, survey_id, token, {"q1": ["5"]}, TOKENS, NOW)


def test_a_server_killed_while_casting_leaves_all_or_nothing_and_the_retry_counts_once(
    own_database: Database, own_database_url: str, tmp_path: Path
) -> None:
    with own_database.transaction() as session:
        people = a_company(session, {("Luma",): 6})["Luma",]
        survey = a_ballot_box(session, tmp_path)
    with own_database.transaction() as session:
        token = handed(session, people[0], survey)
    assert exit_code(_cut_off, own_database_url, survey.id, token, "INSERT INTO ballot") == -signal.SIGKILL
    with own_database.reading() as session:
        assert opened(session, survey, tmp_path) == []
    with own_database.transaction() as session:
        assert cast(session, survey, token, {"q1": "4"}) is True
    assert exit_code(_cut_off, own_database_url, survey.id, token, "UPDATE ballot") == -signal.SIGKILL
    with own_database.reading() as session:
        assert opened(session, survey, tmp_path) == [{1: 4}], "what was in stays in"
    with own_database.transaction() as session:
        assert cast(session, survey, token, {"q1": "5"}) is False
    with own_database.reading() as session:
        assert opened(session, survey, tmp_path) == [{1: 5}]


def test_a_ballot_sealed_to_another_key_is_not_counted_as_this_surveys(
    session: Session, people: list[Actor], tmp_path: Path
) -> None:
    survey = a_ballot_box(session, tmp_path)
    foreign = seal(KeyRing(tmp_path).make(survey.id + 1_000), b"{}", 100)
    session.add(Ballot(survey_id=survey.id, key=bytes(32), unit=0, answers=foreign))
    session.flush()
    with pytest.raises(Damaged):
        opened(session, survey, tmp_path)
