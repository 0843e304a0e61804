"""`make bench`: 10,000 pages, a signed-in person, two workers; the portal's pages beside a bare Flask page.

Prints answers a second, p50 and p95, each rate as a share of the bare page's in the same run, the speed of import and
indexing, and the memory of each worker. Numbers differ between machines; ratios hardly.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path

from bench.load import Measured, measure
from bench.pages import many
from portal.cli.opening import open_index
from portal.cli.serving import THREADS
from portal.cli.site import make_portal
from portal.config import load
from portal.core import clock
from portal.core.permissions import SYSTEM
from portal.knowledge import import_pages
from portal.search import rebuild

PAGES = 10_000
WORKERS = 2
EMAIL, PASSWORD = "bench@example.com", "a lamp for the bench"
WORDS = ["customer", "клиент", "kupac", "კლიენტი", "apology", "извинение", "isprika", "promise", "ugovor", "lamp"]


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {"PORTAL_DATA": f"{folder}/data", "PORTAL_LOG_LEVEL": "warning"}
        fill(environ)
        with served([sys.executable, "-m", "gunicorn", "--chdir", ".", *gunicorn(), "bench.bare:app"], {}) as (port, _):
            bare = measure(port, ["/"], {})
        command = [sys.executable, "-c", "from portal.cli import main; main()", "serve", "--workers", str(WORKERS)]
        with served(command, environ) as (port, process):
            cookie = signed_in(port)
            rows = {name: measure(port, paths, {"Cookie": cookie}) for name, paths in journeys().items()}
            table(bare, rows)
            memory(process)


def gunicorn() -> list[str]:
    """The portal's own way of serving, for the bare page."""
    return [
        "--workers",
        str(WORKERS),
        "--worker-class",
        "gthread",
        "--threads",
        str(THREADS),
        "--preload",
        "--log-level",
        "warning",
    ]


def fill(environ: dict[str, str]) -> None:
    """A portal with many pages, and how fast it was made."""
    settings = load(environ)
    began = time.perf_counter()
    database = make_portal(settings, Path("content"), EMAIL, PASSWORD)
    print(f"a new portal with the shipped guidance: {time.perf_counter() - began:.1f} s")
    files, began = many(PAGES), time.perf_counter()
    with database.transaction() as session:
        import_pages(session, SYSTEM, files, clock.now())
    took = time.perf_counter() - began
    print(f"import: {len(files)} pages in {took:.1f} s ({len(files) / took:.0f} pages/s)")
    began = time.perf_counter()
    count = rebuild(database, open_index(settings))
    took = time.perf_counter() - began
    print(f"index: {count} documents in {took:.1f} s ({count / took:.0f} documents/s)")
    database.engine.dispose()


def journeys() -> dict[str, list[str]]:
    """What is asked for: the pages and lists that people read day by day, and any of the ten thousand."""
    return {
        "page": [f"/stories/mixed-{number}" for number in range(40)],
        "page, any": [f"/stories/mixed-{number}" for number in range(40, PAGES - 100)],
        "list": [f"/stories?page={number}" for number in range(1, 6)],
        "list, any": [f"/stories?page={number}" for number in range(6, PAGES // 30 - 3)],
        "search": [f"/search?q={urllib.parse.quote(word)}" for word in WORDS],
        "search (JSON)": [f"/search.json?q={urllib.parse.quote(word)}" for word in WORDS],
        "front page": ["/"],
    }


@contextmanager
def served(command: list[str], environ: dict[str, str]) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A server on a free port while the block lasts."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    where = ["--port", str(port)] if "serve" in command else ["--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen([*command, *where], env=os.environ | environ)
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{'/healthz' if environ else '/'}", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port, process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def signed_in(port: int) -> str:
    """The cookie of a person who signed in through the form."""
    jar = CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = opener.open(f"http://127.0.0.1:{port}/sign-in").read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token
    form = {"email": EMAIL, "password": PASSWORD, "csrf_token": token[1]}
    opener.open(f"http://127.0.0.1:{port}/sign-in", urllib.parse.urlencode(form).encode()).read()
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def table(bare: Measured, rows: dict[str, Measured]) -> None:
    """Print the measurements."""
    print(f"\n{'':16}{'answers/s':>10}{'p50 ms':>9}{'p95 ms':>9}{'of bare':>9}")
    for name, row in {"bare Flask": bare, **rows}.items():
        print(f"{name:16}{row.rate:10.0f}{row.p50:9.2f}{row.p95:9.2f}{row.rate / bare.rate:9.2f}")


def memory(process: subprocess.Popen[bytes]) -> None:
    """Print what each process holds: alone (USS) and with its share of what several use (PSS)."""
    print("\nmemory in MB      alone    with its share")
    for child in subprocess.run(
        ["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=True
    ).stdout.split():
        rollup = Path(f"/proc/{child}/smaps_rollup").read_text(encoding="ascii")
        sizes = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in rollup.splitlines()[1:]}
        words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
        name = "job worker" if b"worker" in words else "web worker"
        print(f"{name:14}{sizes['Private_Clean'] + sizes['Private_Dirty']:9.0f}{sizes['Pss']:18.0f}")


if __name__ == "__main__":
    main()
