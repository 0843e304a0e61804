"""What has become new in the guidance within some days."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from .model import Revision, Translation
from .queries import Card, cards


@dataclass(frozen=True)
class Changes:
    """Pages that are new in a language, and pages that were there and say something else now; the latest first."""

    new: tuple[Card, ...]
    changed: tuple[Card, ...]


def changes(session: Session, locale: str, since: datetime, until: datetime) -> Changes:
    """What was written in one language from ``since`` up to ``until``. A first translation is new to its readers."""
    first = (Revision.translation_id == Translation.id) & (Revision.number == 1)
    rows = session.execute(
        select(Translation.page_id, Revision.created_at)
        .join(Revision, first)
        .where(Translation.locale == locale, Translation.changed_at >= since, Translation.changed_at < until)
        .order_by(Translation.changed_at.desc(), Translation.id.desc())
    ).all()
    new = {page_id for page_id, begun in rows if begun >= since}
    found = cards(session, [page_id for page_id, _ in rows], [locale])
    return Changes(
        new=tuple(card for card in found if card.page_id in new),
        changed=tuple(card for card in found if card.page_id not in new),
    )
