"""The feed with a thousand wins and with a hundred thousand: how long a page of it takes to be read, and the ratio.

Rows are written straight into the tables: how fast they can be posted is not the question here.
"""

import random
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from portal.core import clock, schema
from portal.core.db import Base, Database
from portal.core.permissions import Actor, Role, grants_of
from portal.discussion.model import Cheer, Comment, Reaction
from portal.knowledge.model import Page
from portal.people.model import Person, Team
from portal.wins import Filters, feed
from portal.wins.model import State, Win, WinPrinciple, WinRevision, WinThanks

FEW, MANY = 1_000, 100_000
CHEERS_A_WIN = 10
PEOPLE, TEAMS, PRINCIPLES = 5_000, 200, 20
ROUNDS = 200
READER = Actor(id=1, name="Ana", email="ana@example.com", locale="en", grants=grants_of(frozenset({Role.EMPLOYEE})))


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        few, many = (filled(Path(folder) / f"{count}.sqlite", count) for count in (FEW, MANY))
        print(f"{'the feed':34}{FEW:>16,} wins{MANY:>16,} wins")
        for name, filters, deep in journeys():
            a, b = (measured(database, filters, deep=deep) for database in (few, many))
            print(f"{name:34}{said(a):>21}{said(b):>21}   p95 {b[1] / a[1]:.2f} times")
        for database in (few, many):
            database.engine.dispose()


def journeys() -> Iterator[tuple[str, Filters, bool]]:
    """What is read: the first page, one far back, and each filter."""
    yield "the first page", Filters(), False
    yield "twenty pages back", Filters(), True
    yield "of one principle", Filters(principle=3), False
    yield "of one team", Filters(team=7), False
    yield "of one person", Filters(person=11), False
    yield "thanks to one person", Filters(thanks_to=12), False
    yield "in one language", Filters(locale="ka"), False


def measured(database: Database, filters: Filters, *, deep: bool) -> tuple[float, float]:
    """The median and the 95th percentile of reading a page of the feed, in milliseconds."""
    older = ""
    with database.reading() as session:
        for _ in range(20 if deep else 0):
            older = feed(session, READER, filters, "en", older).older or ""
    took = sorted(timed(lambda session: feed(session, READER, filters, "en", older), database) for _ in range(ROUNDS))
    return took[len(took) // 2], took[int(len(took) * 0.95)]


def timed(question: Callable[[Session], object], database: Database) -> float:
    """How long a question takes in a session of its own, in milliseconds."""
    began = time.perf_counter()
    with database.reading() as session:
        question(session)
    return (time.perf_counter() - began) * 1_000


def said(times: tuple[float, float]) -> str:
    """The median and the 95th percentile in words."""
    return f"{times[0]:.1f}/{times[1]:.1f} ms"


def filled(path: Path, count: int) -> Database:
    """A database with ``count`` wins, ten reactions each, and the people who gave them."""
    database = Database(f"sqlite:///{path}")
    schema.upgrade(database.engine)
    chance, now = random.Random(7), clock.now()  # Numbers to measure with, no secrets.
    with database.transaction() as session:
        for model, rows in (
            (Team, ({"name": f"Team {n}", "parent_id": 1 if n > 1 else None} for n in numbers(TEAMS))),
            (Person, (person(n, now) for n in numbers(PEOPLE))),
            (Page, ({"kind": "principle", "slug": f"p-{n}", "created_at": now} for n in numbers(PRINCIPLES))),
            (Win, (win(n, count, now) for n in numbers(count))),
            (WinRevision, (revision(n, chance, now) for n in numbers(count))),
            (WinPrinciple, ({"win_id": n, "page_id": n % PRINCIPLES + 1, "kind": "principle"} for n in numbers(count))),
            (WinThanks, ({"win_id": n, "person_id": n % PEOPLE + 1} for n in numbers(count))),
            (Reaction, (reaction(n, turn, now) for n in numbers(count) for turn in range(CHEERS_A_WIN))),
            (Comment, (comment(n, now) for n in numbers(count))),
        ):
            write(session, model, rows)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
    return database


def write(session: Session, model: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    """Write rows in large batches."""
    left = iter(rows)
    while batch := list(islice(left, 20_000)):
        session.execute(insert(model), batch)


def numbers(count: int) -> range:
    """Ids from one."""
    return range(1, count + 1)


def person(number: int, now: Any) -> dict[str, Any]:
    """One of the people."""
    email = f"p{number}@example.com"
    values = {"email": email, "name": f"Person {number}", "search_text": email, "locale": "en", "stamp": "x"}
    return {**values, "team_id": number % TEAMS + 1, "created_at": now}


def win(number: int, count: int, now: Any) -> dict[str, Any]:
    """One of the wins, a minute younger than the one before."""
    at = now - timedelta(minutes=count - number)
    author = number % PEOPLE + 1
    values = {"author_id": author, "team_id": author % TEAMS + 1, "state": State.PUBLISHED, "current": 1}
    return {**values, "locale": ("en", "ru", "hr", "ka")[number % 4], "created_at": at, "published_at": at}


def revision(number: int, chance: random.Random, now: Any) -> dict[str, Any]:
    """What one of them says."""
    words = " ".join(chance.choices(("lamp", "customer", "bulb", "thanks", "late", "call", "evening"), k=90))
    facts = {"principles": [number % PRINCIPLES + 1], "thanked": [number % PEOPLE + 1], "pictures": []}
    values = {"win_id": number, "number": 1, "locale": "en", "title": f"Win {number}", "markdown": words}
    return {**values, "html": f"<p>{words}</p>", "text": words, "facts": facts, "created_at": now}


def reaction(number: int, turn: int, now: Any) -> dict[str, Any]:
    """One of the reactions to a win."""
    kind = list(Cheer)[turn % len(Cheer)]
    who = (number * 31 + turn * 7) % PEOPLE + 1
    return {"subject": "win", "subject_id": number, "kind": kind, "person_id": who, "created_at": now}


def comment(number: int, now: Any) -> dict[str, Any]:
    """A comment on a win."""
    values = {"subject": "win", "subject_id": number, "text": "Well done.", "created_at": now}
    return {**values, "author_id": number % PEOPLE + 1}


if __name__ == "__main__":
    main()
