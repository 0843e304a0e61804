"""The order of what was found: words matched, corrections, nearness, field, exactness; what is left breaks ties."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence, Set
from itertools import pairwise
from typing import NamedTuple

from .asked import Asked, Read, Wanted
from .fields import FIELD_BITS, IN_TITLE, Field
from .matching import Matches, Row
from .segments import Searched, Segment
from .standing import places

CLOSELY = 100
"""At most so many of the pages that promise most are looked at closely; those behind them stay in that order."""

STEPS = 4
"""Pages with as many quarters of what was asked (by how much each word says) have as many words."""

MOST_BM25 = 1000
"""More than 24 words can ever be worth together."""

FURTHEST = int(Read.CORRECTED)
FAR = 8
"""Words further apart than this have nothing to do with each other, but for those of a title, which tell of all."""

CARD, SAID, BOTH = 0.3, 0.35, 0.7
"""A phrase card answers what somebody is about to say when so much of the card's title is said, so much of what was
said stands in the title, and both together. Found on the shipped cards."""


TITLE = Field.TITLE << FIELD_BITS
"""The first place in a title; there is none behind a title's."""


class Ranked(NamedTuple):
    """A page in its place. ``coach``: it is the phrase card for what was typed."""

    row: Row
    score: float
    full: bool
    coach: bool = False


class _Evidence(NamedTuple):
    """How a document has one of the wanted: how far it is from what was typed, and where it stands."""

    read: Read
    at: Sequence[int]


def rank(segments: Sequence[Searched], asked: Asked, found: Matches, needed: int = CLOSELY) -> list[Ranked]:
    """The pages found, best first; at least the first ``needed`` are in their places for good. Raises Damaged."""
    pages = found.pages
    steps = {has: round(found.share(has) * STEPS) for has in {row.has for row in pages}}
    closely = pages[: _end_of_step([(row.has == found.all_bits, steps[row.has]) for row in pages[:CLOSELY]], needed)]
    evidence = [
        [_evidence(searched.segment, one, _numbers(closely, place)) for one in found.wanted]
        for place, searched in enumerate(segments)
    ]
    ranked = [
        _looked_at(row, [having.get(row.number) for having in evidence[row.segment]], found, steps[row.has])
        for row in closely
    ]
    ranked.sort(key=_place, reverse=True)
    ranked += [Ranked(row, row.score / MOST_BM25, row.has == found.all_bits) for row in pages[len(closely) :]]
    coach = _coach(segments, asked, pages[:CLOSELY])
    ranked.sort(key=lambda one: one.row is not coach)
    return [one._replace(coach=True) if one.row is coach else one for one in ranked]


def _end_of_step(steps: Sequence[tuple[bool, int]], needed: int) -> int:
    """How many pages are looked at closely: the first ``needed``, and all that have as many words as the last of these.

    ``steps`` are (everything?, how much) of each page.
    """
    return next((at for at in range(max(1, needed), len(steps)) if steps[at] != steps[at - 1]), len(steps))


def _numbers(rows: Iterable[Row], segment: int) -> list[int]:
    return [row.number for row in rows if row.segment == segment]


def _evidence(segment: Segment, wanted: Wanted, numbers: Sequence[int]) -> dict[int, _Evidence]:
    """How those of the documents have it that do: each by the way nearest to what was typed."""
    found: dict[int, _Evidence] = {}
    for way in sorted(wanted.ways, key=lambda way: way.read):
        first, *others = way.words
        standing = places(segment, first, [number for number in numbers if number not in found])
        for keys in others:
            standing = {number: standing[number] for number in places(segment, keys, list(standing))}
        found |= {number: _Evidence(way.read, at) for number, at in standing.items()}
    return found


def _place(one: Ranked) -> tuple[float, int, int, int]:
    """What a page's place follows from: freshness and usefulness only break ties, and the number settles the rest."""
    return one.score, one.row.facts.day, one.row.facts.useful, -one.row.facts.number


