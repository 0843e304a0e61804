"""Synonyms: what people say also searches what it means, at once and everywhere, and nothing else changes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core.db import Database
from portal.core.permissions import Role
from portal.people import as_actor
from portal.search import synonyms
from portal.search.asked import Asked, Read
from portal.search.gap_commands import SynonymValues, add_synonym, delete_synonym
from portal.search.model import Synonym
from portal.search.query import parse
from portal.search.synonyms import Synonyms, build, widen
from tests.counting import count_queries
from tests.factories import NOW, a_person

KNOWN = build(
    [
        ("refund", "money back"),
        ("kick the bucket", "die"),
        ("ASAP", "urgent"),
        ("asap", "at once"),
        ("возврат денег", "povrat novca"),
        ("refund policy", "return rules"),
        ("ugovor", "sporazum"),
        ("თანხის დაბრუნება", "refund"),
    ]
)


def ways(asked: Asked) -> list[list[tuple[str, Read]]]:
    """What is wanted, and how it may be had."""
    return [[(way.text, way.read) for way in one.ways] for one in asked.wanted if not one.light]


def also(query: str, locale: str = "en", known: Synonyms = KNOWN) -> list[str]:
    """What is searched too."""
    return [text for one in ways(widen(parse(query, locale), known)) for text, read in one if read is Read.SYNONYM]


@pytest.mark.parametrize(
    ("query", "locale", "found"),
    [
        ("refund", "en", ["money back"]),
        ("the customer's Refunds", "en", ["money back"]),
        ("asap", "en", ["urgent", "at once"]),
        ("деньги возврата", "ru", []),
        ("возвраты денег", "ru", ["povrat novca"]),
        ("ugovora", "hr", ["sporazum"]),
        ("ugovora", "ka", ["sporazum"]),
        ("თანხის დაბრუნებაზე", "ka", ["refund"]),
        ("money back", "en", []),
        ("die", "en", []),
    ],
)
def test_any_form_of_what_is_said_searches_what_it_means(query: str, locale: str, found: list[str]) -> None:
    assert also(query, locale) == found


def test_a_single_word_gets_a_further_way_and_keeps_its_own() -> None:
    asked = widen(parse("angry refund", "en"), KNOWN)
    assert ways(asked) == [[("angry", Read.AS_TYPED)], [("refund", Read.AS_TYPED), ("money back", Read.SYNONYM)]]
    assert len(asked.wanted[1].ways[1].words) == 2


def test_words_that_mean_something_together_become_one_thing_wanted() -> None:
    asked = widen(parse("why did she kick the old bucket kick a bucket", "en"), KNOWN)
    assert also("kick the old bucket") == []
    (together,) = [one for one in ways(widen(parse("did he kick a bucket today", "en"), KNOWN)) if len(one) > 1]
    assert together == [("kick bucket", Read.AS_TYPED), ("die", Read.SYNONYM)]
    assert asked.text == "why did she kick the old bucket kick a bucket"


def test_the_longest_synonym_is_taken() -> None:
    assert also("refund policy") == ["return rules"]
    assert also("refund the policy now") == ["return rules"]
    assert also("policy refund") == ["money back"]


def test_little_words_on_either_side_are_not_required() -> None:
    known = build([("out of the contract", "not in the contract")])
    (only,) = widen(parse("out of contract", "en"), known).wanted[-1:]
    assert [len(way.words) for way in only.ways] == [1, 1]


@pytest.mark.parametrize("query", ['"refund"', "-refund", 'lamp "refund policy"', '-"kick the bucket" lamp'])
def test_what_is_quoted_or_excluded_is_left_as_it_is(query: str) -> None:
    asked = parse(query, "en")
    assert widen(asked, KNOWN) == asked


def test_a_synonym_without_a_word_is_none() -> None:
    assert build([("…", "refund"), ("refund", "?!"), ("", "")]).by_first == {}


@settings(max_examples=40, deadline=None)
@given(query=st.text(max_size=60), said=st.text(max_size=20), locale=st.sampled_from(["en", "ru", "hr", "ka"]))
def test_any_query_and_any_synonym_can_be_put_together(query: str, said: str, locale: str) -> None:
    known = build([(said, "x y"), *((query[n : n + 9], "z") for n in range(0, len(query), 7))])
    asked = parse(query, locale)
    wider = widen(asked, known)
    assert (wider.text, wider.without, wider.kinds) == (asked.text, asked.without, asked.kinds)
    typed = {way.words for one in asked.wanted if not one.light for way in one.ways}
    kept = {keys for one in wider.wanted for way in one.ways for keys in way.words}
    assert all(keys in kept for words in typed for keys in words), "nothing is lost but little words"


# Everywhere, at once


def test_a_change_counts_at_the_next_search_of_every_process(own_database: Database, own_database_url: str) -> None:
    ours, theirs = Database(own_database_url), Database(own_database_url)

    def known(database: Database) -> list[str]:
        with database.reading() as session:
            return also("refund", known=synonyms.current(session))

    assert (known(ours), known(theirs)) == ([], [])
    with ours.transaction() as session:
        editor = as_actor(a_person(session, roles=[Role.EDITOR]))
        add_synonym(session, editor, SynonymValues("refund", "money back"), NOW)
    assert (known(ours), known(theirs)) == (["money back"], ["money back"])
    with theirs.transaction() as session:
        delete_synonym(session, editor, session.query(Synonym.id).scalar())
    assert (known(ours), known(theirs)) == ([], [])
    for database in (ours, theirs):
        database.engine.dispose()


def test_a_search_asks_the_database_for_a_number_and_no_more(database: Database) -> None:
    with database.transaction() as session:
        editor = as_actor(a_person(session, roles=[Role.EDITOR]))
        for n in range(5):
            add_synonym(session, editor, SynonymValues(f"said{n}", f"meant{n}"), NOW)
    with database.reading() as session:
        synonyms.current(session)
        with count_queries(database.engine) as asked:
            assert also("said3", known=synonyms.current(session)) == ["meant3"]
    assert len(asked) == 1
