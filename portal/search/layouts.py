"""What a text would have been, had another keyboard layout been switched on while it was typed.

And what Georgian is that somebody wrote in Latin letters, by ear.
"""

import re
from dataclasses import dataclass

from .keys import script_of

# The keys of a keyboard, row by row, plain and then with Shift; the same place is the same key.
_US = "`qwertyuiop[]asdfghjkl;'\\zxcvbnm,./" + '~QWERTYUIOP{}ASDFGHJKL:"|ZXCVBNM<>?'
_RUSSIAN = "ёйцукенгшщзхъфывапролджэ\\ячсмитьбю." + "ЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭ/ЯЧСМИТЬБЮ,"
_GEORGIAN = "`ქწერტყუიოპ[]ასდფგჰჯკლ;'\\ზხცვბნმ,./" + '~ქჭეღთყუიოპ{}აშდფგჰჟკლ:"|ძხჩვბნმ<>?'
_CROATIAN = "`qwertzuiopšđasdfghjklčćžyxcvbnm,./" + "~QWERTZUIOPŠĐASDFGHJKLČĆŽYXCVBNM<>?"


@dataclass(frozen=True)
class _Layout:
    """A layout: the script that it writes and the characters of its keys, those with Shift after the plain ones."""

    script: str
    keys: str


_LAYOUTS = (
    _Layout("latin", _US),
    _Layout("cyrillic", _RUSSIAN),
    _Layout("georgian", _GEORGIAN),
    _Layout("latin", _CROATIAN),
)


def _table(typed: _Layout, meant: _Layout) -> dict[int, str]:
    """From what the keys of one layout write to what those of the other do; of two keys that write the same, the
    plain one counts."""
    table: dict[int, str] = {}
    for one, other in zip(typed.keys, meant.keys, strict=True):
        table.setdefault(ord(one), other)
    return table


_TABLES = [(typed.script, _table(typed, meant)) for typed in _LAYOUTS for meant in _LAYOUTS if typed.keys != meant.keys]


# A Georgian layout has most letters where Latin ones sound like them; by ear these take two.
_BY_EAR = {"sh": "შ", "ch": "ჩ", "zh": "ჟ", "gh": "ღ", "kh": "ხ", "ts": "ც", "dz": "ძ"}
_PAIR = re.compile("|".join(_BY_EAR))
_LETTERS = {ord(latin): letter for latin, letter in zip(_US, _GEORGIAN, strict=True) if latin.islower()}


def georgian_by_ear(text: str) -> str:
    """``text`` as Georgian that was written in Latin letters, large or small; all else in it stays."""
    return _PAIR.sub(lambda pair: _BY_EAR[pair[0]], text.lower()).translate(_LETTERS)


def other_layouts(text: str) -> tuple[str, ...]:
    """``text`` (raw: letters of one layout are punctuation in another) as other layouts would have written it.

    The layouts are the US, Russian, Georgian and Croatian ones; which was switched on, the script of the first letter
    says (``;fkj,f`` has one in its second character). Nothing for a text of no letters or of another script.
    """
    # Georgian capitals stand on no key: they are what a phone or Caps Lock makes of the small letters.
    small = "".join(letter.lower() if "\u1c90" <= letter <= "\u1cbf" else letter for letter in text)
    script = script_of(small.lower())
    read = (small.translate(table) for typed, table in _TABLES if typed == script)
    return tuple(dict.fromkeys(other for other in read if other != text))
