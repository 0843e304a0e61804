"""Guidance in and out of the database, as the pages that `markdown_files` reads and writes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..core.permissions import Actor
from . import commands
from .markdown_files import FACTS, PageFiles
from .model import (
    LAST,
    PLACE,
    Key,
    Kind,
    Page,
    PageFacts,
    PageLink,
    PageSource,
    PageText,
    Revision,
    Source,
    Translation,
)
from .text_files import BrokenContent, Fault


@dataclass
class ImportReport:
    """What an import did: texts added, changed and unchanged, and those left alone as edited on the site."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    kept: list[str] = field(default_factory=list)


def import_pages(
    session: Session, actor: Actor, files: list[PageFiles], now: datetime, progress: Callable[[], None] = lambda: None
) -> ImportReport:
    """Bring ``files`` into the database: a new revision for every text that differs from the present one.

    A text that was edited on the site since it was last imported, and now differs from its file, is left as it is and
    reported. Pages that the files don't mention stay. Raises BrokenContent (links to pages that don't exist);
    the caller's transaction is then to be rolled back.
    """
    report = ImportReport()
    known = {(Kind(page.kind), page.slug): page for page in session.scalars(select(Page))}
    _check_links(files, known)
    for page_files in files:
        key = page_files.kind, page_files.slug
        if key not in known:
            known[key] = commands.add_page(session, actor, *key, now)
        for locale, text in page_files.texts.items():
            _import_text(session, actor, known[key], page_files, locale, text, now, report)
        progress()
    ids = {key: page.id for key, page in known.items()}
    present = _all_facts(session)
    for page_files in files:
        page = known[page_files.kind, page_files.slug]
        if page_files.facts and page_files.facts != present.get(page.id, PageFacts()):
            commands.set_facts(session, actor, page, page_files.facts, ids, now)
    return report


def export_pages(session: Session) -> list[PageFiles]:
    """Every page with its present texts, as files to be written."""
    texts: dict[int, dict[str, PageText]] = {}
    current = select(Translation.page_id, Translation.locale, Revision).join(
        Revision, (Revision.translation_id == Translation.id) & (Revision.number == Translation.current)
    )
    for page_id, locale, revision in session.execute(current.order_by(Translation.page_id, Translation.locale)):
        texts.setdefault(page_id, {})[locale] = _text(revision)
    facts = _all_facts(session)
    pages = session.scalars(select(Page).order_by(Page.kind, *PLACE))
    return [
        PageFiles(Kind(page.kind), page.slug, texts[page.id], facts.get(page.id)) for page in pages if page.id in texts
    ]


def _check_links(files: Iterable[PageFiles], known: dict[Key, Page]) -> None:
    there = set(known) | {(page.kind, page.slug) for page in files}
    faults = [
        Fault(f"{page.folder}/{FACTS}", page.line(FACTS, kind.folder), reason)
        for page in files
        if page.facts
        for kind, slug in page.facts.links
        if (reason := _link_fault(page, kind, slug, there))
    ]
    if faults:
        raise BrokenContent(faults)


def _link_fault(page: PageFiles, kind: Kind, slug: str, there: set[Key]) -> str | None:
    if (kind, slug) not in there:
        return f"there is no page {kind.folder}/{slug}"
    return "a page can't be linked to itself" if (kind, slug) == (page.kind, page.slug) else None


def _import_text(
    session: Session,
    actor: Actor,
    page: Page,
    files: PageFiles,
    locale: str,
    text: PageText,
    now: datetime,
    report: ImportReport,
) -> None:
    present = session.scalar(
        select(Revision)
        .join(Translation, (Translation.id == Revision.translation_id) & (Translation.current == Revision.number))
        .where(Translation.page_id == page.id, Translation.locale == locale)
    )
    if present and _text(present) == text:
        report.unchanged += 1
    elif present and present.author_id is not None:
        report.kept.append(f"{files.folder}/{locale}.md")
    else:
        commands.write_revision(session, actor, page, locale, text, now)
        if present:
            report.changed += 1
        else:
            report.added += 1


def _text(revision: Revision) -> PageText:
    return PageText(revision.title, revision.summary, revision.markdown)


def _all_facts(session: Session) -> dict[int, PageFacts]:
    """The facts of every page that has any."""
    links: dict[int, list[Key]] = {}
    wanted = (
        select(PageLink.page_id, Page.kind, Page.slug)
        .join(Page, Page.id == PageLink.linked_id)
        .order_by(PageLink.page_id, PageLink.position)
    )
    for page_id, kind, slug in session.execute(wanted):
        links.setdefault(page_id, []).append((Kind(kind), slug))
    sources: dict[int, list[Source]] = {}
    for row in session.scalars(select(PageSource).order_by(PageSource.page_id, PageSource.position)):
        sources.setdefault(row.page_id, []).append(Source(**row.details))
    positions = session.execute(select(Page.id, Page.position))
    return {
        page_id: PageFacts(
            None if position == LAST else position, tuple(links.get(page_id, ())), tuple(sources.get(page_id, ()))
        )
        for page_id, position in positions
        if position != LAST or page_id in links or page_id in sources
    }
