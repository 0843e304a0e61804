"""Which forms are one word to search, and which must stay apart."""

import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.search.keys import (
    LANGUAGES,
    LEMMA,
    LONGEST_WORD,
    STEM,
    SURFACE,
    WEIGHTS,
    fold,
    is_known,
    keys,
    locales_of,
    query_keys,
    words,
)


def surface(word: str, locale: str = "") -> str:
    return keys(word, locale)[0]


@pytest.mark.parametrize(
    ("locale", "one", "other"),
    [
        ("ru", "клиентам", "клиент"),
        ("ru", "людей", "человек"),
        ("ru", "шёл", "идти"),
        ("ru", "ла\u0301мпами", "лампа"),
        ("ru", "лампочкой", "лампочки"),
        ("hr", "kupcima", "kupac"),
        ("hr", "pritužbe", "pritužbu"),
        ("hr", "svjetiljke", "svjetiljka"),
        ("ka", "ლამპები", "ლამპა"),
        ("ka", "მომხმარებელს", "მომხმარებელი"),
        ("ka", "ლამპებისთვის", "ლამპაზე"),
        ("ka", "კლიენტებთანაც", "კლიენტი"),
        ("ka", "განტოლებებიდან", "განტოლება"),
        ("ka", "ისტორიაშია", "ისტორიის"),
        ("ka", "უზოგადესი", "ზოგადი"),
        ("ka", "ფართოა", "ფართო"),
        ("ka", "გააერთიანებენ", "აერთიანებს"),
        ("hr", "misli", "misliti"),
        ("hr", "nastavit", "nastaviti"),
        ("hr", "reći", "reć"),
        ("hr", "odbijenu", "odbijena"),
        ("hr", "plaćanjem", "plaćanja"),
        ("en", "customer’s", "customer"),
        ("en", "left", "leave"),
        ("en", "building", "build"),
        ("en", "apologised", "apologizing"),
        ("en", "organisation", "organizations"),
        ("en", "behaviour", "behaviors"),
        ("en", "cancelled", "canceling"),
        ("en", "centre", "centers"),
        ("en", "customers", "customer"),
        ("en", "went", "go"),
        ("en", "apologies", "apology"),
    ],
)
def test_the_forms_of_a_word_share_a_key(locale: str, one: str, other: str) -> None:
    assert surface(one) != surface(other)
    assert set(keys(one, locale)) & set(keys(other, locale))


def test_a_russian_form_of_two_words_has_a_key_of_each() -> None:
    lemmas = {key for key in keys("стоит", "ru") if key.startswith(LEMMA)}
    assert lemmas == {"~ru:стоить", "~ru:стоять"}


def test_a_reading_that_is_hardly_ever_meant_has_no_key() -> None:
    assert set(keys("стали", "ru")) == {"=стали", "~ru:стать"}  # Of steel it is hardly ever.


def test_croatian_has_stems_as_well_for_words_that_no_dictionary_knows() -> None:
    assert set(keys("lampašima", "hr")) & set(keys("lampaša", "hr"))


def test_the_word_as_it_was_written_counts_more_than_its_lemma_and_that_more_than_its_stem() -> None:
    assert sorted(WEIGHTS, key=lambda key: -WEIGHTS[key]) == ["=", "~", "*"]
    for locale, word in (("ru", "клиентам"), ("hr", "kupcima"), ("ka", "ლამპები"), ("en", "lamps")):
        assert keys(word, locale)[0].startswith(SURFACE)


@pytest.mark.parametrize(
    ("locale", "one", "other"),
    [
        ("hr", "plaćanje", "plaćati"),
        ("hr", "brat", "brati"),
        ("ka", "მართვა", "მართავს"),
        ("ka", "ბიოლოგი", "ბიოლოგია"),
        ("en", "hour", "horror"),
        ("en", "apology", "apologist"),
        ("ru", "йод", "иод"),
        ("ru", "вежливость", "вежливый"),
    ],
)
def test_forms_of_different_words_share_no_key(locale: str, one: str, other: str) -> None:
    assert not set(keys(one, locale)) & set(keys(other, locale))


@pytest.mark.parametrize("word", ["pritužbu", "kućom", "riječima", "žalbama", "čekanjem", "šaljete", "ručkovima"])
def test_croatian_without_marks_has_the_keys_of_what_was_meant(word: str) -> None:
    bare = fold(word)
    assert bare != word
    assert set(keys(word, "hr")) <= set(query_keys(bare))


@pytest.mark.parametrize(
    ("locale", "word"),
    [("en", "Customers"), ("en", "cancelled"), ("ru", "клиентами"), ("ru", "елка"), ("ru", "ЁЛКА"), ("hr", "kupcima"),
     ("hr", "zalbu"), ("ka", "კლიენტს"), ("ka", "ᲚᲐᲛᲞᲐ")],
)  # fmt: skip
def test_a_word_of_the_dictionary_is_known(locale: str, word: str) -> None:
    assert is_known(word, locale)


