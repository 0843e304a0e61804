"""All checks and tests, as `make test` runs them: form, types, floors and guidance, then the suite on both databases.

Three parts of it run at the same time: two cores are then busy, since much of it waits for servers and browsers.
Chromium is installed through apt when it is missing and that is possible; otherwise the browser tests are reported as
not run, and fail under CI=true.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
CHECKS = (
    ("form", [BIN / "ruff", "check", "--quiet", "."]),
    ("format", [BIN / "ruff", "format", "--check", "--quiet", "."]),
    ("types", [BIN / "mypy"]),
    ("floors", [BIN / "lint-imports", "--no-logo"]),
    ("guidance", [BIN / "portal", "content", "check"]),
)
IN_A_BROWSER = "tests/browser"
PARTS = {
    "on SQLite": ["--database", "sqlite", "--ignore", IN_A_BROWSER],
    "in a browser": ["--database", "sqlite", IN_A_BROWSER],
    "on PostgreSQL": ["--database", "postgresql"],
}
WHOLE = {"on SQLite": ["--database", "sqlite"], "on PostgreSQL": ["--database", "postgresql"]}
"""The suite with more words for pytest, which may choose any of it."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main() -> int:
    """Run what was asked for; the exit code."""
    os.chdir(ROOT)
    failed = [name for name, command in CHECKS if not passes(name, command)]
    if "--checks" not in sys.argv:
        find_browser()
        failed += suite(sys.argv[1:])
    print(f"FAILED: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


def passes(name: str, command: list[Path | str]) -> bool:
    """Run one check; what it says is shown when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    print(f"{'ok' if done.returncode == 0 else 'FAILED'}: {name}", flush=True)
    if done.returncode:
        print(done.stdout + done.stderr)
    return done.returncode == 0


def suite(extra: list[str]) -> list[str]:
    """All parts of the test suite at once; the names of those that failed."""
    runs = {}
    for part, chosen in (PARTS if not extra else WHOLE).items():
        said = tempfile.TemporaryFile("w+")  # noqa: SIM115  # Read when the run is over.
        command = [sys.executable, "-m", "pytest", "-q", *chosen, *extra]
        runs[part] = (subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, text=True), said)
    failed = []
    for part, (process, said) in runs.items():
        code = process.wait()
        said.seek(0)
        print(f"--- tests {part}\n{said.read()}", flush=True)
        if code:
            failed.append(f"tests {part}")
    return failed


def find_browser() -> None:
    """Install Chromium where that can be done and it is missing."""
    if any(map(shutil.which, BROWSERS)) or not shutil.which("apt-get") or os.geteuid() != 0:
        return
    print("Installing Chromium ...", flush=True)
    environ = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        subprocess.run(["apt-get", "-qq", *words], stdout=subprocess.DEVNULL, check=False, env=environ)


if __name__ == "__main__":
    sys.exit(main())
