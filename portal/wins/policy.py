"""Who may see and do what with a win. Pure."""

from typing import Protocol

from ..core.permissions import Actor, Can
from .model import State


class Owned(Protocol):
    """What a policy looks at of a win."""

    @property
    def author_id(self) -> int: ...

    @property
    def state(self) -> str: ...


def may_share(actor: Actor) -> bool:
    """May this person tell a win of their own?"""
    return actor.id is not None and actor.can(Can.SHARE_WINS)


def may_subscribe(actor: Actor) -> bool:
    """May this person read wins in a program of their own?"""
    return actor.id is not None and actor.can(Can.READ_WINS)


def may_moderate(actor: Actor) -> bool:
    """Is this person one of the editors who decide on what is shared?"""
    return actor.can(Can.MODERATE)


def owns(actor: Actor, win: Owned) -> bool:
    """Is it this person's own win?"""
    return actor.id is not None and actor.id == win.author_id


def sees(actor: Actor, win: Owned) -> bool:
    """May this person read the win? Drafts are their author's alone; editors see all that was ever posted."""
    if win.state == State.PUBLISHED:
        return actor.can(Can.READ_WINS)
    return owns(actor, win) or (may_moderate(actor) and win.state != State.DRAFT)


def may_withdraw(actor: Actor, win: Owned) -> bool:
    """May this person take the win back?"""
    return owns(actor, win) and win.state in {State.PUBLISHED, State.WAITING, State.DECLINED}


def waits_for_editor(actor: Actor, win: Owned | None, moderation: str) -> bool:
    """Does what this person posts wait until an editor has seen it? ``moderation`` is ``after`` or ``before``.

    Without a ``win`` it is a new one. What an editor declined always does: nobody puts it back past them.
    """
    return (moderation == "before" or (win is not None and win.state == State.DECLINED)) and not may_moderate(actor)
