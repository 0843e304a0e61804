"""What an answer can be narrowed by, and how each of it is undone."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.search.finding import Found
from portal.search.narrowing import Choice, choices, without
from portal.search.query import parse

KINDS = {"story", "phrase", "win", "principle"}
LOCALES = ("en", "ru", "hr", "ka")


def found(query: str, **over: Any) -> Found:
    counts: dict[str, Any] = {"kinds": (("phrase", 1), ("story", 2)), "locales": (("en", 2), ("ru", 1)), **over}
    return Found(query, parse(query, "en"), **counts)


def addresses(rows: tuple[Choice, ...]) -> dict[str, dict[str, str]]:
    return {row.value: dict(row.address) for row in rows}


def test_what_is_offered_keeps_everything_else_of_the_address_but_the_page_number() -> None:
    given_ = {"q": "lamp", "in": "ru", "lang": "hr", "exact": "1", "page": "3", "other": "x"}
    offered = choices(found("lamp"), given_, KINDS, LOCALES)
    kept = {"q": "lamp", "lang": "hr", "exact": "1"}
    assert addresses(offered.kinds) == {
        "phrase": {**kept, "in": "ru", "kind": "phrase"},
        "story": {**kept, "in": "ru", "kind": "story"},
    }
    assert addresses(offered.locales) == {"en": {**kept, "in": "en"}, "ru": kept}
    assert [row.chosen for row in offered.locales] == [False, True]
    assert offered.unfiltered == kept


def test_what_narrows_from_within_the_query_is_undone_there() -> None:
    offered = choices(found("вид:история lamp lang:en kind:story"), {"kind": "story"}, KINDS, LOCALES)
    assert addresses(offered.kinds)["story"] == {"q": "lamp lang:en"}
    assert addresses(offered.locales)["en"] == {"q": "вид:история lamp kind:story", "kind": "story"}
    assert offered.unfiltered == {"q": "lamp"}


def test_what_would_narrow_nothing_is_not_offered_but_what_was_chosen_is() -> None:
    one = found("lamp", kinds=(("story", 2),), locales=(("en", 2),), principles=(("own-it", "Own it", 2),))
    offered = choices(one, {}, KINDS, LOCALES)
    assert (offered.kinds, offered.locales, offered.principles) == ((), (), ())
    assert not offered.chosen
    offered = choices(one, {"kind": "win", "principle": "ask"}, KINDS, LOCALES)
    assert [(row.value, row.number, row.chosen) for row in offered.kinds] == [("story", 2, False), ("win", 0, True)]
    assert [(row.value, row.label, row.chosen) for row in offered.principles] == [
        ("own-it", "Own it", False),
        ("ask", "", True),
    ]
    assert offered.chosen


def test_kinds_and_languages_that_do_not_exist_narrow_nothing() -> None:
    offered = choices(found("lamp"), {"kind": "nope", "in": "xx"}, KINDS, LOCALES)
    assert not offered.chosen
    assert "nope" not in addresses(offered.kinds)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(["kind:story", "lang:en", "principle:a-b", "lamp", "-x", '"a b"', "kind:x", " ", "«"])))
def test_without_what_narrows_it_a_query_asks_for_the_same_words(parts: list[str]) -> None:
    query = " ".join(parts)
    rest = without(query, {("kind", "story"), ("lang", "en"), ("principle", "a-b")})
    asked, left = parse(query, "en"), parse(rest, "en")
    assert (left.wanted, left.without) == (asked.wanted, asked.without)
    assert not (left.kinds | left.locales | left.principles)
