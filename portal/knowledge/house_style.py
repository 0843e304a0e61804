"""What a company asks of its own guidance: ``house-style.yaml`` and lists of its words, beside the pages.

``house-style.yaml`` names the ``languages`` that every page is to have and, for each kind of page, the fewest and the
most ``words``, the kinds that a page must link (``links``, from either end) and its ``headings`` by language, in
their order, ``|`` between those of which one is enough. All of it may be left out. ``words.txt`` allows words in
every language, ``words.<locale>.txt`` in one: a word a line, ``#`` before remarks.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .model import BY_FOLDER, Kind
from .text_files import BrokenContent, Fault, WrongValue, list_of, load, mapping

FILE = "house-style.yaml"
_WORDS = re.compile(r"words(?:\.([A-Za-z-]+))?\.txt")
_HEADING = re.compile(r"#{2,6} \S.*")


@dataclass(frozen=True)
class KindStyle:
    """What is asked of one kind of page; ``headings`` as they are written, by language, each with its alternatives."""

    fewest: int = 0
    most: int = 10**9
    links: tuple[Kind, ...] = ()
    headings: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class HouseStyle:
    """What is asked of the pages of one folder; without ``languages``, those that any page has."""

    languages: tuple[str, ...] = ()
    kinds: dict[Kind, KindStyle] = field(default_factory=dict)
    words: dict[str, frozenset[str]] = field(default_factory=dict)
    """The allowed words by language; those of every language under an empty name."""

    def kind(self, kind: Kind) -> KindStyle:
        """What is asked of ``kind``; of one that isn't mentioned, nothing."""
        return self.kinds.get(kind, KindStyle())

    def allowed(self, locale: str) -> frozenset[str]:
        """The words that are right in ``locale`` whatever a dictionary says."""
        return self.words.get("", frozenset()) | self.words.get(locale, frozenset())


def read_house_style(root: Path) -> HouseStyle:
    """The house style of the folder ``root``. Raises BrokenContent."""
    words = {
        found[1] or "": _read_words(path)
        for path in sorted(root.glob("words*.txt"))
        if (found := _WORDS.fullmatch(path.name))
    }
    path = root / FILE
    if not path.exists():
        return HouseStyle(words=words)
    try:
        values, lines = mapping(load(path), {"languages", *BY_FOLDER}, first_line=1)
        languages = tuple(map(str, list_of("languages", values.get("languages"))))
        kinds = {kind: _kind(folder, values[folder]) for folder, kind in BY_FOLDER.items() if folder in values}
    except WrongValue as error:
        raise BrokenContent([Fault(FILE, lines[error.key], error.reason)]) from error
    except BrokenContent as error:
        raise BrokenContent(Fault(FILE, fault.line, fault.reason) for fault in error.faults) from error
    return HouseStyle(languages, kinds, words)


def _read_words(path: Path) -> frozenset[str]:
    try:
        lines = load(path).splitlines()
    except BrokenContent as error:
        raise BrokenContent(Fault(path.name, fault.line, fault.reason) for fault in error.faults) from error
    return frozenset(word for line in lines if (word := line.partition("#")[0].strip()))


def _kind(folder: str, given: Any) -> KindStyle:
    if not isinstance(given, dict) or not set(given) <= {"words", "links", "headings"}:
        raise WrongValue(folder, f"{folder} may have words, links and headings")
    bounds = given.get("words", ["0", "999999999"])
    if not isinstance(bounds, list) or len(bounds) != 2 or not all(re.fullmatch(r"[0-9]{1,9}", str(n)) for n in bounds):
        raise WrongValue(folder, "words must be the fewest and the most of them, such as [300, 500]")
    links = given.get("links", [])
    if not isinstance(links, list) or not set(map(str, links)) <= set(BY_FOLDER):
        raise WrongValue(folder, f"links must be a list of {', '.join(BY_FOLDER)}")
    return KindStyle(int(bounds[0]), int(bounds[1]), tuple(BY_FOLDER[name] for name in links), _headings(folder, given))


def _headings(folder: str, given: dict[str, Any]) -> dict[str, tuple[tuple[str, ...], ...]]:
    by_language = given.get("headings", {})
    if not isinstance(by_language, dict) or not all(
        isinstance(listed, list) and all(_HEADING.fullmatch(str(heading)) for heading in listed)
        for listed in by_language.values()
    ):
        raise WrongValue(folder, 'headings must be a list for each language, such as en: ["## Why", "### In the shop"]')
    return {locale: tuple(map(_alternatives, listed)) for locale, listed in by_language.items()}


def _alternatives(heading: str) -> tuple[str, ...]:
    marks, _, words = heading.partition(" ")
    return tuple(f"{marks} {words.strip()}" for words in words.split("|"))
