"""A real site in a real browser: `portal demo` on a free port, and Chromium that reports what it stumbles over."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.run import BROWSERS

PASSWORD = "a lamp in the window"
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()


@dataclass(frozen=True)
class Site:
    """A running site."""

    url: str


@pytest.fixture(scope="session")
def site(new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo, served for the whole run."""
    folder = tmp_path_factory.mktemp("browser")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = {
        "PORTAL_DATA": str(folder / "data"),
        "PORTAL_DATABASE_URL": new_database(),
        "PORTAL_DEMO_PASSWORD": PASSWORD,
        "PORTAL_LOG_LEVEL": "warning",
    }
    command = [sys.executable, "-c", "from portal.cli import main; main()", "demo", "--port", str(port)]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, env=os.environ | environ, stdout=log, stderr=log)
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz", process, folder / "log")
            yield Site(f"http://127.0.0.1:{port}")
        finally:
            process.terminate()
            process.wait(60)


def _wait_for(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"the site did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium from the system. Without one these tests are not run, which under CI=true is a failure."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("there is no Chromium, and under CI=true the browser tests must run")
        pytest.skip("there is no Chromium on this machine: the browser tests are not run")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


Opener = Callable[..., Page]


@pytest.fixture(scope="session")
def cookies_of(site: Site, browser: Browser) -> Callable[[str], Any]:
    """The cookies of somebody who has signed in through the form, once a run for each of them."""

    @cache
    def enter(who: str) -> Any:
        context = browser.new_context(base_url=site.url)
        page = context.new_page()
        page.goto("/sign-in")
        page.fill("#email", f"{who}@example.com")
        page.fill("#password", PASSWORD)
        page.click("main form .actions button")
        page.wait_for_url("**/")
        cookies = context.storage_state()
        context.close()
        return cookies

    return enter


@pytest.fixture
def open_page(site: Site, browser: Browser, cookies_of: Callable[[str], Any]) -> Iterator[Opener]:
    """Opens a page of the site, signed in as ``who`` (employee, editor, hr, admin) or as nobody.

    At the end of the test: nothing was said on the console, no script failed, and no request left the site.
    """
    contexts = []
    faults: list[str] = []

    def open_(address: str = "/", who: str | None = "employee", **options: Any) -> Page:
        given = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce", **options}
        context = browser.new_context(base_url=site.url, storage_state=cookies_of(who) if who else None, **given)
        contexts.append(context)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("console", lambda said: faults.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda asked: None if asked.url.startswith(site.url) else faults.append(asked.url))
        page.goto(address)
        return page

    yield open_
    for context in contexts:
        context.close()
    # An answer of 403, 404 or 422 is itself reported on the console; the test that asked for it knows.
    assert [fault for fault in faults if "the server responded with a status of" not in fault] == []
