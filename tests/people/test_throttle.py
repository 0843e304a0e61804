"""Sign-in attempts are limited per account and address, per account and per address, and nothing typed is kept."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, inspect, select, text, update
from sqlalchemy.orm import Session

from portal.core import clock
from portal.people import forget_old_attempts
from portal.people.model import SignInThrottle
from portal.people.throttle import (
    ACCOUNT_LIMIT,
    ADDRESS_LIMIT,
    PAIR_LIMIT,
    WINDOW,
    TooManySignIns,
    count_attempt,
    forget_failures,
)
from tests.factories import PASSWORD, a_person
from tests.people.steps import WRONG, enter

KEY = "for tests alone"
SECOND = timedelta(seconds=1)


def _allowed(session: Session, email: str, address: str, now: datetime, tries: int) -> int:
    """How many of ``tries`` attempts are let through to the password check."""
    through = 0
    for _ in range(tries):
        try:
            with session.begin_nested():
                count_attempt(session, KEY, email, address, now)
            through += 1
        except TooManySignIns:
            pass
    return through


def _failed(session: Session, address: str, times: int, now: datetime) -> None:
    """So many failures of ``address``, with accounts that no test asks for."""
    count_attempt(session, KEY, "somebody@example.com", address, now)
    session.execute(update(SignInThrottle).values(failures=times))


def test_one_account_from_one_address_has_a_small_number_of_tries(session: Session, now: datetime) -> None:
    assert _allowed(session, "ana@example.com", "192.0.2.1", now, PAIR_LIMIT + 3) == PAIR_LIMIT
    # Neither a colleague behind the same address nor the person elsewhere is shut out by that.
    assert _allowed(session, "ivan@example.com", "192.0.2.1", now, 1) == 1
    assert _allowed(session, "ana@example.com", "192.0.2.2", now, 1) == 1


def test_one_account_from_many_addresses_is_limited(session: Session, now: datetime) -> None:
    through = sum(_allowed(session, "ana@example.com", f"192.0.2.{n}", now, 1) for n in range(ACCOUNT_LIMIT + 5))
    assert through == ACCOUNT_LIMIT
    assert _allowed(session, "ivan@example.com", "192.0.2.1", now, 1) == 1


def test_one_address_over_many_accounts_is_limited(session: Session, now: datetime) -> None:
    _failed(session, "192.0.2.1", ADDRESS_LIMIT - 3, now)
    assert sum(_allowed(session, f"p{n}@example.com", "192.0.2.1", now, 1) for n in range(6)) == 3
    assert _allowed(session, "p1@example.com", "192.0.2.2", now, 1) == 1


def test_tries_are_let_in_again_when_the_window_is_over_and_not_a_moment_before(
    session: Session, now: datetime
) -> None:
    _allowed(session, "ana@example.com", "192.0.2.1", now, PAIR_LIMIT)
    # Trying on does not make the wait longer: the window begins with the first failure.
    assert _allowed(session, "ana@example.com", "192.0.2.1", now + WINDOW - SECOND, 5) == 0
    assert _allowed(session, "ana@example.com", "192.0.2.1", now + WINDOW + SECOND, PAIR_LIMIT + 3) == PAIR_LIMIT


def test_the_pause_that_is_asked_for_is_the_rest_of_the_window(session: Session, now: datetime) -> None:
    _allowed(session, "ana@example.com", "192.0.2.1", now, PAIR_LIMIT)
    later = now + timedelta(minutes=10, seconds=30)
    with pytest.raises(TooManySignIns) as refused:
        count_attempt(session, KEY, "ana@example.com", "192.0.2.1", later)
    assert later + timedelta(seconds=refused.value.retry_after) > now + WINDOW
    assert refused.value.retry_after <= 271


def test_success_forgets_the_failures_of_the_account_and_gives_the_address_its_try_back(
    session: Session, now: datetime
) -> None:
    _failed(session, "192.0.2.1", ADDRESS_LIMIT - 1, now)
    for _ in range(3):  # Somebody who knows their password comes and goes without using the address up.
        count_attempt(session, KEY, "ana@example.com", "192.0.2.1", now)
        forget_failures(session, KEY, "ana@example.com", "192.0.2.1")
    assert _allowed(session, "ana@example.com", "192.0.2.1", now, 3) == 1


def test_signing_in_forgets_the_failures_before_it(app: Flask, session: Session) -> None:
    person = a_person(session)
    session.commit()
    client = app.test_client()
    for _ in range(2):
        answers = [enter(client, person.email, WRONG).status_code for _ in range(PAIR_LIMIT - 1)]
        assert answers == [422] * (PAIR_LIMIT - 1)
        assert enter(client, person.email, PASSWORD).status_code == 303


@pytest.mark.parametrize("known", [True, False])
def test_too_many_tries_are_refused_in_the_same_words_for_everybody(app: Flask, session: Session, known: bool) -> None:
    person = a_person(session)
    session.commit()
    email = person.email if known else "nobody@example.com"
    client = app.test_client()
    tries = [enter(client, email if n % 2 else email.upper(), WRONG).status_code for n in range(PAIR_LIMIT)]
    assert tries == [422] * PAIR_LIMIT
    refused = enter(client, email, PASSWORD)  # Even the right password must wait.
    assert refused.status_code == 429
    assert "Too many attempts. Wait 15 min and try again." in refused.text
    assert 840 < int(refused.headers["Retry-After"]) <= 901
    assert f'value="{email}"' in refused.text, "the address that was typed is kept"
    assert PASSWORD not in refused.text


def test_the_refusal_speaks_the_readers_language(app: Flask, session: Session) -> None:
    client = app.test_client()
    client.post("/language", data={"locale": "hr"})
    for _ in range(PAIR_LIMIT):
        enter(client, "nobody@example.com", WRONG)
    assert '<html lang="hr">' in enter(client, "nobody@example.com", WRONG).text


def test_a_program_that_asks_for_json_is_told_to_wait_too(app: Flask) -> None:
    for _ in range(PAIR_LIMIT):
        enter(app.test_client(), "nobody@example.com", WRONG)
    refused = app.test_client().post(
        "/sign-in", data={"email": "nobody@example.com", "password": WRONG}, headers={"Accept": "application/json"}
    )
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


def test_an_address_that_the_browser_makes_up_does_not_count(app: Flask) -> None:
    answers = [
        app.test_client().post(
            "/sign-in",
            data={"email": "nobody@example.com", "password": WRONG},
            headers={"X-Forwarded-For": f"198.51.100.{n}", "X-Real-IP": f"198.51.100.{n}"},
        )
        for n in range(PAIR_LIMIT + 1)
    ]
    assert [answer.status_code for answer in answers] == [422] * PAIR_LIMIT + [429]


def test_who_failed_in_an_earlier_window_signs_in(app: Flask, session: Session) -> None:
    person = a_person(session)
    for _ in range(PAIR_LIMIT):
        count_attempt(session, KEY, person.email, "127.0.0.1", clock.now() - WINDOW - SECOND)
    session.commit()
    assert enter(app.test_client(), person.email).status_code == 303


def test_the_table_keeps_nothing_that_was_typed(app: Flask, session: Session) -> None:
    typed = "my-secret-typed-in-the-wrong-field@example.com"
    enter(app.test_client(), typed, WRONG)
    columns = inspect(SignInThrottle).columns.keys()
    assert set(columns) == {"subject", "failures", "since"}
    kept = [str(row) for row in session.execute(text("SELECT * FROM sign_in_throttle"))]
    assert len(kept) == 3
    for secret in (typed, "secret", WRONG, "127.0.0.1"):
        assert not any(secret in row for row in kept)


def test_the_digests_need_the_sites_own_key(session: Session, now: datetime) -> None:
    subjects = []
    for key in ("one site", "another site"):
        count_attempt(session, key, "ana@example.com", "192.0.2.1", now)
        subjects.append(set(session.scalars(select(SignInThrottle.subject))))
    assert len(subjects[0]) == 3
    assert len(subjects[1]) == 6, "a digest made elsewhere, from a list of addresses, fits nothing here"


def test_counts_whose_window_is_over_are_swept_out(session: Session, now: datetime) -> None:
    count_attempt(session, KEY, "ana@example.com", "192.0.2.1", now - WINDOW - SECOND)
    count_attempt(session, KEY, "ivan@example.com", "192.0.2.2", now)
    forget_old_attempts(session, now)
    assert session.scalar(select(func.count()).select_from(SignInThrottle)) == 3
    assert _allowed(session, "ivan@example.com", "192.0.2.2", now, PAIR_LIMIT) == PAIR_LIMIT - 1
