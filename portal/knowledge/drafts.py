"""What may happen to drafts: begun, saved, thrown away, made into pages.

All editors see and change all drafts. What is saved may be incomplete; what is published may not.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..core import markup
from ..core.errors import Conflict, Invalid, NotFound, Refused
from ..core.locale import Text, available, lazy
from ..core.permissions import Actor
from ..media import keep
from . import draft_queries, policy
from .commands import add_page, set_facts, text_faults, write_revision
from .draft_queries import DraftView
from .model import SLUG, SLUG_LENGTH, DraftValues, Kind, Page, PageDraft, PageFacts, PagePicture, PageText

Listener = Callable[[Session, int, int, datetime], None]
"""What is told of a publication, within its transaction: the draft's id, the id of the page it became, the moment."""

_SHOWN = re.compile(r'<img\b(?:[^>"]|"[^"]*")*? src="/pictures/([0-9]+)(?:/small)?"')


class DraftConflict(Conflict):
    """The draft was saved by somebody since it was opened; ``theirs`` is what stands there now."""

    message = lazy("Somebody else has saved this draft in the meantime. Both texts are here: nothing is lost.")

    def __init__(self, theirs: DraftView) -> None:
        self.theirs = theirs
        super().__init__()


def add_draft(session: Session, actor: Actor, values: DraftValues, now: datetime) -> PageDraft:
    """Begin a draft; without a slug it gets one made of its title.

    The caller answers for the pictures: every editor sees them from here on. Raises Refused, Invalid, PictureGone.
    """
    editor_id = _editor(actor)
    values = _checked(session, values, values.pictures)
    keep(session, values.pictures)
    draft = PageDraft(editor_id=editor_id, saved_at=now)
    _write(draft, values)
    session.add(draft)
    session.flush()
    return draft


def save_draft(
    session: Session, actor: Actor, draft_id: int, values: DraftValues, version: int, now: datetime
) -> PageDraft:
    """Save a draft over its ``version``, the one that the editor had before them.

    Its pictures may become fewer, never more: what an editor can name would else be what an editor can see.
    Raises Refused, NotFound, Invalid, and DraftConflict when another text was saved since.
    """
    editor_id = _editor(actor)
    draft = _locked(session, draft_id)
    present = draft_queries.values_of(draft)
    if values.tidied() == present:
        return draft  # Sent twice, or two wrote the same: nobody has anything to lose.
    _refuse_other(session, draft, version)
    values = _checked(session, values, present.pictures, draft_id)
    _write(draft, values)
    draft.editor_id, draft.saved_at, draft.version = editor_id, now, draft.version + 1
    session.flush()
    return draft


def discard_draft(session: Session, actor: Actor, draft_id: int, *, version: int | None = None) -> None:
    """Throw a draft away (its ``version``, when that is said). Raises Refused, NotFound, DraftConflict."""
    _editor(actor)
    draft = _locked(session, draft_id)
    _refuse_other(session, draft, version)
    session.delete(draft)
    session.flush()


def publish_draft(
    session: Session,
    actor: Actor,
    draft_id: int,
    now: datetime,
    *,
    version: int | None = None,
    on_published: Sequence[Listener] = (),
) -> Page:
    """Make a page of a draft (of its ``version``, when that is said), linked with its principles; the draft is gone.

    Readers see the pictures that stand in the text, and no others of the draft's. Each of ``on_published`` is told
    while draft and page are both there. Raises Refused, NotFound, Invalid, DraftConflict.
    """
    _editor(actor)
    draft = _locked(session, draft_id)
    _refuse_other(session, draft, version)
    values = draft_queries.values_of(draft)
    wrong = publishing_faults(session, values)
    if wrong:
        raise Invalid(wrong)
    page = add_page(session, actor, values.kind, values.slug, now)
    write_revision(session, actor, page, values.locale, values.text, now)
    linked = _principle_keys(session, values.principles)
    set_facts(session, actor, page, PageFacts(links=tuple(linked)), linked, now)
    session.add_all(PagePicture(page_id=page.id, picture_id=picture) for picture in sorted(pictures_shown(values)))
    session.flush()
    for tell in on_published:
        tell(session, draft_id, page.id, now)
    session.delete(draft)
    session.flush()
    return page