def _looked_at(row: Row, evidence: Sequence[_Evidence | None], found: Matches, step: int) -> Ranked:
    """A page with the score that its place follows from: digits of falling worth, one for each rule."""
    present = [one for one in evidence if one]
    standing = [one.at for one in present]
    full = row.has == found.all_bits
    near = FURTHEST - max([one.read for one in present], default=0)
    field = int((_height(evidence, found.rarity) + _covered(row, standing)) / 1.5)
    score = int(full)
    score = score * (STEPS + 1) + step
    score = score * (FURTHEST + 1) + near
    score = score * 3 + _nearness(standing)
    score = score * 3 + field
    # BM25 last, where exact forms count more than lemmas and those more than stems; in rough steps, so that freshness
    # and usefulness decide between pages that say as much.
    return Ranked(row, score + round(row.score, 1) / MOST_BM25, full)


def _nearness(standing: Sequence[Sequence[int]]) -> int:
    """2 when words that stand there are in one sentence, 1 when near, else 0: by the mean of the neighbours' gaps."""
    if len(standing) < 2:
        return 2
    mean = sum([_gap(one, other) for one, other in pairwise(standing)]) / (len(standing) - 1)
    return 2 if mean <= FAR / 2 else 1 if mean < FAR else 0


def _gap(one: Sequence[int], other: Sequence[int]) -> int:
    """The least distance between two words of a document, `FAR` at most."""
    least = FAR // 2 if max(one[-1], other[-1]) >= TITLE else FAR
    few, many = (one, other) if len(one) < len(other) else (other, one)
    for place in few:
        at = bisect_left(many, place)
        if at < len(many) and many[at] - place < least:
            least = many[at] - place
        if at and place - many[at - 1] < least:
            least = place - many[at - 1]
    return least


def _height(evidence: Sequence[_Evidence | None], rarity: Sequence[float]) -> float:
    """The part of the page that has what was asked, from 0 (the body) to 3 (the title), by how much each word says."""
    high = whole = 0.0
    for one, rare in zip(evidence, rarity, strict=True):
        if one:
            high += rare * (one.at[-1] >> FIELD_BITS)
            whole += rare
    return high / whole if whole else 0.0


def _covered(row: Row, standing: Sequence[Sequence[int]]) -> float:
    """How much of the title was asked for, from 0 to 1: a title that says no more than that is meant."""
    titles = [at[bisect_left(at, TITLE) :] for at in standing if at[-1] >= TITLE]
    return min(1.0, len(set[int]().union(*titles)) / max(1, row.facts.title_words)) if titles else 0.0


def _coach(segments: Sequence[Searched], asked: Asked, pages: Iterable[Row]) -> Row | None:
    """The phrase card that somebody needs who is about to say what was typed; of several the one that promises most."""
    cards = [row for row in pages if row.facts.kind == "phrase"]
    if not cards or not asked.wanted:
        return None
    said = [
        [_in_titles(searched.segment, one, _numbers(cards, place)) for one in asked.wanted]
        for place, searched in enumerate(segments)
    ]
    likeness = [
        _likeness(row, asked, [in_titles.get(row.number, frozenset()) for in_titles in said[row.segment]])
        for row in cards
    ]
    most = max(likeness)
    return cards[likeness.index(most)] if most >= BOTH else None


def _in_titles(segment: Segment, wanted: Wanted, numbers: Sequence[int]) -> dict[int, Set[int]]:
    """Where in their titles the documents have anything of it."""
    found: dict[int, Set[int]] = {}
    if not numbers:
        return found
    for word in {word for way in wanted.ways for word in way.words}:
        for number, at in places(segment, [IN_TITLE + key for key in word], numbers).items():
            found[number] = found.get(number, frozenset()) | set(at)
    return found


def _likeness(row: Row, asked: Asked, said: Sequence[Set[int]]) -> float:
    """How like a card's title is to what was typed, little words too; 0 when it isn't like enough.

    ``said``: where each thing that is wanted stands in the title.
    """
    worth = [0.5 if wanted.light else 1.0 for wanted in asked.wanted]
    there = sum([one for one, at in zip(worth, said, strict=True) if at]) / sum(worth)
    heavy = any(at for wanted, at in zip(asked.wanted, said, strict=True) if not wanted.light)
    card = len(set[int]().union(*said)) / max(1, row.facts.title_words)
    return card + there if heavy and card >= CARD and there >= SAID else 0.0
