"""Ballots handed out and cast at once, each in a transaction of its own, and a server that is killed meanwhile."""

import os
import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from portal.core.db import Database
from portal.pulse import casting
from portal.pulse.casting import AlreadyHanded, SurveyClosed
from portal.pulse.model import State, Survey
from tests.factories import NOW
from tests.processes import exit_code
from tests.pulse.scenes import a_company
from tests.pulse.voting import TOKENS, a_ballot_box, cast, handed, opened, turnout

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


def test_nobody_is_written_down_after_the_list_was_deleted(own_database: Database, tmp_path: Path) -> None:
    """Who was handed a ballot is kept until the count, and not a moment longer."""
    with own_database.transaction() as session:
        people = a_company(session, {("Luma",): 8})["Luma",]
        survey = a_ballot_box(session, tmp_path)

    def work(place: int) -> Any:
        with own_database.transaction() as session:
            if place < 7:
                return handed(session, people[place], survey)
            session.get_one(Survey, survey.id, with_for_update=True).state = State.COUNTING
        with own_database.transaction() as session:
            casting.rewrite(session, survey.id, [])
        return None

    results = at_once(8, work)
    assert results[7] is None
    assert {one for one in results[:7] if not isinstance(one, str)} <= {SurveyClosed}
    with own_database.reading() as session:
        assert turnout(session, survey) == set()


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
