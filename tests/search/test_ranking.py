"""The order of what was found, rule by rule: each rule is kept although those after it would have it otherwise."""

from datetime import timedelta
from itertools import pairwise

import pytest

from portal.search.asked import Asked, Read, Wanted, Way
from portal.search.documents import Document
from portal.search.fields import Facts
from portal.search.keys import LEMMA, STEM, SURFACE, query_keys
from portal.search.matching import Filters, match
from portal.search.query import parse
from portal.search.ranking import CLOSELY, rank
from portal.search.segments import impacts
from tests.search.documents import A_DAY, a_document, order, ranked, searched

OTHERS = [a_document(page, body=f"nothing of that {page}") for page in range(900, 920)]
"""So that no word stands in every document."""
APART = " and so on " * 10


def first(query: str | Asked, *documents: Document) -> list[int]:
    """The order of ``documents`` among others, and the same whichever of them comes first."""
    one = order(query, *documents, *OTHERS)
    assert order(query, *OTHERS, *reversed(documents)) == one
    return one


def wanted(word: str, *others: tuple[str, Read]) -> Wanted:
    """``word`` as it was typed, or another in its stead."""
    ways = [Way(text, (query_keys(text),), read) for text, read in [(word, Read.AS_TYPED), *others]]
    return Wanted(word, tuple(ways))


def test_more_of_the_words_come_before_fewer_however_near_often_and_high_up_these_stand() -> None:
    three = a_document(1, body=f"lamp {APART} window {APART} door {APART}")
    two = a_document(2, title="Lamp window", summary="Lamp window", body="lamp window " * 5)
    one = a_document(3, title="Lamp", headings="Lamp", body="lamp " * 20, useful=50)
    assert first("lamp window door", one, two, three) == [1, 2, 3]


def test_all_of_the_words_come_before_fewer_even_if_what_lacks_says_next_to_nothing() -> None:
    usual = [a_document(page, body="customer") for page in range(100, 140)]
    both = a_document(1, body=f"lamp {APART} customer")
    one = a_document(2, title="Lamp", body="lamp lamp lamp")
    assert order("lamp customer", one, *usual, both)[:2] == [1, 2]


@pytest.mark.parametrize("read", [Read.SYNONYM, Read.JOINED, Read.CORRECTED])
def test_what_was_typed_comes_before_what_was_read_instead(read: Read) -> None:
    asked = Asked("lampp", (wanted("lampp", ("lamp", read)),))
    typed = a_document(1, body=f"{APART} lampp {APART}")
    other = a_document(2, title="Lamp", headings="Lamp", body="lamp lamp lamp", useful=50)
    assert first(asked, other, typed) == [1, 2]


def test_a_synonym_comes_before_what_was_run_together_and_that_before_a_correction() -> None:
    reads = [Read.SYNONYM, Read.JOINED, Read.CORRECTED]
    words = ["bulb", "lantern", "candle"]
    asked = Asked("lamp", (wanted("lamp", *zip(words, reads, strict=True)),))
    documents = [a_document(page, title=page * f" {word}", body=word) for page, word in enumerate(words)]
    assert first(asked, *documents) == [0, 1, 2]


def test_one_correction_among_several_words_puts_a_page_behind() -> None:
    asked = Asked("lampp window", (wanted("lampp", ("lamp", Read.CORRECTED)), wanted("window")))
    typed = a_document(1, body=f"lampp {APART} window")
    other = a_document(2, title="Lamp window")
    assert first(asked, other, typed) == [1, 2]


def test_words_near_each_other_come_before_words_far_apart() -> None:
    near = a_document(1, body=f"{APART} a lamp in a window {APART} {APART}")
    far = a_document(2, body=f"lamp lamp lamp {APART} window window window")
    assert first("lamp window", far, near) == [1, 2]


def test_the_words_of_a_title_are_near_to_all() -> None:
    title = a_document(1, title="The lamp", body=f"{APART} window")
    far = a_document(2, body=f"lamp {APART} window")
    assert first("lamp window", far, title) == [1, 2]


