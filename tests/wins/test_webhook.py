"""The webhook: a published win is told outside once, in words that nobody can turn into something else, and signed."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.core import outbox
from portal.core.db import Database
from portal.core.outbox import Work
from portal.people.model import Person
from portal.wins import posting
from portal.wins.model import Win, WinRevision
from portal.wins.webhook import News, message
from tests.core.web_servers import Asked, WebServer, status
from tests.factories import NOW
from tests.wins.hooks import PATH, deliver, hook, published, waiting
from tests.wins.scenes import an_actor, changed, work

KEY = "the company’s key"


# What is told


def test_a_published_win_is_told_once_in_slacks_json(
    session: Session, database: Database, hooked: Settings, web: WebServer, told_win: Win
) -> None:
    told = hook(hooked, database)
    assert (deliver(database, told), deliver(database, told)) == (1, 0)
    (asked,) = web.asked
    assert (asked.method, asked.target) == ("POST", PATH)
    assert asked.headers["Content-Type"] == "application/json; charset=utf-8"
    assert (asked.headers["User-Agent"], asked.headers["Host"]) == ("Lampa", f"127.0.0.1:{web.port}")
    assert "X-Lampa-Signature" not in asked.headers
    address = f"https://lampa.example.com/wins/{told_win.id}"
    assert json.loads(asked.body) == {
        "text": f"“The lamp” – Ana Horvat <{address}>",
        "lampa": {
            "event": "win.published",
            "win": {
                "id": told_win.id,
                "title": "The lamp",
                "author": "Ana Horvat",
                "locale": "hr",
                "url": address,
                "published_at": "2026-05-04T09:30:00+00:00",
            },
        },
    }


def is_genuine(asked: Asked, key: str) -> bool:
    """What README.md tells receivers to do, at the moment of the call."""
    readme = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    told: dict[str, Any] = {}
    exec(code.replace("time.time()", asked.headers["X-Lampa-Timestamp"]), told)
    return bool(told["is_genuine"](asked.headers, asked.body, key))


@pytest.mark.usefixtures("told_win", "quiet")
def test_each_try_is_signed_for_its_own_moment_and_bears_the_same_id(
    database: Database, hooked: Settings, web: WebServer
) -> None:
    web.answers[:] = [status(500), status(200)]
    told = hook(replace(hooked, webhook_key=KEY), database)
    later = NOW + timedelta(seconds=2)
    assert (deliver(database, told), deliver(database, told, later)) == (0, 1)
    first, second = web.asked
    assert first.body == second.body
    assert first.headers["X-Lampa-Delivery"] == second.headers["X-Lampa-Delivery"]
    assert [int(asked.headers["X-Lampa-Timestamp"]) for asked in web.asked] == [
        int(NOW.timestamp()), int(later.timestamp())
    ]  # fmt: skip
    assert is_genuine(first, KEY)
    assert is_genuine(second, KEY)
    assert not is_genuine(first, KEY + " ")
    assert not is_genuine(replace(first, body=first.body + b" "), KEY)
    later_said = {**first.headers, "X-Lampa-Timestamp": second.headers["X-Lampa-Timestamp"]}
    assert not is_genuine(replace(first, headers=later_said), KEY)


def test_different_wins_bear_different_ids(
    session: Session, database: Database, hooked: Settings, web: WebServer, told_win: Win
) -> None:
    other = published(session)
    assert deliver(database, hook(hooked, database)) == 2
    assert [asked.headers["X-Lampa-Delivery"] for asked in web.asked] == [
        f"win.published-{told_win.id}", f"win.published-{other.id}"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("<!channel> & <https://evil.example|click>", "&lt;!channel&gt; &amp; &lt;https://evil.example|click&gt;"),
        ("two\r\nlines\u2028and\ttabs\0", "two lines and tabs"),
        ("&lt;", "&amp;lt;"),
        ('"}, {"x": "', '"}, {"x": "'),
        ("ნათურა 💡", "ნათურა 💡"),
    ],
)
def test_what_people_write_can_neither_call_out_nor_link_in_a_chat(words: str, text: str) -> None:
    body = message(News(7, words, words, "en", NOW), "https://lampa.example.com")
    assert body.isascii()
    told = json.loads(body)
    assert told["text"] == f"“{text}” – {text} <https://lampa.example.com/wins/7>"
    assert (told["lampa"]["win"]["title"], list(told)) == (words, ["text", "lampa"])


def test_a_hostile_title_out_of_the_database_is_told_as_text(
    session: Session, database: Database, hooked: Settings, web: WebServer, told_win: Win
) -> None:
    session.get_one(WinRevision, (told_win.id, 1)).title = "<!everyone>\n"
    session.get_one(Person, told_win.author_id).name = "<@U1>"
    session.commit()
    deliver(database, hook(hooked, database))
    assert json.loads(web.asked[0].body)["text"].startswith("“&lt;!everyone&gt;” – &lt;@U1&gt; <https://")


# What is not


def test_without_an_address_nobody_is_told(
    session: Session, database: Database, hooked: Settings, web: WebServer, told_win: Win
) -> None:
    assert work(session, Work.WEBHOOK, told_win.id) == 1
    assert deliver(database, hook(replace(hooked, webhook=""), database)) == 1
    assert (web.asked, waiting(session)) == ([], [])


def test_a_win_that_is_taken_back_before_it_was_told_is_not_told(
    session: Session, database: Database, hooked: Settings, web: WebServer
) -> None:
    author = an_actor(session)
    win = published(session, author=author)
    posting.withdraw(session, author, win.id, NOW)
    session.commit()
    assert deliver(database, hook(hooked, database)) == 1
    assert (web.asked, waiting(session)) == ([], [])


def test_a_win_that_is_there_no_more_is_not_told(session: Session, database: Database, hooked: Settings) -> None:
    outbox.add(session, Work.WEBHOOK, {"win": 2**31 - 1}, NOW)
    session.commit()
    assert deliver(database, hook(hooked, database)) == 1


def test_a_change_is_no_news_and_a_change_that_waits_is_not_told(
    session: Session, database: Database, hooked: Settings, web: WebServer
) -> None:
    author = an_actor(session)
    win = published(session, author=author, title="As it was")
    changed(session, win, author, posting.Rules("before", hooked.timezone), title="As it may be")
    session.commit()
    assert deliver(database, hook(hooked, database)) == 1
    assert json.loads(web.asked[0].body)["lampa"]["win"]["title"] == "As it was"
    changed(session, win, author, title="Better")
    session.commit()
    assert deliver(database, hook(hooked, database)) == 0
