"""Reading drafts of pages, and what a draft needs to know: principles to choose, addresses that are free, pictures."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from anyascii import anyascii
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..core.permissions import Actor, Can
from ..people import names
from . import policy, queries
from .model import PLACE, SLUG_LENGTH, DraftValues, Kind, Page, PageDraft, PagePicture

PER_PAGE = 30
_LEFT_FOR_A_NUMBER = 8
"""How many characters of a slug are kept for what tells it from others like it: ``-1234567``."""


@dataclass(frozen=True)
class DraftRow:
    """A draft in the list of drafts; ``editor`` is the name of whoever saved it last."""

    id: int
    kind: Kind
    slug: str
    locale: str
    title: str
    editor: str
    saved_at: datetime


@dataclass(frozen=True)
class DraftListing:
    """One stretch of the list of drafts: its number, how many stretches there are, how many drafts in all."""

    rows: tuple[DraftRow, ...]
    number: int
    stretches: int
    total: int


@dataclass(frozen=True)
class DraftView:
    """A draft with all its text; ``editor`` is the name of whoever saved it last."""

    id: int
    version: int
    values: DraftValues
    editor_id: int
    editor: str
    saved_at: datetime

    @property
    def address(self) -> str:
        """Where the page will be read."""
        return f"/{self.values.kind.folder}/{self.values.slug}"


def drafts(session: Session, number: int = 1) -> DraftListing:
    """Stretch ``number`` of all drafts, the one saved last first."""
    total = session.scalar(select(func.count()).select_from(PageDraft)) or 0
    stretches = max(1, -(-total // PER_PAGE))
    number = min(max(1, number), stretches)
    found = session.execute(
        select(
            PageDraft.id,
            PageDraft.kind,
            PageDraft.slug,
            PageDraft.locale,
            PageDraft.title,
            PageDraft.editor_id,
            PageDraft.saved_at,
        )
        .order_by(PageDraft.saved_at.desc(), PageDraft.id.desc())
        .offset((number - 1) * PER_PAGE)
        .limit(PER_PAGE)
    ).all()
    editors = names(session, [row.editor_id for row in found])
    rows = (
        DraftRow(row.id, Kind(row.kind), row.slug, row.locale, row.title, editors.get(row.editor_id, ""), row.saved_at)
        for row in found
    )
    return DraftListing(tuple(rows), number, stretches, total)


def draft(session: Session, draft_id: int) -> DraftView | None:
    """A draft, or None."""
    found = session.get(PageDraft, draft_id)
    return view_of(session, found) if found else None


def view_of(session: Session, found: PageDraft) -> DraftView:
    """A draft's row as it is shown."""
    editor = names(session, [found.editor_id]).get(found.editor_id, "")
    return DraftView(found.id, found.version, values_of(found), found.editor_id, editor, found.saved_at)


def values_of(found: PageDraft) -> DraftValues:
    """What stands in a draft's row."""
    return DraftValues(
        kind=Kind(found.kind),
        slug=found.slug,
        locale=found.locale,
        title=found.title,
        summary=found.summary,
        markdown=found.markdown,
        principles=tuple(found.facts["principles"]),
        pictures=tuple(found.facts["pictures"]),
    )


def principles(session: Session, locales: Sequence[str]) -> dict[int, queries.Card]:
    """Every principle by its page's id, in their order, each in the first of ``locales`` that it has."""
    ids = session.scalars(select(Page.id).where(Page.kind == Kind.PRINCIPLE).order_by(*PLACE)).all()
    return {card.page_id: card for card in queries.cards(session, ids, locales)}


def story(session: Session, page_id: int, locales: Sequence[str]) -> queries.Card | None:
    """A case story's card in the first of ``locales`` that it has, or None."""
    return next((card for card in queries.cards(session, [page_id], locales) if card.kind is Kind.STORY), None)


def slug_taken(session: Session, kind: Kind, slug: str, *, but: int | None = None, pages_only: bool = False) -> bool:
    """Has a page of ``kind`` this slug, or (unless ``pages_only``) another draft than ``but``?"""
    if session.scalar(select(Page.id).where(Page.kind == kind, Page.slug == slug)):
        return True
    wanted = select(PageDraft.id).where(PageDraft.kind == kind, PageDraft.slug == slug, PageDraft.id != (but or 0))
    return not pages_only and session.scalar(wanted.limit(1)) is not None


def free_slug(session: Session, kind: Kind, title: str, *, but: int | None = None) -> str:
    """A slug made of ``title`` that no page of ``kind`` has, nor any draft but ``but``."""
    words = re.sub(r"[^a-z0-9]+", "-", anyascii(title).lower().replace("'", "")).strip("-") or kind.value
    head = words[: SLUG_LENGTH - _LEFT_FOR_A_NUMBER]
    if head != words and "-" in head:
        head = head.rpartition("-")[0]  # No half words.
    page_slugs = select(Page.slug).where(Page.kind == kind, Page.slug.startswith(head))
    draft_slugs = select(PageDraft.slug).where(
        PageDraft.kind == kind, PageDraft.slug.startswith(head), PageDraft.id != (but or 0)
    )
    taken = {*session.scalars(page_slugs), *session.scalars(draft_slugs)}
    slug, number = head, 1
    while slug in taken:
        number += 1
        slug = f"{head}-{number}"
    return slug


def may_see_picture(session: Session, actor: Actor, picture_id: int) -> bool:
    """Does a picture stand in a page that ``actor`` reads, or in a draft that they edit?"""
    if actor.can(Can.READ_KNOWLEDGE) and session.scalar(
        select(PagePicture.page_id).where(PagePicture.picture_id == picture_id).limit(1)
    ):
        return True
    return policy.may_edit(actor) and picture_id in _in_drafts(session)


def _in_drafts(session: Session) -> set[int]:
    """The pictures of all drafts: what editors are writing just now, and so never many."""
    return {picture for facts in session.scalars(select(PageDraft.facts)) for picture in facts["pictures"]}
