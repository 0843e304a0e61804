"""Synonyms: who searches for what editors say people say is also given what it means."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session

from ..core import versions
from .asked import Asked, Keys, Read, Wanted, Way
from .keys import SURFACE, forms, query_keys
from .light_words import is_light
from .model import MOST_SYNONYMS, SYNONYMS, Synonym

Row = tuple[str, str]
"""What is said, and what it means."""
MOST_WAYS = 8
"""In which several words are had that are one synonym, when some of them were corrected."""


@dataclass(frozen=True)
class Meaning:
    """A synonym as it is looked for: the keys of each word that is ``said``, and the way that is searched too."""

    number: int
    said: tuple[frozenset[str], ...]
    way: Way


@dataclass(frozen=True)
class Synonyms:
    """All synonyms by every key of the first word said; and the single words said, by first letter and length."""

    by_first: Mapping[str, tuple[Meaning, ...]]
    shelves: Mapping[tuple[str, int], tuple[str, ...]]

    def stands_alone(self, key: str) -> bool:
        """Is it a key of a word that is a synonym by itself?"""
        return any(len(meaning.said) == 1 for meaning in self.by_first.get(key, ()))

    def at(self, wanted: Sequence[Wanted], start: int) -> list[tuple[Meaning, int]]:
        """The synonyms that are said from ``start`` on, each with where it ends; the longest first."""
        keys = {key for way in wanted[start].ways if len(way.words) == 1 for key in way.words[0]}
        found = {meaning.number: meaning for key in keys for meaning in self.by_first.get(key, ())}
        ends = [(meaning, end) for meaning in found.values() if (end := _said(meaning.said, wanted, start))]
        return sorted(ends, key=lambda one: (-len(one[0].said), one[0].number))


def build(rows: Sequence[Row]) -> Synonyms:
    """The synonyms in ``rows``; those without a word on either side are left out."""
    by_first: dict[str, list[Meaning]] = {}
    shelves: dict[tuple[str, int], set[str]] = {}
    keys_of = {text: heavy(text) for text in {text for row in rows for text in row}}  # Many mean the same.
    for number, (said, means) in enumerate(rows):
        first, then = keys_of[said], keys_of[means]
        if first and then:
            meaning = Meaning(number, tuple(map(frozenset, first)), Way(means, then, Read.SYNONYM))
            for key in first[0]:
                by_first.setdefault(key, []).append(meaning)
            if len(first) == 1:
                word = first[0][0].removeprefix(SURFACE)
                shelves.setdefault((word[0], len(word)), set()).add(word)
    return Synonyms(
        {key: tuple(found) for key, found in by_first.items()},
        {shelf: tuple(sorted(found)) for shelf, found in shelves.items()},
    )


def heavy(text: str) -> tuple[Keys, ...]:
    """The keys of each word of ``text`` but the little ones; of all words when it has no others."""
    written = forms(text)
    # Little in any language of its script: synonyms are everybody's, whatever language a reader has.
    kept = [word for word in written if not is_light(word, "")] or written
    return tuple(query_keys(word) for word in kept)


def widen(asked: Asked, synonyms: Synonyms) -> Asked:
    """``asked`` with a further way for what has synonyms.

    Words that are a synonym together become one thing wanted, had in the way it was typed or in what it means; little
    words between them don't matter. What is quoted, excluded, or has been widened before is left as it is.
    """
    if not synonyms.by_first:
        return asked
    wanted: list[Wanted] = []
    at = 0
    while at < len(asked.wanted):
        found = () if _has_synonyms(asked.wanted[at]) else synonyms.at(asked.wanted, at)
        end = found[0][1] if found else at + 1
        ways = [meaning.way for meaning, until in found if until == end]
        wanted += _widened(asked.wanted[at:end], ways) if ways else [asked.wanted[at]]
        at = end
    return replace(asked, wanted=tuple(wanted))


def _has_synonyms(wanted: Wanted) -> bool:
    return any(way.read is Read.SYNONYM for way in wanted.ways)


def _said(said: tuple[frozenset[str], ...], wanted: Sequence[Wanted], start: int) -> int:
    """Where all of ``said`` ends that stands from ``start`` on, word by word; 0 when it doesn't."""
    at, known = start, 0
    while known < len(said) and at < len(wanted):
        one = wanted[at]
        at += 1
        if not one.phrase and _is(one, said[known]):
            known += 1
        elif not one.light:
            return 0
    return at if known == len(said) else 0


def _is(wanted: Wanted, keys: frozenset[str]) -> bool:
    """Is it, in one of its ways, a form of the word of ``keys``?"""
    return any(len(way.words) == 1 and not keys.isdisjoint(way.words[0]) for way in wanted.ways)


def _widened(run: Sequence[Wanted], ways: Sequence[Way]) -> list[Wanted]:
    """What stands for a ``run`` of wanted words that have synonyms."""
    if len(run) == 1:
        return [replace(run[0], ways=(*run[0].ways, *ways))]
    heavy_ones = [one for one in run if not one.light] or run
    text = " ".join(one.text for one in run)
    typed = islice(product(*(one.ways for one in heavy_ones)), MOST_WAYS)
    return [Wanted(text, (*(_together(parts) for parts in typed), *ways))]


def _together(parts: Sequence[Way]) -> Way:
    """One way that takes all of several."""
    words_of_all = tuple(keys for way in parts for keys in way.words)
    return Way(" ".join(way.text for way in parts), words_of_all, max(way.read for way in parts))


_lock = threading.Lock()
_known: "WeakKeyDictionary[Engine | Connection, tuple[int, Synonyms]]" = WeakKeyDictionary()


def current(session: Session) -> Synonyms:
    """All synonyms as they are now; they are read again only when one has changed."""
    place, version = session.get_bind(), versions.current(session, SYNONYMS)
    with _lock:
        known = _known.get(place)
    if known and known[0] == version:
        return known[1]
    found = session.execute(select(Synonym.said, Synonym.means).order_by(Synonym.id).limit(MOST_SYNONYMS))
    built = build([(said, means) for said, means in found])
    with _lock:
        _known[place] = (version, built)
    return built
