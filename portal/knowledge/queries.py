"""Reading the guidance. What comes back is frozen and complete: templates ask for nothing more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from ..core import markup, versions
from .documents import current, rendering_of
from .model import (
    GUIDANCE,
    PLACE,
    SLUG,
    Kind,
    Page,
    PageLink,
    PageSource,
    Revision,
    Source,
    StoredRendering,
    Translation,
)

PER_PAGE = 30
LINKED_AT_MOST = 12


@dataclass(frozen=True)
class Card:
    """A page as it stands in a list, in the language in which it is shown."""

    page_id: int
    kind: Kind
    slug: str
    locale: str
    title: str
    summary: str
    changed_at: datetime

    @property
    def address(self) -> str:
        """Where the page is read."""
        return f"/{self.kind.folder}/{self.slug}"


@dataclass(frozen=True)
class Listing:
    """One stretch of a list of pages: its number, how many stretches there are, how many pages in all."""

    cards: tuple[Card, ...]
    number: int
    stretches: int
    total: int


@dataclass(frozen=True)
class PageView:
    """A page as it is read. ``missing`` is the language asked for, when ``card`` is in another for want of it.

    ``linked`` has the first linked pages of each kind; ``more`` the kinds of which there are others.
    """

    card: Card
    html: str
    headings: tuple[markup.Heading, ...]
    missing: str | None
    locales: tuple[str, ...]
    sources: tuple[Source, ...]
    linked: dict[Kind, tuple[Card, ...]]
    more: frozenset[Kind]
    also: tuple[Card, ...]
    revision: int
    changed_at: datetime


def version(session: Session) -> int:
    """A number that changes whenever any page does."""
    return versions.current(session, GUIDANCE)


def page(session: Session, kind: Kind, slug: str, locales: Sequence[str]) -> PageView | None:
    """The page in the first of ``locales`` (the reader's first) that it is written in, or None."""
    if not SLUG.fullmatch(slug):
        return None  # From an address, where anything may stand.
    found = session.scalar(select(Page).where(Page.kind == kind, Page.slug == slug))
    if found is None:
        return None
    there = set(session.scalars(select(Translation.locale).where(Translation.page_id == found.id)))
    locale = next((code for code in locales if code in there), min(there, default=None))
    if locale is None:
        return None
    revision, stored, changed_at = session.execute(
        current()
        .with_only_columns(Revision, StoredRendering, Translation.changed_at)
        .outerjoin(StoredRendering, StoredRendering.revision_id == Revision.id)
        .where(Translation.page_id == found.id, Translation.locale == locale)
    ).one()
    rendering = rendering_of(revision, stored)
    neighbours = _neighbours(session, found.id)
    order = (locale, *(code for code in locales if code != locale))
    linked, more = _by_kind(cards(session, neighbours, order))
    return PageView(
        card=Card(found.id, kind, slug, locale, revision.title, revision.summary, changed_at),
        html=rendering.html,
        headings=rendering.headings,
        missing=locales[0] if locale != locales[0] else None,
        locales=tuple(code for code in locales if code in there) + tuple(sorted(there - set(locales))),
        sources=_sources(session, found.id),
        linked=linked,
        more=more,
        also=cards(session, _also(session, found, neighbours), order),
        revision=revision.number,
        changed_at=changed_at,
    )


def listing(
    session: Session, kind: Kind, locales: Sequence[str], principle: str | None = None, number: int = 1
) -> Listing:
    """Stretch ``number`` of the pages of ``kind``, or of those linked with ``principle``, in their order."""
    wanted = select(Page.id).where(Page.kind == kind, Page.id.in_(select(Translation.page_id)))
    if principle is not None:
        its_id = select(Page.id).where(Page.kind == Kind.PRINCIPLE, Page.slug == principle).scalar_subquery()
        wanted = wanted.where(Page.id.in_(_linked_with(its_id)))
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    stretches = max(1, -(-total // PER_PAGE))
    number = min(max(1, number), stretches)
    ids = session.scalars(wanted.order_by(*PLACE).offset((number - 1) * PER_PAGE).limit(PER_PAGE)).all()
    return Listing(cards(session, ids, locales), number, stretches, total)


# Made once: nearly every page of the site asks for it.
_CARDS = (
    current()
    .join(Page, Page.id == Translation.page_id)
    .with_only_columns(
        Page.id, Page.kind, Page.slug, Translation.locale, Revision.title, Revision.summary, Translation.changed_at
    )
    .where(Page.id.in_(bindparam("ids", expanding=True)))
)


def cards(session: Session, ids: Sequence[int], locales: Sequence[str]) -> tuple[Card, ...]:
    """The cards of ``ids`` in that order, each in the first of ``locales`` that it has, else in any."""
    if not ids:
        return ()
    rank = {code: place for place, code in enumerate(locales)}
    best: dict[int, Card] = {}
    for page_id, kind, slug, locale, title, summary, changed_at in session.execute(_CARDS, {"ids": list(ids)}):
        known = best.get(page_id)
        if known is None or rank.get(locale, 99) < rank.get(known.locale, 99):
            best[page_id] = Card(page_id, Kind(kind), slug, locale, title, summary, changed_at)
    return tuple(best[page_id] for page_id in ids if page_id in best)


def principle_of_the_day(session: Session, day: date, locales: Sequence[str]) -> Card | None:
    """Today's principle: one after the other in their order, the same for everybody."""
    wanted = select(Page.id).where(Page.kind == Kind.PRINCIPLE, Page.id.in_(select(Translation.page_id)))
    count = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    if not count:
        return None
    ids = session.scalars(wanted.order_by(*PLACE).offset(day.toordinal() % count).limit(1)).all()
    return next(iter(cards(session, ids, locales)), None)


def newest(session: Session, kind: Kind, limit: int, locales: Sequence[str]) -> tuple[Card, ...]:
    """The pages of ``kind`` that were added last."""
    wanted = select(Page.id).where(Page.kind == kind).order_by(Page.created_at.desc(), *PLACE).limit(limit)
    return cards(session, session.scalars(wanted).all(), locales)


def lately_changed(session: Session, limit: int, locales: Sequence[str]) -> tuple[Card, ...]:
    """The pages whose text in the reader's language (the first of ``locales``) was changed last."""
    wanted = (
        select(Translation.page_id)
        .where(Translation.locale == locales[0])
        .order_by(Translation.changed_at.desc(), Translation.id.desc())
        .limit(limit)
    )
    return cards(session, session.scalars(wanted).all(), locales)


def counts(session: Session) -> dict[Kind, int]:
    """How many pages there are of each kind."""
    found = dict(session.execute(select(Page.kind, func.count()).group_by(Page.kind)).all())
    return {kind: found.get(kind, 0) for kind in Kind}


def _linked_with(page_id: object) -> Select[int]:
    """The pages at the other end of this page's links, whichever of the two declared them."""
    forth = select(PageLink.linked_id).where(PageLink.page_id == page_id)
    back = select(PageLink.page_id).where(PageLink.linked_id == page_id)
    return select(forth.union(back).subquery().c[0])


def _neighbours(session: Session, page_id: int) -> list[int]:
    """Linked pages: first the ones this page names, in its order, then those that name it, in theirs."""
    named = session.scalars(
        select(PageLink.linked_id).where(PageLink.page_id == page_id).order_by(PageLink.position)
    ).all()
    place = func.row_number().over(partition_by=Page.kind, order_by=PLACE).label("place")
    by_kind = select(PageLink.page_id, Page.kind, place).join(Page, Page.id == PageLink.page_id)
    first = by_kind.where(PageLink.linked_id == page_id).subquery()
    naming = session.scalars(
        select(first.c.page_id).where(first.c.place <= LINKED_AT_MOST + 1).order_by(first.c.kind, first.c.place)
    ).all()
    return list(dict.fromkeys([*named, *naming]))


def _by_kind(found: Iterable[Card]) -> tuple[dict[Kind, tuple[Card, ...]], frozenset[Kind]]:
    """The first `LINKED_AT_MOST` cards of each kind, and the kinds of which there are more."""
    grouped: dict[Kind, list[Card]] = {kind: [] for kind in Kind}
    for card in found:
        grouped[card.kind].append(card)
    more = frozenset(kind for kind, rows in grouped.items() if len(rows) > LINKED_AT_MOST)
    return {kind: tuple(rows[:LINKED_AT_MOST]) for kind, rows in grouped.items() if rows}, more


def _also(session: Session, found: Page, neighbours: Sequence[int], limit: int = 3) -> list[int]:
    """ "You might also like": pages that share most neighbours with this one, else those next to it in the list."""
    near = list(neighbours[:LINKED_AT_MOST])
    forth = select(PageLink.linked_id.label("other")).where(PageLink.page_id.in_(near))
    back = select(PageLink.page_id.label("other")).where(PageLink.linked_id.in_(near))
    other = forth.union_all(back).subquery()
    known = {found.id, *neighbours}
    shared = (
        select(other.c.other)
        .where(other.c.other.not_in(known))
        .group_by(other.c.other)
        .order_by(func.count().desc(), other.c.other)
        .limit(limit)
    )
    ids = list(session.scalars(shared)) if near else []
    if len(ids) < limit:
        rest = select(Page.id).where(Page.kind == found.kind, Page.id.not_in(known | set(ids)))
        ids += session.scalars(
            rest.order_by(func.abs(Page.position - found.position), Page.slug).limit(limit - len(ids))
        ).all()
    return ids


def _sources(session: Session, page_id: int) -> tuple[Source, ...]:
    rows = session.scalars(select(PageSource).where(PageSource.page_id == page_id).order_by(PageSource.position))
    return tuple(Source(**row.details) for row in rows)
