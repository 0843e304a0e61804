"""Words as they are written: where they stand in a text, and which ways of writing one are the same to search."""

import re
import unicodedata
from collections.abc import Iterator

LONGEST_WORD = 64
_UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_INVISIBLE = dict.fromkeys(map(ord, _UNSEEN))
# Letters and digits, held together by what is invisible, by marks that stand apart (NFD), and by an apostrophe. «ʼ» is
# a letter to Unicode, but no word by itself.
_WORD = re.compile(rf"[^\W_ʼ]+(?:(?:[\u0300-\u036f{_UNSEEN}]+|['’ʼ])[^\W_ʼ]+)*[\u0300-\u036f]*")
_LETTERS = {"latin": "a-z\u00c0-\u024f", "cyrillic": "\u0400-\u04ff", "georgian": "\u10a0-\u10ff"}
_ALL_OF = {script: re.compile(rf"[{letters}0-9'’ʼ\u0300-\u036f]+") for script, letters in _LETTERS.items()}
_ONE_OF = {script: re.compile(f"[{letters}]") for script, letters in _LETTERS.items()}
_LATIN_MARKS = re.compile(r"(?<=[a-z])[\u0300-\u036f]+")
_APOSTROPHES = re.compile("['’ʼ]")
# In Cyrillic words: Latin letters that look the same become Cyrillic, and marks of stress go.
_ONE_ALPHABET = str.maketrans("aceopxykABCEHKMOPTXY", "асеорхукАВСЕНКМОРТХУ", "\u0301")


def words(text: str) -> Iterator[re.Match[str]]:
    """The words of ``text`` in order, each as the match that tells where it stands."""
    return _WORD.finditer(text)


def forms(text: str) -> list[str]:
    """The words of ``text`` as they are written, in order."""
    return _WORD.findall(text)


def normal(word: str) -> str:
    """The word in NFC, without invisible characters, in lower case, in one alphabet."""
    if word.isascii():
        return word.lower()[:LONGEST_WORD]
    written = unicodedata.normalize("NFC", word.translate(_INVISIBLE))
    if _ONE_OF["cyrillic"].search(written):
        written = written.translate(_ONE_ALPHABET)
    return unicodedata.normalize("NFC", written.casefold()[:LONGEST_WORD])


def fold(lower: str) -> str:
    """What people leave out when they type: marks on Latin letters, the dots of ё (never the breve of й)."""
    folded = _APOSTROPHES.sub("", lower.replace("ё", "е").replace("đ", "d").replace("dj", "d"))
    if folded.isascii():
        return folded
    return unicodedata.normalize("NFC", _LATIN_MARKS.sub("", unicodedata.normalize("NFD", folded)))


def script_of(lower: str) -> str:
    """``latin``, ``cyrillic`` or ``georgian`` by the word's first letter of one of them, else an empty string."""
    found = {script: match.start() for script, letter in _ONE_OF.items() if (match := letter.search(lower))}
    return min(found, key=found.__getitem__, default="")


def is_all(lower: str, script: str) -> bool:
    """Is every letter of the word of ``script``, so that a dictionary in it may know the word?"""
    return _ALL_OF[script].fullmatch(lower) is not None
