"""Compiled dictionaries: the words that a form may be of, in a file that processes share by mapping it.

A file is a trie. A form leads to the words it is a form of; `BARE` and a form without its marks to the words of the
forms that have them; `STEM` and a stem to the words that have it. A word is kept as the number of letters to take off
the end of what led to it, and the letters to put there.
"""

from pathlib import Path

from marisa_trie import BytesTrie

BARE, STEM = "/", "*"


def ending(of: str, word: str) -> bytes:
    """What is kept so that ``word`` can be made from ``of``."""
    same = 0
    while same < len(of) and same < len(word) and of[same] == word[same]:
        same += 1
    return bytes((len(of) - same,)) + word[same:].encode()


class Dictionary:
    """One language's compiled dictionary."""

    def __init__(self, trie: BytesTrie) -> None:
        self._get = trie.get

    @classmethod
    def mapped(cls, path: Path) -> "Dictionary":
        """The dictionary in a file. Raises OSError or RuntimeError when there is none, or none that can be read."""
        path.stat()
        return cls(BytesTrie().mmap(str(path)))

    def words_of(self, form: str) -> list[str]:
        """The words that ``form`` is a form of."""
        return self._words("", form)

    def words_of_bare(self, form: str) -> list[str]:
        """The words that a form may be of when it was typed without its marks."""
        return self._words(BARE, form)

    def words_with_stem(self, stem: str) -> list[str]:
        """The words of which most forms with this stem are."""
        return self._words(STEM, stem)

    def _words(self, kind: str, text: str) -> list[str]:
        found = self._get(kind + text, ())
        return [text[: len(text) - end[0]] + end[1:].decode() for end in found]
