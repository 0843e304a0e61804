"""What these tests begin with: people, something to talk about, and comments on it."""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.core.permissions import Actor, Role
from portal.discussion import Subject, add_comment
from portal.people import as_actor
from tests.factories import NOW, a_person

WIN = Subject("win", 7)


def an_actor(session: Session, *roles: Role, **over: object) -> Actor:
    """A person who acts."""
    return as_actor(a_person(session, roles=roles or (Role.EMPLOYEE,), password=False, **over))  # type: ignore[arg-type]


def a_comment(
    session: Session,
    author: Actor,
    text: str = "Well done.",
    *,
    subject: Subject = WIN,
    parent_id: int | None = None,
    now: datetime = NOW,
) -> int:
    """The number of a new comment."""
    return add_comment(session, author, subject, text, parent_id, now).comment_id
