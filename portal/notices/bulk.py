"""Telling many people the same at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from .. import people
from ..core import outbox
from ..core.outbox import Work
from . import policy, queries
from .commands import check_address
from .model import About, Notice

STRETCH = 500


def tell_all(
    session: Session,
    person_ids: Sequence[int],
    about: About,
    subject: str,
    subject_id: int,
    details: Mapping[str, Mapping[str, Any]],
    address: str,
    now: datetime,
    *,
    zone: tzinfo,
) -> int:
    """`tell` for many, in few statements; the number of those who were told. Nothing gathers.

    ``details`` are by language: each person gets those of their own, or else the first. They are kept as they are
    given. Raises ValueError for an address that isn't within the site.
    """
    check_address(address)
    usual = next(iter(details.values()))
    told = 0
    for start in range(0, len(person_ids), STRETCH):
        working = people.addressees(session, person_ids[start : start + STRETCH])
        chosen = queries.choices_of(session, working)
        rows = [
            {
                "person_id": one.id,
                "about": about,
                "subject": subject,
                "subject_id": subject_id,
                "details": dict(details.get(one.locale, usual)),
                "address": address,
                "gathering": False,
                "at": now,
                "mail_due_at": policy.mail_due_at(chosen[one.id][about], now, zone),
            }
            for one in working.values()
        ]
        if rows:
            made = session.execute(insert(Notice).returning(Notice.id, Notice.mail_due_at), rows)
            outbox.add_all(session, Work.MAIL, [({"notice": number}, due) for number, due in made if due])
        told += len(rows)
    return told
