"""Which ways of writing a word are one word to search, and which must stay apart."""

import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.search.keys import LANGUAGES, LEMMA, LONGEST_WORD, SURFACE, WEIGHTS, keys, locales_of, query_keys, words


def surface(word: str, locale: str = "") -> str:
    return keys(word, locale)[0]


def written(text: str) -> list[str]:
    return [word[0] for word in words(text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("клие\u0301нт", "клиент"),
        (unicodedata.normalize("NFD", "йод"), "йод"),
        (unicodedata.normalize("NFD", "ёлка"), "ёлка"),
        (unicodedata.normalize("NFD", "čaša"), "čaša"),
        ("КЛИЕНТ", "клиент"),
        ("STRASSE", "straße"),
        ("Žalba", "žalba"),
        ("ёлка", "елка"),
        ("Ёлка", "ЕЛКА"),
        ("Đorđe", "Djordje"),
        ("đak", "dak"),
        ("đak", "djak"),
        ("kuća", "kuca"),
        ("žalba", "zalba"),
        ("café", "cafe"),
        ("ᲚᲐᲛᲞᲐ", "ლამპა"),
        ("кли\u00adент", "клиент"),
        ("ლამ\u00adპა", "ლამპა"),
        ("\ufefflamp\u200b", "lamp"),
        ("cервиc", "сервис"),
        ("Mастер", "мастер"),
        ("BОПPОC", "вопрос"),
        ("don’t", "don't"),
        ("donʼt", "dont"),
    ],
)
def test_these_are_one_word(one: str, other: str) -> None:
    assert surface(one) == surface(other)
    assert set(query_keys(one)) & set(query_keys(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [("чай", "чаи"), ("Й", "И"), ("йод", "иод"), ("мой", "мои"), ("nос", "нос"), ("лампа", "lampa"), ("ш", "щ")],
)
def test_these_are_two_words(one: str, other: str) -> None:
    assert surface(one) != surface(other)


def test_a_latin_word_is_not_made_cyrillic() -> None:
    assert surface("xaoc") == SURFACE + "xaoc"
    assert locales_of("HOPE") == ("en", "hr")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hotel’s lamp, isn't it?", ["Hotel’s", "lamp", "isn't", "it"]),
        ("клиент-менеджер", ["клиент", "менеджер"]),
        ("B2B 24/7 №5", ["B2B", "24", "7", "5"]),
        ("snake_case", ["snake", "case"]),
        ("'quoted'", ["quoted"]),
        ("обслу\u00adжи\u00adвание гостя", ["обслу\u00adжи\u00adвание", "гостя"]),
        ("мо\u0438\u0306 c\u030caj", ["мо\u0438\u0306", "c\u030caj"]),
        ("ма\u0438\u0306ка c\u030cas\u030ca", ["ма\u0438\u0306ка", "c\u030cas\u030ca"]),
        ("ლამპა, ნათურა.", ["ლამპა", "ნათურა"]),
        ("!?… —", []),
        ("", []),
    ],
)  # fmt: skip
def test_words_are_letters_and_digits_held_together(text: str, found: list[str]) -> None:
    assert written(text) == found


@settings(max_examples=300, deadline=None)
@given(st.text())
def test_every_word_stands_where_it_says(text: str) -> None:
    found = list(words(text))
    assert all(text[word.start() : word.end()] == word[0] for word in found)
    assert all(one.end() <= other.start() for one, other in pairwise(found))


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
        ("en", "customers", "customer"),
        ("en", "went", "go"),
        ("en", "apologies", "apology"),
    ],
)
def test_the_forms_of_a_word_share_a_key(locale: str, one: str, other: str) -> None:
    assert surface(one) != surface(other)
    assert set(keys(one, locale)) & set(keys(other, locale))


def test_a_russian_form_of_two_words_has_a_key_of_each() -> None:
    lemmas = {key for key in keys("стали", "ru") if key.startswith(LEMMA)}
    assert lemmas == {"~ru:стать", "~ru:сталь"}


def test_croatian_has_stems_as_well_for_words_that_no_dictionary_knows() -> None:
    assert set(keys("lampašima", "hr")) & set(keys("lampaša", "hr"))


def test_the_word_as_it_was_written_counts_more_than_its_lemma_and_that_more_than_its_stem() -> None:
    assert sorted(WEIGHTS, key=lambda key: -WEIGHTS[key]) == ["=", "~", "*"]
    for locale, word in (("ru", "клиентам"), ("hr", "kupcima"), ("ka", "ლამპები"), ("en", "lamps")):
        assert keys(word, locale)[0].startswith(SURFACE)


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
