"""What a query is understood to ask for; whatever is typed, it is never an error."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.search.asked import Asked
from portal.search.keys import LANGUAGES, SURFACE, query_keys, script_of
from portal.search.light_words import HEAVY, LIGHT, is_light
from portal.search.query import LONGEST_QUERY, MOST_WORDS, Form, parse, parts


def heavy(asked: Asked) -> list[str]:
    return [one.text for one in asked.wanted if not one.light]


def phrases(asked: Asked) -> list[str]:
    return [one.text for one in asked.wanted if one.phrase]


def shut_out(asked: Asked) -> list[str]:
    return [one.text for one in asked.without]


def test_words_are_wanted_in_their_order_each_once_by_all_their_keys() -> None:
    asked = parse("Lamp hotel LAMP", "en")
    assert [one.text for one in asked.wanted] == ["Lamp", "hotel"]
    assert asked.wanted[1].ways[0].words == (query_keys("hotel"),)
    assert (asked.without, asked.kinds, asked.locales, asked.principles) == ((), frozenset(), frozenset(), frozenset())


@pytest.mark.parametrize(
    "typed",
    ['"long hand"', "“long hand”", "„long hand”", "„long hand“", "«long hand»", "»long hand«", "”long hand”"],
)
def test_what_is_in_quotation_marks_is_a_phrase_as_it_was_typed(typed: str) -> None:
    (one,) = parse(typed, "en").wanted
    assert (one.text, one.phrase, one.light) == ("long hand", True, False)
    assert one.ways[0].words == ((SURFACE + "long",), (SURFACE + "hand",))


@pytest.mark.parametrize("typed", ['lost "bag', "lost “bag", "lost» bag", 'lost" bag', 'lost bag"', '"" lost bag'])
def test_a_quotation_mark_without_another_is_none(typed: str) -> None:
    assert parse(typed, "en").wanted == parse("lost bag", "en").wanted


def test_inches_are_no_quotation_marks() -> None:
    assert phrases(parse('a 6" and an 8" screen', "en")) == []


@pytest.mark.parametrize(
    ("typed", "without"),
    [
        ("lamp -hotel", ["hotel"]),
        ("lamp −hotel ‐bed", ["hotel", "bed"]),
        ('lamp -"hotel room"', ["hotel room"]),
        ("lamp -«номер люкс»", ["номер люкс"]),
        ("lamp (-hotel)", ["hotel"]),
        ("lamp -e-mail,", ["e mail"]),
        ("lamp -гостиницы -სასტუმრო", ["гостиницы", "სასტუმრო"]),
    ],
)
def test_a_minus_before_a_word_or_a_phrase_shuts_it_out(typed: str, without: list[str]) -> None:
    asked = parse(typed, "en")
    assert shut_out(asked) == without
    assert heavy(asked) == ["lamp"]
    assert all(one.phrase == (" " in one.text) for one in asked.without)


@pytest.mark.parametrize("typed", ["check-list", "lamp - hotel", "–Hotel", "—Сделаю", "-20 %", "lamp-", "a-b-c", "--"])
def test_a_hyphen_within_a_word_a_dash_and_a_negative_number_shut_nothing_out(typed: str) -> None:
    assert parse(typed, "en").without == ()


def test_nothing_but_what_is_shut_out_wants_nothing() -> None:
    asked = parse("-lamp", "en")
    assert (asked.wanted, shut_out(asked)) == ((), ["lamp"])


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("kind:story", "story"),
        ("KIND:Stories", "story"),
        ('kind:"win"', "win"),
        ("вид:рассказы", "story"),
        ("kind:принципы", "principle"),
        ("vrsta:načela", "principle"),
        ("kind:prica", "story"),
        ("სახე:ფრაზები", "phrase"),
        ("kind:წარმატებები", "win"),
        ("kind:uspjesi", "win"),
        ("lamp kind:phrase, please", "phrase"),
    ],
)
def test_kinds_are_named_in_every_language(typed: str, kind: str) -> None:
    assert parse(typed, "en").kinds == {kind}


@pytest.mark.parametrize(
    ("typed", "locale"),
    [
        *((f"lang:{code}", code) for code in LANGUAGES),
        ("lang:Croatian", "hr"),
        ("lang:грузинский", "ka"),
        ("jezik:engleski", "en"),
        ("lang:ქართული", "ka"),
        ("язык:русский", "ru"),
    ],
)
def test_languages_are_named_by_code_and_in_every_language(typed: str, locale: str) -> None:
    asked = parse(typed, "en")
    assert (asked.locales, asked.wanted) == ({locale}, ())


def test_a_principle_is_named_by_its_slug() -> None:
    asked = parse("lamp principle:own-it-to-the-end principle:Admit-Mistakes", "en")
    assert (asked.principles, heavy(asked)) == ({"own-it-to-the-end", "admit-mistakes"}, ["lamp"])


def test_what_narrows_may_be_said_several_times() -> None:
    assert parse("kind:story kind:win lang:hr lang:en", "en").kinds == {"story", "win"}


@pytest.mark.parametrize(
    "typed",
    ["kind:lamp", "colour:lamp", "kind: lamp", "kind：lamp", "Re:lamp", "lang:xx", "kind:", "principle:Not_a_slug",
     "x-kind:story", "http://example.com/kind:story", "kind:story:lamp"],
)  # fmt: skip
def test_what_is_no_operator_or_value_is_plain_words(typed: str) -> None:
    asked = parse(typed, "en")
    assert {*asked.kinds, *asked.locales, *asked.principles, *asked.without} == set()
    assert asked.wanted


def test_a_phrase_after_a_word_with_a_colon_is_a_phrase() -> None:
    asked = parse('said:"no refund"', "en")
    assert (heavy(asked), phrases(asked)) == (["said", "no refund"], ["no refund"])


@pytest.mark.parametrize(
    ("typed", "locale", "asked_for"),
    [
        ("how do I apologise to a customer", "en", ["apologise", "customer"]),
        ("it’s not in the contract", "en", ["contract"]),
        ("I can't answer, ill", "en", ["answer", "ill"]),
        ("I'll answer", "en", ["answer"]),
        ("что делать, если на меня орёт клиент", "ru", ["делать", "орёт", "клиент"]),
        ("ничего не могу поделать", "ru", ["поделать"]),
        ("sto reci kupcu koji nije u pravu", "hr", ["reci", "kupcu", "pravu"]),
        ("što ako ne mogu pomoći", "hr", ["pomoći"]),
        ("როგორ მოვუხადო ბოდიში ჩემს კლიენტს", "ka", ["მოვუხადო", "ბოდიში", "კლიენტს"]),
        ("ეს ჩემი საქმე არ არის", "ka", ["საქმე"]),
        ("Logitech-ის ადაპტერი", "ka", ["Logitech", "ის", "ადაპტერი"]),
    ],
)
def test_little_words_are_not_asked_of_a_page(typed: str, locale: str, asked_for: list[str]) -> None:
    expected = [word for word in asked_for if word != "ის"]
    assert heavy(parse(typed, locale)) == expected


def test_a_query_of_little_words_alone_asks_for_all_of_them() -> None:
    assert heavy(parse("to be or not to be", "en")) == ["to", "be", "or", "not"]
    assert heavy(parse("the -lamp", "en")) == ["the"]


def test_an_exact_query_asks_for_little_words_too() -> None:
    assert heavy(parse("the lamp", "en", exact=True)) == ["the", "lamp"]


@pytest.mark.parametrize(
    ("word", "light_to", "heavy_to"),
    [
        ("the", "en ru hr ka", ""),
        ("je", "en ru hr ka", ""),
        ("on", "en ru hr ka", ""),
        ("sad", "hr", "en ru ka"),
        ("most", "", "hr en ru ka"),
        ("let", "en", "hr ru ka"),
        ("Not", "en ru hr ka", ""),
        ("as", "en", "hr ru ka"),
        ("lamp", "", "en hr"),
        ("2024", "", "en hr"),
    ],
)
def test_a_word_that_another_language_means_something_by_is_light_to_those_who_use_it_so(
    word: str, light_to: str, heavy_to: str
) -> None:
    assert [code for code in light_to.split() if not is_light(word, code)] == []
    assert [code for code in heavy_to.split() if is_light(word, code)] == []


def test_the_lists_of_little_words_are_in_their_languages_scripts_and_tell_the_languages_apart() -> None:
    assert LIGHT.keys() == LANGUAGES.keys()
    for code, listed in LIGHT.items():
        assert {script_of(word) for word in listed} == {LANGUAGES[code].script}
        assert listed.isdisjoint(HEAVY.get(code, ()))
    for code, listed in HEAVY.items():
        assert listed <= set().union(*(LIGHT[other] for other in LIGHT if other != code))


def test_the_beginning_of_a_long_query_counts_up_to_its_last_whole_word() -> None:
    asked = parse("lamp " * 59 + "elephants", "en")
    assert (asked.text, heavy(asked)) == (("lamp " * 59).strip(), ["lamp"])
    assert len(parse("x" * 10_000_000, "en").text) == LONGEST_QUERY
    whole = "lamp " * 58 + "elephants"
    assert heavy(parse(whole, "en")) == ["lamp"]  # More words than count.
    assert parse(whole, "en").text == whole


def test_the_first_words_count_those_shut_out_and_of_phrases_too() -> None:
    many = [f"word{n}" for n in range(40)]
    assert heavy(parse(" ".join(many), "en")) == many[:MOST_WORDS]
    asked = parse('-one "two three" ' + " ".join(many), "en")
    assert sum(len(one.ways[0].words) for one in (*asked.wanted, *asked.without)) == MOST_WORDS
    # Cut short, it would shut out more.
    assert parse(" ".join(many[: MOST_WORDS - 1]) + ' -"lost bag"', "en").without == ()


def test_the_stretches_of_a_query_tell_where_they_stand() -> None:
    text = 'lost "red bag" -hotel kind:story now'
    found = [(part.form, text[part.start : part.end], part.value) for part in parts(text)]
    assert [one for one in found if one[0] is not Form.PLAIN] == [
        (Form.PHRASE, '"red bag"', "red bag"),
        (Form.WITHOUT, "-hotel", "hotel"),
        (Form.NARROWING, "kind:story", "story"),
    ]
    assert [value.strip() for form, _, value in found if form is Form.PLAIN and value.strip()] == ["lost", "now"]


ODD = st.text(st.sampled_from("lamp лампа ლამპა žđ \"'“”„«»-−:()\x00\u00ad\ud800K ind:story lang:hr the не"))


@settings(max_examples=150, deadline=None)
@given(text=st.text() | ODD, locale=st.sampled_from(["en", "hr", "ka", "xx", ""]), exact=st.booleans())
@example(text="lamp\x00shade", locale="en", exact=False)
@example(text="kind:" * 70, locale="en", exact=False)
@example(text='"' * 400, locale="en", exact=False)
@example(text="9" * 30, locale="en", exact=False)
@example(text="ა\ud800-", locale="ka", exact=False)
def test_no_text_is_an_error_and_none_asks_for_too_much(text: str, locale: str, *, exact: bool) -> None:
    asked = parse(text, locale, exact=exact)
    assert len(asked.text) <= LONGEST_QUERY
    asked.text.encode()  # Nothing that can't be shown.
    assert "\x00" not in asked.text
    wanted = (*asked.wanted, *asked.without)
    assert sum(len(one.ways[0].words) for one in wanted) <= MOST_WORDS
    assert all(keys for one in wanted for way in one.ways for keys in way.words)
    assert not asked.wanted or any(not one.light for one in asked.wanted)
    assert "".join(asked.text[part.start : part.end] for part in parts(asked.text)) == asked.text
    again = parse(asked.text, locale, exact=exact)
    assert again == asked
