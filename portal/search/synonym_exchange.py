"""Synonyms in and out of the database, as the lists that `synonym_files` reads and writes."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..core import versions
from ..core.errors import Invalid, Refused
from ..core.locale import lazy
from ..core.permissions import Actor, Can
from .gap_commands import plain
from .grouping import language_of
from .keys import forms
from .model import MOST_SYNONYMS, SYNONYMS, Synonym
from .synonym_files import ANY, Listed


def import_synonyms(session: Session, actor: Actor, listed: Iterable[Listed], now: datetime) -> int:
    """Add the synonyms of a file that aren't there yet, and change no other; how many that were.

    Raises Refused, and Invalid when there would be too many.
    """
    if not actor.can(Can.EDIT_KNOWLEDGE):
        raise Refused
    known = {plain((said, means)) for said, means in session.execute(select(Synonym.said, Synonym.means))}
    missing = {plain(one.row): one for one in listed if plain(one.row) not in known}
    if not missing:
        return 0
    if len(known) + len(missing) > MOST_SYNONYMS:
        raise Invalid({"synonyms": lazy("With these there would be more than %(max)d synonyms.", max=MOST_SYNONYMS)})
    session.add_all(
        Synonym(said=one.said, means=one.means, created_by=actor.id, created_at=now) for one in missing.values()
    )
    session.flush()
    versions.changed(session, SYNONYMS)
    return len(missing)


def export_synonyms(session: Session) -> list[Listed]:
    """Every synonym, each in the language that it seems to be in."""
    rows: dict[tuple[str, str], Listed] = {}
    for said, means in session.execute(select(Synonym.said, Synonym.means).order_by(Synonym.id)):
        written = forms(said) + forms(means)
        rows.setdefault(plain((said, means)), Listed(language_of(written, "") or ANY, said, means))
    return list(rows.values())
