"""A text's sentences, and which of them make a passage: whole ones unless that is too long, else from clause to clause.

A page's text has a line for each block; one that ends no sentence (a heading, a cell of a table) is *loose*.
"""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter

LENGTH = 200
"""How long a passage is meant to be, in characters: about thirty words, five lines of a phone."""

MOST = 260
"""How long it may be when it is whole sentences."""

LEAD = 40
"""How far before what matters a passage begins that is cut out of a sentence."""

LOOSE_END = "\ufdd0"
"""Stands for the end of a loose line."""

HANGING = " ,;:–—-("
"""With what no passage ends that is cut out of a sentence."""

_CLOSERS = "\"'”’“»)]"
_ENDED = re.compile(rf"[.!?…][{re.escape(_CLOSERS)}]{{0,4}}$")
_INITIAL = re.compile(r"(?<!\w)\w\.$")
_CLAUSE = re.compile(r"(?<=[,;:–—])\s+|\s(?=[–—(«„])")
_QUOTE = re.compile('["“”„«»]')
_SPACE = re.compile(r"\s")
_LINE_END = re.compile(f"[\n{LOOSE_END}]")
_GAP = re.compile(rf"(?<=[.!?…{re.escape(_CLOSERS)}])[^\S\n]+|[\n{LOOSE_END}]")


@dataclass(frozen=True)
class Passage:
    """A stretch of a text in characters; whether it begins with a sentence, and ends with one."""

    start: int
    end: int
    begins_sentence: bool = True
    ends_sentence: bool = True


@dataclass(frozen=True)
class Laid:
    """A text laid out: loose lines in it end in ``LOOSE_END``; ``begins`` is where its blocks begin.

    A block is what belongs together: any headings, and the sentences that follow up to the next heading.
    """

    text: str
    begins: tuple[int, ...]

    def block(self, at: int) -> tuple[int, int]:
        """From where to where the block goes that ``at`` is in."""
        number = bisect_right(self.begins, at)
        return self.begins[number - 1], self.begins[number] if number < len(self.begins) else len(self.text)

    def is_loose(self, at: int) -> bool:
        """Is ``at`` in a line that ends no sentence? (Long ones are taken for text.)"""
        end = _LINE_END.search(self.text, at, at + LENGTH)
        return end is not None and end[0] == LOOSE_END

    def passage(self, start: int, end: int) -> Passage:
        """The passage around what stands from ``start`` to ``end`` in one block, no longer than `MOST`.

        Whole sentences, more of them while there is room; or a part of one.
        """
        found = _sentences(self.text, *self.block(start))
        one = max(0, bisect_right(found, start, key=itemgetter(0)) - 1)
        other = max(one, bisect_right(found, end - 1, key=itemgetter(0)) - 1)
        low, high = found[one][0], found[other][1]
        if high - low > MOST:
            cut_start, cut_end = _cut(self.text, (low, high), start, end)
            return Passage(cut_start, cut_end, cut_start == low, cut_end == high)
        more = [finish for _, finish in found[other + 1 :] if finish - low <= LENGTH]
        # Rather shorter than with a quotation that is cut off.
        high = next((finish for finish in reversed(more) if _is_balanced(self.text[low:finish])), high)
        if high - low < LENGTH // 2 and one and not _LINE_END.match(self.text, low - 1):
            before = found[one - 1][0]
            low = before if high - before <= LENGTH else low
        return Passage(low, high)


def lay_out(text: str) -> Laid:
    """Lay out a text of one line a block."""
    lines = text.split("\n")
    ended = [bool(_ENDED.search(line[-6:])) for line in lines]
    begins, here, shown = [0], 0, []
    for line, (closed, next_closed) in zip(lines, pairwise([*ended, True]), strict=True):
        shown.append(line + ("\n" if closed or line.endswith(":") else LOOSE_END))
        here += len(line) + 1
        if closed and not next_closed:
            begins.append(here)
    return Laid("".join(shown)[: len(text)], tuple(begins))


def _sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where the sentences of a block begin and end; a full stop within an abbreviation ends none."""
    found = []
    for gap in _GAP.finditer(text, start, end):
        if _LINE_END.match(gap[0]) or _is_end(text, gap.start(), gap.end()):
            found.append((start, gap.start()))
            start = gap.end()
    found.append((start, start + len(text[start:end].rstrip())))
    return [(begin, finish) for begin, finish in found if begin < finish]


def _is_end(text: str, end: int, next_start: int) -> bool:
    """Does a sentence end at ``end``, where the next would begin at ``next_start``?"""
    before, after = text[max(0, end - 6) : end], text[next_start : next_start + 1]
    if not _ENDED.search(before) or _INITIAL.search(before):
        return False
    return not after.islower() or unicodedata.name(after, "").startswith("GEORGIAN")  # Which has no capitals.


def _is_balanced(passage: str) -> bool:
    """Has every quotation in it both its ends, whatever the language's marks?"""
    return len(_QUOTE.findall(passage)) % 2 == 0


def _cut(text: str, sentences: tuple[int, int], first: int, last: int) -> tuple[int, int]:
    """Of ``sentences`` too long, a part around ``first`` to ``last``: from clause to clause, or from word to word."""
    start, end = sentences
    low = max(start, min(first, last - LENGTH * 6 // 10))
    if low > start:
        clauses = [gap.end() for gap in _CLAUSE.finditer(text, low, first)]
        near = max(low, first - LEAD)
        spaces = [gap.end() for gap in _SPACE.finditer(text, near, first)]
        start = (clauses or spaces or [whole(text, near)])[0]
    if end - start <= MOST:
        return start, end
    high = max(last, start + LENGTH)
    clauses = [gap.start() for gap in _CLAUSE.finditer(text, max(last, start + LENGTH * 6 // 10), high)]
    spaces = [gap.start() for gap in _SPACE.finditer(text, last, high)]
    end = (clauses or spaces or [high])[-1]
    return start, whole(text, min(end, start + MOST))


def whole(text: str, at: int) -> int:
    """``at``, or where the character ends that a cut there would tear apart: its accents, the parts of an emoji."""
    for here in range(at, min(at + 32, len(text))):
        one = text[here]
        parts = unicodedata.category(one)[0] == "M" or one == "\u200d" or "\U0001f3fb" <= one <= "\U0001f3ff"
        if not parts and (here == 0 or text[here - 1] != "\u200d"):
            return here
    return min(at + 32, len(text))
