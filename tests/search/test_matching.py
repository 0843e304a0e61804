"""Which pages answer, by documents made by hand: all words or some, phrases, what is shut out, filters and facets."""

from typing import Any

import pytest

from portal.search.asked import Asked, Read, Wanted, Way
from portal.search.fields import FIELD_BITS, Field
from portal.search.keys import query_keys
from portal.search.matching import ENOUGH, NEAREST, Filters, Matches
from portal.search.segments import MemorySegment, Searched
from portal.search.standing import places, way_hits, word_hits
from tests.search.documents import a_document, about, matched, searched


def pages(found: Matches) -> list[int]:
    return sorted(row.facts.number for row in found.pages)


def full(found: Matches) -> list[int]:
    return sorted(row.facts.number for row in found.pages if row.has == found.all_bits)


def test_pages_with_every_word_come_alone_when_there_are_enough_of_them() -> None:
    both = [a_document(page, body="lamp window") for page in range(ENOUGH)]
    one = [a_document(50, body="lamp"), a_document(51, body="window"), a_document(52, body="door")]
    assert pages(matched(searched(*both, *one), "lamp window")) == list(range(ENOUGH))


def test_pages_with_some_of_the_words_come_too_when_there_are_fewer() -> None:
    both = [a_document(page, body="lamp window") for page in range(ENOUGH - 1)]
    one = [a_document(50, body="lamp"), a_document(51, body="window"), a_document(52, body="door")]
    found = matched(searched(*both, *one), "lamp window")
    assert pages(found) == [*range(ENOUGH - 1), 50, 51]
    assert full(found) == list(range(ENOUGH - 1))


def test_there_are_enough_only_of_what_is_asked_for() -> None:
    stories = [a_document(page, body="lamp window") for page in range(ENOUGH + 3)]
    segments = searched(*stories, a_document(50, kind="phrase", body="lamp"))
    found = matched(segments, "lamp window", filters=Filters(kinds=frozenset({"phrase"})))
    assert (pages(found), full(found)) == ([50], [])


def test_one_page_is_one_row_in_the_readers_language_if_that_has_as_much() -> None:
    segments = searched(
        a_document(1, "en", body="pokerstars is here"),
        a_document(1, "hr", title="Pokerstars", body="pokerstars pokerstars"),
        a_document(1, "ka", body="pokerstars"),
    )
    for locale in ("en", "hr", "ka"):
        (row,) = matched(segments, "pokerstars", locale).pages
        assert row.facts.locale == locale
    (row,) = matched(segments, "pokerstars", "ru").pages
    assert row.facts.locale == "hr", "the one that says most of it"


def test_a_language_that_has_more_of_the_words_stands_for_the_page_before_the_readers() -> None:
    segments = searched(a_document(1, "hr", body="pokerstars"), a_document(1, "en", body="pokerstars lamp"))
    (row,) = matched(segments, "pokerstars lamp", "hr").pages
    assert row.facts.locale == "en"


def test_a_page_whose_words_stand_in_two_languages_counts_as_having_both() -> None:
    segments = searched(a_document(1, "en", body="lamp"), a_document(1, "ru", body="окно"))
    found = matched(segments, "lamp окно")
    assert full(found) == [1]


def test_pages_are_found_in_all_segments_and_their_languages_come_together() -> None:
    segments = [
        *searched(a_document(1, body="lamp")),
        *searched(a_document(1, "ru", body="lamp"), a_document(2, title="lamp")),
    ]
    found = matched(segments, "lamp", "ru")
    assert {(row.facts.number, row.facts.locale, row.segment) for row in found.pages} == {(1, "ru", 1), (2, "en", 1)}


def test_what_is_gone_from_a_segment_is_neither_found_nor_counted_nor_shuts_out() -> None:
    segment = MemorySegment([a_document(1, body="lamp"), a_document(2, body="lamp door")])
    found = matched([Searched(segment, {0})], "lamp")
    assert (pages(found), found.facets.kinds) == ([2], {"story": 1})
    assert pages(matched([Searched(segment, {1}), *searched(a_document(2, body="lamp"))], "lamp -door")) == [1, 2]


