"""Compiles the dictionaries: once, when the portal is set up, or else when they are first needed.

They stand beside the code, as the message catalogues do; where that can't be written, each process keeps its own. A
file's name says which libraries' dictionaries it was made from by which code; one of another name is not used.
"""

import hashlib
import logging
import os
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from itertools import chain
from pathlib import Path

from marisa_trie import BytesTrie

from .dictionary import BARE, STEM, Dictionary, ending
from .languages import LANGUAGES, Language, Listed
from .writing import LONGEST_WORD, is_all

log = logging.getLogger(__name__)

FOLDER = Path(__file__).parent / "compiled"
_HERE = Path(__file__).parent
_CODE = ("compiling.py", "dictionary.py", "english.py", "georgian.py", "languages.py", "writing.py")
_LIBRARIES = ("marisa-trie", "pystemmer", "simplemma")

KIND = 2
"""So many last letters make words of a kind, whose forms are alike."""
FEWEST = 6
"""A form that fewer words of a kind have says nothing of the others."""
SHORTEST = 4
"""Shorter forms are too often another word's as well."""


def dictionary(locale: str, folder: Path = FOLDER) -> Dictionary:
    """The compiled dictionary of a language; compiled now if it has not been."""
    path = folder / f"{locale}-{fingerprint()}.trie"
    try:
        return Dictionary.mapped(path)
    except (OSError, RuntimeError):
        began = time.perf_counter()
        trie = compiled(LANGUAGES[locale])
        log.warning("compiled the dictionary of %s, which took %.1f s", locale, time.perf_counter() - began)
    try:
        write(trie, path)
        return Dictionary.mapped(path)
    except (OSError, RuntimeError):
        log.warning("%s can't be written; this process keeps the dictionary of %s in its memory", folder, locale)
        return Dictionary(trie)


@cache
def fingerprint() -> str:
    """Stands for what a compiled dictionary depends on."""
    made_of = hashlib.sha256()
    for name in _CODE:
        made_of.update((_HERE / name).read_bytes())
    for library in _LIBRARIES:
        made_of.update(version(library).encode() + b"\0")
    return made_of.hexdigest()[:16]


def write(trie: BytesTrie, path: Path) -> None:
    """Put a dictionary into its place, whole or not at all, and take away what its language had there before."""
    path.parent.mkdir(exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".new")
    os.close(handle)
    fresh = Path(name)
    try:
        trie.save(name)
        fresh.chmod(0o644)
        with fresh.open("rb") as file:
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    for old in path.parent.glob(f"{path.name.partition('-')[0]}-*.trie"):
        if old != path:
            old.unlink(missing_ok=True)


def compiled(language: Language) -> BytesTrie:
    """A language's dictionary as a trie."""
    listed = language.listed or Listed(tuple)
    words = _listed(listed, language.script)
    if listed.share < 1:
        _give_back(words, listed)
    for word, forms in Counter(word for found in words.values() for word in found).items():
        if forms > 1:
            words.setdefault(word, set()).add(word)
    return BytesTrie(chain(_entries(words, language), _by_stem(words, language, listed)))


def _listed(listed: Listed, script: str) -> dict[str, set[str]]:
    """The words of each form that is written in the language's script."""
    words: dict[str, set[str]] = defaultdict(set)
    for form, word in listed.pairs():
        if len(form) <= LONGEST_WORD and is_all(form, script) and is_all(word, script):
            words[form].add(form if listed.itself(form, word) else word)
    return words


def _give_back(words: dict[str, set[str]], listed: Listed) -> None:
    """Add the words that a form is of as well, though the dictionary names only another.

    Words that end alike are of a kind. A way to make a form (these letters off, those on) that most words of the kind
    have is had by the others too; where that leads to a form of another word, it is of both.
    """
    kinds: dict[str, dict[str, set[tuple[int, str]]]] = defaultdict(lambda: defaultdict(set))
    for form, found in words.items():
        for word in found:
            if len(word) > KIND:
                kinds[word[-KIND:]][word].add(_way(word, form))
    added: list[tuple[str, str]] = []
    for of_kind in kinds.values():
        inflected = {word: ways for word, ways in of_kind.items() if len(ways) > 1}
        had = Counter(way for ways in inflected.values() for way in ways if way[0] <= KIND)
        for way, times in had.items():
            if times >= FEWEST:
                added += _lacking(words, inflected, way, times, listed)
    for form, word in added:
        words[form].add(word)


def _way(word: str, form: str) -> tuple[int, str]:
    kept = ending(word, form)
    return kept[0], kept[1:].decode()


def _lacking(
    words: dict[str, set[str]], of_kind: dict[str, set[tuple[int, str]]], way: tuple[int, str], had: int, listed: Listed
) -> list[tuple[str, str]]:
    """(form, word) for the words that lack a form because it is another's, if most that could have it do."""
    others, could = [], had
    for word, ways in of_kind.items():
        if way not in ways:
            form = word[: len(word) - way[0]] + way[1]
            if form not in words:
                could += 1
            elif len(form) >= SHORTEST and (listed.doubled or form not in words[form]):
                others.append((form, word))
    return others if had >= listed.share * could else []


def _entries(words: dict[str, set[str]], language: Language) -> Iterator[tuple[str, bytes]]:
    """What is kept of each form."""
    for form, found in words.items():
        bare = language.fold(form)
        for word in found:
            spelt = language.fold(language.spelt(word))
            yield form, ending(form, spelt)
            if bare != form:
                yield BARE + bare, ending(bare, spelt)


def _by_stem(words: dict[str, set[str]], language: Language, listed: Listed) -> Iterator[tuple[str, bytes]]:
    """What is kept of each stem: the word that most forms with it are of, the shortest of several."""
    stems: dict[str, Counter[str]] = defaultdict(Counter)
    for form, found in words.items():
        if listed.by_stem == "all forms" or (listed.by_stem == "words themselves" and form in found):
            for stem in language.bare_stems(form, language.fold(form)):
                stems[stem].update(found)
    for stem, counted in stems.items():
        word = max(counted, key=lambda word: (counted[word], -len(word), word))
        yield STEM + stem, ending(stem, language.fold(language.spelt(word)))


def compile_all(folder: Path = FOLDER) -> None:
    """Compile what has not been."""
    for locale, language in LANGUAGES.items():
        if language.listed:
            dictionary(locale, folder)
