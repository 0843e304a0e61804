"""What an author is writing: begun, saved as they type, found again, thrown away."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ..core.errors import Conflict, Invalid, NotFound, Refused, TooMany
from ..core.locale import Text, available, lazy
from ..core.permissions import Actor
from . import policy
from .model import (
    ANSWER_LENGTH,
    MOST_PICTURES,
    MOST_PRINCIPLES,
    MOST_THANKED,
    STORY_LENGTH,
    TITLE_LENGTH,
    State,
    Win,
    WinDraft,
    WinRevision,
)

QUESTIONS = ("need", "did", "outcome")
BEGUN_AN_HOUR = 30
ALT_LENGTH = 300
_HARMFUL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True)
class DraftValues:
    """What stands in the form: a story in Markdown, or (``guided``) answers to `QUESTIONS`.

    ``thanked`` and ``principles`` are ids, ``pictures`` (id, words for those who don't see it).
    """

    locale: str
    title: str = ""
    guided: bool = True
    markdown: str = ""
    answers: tuple[str, str, str] = ("", "", "")
    thanked: tuple[int, ...] = ()
    principles: tuple[int, ...] = ()
    pictures: tuple[tuple[int, str], ...] = ()

    @property
    def empty(self) -> bool:
        """Is nothing written yet that would be missed?"""
        return not any((self.title.strip(), self.markdown.strip(), "".join(self.answers).strip(), self.pictures))


class DraftConflict(Conflict):
    """The draft was saved elsewhere since it was opened here; ``theirs`` is what stands there now."""

    message = lazy("This was changed in another window or on another device. Both texts are here: nothing is lost.")

    def __init__(self, theirs: DraftValues, version: int) -> None:
        self.theirs, self.version = theirs, version
        super().__init__()


def begin_draft(session: Session, actor: Actor, values: DraftValues, now: datetime) -> WinDraft:
    """Begin a win. Raises Refused, Invalid, TooMany."""
    if not policy.may_share(actor) or actor.id is None:
        raise Refused
    since = select(func.count()).where(Win.author_id == actor.id, Win.created_at > now - timedelta(hours=1))
    if (session.scalar(since) or 0) >= BEGUN_AN_HOUR:
        raise TooMany(3600)
    values = _kept(values)
    _check(values)
    win = Win(author_id=actor.id, locale=values.locale, created_at=now)
    session.add(win)
    session.flush()
    draft = WinDraft(win_id=win.id, **_columns(values), saved_at=now)
    session.add(draft)
    session.flush()
    return draft


def open_again(session: Session, actor: Actor, win_id: int, now: datetime) -> WinDraft:
    """The draft of one's own win; of one that was posted, a new draft of what it says. Raises NotFound."""
    win = _own(session, actor, win_id)
    draft = session.get(WinDraft, win_id)
    if draft is None:
        # The newest: also one that was declined or taken back before anybody read it is there to be written on.
        newest = select(WinRevision).where(WinRevision.win_id == win.id).order_by(WinRevision.number.desc()).limit(1)
        revision = session.scalar(newest)
        if revision is None:
            raise NotFound
        draft = WinDraft(win_id=win_id, **_columns(values_of_revision(revision)), saved_at=now)
        session.add(draft)
        session.flush()
    return draft


def save(session: Session, actor: Actor, win_id: int, values: DraftValues, version: int, now: datetime) -> int:
    """Save the draft that had ``version`` when it was opened here; its version now.

    Saving the same again changes nothing. Raises NotFound, Invalid, and DraftConflict when another window was faster.
    """
    _own(session, actor, win_id)
    draft = session.get(WinDraft, win_id, with_for_update=True)
    if draft is None:
        raise NotFound
    values, theirs = _kept(values), values_of(draft)
    if theirs == values:
        return draft.version
    if draft.version != version:
        raise DraftConflict(theirs, draft.version)
    _check(values)
    session.execute(
        update(WinDraft).where(WinDraft.win_id == win_id).values(**_columns(values), version=version + 1, saved_at=now)
    )
    session.expire(draft)
    return version + 1


def discard(session: Session, actor: Actor, win_id: int) -> bool:
    """Throw the draft away; a win that was never posted goes with it. Was it? Raises NotFound."""
    win = _own(session, actor, win_id)
    draft = session.get(WinDraft, win_id)
    if draft:
        session.delete(draft)
        session.flush()
    if win.state == State.DRAFT:
        session.delete(win)
        return True
    return False


def values_of(draft: WinDraft) -> DraftValues:
    """What stands in a draft."""
    return DraftValues(
        locale=draft.locale,
        title=draft.title,
        guided=draft.guided,
        markdown=draft.markdown,
        answers=_three([str(draft.answers.get(question, "")) for question in QUESTIONS]),
        thanked=tuple(draft.thanked),
        principles=tuple(draft.principles),
        pictures=tuple((picture["id"], picture["alt"]) for picture in draft.pictures),
    )


def values_of_revision(revision: WinRevision) -> DraftValues:
    """What a posted revision says, to be written on."""
    facts = revision.facts
    return DraftValues(
        locale=revision.locale,
        title=revision.title,
        guided=False,
        markdown=revision.markdown,
        thanked=tuple(facts["thanked"]),
        principles=tuple(facts["principles"]),
        pictures=tuple((picture["id"], picture["alt"]) for picture in facts["pictures"]),
    )


def _own(session: Session, actor: Actor, win_id: int) -> Win:
    win = session.get(Win, win_id)
    if win is None or not policy.owns(actor, win):
        raise NotFound  # Not Refused: that there is such a draft is nobody else's business.
    return win


def _kept(values: DraftValues) -> DraftValues:
    """``values`` without what nobody types: control characters, and those that turn round what follows them."""
    return replace(
        values,
        title=_clean(values.title),
        markdown=_clean(values.markdown),
        answers=_three([_clean(answer) for answer in values.answers]),
        pictures=tuple((picture_id, _clean(alt)) for picture_id, alt in values.pictures),
    )


def _clean(text: str) -> str:
    return _HARMFUL.sub("", text)


def _check(values: DraftValues) -> None:
    """A draft may lack anything, but holds no more than a win can."""
    wrong: dict[str, Text] = {}
    if len(values.title) > TITLE_LENGTH or len(values.title.splitlines()) > 1:
        wrong["title"] = lazy("A title is one line of at most %(max)d characters.", max=TITLE_LENGTH)
    if len(values.markdown) > STORY_LENGTH:
        wrong["markdown"] = lazy("The story can have at most %(max)d characters.", max=STORY_LENGTH)
    for question, answer in zip(QUESTIONS, values.answers, strict=True):
        if len(answer) > ANSWER_LENGTH:
            wrong[question] = lazy("An answer can have at most %(max)d characters.", max=ANSWER_LENGTH)
    if values.locale not in available():
        wrong["locale"] = lazy("The portal doesn’t speak this language.")
    for name, chosen, most in (
        ("thanked", values.thanked, MOST_THANKED),
        ("principles", values.principles, MOST_PRINCIPLES),
        ("pictures", values.pictures, MOST_PICTURES),
    ):
        if len(chosen) > most:
            wrong[name] = lazy("At most %(max)d here, please.", max=most)
    if any(len(alt) > ALT_LENGTH for _, alt in values.pictures):
        wrong["pictures"] = lazy("The words for a picture can have at most %(max)d characters.", max=ALT_LENGTH)
    if wrong:
        raise Invalid(wrong)


def _columns(values: DraftValues) -> dict[str, object]:
    return {
        "locale": values.locale,
        "title": values.title,
        "guided": values.guided,
        "markdown": values.markdown,
        "answers": dict(zip(QUESTIONS, values.answers, strict=True)),
        "thanked": list(values.thanked),
        "principles": list(values.principles),
        "pictures": [{"id": picture_id, "alt": alt} for picture_id, alt in values.pictures],
    }


def _three(texts: Sequence[str]) -> tuple[str, str, str]:
    need, did, outcome = texts
    return need, did, outcome
