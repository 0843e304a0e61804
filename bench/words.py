"""What the dictionaries of search cost a process: memory, start, and the time to look a word up.

Two fresh processes hold them at the same time, so that what they share is counted as shared.
"""

import gc
import importlib
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PROCESSES = 2
CONTENT = Path("content")
FIRST = {"en": "customers", "ru": "клиентами", "hr": "kupcima", "ka": "მომხმარებელს"}
BESIDES = ("flask", "sqlalchemy.orm", "whoosh.index", "portal.knowledge", "portal.wins")
"""What a web worker has anyway."""


def main() -> None:
    """Ask the processes and print."""
    held(1)  # Reads the files once, so that the others find them in the system's cache, as workers do.
    reports = held(PROCESSES)
    print(f"dictionaries of four languages, MB added to each of {PROCESSES} processes: whole, and with its share")
    for stage in ("imported", "opened", "used"):
        print(f"  {stage:10}" + "".join(f"{whole:8.1f} {share:6.1f}" for whole, share in (r[stage] for r in reports)))
    report = reports[0]
    opening = "  ".join(f"{locale} {seconds * 1000:.1f} ms" for locale, seconds in report["first"].items())
    print(f"start: {report['import']:.2f} s to import all of search; to the first key: {opening}")
    print(f"{report['words']} different words: {report['each'] * 1e6:.0f} µs for the keys of one that is new")


def held(count: int) -> list[dict[str, Any]]:
    """The reports of so many processes, measured when all of them have used the dictionaries."""
    command = [sys.executable, "-m", "bench.words", "one"]
    started = [subprocess.Popen(command, stdin=-1, stdout=-1, text=True) for _ in range(count)]
    for process in started:
        assert process.stdout
        process.stdout.readline()
    return [json.loads(process.communicate("\n")[0]) for process in started]


def one() -> None:
    """In a process: open the dictionaries, use them, wait until the others have as well, and report."""
    for name in BESIDES:
        importlib.import_module(name)
    before = memory()
    search, took = timed(lambda: importlib.import_module("portal.search.keys"))
    imported, first = memory(), {}
    for locale, word in FIRST.items():
        _, first[locale] = timed(lambda word=word, locale=locale: search.keys(word, locale))
    opened = memory()
    found = words_of_guidance(search.words)
    _, all_words = timed(lambda: [search.keys(word, locale) for word, locale in found])
    print("ready", flush=True)
    sys.stdin.readline()
    stages = {"imported": imported, "opened": opened, "used": memory()}
    added = {name: [now - then for now, then in zip(size, before, strict=True)] for name, size in stages.items()}
    print(json.dumps({**added, "import": took, "first": first, "words": len(found), "each": all_words / len(found)}))


def words_of_guidance(words: Callable[[str], Any]) -> list[tuple[str, str]]:
    """The different words of the shipped guidance and its word lists, each with its language."""
    texts = [(path, path.stem) for path in sorted(CONTENT.rglob("*.md"))]
    texts += [(path, path.suffixes[0][1:]) for path in sorted(CONTENT.glob("words.*.txt"))]
    return sorted({(match[0], locale) for path, locale in texts for match in words(path.read_text(encoding="utf-8"))})


def memory() -> tuple[float, float]:
    """What this process holds in MB: whole (RSS), and with its share of what several use (PSS)."""
    gc.collect()
    rollup = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]
    sizes = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in rollup}
    return sizes["Rss"], sizes["Pss"]


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What ``work`` gives, and how many seconds it took."""
    began = time.perf_counter()
    return work(), time.perf_counter() - began


if __name__ == "__main__":
    one() if sys.argv[1:] == ["one"] else main()
