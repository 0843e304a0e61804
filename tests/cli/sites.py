"""Sites that are really served: started on a free port, asked over HTTP, ended whatever happens."""

import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener

import psutil

from tests.cli.place import Place
from tests.processes import PORTAL, descendants, popen, until


@dataclass(frozen=True)
class Site:
    """A running site: its main process, where it listens, and what it prints."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def healthy(self) -> bool:
        """Does it answer? Fails when it has ended instead."""
        assert self.process.poll() is None, self.said
        try:
            with build_opener(ProxyHandler({})).open(f"{self.address}/healthz", timeout=10) as answer:
                return bool(answer.status == 200)
        except URLError:
            return False

    def family(self) -> list[int]:
        """Every process that belongs to the site."""
        return [self.process.pid, *descendants(self.process.pid)]

    def job_worker(self) -> int | None:
        """The process that does the jobs, when there is one."""
        for pid in descendants(self.process.pid):
            try:
                if "worker" in psutil.Process(pid).cmdline():
                    return pid
            except psutil.NoSuchProcess:
                pass
        return None

    def signs_in(self, email: str, password: str) -> bool:
        """Sign in as a browser does: does it lead away from the sign-in page?"""
        browser = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))
        page = browser.open(f"{self.address}/sign-in", timeout=20).read().decode()
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token
        form = urlencode({"email": email, "password": password, "csrf_token": token[1]}).encode()
        try:
            with browser.open(f"{self.address}/sign-in", form, timeout=20) as answer:
                return urlsplit(answer.url).path != "/sign-in"
        except URLError:
            return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def site(place: Place, log: Path, command: str = "serve", **settings: str) -> Iterator[Site]:
    """``portal serve`` (or another ``command`` that serves) at ``place``, once it answers."""
    port = free_port()
    environ = place.environ | {"PORTAL_WORKERS": "1"} | settings
    with popen((*PORTAL, command, "--port", str(port)), environ, log) as process:
        running = Site(process, port, log)
        until(running.healthy, "the site answers", 60)
        yield running
