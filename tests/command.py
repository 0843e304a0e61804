"""The `portal` command as a script would call it: in a process of its own, with all that it prints."""

import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from portal.cli import main
from tests.processes import exit_code


@dataclass(frozen=True)
class Done:
    """How a command ended: its exit code, what it printed, and what it said on standard error."""

    code: int
    out: str
    err: str


Portal = Callable[..., Done]


def run(environ: Mapping[str, str], *words: str | Path, given: bytes = b"") -> Done:
    """``portal *words`` with the settings ``environ``, and ``given`` on standard input."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in").write_bytes(given)
        code = exit_code(_run, dict(environ), [str(word) for word in words], folder)
        return Done(code, *((folder / stream).read_text(encoding="utf-8") for stream in ("out", "err")))


def _run(environ: dict[str, str], words: list[str], folder: Path) -> None:
    os.environ.update(environ)
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(folder / name, os.O_WRONLY | os.O_CREAT), number)
    sys.stdin = (folder / "in").open(encoding="utf-8")
    sys.argv = ["portal", *words]
    main()
