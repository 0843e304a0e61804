"""What people say to what others wrote: comments and answers to them, and reactions."""

import unicodedata
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from .. import people
from ..core.errors import Conflict, Invalid, NotFound, Refused, TooMany
from ..core.locale import lazy
from ..core.permissions import Actor
from . import mentions, policy
from .model import COMMENT, COMMENT_LENGTH, LARGEST_ID, Cheer, Comment, Mention, Outcome, Reaction, Report, Subject

WINDOW = timedelta(minutes=10)
COMMENTS_A_WINDOW = 30
_ONE_AT_A_TIME = 4_201  # What our locks in PostgreSQL are called, before the person's id.


@dataclass(frozen=True)
class Added:
    """What a comment brought about: who is named in it for the first time, and whom it answers; never its author."""

    comment_id: int
    mentioned: frozenset[int]
    answered: int | None


class CommentConflict(Conflict):
    """The comment was changed elsewhere since it was opened here; ``theirs`` is what it says since ``edited_at``."""

    message = lazy("This comment was changed in another window or on another device. Both texts are here.")

    def __init__(self, theirs: str, edited_at: datetime | None) -> None:
        self.theirs, self.edited_at = theirs, edited_at
        super().__init__()


def add_comment(
    session: Session, actor: Actor, subject: Subject, text: str, parent_id: int | None, now: datetime
) -> Added:
    """Say something to ``subject``, or answer comment ``parent_id`` of it; an answer to an answer stands beside it.

    Raises Refused, Invalid (``text``), NotFound (no such comment to answer), TooMany.
    """
    author = taking_part(session, actor)
    text = checked(text, "text", COMMENT_LENGTH)
    since = select(func.count()).where(Comment.author_id == author, Comment.created_at > now - WINDOW)
    if (session.scalar(since) or 0) >= COMMENTS_A_WINDOW:
        raise TooMany(int(WINDOW.total_seconds()))
    _clear_away(session, Comment.author_id == author, now)
    asked = None if parent_id is None else _of(session, subject, parent_id)
    comment = Comment(
        subject=subject.kind,
        subject_id=subject.id,
        parent_id=(asked.parent_id or asked.id) if asked else None,
        author_id=author,
        text=text,
        created_at=now,
    )
    session.add(comment)
    session.flush()
    named = _name(session, comment, {})
    return Added(comment.id, named - {author}, asked.author_id if asked and asked.author_id != author else None)


def edit_comment(
    session: Session, actor: Actor, comment_id: int, text: str, now: datetime, based_on: datetime | None
) -> Added:
    """Change one's own comment, which was edited at ``based_on`` (None: never) when it was opened here.

    Saving what it says already changes nothing. Who is named is told once a comment, however often it is changed.
    Raises NotFound, Refused, Invalid (``text``), CommentConflict.
    """
    comment = _locked(session, comment_id)
    if not policy.may_edit(actor, comment):
        raise Refused
    text = checked(text, "text", COMMENT_LENGTH)
    if text == comment.text:
        return Added(comment.id, frozenset(), None)
    if comment.edited_at != based_on:
        raise CommentConflict(comment.text, comment.edited_at)
    comment.text, comment.edited_at = text, now
    rows = session.execute(select(Mention.written, Mention.person_id).where(Mention.comment_id == comment.id))
    before = {row.written: row.person_id for row in rows}
    named = _name(session, comment, before)
    return Added(comment.id, named - set(before.values()) - {comment.author_id}, None)


def delete_comment(session: Session, actor: Actor, comment_id: int, now: datetime) -> None:
    """Take a comment out: its words are wiped; what was reported of it is settled. Raises NotFound, Refused.

    Its place is kept, for all to see, while it has answers. Else the row goes, if it is not so young that it counts
    for how much its author has said lately; then nobody sees it, and it goes when they next say something.
    """
    comment = _locked(session, comment_id)
    if not policy.may_delete(actor, comment):
        raise Refused
    parent_id = comment.parent_id
    comment.text, comment.deleted_at = "", now
    session.flush()
    session.execute(delete(Mention).where(Mention.comment_id == comment.id))
    session.execute(delete(Reaction).where(Reaction.subject == COMMENT, Reaction.subject_id == comment.id))
    session.execute(
        update(Report)
        .where(Report.subject == COMMENT, Report.subject_id == comment.id, Report.settled_at.is_(None))
        .values(settled_at=now, settled_by=actor.id, outcome=Outcome.REMOVED)
    )
    _clear_away(session, Comment.id == comment_id, now)
    if parent_id:
        _clear_away(session, Comment.id == parent_id, now)


