"""Telling an address outside of each published win: in Slack's JSON, signed, tried for a day."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .. import people
from ..config import Settings
from ..core import outbound, outbox
from ..core.db import Database
from ..core.mail import one_line
from ..core.outbound import LIMITS, Limits, NoAnswer, Resolve
from ..core.outbox import GiveUp, Payload
from ..core.permissions import SYSTEM
from . import posting
from .model import State, Step, Win, WinRevision, WinStep

TRIES = outbox.tries_within(timedelta(days=1))
PAUSE_S = 60
"""How long an address that did not answer is left alone: the worker has other things to do than to wait for it."""


class NotTaken(Exception):
    """The address did not take what it was told; the words name its host alone."""


@dataclass(frozen=True)
class News:
    """A published win, as others are told of it."""

    id: int
    title: str
    author: str
    locale: str
    published_at: datetime


def news(session: Session, win_id: int) -> News | None:
    """What there is to tell of a win; None unless it is published."""
    wanted = (
        select(Win, WinRevision)
        .join(WinRevision, (WinRevision.win_id == Win.id) & (WinRevision.number == Win.current))
        .where(Win.id == win_id, Win.state == State.PUBLISHED)
    )
    found = session.execute(wanted).first()
    if found is None:
        return None
    win, revision = found
    assert win.published_at is not None
    author = people.names(session, [win.author_id])[win.author_id]
    return News(win.id, revision.title, author, revision.locale, win.published_at)


def given_up(session: Session, since: datetime) -> int:
    """How many wins the address has not been told of for good, since then."""
    wanted = select(func.count()).where(WinStep.step == Step.WEBHOOK_GIVEN_UP, WinStep.at >= since)
    return session.scalar(wanted) or 0


def message(told: News, url: str) -> bytes:
    """What the address is sent; ``url`` is the site's own."""
    address = url + posting.address(told.id)
    win = {
        "id": told.id,
        "title": told.title,
        "author": told.author,
        "locale": told.locale,
        "url": address,
        "published_at": told.published_at.isoformat(timespec="seconds"),
    }
    text = f"“{_escaped(told.title)}” – {_escaped(told.author)} <{_escaped(address)}>"
    return json.dumps({"text": text, "lampa": {"event": "win.published", "win": win}}).encode("ascii")


def headers(told: News, body: bytes, key: str, now: datetime) -> dict[str, str]:
    """What is said beside it: which news this is (the same on each try), when, and with a ``key`` its signature."""
    timestamp = str(int(now.timestamp()))
    signed = hmac.new(key.encode(), timestamp.encode("ascii") + b"." + body, hashlib.sha256).hexdigest()
    found = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Lampa",
        "X-Lampa-Delivery": f"win.published-{told.id}",
        "X-Lampa-Timestamp": timestamp,
    }
    return {**found, "X-Lampa-Signature": f"v1={signed}"} if key else found


class Webhook:
    """Tells the address that ``settings`` name, if they name one."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        *,
        resolve: Resolve = outbound.addresses_of,
        limits: Limits = LIMITS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings, self._database = settings, database
        self._resolve, self._limits, self._clock = resolve, limits, clock
        self._not_before = float("-inf")

    def deliver(self, payloads: Sequence[Payload], now: datetime) -> None:
        """Tell of the wins named in ``payloads`` that are still published. Raises NotTaken, and GiveUp in the end."""
        for payload in payloads:
            self._tell(int(payload["win"]), int(payload.get("tries", 0)), now)

    def _tell(self, win_id: int, tries: int, now: datetime) -> None:
        if not self._settings.webhook:
            return
        with self._database.reading() as session:
            told = news(session, win_id)
        if told is None:
            return
        try:
            self._post(told, now)
        except NotTaken as error:
            if tries + 1 < TRIES:
                raise
            self._note(win_id, str(error), now)
            raise GiveUp(f"the webhook was not told of win {win_id}: {error}") from None

    def _post(self, told: News, now: datetime) -> None:
        url = self._settings.webhook
        if self._clock() < self._not_before:
            raise NotTaken(f"{outbound.place_of(url).host}: gave no answer a moment ago")
        body = message(told, self._settings.url)
        try:
            status = outbound.post(
                url,
                body,
                headers(told, body, self._settings.webhook_key, now),
                private=self._settings.webhook_private == "yes",
                resolve=self._resolve,
                limits=self._limits,
            )
        except NoAnswer as error:
            self._not_before = self._clock() + PAUSE_S
            raise NotTaken(str(error)) from None
        if not 200 <= status < 300:
            raise NotTaken(f"{outbound.place_of(url).host}: answered {status}")

    def _note(self, win_id: int, words: str, now: datetime) -> None:
        """Write to the win's audit trail that nobody is told of it; once, also when the row is given up again."""
        with self._database.transaction() as session:
            known = select(WinStep.id).where(WinStep.win_id == win_id, WinStep.step == Step.WEBHOOK_GIVEN_UP)
            if session.scalar(known.limit(1)) is None:
                posting.note(session, SYSTEM, win_id, Step.WEBHOOK_GIVEN_UP, now, words)


def _escaped(text: str) -> str:
    """``text`` on one line, with the three characters escaped that mean something to Slack."""
    return one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
