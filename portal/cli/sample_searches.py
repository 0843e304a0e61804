"""What the sample company searched for in vain, counted as searches are; one of them an editor has already settled."""

from datetime import datetime, timedelta

from sqlalchemy import select

from ..core.db import Database
from ..search import counting, gap_commands, grouping, model, query
from .sample import actor

SEARCHED = (
    ("parking voucher", "en", 9),
    ("как пожаловаться на курьера", "ru", 6),
    ("poklon za rođendan gosta", "hr", 5),
    ("საჩუქრის ბარათი", "ka", 6),
    ("chargeback", "en", 9),
)
"""Each in whose language, and by how many people."""
SETTLED = ("chargeback", "money back")
SINCE = 5
"""So many searched for it again after it had been settled, and opened what they found."""


def search_in_vain(database: Database, secret_key: str, now: datetime) -> None:
    """Let people of the sample company search for what isn't there, and an editor make a synonym of one thing."""
    counts = counting.Counts(lambda: database, secret_key, by_itself=False)
    for text, locale, people in SEARCHED:
        _search(counts, text, locale, range(1, people + 1), now - timedelta(days=6), found=False)
    counts.flush()
    said, means = SETTLED
    with database.transaction() as session:
        term = session.scalars(select(model.Term).where(model.Term.text == said)).one()
        values = gap_commands.SynonymValues(said, means)
        editor = actor(session, "editor@example.com")
        gap_commands.settle_with_synonym(session, editor, term.id, values, term.version, now - timedelta(days=4))
    _search(counts, said, "en", range(1, SINCE + 1), now, found=True)
    counts.flush()


def _search(counts: counting.Counts, text: str, locale: str, people: range, at: datetime, *, found: bool) -> None:
    own = grouping.group(query.parse(text, locale), locale)
    assert own is not None
    for person_id in people:
        counts.searched(own, person_id, at, in_vain=not found)
        if found:
            counts.opened(own, person_id, at)
