"""Synonyms as a file beside the pages of the guidance: ``synonyms.yaml``. No database.

It lists them by language; ``any`` are those of no one language. Each entry has what people ``say`` and what the
guidance ``means`` by it, a text or a list of texts each: whoever searches for any of the first is also given what
answers any of the second. The language only keeps the file in order, for search asks nobody for his.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import yaml

from ..knowledge import LOCALE, BrokenContent, Fault, compose_yaml, load_text
from .gap_commands import plain, same, side_fault
from .keys import LANGUAGES
from .model import MOST_SYNONYMS
from .synonyms import Row

FILE = "synonyms.yaml"
ANY = "any"
"""The name under which synonyms stand that are of no one language."""
SAY, MEANS = "say", "means"
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Listed:
    """A synonym as it stands in a file, on ``line`` of it."""

    locale: str
    said: str
    means: str
    line: int = field(default=1, compare=False)

    @property
    def row(self) -> Row:
        """What is said, and what it means."""
        return self.said, self.means


def scan(root: Path) -> tuple[list[Listed], list[Fault]]:
    """The synonyms of the folder ``root`` as far as they can be read, and every fault; none where there is no file."""
    path = root / FILE
    if not path.exists() and not path.is_symlink():
        return [], []
    faults: list[Fault] = []
    try:
        listed = list(_listed(compose_yaml(load_text(path)), faults))
    except BrokenContent as error:
        return [], [Fault(FILE, fault.line, fault.reason) for fault in error.faults]
    return listed, faults


def needless(listed: Iterable[Listed]) -> list[Fault]:
    """Those whose two sides are forms of the same words, which find each other without a synonym.

    A dictionary may learn of them one day, so they are no fault in what is imported.
    """
    return [
        Fault(FILE, one.line, f"{one.said} – {one.means}: search knows by itself that these are the same")
        for one in listed
        if same(*one.row)
    ]


def write(root: Path, listed: Iterable[Listed]) -> None:
    """Write synonyms below ``root``, in place of those that it had; those that mean the same become one entry."""
    by_locale: dict[str, dict[str, list[str]]] = {}
    for one in listed:
        by_locale.setdefault(one.locale, {}).setdefault(one.means, []).append(one.said)
    order = {code: place for place, code in enumerate(LANGUAGES)}
    values = {
        locale: [{SAY: said, MEANS: means} for means, said in by_locale[locale].items()]
        for locale in sorted(by_locale, key=lambda code: (order.get(code, len(order)), code == ANY, code))
    }
    root.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(values, allow_unicode=True, sort_keys=False, default_flow_style=None, width=10**9)
    (root / FILE).write_text(text, encoding="utf-8")


def _listed(node: yaml.Node | None, faults: list[Fault]) -> Iterator[Listed]:
    """The synonyms of a whole file; what is wrong goes to ``faults``."""
    known: set[Row] = set()
    for locale, entries in _pairs(node, faults, "expected languages, each with its list of synonyms"):
        if locale.value != ANY and not LOCALE.fullmatch(str(locale.value)):
            faults.append(_fault(locale, f"expected a language such as en, or {ANY}"))
            continue
        if not isinstance(entries, yaml.SequenceNode):
            faults.append(_fault(entries, f"expected a list of synonyms, each with {SAY} and {MEANS}"))
            continue
        for entry in entries.value:
            for one in _of_entry(locale.value, entry, faults):
                if len(known) == MOST_SYNONYMS:
                    raise BrokenContent([_fault(entry, f"more than {MOST_SYNONYMS} synonyms")])
                if plain(one.row) in known:
                    faults.append(Fault(FILE, one.line, f"{one.said} – {one.means}: stands twice"))
                    continue
                known.add(plain(one.row))
                yield one


def _of_entry(locale: str, entry: yaml.Node, faults: list[Fault]) -> Iterator[Listed]:
    """The synonyms of one entry: everything that is said with everything that it means."""
    sides: dict[str, list[yaml.Node]] = {}
    for key, value in _pairs(entry, faults, f"expected a synonym, with {SAY} and {MEANS}"):
        if key.value not in (SAY, MEANS) or key.value in sides:
            faults.append(_fault(key, f"expected {SAY} and {MEANS}, each once"))
            return
        sides[key.value] = value.value if isinstance(value, yaml.SequenceNode) else [value]
    if isinstance(entry, yaml.MappingNode) and (missing := [name for name in (SAY, MEANS) if not sides.get(name)]):
        faults.append(_fault(entry, f"{missing[0]} is missing"))
    # An entry can name its lists by an alias, and be long without being large.
    if any(len(side) > MOST_SYNONYMS for side in sides.values()):
        raise BrokenContent([_fault(entry, f"more than {MOST_SYNONYMS} synonyms")])
    said, means = (list(_texts(sides.get(name, ()), faults)) for name in (SAY, MEANS))
    for (text, line), (meaning, _) in product(said, means):
        yield Listed(locale, text, meaning, line)


def _texts(nodes: Iterable[yaml.Node], faults: list[Fault]) -> Iterator[tuple[str, int]]:
    """The texts that stand at ``nodes``, tidied, each with its line."""
    for node in nodes:
        text = " ".join(node.value.split()) if isinstance(node, yaml.ScalarNode) else ""
        if _UNSTORABLE.search(text):
            faults.append(_fault(node, "holds a character that no text has"))
        elif why := side_fault(text):
            faults.append(_fault(node, f"{text}: {why}" if text else str(why)))
        else:
            yield text, node.start_mark.line + 1


def _pairs(node: yaml.Node | None, faults: list[Fault], expected: str) -> Iterable[tuple[yaml.Node, yaml.Node]]:
    """Keys and values of a mapping; of an empty file none."""
    if isinstance(node, yaml.MappingNode):
        pairs: list[tuple[yaml.Node, yaml.Node]] = node.value
        return pairs
    if node is not None:
        faults.append(_fault(node, expected))
    return ()


def _fault(node: yaml.Node, reason: str) -> Fault:
    return Fault(FILE, node.start_mark.line + 1, reason)
