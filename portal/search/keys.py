"""What brings the forms of a word together: several keys a word, the same for documents and queries.

A key is a letter for how far it is from what was written (`SURFACE`, `LEMMA`, `STEM`) and the key itself; lemmas and
stems carry their language, so that only documents in it can match. Measured on treebanks: see docs/search.md.
"""

from functools import cache, lru_cache

from .compiling import dictionary
from .dictionary import Dictionary
from .languages import LANGUAGES, Language
from .writing import LONGEST_WORD, fold, forms, is_all, normal, script_of, words

__all__ = [
    "LANGUAGES",
    "LEMMA",
    "LONGEST_WORD",
    "STEM",
    "SURFACE",
    "WEIGHTS",
    "fold",
    "forms",
    "is_known",
    "keys",
    "locales_of",
    "normal",
    "query_keys",
    "script_of",
    "warm",
    "words",
]

SURFACE, LEMMA, STEM = "=", "~", "*"
WEIGHTS = {SURFACE: 1.0, LEMMA: 0.7, STEM: 0.4}
"""The exact form counts most; it also matches by its lemma and stem, so these add up."""


@lru_cache(maxsize=100_000)
def keys(word: str, locale: str) -> tuple[str, ...]:
    """The keys of one word of a text in ``locale``, the surface form first."""
    lower = normal(word)
    language = LANGUAGES.get(locale)
    if not language:
        return (SURFACE + fold(lower),)
    found = [SURFACE + language.fold(lower)]
    # Dictionaries know nothing of other alphabets.
    if len(lower) > 1 and is_all(lower, language.script):
        found += _lemmas_or_stems(lower, locale, language)
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=10_000)
def query_keys(word: str) -> tuple[str, ...]:
    """The keys of one word of a query in every language that is written in its script."""
    return tuple(dict.fromkeys(key for locale in locales_of(word) for key in keys(word, locale)))


def is_known(word: str, locale: str) -> bool:
    """Does the dictionary of ``locale`` have ``word``, so that its lemma is no guess?"""
    lower, language = normal(word), LANGUAGES.get(locale)
    return language is not None and is_all(lower, language.script) and bool(_lemmas(lower, locale, language))


def locales_of(word: str) -> tuple[str, ...]:
    """The languages that a word may be in, by its script; at least one."""
    script = script_of(normal(word))
    return tuple(code for code, language in LANGUAGES.items() if language.script == script) or ("",)


def warm() -> None:
    """Open every dictionary, so that processes forked afterwards share them."""
    for locale in LANGUAGES:
        for word in ("test", "тест", "ტესტი"):
            keys(word, locale)


@cache
def _dictionary(locale: str) -> Dictionary | None:
    return dictionary(locale) if LANGUAGES[locale].listed else None


def _lemmas(lower: str, locale: str, language: Language) -> list[str]:
    """The words of the dictionary that a form may be of, folded."""
    found = [language.fold(language.spelt(word)) for word in language.words_of(lower)]
    if listed := _dictionary(locale):
        bare = language.fold(lower) == lower  # Maybe marks were left out.
        for form in (lower, *language.others(lower)):
            found += listed.words_of(form) + (listed.words_of_bare(form) if bare else [])
    return found


def _lemmas_or_stems(lower: str, locale: str, language: Language) -> list[str]:
    """The keys for the words that a form may be of; if no dictionary has it, for those that share a stem, or stems."""
    lemmas = _lemmas(lower, locale, language)
    if lemmas:
        return [f"{LEMMA}{locale}:{lemma}" for lemma in lemmas]
    stems, listed = language.bare_stems(lower, language.fold(lower)), _dictionary(locale)
    akin = [word for stem in stems for word in listed.words_with_stem(stem)] if listed else []
    return [f"{LEMMA}{locale}:{lemma}" for lemma in akin] or [f"{STEM}{locale}:{stem}" for stem in stems]