@pytest.mark.parametrize(
    ("locale", "word"),
    [("en", "custmer"), ("en", "клиент"), ("ru", "клеинт"), ("ru", "lamp"), ("hr", "kupacc"), ("ka", "კლიენტტს"),
     ("ka", ""), ("sl", "luč"), ("", "lamp"), ("en", "2017x"), ("ru", "\ud800"), ("en", "lamp" * 9999)],
)  # fmt: skip
def test_a_mistyped_word_is_not_known(locale: str, word: str) -> None:
    assert not is_known(word, locale)


@pytest.mark.parametrize(
    ("locale", "typed"),
    [("en", "custmer"), ("en", "apolgy"), ("ru", "клеинт"), ("ru", "извинеие"), ("hr", "kupacc"), ("ka", "კლიენტტი")],
)
def test_a_mistyped_word_is_not_taken_for_another(locale: str, typed: str) -> None:
    guessed = [key for key in keys(typed, locale) if not key.startswith(SURFACE)]
    assert all(key.startswith(STEM) for key in guessed)


def test_lemmas_and_stems_belong_to_their_language_alone() -> None:
    others = {key for locale in LANGUAGES for key in keys("test", locale) if not key.startswith(SURFACE)}
    assert all(key[1:].split(":")[0] in LANGUAGES for key in others)


def test_a_language_without_rules_has_the_word_as_it_was_written() -> None:
    assert keys("Luč", "sl") == ("=luc",)


@pytest.mark.parametrize(
    ("word", "locales"),
    [("lamp", ("en", "hr")), ("žalba", ("en", "hr")), ("лампа", ("ru",)), ("ლამპა", ("ka",)), ("ᲚᲐᲛᲞᲐ", ("ka",)),
     ("2017", ("",)), ("λάμπα", ("",)), ("ランプ", ("",))],
)  # fmt: skip
def test_a_word_of_a_query_may_be_in_any_language_of_its_script(word: str, locales: tuple[str, ...]) -> None:
    assert locales_of(word) == locales
    assert query_keys(word)[0].startswith(SURFACE)


HOSTILE = [
    "а" * 10_000,
    "ა" * 10_000,
    "lamp" * 10_000,
    "ебს" * 10_000,
    "\u0301" * 300,
    "e" + "\u0301" * 10_000,
    "\ud800",
    "ла\udfffмпа",
    "\0",
    "lamp\0",
    "שלום",
    "مصباح\u202e",
    "💡",
    "9" * 30,
    "",
    "'",
    "đ",
    "ცცც",
    "ებია",
]


@pytest.mark.parametrize("word", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("locale", [*LANGUAGES, "sl"])
def test_no_word_is_too_hostile(word: str, locale: str) -> None:
    assert keys(word, locale)[0].startswith(SURFACE)
    assert query_keys(word)
    assert is_known(word, locale) in {True, False}


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(codec=None)), st.sampled_from([*LANGUAGES, "", "sl"]))
@example("\ud800", "ru")
def test_any_string_has_keys(word: str, locale: str) -> None:
    assert keys(word, locale)[0].startswith(SURFACE)
    assert query_keys(word)
    assert is_known(word, locale) in {True, False}


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="აბდევთიკლმნორსტუფცხ", max_size=12))
def test_a_georgian_word_keeps_its_keys_with_a_postposition(word: str) -> None:
    if len(word) > 3 and word[-1] not in "აეიოუსბთნმდც":  # A stem that ends with a consonant which ends no case.
        assert set(keys(word + "ი", "ka")[1:]) & set(keys(word + "ისთვის", "ka")[1:])


@settings(max_examples=300, deadline=None)
@given(st.text(), st.sampled_from([*LANGUAGES, "", "sl"]))
def test_any_word_has_keys_of_bearable_length(text: str, locale: str) -> None:
    for word in words(text):
        found = keys(word[0], locale)
        assert found[0].startswith(SURFACE)
        assert len(found) == len(set(found))
        assert all(len(key) <= 3 * LONGEST_WORD for key in found)


@settings(max_examples=300, deadline=None)
@given(st.text(min_size=1))
@example("0\U00018d00")
@example("лампа\U00018d00")
def test_a_word_finds_itself_in_every_language_and_in_any_case(text: str) -> None:
    for word in words(text):
        if len(word[0]) > LONGEST_WORD // 4:
            continue  # Upper case may be several times as long, and what is too long is cut.
        for locale in LANGUAGES:
            assert set(query_keys(word[0])) & set(keys(word[0], locale))
        assert surface(word[0]) == surface(unicodedata.normalize("NFD", word[0]))


def test_threads_that_look_at_words_at_once_do_not_mix_them_up() -> None:
    forms = [
        f"{stem}{ending}"
        for stem in ("kupac", "ugovor", "reklamacij", "svjetiljk", "najljepš")
        for ending in (
            "a",
            "u",
            "om",
            "ima",
            "ama",
            "e",
            "i",
            "og",
            "ijeg",
            "ovima",
            "skima",
            "icama",
            "ostima",
            "enjem",
        )
    ]
    keys.cache_clear()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # Threads take turns in the middle of a word.
    try:
        with ThreadPoolExecutor(8) as threads:
            found = list(threads.map(lambda form: keys(form, "hr"), forms * 8))
    finally:
        sys.setswitchinterval(interval)
    keys.cache_clear()
    assert found == [keys(form, "hr") for form in forms] * 8
