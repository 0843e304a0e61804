"""When what is mailed, unless a person chose otherwise, and who may read a notice."""

from datetime import datetime, timedelta, tzinfo

from ..core.permissions import Actor
from .model import About, Mailing

DEFAULTS: dict[About, Mailing] = {
    About.THANKED: Mailing.AT_ONCE,
    About.MENTIONED: Mailing.AT_ONCE,
    About.COMMENTED: Mailing.AT_ONCE,
    About.REACTED: Mailing.DAILY,
    About.PUBLISHED: Mailing.AT_ONCE,
    About.DECLINED: Mailing.AT_ONCE,
    About.ASKED: Mailing.AT_ONCE,
    About.DIGEST: Mailing.WEEKLY,
    About.SURVEY: Mailing.AT_ONCE,
    About.ACTION: Mailing.AT_ONCE,
}
HOUR = 8
"""The hour at which daily and weekly letters leave, in the company's time zone."""
MONDAY = 0


def offered(about: About) -> tuple[Mailing, ...]:
    """The ways in which this kind can be mailed: the digest of a week comes once a week or not at all."""
    return (Mailing.WEEKLY, Mailing.NEVER) if about is About.DIGEST else tuple(Mailing)


def mail_due_at(mailing: Mailing, now: datetime, zone: tzinfo) -> datetime | None:
    """When something that happens at ``now`` is to be mailed, or None for never."""
    if mailing is Mailing.NEVER:
        return None
    if mailing is Mailing.AT_ONCE:
        return now
    day = now.astimezone(zone).date()
    # Whole days on the calendar, and not 24 hours: clocks change, and letters still leave at eight.
    while True:
        at = datetime(day.year, day.month, day.day, HOUR, tzinfo=zone)
        if at > now and (mailing is Mailing.DAILY or day.weekday() == MONDAY):
            return at
        day += timedelta(days=1)


def may_read(actor: Actor, person_id: int) -> bool:
    """Is this notice for ``actor``? Nobody else has business with it."""
    return actor.id == person_id
