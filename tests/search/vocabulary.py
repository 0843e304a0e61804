"""The words of some pages, kept in memory, and of the shipped guidance."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from portal.search.asked import Asked, Keys
from portal.search.keys import LANGUAGES, keys, words

GUIDANCE = Path(__file__).resolve().parents[2] / "content"


class WordsOf:
    """The words of pages, each given as its language and its text."""

    def __init__(self, pages: Iterable[tuple[str, str]]) -> None:
        self._pages: defaultdict[str, set[int]] = defaultdict(set)
        shelves: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
        for number, (locale, text) in enumerate(pages):
            for written in {word[0] for word in words(text)}:
                its_keys = keys(written, locale)
                for key in its_keys:
                    self._pages[key].add(number)
                surface = its_keys[0][1:]
                shelves[surface[0], len(surface)].add(surface)
        self._shelves = {shelf: sorted(found) for shelf, found in shelves.items()}

    def words(self, first: str, length: int) -> Sequence[str]:
        return self._shelves.get((first, length), ())

    def frequency(self, keys: Keys) -> int:
        return len(self._having(keys))

    def found(self, asked: Asked) -> set[int]:
        """The pages that have all that is asked for, as far as words go."""
        every = set().union(*self._pages.values())
        for one in asked.wanted:
            if not one.light:
                every &= set().union(*(set.intersection(*map(self._having, way.words)) for way in one.ways))
        return every

    def _having(self, keys: Keys) -> set[int]:
        return set().union(*(self._pages.get(key, ()) for key in keys))


@cache
def guidance() -> WordsOf:
    """The words of the shipped stories and phrases, in all their languages."""
    files = sorted([*GUIDANCE.glob("stories/*/*.md"), *GUIDANCE.glob("phrases/*/*.md")])
    return WordsOf((file.stem, file.read_text(encoding="utf-8")) for file in files if file.stem in LANGUAGES)
