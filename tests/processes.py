"""Real processes for tests, each ended whatever happens.

`started` forks from a server that has the portal loaded, so that a process costs some milliseconds instead of a
second of imports; it can be killed like any other. `popen` starts a program from nothing.
"""

import multiprocessing
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import psutil

ROOT = Path(__file__).resolve().parents[1]
PORTAL = (sys.executable, "-c", "from portal.cli import main; main()")
DEADLINE_S = 30
T = TypeVar("T")

# In the environment of a program, and so of all that it starts.
_MARK = "STARTED_BY_TEST"

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["tests.warm"])


def until(asked: Callable[[], T], about: str, seconds: float = DEADLINE_S) -> T:
    """What ``asked`` gives as soon as that is true of anything; fails after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not (found := asked()):
        assert time.monotonic() < deadline, f"{about}: not within {seconds} seconds"
        time.sleep(0.02)
    return found


@contextmanager
def started(work: Callable[..., object], *values: Any) -> Iterator[BaseProcess]:
    """A process that does ``work`` (a function of a module, with values that can be pickled)."""
    process = _forks.Process(target=work, args=values)
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()
        process.close()


def exit_code(work: Callable[..., object], *values: Any) -> int:
    """Do ``work`` in a process of its own; its exit code, or the signal that ended it as a negative number."""
    with started(work, *values) as process:
        process.join(DEADLINE_S)
        assert process.exitcode is not None, f"{work.__name__} did not end"
        return process.exitcode


@contextmanager
def popen(words: tuple[str, ...], environ: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program in a process group of its own, as a shell would start it; all that it prints goes to ``log``."""
    mark = uuid4().hex
    with log.open("wb") as output:
        process = subprocess.Popen(
            words,
            env={**environ, _MARK: mark},
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        _end(mark)
        process.wait(DEADLINE_S)


def _end(mark: str) -> None:
    """Kill every process that bears the mark, the orphans as well."""
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            if process.environ().get(_MARK) == mark:
                process.kill()


def descendants(pid: int) -> list[int]:
    """The processes below ``pid``."""
    try:
        return [child.pid for child in psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def gone(pids: list[int]) -> bool:
    """Has every process of ``pids`` ended?"""
    return not any(psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE for pid in pids)


def catches(pid: int, signum: signal.Signals) -> bool:
    """Has the process a handler of its own for ``signum``?"""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("SigCgt:"):
            return bool(int(line.split()[1], 16) >> (signum - 1) & 1)
    raise AssertionError("the kernel says nothing about signals")
