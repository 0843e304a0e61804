"""Telling people things, and what they do with what they were told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from .. import people
from ..core import outbox
from ..core.errors import Invalid, NotFound
from ..core.locale import lazy
from ..core.outbox import Work
from ..core.permissions import Actor
from . import policy, queries
from .model import About, MailChoice, Mailing, Notice
from .queries import NoticeRow

MOST_NAMES = 5
ADDRESS_LENGTH = 300


@dataclass(frozen=True)
class Due:
    """Notices that are to be mailed to one person, and whether each has its own letter (else they share one)."""

    person: people.Addressee
    notices: tuple[NoticeRow, ...]
    own_letters: bool


def tell(
    session: Session,
    person_id: int,
    about: About,
    subject: str,
    subject_id: int,
    details: Mapping[str, Any],
    address: str,
    now: datetime,
    gather: bool = False,
    *,
    zone: tzinfo,
) -> None:
    """Tell a person something; who can't sign in any more is told nothing.

    ``details`` hold plain text, never HTML: ``names`` (a list with the name of who did it), ``by`` (their id),
    ``title`` and ``locale`` (of what it is about, and its language), ``text`` or ``reason`` (what they wrote).
    ``address`` is a path within the site. ``zone`` is the company's: daily and weekly letters leave at eight there.
    Raises ValueError for an address that isn't within the site.

    With ``gather``, a notice of the same about the same that is unread and not yet mailed takes this one in: its
    ``names`` are those of the last few people, its ``count`` that of all.
    """
    check_address(address)
    if person_id not in people.addressees(session, [person_id]):
        return
    due = policy.mail_due_at(queries.choices(session, person_id)[about], now, zone)
    values = {
        "person_id": person_id,
        "about": about,
        "subject": subject,
        "subject_id": subject_id,
        "details": {},
        "address": address,
        "gathering": gather,
        "at": now,
        "mail_due_at": due,
    }
    # The row is made or locked in one step, so that of two who come at once one waits, and takes in the other's.
    insert = _insert(session)(Notice).values(values)
    if gather:
        insert = insert.on_conflict_do_update(
            index_elements=[Notice.person_id, Notice.about, Notice.subject, Notice.subject_id],
            index_where=text("gathering"),
            set_={"at": now, "address": address},
        )
    row = session.execute(insert.returning(Notice.id, Notice.details)).one()
    gathered = _gathered(row.details, details)
    session.execute(update(Notice).where(Notice.id == row.id).values(details=gathered))
    if due and not row.details:
        outbox.add(session, Work.MAIL, {"notice": row.id}, due)


def check_address(address: str) -> None:
    """Raise ValueError unless this is a path within the site."""
    if not address.startswith("/") or address.startswith("//") or len(address) > ADDRESS_LENGTH:
        raise ValueError(f"not an address within the site: {address[:40]}")


def take_back(
    session: Session, subject: str, subject_id: int, *, but: int | None = None, address: str | None = None
) -> None:
    """Remove what people were told of something that they can't see any more, and leave unsent what was to be mailed.

    What ``but`` was told stays; with ``address``, what leads elsewhere does, too.
    """
    which = [Notice.subject == subject, Notice.subject_id == subject_id]
    if but is not None:
        which.append(Notice.person_id != but)
    if address is not None:
        which.append(Notice.address == address)
    session.execute(delete(Notice).where(*which))


def _gathered(before: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """The details of a notice that takes in another one; people are told apart by id, or by name without one."""
    new_names = list(more.get("names", ()))[:MOST_NAMES]
    who = [more["by"]] if "by" in more else new_names
    # The names stand beside the ids in the same order, the newest first.
    known = [(one, name) for one, name in before.get("latest", ()) if one not in who]
    latest = [*zip(who, new_names, strict=False), *known][:MOST_NAMES]
    everybody = [*before.get("people", ()), *(one for one in who if one not in before.get("people", ()))]
    kept = {key: value for key, value in more.items() if key != "by"}
    return {
        **before,
        **kept,
        "names": [name for _, name in latest],
        "latest": [list(pair) for pair in latest],
        "people": everybody,
        "count": len(everybody),
    }


def read(session: Session, actor: Actor, notice_id: int, now: datetime) -> str:
    """Mark one's notice as read; the address that it leads to. Raises NotFound, also when it is somebody else's."""
    notice = session.get(Notice, notice_id, with_for_update=True)
    if notice is None or not policy.may_read(actor, notice.person_id):
        raise NotFound
    if notice.read_at is None:
        _mark_read(session, now, Notice.id == notice_id)
    return notice.address


def read_all(session: Session, actor: Actor, now: datetime) -> None:
    """Mark all of one's notices as read."""
    _mark_read(session, now, Notice.person_id == actor.id, Notice.read_at.is_(None))


