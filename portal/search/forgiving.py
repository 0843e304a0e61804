"""What was probably meant by a query whose words no page has: mistyped, run together, or in other letters than meant.

What was typed stays searched for as it was; only further ways to have a word are added, which rank lower. Quoted
phrases and what is excluded are taken at their word.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from rapidfuzz.distance import OSA

from .asked import Asked, Read, Reason, Wanted, Way
from .keys import SURFACE, fold, is_known, locales_of, normal, query_keys, words
from .layouts import georgian_by_ear, other_layouts
from .light_words import is_light
from .query import Form, parse, parts
from .spelling import Vocabulary, corrections, in_the_hand_of

MOST_MENDED = 8
"""Words of a query that are looked up among similar ones; what has more mistakes is no query."""
LONGEST_JOINED = 30
"""Letters of a word that is taken apart."""
SHORTEST_PART = 3
"""Letters that each half of a word run together has at least; of little words (*не*, *na*) two are enough."""
_BETWEEN = re.compile(r"[\s‐‑-]+")


@dataclass(frozen=True)
class Reread:
    """What to search instead: ``asked``; it reads ``text``, which can be shown, and searched again."""

    asked: Asked
    text: str
    why: Reason


@dataclass(frozen=True)
class _Token:
    """A plain word of a query's text, from ``start`` to ``end``, and its place among the wanted."""

    word: str
    start: int
    end: int
    place: int


@dataclass(frozen=True)
class _Swapped:
    """A query in other letters, and how many of its words no page has; and why these letters."""

    asked: Asked
    missing: int
    why: Reason


@dataclass(frozen=True)
class _Mended:
    """What stands for a stretch of a query's text; the words wanted at ``places`` become one."""

    start: int
    end: int
    text: str
    places: tuple[int, ...]
    wanted: Wanted


def reread(asked: Asked, vocabulary: Vocabulary) -> Reread | None:
    """What to search instead of ``asked``, or None when it is best taken as it stands.

    All that ``asked`` finds is found still. What has synonyms is known, and never mended; nor is what has been reread.
    """
    swapped = _in_other_letters(asked, vocabulary)
    if swapped and swapped.missing == 0:
        return Reread(swapped.asked, swapped.asked.text, swapped.why)
    mended = _mended(asked, vocabulary)
    if swapped and not _all_mended(asked, mended):
        better = _with(swapped.asked, _mended(swapped.asked, vocabulary))
        return replace(better, why=swapped.why)
    return _with(asked, mended) if mended else None


def _in_other_letters(asked: Asked, vocabulary: Vocabulary) -> _Swapped | None:
    """The query as another layout would have written it, or as Georgian by ear, if that makes sense.

    Only when no page has any word as typed; and nearly all words then, with at most one in four missing.
    """
    if not asked.wanted or any(_found(one, vocabulary) for one in asked.wanted if not one.light):
        return None
    fitting: list[_Swapped] = []
    for text, why in _texts(asked.text):
        read = parse(text, "")
        heavy = [one for one in read.wanted if not one.light]
        missing = sum(not _found(one, vocabulary) for one in heavy)
        # A few letters make a word on some layout by chance.
        if any(len(one.text) >= SHORTEST_PART for one in heavy) and missing * 4 <= len(heavy):
            fitting.append(_Swapped(read, missing, why))
    return min(fitting, key=lambda one: one.missing, default=None)


def _texts(text: str) -> Iterator[tuple[str, Reason]]:
    """``text`` in other letters: its plain stretches, since what is quoted, excluded or narrows was meant."""
    stretches = list(parts(text))
    plain = "\0".join(part.value for part in stretches if part.form is Form.PLAIN)
    others = {georgian_by_ear(plain): Reason.LETTERS} | dict.fromkeys(other_layouts(plain), Reason.LAYOUT)
    for other, why in others.items():
        swapped = iter(other.split("\0"))
        read = (next(swapped) if one.form is Form.PLAIN else text[one.start : one.end] for one in stretches)
        yield "".join(read), why


def _mended(asked: Asked, vocabulary: Vocabulary) -> list[_Mended]:
    """What can be mended word by word, in the order of the text."""
    tokens = _tokens(asked)
    mended = list(_joined(asked, tokens, vocabulary))
    done = {place for one in mended for place in one.places}
    tried: dict[str, tuple[Way, ...]] = {}
    for token in tokens:
        wanted = asked.wanted[token.place]
        if token.place in done or wanted.light or _surely(token.word, vocabulary):
            continue
        if token.word not in tried and len(tried) < MOST_MENDED:
            tried[token.word] = _ways(token.word, vocabulary)
        if ways := tried.get(token.word):
            better = replace(wanted, ways=(*wanted.ways, *ways))
            mended.append(_Mended(token.start, token.end, ways[0].text, (token.place,), better))
    return sorted(mended, key=lambda one: one.start)