def react(session: Session, actor: Actor, subject: Subject, cheer: Cheer, on: bool, now: datetime) -> bool:
    """Give a reaction or take it back; did that change anything? Raises Refused."""
    if not policy.may_take_part(actor):
        raise Refused
    key = {"subject": subject.kind, "subject_id": subject.id, "kind": cheer, "person_id": actor.id}
    if on:
        insert = postgresql.insert if _on_postgresql(session) else sqlite.insert
        row = insert(Reaction).values(**key, created_at=now).on_conflict_do_nothing()
        return session.execute(row.returning(Reaction.person_id)).first() is not None
    gone = delete(Reaction).where(*(getattr(Reaction, name) == value for name, value in key.items()))
    return session.execute(gone.returning(Reaction.person_id)).first() is not None


def taking_part(session: Session, actor: Actor) -> int:
    """The id of who says something, whose other requests wait meanwhile: none slips past a count. Raises Refused."""
    if actor.id is None or not policy.may_take_part(actor):
        raise Refused
    if _on_postgresql(session):  # On SQLite all writers wait for each other anyway.
        session.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME, actor.id)))
    return actor.id


def checked(text: str, field: str, longest: int) -> str:
    """``text`` as it is kept: in Unicode's form NFC, without control characters. Raises Invalid, about ``field``."""
    lines = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n"))
    kept = "".join(char for char in lines if char in "\n\t" or not _harms(char)).strip()
    if not any(unicodedata.category(char)[0] in "LNPS" for char in kept):
        raise Invalid({field: lazy("Please write something.")})
    if len(kept) > longest:
        raise Invalid({field: lazy("At most %(max)d characters, please.", max=longest)})
    return kept


def _harms(char: str) -> bool:
    """Is this a control character, half of a pair, or one that turns the direction of what follows?"""
    return (
        unicodedata.category(char) in {"Cc", "Cs", "Zp", "Zl"}
        or "\u202a" <= char <= "\u202e"
        or "\u2066" <= char <= "\u2069"
    )


def _name(session: Session, comment: Comment, before: Mapping[str, int]) -> frozenset[int]:
    """Keep whom the comment names besides those ``before``; the ids of all."""

    def lookup(names: AbstractSet[str], emails: AbstractSet[str]) -> dict[str, int | None]:
        both = {unicodedata.normalize(form, name) for form in ("NFC", "NFD") for name in names}
        called: dict[str, int | None] = {}
        for person in people.called(session, both, emails):
            if person.email in emails:
                called[person.email] = person.id
            name = unicodedata.normalize("NFC", person.name)
            if name in names:
                called[name] = None if name in called else person.id
        return called

    named = mentions.found(comment.text, lookup, before)
    session.add_all(
        Mention(comment_id=comment.id, written=written, person_id=person_id)
        for written, person_id in named.items()
        if written not in before
    )
    session.flush()
    return frozenset(named.values())


def _of(session: Session, subject: Subject, comment_id: int) -> Comment:
    """A comment of ``subject`` that can be answered, held until the answer stands. Raises NotFound."""
    comment = _locked(session, comment_id)
    if (comment.subject, comment.subject_id) != subject:
        raise NotFound
    return comment


def _locked(session: Session, comment_id: int) -> Comment:
    """A comment that was not deleted, for nobody else to change meanwhile. Raises NotFound."""
    known = 0 < comment_id <= LARGEST_ID  # Neither database can be asked for a larger one.
    comment = session.get(Comment, comment_id, with_for_update=True) if known else None
    if comment is None or comment.deleted_at is not None:
        raise NotFound
    return comment


def _clear_away(session: Session, which: ColumnElement[bool], now: datetime) -> None:
    """Remove the rows of ``which`` that were deleted, have no answers left and no longer count for their author."""
    answer = aliased(Comment)
    answered = exists().where(answer.parent_id == Comment.id, answer.deleted_at.is_(None))
    over = Comment.created_at <= now - WINDOW
    session.execute(delete(Comment).where(which, Comment.deleted_at.is_not(None), over, ~answered))


def _on_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