def _mark_read(session: Session, now: datetime, *which: Any) -> None:
    # Nobody is written to about what they have seen, and what comes next is news again.
    session.execute(update(Notice).where(*which).values(read_at=now, mail_due_at=None, gathering=False))


def choose(session: Session, actor: Actor, wanted: Mapping[About, Mailing]) -> None:
    """Choose how kinds of notices are mailed to oneself. Raises Invalid."""
    wrong = {about.value: lazy("Please choose one of these.") for about in wanted if _unknown(about, wanted[about])}
    if wrong:
        raise Invalid(wrong)
    assert actor.id is not None
    for about, mailing in wanted.items():
        _set_choice(session, actor.id, about, mailing)


def unsubscribe(session: Session, person_id: int, about: About | None) -> None:
    """Mail a person no more of this kind, or nothing at all; may be done twice. Raises NotFound for no such person."""
    if not people.names(session, [person_id]):
        raise NotFound
    for kind in [about] if about else About:
        _set_choice(session, person_id, kind, Mailing.NEVER)


def _unknown(about: About, mailing: Mailing) -> bool:
    return mailing not in policy.offered(about)


def _set_choice(session: Session, person_id: int, about: About, mailing: Mailing) -> None:
    insert = _insert(session)(MailChoice).values(person_id=person_id, about=about, mailing=mailing)
    session.execute(
        insert.on_conflict_do_update(
            index_elements=[MailChoice.person_id, MailChoice.about], set_={"mailing": mailing.value}
        )
    )


def take_due(session: Session, notice_ids: Sequence[int], now: datetime) -> list[Due]:
    """All that is due at ``now`` to be mailed to the people of these notices.

    What is taken gathers no more, so that a letter tells all that its notices hold; `mailed` says that it has left.
    What needs no letter any more is left out for good.
    """
    concerned = set(session.scalars(select(Notice.person_id).where(Notice.id.in_(notice_ids))))
    wanted = select(Notice).where(Notice.person_id.in_(concerned), Notice.mail_due_at <= now)
    waiting = session.scalars(wanted.order_by(Notice.person_id, Notice.at, Notice.id).with_for_update()).all()
    active, chosen = people.addressees(session, concerned), queries.choices_of(session, concerned)
    found: dict[tuple[int, bool], list[NoticeRow]] = {}
    for notice in waiting:
        mailing = chosen[notice.person_id][About(notice.about)]
        notice.gathering = False
        if mailing is Mailing.NEVER or notice.person_id not in active:
            notice.mail_due_at = None
        else:
            found.setdefault((notice.person_id, mailing is Mailing.AT_ONCE), []).append(queries.as_row(notice))
    return [Due(active[person_id], tuple(rows), own) for (person_id, own), rows in found.items()]


def mailed(session: Session, notice_ids: Sequence[int]) -> None:
    """These notices' letter has left, or never will."""
    session.execute(update(Notice).where(Notice.id.in_(notice_ids)).values(mail_due_at=None))


def _insert(session: Session) -> Any:
    return postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
