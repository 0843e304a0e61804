"""The order of what was found: words matched, corrections, nearness, field, exactness; what is left breaks ties."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from .asked import Asked, Read, Wanted
from .fields import FIELD_BITS, IN_TITLE, Field
from .matching import Matches, Row
from .segments import Postings, Searched, Segment
from .standing import places, postings_of, standing

CLOSELY = 100
"""So many of the pages that promise most are looked at closely; those behind them keep the order of their promise."""

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

    @property
    def field(self) -> int:
        return self.at[-1] >> FIELD_BITS


class _Witness:
    """Knows how the documents of a segment have what is wanted; each key is looked up once for all of them."""

    def __init__(self, segment: Segment, wanted: Sequence[Wanted]) -> None:
        self._wanted = [
            [
                (way.read, [postings_of(segment, keys) for keys in way.words])
                for way in sorted(one.ways, key=lambda way: way.read)
            ]
            for one in wanted
        ]

    def evidence(self, number: int) -> list[_Evidence | None]:
        """How a document has each of the wanted: by the way nearest to what was typed."""
        return [self._nearest(ways, number) for ways in self._wanted]

    @staticmethod
    def _nearest(ways: Sequence[tuple[Read, Sequence[Sequence[Postings]]]], number: int) -> _Evidence | None:
        for read, words in ways:
            at = [standing(word, number) for word in words]
            if at and all(at):
                return _Evidence(read, at[0])
        return None


def rank(segments: Sequence[Searched], asked: Asked, found: Matches) -> list[Ranked]:
    """The pages found, best first. Raises Damaged."""
    pages = found.pages
    share = {has: found.share(has) for has in {row.has for row in pages}}
    witnesses = [_Witness(searched.segment, found.wanted) for searched in segments]
    ranked = [
        _looked_at(row, witnesses[row.segment].evidence(row.number), found, share[row.has]) for row in pages[:CLOSELY]
    ]
    ranked.sort(key=_place, reverse=True)
    ranked += [Ranked(row, row.score / MOST_BM25, row.has == found.all_bits) for row in pages[CLOSELY:]]
    coach = _coach(segments, asked, ranked)
    if coach is None:
        return ranked
    return [Ranked(coach.row, coach.score, coach.full, coach=True), *(one for one in ranked if one is not coach)]


def _place(one: Ranked) -> tuple[float, int, int, int]:
    """What a page's place follows from: freshness and usefulness only break ties, and the number settles the rest."""
    return one.score, one.row.facts.day, one.row.facts.useful, -one.row.facts.number


def _looked_at(row: Row, evidence: Sequence[_Evidence | None], found: Matches, share: float) -> Ranked:
    """A page with the score that its place follows from: digits of falling worth, one for each rule."""
    present = [(one, rare) for one, rare in zip(evidence, found.rarity, strict=True) if one]
    weight = sum([rare for _, rare in present]) or 1.0
    full = row.has == found.all_bits
    field = sum([one.field * rare for one, rare in present]) / weight
    digits = (
        (int(full), 2),
        (round(share * STEPS), STEPS + 1),
        (FURTHEST - max([one.read for one, _ in present], default=0), FURTHEST + 1),
        (_nearness([one for one, _ in present]), 3),
        (int((field + _covered(row, present)) / 1.5), 3),
    )
    score = 0
    for digit, base in digits:
        score = score * base + digit
    # BM25 last, where exact forms count more than lemmas and those more than stems; in rough steps, so that freshness
    # and usefulness decide between pages that say as much.
    return Ranked(row, score + round(row.score, 1) / MOST_BM25, full)


def _nearness(found: Sequence[_Evidence]) -> int:
    """2 when the words stand in one sentence, 1 when somewhat near, else 0: by the mean of neighbours' gaps."""
    if len(found) < 2:
        return 2
    gaps = [_gap(one.at, other.at) for one, other in pairwise(found)]
    mean = sum(gaps) / len(gaps)
    return 2 if mean <= FAR / 2 else 1 if mean < FAR else 0


def _gap(one: Sequence[int], other: Sequence[int]) -> int:
    """The least distance between two words of a document, `FAR` at most."""
    least = FAR
    few, many = (one, other) if len(one) < len(other) else (other, one)
    for place in few:
        at = bisect_left(many, place)
        if at < len(many):
            least = min(least, many[at] - place)
        if at:
            least = min(least, place - many[at - 1])
    return min(least, FAR // 2) if max(one[-1], other[-1]) >= TITLE else least


def _covered(row: Row, present: Sequence[tuple[_Evidence, float]]) -> float:
    """How much of the title was asked for, from 0 to 1: a title that says no more than that is meant."""
    in_title = {place for one, _ in present if one.at[-1] >= TITLE for place in one.at[bisect_left(one.at, TITLE) :]}
    return min(1.0, len(in_title) / max(1, row.facts.title_words))


def _coach(segments: Sequence[Searched], asked: Asked, ranked: Sequence[Ranked]) -> Ranked | None:
    """The phrase card that somebody needs who is about to say what was typed."""
    best, most = None, BOTH
    for one in ranked[:CLOSELY]:
        if one.row.facts.kind != "phrase":
            continue
        likeness = _likeness(segments[one.row.segment].segment, one.row, asked)
        if likeness > most or (likeness == most and best is None):
            best, most = one, likeness
    return best


def _likeness(segment: Segment, row: Row, asked: Asked) -> float:
    """How like a card's title is to what was typed, little words too; 0 when it isn't like enough."""
    said = whole = heavy = 0.0
    in_title: set[int] = set()
    for wanted in asked.wanted:
        worth = 0.5 if wanted.light else 1.0
        whole += worth
        at = {
            place
            for way in wanted.ways
            for keys in way.words
            for place in places(segment, row.number, [IN_TITLE + key for key in keys])
        }
        said += worth if at else 0
        heavy += 1 if at and not wanted.light else 0
        in_title |= at
    card = len(in_title) / max(1, row.facts.title_words)
    if not heavy or card < CARD or said / whole < SAID:
        return 0.0
    return card + said / whole
