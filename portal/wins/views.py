"""A win as it is read: put together with its people, pictures, cheers, in the same number of questions for any many."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .. import discussion, media, people
from ..core import markup
from ..core.permissions import Actor
from ..discussion import Cheers
from ..media import PictureView
from .model import WIN, Promotion, State, Win, WinRevision, WinThanks

EXCERPT = 420
_HEADING = re.compile(r"<h([2-6])\b[^>]*>(.*?)</h\1>", re.DOTALL)
_PERMALINK = re.compile(r'<a class="permalink".*?</a>', re.DOTALL)


@dataclass(frozen=True)
class Person:
    """Somebody as a win names them."""

    id: int
    name: str


@dataclass(frozen=True)
class Shown:
    """A picture of a win with the words for those who don't see it."""

    picture: PictureView
    alt: str


@dataclass(frozen=True)
class WinView:
    """A win as it is read, in a list or alone. ``story_id`` is the page that it became."""

    id: int
    state: State
    title: str
    locale: str
    html: str
    text: str
    author: Person
    team: str
    team_id: int | None
    published_at: datetime | None
    edited_at: datetime | None
    revision: int
    pending: int | None
    principles: tuple[int, ...]
    thanked: tuple[Person, ...]
    pictures: tuple[Shown, ...]
    cheers: Cheers
    comments: int
    story_id: int | None = None

    @property
    def address(self) -> str:
        """Where it is read alone."""
        return f"/wins/{self.id}"

    @property
    def excerpt(self) -> str:
        """The beginning of the story, in whole words, without its headings: they are often the same questions."""
        headings = {markup.plain(_PERMALINK.sub("", words)).strip() for _, words in _HEADING.findall(self.html)}
        words = " ".join(" ".join(line for line in self.text.split("\n") if line.strip() not in headings).split())
        return words if len(words) <= EXCERPT else words[:EXCERPT].rsplit(" ", 1)[0] + " …"


def views(
    session: Session, reader: Actor, wins: Sequence[Win], locale: str, *, pending: bool = False
) -> tuple[WinView, ...]:
    """``wins`` as they are read, in that order; what waits instead of what is published with ``pending``.

    A win that was never published is shown as it waits, or waited.
    """
    ids = [one.id for one in wins]
    numbers = _shown_revisions(session, wins, pending)
    revisions = {
        revision.win_id: revision
        for revision in session.scalars(
            # Pairs would not find the index on SQLite; so the few other revisions with such numbers are read as well.
            select(WinRevision).where(WinRevision.win_id.in_(ids), WinRevision.number.in_(set(numbers.values())))
        )
        if revision.number == numbers[revision.win_id]
    }
    thanked = _thanked(session, ids, revisions.values())
    pictures = media.views(session, [p["id"] for revision in revisions.values() for p in revision.facts["pictures"]])
    everybody = {one.author_id for one in wins} | {person for row in thanked.values() for person in row}
    names = people.names(session, everybody)
    teams = people.team_names(session, {one.team_id for one in wins if one.team_id}, locale)
    cheers = discussion.cheers(session, WIN, ids, reader.id)
    comments = discussion.comment_counts(session, WIN, ids)
    # A story whose author chose not to be named has no link from here either: it would name them.
    named = select(Promotion.win_id, Promotion.page_id).where(Promotion.win_id.in_(ids), Promotion.consent == "named")
    stories = dict(session.execute(named).all())
    return tuple(
        WinView(
            id=one.id,
            state=State(one.state),
            title=revision.title,
            locale=revision.locale,
            html=revision.html,
            text=revision.text,
            author=Person(one.author_id, names[one.author_id]),
            team=teams.get(one.team_id or 0, ""),
            team_id=one.team_id,
            published_at=one.published_at,
            edited_at=one.edited_at,
            revision=revision.number,
            pending=one.pending,
            principles=tuple(revision.facts["principles"]),
            thanked=tuple(Person(person, names[person]) for person in thanked[one.id] if person in names),
            pictures=tuple(
                Shown(pictures[p["id"]], p["alt"]) for p in revision.facts["pictures"] if p["id"] in pictures
            ),
            cheers=cheers[one.id],
            comments=comments.get(one.id, 0),
            story_id=stories.get(one.id),
        )
        for one in wins
        if (revision := revisions.get(one.id))
    )


def _shown_revisions(session: Session, wins: Sequence[Win], pending: bool) -> dict[int, int]:
    """The number of the revision to show of each; one more question when some were never published."""
    numbers = {one.id: (one.pending if pending else None) or one.current or one.pending or 0 for one in wins}
    never = [win_id for win_id, number in numbers.items() if not number]
    if never:
        last = select(WinRevision.win_id, func.max(WinRevision.number)).where(WinRevision.win_id.in_(never))
        numbers |= dict(session.execute(last.group_by(WinRevision.win_id)).all())
    return numbers


def _thanked(session: Session, ids: Sequence[int], revisions: Iterable[WinRevision]) -> dict[int, list[int]]:
    """The people whom each win thanks, without those who took themselves off."""
    declined = {
        (win_id, person_id)
        for win_id, person_id in session.execute(
            select(WinThanks.win_id, WinThanks.person_id).where(
                WinThanks.win_id.in_(ids), WinThanks.declined_at.is_not(None)
            )
        )
    }
    return {
        revision.win_id: [
            person_id for person_id in revision.facts["thanked"] if (revision.win_id, person_id) not in declined
        ]
        for revision in revisions
    }
