"""Pages as search needs them: to index them, and to show the texts of those that were found."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session, aliased

from ..core import markup
from .model import Kind, Page, PageLink, Revision, StoredRendering, Translation


@dataclass(frozen=True)
class PageDocument:
    """A translation as search needs it; ``stamp`` differs whenever its text does.

    ``principles`` are the pages of the principles that it is about, its own among them if it is one; ``pointed_to`` is
    how many pages name it.
    """

    page_id: int
    locale: str
    kind: Kind
    title: str
    summary: str
    headings: tuple[str, ...]
    text: str
    stamp: int
    principles: tuple[int, ...]
    pointed_to: int
    changed_on: date


def documents(session: Session, ids: Iterable[int] | None = None) -> Iterable[PageDocument]:
    """Every translation (of the pages ``ids``, or of all) as search needs it."""
    wanted = (
        current()
        .join(Page, Page.id == Translation.page_id)
        .outerjoin(StoredRendering, StoredRendering.revision_id == Revision.id)
        .with_only_columns(Page, Translation.locale, Translation.changed_at, Revision, StoredRendering)
        .order_by(Page.id)
    )
    chosen = None if ids is None else set(ids)
    if chosen is not None:
        wanted = wanted.where(Page.id.in_(chosen))
    principles, pointed_to = _relations(session, chosen)
    for found, locale, changed_at, revision, stored in session.execute(wanted.execution_options(yield_per=200)):
        rendering = rendering_of(revision, stored)
        yield PageDocument(
            page_id=found.id,
            locale=locale,
            kind=Kind(found.kind),
            title=revision.title,
            summary=revision.summary,
            headings=tuple(heading.title for heading in rendering.headings),
            text=rendering.text,
            stamp=revision.id,
            principles=tuple(sorted(principles.get(found.id, ()))),
            pointed_to=pointed_to[found.id],
            changed_on=changed_at.date(),
        )


def _relations(session: Session, ids: set[int] | None) -> tuple[dict[int, set[int]], Counter[int]]:
    """Of each page: the principles that it is, names or is named by; and how many pages name it."""
    near, far = aliased(Page), aliased(Page)
    wanted = select(near.id, near.kind, far.id, far.kind).select_from(PageLink)
    wanted = wanted.join(near, near.id == PageLink.page_id).join(far, far.id == PageLink.linked_id)
    themselves = select(Page.id).where(Page.kind == Kind.PRINCIPLE)
    if ids is not None:
        wanted = wanted.where(near.id.in_(ids) | far.id.in_(ids))
        themselves = themselves.where(Page.id.in_(ids))
    principles = {number: {number} for number in session.scalars(themselves)}
    pointed_to: Counter[int] = Counter()
    for one, its_kind, other, other_kind in session.execute(wanted):
        pointed_to[other] += 1
        if other_kind == Kind.PRINCIPLE:
            principles.setdefault(one, set()).add(other)
        if its_kind == Kind.PRINCIPLE:
            principles.setdefault(other, set()).add(one)
    return principles, pointed_to


def texts(session: Session, wanted: Iterable[tuple[int, str]]) -> dict[tuple[int, str], str]:
    """The plain texts of some translations, by (page, language)."""
    pairs = set(wanted)
    # Pairs would not find the index on SQLite.
    given = {"pages": [page for page, _ in pairs], "locales": list({code for _, code in pairs})}
    rows = session.execute(_TEXTS, given)
    return {(page_id, locale): text for page_id, locale, text in rows if (page_id, locale) in pairs}


def stamps(session: Session) -> dict[tuple[int, str], int]:
    """What `PageDocument.stamp` is now, by (page, language)."""
    wanted = current().with_only_columns(Translation.page_id, Translation.locale, Revision.id)
    return {(page_id, locale): revision_id for page_id, locale, revision_id in session.execute(wanted)}


def current() -> Select[Revision]:
    """The revisions that readers see."""
    return select(Revision).join(
        Translation, (Translation.id == Revision.translation_id) & (Translation.current == Revision.number)
    )


_TEXTS = (
    current()
    .join(StoredRendering, StoredRendering.revision_id == Revision.id)
    .with_only_columns(Translation.page_id, Translation.locale, StoredRendering.text)
    .where(
        Translation.page_id.in_(bindparam("pages", expanding=True)),
        Translation.locale.in_(bindparam("locales", expanding=True)),
    )
)


def rendering_of(revision: Revision, stored: StoredRendering | None) -> markup.Rendering:
    """A revision as HTML, as it is stored, or made anew when the recipe has changed since."""
    if stored is None or stored.recipe != markup.RECIPE:
        return markup.render(revision.markdown)
    return markup.Rendering(stored.html, tuple(markup.Heading(**heading) for heading in stored.headings), stored.text)


def principle_numbers(session: Session, slugs: Iterable[str]) -> dict[str, int]:
    """The pages of the principles that have these slugs, by slug."""
    wanted = select(Page.slug, Page.id).where(Page.kind == Kind.PRINCIPLE, Page.slug.in_(set(slugs)))
    return {row.slug: row.id for row in session.execute(wanted)}
