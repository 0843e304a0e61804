"""How the words of each language are brought together: an entry for each is all that it takes to add one."""

import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

import pymorphy3_dicts_ru
import Stemmer
from simplemma.strategies.dictionaries import DefaultDictionaryFactory

from . import english, georgian
from .opencorpora import OpenCorpora
from .writing import fold

Pairs: TypeAlias = Iterable[tuple[str, str]]
Several: TypeAlias = Callable[[str], tuple[str, ...]]

_one_at_a_time = threading.Lock()  # A stemmer keeps the word that it works on in itself.


def _none(_word: str) -> tuple[str, ...]:
    return ()


def _never(_form: str, _word: str) -> bool:
    return False


def _same(word: str) -> str:
    return word


@dataclass(frozen=True)
class Listed:
    """A dictionary that is compiled, and how it is mended when it is.

    ``pairs`` reads it: each form with the word it is a form of, in lower case. ``itself`` tells which forms are words
    of their own all the same, as «plaćanje» (a payment) is beside «plaćati» (to pay). Forms that most words of a kind
    have, and one lacks because the dictionary names another word there, are given back to it where so large a ``share``
    of the kind has them; with ``doubled`` also where the form is named as a word of its own («building»: to build).
    ``by_stem`` says of which forms the stems are kept, so that unknown forms find the words that share their stem.
    """

    pairs: Callable[[], Pairs]
    itself: Callable[[str, str], bool] = _never
    share: float = 1.0
    doubled: bool = False
    by_stem: Literal["none", "words themselves", "all forms"] = "none"


@dataclass(frozen=True)
class Language:
    """How one language's words are brought together.

    Words are looked up in ``listed`` (compiled) or with ``words_of`` (as it is), together with the ``others`` that a
    form may stand for. ``spelt`` gives words that have two spellings one; ``fold`` what people leave out when they
    type. A word in no dictionary has its ``stems``.
    """

    script: str
    listed: Listed | None = None
    words_of: Several = _none
    others: Several = _none
    stems: Several = _none
    spelt: Callable[[str], str] = _same
    fold: Callable[[str], str] = fold

    def bare_stems(self, form: str, bare: str) -> tuple[str, ...]:
        """The stems, without marks, of a form as it is written and when it is typed without its marks."""
        found = self.stems(form) if form == bare else self.stems(form) + self.stems(bare)
        return tuple(dict.fromkeys(map(self.fold, found)))


def simplemma(code: str) -> Callable[[], Pairs]:
    """What reads simplemma's dictionary of a language (its own code): one word for each form."""

    def pairs() -> Pairs:
        listed = DefaultDictionaryFactory(cache_max_size=0).get_dictionary(code)
        return ((form.casefold(), word.casefold()) for form, word in listed.items())

    return pairs


def snowball(language: str) -> Several:
    """The stem that a Snowball algorithm makes."""
    stemmer = Stemmer.Stemmer(language, 0)

    def stems(word: str) -> tuple[str, ...]:
        with _one_at_a_time:
            return (stemmer.stemWord(word),)

    return stems


@cache
def _opencorpora() -> OpenCorpora:
    return OpenCorpora(Path(pymorphy3_dicts_ru.get_path()))


def _russian(form: str) -> tuple[str, ...]:
    return _opencorpora().words_of(form)


_DOING = re.compile("(?:[aeu]nj|[nt]uć)e$")


def _croatian_noun_of_doing(form: str, word: str) -> bool:
    return word.endswith(("ti", "ći")) and _DOING.search(form) is not None


def _croatian_others(form: str) -> tuple[str, ...]:
    """Before «ću» an infinitive has lost its «i»: «otići», but «otić ćemo». And «plaćanjem» is of «plaćanje»."""
    if form.endswith("ć") or (len(form) > 4 and form.endswith("t")):
        return (form + "i",)
    return (form[:-1],) if form.endswith(("njem", "ćem")) else ()


def _georgian_noun_of_doing(form: str, word: str) -> bool:
    return word.endswith("ს") and form.endswith("ა")


LANGUAGES: dict[str, Language] = {
    "en": Language(
        "latin",
        Listed(simplemma("en"), share=0.6, doubled=True),
        others=english.others,
        stems=snowball("english"),
        spelt=english.american,
    ),
    "ru": Language("cyrillic", words_of=_russian, stems=snowball("russian")),
    "hr": Language(
        "latin",
        Listed(simplemma("hbs"), _croatian_noun_of_doing, share=0.75, by_stem="all forms"),
        others=_croatian_others,
        stems=snowball("serbian"),
    ),
    "ka": Language(
        "georgian", Listed(simplemma("ka"), _georgian_noun_of_doing, by_stem="words themselves"), stems=georgian.stems
    ),
}
