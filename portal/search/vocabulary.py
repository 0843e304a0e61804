"""The words of what is searched, as they are written there: for corrections, and for words that aren't finished."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from .asked import Keys
from .keys import SURFACE
from .segments import Searched
from .synonyms import Synonyms, build


class IndexWords:
    """The words of some segments, and those that have ``synonyms``. Raises Damaged, as its segments do."""

    def __init__(self, segments: Sequence[Searched], synonyms: Synonyms | None = None) -> None:
        self._segments = [searched.segment for searched in segments]
        self._synonyms = synonyms or build(())

    def words(self, first: str, length: int) -> Sequence[str]:
        """The words that begin with the letter ``first`` and have so many letters, folded."""
        shelves = (self._synonyms.shelves, *(segment.shelves for segment in self._segments))
        found = [shelf.get((first, length), ()) for shelf in shelves]
        full = [words for words in found if words]
        return full[0] if len(full) == 1 else [word for words in full for word in words]

    def frequency(self, keys: Keys) -> int:
        """About how many documents have a word with any of ``keys``: those of the commonest key.

        One that has a synonym stands, as it were, in a document.
        """
        found = max((self._documents(key) for key in keys), default=0)
        return found or int(any(self._synonyms.stands_alone(key) for key in keys))

    def beginning(self, start: str, mark: str = SURFACE) -> Iterator[str]:
        """The words that begin with ``start`` (folded), each once, in order within a segment; of keys with ``mark``."""
        seen: set[str] = set()
        for segment in self._segments:
            written = segment.written(mark)
            for place in range(bisect_left(written, start), len(written)):
                word = written[place]
                if not word.startswith(start):
                    break
                if word not in seen:
                    seen.add(word)
                    yield word

    def _documents(self, key: str) -> int:
        return sum(segment.frequency(key) for segment in self._segments)
