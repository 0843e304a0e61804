"""Who may do what with pictures."""

from ..core.permissions import Actor, Can


def may_add(actor: Actor) -> bool:
    """May ``actor`` add pictures?"""
    return actor.can(Can.SHARE_WINS) or actor.can(Can.EDIT_KNOWLEDGE)


def is_own(actor: Actor, owner_id: int) -> bool:
    """Did ``actor`` add the picture of ``owner_id``? Such a picture they always see."""
    return actor.id is not None and actor.id == owner_id
