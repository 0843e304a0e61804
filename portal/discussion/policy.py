"""Who may do what with what people say. Pure; who may see the subject is for the domain that it belongs to."""

from datetime import datetime
from typing import Protocol

from ..core.permissions import Actor, Can


class Written(Protocol):
    """What a policy looks at of a comment."""

    @property
    def author_id(self) -> int: ...

    @property
    def deleted_at(self) -> datetime | None: ...


def may_take_part(actor: Actor) -> bool:
    """May this person say something: comment, react, report?"""
    return actor.id is not None and actor.can(Can.USE)


def may_moderate(actor: Actor) -> bool:
    """Is this person one of the editors who decide on what was reported?"""
    return actor.can(Can.MODERATE)


def may_edit(actor: Actor, comment: Written) -> bool:
    """May this person change the comment's words? Its author alone."""
    return may_take_part(actor) and comment.deleted_at is None and actor.id == comment.author_id


def may_delete(actor: Actor, comment: Written) -> bool:
    """May this person take the comment out? Its author and editors."""
    return comment.deleted_at is None and (may_edit(actor, comment) or may_moderate(actor))


def may_report(actor: Actor, author_id: int | None) -> bool:
    """May this person report what ``author_id`` wrote? Everybody but its author."""
    return may_take_part(actor) and actor.id != author_id
