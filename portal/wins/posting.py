"""From a draft to what readers see: posted, changed, looked at by an editor, declined, taken back.

Every step is written to the audit trail; whoever is to know is told; search and feeds follow through the outbox.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, String, column, delete, func, select, table
from sqlalchemy.orm import Session

from .. import media, notices, people
from ..core import markup, outbox, versions
from ..core.errors import Conflict, Invalid, NotFound, Refused
from ..core.locale import Text, lazy, said_in
from ..core.outbox import Work
from ..core.permissions import Actor
from ..notices import About
from . import policy
from .drafts import DraftValues, values_of
from .model import (
    REASON_LENGTH,
    STORY_LENGTH,
    WIN,
    WINS,
    State,
    Step,
    Win,
    WinDraft,
    WinPicture,
    WinPrinciple,
    WinRevision,
    WinStep,
    WinThanks,
)

QUESTION_WORDS = ("What did the customer need?", "What did you do?", "What came of it?")
"""The guided questions, in the order of `drafts.QUESTIONS`; templates translate them for the reader."""
_PAGE = table("page", column("id", Integer), column("kind", String))


@dataclass(frozen=True)
class Rules:
    """What the company has set: when editors look (``after`` posting or ``before``), and its time zone."""

    moderation: str
    zone: ZoneInfo


@dataclass(frozen=True)
class Posted:
    """What became of a win that was posted: can it be read now, or does it wait for an editor?"""

    win_id: int
    waits: bool


def story_of(values: DraftValues) -> str:
    """The story in Markdown: as written, or the answers, each below its question in the story's language."""
    if not values.guided:
        return values.markdown.strip()
    told = zip(QUESTION_WORDS, values.answers, strict=True)
    return "\n\n".join(
        f"## {said_in(values.locale, question)}\n\n{text.strip()}" for question, text in told if text.strip()
    )


def faults(session: Session, actor: Actor, values: DraftValues) -> dict[str, Text]:
    """What keeps a draft from being posted, by field."""
    wrong: dict[str, Text] = {}
    if not values.title.strip():
        wrong["title"] = lazy("Give it a title: the one line by which colleagues will remember it.")
    story = story_of(values)
    if values.guided and not values.answers[1].strip():
        wrong["did"] = lazy("Tell what you did: that is what others can learn from.")
    elif not story:
        wrong["markdown"] = lazy("Tell the story: a few sentences are enough.")
    if len(story) > STORY_LENGTH:
        wrong["markdown"] = lazy("The story can have at most %(max)d characters.", max=STORY_LENGTH)
    if not values.principles:
        wrong["principles"] = lazy("Choose at least one principle that this lives.")
    elif set(values.principles) - _principles(session, values.principles):
        wrong["principles"] = lazy("One of the principles is gone. Choose again, please.")
    working = {colleague.id for colleague in people.colleagues(session, values.thanked, values.locale)}
    if set(values.thanked) - working:
        wrong["thanked"] = lazy("Somebody here no longer works with us. Take them out, please.")
    if actor.id in values.thanked:
        wrong["thanked"] = lazy("It is your win already; thank the others.")
    pictures = [picture_id for picture_id, _ in values.pictures]
    if set(pictures) - media.owned(session, actor, pictures):
        wrong["pictures"] = media.PictureGone.message
    return wrong


def post(session: Session, actor: Actor, win_id: int, version: int, rules: Rules, now: datetime) -> Posted:
    """Post the draft of one's own win, for the first time or as a change; the draft is gone then.

    ``version`` is the draft's that the author saw last. Raises NotFound, Conflict, Invalid.
    """
    win = session.get(Win, win_id, with_for_update=True)
    draft = session.get(WinDraft, win_id, with_for_update=True)
    if win is None or draft is None or not policy.owns(actor, win):
        raise NotFound
    if draft.version != version:
        raise Conflict
    values = values_of(draft)
    wrong = faults(session, actor, values)
    if wrong:
        raise Invalid(wrong)
    revision = _revise(session, win, values, now)
    # What waits for an editor is not to lose its pictures meanwhile.
    media.keep(session, [picture["id"] for picture in revision.facts["pictures"]])
    session.delete(draft)
    win.submitted_at, win.pending = now, revision.number
    waits = policy.waits_for_editor(actor, win, rules.moderation)
    if waits:
        if win.state != State.PUBLISHED:
            win.state = State.WAITING
        _step(session, win, actor, Step.SUBMITTED, now)
    else:
        _step(session, win, actor, Step.EDITED if win.published_at else Step.PUBLISHED, now)
        _publish(session, win, revision, rules, now)
    return Posted(win_id, waits)


