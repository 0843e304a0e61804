"""Attempts that come at the same moment, on real connections: none slips past a limit, none is lost or stuck."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from portal.app import create_app
from portal.config import Settings
from portal.core.db import Database
from portal.people.model import SignInThrottle
from portal.people.throttle import PAIR_LIMIT, TooManySignIns, count_attempt, forget_failures
from tests.factories import PASSWORD, a_person
from tests.people.steps import WRONG, enter

THREADS = 6


def _together(work: Callable[[int], list[object]]) -> list[object]:
    """The results of ``work``, done by several threads that begin at once."""
    gate = Barrier(THREADS)

    def begin(number: int) -> list[object]:
        gate.wait(timeout=10)
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return [result for results in pool.map(begin, range(THREADS)) for result in results]


@pytest.fixture
def own_app(run_settings: Settings, own_database: Database) -> Flask:
    app = create_app(run_settings, own_database)
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    return app


@pytest.mark.parametrize("known", [True, False])
def test_parallel_attempts_do_not_slip_past_the_limit(own_app: Flask, own_database: Database, known: bool) -> None:
    with own_database.transaction() as session:
        email = a_person(session).email if known else "nobody@example.com"

    def tries(_: int) -> list[object]:
        return [enter(own_app.test_client(), email, WRONG).status_code for _ in range(3)]

    answers = _together(tries)
    assert sorted(set(answers)) == [422, 429]
    assert answers.count(422) == PAIR_LIMIT
    assert enter(own_app.test_client(), email, PASSWORD).status_code == 429


def test_no_parallel_count_is_lost(own_database: Database, now: datetime) -> None:
    def count(number: int) -> list[object]:
        for _ in range(5):
            with own_database.transaction() as session:
                count_attempt(session, "key", f"p{number}@example.com", "192.0.2.1", now)
        return []

    _together(count)
    with own_database.reading() as session:
        assert max(session.scalars(select(SignInThrottle.failures))) == THREADS * 5


def test_people_who_come_and_go_at_once_do_not_block_each_other_for_ever(own_database: Database, now: datetime) -> None:
    """One account from two addresses: counting and forgetting must take their rows in the same order."""

    def come_and_go(number: int) -> list[object]:
        address = f"192.0.2.{number % 2}"
        for _ in range(15):
            try:
                with own_database.transaction() as session:
                    count_attempt(session, "key", "ana@example.com", address, now)
            except TooManySignIns:
                continue
            with own_database.transaction() as session:
                forget_failures(session, "key", "ana@example.com", address)
        return ["came through"]

    assert _together(come_and_go) == ["came through"] * THREADS
