"""What owners of promises are told: that one was given to them, that it is due soon, that it is overdue."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from .. import notices, people
from ..core.permissions import Actor
from ..notices import About
from .action_model import ACTION, Action, ActionNote
from .action_queries import OPEN
from .rules import Rules
from .survey_queries import order

AHEAD = timedelta(days=7)
"""So long before a promise is due, its owner is reminded."""
DUE, OVERDUE = "action-due", "action-overdue"
"""What notices call the two reminders."""
_TITLE_LENGTH = 120


def today(rules: Rules, now: datetime) -> date:
    """The day that it is at ``now`` where the company is."""
    return now.astimezone(rules.zone).date()


def remind_owners(session: Session, now: datetime, rules: Rules) -> int:
    """Remind those whose promises are due within a week, or overdue with no word on why; the number of reminders.

    Each is said once, however often this is called.
    """
    day = today(rules, now)
    word = exists().where(ActionNote.action_id == Action.id, ActionNote.on >= Action.due_on)
    wanted = select(Action).where(
        Action.progress.in_(OPEN),
        Action.owner_id.is_not(None),
        Action.due_on <= day + AHEAD,
        or_(Action.reminded_on.is_(None), (Action.due_on < day) & (Action.reminded_on <= Action.due_on)),
        ~((Action.due_on < day) & word),
    )
    due = session.scalars(wanted.order_by(Action.id).with_for_update()).all()
    for own in due:
        _tell(session, own, OVERDUE if own.due_on < day else DUE, {}, rules, now)
        own.reminded_on = day
    return len(due)


def tell_owner(session: Session, actor: Actor, own: Action, rules: Rules, now: datetime) -> None:
    """Tell whoever a promise was given to; who is told a few days before it is due isn't reminded of that as well."""
    notices.take_back(session, ACTION, own.id)
    take_back_reminders(session, own)
    day = today(rules, now)
    own.reminded_on = day if day <= own.due_on <= day + AHEAD else None
    if own.owner_id != actor.id:
        _tell(session, own, ACTION, {"names": [actor.name], "by": actor.id}, rules, now)


def take_back_reminders(session: Session, own: Action) -> None:
    """There is nothing to be reminded of any more."""
    for reminder in (DUE, OVERDUE):
        notices.take_back(session, reminder, own.id)


def _tell(session: Session, own: Action, subject: str, more: Mapping[str, object], rules: Rules, now: datetime) -> None:
    assert own.owner_id is not None
    owner = people.addressees(session, [own.owner_id]).get(own.owner_id)
    languages = order(owner.locale if owner else rules.language, rules.language)
    code = next(code for code in (*languages, *own.promise) if code in own.promise)
    words = " ".join(own.promise[code].split())
    title = words if len(words) <= _TITLE_LENGTH else words[:_TITLE_LENGTH].rsplit(" ", 1)[0] + " …"
    details = {"title": title, "locale": code, **more}
    address = f"/surveys/promises/{own.id}"
    notices.tell(session, own.owner_id, About.ACTION, subject, own.id, details, address, now, zone=rules.zone)
