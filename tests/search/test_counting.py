"""Searches are counted without who: nothing that is kept tells it, and no words are kept that fewer than three said."""

import logging
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, event, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal.cli.serving import tick
from portal.core import clock
from portal.core.db import Base, Database
from portal.search import Index, counting, forget_rare, tallying
from portal.search.counting import Counts
from portal.search.grouping import group
from portal.search.model import SearchTally, Term
from portal.search.query import parse
from portal.search.tallying import ENOUGH, SLOTS, Count
from tests.factories import NOW
from tests.search.searching import counting as counting_into
from tests.search.searching import rows, searched, the_group

DAY = timedelta(days=1)


# What is one query


@pytest.mark.parametrize(
    ("locale", "one", "other"),
    [
        ("en", "refunding an invoice", "the refunds of invoices"),
        ("ru", "возврат денег", "деньги возвратов"),
        ("hr", "raskid ugovora", "ugovori i raskidi"),
        ("hr", "prijetnja kupca", "kupci prijetnje"),
        ("ka", "მომხმარებლის ბოდიში", "ბოდიშის მომხმარებელი"),
        ("en", "raskid ugovora", "ugovor, raskid"),
        ("ru", "zendesk", "Zendesk"),
    ],
)
def test_the_forms_and_the_order_of_words_make_no_difference(locale: str, one: str, other: str) -> None:
    assert the_group(one, locale).name == the_group(other, locale).name


def test_other_words_make_another_query() -> None:
    assert the_group("refund an invoice").name != the_group("refund").name


def test_nothing_is_counted_of_what_excludes_or_narrows() -> None:
    plain, marked = the_group("refund of the lamp"), the_group('refund of the lamp -Petrović -"her address" kind:story')
    assert marked == plain
    assert plain.text == "refund of the lamp"


def test_a_query_is_in_the_language_of_most_of_its_words() -> None:
    assert the_group("возврат денег", "en").locale == "ru"
    assert the_group("raskidi ugovora", "en").locale == "hr"
    assert the_group("refunding invoices", "hr").locale == "en"
    assert the_group("zzyzx", "hr").locale == "hr"


def test_a_long_query_is_cut_between_words() -> None:
    text = the_group(" ".join(f"word{n}" for n in range(24))).text
    assert len(text) <= 100
    assert text.split()[-1] in {f"word{n}" for n in range(24)}
    assert len(the_group("w" * 300).text) <= 100


# Who


def test_two_people_are_told_to_nobody_and_a_third_makes_it_a_term(database: Database) -> None:
    counts = counting_into(database)
    first, second, third = three_apart("refunding lamps")
    searched(counts, "refunding lamps", first, second, first, second)
    assert rows(database)[1] == []
    searched(counts, "the refund of a lamp", third, in_vain=False)
    tallies, (term,) = rows(database)
    assert tallies == [], "which slots were met is forgotten"
    assert (term.text, term.locale, term.state) == ("the refund of a lamp", "en", "open")
    assert (term.searches, term.in_vain, term.opened) == (5, 4, 0)


def alone(text: str, person: int, secret: str = "for tests alone") -> tuple[bytes, Count]:
    """What is counted when a person searches for something: its key and all that is put down of it."""
    counts = Counts(lambda: pytest.fail("nothing is to be put down yet"), secret, by_itself=False)
    counts.searched(the_group(text), person, NOW, in_vain=True)
    ((key, count),) = counts._waiting.items()
    return key, count


def three_apart(text: str) -> tuple[int, int, int]:
    """Three people of whom no two share a slot for a query."""
    by_slot = {alone(text, person)[1].slots: person for person in range(1, 60)}
    first, second, third, *_ = by_slot.values()
    return first, second, third


def test_a_row_is_the_same_whoever_of_a_sixteenth_of_the_staff_searched(session: Session) -> None:
    by_slot: dict[int, list[int]] = {}
    for person in range(1, 20 * SLOTS + 1):
        by_slot.setdefault(alone("resigning", person)[1].slots, []).append(person)
    assert len(by_slot) == SLOTS
    assert all(slot.bit_count() == 1 for slot in by_slot)
    assert all(len(people) >= 5 for people in by_slot.values()), "no slot is nearly a name"

    def row(person: int) -> tuple[object, ...]:
        tallying.put_down(session, dict([alone("resigning", person)]))
        tally = session.scalars(select(SearchTally)).one()
        found = tuple(getattr(tally, column.key) for column in SearchTally.__table__.columns)
        session.delete(tally)
        return found

    found = [{row(person) for person in (people[0], people[-1])} for people in by_slot.values()]
    assert all(len(alike) == 1 for alike in found)
    assert len({(key, *rest) for alike in found for key, _, *rest in alike}) == 1, "nothing but the slot differs"


