"""Which ways of writing a word are one word to search, and which must stay apart, whatever the language."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.search.gap_commands import side_fault
from portal.search.keys import SURFACE, keys, locales_of, query_keys, words


def surface(word: str, locale: str = "") -> str:
    return keys(word, locale)[0]


def written(text: str) -> list[str]:
    return [word[0] for word in words(text)]


def test_an_apostrophe_is_no_word() -> None:
    assert written("ʼ ʼʼ ' a пʼять") == ["a", "пʼять"]
    assert side_fault("ʼ")


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
