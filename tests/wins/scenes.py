"""What these tests begin with: people, principles, drafts, and wins in each state, made as the portal makes them."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import media
from portal.core.outbox import OutboxRow, Work
from portal.core.permissions import Actor, Role
from portal.knowledge.model import Kind
from portal.notices.model import About, Notice
from portal.people import as_actor
from portal.wins import drafts, posting
from portal.wins.drafts import DraftValues
from portal.wins.model import State, Win, WinDraft, WinStep
from portal.wins.posting import Rules
from tests.factories import NOW, a_page, a_person

ZONE = ZoneInfo("Europe/Zagreb")
AFTER, BEFORE = Rules("after", ZONE), Rules("before", ZONE)
MINUTE = timedelta(minutes=1)
LATER = NOW + timedelta(hours=3)


def an_actor(session: Session, *roles: Role, **over: object) -> Actor:
    """A person who acts."""
    return as_actor(a_person(session, roles=roles or (Role.EMPLOYEE,), password=False, **over))  # type: ignore[arg-type]


def an_editor(session: Session) -> Actor:
    """A person who decides on what is shared."""
    return an_actor(session, Role.EMPLOYEE, Role.EDITOR)


def id_of(actor: Actor) -> int:
    """The number of a person who is somebody."""
    assert actor.id is not None
    return actor.id


def a_principle(session: Session, **over: Any) -> int:
    """The number of a new principle."""
    return a_page(session, Kind.PRINCIPLE, **over).id


def a_picture(session: Session, owner: Actor, now: datetime = NOW) -> int:
    """The number of a picture that somebody has added."""
    return media.add_picture(session, owner, media.Encoded(b"RIFF full", b"RIFF small", 3, 2), now).id


def values(session: Session, **over: Any) -> DraftValues:
    """A draft in which nothing is missing."""
    if "principles" not in over:
        over["principles"] = (a_principle(session),)
    complete = DraftValues("en", "The hotel lamp", guided=False, markdown="She asked for a **bulb**. I brought one.")
    return replace(complete, **over)


def a_draft(session: Session, author: Actor, now: datetime = NOW, **over: Any) -> int:
    """The number of a win that its author has begun to write."""
    return drafts.begin_draft(session, author, values(session, **over), now).win_id


def a_win(
    session: Session,
    state: State = State.PUBLISHED,
    *,
    author: Actor | None = None,
    editor: Actor | None = None,
    now: datetime = NOW,
    **over: Any,
) -> Win:
    """A win in that state, on the shortest way there; ``over`` says what stands in it."""
    author = author or an_actor(session)
    win_id = a_draft(session, author, now, **over)
    if state != State.DRAFT:
        posting.post(session, author, win_id, 1, BEFORE if state in {State.WAITING, State.DECLINED} else AFTER, now)
    if state == State.DECLINED:
        posting.decline(session, editor or an_editor(session), win_id, "Too short.", 1, BEFORE, now)
    if state == State.WITHDRAWN:
        posting.withdraw(session, author, win_id, now)
    session.flush()
    return session.get_one(Win, win_id)


def changed(
    session: Session, win: Win, author: Actor, rules: Rules = AFTER, now: datetime = LATER, **over: Any
) -> None:
    """Post a change of a win."""
    draft = drafts.open_again(session, author, win.id, now)
    version = drafts.save(session, author, win.id, replace(drafts.values_of(draft), **over), draft.version, now)
    posting.post(session, author, win.id, version, rules, now)
    session.flush()


def notices(session: Session, person: Actor) -> list[tuple[str, dict[str, Any]]]:
    """What somebody was told, the oldest first: its kind and its details."""
    wanted = select(Notice).where(Notice.person_id == person.id).order_by(Notice.id)
    return [(About(one.about), one.details) for one in session.scalars(wanted)]


def told(session: Session, person: Actor) -> list[str]:
    """The kinds of what somebody was told."""
    return [about for about, _ in notices(session, person)]


def steps(session: Session, win_id: int) -> list[tuple[str, int | None, str]]:
    """A win's audit trail, the oldest first."""
    wanted = select(WinStep).where(WinStep.win_id == win_id).order_by(WinStep.id)
    return [(one.step, one.actor_id, one.reason) for one in session.scalars(wanted)]


def work(session: Session, kind: Work, win_id: int) -> int:
    """How much work of a kind waits for a win."""
    rows = session.scalars(select(OutboxRow).where(OutboxRow.work == kind))
    return sum(row.payload.get("win") == win_id for row in rows)


def filled(principles: Sequence[int], **over: Any) -> dict[str, Any]:
    """A compose form as a browser sends it, with nothing missing."""
    form = {"title": "The hotel lamp", "guided": "no", "markdown": "She asked for a bulb. I brought one."}
    return {**form, "locale": "en", "principles": list(principles), "version": "0", "action": "post", **over}


def sent(client: FlaskClient, address: str, status: int = 303, **form: Any) -> str:
    """What the site answers to a form; where it leads to when it leads on."""
    answer = client.post(address, data=form)
    assert answer.status_code == status, (address, answer.status_code, answer.get_data(as_text=True)[:2_000])
    return answer.location or answer.get_data(as_text=True)


def the_win(session: Session) -> Win:
    """The win that was begun last."""
    session.expire_all()
    return session.scalars(select(Win).order_by(Win.id.desc()).limit(1)).one()


def draft_of(session: Session, win_id: int) -> DraftValues:
    """What stands in a draft by now."""
    session.expire_all()
    return drafts.values_of(session.get_one(WinDraft, win_id))


def version_in(page: str) -> str:
    """The draft's version that a page has seen."""
    return re.findall(r'name="version"[^>]*value="(\d+)"', page)[0]