def approve(session: Session, editor: Actor, win_id: int, revision: int, rules: Rules, now: datetime) -> None:
    """Let everybody read the ``revision`` that waits. Raises Refused, NotFound, Conflict (another one waits by now)."""
    win = _for_editor(session, editor, win_id)
    if win.pending is None or win.pending != revision:
        raise Conflict
    waiting = session.get_one(WinRevision, (win_id, revision))
    _step(session, win, editor, Step.PUBLISHED, now)
    _publish(session, win, waiting, rules, now)
    _tell_author(session, win, editor, About.PUBLISHED, waiting, "", rules, now)


def decline(
    session: Session, editor: Actor, win_id: int, reason: str, revision: int, rules: Rules, now: datetime
) -> bool:
    """Send back what waits, or take out what is published, with a ``reason`` that the author reads. Is the win out?

    What waits as a change of a published win is declined alone: readers go on seeing the win as it was. ``revision`` is
    the one that the editor saw. Raises Refused, NotFound, Conflict, Invalid.
    """
    win = _for_editor(session, editor, win_id)
    reason = reason.strip()
    if not reason or len(reason) > REASON_LENGTH:
        raise Invalid(
            {"reason": lazy("Say why, in at most %(max)d characters: the author reads it.", max=REASON_LENGTH)}
        )
    if win.state not in {State.WAITING, State.PUBLISHED} or revision != (win.pending or win.current):
        raise Conflict
    seen = session.get_one(WinRevision, (win_id, revision))
    if out := win.pending is None or win.state == State.WAITING:
        win.state = State.DECLINED
        _taken_out(session, win, now)
    win.pending = None
    _step(session, win, editor, Step.DECLINED, now, reason)
    _tell_author(session, win, editor, About.DECLINED, seen, reason, rules, now)
    return out


def withdraw(session: Session, actor: Actor, win_id: int, now: datetime) -> None:
    """Take one's own win back; it can be posted again. Raises NotFound, Conflict."""
    win = session.get(Win, win_id, with_for_update=True)
    if win is None or not policy.owns(actor, win):
        raise NotFound
    if not policy.may_withdraw(actor, win):
        raise Conflict
    win.state, win.pending = State.WITHDRAWN, None
    _step(session, win, actor, Step.WITHDRAWN, now)
    _taken_out(session, win, now)


def decline_thanks(session: Session, actor: Actor, win_id: int, now: datetime) -> None:
    """Take oneself off a win's thanks, for good. Raises NotFound."""
    win = session.get(Win, win_id)
    thanks = session.get(WinThanks, (win_id, actor.id)) if actor.id is not None else None
    if win is None or thanks is None or not policy.sees(actor, win):
        raise NotFound
    if thanks.declined_at is None:
        thanks.declined_at = now
        _step(session, win, actor, Step.UNTHANKED, now)
        _shown_otherwise(session, win, now)


def note(session: Session, actor: Actor, win_id: int, step: Step, now: datetime, reason: str = "") -> None:
    """Write a step that others took to the audit trail. Raises NotFound."""
    win = session.get(Win, win_id)
    if win is None:
        raise NotFound
    _step(session, win, actor, step, now, reason)


def _for_editor(session: Session, editor: Actor, win_id: int) -> Win:
    if not policy.may_moderate(editor):
        raise Refused
    win = session.get(Win, win_id, with_for_update=True)
    if win is None or not policy.sees(editor, win):
        raise NotFound
    return win


def _revise(session: Session, win: Win, values: DraftValues, now: datetime) -> WinRevision:
    last = session.scalar(select(func.max(WinRevision.number)).where(WinRevision.win_id == win.id)) or 0
    story = story_of(values)
    made = markup.render(story)
    revision = WinRevision(
        win_id=win.id,
        number=last + 1,
        locale=values.locale,
        title=values.title.strip(),
        markdown=story,
        html=made.html,
        text=made.text,
        facts={
            "principles": list(dict.fromkeys(values.principles)),
            "thanked": list(dict.fromkeys(values.thanked)),
            "pictures": [{"id": picture_id, "alt": alt.strip()} for picture_id, alt in dict(values.pictures).items()],
        },
        created_at=now,
    )
    session.add(revision)
    session.flush()
    return revision


