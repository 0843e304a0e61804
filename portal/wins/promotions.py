"""From a win to a case story: the author is asked, may be named or not, and win and story find each other.

The story itself is the guidance's; what joins the two stands in `home`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import notices
from ..core import versions
from ..core.errors import Conflict, NotFound, Refused
from ..core.locale import lazy
from ..core.permissions import SYSTEM, Actor
from ..notices import About
from . import policy
from .model import WIN, WINS, Promotion, State, Step, Win, WinRevision
from .posting import Rules, address, note


class Consent(StrEnum):
    """What an author says to their win becoming a case story."""

    ASKED = "asked"
    NAMED = "named"
    ANONYMOUS = "anonymous"
    REFUSED = "refused"


GIVEN = frozenset({Consent.NAMED, Consent.ANONYMOUS})


class NoConsent(Conflict):
    """The win's author has not agreed to the story."""

    message = lazy("The author of the win hasn’t agreed to this story yet. They have been asked.")


@dataclass(frozen=True)
class Material:
    """What a story is made of: a published win's own text, principles and pictures."""

    win_id: int
    locale: str
    title: str
    markdown: str
    principles: tuple[int, ...]
    pictures: tuple[tuple[int, str], ...]


def material(session: Session, editor: Actor, win_id: int) -> Material:
    """What a case story would be made of. Raises Refused, NotFound, Conflict (it is on its way already)."""
    if not policy.may_moderate(editor):
        raise Refused
    win = session.get(Win, win_id, with_for_update=True)
    if win is None or win.state != State.PUBLISHED:
        raise NotFound
    if session.get(Promotion, win_id) is not None:
        raise Conflict
    revision = session.get_one(WinRevision, (win_id, win.current))
    facts = revision.facts
    return Material(
        win_id,
        revision.locale,
        revision.title,
        revision.markdown,
        tuple(facts["principles"]),
        tuple((picture["id"], picture["alt"]) for picture in facts["pictures"]),
    )


def ask(session: Session, editor: Actor, win_id: int, draft_id: int, rules: Rules, now: datetime) -> None:
    """Ask the author about the story whose draft was made. Raises NotFound."""
    win = session.get(Win, win_id)
    if win is None:
        raise NotFound
    session.add(Promotion(win_id=win_id, editor_id=editor.id, consent=Consent.ASKED, draft_id=draft_id, asked_at=now))
    note(session, editor, win_id, Step.CONSENT_ASKED, now)
    revision = session.get_one(WinRevision, (win_id, win.current))
    details = {"names": [editor.name], "title": revision.title, "locale": revision.locale}
    where = f"{address(win_id)}/consent"
    notices.tell(session, win.author_id, About.ASKED, WIN, win_id, details, where, now, zone=rules.zone)


def answer(session: Session, actor: Actor, win_id: int, consent: Consent, now: datetime) -> None:
    """What the author says; they may think otherwise until the story is out. Raises NotFound, Conflict."""
    win = session.get(Win, win_id)
    asked = session.get(Promotion, win_id, with_for_update=True)
    if win is None or asked is None or not policy.owns(actor, win) or consent is Consent.ASKED:
        raise NotFound
    if asked.page_id is not None and consent is Consent.REFUSED:
        raise Conflict(lazy("The story is published already. Ask an editor to take it out."))
    asked.consent, asked.answered_at = consent, now
    note(session, actor, win_id, Step.CONSENT_GIVEN if consent in GIVEN else Step.CONSENT_REFUSED, now)
    versions.changed(session, WINS)


def published(session: Session, draft_id: int, page_id: int, now: datetime) -> None:
    """A draft has become a page: when it was made of a win, the two are linked. Raises NoConsent."""
    found = session.scalar(select(Promotion).where(Promotion.draft_id == draft_id).with_for_update())
    if found is None:
        return
    if found.consent not in GIVEN:
        raise NoConsent
    found.page_id = page_id
    session.flush()
    note(session, SYSTEM, found.win_id, Step.PROMOTED, now)
    versions.changed(session, WINS)


def of_draft(session: Session, draft_id: int) -> Promotion | None:
    """The promotion whose story a draft is, if it is one."""
    return session.scalar(select(Promotion).where(Promotion.draft_id == draft_id))
