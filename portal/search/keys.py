"""What brings the forms of a word together: several keys a word, the same for documents and queries.

A key is a letter for how far it is from what was written (`SURFACE`, `LEMMA`, `STEM`) and the key itself; lemmas and
stems carry their language, so that only documents in it can match. Measured on treebanks: see docs/search.md.
"""

import re
import threading
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

import snowballstemmer
from pymorphy3 import MorphAnalyzer
from simplemma import Lemmatizer
from simplemma.strategies import DefaultStrategy

SURFACE, LEMMA, STEM = "=", "~", "*"
WEIGHTS = {SURFACE: 1.0, LEMMA: 0.7, STEM: 0.4}
"""The exact form counts most; it also matches by its lemma and stem, so these add up."""

LONGEST_WORD = 64
_UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_INVISIBLE = dict.fromkeys(map(ord, _UNSEEN))
# Letters and digits, held together by what is invisible, by marks that stand apart (NFD), and by an apostrophe.
_WORD = re.compile(rf"[^\W_]+(?:(?:[\u0300-\u036f{_UNSEEN}]+|['’ʼ])[^\W_]+)*[\u0300-\u036f]*")
_LETTERS = {"latin": "a-z\u00c0-\u024f", "cyrillic": "\u0400-\u04ff", "georgian": "\u10a0-\u10ff"}
_ALL_OF = {script: re.compile(rf"[{letters}0-9'’ʼ\u0300-\u036f]+") for script, letters in _LETTERS.items()}
_ONE_OF = {script: re.compile(f"[{letters}]") for script, letters in _LETTERS.items()}
_LATIN_MARKS = re.compile(r"(?<=[a-z])[\u0300-\u036f]+")
# In Cyrillic words: Latin letters that look the same become Cyrillic, and marks of stress go.
_ONE_ALPHABET = str.maketrans("aceopxykABCEHKMOPTXY", "асеорхукАВСЕНКМОРТХУ", "\u0301")


_one_at_a_time = threading.Lock()  # A stemmer keeps the word that it works on in itself.


def _none(_word: str) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True)
class Language:
    """How one language's words are brought together; all that adding a language takes."""

    script: str
    lemmas: Callable[[str], tuple[str, ...]] = _none
    stems: Callable[[str], tuple[str, ...]] = _none


def words(text: str) -> Iterator[re.Match[str]]:
    """The words of ``text`` in order, each as the match that tells where it stands."""
    return _WORD.finditer(text)


@lru_cache(maxsize=100_000)
def keys(word: str, locale: str) -> tuple[str, ...]:
    """The keys of one word of a text in ``locale``, the surface form first."""
    lower = normal(word)
    found = [SURFACE + fold(lower)]
    language = LANGUAGES.get(locale)
    # Dictionaries know nothing of other alphabets, and pymorphy stumbles over letters that have no name.
    if language and len(lower) > 1 and _ALL_OF[language.script].fullmatch(lower):
        with _one_at_a_time:
            lemmas, stems = language.lemmas(lower), language.stems(lower)
        found += [f"{LEMMA}{locale}:{fold(lemma)}" for lemma in lemmas]
        found += [f"{STEM}{locale}:{fold(stem)}" for stem in stems]
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=10_000)
def query_keys(word: str) -> tuple[str, ...]:
    """The keys of one word of a query in every language that is written in its script."""
    return tuple(dict.fromkeys(key for locale in locales_of(word) for key in keys(word, locale)))


def locales_of(word: str) -> tuple[str, ...]:
    """The languages that a word may be in, by its script; at least one."""
    script = script_of(normal(word))
    return tuple(code for code, language in LANGUAGES.items() if language.script == script) or ("",)


def script_of(lower: str) -> str:
    """``latin``, ``cyrillic`` or ``georgian`` by the word's first letter of one of them, else an empty string."""
    found = {script: match.start() for script, letter in _ONE_OF.items() if (match := letter.search(lower))}
    return min(found, key=found.__getitem__, default="")


def normal(word: str) -> str:
    """The word in NFC, without invisible characters, in lower case, in one alphabet."""
    written = unicodedata.normalize("NFC", word.translate(_INVISIBLE))
    if _ONE_OF["cyrillic"].search(written):
        written = written.translate(_ONE_ALPHABET)
    return unicodedata.normalize("NFC", written.casefold()[:LONGEST_WORD])


def fold(lower: str) -> str:
    """What people leave out when they type: marks on Latin letters, the dots of ё (never the breve of й)."""
    folded = lower.replace("ё", "е").replace("đ", "d").replace("dj", "d")
    folded = re.sub(r"['’ʼ]", "", folded)
    return unicodedata.normalize("NFC", _LATIN_MARKS.sub("", unicodedata.normalize("NFD", folded)))


@cache
def _simplemma() -> Lemmatizer:
    # Its low-memory dictionaries: 19 MB for hr, ka and en together instead of 144 MB.
    return Lemmatizer(cache_max_size=1, lemmatization_strategy=DefaultStrategy(greedy=True, low_memory=True))


@cache
def _pymorphy() -> MorphAnalyzer:
    return MorphAnalyzer(lang="ru")


@cache
def _snowball(language: str) -> Callable[[str], str]:
    stem: Callable[[str], str] = snowballstemmer.stemmer(language).stemWord
    return stem


def _russian(word: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(parse.normal_form for parse in _pymorphy().parse(word)))


def _lemma(code: str) -> Callable[[str], tuple[str, ...]]:
    return lambda word: (_simplemma().lemmatize(word, code).casefold(),)


def _stem(language: str) -> Callable[[str], tuple[str, ...]]:
    return lambda word: (_snowball(language)(word),)


LANGUAGES: dict[str, Language] = {
    "en": Language("latin", _lemma("en")),
    "ru": Language("cyrillic", _russian),
    "hr": Language("latin", _lemma("hbs"), _stem("serbian")),
    "ka": Language("georgian", _lemma("ka")),
}


def warm() -> None:
    """Load every dictionary, so that processes forked afterwards share them."""
    for locale in LANGUAGES:
        keys("test", locale)
