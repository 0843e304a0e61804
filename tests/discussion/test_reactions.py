"""Reactions: one of each kind a person, counted right, also when they come at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.core.errors import TooMany
from portal.core.permissions import Actor
from portal.discussion import Cheer, Cheers, Subject, add_comment, cheers, react, report, who_cheered
from portal.discussion.commands import COMMENTS_A_WINDOW
from portal.discussion.model import Comment, Reaction, Report
from tests.discussion.said import WIN, a_comment, an_actor
from tests.factories import NOW

THREADS = 6


def test_a_reaction_is_given_once_and_taken_back_once(session: Session) -> None:
    ana = an_actor(session)
    steps = [(True, True), (True, False), (False, True), (False, False), (True, True)]
    assert [react(session, ana, WIN, Cheer.BRAVO, on, NOW) for on, _ in steps] == [changed for _, changed in steps]
    assert cheers(session, "win", [WIN.id], ana.id)[WIN.id].counts[Cheer.BRAVO] == 1


def test_a_person_may_give_one_of_each_kind_to_each_subject(session: Session) -> None:
    ana, ivo = an_actor(session), an_actor(session)
    for cheer in Cheer:
        assert react(session, ana, WIN, cheer, on=True, now=NOW)
    assert react(session, ivo, WIN, Cheer.THANKS, on=True, now=NOW)
    assert react(session, ivo, Subject("win", 8), Cheer.THANKS, on=True, now=NOW)
    assert react(session, ivo, Subject("comment", WIN.id), Cheer.LEARNED, on=True, now=NOW)
    counts = {Cheer.BRAVO: 1, Cheer.THANKS: 2, Cheer.LEARNED: 1}
    none = dict.fromkeys(Cheer, 0)
    assert cheers(session, "win", [WIN.id, 8, 9], ivo.id) == {
        WIN.id: Cheers(counts, frozenset({Cheer.THANKS})),
        8: Cheers({**none, Cheer.THANKS: 1}, frozenset({Cheer.THANKS})),
        9: Cheers(none, frozenset()),
    }
    assert cheers(session, "win", [WIN.id], None)[WIN.id] == Cheers(counts, frozenset())


def test_who_reacted_is_told_the_last_first(session: Session) -> None:
    people = [an_actor(session, name=f"Ana {number}") for number in range(4)]
    for minutes, person in enumerate(people):
        react(session, person, WIN, Cheer.LEARNED, on=True, now=NOW + timedelta(minutes=minutes))
    react(session, people[1], WIN, Cheer.BRAVO, on=True, now=NOW + timedelta(hours=1))
    assert [(one.name, one.cheers) for one in who_cheered(session, WIN, 3)] == [
        ("Ana 1", (Cheer.BRAVO, Cheer.LEARNED)),
        ("Ana 3", (Cheer.LEARNED,)),
        ("Ana 2", (Cheer.LEARNED,)),
    ]


# At the same moment


def together(work: Callable[[int], object]) -> list[object]:
    """What ``work`` returns, done by several threads that begin at once."""
    gate = Barrier(THREADS)

    def begin(number: int) -> object:
        gate.wait(timeout=10)
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(begin, range(THREADS)))


@pytest.fixture
def somebody(own_database: Database) -> Actor:
    with own_database.transaction() as session:
        return an_actor(session)


def test_of_clicks_at_the_same_moment_one_counts(own_database: Database, somebody: Actor) -> None:
    for on in (True, False, True):

        def click(_: int, on: bool = on) -> bool:
            with own_database.transaction() as session:
                return react(session, somebody, WIN, Cheer.BRAVO, on, NOW)

        assert sorted(together(click), key=bool) == [False] * (THREADS - 1) + [True]
        with own_database.reading() as session:
            assert session.scalar(select(func.count()).select_from(Reaction)) == on


def test_of_reports_at_the_same_moment_one_is_new(own_database: Database, somebody: Actor) -> None:
    def send(number: int) -> bool:
        with own_database.transaction() as session:
            return report(session, somebody, WIN, f"Reason {number}", NOW)

    assert together(send).count(True) == 1
    with own_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Report)) == 1


def test_comments_at_the_same_moment_do_not_slip_past_the_limit(own_database: Database, somebody: Actor) -> None:
    with own_database.transaction() as session:
        for _ in range(COMMENTS_A_WINDOW - 2):
            a_comment(session, somebody)

    def send(_: int) -> bool:
        try:
            with own_database.transaction() as session:
                add_comment(session, somebody, WIN, "Me too", None, NOW)
        except TooMany:
            return False
        return True

    assert together(send).count(True) == 2
    with own_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Comment)) == COMMENTS_A_WINDOW