def test_what_is_excluded_shuts_out_a_page_in_every_language() -> None:
    segments = searched(
        a_document(1, "en", body="lamp"),
        a_document(1, "ru", body="лампа и дверь"),
        a_document(2, "en", body="lamp"),
        a_document(3, "en", body="lamp and door"),
    )
    assert pages(matched(segments, "lamp -дверь")) == [2, 3]
    assert pages(matched(segments, "lamp -door -дверь")) == [2]
    assert pages(matched(segments, 'lamp -"and door"')) == [1, 2]
    assert pages(matched(segments, "-lamp")) == []
    assert pages(matched(segments, "-door")) == [1, 2]


@pytest.mark.parametrize(
    ("body", "has"),
    [
        ("I was told that the customer is right", True),
        ("the customer, he said, is right", False),
        ("customer the is", False),
        ("the customer\nis right", False),  # Not across the end of a line.
        ("the e-mail of the customer is here", True),
        ("the customers is", False),  # A phrase is taken at its word.
        ("THE Customer IS", True),
    ],
)
def test_a_phrase_is_found_only_side_by_side_as_it_was_typed(body: str, has: bool) -> None:
    segments = searched(a_document(1, body=body), a_document(2, body="something else"))
    assert pages(matched(segments, '"the customer is"')) == ([1] if has else [])


def test_a_phrase_does_not_go_from_one_part_of_a_page_to_another() -> None:
    parted = a_document(1, title="Window", summary="Lamp", headings="Of", body="Door")
    for query in ('"window lamp"', '"lamp of"', '"of door"', '"door lamp"'):
        assert pages(matched(searched(parted), query)) == []
    for query in ('"window"', '"lamp"', '"of"', '"door"'):
        assert pages(matched(searched(parted), query)) == [1]


def test_what_belongs_together_is_had_in_any_of_its_ways_with_all_words_of_it() -> None:
    way = Way("hotel lamp", (query_keys("hotel"), query_keys("lamp")), Read.SYNONYM)
    asked = Asked("light", (Wanted("light", (Way("light", (query_keys("light"),)), way)),))
    segments = searched(
        a_document(1, body="light"), a_document(2, body="lamp of a hotel"), a_document(3, body="lamp"), a_document(4)
    )
    found = matched(segments, asked)
    assert full(found) == [1, 2]


@pytest.mark.parametrize("lamps", [3, 400])
def test_several_words_of_one_way_are_found_however_common_each_is(lamps: int) -> None:
    way = Way("hotel lamp", (query_keys("hotel"), query_keys("lamp")), Read.SYNONYM)
    segments = searched(
        *(a_document(page, body="a lamp") for page in range(1, lamps)),
        *(a_document(page, body="a hotel") for page in range(500, 503)),
        *(a_document(page, body="hotels with lamps") for page in range(600, 603)),
    )
    hits = way_hits(segments[0].segment, way)
    tables = [word_hits(segments[0].segment, keys) for keys in way.words]
    assert [segments[0].segment.facts[number].number for number in sorted(hits)] == [600, 601, 602]
    assert hits == pytest.approx({number: sum(table[number] for table in tables) / 2 for number in hits})


def test_a_word_stands_wherever_any_of_its_keys_does() -> None:
    saw = query_keys("saw")  # Of “see” as well, and more pages have that.
    segments = searched(
        a_document(1, title="Saws", body="you see them"),
        a_document(2, body="a saw"),
        *(a_document(page, body="to see") for page in range(10, 20)),
    )
    standing = places(segments[0].segment, saw, [0, 1, 2])
    assert [[place >> FIELD_BITS for place in standing[number]] for number in range(3)] == [
        [Field.BODY, Field.TITLE],
        [Field.BODY],
        [Field.BODY],
    ]


# What narrows


def narrowed(found: Matches) -> tuple[dict[Any, int], ...]:
    return dict(found.facets.kinds), dict(found.facets.locales), dict(found.facets.principles)


