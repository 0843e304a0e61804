"""What was counted of searches, put down: a tally without words until three people searched a query, then a term.

Who searched is never put down. Each person falls into one of `SLOTS` slots, for each query into another one, by a hash
that nobody can follow without the site's secret; a tally keeps which slots were met. One person meets the same slot
however often, so three slots are three people at least, while each slot is shared by a sixteenth of the staff. Two
people who share one count as one: then it takes a fourth.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from .model import SearchTally, Term

SLOTS = 16
"""More would tell more of who it was; with fewer, people would share one so often that three are taken for less."""
ENOUGH = 3
"""How many different people it takes before anybody may read a query."""
FORGOTTEN_AFTER = timedelta(days=90)
MOST_TALLIES = 100_000
_ONE_AT_A_TIME = 4_202  # What our lock in PostgreSQL is called.
_AT_ONCE = 400
Row = TypeVar("Row", SearchTally, Term)


@dataclass
class Count:
    """What one process counted of one query and hasn't put down yet, in memory alone."""

    on: date
    slots: int = 0
    searches: int = 0
    in_vain: int = 0
    opened: int = 0
    text: str = field(default="", repr=False)  # Out of any log.
    locale: str = ""

    def add(self, other: "Count") -> None:
        """Count what ``other``, a later one, counted as well."""
        self.on, self.slots = max(self.on, other.on), self.slots | other.slots
        self.searches += other.searches
        self.in_vain += other.in_vain
        self.opened += other.opened
        if other.text:
            self.text, self.locale = other.text, other.locale


def put_down(session: Session, counts: Mapping[bytes, Count]) -> None:
    """Add ``counts`` (by the query's key) to what was counted before."""
    if session.get_bind().dialect.name == "postgresql":
        # Processes that add to the same rows take turns, as they do on SQLite anyway.
        session.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
    terms = _rows(session, Term, list(counts))
    tallies = _rows(session, SearchTally, [key for key in counts if key not in terms])
    for key, count in counts.items():
        if key in terms:
            _add(terms[key], count)
        elif key in tallies or count.slots:
            _tally(session, key, tallies.get(key), count)
    session.flush()


def _rows(session: Session, of: type[Row], keys: Sequence[bytes]) -> dict[bytes, Row]:
    found: dict[bytes, Row] = {}
    for start in range(0, len(keys), _AT_ONCE):
        for row in session.scalars(select(of).where(of.key.in_(keys[start : start + _AT_ONCE]))):
            found[row.key] = row
    return found


def _add(row: SearchTally | Term, count: Count) -> None:
    row.searches += count.searches
    row.in_vain += count.in_vain
    row.opened += count.opened
    row.last_on = max(row.last_on, count.on)


def _tally(session: Session, key: bytes, tally: SearchTally | None, count: Count) -> None:
    slots = count.slots | (tally.slots if tally else 0)
    if slots.bit_count() < ENOUGH:
        if tally is None:
            tally = SearchTally(key=key, searches=0, in_vain=0, opened=0, last_on=count.on)
            session.add(tally)
        tally.slots = slots
        _add(tally, count)
        return
    term = Term(key=key, text=count.text, locale=count.locale, searches=0, in_vain=0, opened=0, last_on=count.on)
    _add(term, count)
    if tally:
        before = Count(tally.last_on, 0, tally.searches, tally.in_vain, tally.opened)
        _add(term, before)
        session.delete(tally)  # And with it which slots were met.
    session.add(term)


def forget_rare(session: Session, today: date) -> None:
    """Delete tallies of what nobody searched for 90 days, and the oldest when there are more than anybody needs."""
    session.execute(delete(SearchTally).where(SearchTally.last_on < today - FORGOTTEN_AFTER))
    spare = (session.scalar(select(func.count()).select_from(SearchTally)) or 0) - MOST_TALLIES
    if spare > 0:
        oldest = select(SearchTally.key).order_by(SearchTally.last_on).limit(spare)
        session.execute(delete(SearchTally).where(SearchTally.key.in_(oldest)))