def _publish(session: Session, win: Win, revision: WinRevision, rules: Rules, now: datetime) -> None:
    if win.published_at is None:
        win.published_at, win.team_id = now, people.team_of(session, win.author_id)
        outbox.add(session, Work.WEBHOOK, {"win": win.id}, now)
    else:
        win.edited_at = now
    win.state, win.current, win.pending, win.locale = State.PUBLISHED, revision.number, None, revision.locale
    session.flush()
    facts = revision.facts
    session.execute(delete(WinPrinciple).where(WinPrinciple.win_id == win.id))
    session.execute(delete(WinPicture).where(WinPicture.win_id == win.id))
    # A principle that went while the win waited is no reason to keep it from readers.
    there = _principles(session, facts["principles"])
    session.add_all(WinPrinciple(win_id=win.id, page_id=page_id) for page_id in facts["principles"] if page_id in there)
    session.add_all(
        WinPicture(win_id=win.id, picture_id=picture["id"], alt=picture["alt"], position=place)
        for place, picture in enumerate(facts["pictures"], 1)
    )
    _thank(session, win, revision, facts["thanked"], rules, now)
    _shown_otherwise(session, win, now)


def _principles(session: Session, ids: Sequence[int]) -> set[int]:
    """Those of ``ids`` that are principles: of another domain's table, the key alone that ours points at."""
    return set(session.scalars(select(_PAGE.c.id).where(_PAGE.c.id.in_(ids), _PAGE.c.kind == "principle")))


def _thank(
    session: Session, win: Win, revision: WinRevision, thanked: Sequence[int], rules: Rules, now: datetime
) -> None:
    """Thank those who aren't thanked yet; whoever took themselves off is not asked again."""
    known = set(session.scalars(select(WinThanks.person_id).where(WinThanks.win_id == win.id)))
    session.execute(
        delete(WinThanks).where(
            WinThanks.win_id == win.id, WinThanks.person_id.not_in(thanked), WinThanks.declined_at.is_(None)
        )
    )
    author = people.names(session, [win.author_id])[win.author_id]
    for person_id in thanked:
        if person_id not in known:
            session.add(WinThanks(win_id=win.id, person_id=person_id))
            details = {"names": [author], "title": revision.title, "locale": revision.locale}
            notices.tell(session, person_id, About.THANKED, WIN, win.id, details, address(win.id), now, zone=rules.zone)


def _tell_author(
    session: Session,
    win: Win,
    editor: Actor,
    about: About,
    seen: WinRevision,
    reason: str,
    rules: Rules,
    now: datetime,
) -> None:
    if win.author_id != editor.id:
        details = {"names": [editor.name], "title": seen.title, "locale": seen.locale, "reason": reason}
        notices.tell(session, win.author_id, about, WIN, win.id, details, address(win.id), now, zone=rules.zone)


def address(win_id: int) -> str:
    """Where a win is read."""
    return f"/wins/{win_id}"


def anchor(comment_id: int) -> str:
    """Where on a win's page a comment stands."""
    return f"#comment-{comment_id}"


def forget_comment(session: Session, win_id: int, comment_id: int) -> None:
    """Take back what people were told of a comment that is deleted: its words stand in there."""
    notices.take_back(session, WIN, win_id, address=address(win_id) + anchor(comment_id))


def _shown_otherwise(session: Session, win: Win, now: datetime) -> None:
    """What readers see of the win has changed: search is to follow, and what was kept holds no more."""
    outbox.add(session, Work.INDEX, {"win": win.id}, now)
    versions.changed(session, WINS)


def _taken_out(session: Session, win: Win, now: datetime) -> None:
    """Nobody but author and editors sees the win any more: neither is it named in what others were told."""
    notices.take_back(session, WIN, win.id, but=win.author_id)
    _shown_otherwise(session, win, now)


def _step(session: Session, win: Win, actor: Actor, step: Step, now: datetime, reason: str = "") -> None:
    session.add(WinStep(win_id=win.id, actor_id=actor.id, step=step, reason=reason, at=now))