def test_a_title_tells_more_than_a_heading_that_than_a_summary_and_that_than_the_text() -> None:
    rest = "there is a door and a wall"
    assert first(
        "lamp",
        a_document(4, title=rest, summary=rest, headings=rest, body="lamp"),
        a_document(3, title=rest, summary="lamp", headings=rest, body=rest),
        a_document(2, title=rest, summary=rest, headings="lamp", body=rest),
        a_document(1, title="lamp", summary=rest, headings=rest, body=rest),
    ) == [1, 2, 3, 4]


def test_a_word_of_the_title_counts_as_such_though_it_stands_in_the_text_too() -> None:
    both = a_document(1, title="Lamp", body=f"{APART} lamp {APART}")
    heading = a_document(2, headings="Lamp", body="lamp lamp lamp lamp")
    assert first("lamp", heading, both) == [1, 2]
    assert first('"lamp"', heading, both) == [1, 2]


def test_a_title_that_says_no_more_than_what_was_asked_comes_first() -> None:
    whole = a_document(1, title="Hotel lamp")
    part = a_document(2, title="What the hotel did about a lamp that would not burn at night")
    assert first("hotel lamp", part, whole) == [1, 2]


def test_the_form_that_was_typed_comes_before_other_forms_of_the_word() -> None:
    forms = ["клиент", "клиента", "клиенту"]
    documents = [a_document(page, "ru", body=f"тут {form} есть") for page, form in enumerate(forms)]
    for page, form in enumerate(forms):
        assert order(form, *documents, *OTHERS)[0] == page
        assert len(order(form, *documents, *OTHERS)) == 3


def test_the_exact_form_counts_more_than_a_lemma_and_that_more_than_a_stem() -> None:
    fact = Facts("page", 1, "en", "story", 1, 10, 0, (), 0, 0)
    shares = [impacts(mark + "lamp", [0], [1.0], [fact], 10.0)[0] for mark in (SURFACE, LEMMA, STEM)]
    assert shares == sorted(shares, reverse=True)
    assert len(set(shares)) == 3


def test_freshness_settles_what_is_as_good_and_after_it_usefulness_and_after_that_the_number() -> None:
    later = A_DAY + timedelta(days=1)
    assert first(
        "lamp",
        a_document(1, body="lamp"),
        a_document(2, body="lamp"),
        a_document(3, body="lamp", useful=5),
        a_document(4, body="lamp", changed_on=later),
        a_document(5, body="lamp", changed_on=later, useful=1),
    ) == [5, 4, 3, 1, 2]


def test_freshness_and_usefulness_put_nothing_before_what_answers_better() -> None:
    better = a_document(1, title="Lamp", body="lamp")
    fresh = a_document(2, body="there is a lamp", changed_on=A_DAY + timedelta(days=999), useful=10_000)
    assert first("lamp", fresh, better) == [1, 2]


# Long lists


def test_what_is_not_looked_at_closely_follows_all_that_is_and_pages_with_all_words_still_come_first() -> None:
    both = [a_document(page, body=f"{page * 'door '} lamp {20 * APART} window") for page in range(3)]
    one = [
        a_document(page, title=word, body=f"{word} " * (page % 7))
        for page, word in enumerate(["Lamp", "Window"] * CLOSELY, start=10)
    ]
    segments = searched(*one, *both)
    whole = ranked(segments, "lamp window")
    assert {place.row.facts.number for place in whole[:3]} == {0, 1, 2}
    assert [place.full for place in whole[:4]] == [True, True, True, False]
    assert len({place.row.facts.subject for place in whole}) == len(both) + len(one)
    assert all(one.score >= other.score for one, other in pairwise(whole))
    short = ranked(segments, "lamp window", most=CLOSELY)
    assert [place.row for place in short] == [place.row for place in whole[:CLOSELY]]