def _all_mended(asked: Asked, mended: list[_Mended]) -> bool:
    places = {place for one in mended for place in one.places}
    return all(one.light or one.phrase or place in places for place, one in enumerate(asked.wanted))


def _ways(word: str, vocabulary: Vocabulary) -> tuple[Way, ...]:
    """Other ways to read a word that no page has, likeliest first: with one mistake, run together, with two mistakes.

    What a dictionary knows, or what pages have by a guessed lemma, may well be right: it is not taken apart, and only
    the easiest of slips makes it another.
    """
    plausible = _known(word) or vocabulary.frequency(query_keys(word)) > 0
    near = corrections(word, vocabulary, easy=plausible)
    if not plausible and not (near and OSA.distance(fold(normal(word)), near[0]) == 1):
        halves = _halves(word, vocabulary)
        if halves:
            return (Way(" ".join(halves), tuple(map(query_keys, halves)), Read.JOINED),)
    return tuple(Way(in_the_hand_of(word, one), (query_keys(one),), Read.CORRECTED) for one in near)


def _halves(word: str, vocabulary: Vocabulary) -> tuple[str, str] | None:
    """The two words that ``word`` is made of, both of which pages have: those whose rarer one is the most usual."""
    if len(word) > LONGEST_JOINED:
        return None
    cuts = [(word[:at], word[at:]) for at in range(2, len(word) - 1)]
    fitting = [both for both in cuts if all(_may_be_half(half) and _surely(half, vocabulary) for half in both)]
    return max(fitting, key=lambda both: min(vocabulary.frequency(query_keys(half)) for half in both), default=None)


def _may_be_half(half: str) -> bool:
    if not half.isalpha():
        return False
    return len(half) >= SHORTEST_PART or any(is_light(half, locale) for locale in locales_of(half))


def _joined(asked: Asked, tokens: list[_Token], vocabulary: Vocabulary) -> Iterator[_Mended]:
    """Neighbours that pages write as one word, where no page has one of them by itself."""
    done: set[int] = set()
    for one, other in pairwise(tokens):
        both = asked.wanted[one.place], asked.wanted[other.place]
        if one.place == other.place or done & {one.place, other.place} or all(wanted.light for wanted in both):
            continue
        if not _BETWEEN.fullmatch(asked.text, one.end, other.start):
            continue
        if all(_surely(token.word, vocabulary) for token in (one, other)):
            continue
        whole = one.word + other.word
        if not _surely(whole, vocabulary):
            continue
        done |= {one.place, other.place}
        text = asked.text[one.start : other.end]
        typed = tuple(keys for wanted in both if not wanted.light for keys in wanted.ways[0].words)
        ways = (Way(text, typed), Way(whole, (query_keys(whole),), Read.JOINED))
        yield _Mended(one.start, other.end, whole, (one.place, other.place), Wanted(text, ways))


def _with(asked: Asked, mended: list[_Mended]) -> Reread:
    """``asked`` with what was mended in it."""
    becomes = {one.places[0]: one.wanted for one in mended}
    gone = {place for one in mended for place in one.places[1:]}
    wanted = tuple(becomes.get(place, one) for place, one in enumerate(asked.wanted) if place not in gone)
    text, done = "", 0
    for one in mended:
        text, done = text + asked.text[done : one.start] + one.text, one.end
    corrected = any(way.read is Read.CORRECTED for one in mended for way in one.wanted.ways)
    why = Reason.TYPO if corrected else Reason.JOINED
    return Reread(replace(asked, wanted=wanted), text + asked.text[done:], why)


def _tokens(asked: Asked) -> list[_Token]:
    """The plain words of the query's text that may be mended, each time that they stand there."""
    places = {
        one.ways[0].words: place for place, one in enumerate(asked.wanted) if len(one.ways) == 1 and not one.phrase
    }
    found: list[_Token] = []
    for part in parts(asked.text):
        for word in words(part.value) if part.form is Form.PLAIN else ():
            place = places.get((query_keys(word[0]),))
            if place is not None:
                found.append(_Token(word[0], part.start + word.start(), part.start + word.end(), place))
    return found


def _found(wanted: Wanted, vocabulary: Vocabulary) -> bool:
    """Whether pages have it, by whatever key; of a phrase, each of its words."""
    return any(all(vocabulary.frequency(keys) for keys in way.words) for way in wanted.ways)


def _surely(word: str, vocabulary: Vocabulary) -> bool:
    """Whether pages have the word, surely: as it is written, or by what a dictionary, not a guess, knows of it."""
    if vocabulary.frequency((SURFACE + fold(normal(word)),)):
        return True
    return _known(word) and vocabulary.frequency(query_keys(word)) > 0


def _known(word: str) -> bool:
    return any(is_known(word, locale) for locale in locales_of(word))