def test_a_slot_says_nothing_about_another_query_nor_without_the_secret() -> None:
    assert len({alone(f"query{n}", 7)[1].slots for n in range(40)}) > SLOTS // 3
    ours, others = [
        [alone("resigning", person, secret)[1].slots for person in range(40)] for secret in ("ours", "theirs")
    ]
    assert sum(one == other for one, other in zip(ours, others, strict=True)) < 12
    assert alone("resigning", 1, "ours")[0] != alone("resigning", 1, "theirs")[0]


def test_one_person_is_one_however_often_and_on_however_many_days(database: Database) -> None:
    counts = counting_into(database)
    for day in range(100):
        searched(counts, "resigning", 7, now=NOW + day * DAY)
    (tally,), terms = rows(database)
    assert terms == []
    assert (tally.slots.bit_count(), tally.searches) == (1, 100)
    assert tally.last_on == (NOW + 99 * DAY).date()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people=st.lists(st.integers(1, 2**40), max_size=4), order=st.lists(st.integers(0, 3), max_size=8), query=st.uuids()
)
def test_fewer_than_three_people_never_make_a_term(
    session: Session, people: list[int], order: list[int], query: object
) -> None:
    counts = Counts(lambda: pytest.fail("put down below"), "for tests alone", by_itself=False)
    met: set[int] = set()
    for hours, place in enumerate(order):
        if place < len(people):
            met.add(people[place])
            counts.searched(the_group(f"q{query}"), people[place], NOW + timedelta(hours=hours), in_vain=True)
            if hours % 2:  # Some are put down together.
                tallying.put_down(session, counts._waiting)
                counts._waiting = {}
    tallying.put_down(session, counts._waiting)
    shown = session.scalars(select(Term)).all()
    assert not shown or len(met) >= ENOUGH
    tallies = session.scalars(select(SearchTally)).all()
    assert all(tally.slots.bit_count() <= min(len(met), ENOUGH - 1) for tally in tallies)
    session.execute(delete(Term))
    session.execute(delete(SearchTally))


def everything(database: Database) -> bytes:
    """All that is kept: every row, and with SQLite every byte of its files."""
    with database.engine.connect() as connection:
        found = [repr(row) for table in Base.metadata.sorted_tables for row in connection.execute(select(table))]
    if database.engine.dialect.name == "sqlite":
        file = Path(database.engine.url.database or "")
        found += [path.read_bytes().decode("latin-1") for path in file.parent.iterdir()]
    return "\n".join(found).encode()


def test_the_words_are_nowhere_until_three_people_said_them(own_database: Database) -> None:
    text = "zxqvjresignation"
    people = three_apart(text)
    counts = counting_into(own_database)
    for person in people[:2]:
        searched(counts, text, person)
        assert b"zxqvj" not in everything(own_database)
    searched(counts, text, people[2])
    assert b"zxqvj" in everything(own_database)


def test_no_table_has_a_column_for_who_searched() -> None:
    for table in (SearchTally.__table__, Term.__table__):
        people = {column.name for column in table.columns for key in column.foreign_keys if "person" in str(key.column)}
        assert people <= {"settled_by"}, "an editor, who did it under their name"
    assert {column.name for column in SearchTally.__table__.columns} == {
        "key", "slots", "searches", "in_vain", "opened", "last_on",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["ana.horvat@example.com", "+385 91 234 5678", "4111 1111 1111 1111"])
def test_what_looks_like_private_data_is_not_counted(text: str) -> None:
    assert group(parse(f"refund {text}", "en"), "en") is None


def test_nothing_that_a_log_may_hold_has_the_words(database: Database) -> None:
    counts = counting_into(database)
    counts.searched(the_group("zxqvjresignation"), 1, NOW, in_vain=True)
    assert "zxqvj" not in repr(the_group("zxqvjresignation")) + repr(counts._waiting)


# How often


