"""Makes the README's pictures: a demo of its own, looked at by Chromium. Run by `make screenshots`."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

PICTURES = Path(__file__).parent / "pictures"
PASSWORD = "a lamp in the window"
PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}
SHOTS = {
    "front.png": ("employee", "/", "en", {"viewport": {"width": 1280, "height": 860}}),
    "story.png": ("employee", "/stories/hotel-lamp", "ka", PHONE),
    "survey.png": ("hr", "/surveys/3/results/heat-map?unit=2", "en", {"viewport": {"width": 1280, "height": 680}}),
}


def main() -> None:
    """Serve, look, stop."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        environ = os.environ | {"PORTAL_DATA": f"{folder}/data", "PORTAL_DEMO_PASSWORD": PASSWORD}
        process = subprocess.Popen(
            [sys.executable, "-c", "from portal.cli import main; main()", "demo", "--port", str(port)], env=environ
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz")
            look(f"http://127.0.0.1:{port}")
        finally:
            process.terminate()
            process.wait(60)


def wait_for(url: str) -> None:
    """Until the site answers."""
    for _ in range(600):
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("the site did not start")


def look(url: str) -> None:
    """Take every picture."""
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-quic"])
        for name, shot in SHOTS.items():
            take(browser, url, name, *shot)
        browser.close()


def take(
    browser: Browser, url: str, name: str, who: str, address: str, locale: str, options: dict[str, object]
) -> None:
    """One picture, by somebody who reads in ``locale``."""
    page = browser.new_context(base_url=url, **options).new_page()
    page.goto("/sign-in")
    page.fill("#email", f"{who}@example.com")
    page.fill("#password", PASSWORD)
    page.click("main form .actions button")
    page.wait_for_url("**/")
    page.locator("details.menu summary").first.click()
    page.locator(f"button[lang={locale}]").click()
    page.goto(address)
    page.screenshot(path=PICTURES / name)


if __name__ == "__main__":
    main()
