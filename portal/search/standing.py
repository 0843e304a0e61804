"""Which documents of a segment have a word or several, how well, and where in a document it stands."""

from collections.abc import Iterable, Mapping, Sequence

from .asked import Keys, Way
from .fields import IN_TITLE
from .keys import WEIGHTS
from .segments import Segment

Hits = Mapping[int, float]
"""Documents, and how well each has what was looked for."""


def way_hits(segment: Segment, way: Way, *, side_by_side: bool = False) -> dict[int, float]:
    """The documents of a segment that have all words of a way, and how well."""
    rarest, *others = sorted(way.words, key=lambda keys: max(map(segment.frequency, keys)))
    found = word_hits(segment, rarest)
    for keys in others:
        here = word_hits(segment, keys, among=found)
        found = {number: found[number] + impact for number, impact in here.items()}
    if side_by_side and others:
        together = _in_a_row(segment, way.words, sorted(found))
        found = {number: impact for number, impact in found.items() if number in together}
    return {number: impact / len(way.words) for number, impact in found.items()} if others else found


def word_hits(segment: Segment, keys: Keys, among: Hits | None = None) -> dict[int, float]:
    """The documents of a segment, or those ``among`` them, that have a word by any of its keys, and how well."""
    found: dict[int, float] = {}
    for key in sorted(keys, key=_weight):  # The nearest form overwrites the others.
        postings = segment.postings(key)
        if postings:
            found.update(postings.all_impacts() if among is None else postings.impacts_in(among))
    return found


def _weight(key: str) -> float:
    return WEIGHTS[key.removeprefix(IN_TITLE)[0]]


def _in_a_row(segment: Segment, words: Sequence[Keys], numbers: Sequence[int]) -> set[int]:
    """The documents, which have all of ``words``, in which these follow one another."""
    standing = [places(segment, keys, numbers) for keys in words]

    def follow(number: int) -> bool:
        first, *others = [set(at[number]) for at in standing]
        return any(all(place + step in at for step, at in enumerate(others, 1)) for place in first)

    return set(filter(follow, numbers))


def places(segment: Segment, keys: Iterable[str], numbers: Sequence[int]) -> dict[int, Sequence[int]]:
    """Where a word stands, in order, in those of the documents ``numbers`` that have it by any of its keys."""
    found: dict[int, Sequence[int]] = {}
    for key in sorted(keys, key=_weight):
        # A document that has a lemma or stem has it wherever the form itself stands, which comes last.
        left = numbers if _weight(key) < 1 or not found else [number for number in numbers if number not in found]
        postings = segment.postings(key) if left else None
        for number, at in postings.places(left).items() if postings else ():
            known = found.get(number)
            found[number] = at if known is None or known == at else sorted({*known, *at})
    return found
