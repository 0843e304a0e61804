"""The passage of a text that best answers a query, with what matched marked."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup, escape

from .asked import Asked, Keys, Read
from .keys import keys, words
from .passages import HANGING, LENGTH, LOOSE_END, Laid, lay_out, whole

LOOKED_AT, MOST_HITS = 60_000, 1_000
"""Of an enormous text the beginning must do: so many characters, and so many places where something matches."""

_WORTH = {Read.AS_TYPED: 1.0, Read.SYNONYM: 0.8, Read.JOINED: 0.8, Read.CORRECTED: 0.5}


@dataclass(frozen=True)
class _Term:
    """One word (or phrase) that counts: of which of the ``wanted`` in which ``way``, and its share of having that."""

    wanted: int
    way: int
    share: float


@dataclass(frozen=True)
class _Sought:
    """What a query looks for: the terms that a word of each key is, and the phrases that may begin with it."""

    terms: tuple[_Term, ...]
    by_key: dict[str, tuple[int, ...]]
    phrases: dict[str, tuple[tuple[int, tuple[Keys, ...]], ...]]
    keys: frozenset[str]


@dataclass(frozen=True)
class _Hit:
    """A place in a text that answers to ``terms``."""

    start: int
    end: int
    terms: tuple[int, ...]


def snippet(text: str, locale: str, asked: Asked) -> Markup:
    """The passage of ``text`` (in ``locale``) with most of what was ``asked``, marked; safe HTML.

    A page's text has a line for each block; one that ends no sentence (a heading, a cell) only ever begins a passage.
    Of passages that have as much the one is taken in which it stands nearest together, then the first. Empty when
    nothing of it stands in the text.
    """
    text = text[:LOOKED_AT]
    sought = _sought(asked)
    hits = _hits(text, locale, sought)
    if not hits:
        return Markup("")
    laid = lay_out(text)
    first, last = _best(hits, sought, laid)
    found = laid.passage(first.start, last.end)
    made = "".join(_marks(laid.text, found.start, found.end, hits))
    if not found.begins_sentence:
        made = "… " + made
    if not found.ends_sentence:
        made = made.rstrip(HANGING) + " …"
    return Markup(made.replace(LOOSE_END, " · ").replace("\n", " "))  # noqa: S704 - `_marks` escapes.


def marked(text: str, locale: str, asked: Asked) -> Markup:
    """All of ``text`` (a title, a summary) with what was ``asked`` marked; safe HTML."""
    hits = _hits(text[:LOOKED_AT], locale, _sought(asked))
    return Markup("".join(_marks(text, 0, len(text), hits)))  # noqa: S704 - `_marks` escapes.


@lru_cache(maxsize=64)
def _sought(asked: Asked) -> _Sought:
    """What of ``asked`` is to be marked: little words only within a phrase."""
    terms: list[_Term] = []
    by_key: dict[str, set[int]] = {}
    phrases: dict[str, list[tuple[int, tuple[Keys, ...]]]] = {}
    for number, wanted in enumerate(asked.wanted):
        if wanted.light and not wanted.phrase:
            continue
        for way_number, way in enumerate(wanted.ways):
            together = wanted.phrase and len(way.words) > 1
            share = _WORTH[way.read] / (1 if together else max(1, len(way.words)))
            for word in way.words[:1] if together else way.words:
                terms.append(_Term(number, way_number, share))
                for key in word:
                    if together:
                        phrases.setdefault(key, []).append((len(terms) - 1, way.words))
                    else:
                        by_key.setdefault(key, set()).add(len(terms) - 1)
    return _Sought(
        terms=tuple(terms),
        by_key={key: tuple(sorted(found)) for key, found in by_key.items()},
        phrases={key: tuple(found) for key, found in phrases.items()},
        keys=frozenset(by_key) | frozenset(phrases),
    )


def _hits(text: str, locale: str, sought: _Sought) -> list[_Hit]:
    """Where in ``text`` something stands that is sought, in order."""
    if not sought.terms:
        return []
    found = list(words(text))
    forms = [word[0] for word in found]
    # Texts repeat their words, and most are none that is sought: each form is looked at once.
    keys_of = {form: keys(form, locale) for form in set(forms)}
    answers = {form: _answers(own, sought) for form, own in keys_of.items() if not sought.keys.isdisjoint(own)}
    hits: list[_Hit] = []
    for place, form in enumerate(forms):
        if form not in answers:
            continue
        terms, phrases = answers[form]
        word = found[place]
        if terms:
            hits.append(_Hit(word.start(), whole(text, word.end()), terms))
        for term, wanted in phrases:
            if _says([keys_of[said] for said in forms[place : place + len(wanted)]], wanted):
                end = found[place + len(wanted) - 1].end()
                hits.append(_Hit(word.start(), whole(text, end), (term,)))
        if len(hits) >= MOST_HITS:
            break
    return hits


def _says(run: Sequence[Keys], wanted: Sequence[Keys]) -> bool:
    """Are words of the keys in ``run`` those ``wanted``, one by one?"""
    return len(run) == len(wanted) and not any(set(one).isdisjoint(own) for one, own in zip(wanted, run, strict=True))


_Answers = tuple[tuple[int, ...], tuple[tuple[int, tuple[Keys, ...]], ...]]


def _answers(own: Keys, sought: _Sought) -> _Answers:
    """The terms that a word of these keys is, and the phrases that may begin with it."""
    terms = {term for key in own for term in sought.by_key.get(key, ())}
    phrases = {phrase for key in own for phrase in sought.phrases.get(key, ())}
    return tuple(sorted(terms)), tuple(sorted(phrases))


def _best(hits: Sequence[_Hit], sought: _Sought, laid: Laid) -> tuple[_Hit, _Hit]:
    """The first and the last hit of the stretch, within a block and no longer than a passage, that has most."""
    inside: Counter[int] = Counter()
    best, most, first = (hits[0], hits[0]), (0.0, False, 0), 0
    for last, hit in enumerate(hits):
        block, _ = laid.block(hit.start)
        inside.update(hit.terms)
        while first < last and _too_much(hits[first], hit, block, inside):
            inside.subtract(hits[first].terms)
            first += 1
        worth = (_worth(inside, sought), not laid.is_loose(hit.end), hits[first].start - hit.end)
        if worth > most:
            best, most = (hits[first], hit), worth
    return best


def _too_much(first: _Hit, last: _Hit, block: int, inside: Counter[int]) -> bool:
    """Must, or can, the stretch from ``first`` to ``last`` do without ``first``?"""
    if first.start < block or last.end - first.start > LENGTH:
        return True
    return all(inside[term] > 1 for term in first.terms)


def _worth(inside: Counter[int], sought: _Sought) -> float:
    """How much of what is wanted is there, each as far as the best way to have it."""
    ways: dict[tuple[int, int], float] = {}
    for number, times in inside.items():
        if times > 0:
            term = sought.terms[number]
            ways[term.wanted, term.way] = ways.get((term.wanted, term.way), 0.0) + term.share
    best: dict[int, float] = {}
    for (wanted, _), share in ways.items():
        best[wanted] = max(best.get(wanted, 0.0), share)
    return round(sum(best.values()), 6)


def _marks(text: str, start: int, end: int, hits: Sequence[_Hit]) -> Iterator[str]:
    """The stretch of ``text`` as HTML, escaped, with the hits in it marked; those that touch each other as one."""
    here = start
    for low, high in _spans(hits, start, end):
        yield f"{escape(text[here:low])}<mark>{escape(text[low:high])}</mark>"
        here = high
    yield str(escape(text[here:end]))


def _spans(hits: Sequence[_Hit], start: int, end: int) -> Iterator[tuple[int, int]]:
    """From where to where hits stand between ``start`` and ``end``, those that overlap as one."""
    low = high = start
    for hit in hits:
        if hit.start >= end or hit.end <= start:
            continue
        if hit.start < high:
            high = max(high, hit.end)
            continue
        if low < high:
            yield low, min(high, end)
        low, high = hit.start, hit.end
    if low < high:
        yield low, min(high, end)