def publishing_faults(session: Session, values: DraftValues) -> dict[str, Text]:
    """What keeps a draft from becoming a page, by field."""
    found = text_faults(values.text)
    if draft_queries.slug_taken(session, values.kind, values.slug, pages_only=True):
        found["slug"] = TAKEN
    if values.locale not in available():
        found["locale"] = NO_LANGUAGE
    foreign = sorted(pictures_shown(values) - set(values.pictures))
    if foreign and "markdown" not in found:
        found["markdown"] = lazy(
            "The picture %(address)s doesn’t belong to this draft, so that readers couldn’t see it.",
            address=f"/pictures/{foreign[0]}",
        )
    return found


def pictures_shown(values: DraftValues) -> set[int]:
    """The pictures that stand in a draft's text."""
    return {int(number) for number in _SHOWN.findall(markup.render(values.markdown).html) if len(number) < 10}


TAKEN = lazy("Another page or draft has this address already.")
NO_LANGUAGE = lazy("This isn’t one of the portal’s languages.")


def _editor(actor: Actor) -> int:
    """The id of an actor who may write drafts. Raises Refused."""
    if not policy.may_edit(actor) or actor.id is None:
        raise Refused
    return actor.id


def _locked(session: Session, draft_id: int) -> PageDraft:
    draft = session.scalar(select(PageDraft).where(PageDraft.id == draft_id).with_for_update())
    if draft is None:
        raise NotFound
    return draft


def _refuse_other(session: Session, draft: PageDraft, version: int | None) -> None:
    if version is not None and version != draft.version:
        raise DraftConflict(draft_queries.view_of(session, draft))


def _checked(
    session: Session, values: DraftValues, pictures: Sequence[int], draft_id: int | None = None
) -> DraftValues:
    """``values`` as they are kept, with a slug. Raises Invalid."""
    values = values.tidied()
    # A dash where there is nothing yet: only a page needs a title and a text.
    wrong = text_faults(PageText(values.title or "–", values.summary, values.markdown or "–"))
    if not values.slug and "title" not in wrong:
        slug = draft_queries.free_slug(session, values.kind, values.title, but=draft_id)
        values = replace(values, slug=slug)
    elif values.slug and (fault := _slug_fault(session, values, draft_id)):
        wrong["slug"] = fault
    if values.locale not in available():
        wrong["locale"] = NO_LANGUAGE
    if len(_principle_keys(session, values.principles)) < len(values.principles):
        wrong["principles"] = lazy("One of these isn’t a principle, or no longer there. Look at your choice again.")
    if not set(values.pictures) <= set(pictures):
        wrong["pictures"] = lazy("This picture doesn’t belong to this draft.")
    if wrong:
        raise Invalid(wrong)
    return values


def _slug_fault(session: Session, values: DraftValues, draft_id: int | None) -> Text | None:
    if not SLUG.fullmatch(values.slug) or len(values.slug) > SLUG_LENGTH:
        return lazy(
            "At most %(max)d letters from a to z, digits and single hyphens, such as hotel-lamp.", max=SLUG_LENGTH
        )
    return TAKEN if draft_queries.slug_taken(session, values.kind, values.slug, but=draft_id) else None


def _principle_keys(session: Session, ids: Sequence[int]) -> dict[tuple[Kind, str], int]:
    """Those of ``ids`` that are principles, by key, in that order."""
    slugs = dict(session.execute(select(Page.id, Page.slug).where(Page.kind == Kind.PRINCIPLE)).all())
    return {(Kind.PRINCIPLE, slugs[page_id]): page_id for page_id in ids if page_id in slugs}


def _write(draft: PageDraft, values: DraftValues) -> None:
    draft.kind, draft.slug, draft.locale = values.kind, values.slug, values.locale
    draft.title, draft.summary, draft.markdown = values.title, values.summary, values.markdown
    draft.facts = {"principles": list(values.principles), "pictures": list(values.pictures)}