@pytest.mark.parametrize("needed", [1, 3, 10, 14, CLOSELY])
def test_however_many_are_needed_they_are_in_their_places(needed: int) -> None:
    segments = searched(
        *(a_document(page, body=f"{page % 5 * 'door '} lamp {page * 'x '} window", useful=page) for page in range(3)),
        *(a_document(10 + page, body="lamp " * 20) for page in range(6)),
        *(a_document(20 + page, title="Lamp", body="nothing of that " * 50) for page in range(6)),  # Promise less.
        *(a_document(30 + page, summary="Window" * (page % 3), body=f"{page} window") for page in range(40)),
    )
    asked = parse("lamp window", "en")
    found = match(segments, asked, Filters(), "en")
    places = [one.row for one in rank(segments, asked, found, needed)]
    assert places[:needed] == [one.row for one in rank(segments, asked, found)][:needed]
    assert set(places) == set(found.pages)


# The phrase coach


def phrase(number: int, title: str, **over: object) -> Document:
    return a_document(number, kind="phrase", title=title, summary="Say this instead.", **over)


SAYING = phrase(1, "It is in the contract")


@pytest.mark.parametrize("query", ["kind:phrase", "-door", "kind:phrase -door"])
def test_nobody_is_about_to_say_nothing(query: str) -> None:
    segments = searched(SAYING, *OTHERS)
    asked = parse(query, "en")
    found = match(segments, asked, Filters(kinds=asked.kinds), "en")
    assert not any(one.coach for one in rank(segments, asked, found))
    assert 1 in {row.facts.number for row in found.pages}


def test_the_card_is_the_same_however_many_pages_are_needed() -> None:
    segments = searched(
        *(a_document(page, body="lamp window broken") for page in range(3)),
        *(
            phrase(50 + page, title, body="lamp " * page, useful=page)
            for page, title in enumerate(["Lamp broken", "Broken lamp", "Lamp broken", "Broken lamp"])
        ),
    )
    asked = parse("lamp window broken", "en")
    found = match(segments, asked, Filters(), "en")
    coaches = [[one.row for one in rank(segments, asked, found, needed) if one.coach] for needed in (1, 3, 10, CLOSELY)]
    assert len(coaches[0]) == 1
    assert all(one == coaches[0] for one in coaches)


def test_the_card_for_what_somebody_is_about_to_say_comes_first() -> None:
    better = a_document(2, title="What is in the contract", body="contract contract")
    came = ranked(searched(better, SAYING, *OTHERS), "it's in the contract")
    assert [(one.row.facts.number, one.coach) for one in came][:2] == [(1, True), (2, False)]
    assert [one.coach for one in came].count(True) == 1


def test_of_two_cards_the_one_that_is_more_like_what_was_typed_comes_first() -> None:
    other = phrase(3, "The contract says that it is not our fault in that case")
    came = ranked(searched(other, SAYING, *OTHERS), "it is in the contract")
    assert [one.row.facts.number for one in came if one.coach] == [1]


@pytest.mark.parametrize(
    "query", ["contract", "customer lamp", "in the", "what to do when a customer asks for a refund"]
)
def test_a_card_that_is_not_what_is_being_said_has_no_place_of_its_own(query: str) -> None:
    long_one = phrase(1, "It is in the contract that you have signed with us last year")
    segments = searched(long_one, a_document(2, title="Contract", body="customer lamp refund"), *OTHERS)
    assert not any(one.coach for one in ranked(segments, query))


def test_a_page_that_is_no_card_coaches_nobody() -> None:
    assert not any(
        one.coach for one in ranked(searched(a_document(1, title="It is in the contract")), "it is in the contract")
    )


def test_nothing_is_ranked_of_nothing() -> None:
    assert ranked(searched(), "lamp") == []
    assert ranked(searched(a_document(1)), "lamp") == []
    assert [one.row.facts.number for one in ranked(searched(a_document(1), a_document(2)), "-lamp")] == [1, 2]
