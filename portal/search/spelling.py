"""What a misspelt word was probably meant to be, among the words that the pages themselves use."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Protocol

from rapidfuzz.distance import OSA, Levenshtein
from rapidfuzz.process import extract

from .asked import Keys
from .keys import LEMMA, STEM, SURFACE, fold, normal, query_keys, script_of

SHORTEST, LONG = 5, 9
"""Letters that a word needs to have one mistake forgiven, and two."""
MOST_CORRECTIONS = 3
LONGEST_ENDING = 5
"""Letters that may follow a stem, and one more."""
MOST_GUESSED = 4


class Vocabulary(Protocol):
    """The words of the pages that are searched."""

    def words(self, first: str, length: int) -> Sequence[str]:
        """The words of so many letters that begin with ``first``, as their surface keys hold them without the mark."""
        ...

    def frequency(self, keys: Keys) -> int:
        """How many pages have a word with any of ``keys``."""
        ...


_ALPHABETS = {
    "latin": "abcdefghijklmnopqrstuvwxyz",
    "cyrillic": "абвгдежзийклмнопрстуфхцчшщъыьэюя",
    "georgian": "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ",
}
# Neighbours on a keyboard, row by row; the rows stand half a key apart.
_ROWS = {
    "latin": ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    "cyrillic": ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"),
    "georgian": ("ქწერტყუიოპ", "ასდფგჰჯკლ", "ზხცვბნმ"),
}
# Letters that sound alike, or share a key in Georgian, so that who spells by ear takes one for the other.
_ALIKE = {
    "latin": "ae ai ao ei iy ou cs ck cz sz vw kq",
    "cyrillic": "ао еи ея эе иы йи тд сз шщ жш бп вф гк ъь цс чщ",
    "georgian": "თტ ქკ კყ ქყ ფპ ჩჭ ცწ ღგ ხღ სშ ჯჟ ზძ ხჰ ჭწ",
}


@cache
def _confused(script: str) -> frozenset[tuple[str, str]]:
    """Pairs of letters of which one is easily written for the other, each both ways round."""
    rows = _ROWS.get(script, ())
    pairs = {pair for row in rows for pair in pairwise(row)}
    for above, below in pairwise(rows):
        pairs |= {
            (above[at + step], letter) for at, letter in enumerate(below) for step in (0, 1) if at + step < len(above)
        }
    pairs |= {(pair[0], pair[1]) for pair in _ALIKE.get(script, "").split()}
    return frozenset(pairs | {(other, one) for one, other in pairs})


@dataclass(frozen=True, order=True)
class _Candidate:
    """A word that may have been meant, the likelier the less."""

    distance: int
    oddness: int
    word: str


def corrections(word: str, vocabulary: Vocabulary, *, easy: bool = False) -> tuple[str, ...]:
    """The words of ``vocabulary`` that ``word`` may have been meant to be, the likeliest first, folded.

    None for a word that is too short, or of another script. With ``easy`` only what one slip that everybody makes
    explains: for a word that may well be meant as it stands. Several only when they are equally near and not forms of
    one word; none when one of them is a form of ``word`` itself.

    Near is by optimal string alignment: a letter too many, too few or another one, and two neighbours swapped, cost
    one each. When nothing is near, what is near its guessed lemmas, or begins nearly as its stem: so a mistake in a
    form that no page has is forgiven, too.
    """
    typed = fold(normal(word))
    near = _near(typed, vocabulary)
    if not near:
        guessed = query_keys(word)[:MOST_GUESSED]
        near = [one for key in guessed if key[0] == LEMMA for one in _alike(key.partition(":")[2], 1, vocabulary)]
        near += [one for key in guessed if key[0] == STEM for one in _begun_alike(key.partition(":")[2], vocabulary)]
    nearest = min(near, default=None)
    if nearest is None or (easy and (nearest.distance, nearest.oddness) > (1, 0)):
        return ()
    likely = {one.word for one in near if (one.distance, one.oddness) == (nearest.distance, nearest.oddness)}
    usual = sorted(likely, key=lambda other: (-vocabulary.frequency((SURFACE + other,)), other))
    return tuple(_of_different_words(usual, word))


def _near(typed: str, vocabulary: Vocabulary) -> list[_Candidate]:
    """The words as near as they get. The first letter is seldom wrong: that and another mistake are too many."""
    alike = _alike(typed, 1 if len(typed) < LONG else 2, vocabulary)
    if any(one.distance == 1 for one in alike):
        return alike
    return _begun_otherwise(typed, vocabulary) or alike


def _mendable(typed: str) -> bool:
    """Whether it is long enough; what holds digits, or is of another script, nobody can guess."""
    return len(typed) >= SHORTEST and typed.isalpha() and script_of(typed) in _ALPHABETS


def _alike(typed: str, most: int, vocabulary: Vocabulary) -> list[_Candidate]:
    """The words with the same first letter that are at most so many mistakes away."""
    if not _mendable(typed):
        return []
    script = script_of(typed)
    return [
        _Candidate(distance, _oddness(typed, other, script), other)
        for length in range(len(typed) - most, len(typed) + most + 1)
        for other, distance, _ in extract(
            typed,
            vocabulary.words(typed[0], length),
            scorer=OSA.distance,
            score_cutoff=most,
            limit=None,
        )
    ]


def _begun_alike(stem: str, vocabulary: Vocabulary) -> list[_Candidate]:
    """The words with the same first letter whose beginning is one mistake away from ``stem``."""
    if not _mendable(stem):
        return []
    script, found = script_of(stem), dict[str, _Candidate]()
    for begin in range(len(stem) - 1, len(stem) + 2):
        rest = [word for ending in range(LONGEST_ENDING) for word in vocabulary.words(stem[0], begin + ending)]
        for start, distance, at in extract(
            stem, [word[:begin] for word in rest], scorer=OSA.distance, score_cutoff=1, limit=None
        ):
            one = _Candidate(distance, _oddness(stem, start, script), rest[at])
            found[rest[at]] = min(one, found.get(rest[at], one))
    return list(found.values())


def _begun_otherwise(typed: str, vocabulary: Vocabulary) -> list[_Candidate]:
    """The words that a mistake in the first letter makes ``typed``: so few that each is simply looked up."""
    if not _mendable(typed):
        return []
    script, rest = script_of(typed), typed[1:]
    could_be = {rest, typed[1] + typed[0] + typed[2:]}
    could_be |= {letter + ending for letter in _ALPHABETS[script] for ending in (rest, typed)}
    return [
        _Candidate(1, _oddness(typed, other, script), other)
        for other in could_be - {typed}
        if other[0] != typed[0] and vocabulary.frequency((SURFACE + other,))
    ]


def _oddness(typed: str, meant: str, script: str) -> int:
    """How strange a slip it takes to write ``typed`` for ``meant``.

    0: neighbours swapped, a letter doubled or not, one that stands or sounds near; 1: another left out, put in or
    mistaken; 2 more when it is the first letter, which people seldom get wrong.
    """
    first = 0 if typed[0] == meant[0] else 2
    start = 0
    while start < min(len(typed), len(meant)) and typed[start] == meant[start]:
        start += 1
    end = 0
    while end < min(len(typed), len(meant)) - start and typed[-1 - end] == meant[-1 - end]:
        end += 1
    wrong, right = typed[start : len(typed) - end], meant[start : len(meant) - end]
    if len(wrong) == len(right) == 2 and wrong == right[::-1]:
        return first
    if len(wrong) == len(right) == 1:
        return first + (0 if (wrong, right) in _confused(script) else 1)
    odd = (wrong or right) if not (wrong and right) else ""
    doubled = len(odd) == 1 and start > 0 and typed[start - 1] == odd
    return first + (0 if doubled else 1)


def _of_different_words(found: Sequence[str], typed: str) -> Sequence[str]:
    """The first of ``found`` without further forms of one word, which share keys; nothing when there are forms of what
    was ``typed`` among them: then it is no mistake."""
    kept: list[str] = []
    taken: set[str] = set()
    own = frozenset(query_keys(typed))
    for word in found:
        keys = query_keys(word)
        if not own.isdisjoint(keys):
            return ()
        if taken.isdisjoint(keys):
            kept.append(word)
        taken.update(keys)
    return kept[:MOST_CORRECTIONS]


def in_the_hand_of(typed: str, word: str) -> str:
    """``word``, which is folded, with the marks and capitals of what was ``typed``: pages keep theirs, keys don't."""
    letters = [letter for letter in normal(typed) if fold(letter)]
    folded = "".join(map(fold, letters))
    written = list(word)
    if len(folded) == len(letters):
        for place in Levenshtein.opcodes(folded, word):
            if place.tag == "equal":
                written[place.dest_start : place.dest_end] = letters[place.src_start : place.src_end]
    told = "".join(written)
    if len(typed) > 1 and typed.isupper():
        return told.upper()
    return told[:1].upper() + told[1:] if typed[:1].isupper() else told
