"""Published wins as search needs them: to index them, and to show those that were found."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from .. import discussion, people
from .model import WIN, State, Win, WinPrinciple, WinRevision


@dataclass(frozen=True)
class WinDocument:
    """A published win as search needs it."""

    win_id: int
    locale: str
    title: str
    text: str
    stamp: int
    principles: tuple[int, ...]
    cheers: int
    published_on: date


@dataclass(frozen=True)
class WinCard:
    """A win as it stands in a list of things found; ``summary`` says whose it is."""

    win_id: int
    locale: str
    title: str
    summary: str
    text: str
    kind: str = WIN

    @property
    def slug(self) -> str:
        """What names it among wins."""
        return str(self.win_id)

    @property
    def address(self) -> str:
        """Where it is read."""
        return f"/wins/{self.win_id}"


def cards(session: Session, ids: Iterable[int]) -> dict[int, WinCard]:
    """Those of ``ids`` that are published, by number."""
    wanted = set(ids)
    authors = dict(session.execute(select(Win.id, Win.author_id).where(Win.id.in_(wanted))).all())
    names = people.names(session, authors.values())
    rows = session.execute(_published().where(Win.id.in_(wanted)))
    return {
        win_id: WinCard(win_id, locale, title, names[authors[win_id]], text) for win_id, locale, title, text, _ in rows
    }


def documents(session: Session, ids: Iterable[int] | None = None) -> Iterable[WinDocument]:
    """Every published win (or those of ``ids``) as search needs it; ``stamp`` differs whenever the text does."""
    wanted = _published().add_columns(Win.published_at).order_by(Win.id)
    if ids is not None:
        wanted = wanted.where(Win.id.in_(set(ids)))
    for rows in session.execute(wanted.execution_options(yield_per=200)).partitions():
        numbers = [row[0] for row in rows]
        principles: dict[int, list[int]] = {number: [] for number in numbers}
        for win_id, page_id in session.execute(
            select(WinPrinciple.win_id, WinPrinciple.page_id)
            .where(WinPrinciple.win_id.in_(numbers))
            .order_by(WinPrinciple.page_id)
        ):
            principles[win_id].append(page_id)
        cheers = discussion.cheers(session, WIN, numbers, None)
        for win_id, locale, title, text, number, published_at in rows:
            yield WinDocument(
                win_id=win_id,
                locale=locale,
                title=title,
                text=text,
                stamp=number,
                principles=tuple(principles[win_id]),
                cheers=sum(cheers[win_id].counts.values()),
                published_on=published_at.date(),
            )


def stamps(session: Session) -> dict[tuple[int, str], int]:
    """What `WinDocument.stamp` is now, by (win, language)."""
    wanted = select(Win.id, Win.locale, Win.current).where(Win.state == State.PUBLISHED)
    return {(win_id, locale): number for win_id, locale, number in session.execute(wanted)}


def _published() -> Select[int, str, str, str, int]:
    return (
        select(Win.id, WinRevision.locale, WinRevision.title, WinRevision.text, WinRevision.number)
        .join(WinRevision, (WinRevision.win_id == Win.id) & (WinRevision.number == Win.current))
        .where(Win.state == State.PUBLISHED)
    )
