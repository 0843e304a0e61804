"""The weekly digest: which week is due, who waits for it, who has had it. What stands in it is others' business."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from sqlalchemy import func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from .. import people
from . import queries
from .model import About, DigestSent, Mailing
from .policy import HOUR, MONDAY


@dataclass(frozen=True)
class Week:
    """The seven days that one digest tells of, up to the Monday morning on which it is due; ``monday`` names it."""

    monday: date
    since: datetime
    until: datetime

    @property
    def name(self) -> str:
        """How it is remembered; later weeks have greater names."""
        return self.monday.isoformat()


def week_due(now: datetime, zone: tzinfo) -> Week:
    """The week whose digest is due at ``now``: the last that has ended. An earlier one is not made up for."""
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=(today.weekday() - MONDAY) % 7)
    if _morning(monday, zone) > now:
        monday -= timedelta(days=7)
    return Week(monday, _morning(monday - timedelta(days=7), zone), _morning(monday, zone))


def _morning(day: date, zone: tzinfo) -> datetime:
    # By the calendar and not by hours: in the week in which clocks change, eight is still eight.
    return datetime.combine(day, time(HOUR), zone).astimezone(UTC)


def awaiting_digest(session: Session, week: Week, after: int, limit: int) -> list[int]:
    """The next few ids, above ``after``, of people for whom nobody has looked at this week yet.

    Whoever came after the week had ended begins with the next one.
    """
    staff = people.working_since(week.until).subquery()
    wanted = (
        select(staff.c.id)
        .outerjoin(DigestSent, DigestSent.person_id == staff.c.id)
        .where(staff.c.id > after, or_(DigestSent.week.is_(None), DigestSent.week < week.name))
    )
    return list(session.scalars(wanted.order_by(staff.c.id).limit(limit)))


def want_digest(session: Session, ids: Collection[int]) -> set[int]:
    """Those of ``ids`` who want the digest."""
    chosen = queries.choices_of(session, ids)
    return {one for one in ids if chosen[one][About.DIGEST] is not Mailing.NEVER}


def digest_done(session: Session, ids: Collection[int], week: Week) -> None:
    """These people have had this week's digest, or there is none for them. May be said twice."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    rows = insert(DigestSent).values([{"person_id": one, "week": week.name} for one in ids])
    later = func.max if session.get_bind().dialect.name == "sqlite" else func.greatest
    session.execute(
        rows.on_conflict_do_update(
            index_elements=[DigestSent.person_id], set_={"week": later(DigestSent.week, rows.excluded.week)}
        )
    )
