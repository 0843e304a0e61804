"""Who may do what with accounts."""

from ..core.permissions import Actor, Can, Role


def may_manage(actor: Actor) -> bool:
    """May ``actor`` add people and change their accounts?"""
    return actor.can(Can.MANAGE_PEOPLE)


def would_leave_no_admin(other_admins: int, roles: frozenset[Role], active: bool) -> bool:
    """Would the site be without an administrator if this account had these ``roles`` and state?"""
    return other_admins == 0 and not (active and Role.ADMIN in roles)
