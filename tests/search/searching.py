"""People who search, and what is counted of that."""

from datetime import datetime, timedelta
from functools import cache
from itertools import count

from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.search.counting import Counts
from portal.search.grouping import Group, group
from portal.search.model import SearchTally, State, Term
from portal.search.query import parse
from tests.factories import NOW

_numbers = count(1)
_HOUR = timedelta(hours=1)


@cache
def the_group(text: str, locale: str = "en") -> Group:
    """What a reader of ``locale`` who types ``text`` is counted under."""
    found = group(parse(text, locale), locale)
    assert found is not None
    return found


def counting(database: Database, secret: str = "for tests alone") -> Counts:
    """What counts into ``database``, when it is told to."""
    return Counts(lambda: database, secret, by_itself=False)


def searched(
    counts: Counts, text: str, *people: int, in_vain: bool = True, now: datetime = NOW, locale: str = "en"
) -> None:
    """These people search for ``text``, an hour after each other, and each is put down at once."""
    for hours, person in enumerate(people):
        counts.searched(the_group(text, locale), person, now + hours * _HOUR, in_vain=in_vain)
        counts.flush()


def a_term(session: Session, text: str = "refund", **over: object) -> Term:
    """A term that was searched in vain."""
    number = next(_numbers)
    values: dict[str, object] = {
        "key": number.to_bytes(32, "big"),
        "text": text,
        "locale": "en",
        "searches": 5,
        "in_vain": 5,
        "opened": 0,
        "last_on": NOW.date(),
        "state": State.OPEN,
        **over,
    }
    term = Term(**values)
    session.add(term)
    session.flush()
    return term


def rows(database: Database) -> tuple[list[SearchTally], list[Term]]:
    """All tallies and all terms."""
    with database.reading() as session:
        return session.query(SearchTally).all(), session.query(Term).order_by(Term.id).all()
