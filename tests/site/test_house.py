"""The rules of the house that no linter knows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from portal.cli import portal
from portal.config import declared

ROOT = Path(__file__).resolve().parents[2]
PORTAL = ROOT / "portal"
MODULES = sorted(PORTAL.rglob("*.py"))
DOMAINS = {"people", "notices", "discussion", "media", "knowledge", "wins", "pulse", "search", "home"}


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in MODULES:
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def test_only_the_database_module_commits() -> None:
    for path, tree in trees():
        calls = {
            node.func.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        # `core/outbound.py` speaks HTTP: an answer of http.client begins too.
        if path not in {PORTAL / "core" / "db.py", PORTAL / "core" / "outbound.py"}:
            assert not calls & {"commit", "begin"}, path


def test_a_domain_is_entered_through_its_front_door() -> None:
    """Only `app.py`, which puts the application together, reaches into a domain's rooms."""
    for path, tree in trees():
        room = path.relative_to(PORTAL).parts[0]
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module and room != "app.py":
                parts = node.module.removeprefix("portal.").split(".")
                foreign = parts[0] in DOMAINS - {room} and (node.level > 1 or node.module.startswith("portal."))
                assert not (foreign and len(parts) > 1), f"{path}: {node.module}"


def test_the_clock_is_read_at_entry_points_only() -> None:
    for path, tree in trees():
        if path.name in {"model.py", "policy.py", "queries.py", "commands.py"}:
            names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
            assert not names & {"now", "today", "utcnow"}, path


def test_files_stay_one_thing() -> None:
    for path in [*MODULES, *(ROOT / "tests").rglob("*.py")]:
        lines = path.read_text(encoding="utf-8").count("\n")
        assert lines <= 320, f"{path} has {lines} lines: is it one thing?"


def test_every_public_thing_says_what_it_is_for() -> None:
    for path, tree in trees():
        assert ast.get_docstring(tree), path
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{path}: {node.name}"


def test_every_setting_is_documented() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name, spec in declared().items():
        row = re.search(rf"^\| `{name}` \| (.*?) \| (.*) \|$", readme, re.MULTILINE)
        assert row, f"README.md does not tell of {name}"
        assert row[1] == (f"`{spec.metadata['text']}`" if spec.metadata["text"] else "–"), name
        assert row[2] == spec.metadata["meaning"], name


def commands(group: click.Group, prefix: str = "portal") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{prefix} {name}")
        else:
            yield f"{prefix} {name}", command


@pytest.mark.parametrize(("name", "command"), list(commands(portal)))
def test_every_command_is_documented(name: str, command: click.Command) -> None:
    assert f"`{name}" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert command.help
    assert all(p.help for p in command.params if isinstance(p, click.Option) and not p.hidden and p.name != "help")


def test_the_locks_have_hashes_and_name_no_registry() -> None:
    for lock in ROOT.glob("*.lock"):
        text = lock.read_text(encoding="utf-8")
        pinned = re.findall(r"^[a-z0-9][^\s=]*==", text, re.MULTILINE)
        blocks = re.findall(r"^[a-z0-9][^\s=]*==.*\\\n(?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", text, re.MULTILINE)
        assert len(pinned) == len(blocks) > 20
        assert "://" not in text


def test_every_target_of_the_makefile_has_its_line_of_help() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony
    for target in phony[1].split():
        assert re.search(rf"^{target}:.* ## \S", makefile, re.MULTILINE), target
