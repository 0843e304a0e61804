"""Text files that people write by hand: read whole, with every fault named by its file, line and reason."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

LARGEST_FILE = 1_000_000


@dataclass(frozen=True, order=True)
class Fault:
    """Something wrong in a file, by its path below the content folder and its line."""

    path: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.reason}"


class BrokenContent(Exception):
    """Files have faults, so nothing was made of them."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(faults)
        super().__init__("\n".join(map(str, self.faults)))


def load(path: Path) -> str:
    """The text of a UTF-8 file, its line ends made one kind. Raises BrokenContent, the path left empty."""
    if path.is_symlink() or not path.is_file():
        raise BrokenContent([Fault("", 1, "not a plain file")])
    if path.stat().st_size > LARGEST_FILE:
        raise BrokenContent([Fault("", 1, f"larger than {LARGEST_FILE} bytes")])
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BrokenContent([Fault("", raw[: error.start].count(b"\n") + 1, "not UTF-8")]) from error
    if "\x00" in text:
        raise BrokenContent([Fault("", text[: text.index("\x00")].count("\n") + 1, "holds a NUL character")])
    return text.replace("\r\n", "\n").replace("\r", "\n")


@contextmanager
def _told(source: str, first_line: int) -> Iterator[None]:
    """What is no YAML becomes BrokenContent, the path left empty."""
    try:
        yield
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line if error.problem_mark else 0
        raise BrokenContent([Fault("", line + first_line, f"not valid YAML: {error.problem}")]) from error
    except yaml.reader.ReaderError as error:
        line = source[: error.position].count("\n") + first_line
        raise BrokenContent([Fault("", line, "not valid YAML: it holds a control character")]) from error
    except (RecursionError, ValueError, OverflowError) as error:  # Endless nesting; "\UFFFFFFFF" is no character.
        raise BrokenContent([Fault("", first_line, "not valid YAML: it can't be read")]) from error


def compose(source: str) -> yaml.Node | None:
    """The YAML of a whole file as nodes that know their lines; None when nothing stands there. Raises BrokenContent."""
    with _told(source, first_line=1):
        return yaml.compose(source, Loader=yaml.BaseLoader)


def mapping(source: str, known: set[str], first_line: int) -> tuple[dict[str, Any], dict[str, int]]:
    """A YAML mapping, every scalar as the text it was written as, and the line of each of its keys.

    Raises BrokenContent for what is no such mapping, or has keys that are not ``known``.
    """
    with _told(source, first_line):
        node = yaml.compose(source, Loader=yaml.BaseLoader)
        values = yaml.load(source, Loader=yaml.BaseLoader)  # noqa: S506  # BaseLoader makes only text, lists, dicts.
    if node is None:
        return {}, {}
    if not isinstance(node, yaml.MappingNode):
        raise BrokenContent([Fault("", first_line, "expected lines of the form name: value")])
    lines: dict[str, int] = {}
    for key, _ in node.value:
        line = key.start_mark.line + first_line
        if key.value not in known:
            raise BrokenContent([Fault("", line, f"unknown name {key.value!r} (known: {', '.join(sorted(known))})")])
        if key.value in lines:
            raise BrokenContent([Fault("", line, f"{key.value} stands twice")])
        lines[key.value] = line
    return values, lines


class WrongValue(Exception):
    """What stands under ``key`` is not what it should be."""

    def __init__(self, key: str, reason: str) -> None:
        self.key, self.reason = key, reason
        super().__init__(reason)


def list_of(key: str, value: Any) -> list[Any]:
    """``value`` as a list, empty when nothing stands there. Raises WrongValue."""
    if value is None or value == "":
        return []
    if not isinstance(value, list):
        raise WrongValue(key, f"{key} must be a list")
    return value
