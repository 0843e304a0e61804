"""OpenCorpora's Russian dictionary as pymorphy3-dicts-ru ships it, read where it lies.

Its files are mapped into memory and never copied, so that processes share them and a page is read when a word needs
it. pymorphy3 itself takes them into every process. The words are a graph of bytes (a double array: the child of a
node is found by its number, an offset and the byte between them); behind a form and a separator stand its entries.
"""

import json
import mmap
from binascii import a2b_base64
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from struct import unpack
from typing import NamedTuple

FORMAT = "2.4"
RARE, RARE_SHORT = 0.1, 0.05
"""A reading that is meant in less than this share of all cases is left out, as «дел» is hardly ever of «деть».

Less for short adjectives, or «прав» would no longer meet «правы». Chosen on the development treebank.
"""
# Of its tags, and a prefix.
_ABBREVIATED, _SUPERLATIVE, _ADJECTIVE, _SHORT, _PARTICIPLE = "Abbr", "Supr", "ADJF", "ADJS", "PRTF"
_MOST = "наи"

_BEFORE_ENTRIES = b"\1"
_LEAF, _HAS_LEAF, _FAR = 1 << 31, 1 << 8, 1 << 9
_MOST_SPELLINGS = 16


class OpenCorpora:
    """Which words a Russian form may be of. Raises OSError or ValueError where the files are not as expected."""

    def __init__(self, folder: Path) -> None:
        meta = dict(json.loads((folder / "meta.json").read_text(encoding="utf-8")))
        if meta["format_version"] != FORMAT:
            raise ValueError(f"OpenCorpora's dictionary has format {meta['format_version']}, not {FORMAT}")
        self._forms, self._met = _Graph(folder / "words.dawg"), _Graph(folder / "p_t_given_w.intdawg")
        self._prefixes: list[str] = meta["compile_options"]["paradigm_prefixes"]
        self._suffixes: list[str] = json.loads((folder / "suffixes.json").read_text(encoding="utf-8"))
        self._tags: list[str] = json.loads((folder / "gramtab-opencorpora-int.json").read_text(encoding="utf-8"))
        self._numbers = _mapped(folder / "paradigms.array").cast("H")
        self._paradigms = list(self._where())
        self._readings = lru_cache(maxsize=5_000)(self._read)

    def words_of(self, form: str) -> tuple[str, ...]:
        """The words that ``form`` is likely to be of, none when it is not in the dictionary; its е may be ё."""
        readings = [
            (word, reading.tag)
            for spelt, node in self._forms.spellings(form)
            for reading in self._readings(node)
            # What is cut short («им.» for «имени») is a word by itself; its letters are nearly always another's.
            if (word := reading.word(spelt)) == form or _ABBREVIATED not in reading.tag
        ]
        words = dict(readings)
        return tuple(words) if len(words) < 2 else self._likely(form, readings)

    def _likely(self, form: str, readings: list[tuple[str, str]]) -> tuple[str, ...]:
        """The words of the readings that were met in a corpus often enough; each alike when none was met."""
        met = [self._met.number(f"{form}:{tag}") for _word, tag in readings]
        if any(met):
            adjective, participle = (
                sum(times for (_word, tag), times in zip(readings, met, strict=True) if tag.startswith(kind))
                for kind in (_ADJECTIVE, _PARTICIPLE)
            )
            if adjective >= participle:  # «Данный» is nearly always one: no form of «дать».
                met = [0 if tag.startswith(_PARTICIPLE) else n for (_, tag), n in zip(readings, met, strict=True)]
        else:
            met = [1] * len(readings)
        shares: dict[str, float] = defaultdict(float)
        for (word, _tag), times in zip(readings, met, strict=True):
            shares[word] += times / sum(met)
        short = {word for word, tag in readings if tag.startswith(_SHORT)}
        return tuple(word for word, share in shares.items() if share >= (RARE_SHORT if word in short else RARE))

    def _where(self) -> Iterator[tuple[int, int]]:
        """Where each paradigm begins, and how many forms it has: for each its suffix, its tag and its prefix."""
        at = 1
        for _paradigm in range(self._numbers[0]):
            yield at + 1, self._numbers[at] // 3
            at += 1 + self._numbers[at]

    def _read(self, node: int) -> "tuple[_Reading, ...]":
        """The readings of the forms that end at a node: there are few such nodes, since most paradigms are alike."""
        return tuple(self._reading(*unpack(">HH", a2b_base64(entry))) for entry in self._forms.entries(node))

    def _reading(self, paradigm: int, form: int) -> "_Reading":
        at, length = self._paradigms[paradigm]
        numbers = self._numbers
        tag = self._tags[numbers[at + length + form]]
        named = self._first_superlative(at, length) if _SUPERLATIVE in tag else 0
        return _Reading(
            before=len(self._prefixes[numbers[at + 2 * length + form]]),
            after=len(self._suffixes[numbers[at + form]]),
            begin=self._prefixes[numbers[at + 2 * length + named]],
            end=self._suffixes[numbers[at + named]],
            tag=tag,
        )

    def _first_superlative(self, at: int, length: int) -> int:
        """The form that names «лучший», which the dictionary has as a form of «хороший», as a word of its own.

        There is a «наилучший» as well, and even a «наихороший».
        """
        numbers = self._numbers
        found = (
            form
            for form in range(length)
            if _SUPERLATIVE in self._tags[numbers[at + length + form]]
            and not self._prefixes[numbers[at + 2 * length + form]]
            and not self._suffixes[numbers[at + form]].startswith(_MOST)
        )
        return next(found, 0)


