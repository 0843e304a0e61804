"""What the tests of the webhook begin with."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.core import outbound, outbox
from portal.core.db import Database
from portal.core.outbox import OutboxRow, Work
from portal.wins import Webhook
from portal.wins.model import Win
from tests.factories import NOW
from tests.wins.scenes import a_win, an_actor

PATH = "/services/T0/hush"
"""Of the webhook's address; as with many services, it is a secret."""


def published(session: Session, **over: Any) -> Win:
    win = a_win(session, author=over.pop("author", None) or an_actor(session, name="Ana Horvat"), **over)
    session.commit()
    return win


class Clock:
    """A clock that a test moves on."""

    at = 0.0

    def __call__(self) -> float:
        return self.at


def hook(settings: Settings, database: Database, **over: Any) -> Webhook:
    """The webhook as the worker has it, but in haste."""
    return Webhook(settings, database, **{"limits": replace(outbound.LIMITS, whole_s=0.5), "clock": Clock(), **over})


def deliver(database: Database, told: Webhook, at: datetime = NOW) -> int:
    """What the worker does at that moment."""
    return outbox.deliver(database, {Work.WEBHOOK: partial(told.deliver, now=at)}, at)


def waiting(session: Session) -> list[OutboxRow]:
    session.expire_all()
    return list(session.scalars(select(OutboxRow).where(OutboxRow.work == Work.WEBHOOK).order_by(OutboxRow.id)))