def test_going_on_with_a_search_is_one_search(database: Database) -> None:
    counts = counting_into(database)
    for minutes in (0, 5, 14):
        counts.searched(the_group("refund"), 1, NOW + timedelta(minutes=minutes), in_vain=True)
        counts.opened(the_group("refunds"), 1, NOW + timedelta(minutes=minutes))
    counts.searched(the_group("refund"), 1, NOW + timedelta(minutes=25), in_vain=False)
    counts.flush()
    (tally,), _ = rows(database)
    assert (tally.searches, tally.in_vain, tally.opened) == (2, 1, 1)


def test_what_is_opened_counts_for_a_tally_and_for_a_term_and_is_nothing_by_itself(database: Database) -> None:
    counts = counting_into(database)
    counts.opened(the_group("refund"), 1, NOW)
    counts.flush()
    assert rows(database) == ([], [])
    people = three_apart("refund")
    searched(counts, "refund", *people[:2])
    counts.opened(the_group("refund"), people[1], NOW + DAY)
    searched(counts, "refund", people[2], now=NOW + DAY)
    counts.opened(the_group("refund"), people[2], NOW + DAY)
    counts.flush()
    _, (term,) = rows(database)
    assert (term.searches, term.opened, term.last_on) == (3, 2, (NOW + DAY).date())


def test_processes_count_together(own_database: Database, own_database_url: str) -> None:
    people = three_apart("refund")
    other = Database(own_database_url)
    searched(counting_into(own_database), "refund", *people[:2])
    searched(counting_into(other), "refund", people[2])
    other.engine.dispose()
    assert [term.searches for term in rows(own_database)[1]] == [3]


def test_a_thread_puts_down_what_gathered(own_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "PAUSE_S", 0.01)
    done = threading.Event()

    def committed(_: object) -> None:
        done.set()

    event.listen(own_database.engine, "commit", committed)
    counts = Counts(lambda: own_database, "for tests alone")
    counts.searched(the_group("refund"), 1, NOW, in_vain=True)
    assert done.wait(10)
    counts.flush()  # Waits until the thread is through.
    event.remove(own_database.engine, "commit", committed)
    assert [tally.searches for tally in rows(own_database)[0]] == [1]


def test_nothing_is_lost_while_the_database_is_locked(database: Database) -> None:
    locked = [True]

    def present() -> Database:
        if locked.pop():
            raise OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))
        return database

    counts = Counts(present, "for tests alone", by_itself=False)
    counts.searched(the_group("refund"), 1, NOW, in_vain=True)
    with pytest.raises(OperationalError):
        counts.flush()
    counts.searched(the_group("refund"), 1, NOW + DAY, in_vain=True)
    locked.append(False)
    counts.flush()
    (tally,), _ = rows(database)
    assert (tally.searches, tally.last_on) == (2, (NOW + DAY).date())


def test_more_than_can_wait_is_dropped_and_the_log_says_so(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(counting, "MOST_WAITING", 2)
    counts = counting_into(database)
    for n in range(5):
        counts.searched(the_group(f"query{n}"), 1, NOW, in_vain=True)
    with caplog.at_level(logging.WARNING):
        counts.flush()
    assert len(rows(database)[0]) == 2
    assert caplog.messages == ["3 searches were not counted: too many waited to be put down"]


# Forgetting


def test_the_worker_forgets_what_nobody_searched_for_ninety_days(database: Database, index: Index) -> None:
    counts, today = counting_into(database), clock.now()
    searched(counts, "long ago", 1, now=today - 91 * DAY)
    searched(counts, "lately", 1, now=today - 89 * DAY)
    for person in range(1, 30):
        searched(counts, "by many", person, now=today - 200 * DAY)
    tick(database, index)
    tallies, terms = rows(database)
    assert [tally.last_on for tally in tallies] == [(today - 89 * DAY).date()]
    assert [term.text for term in terms] == ["by many"], "what editors have seen stays"


def test_tallies_can_not_grow_without_end(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallying, "MOST_TALLIES", 3)
    for n in range(8):
        more = {"slots": 1, "searches": 1, "in_vain": 1, "opened": 0, "last_on": (NOW - n * DAY).date()}
        session.add(SearchTally(key=n.to_bytes(32, "big"), **more))
    session.flush()
    forget_rare(session, NOW.date())
    kept = session.scalars(select(SearchTally.last_on)).all()
    assert Counter(kept) == Counter((NOW - n * DAY).date() for n in range(3))