class _Reading(NamedTuple):
    """How a form becomes its word: letters to take off both ends, what is put there instead; and the form's tag."""

    before: int
    after: int
    begin: str
    end: str
    tag: str

    def word(self, form: str) -> str:
        return self.begin + form[self.before : len(form) - self.after] + self.end


class _Graph:
    """A mapped graph of bytes."""

    def __init__(self, path: Path) -> None:
        content = _mapped(path)
        size = unpack("=I", content[:4])[0]
        self._units = content[4 : 4 + 4 * size].cast("I")
        self._guide = content[8 + 4 * size :]  # For each node the label of its first child, and of its next sibling.

    def spellings(self, form: str) -> list[tuple[str, int]]:
        """``form`` and what it may be when its е are ё, as far as the graph has them, each with its entries' node."""
        first, *others = form.split("е")
        begun = [(first, self._follow(0, first.encode("utf-8", "replace")))]
        for other in others:
            begun = [
                (spelt + letter + other, self._follow(node, (letter + other).encode("utf-8", "replace")))
                for spelt, node in begun[:_MOST_SPELLINGS]
                for letter in "её"
                if node >= 0
            ]
        return [
            (spelt, last) for spelt, node in begun if node >= 0 and (last := self._follow(node, _BEFORE_ENTRIES)) >= 0
        ]

    def entries(self, node: int, begun: bytes = b"") -> Iterator[bytes]:
        """What stands below ``node``."""
        label = self._guide[2 * node]
        if not label:
            yield begun
        while label:
            child = (node ^ _offset(self._units[node])) ^ label
            yield from self.entries(child, begun + bytes((label,)))
            label = self._guide[2 * child + 1]

    def number(self, key: str) -> int:
        """The number that stands under ``key``, 0 if there is none."""
        node = self._follow(0, key.encode())
        if node < 0 or not self._units[node] & _HAS_LEAF:
            return 0
        return self._units[node ^ _offset(self._units[node])] & ~_LEAF

    def _follow(self, node: int, labels: bytes) -> int:
        units = self._units
        for label in labels:
            unit = units[node]
            node ^= ((unit >> 10) << ((unit & 0x200) >> 6)) ^ label  # As in _offset; a call for each byte takes long.
            if units[node] & 0x800000FF != label:
                return -1
        return node


def _offset(unit: int) -> int:
    return (unit >> 10) << ((unit & _FAR) >> 6)


def _mapped(path: Path) -> memoryview:
    """The content of a file, mapped for as long as it is used."""
    with path.open("rb") as file:
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
