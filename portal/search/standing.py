"""Which documents of a segment have a word or several, how well, and where in a document it stands."""

from collections.abc import Iterable, Mapping, Sequence

from .asked import Keys, Way
from .fields import IN_TITLE, NOWHERE
from .keys import WEIGHTS
from .segments import Postings, Segment

Hits = Mapping[int, float]
"""Documents, and how well each has what was looked for."""


def way_hits(segment: Segment, way: Way, *, side_by_side: bool = False) -> dict[int, float]:
    """The documents of a segment that have all words of a way, and how well."""
    tables = [word_hits(segment, keys) for keys in way.words]
    if len(tables) == 1:
        return tables[0]
    common = set[int]().union(*tables[:1]).intersection(*tables)
    if side_by_side:
        common = {number for number in common if _stand_together(segment, number, way.words)}
    return {number: sum(table[number] for table in tables) / len(tables) for number in common}


def word_hits(segment: Segment, keys: Keys) -> dict[int, float]:
    """The documents of a segment that have a word by any of its keys, and how well."""
    found: dict[int, float] = {}
    for key in sorted(keys, key=_weight):  # The nearest form overwrites the others.
        postings = segment.postings(key)
        if postings:
            found.update(zip(postings.ids, postings.impacts, strict=True))
    return found


def _weight(key: str) -> float:
    return WEIGHTS[key.removeprefix(IN_TITLE)[0]]


def _stand_together(segment: Segment, number: int, words: Sequence[Keys]) -> bool:
    """Do ``words`` follow one another in a document?"""
    following = [set(places(segment, number, keys)) for keys in words]
    return any(all(first + step in at for step, at in enumerate(following)) for first in following[0])


def places(segment: Segment, number: int, keys: Iterable[str]) -> Sequence[int]:
    """Where a word stands in a document, in order."""
    return standing(postings_of(segment, keys), number)


def postings_of(segment: Segment, keys: Iterable[str]) -> list[Postings]:
    """The postings of a word, by each of its keys that a segment has."""
    return [postings for key in keys if (postings := segment.postings(key))]


def standing(postings: Sequence[Postings], number: int) -> Sequence[int]:
    """Where a word of these postings stands in a document, in order."""
    found = NOWHERE
    for one in postings:
        at = one.places(number)
        if not found:
            found = at
        elif at and at != found:  # Seldom: nearly always a word stands in one form, which has all of its keys.
            return sorted(set[int]().union(*(other.places(number) for other in postings)))
    return found
