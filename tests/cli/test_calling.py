"""How every command answers its caller: help that suffices, exit codes, settings, one clear line for what is wrong."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from portal import __version__
from portal.cli import portal as group
from tests.cli.place import Place
from tests.processes import DEADLINE_S, PORTAL, ROOT

CONTRACT = (
    "init demo serve worker import export content-check search index-rebuild index-check people-add people-import"
    " backup restore upgrade doctor"
)


def commands(parent: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command below ``parent`` that does something, with the words that call it."""
    for name, command in parent.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


EVERY = dict(commands(group))
each_command = pytest.mark.parametrize("words", EVERY, ids="-".join)


def test_the_commands_are_those_of_the_contract() -> None:
    assert sorted("-".join(words) for words in EVERY) == sorted(CONTRACT.split())


@each_command
def test_help_says_what_the_command_does_and_what_each_option_means(words: tuple[str, ...]) -> None:
    command = EVERY[words]
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{parameter.opts[0]} has no help"
        else:
            shown = parameter.make_metavar(click.Context(command)).strip("[]")
            assert shown.lower() in command.help.lower(), f"the help says nothing of {shown}"


def test_help_is_printed_and_lists_every_command(standing: Place) -> None:
    ran = standing.run("--help")
    assert (ran.code, ran.err) == (0, "")
    assert all(f"\n  {words[0]} " in ran.out for words in EVERY)
    assert standing.run("-h").out == ran.out
    assert "--name TEXT" in standing.run("people", "add", "--help").out


def test_the_installed_program_says_its_version(tmp_path: Path, standing: Place) -> None:
    ran = subprocess.run(
        [*PORTAL, "--version"],
        env=standing.environ,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE_S,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, f"portal, version {__version__}\n", "")


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("dance",),
        ("serve", "--port", "0"),
        ("search", "--limit", "-1"),
        ("init",),
        ("export",),
        ("index",),
        ("restore", "no-such-file.zip"),
        ("people", "add", "--email", "a@example.com"),
        ("search", "--locale", "xx", "q"),
    ],
    ids=" ".join,
)
def test_a_wrong_call_ends_with_2_and_shows_the_usage(standing: Place, words: tuple[str, ...]) -> None:
    ran = standing.run(*words)
    assert (ran.code, ran.out) == (2, "")
    assert "Usage: portal" in ran.err


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORTAL_COLOUR", "amber", "PORTAL_COLOUR: there is no such setting"),
        ("PORTAL_WORKERS", "many", "PORTAL_WORKERS: must be a whole number from 1 to 64 (it is 'many')"),
        ("PORTAL_URL", "lampa", "PORTAL_URL: must be the site's own address"),
        ("PORTAL_DATABASE_URL", "mysql://x:secret@y/z", "PORTAL_DATABASE_URL: must begin with"),
    ],
)
def test_a_wrong_or_unknown_setting_ends_with_2_and_one_line_that_names_it(
    standing: Place, name: str, value: str, said: str
) -> None:
    ran = standing.run("doctor", **{name: value})
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"Error: {said}")
    assert ran.err.count("\n") == 1
    assert "secret" not in ran.err


def test_a_reader_who_has_had_enough_is_no_fault(standing: Place) -> None:
    ran = subprocess.run(
        ["/bin/sh", "-c", '"$0" "$@" | head -1', *PORTAL, "search"],
        env=standing.environ,
        cwd=ROOT,
        input="lamp\n" * 20_000,
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE_S,
    )
    assert ran.stdout.startswith("lamp: ")
    assert ran.stderr == ""
