"""What somebody asks for, as the engine understands it: words wanted, each to be had in one of several ways."""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

Keys = tuple[str, ...]
"""The keys of one word (see `keys`): a document has the word when it has any of them."""


class Read(IntEnum):
    """How far what is searched is from what was typed: the further, the lower its matches rank."""

    AS_TYPED = 0
    SYNONYM = 1
    JOINED = 2
    CORRECTED = 3


@dataclass(frozen=True)
class Way:
    """One way to have what is wanted: all its ``words`` (one at least, each with a key), which read ``text``."""

    text: str
    words: tuple[Keys, ...]
    read: Read = Read.AS_TYPED


@dataclass(frozen=True)
class Wanted:
    """A word, or several that belong together, in the ``ways`` in which a document may have it.

    A ``phrase`` is to be found as it was typed, its words side by side. What is ``light`` (a little word such as *the*)
    is not asked of a page; it tells only phrases apart.
    """

    text: str
    ways: tuple[Way, ...]
    phrase: bool = False
    light: bool = False


@dataclass(frozen=True)
class Asked:
    """A whole query. ``without``: what no page may have. The sets narrow; an empty one doesn't."""

    text: str
    wanted: tuple[Wanted, ...] = ()
    without: tuple[Wanted, ...] = ()
    kinds: frozenset[str] = field(default_factory=frozenset)
    locales: frozenset[str] = field(default_factory=frozenset)
    principles: frozenset[str] = field(default_factory=frozenset)


class Reason(StrEnum):
    """Why something else was searched than what was typed."""

    TYPO = "typo"
    LAYOUT = "layout"
    LETTERS = "letters"
    JOINED = "joined"
