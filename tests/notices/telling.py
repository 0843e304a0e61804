"""People who are told things: small steps for these tests."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.core.outbox import OutboxRow, Work
from portal.notices import About, tell
from portal.notices.model import Notice
from portal.people.model import Person
from tests.factories import NOW

ZAGREB = ZoneInfo("Europe/Zagreb")
TITLE = "The hotel lamp"


def told(
    session: Session,
    person: Person,
    about: About = About.THANKED,
    *,
    by: tuple[str, int] | str = "Ivo Ivić",
    subject: int = 7,
    address: str = "/wins/7",
    gather: bool = False,
    now: datetime = NOW,
    zone: tzinfo = ZAGREB,
    **details: Any,
) -> None:
    """Tell ``person`` that ``by`` (a name, or a name and an id) did something."""
    who: Mapping[str, Any] = {"names": [by]} if isinstance(by, str) else {"names": [by[0]], "by": by[1]}
    everything = {"title": TITLE, **who, **details}
    tell(session, person.id, about, "win", subject, everything, address, now, gather, zone=zone)
    session.flush()


def notices(session: Session, person: Person) -> list[Notice]:
    """All that this person was told, in order."""
    session.expire_all()
    return list(session.scalars(select(Notice).where(Notice.person_id == person.id).order_by(Notice.id)))


def outbox_rows(database: Database) -> list[OutboxRow]:
    """Mail that is asked for."""
    with database.reading() as session:
        return list(session.scalars(select(OutboxRow).where(OutboxRow.work == Work.MAIL).order_by(OutboxRow.id)))
