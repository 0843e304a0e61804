"""Who may change the guidance."""

from ..core.permissions import Actor, Can


def may_edit(actor: Actor) -> bool:
    """May ``actor`` write pages?"""
    return actor.can(Can.EDIT_KNOWLEDGE)