def test_facets_count_pages_as_if_their_own_filter_were_not_set() -> None:
    segments = searched(
        a_document(1, "en", body="lamp", principles=(90,)),
        a_document(1, "hr", body="lamp", principles=(90,)),
        a_document(2, "en", body="lamp", principles=(90, 91)),
        a_document(3, "hr", body="lamp", kind="phrase"),
        a_document(4, "ru", body="door", kind="win", principles=(91,)),
    )

    def found(**filters: set[Any]) -> Matches:
        return matched(segments, "lamp", filters=Filters(**{k: frozenset(v) for k, v in filters.items()}))

    kinds, locales, principles = {"story": 2, "phrase": 1}, {"en": 2, "hr": 2}, {90: 2, 91: 1}
    assert narrowed(found()) == (kinds, locales, principles)
    assert narrowed(found(kinds={"story"})) == (kinds, {"en": 2, "hr": 1}, principles)
    assert narrowed(found(locales={"hr"})) == ({"story": 1, "phrase": 1}, locales, {90: 1})
    assert narrowed(found(principles={91})) == ({"story": 1}, {"en": 1}, principles)
    assert narrowed(found(kinds={"phrase"}, principles={90})) == ({"story": 2}, {}, {})
    assert pages(found(kinds={"story"})) == [1, 2]
    assert pages(found(locales={"hr"})) == [1, 3]
    assert pages(found(principles={91})) == [2]
    assert pages(found(kinds={"story", "phrase"}, locales={"hr"})) == [1, 3]
    assert pages(found(kinds={"phrase"}, locales={"en"})) == []


def test_a_facet_says_how_many_pages_there_are_once_it_is_chosen() -> None:
    segments = searched(
        a_document(1, body="lamp window"),
        *(a_document(page, body="lamp") for page in range(10, 10 + 2 * NEAREST)),
        *(a_document(page, "hr", kind="phrase", body="lamp", principles=(90,)) for page in range(500, 503)),
    )
    found = matched(segments, "lamp window")
    assert found.total == 1 + NEAREST
    assert narrowed(found) == ({"story": 1 + NEAREST, "phrase": 3}, {"en": 1 + NEAREST, "hr": 3}, {90: 3})
    for name, counts in zip(Filters._fields, narrowed(found), strict=True):
        for value, count in counts.items():
            chosen = Filters(**{name: frozenset({value})})
            assert matched(segments, "lamp window", filters=chosen).total == count, value


def test_a_facet_counts_the_pages_whose_words_stand_in_two_languages() -> None:
    pages = range(1, NEAREST + 6)
    segments = searched(
        *(a_document(page, "en", body="lamp", principles=(90,)) for page in pages),
        *(a_document(page, "hr", body="prozor", principles=(90,)) for page in pages),
    )
    found = matched(segments, "lamp prozor")
    assert (found.total, found.full) == (len(pages), len(pages))
    assert narrowed(found) == ({"story": len(pages)}, {"en": NEAREST, "hr": NEAREST}, {90: len(pages)})


def test_a_facet_with_enough_pages_that_have_all_words_promises_no_others() -> None:
    segments = searched(
        *(a_document(page, body="lamp window") for page in range(1, ENOUGH + 1)),
        *(a_document(page, body="lamp") for page in range(100, 160)),
        *(a_document(page, kind="phrase", body="lamp") for page in range(200, 203)),
    )
    found = matched(segments, "lamp window", filters=Filters(kinds=frozenset({"phrase"})))
    assert found.facets.kinds == {"story": ENOUGH, "phrase": 3}


def test_what_narrows_alone_lists_all_that_is_left() -> None:
    segments = searched(a_document(1, kind="phrase"), a_document(2), a_document(2, "ru"))
    nothing = Asked("")
    assert pages(matched(segments, nothing)) == [1, 2]
    assert pages(matched(segments, nothing, filters=Filters(kinds=frozenset({"phrase"})))) == [1]
    (row,) = matched(segments, nothing, "ru", Filters(kinds=frozenset({"story"}))).pages
    assert (row.facts.subject, row.facts.locale) == (about(2)[0], "ru")


def test_nothing_is_found_in_nothing() -> None:
    assert matched([], "lamp window").pages == ()
    assert matched(searched(), "lamp -window").pages == ()
    assert matched(searched(a_document(1)), "lamp").pages == ()
