"""What may happen to pages."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ..core import markup, outbox, versions
from ..core.errors import Conflict, Invalid, Refused
from ..core.locale import Text, lazy
from ..core.outbox import Work
from ..core.permissions import Actor
from . import policy
from .model import (
    BODY_LENGTH,
    GUIDANCE,
    LAST,
    ONE_LINE,
    SUMMARY_LENGTH,
    TITLE_LENGTH,
    Kind,
    Page,
    PageFacts,
    PageLink,
    PageSource,
    PageText,
    Revision,
    StoredRendering,
    Translation,
)


def text_faults(text: PageText) -> dict[str, Text]:
    """What is wrong with a page's text, by field."""
    found: dict[str, Text] = {}
    if not text.title.strip():
        found["title"] = lazy("A page needs a title.")
    elif len(text.title) > TITLE_LENGTH or not ONE_LINE.fullmatch(text.title):
        found["title"] = lazy("A title is one line of at most %(max)d characters.", max=TITLE_LENGTH)
    if len(text.summary) > SUMMARY_LENGTH or not ONE_LINE.fullmatch(text.summary):
        found["summary"] = lazy("A summary is one line of at most %(max)d characters.", max=SUMMARY_LENGTH)
    if not text.markdown.strip():
        found["markdown"] = lazy("A page needs some text.")
    elif len(text.markdown) > BODY_LENGTH:
        found["markdown"] = lazy("The text can have at most %(max)d characters.", max=BODY_LENGTH)
    return found


def add_page(session: Session, actor: Actor, kind: Kind, slug: str, now: datetime) -> Page:
    """Add a page without any text yet. Raises Refused."""
    if not policy.may_edit(actor):
        raise Refused
    page = Page(kind=kind, slug=slug, created_at=now)
    session.add(page)
    session.flush()
    return page


def write_revision(
    session: Session,
    actor: Actor,
    page: Page,
    locale: str,
    text: PageText,
    now: datetime,
    *,
    note: str = "",
    based_on: int | None = None,
) -> Revision:
    """Append a revision to the page's translation (the first one makes the translation) and let readers see it.

    ``based_on`` is the number of the revision that the writer had before them (0: none): another one since raises
    Conflict. Raises Refused, Invalid.
    """
    if not policy.may_edit(actor):
        raise Refused
    text = text.tidied()
    wrong = text_faults(text)
    if wrong:
        raise Invalid(wrong)
    translation = session.scalar(
        select(Translation).where(Translation.page_id == page.id, Translation.locale == locale).with_for_update()
    )
    if based_on is not None and based_on != (translation.current if translation else 0):
        raise Conflict
    if translation is None:
        translation = Translation(page_id=page.id, locale=locale, current=0, changed_at=now)
        session.add(translation)
        session.flush()
    translation.current += 1
    translation.changed_at = now
    revision = Revision(
        translation_id=translation.id,
        number=translation.current,
        author_id=actor.id,
        created_at=now,
        title=text.title,
        summary=text.summary,
        markdown=text.markdown,
        note=note,
    )
    session.add(revision)
    session.flush()
    session.add(_rendering(revision))
    _let_know(session, page, now)
    return revision


def set_facts(
    session: Session, actor: Actor, page: Page, facts: PageFacts, linked: dict[tuple[Kind, str], int], now: datetime
) -> None:
    """Set what is true of the page in every language; ``linked`` has the id of each linked page. Raises Refused."""
    if not policy.may_edit(actor):
        raise Refused
    page.position = LAST if facts.position is None else facts.position
    before = set(session.scalars(delete(PageLink).where(PageLink.page_id == page.id).returning(PageLink.linked_id)))
    session.execute(delete(PageSource).where(PageSource.page_id == page.id))
    session.add_all(
        PageLink(page_id=page.id, linked_id=linked[link], position=place) for place, link in enumerate(facts.links, 1)
    )
    session.add_all(
        PageSource(page_id=page.id, position=place, details={k: v for k, v in asdict(source).items() if v})
        for place, source in enumerate(facts.sources, 1)
    )
    if page.kind == Kind.PRINCIPLE:  # What a principle names is about that principle.
        for number in sorted(before ^ {linked[link] for link in facts.links}):
            outbox.add(session, Work.INDEX, {"page": number}, now)
    _let_know(session, page, now)


def render_anew(session: Session, limit: int = 200) -> int:
    """Render revisions whose stored HTML was made by an older recipe; how many there were, at most ``limit``."""
    stale = session.execute(
        select(StoredRendering, Revision)
        .join(Revision, Revision.id == StoredRendering.revision_id)
        .where(StoredRendering.recipe != markup.RECIPE)
        .limit(limit)
    ).all()
    for _, revision in stale:
        session.merge(_rendering(revision))
    return len(stale)


def _let_know(session: Session, page: Page, now: datetime) -> None:
    """A page has changed: search is to index it anew, and what was kept of the guidance holds no more."""
    outbox.add(session, Work.INDEX, {"page": page.id}, now)
    versions.changed(session, GUIDANCE)


def _rendering(revision: Revision) -> StoredRendering:
    made = markup.render(revision.markdown)
    return StoredRendering(
        revision_id=revision.id,
        recipe=markup.RECIPE,
        html=made.html,
        headings=[asdict(heading) for heading in made.headings],
        text=made.text,
    )
