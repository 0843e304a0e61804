"""What the tests of drafts begin with: editors, drafts and pictures."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.core.permissions import Actor, Role
from portal.knowledge import DraftValues, Kind, add_draft
from portal.knowledge.model import PageDraft
from portal.media.model import Picture
from portal.people import as_actor
from tests.factories import NOW, a_person

TYPED = {
    "title": "Typed title", "summary": "Typed summary", "slug": "typed", "locale": "en", "markdown": "## Typed",
    "version": "1",
}  # fmt: skip
"""What a browser sends of a draft's form."""


def an_editor(session: Session, **over: object) -> Actor:
    return as_actor(a_person(session, roles=[Role.EDITOR], **over))  # type: ignore[arg-type]


def draft_values(**over: Any) -> DraftValues:
    values = {
        "kind": Kind.STORY,
        "slug": "",
        "locale": "en",
        "title": "The lamp",
        "summary": "She came back.",
        "markdown": "## Then\n\nShe came back to say so.",
    }
    return DraftValues(**(values | over))


def a_draft(session: Session, editor: Actor | None = None, now: datetime = NOW, **over: Any) -> PageDraft:
    return add_draft(session, editor or an_editor(session), draft_values(**over), now)


def a_picture(session: Session, owner: Actor | None = None) -> int:
    """The id of a picture; what is in it, nobody looks at here."""
    picture = Picture(owner_id=(owner or an_editor(session)).id, width=3, height=2, created_at=NOW)
    session.add(picture)
    session.flush()
    return picture.id
