"""The webhook when it is not taken: tried for a day, never told twice, and given up so that it is noticed."""

import json
import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.core import outbox
from portal.core.db import Database
from portal.wins import given_up, webhook
from portal.wins.model import Step, Win, WinStep
from portal.wins.webhook import TRIES, NotTaken
from tests.core.web_servers import WebServer, raw, silent, status
from tests.factories import NOW
from tests.wins.hooks import PATH, Clock, deliver, hook, published, waiting
from tests.wins.scenes import steps


@pytest.mark.usefixtures("told_win", "quiet")
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (status(500), "answered 500"),
        (status(302, Location="/elsewhere"), "answered 302"),
        (status(404), "answered 404"),
        (silent, "TimeoutError"),
        (raw(), "RemoteDisconnected"),
    ],
    ids=["fault", "redirect", "gone", "slow", "hung-up"],
)
def test_what_is_not_taken_is_put_off_and_said_without_the_path(
    session: Session, database: Database, hooked: Settings, web: WebServer, answer: Any, words: str
) -> None:
    web.answers[:] = [answer]
    assert deliver(database, hook(hooked, database)) == 0
    (row,) = waiting(session)
    assert (row.attempts, row.due_at, row.error) == (1, NOW + timedelta(seconds=2), f"NotTaken: 127.0.0.1: {words}")
    assert len(web.asked) == 1


@pytest.mark.usefixtures("quiet")
def test_a_win_that_is_not_taken_makes_no_other_be_told_twice(
    session: Session, database: Database, hooked: Settings, web: WebServer
) -> None:
    wins = [published(session).id for _ in range(4)]
    web.answers[:] = [status(200), status(500), status(200)]
    assert deliver(database, hook(hooked, database)) == 3
    assert [json.loads(asked.body)["lampa"]["win"]["id"] for asked in web.asked] == wins
    assert [row.payload for row in waiting(session)] == [{"win": wins[1]}]


@pytest.mark.usefixtures("told_win", "quiet")
def test_an_address_that_gives_no_answer_is_left_alone_for_a_while(
    session: Session, database: Database, hooked: Settings, web: WebServer
) -> None:
    published(session)
    web.answers[:] = [raw(), status(200)]
    clock = Clock()
    told = hook(hooked, database, clock=clock)
    assert deliver(database, told) == 0
    assert len(web.asked) == 1
    assert "a moment ago" in (waiting(session)[1].error or "")
    clock.at += webhook.PAUSE_S
    assert deliver(database, told, NOW + timedelta(minutes=1)) == 2


@pytest.mark.usefixtures("told_win", "quiet")
@pytest.mark.parametrize(
    "found", ["127.0.0.1", "::1", "10.1.2.3", "169.254.169.254", "::ffff:127.0.0.1", "100.64.0.1", "fd00::1"]
)
def test_private_addresses_are_refused_unless_the_setting_allows_them(
    session: Session, database: Database, hooked: Settings, web: WebServer, found: str
) -> None:
    named = replace(hooked, webhook=f"http://hooks.example.com:{web.port}{PATH}", webhook_private="no")
    assert deliver(database, hook(named, database, resolve=lambda *_: [found])) == 0
    (row,) = waiting(session)
    assert "hooks.example.com: lies in a private network" in (row.error or "")
    assert web.asked == []
    allowed = hook(replace(named, webhook_private="yes"), database, resolve=lambda *_: ["127.0.0.1"])
    assert deliver(database, allowed, NOW + timedelta(seconds=2)) == 1


# Given up


def test_it_is_tried_for_about_a_day() -> None:
    pauses = sum((outbox.pause(failures) for failures in range(1, TRIES)), timedelta())
    assert timedelta(hours=22) < pauses <= timedelta(days=1)


def test_after_a_day_it_is_given_up_loudly_and_told_no_more(
    session: Session,
    database: Database,
    hooked: Settings,
    web: WebServer,
    told_win: Win,
    caplog: pytest.LogCaptureFixture,
) -> None:
    web.answers[:] = [status(503)]
    told, at = hook(hooked, database), NOW
    for _ in range(TRIES):
        assert waiting(session)
        caplog.clear()
        assert deliver(database, told, at) == 0
        at = (row.due_at if (row := next(iter(waiting(session)), None)) else at) + timedelta(seconds=1)
    assert (len(web.asked), waiting(session)) == (TRIES, [])
    assert NOW + timedelta(hours=22) < at < NOW + timedelta(days=1, hours=1)
    (last,) = caplog.records
    assert last.levelno == logging.ERROR
    for words in (f"win {told_win.id}", "127.0.0.1", "answered 503"):
        assert words in last.getMessage()
    assert "hush" not in caplog.text
    assert steps(session, told_win.id)[-1] == (Step.WEBHOOK_GIVEN_UP, None, "127.0.0.1: answered 503")
    web.answers[:] = [status(200)]
    assert deliver(database, told, at) == 0
    assert len(web.asked) == TRIES


def test_what_is_given_up_is_counted_once_and_no_more_after_a_while(
    session: Session, database: Database, hooked: Settings, web: WebServer, told_win: Win
) -> None:
    web.answers[:] = [status(503)]
    told = hook(hooked, database)
    last = {"win": told_win.id, "tries": TRIES - 1}
    for _ in range(2):  # As after a crash between the record and the row.
        with pytest.raises(outbox.GiveUp):
            told.deliver([last], NOW)
    assert len(session.scalars(select(WinStep).where(WinStep.step == Step.WEBHOOK_GIVEN_UP)).all()) == 1
    assert given_up(session, NOW) == 1
    assert given_up(session, NOW + timedelta(seconds=1)) == 0
    with pytest.raises(NotTaken):
        told.deliver([{"win": told_win.id, "tries": TRIES - 2}], NOW)


def test_the_log_of_a_failure_names_no_path(
    session: Session, database: Database, hooked: Settings, told_win: Win, caplog: pytest.LogCaptureFixture
) -> None:
    for address in (f"https://127.0.0.1:1{PATH}", f"http://[::{PATH}", f"http://no-such-name.invalid:99999{PATH}"):
        at = next(iter(waiting(session))).due_at
        assert deliver(database, hook(replace(hooked, webhook=address), database), at) == 0
    assert "NotTaken" in caplog.text or "NoAnswer" in caplog.text
    assert "hush" not in caplog.text + str([row.error for row in waiting(session)])
