"""Accounts from the command line."""

import csv
import os
from collections.abc import Iterable
from pathlib import Path

import click

from .. import people as accounts
from ..config import Settings
from ..core import clock
from ..core.db import Database
from ..core.errors import Invalid
from ..core.permissions import SYSTEM, Actor, Role
from ..core.security import secret_key
from .opening import open_database


def welcome_link(settings: Settings, actor: Actor) -> str:
    """The address where ``actor`` sets a password; valid for a week and for one password."""
    return f"{settings.url}/welcome/{accounts.make_welcome_link(secret_key(settings), actor)}"


def _database(settings: Settings) -> Database:
    """The portal's database, let go of when the command is done."""
    database = open_database(settings)
    click.get_current_context().call_on_close(database.engine.dispose)
    return database


@click.group()
def people() -> None:
    """Accounts: one by one, or many from a file."""


@people.command()
@click.option("--email", required=True, help="The address to sign in with.")
@click.option("--name", required=True, help="The name that colleagues see.")
@click.option("--team", default="", help='Path from the company down, such as "Company / Department / Team".')
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice([str(role) for role in Role]),
    help="May be given several times (default: employee).",
)
@click.option("--language", default="", help="The person's language (default: PORTAL_LANGUAGE).")
@click.pass_obj
def add(settings: Settings, email: str, name: str, team: str, roles: tuple[str, ...], language: str) -> None:
    """Add a person and print the link with which they set their password (valid for a week)."""
    values = accounts.PersonValues(
        name=name,
        email=email,
        locale=language or settings.language,
        roles=frozenset(Role(role) for role in roles) or frozenset({Role.EMPLOYEE}),
        team=accounts.split_path(team),
    )
    try:
        with _database(settings).transaction() as session:
            actor = accounts.as_actor(accounts.add_person(session, SYSTEM, values, clock.now()))
    except Invalid as error:
        raise click.ClickException("; ".join(accounts.in_words(error))) from error
    click.echo(welcome_link(settings, actor))


@people.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--links",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write each person's welcome link to this new CSV file (email, link); keep it to yourself.",
)
@click.pass_obj
def import_(settings: Settings, file: Path, links: Path | None) -> None:
    """Add many people from a CSV file (UTF-8).

    The first line names the columns: name, email, and if you like team (a path such as Company / Department / Team),
    the same path in other languages (team ru, team hr), head (yes for who leads that team), roles (employee, editor,
    hr, admin; several with ; between; default employee), language (default PORTAL_LANGUAGE). All are added or nobody:
    every bad line is named with its number and the reason.
    """
    database = _database(settings)
    if links and links.exists():
        raise click.ClickException(f"{links} is there already; name a new file")
    try:
        text = file.read_text(encoding="utf-8-sig")
        with database.transaction() as session:
            added = accounts.import_people(session, SYSTEM, text, settings.language, clock.now())
            actors = [accounts.as_actor(person) for person in added]
            if links:  # Before the commit: nobody is added whose link could not be kept.
                _write_links(links, ((actor.email, welcome_link(settings, actor)) for actor in actors))
    except UnicodeDecodeError as error:
        raise click.ClickException(f"nobody was added: {file} is not UTF-8") from error
    except accounts.BrokenFile as error:
        lines = "\n".join(f"line {line}: {reason}" for line, reason in error.faults)
        raise click.ClickException(f"nobody was added:\n{lines}") from error
    except OSError as error:
        raise click.ClickException(f"nobody was added: can't write {links}: {error.strerror}") from error
    click.echo(f"{len(actors)} people added")


def _write_links(path: Path, rows: Iterable[tuple[str, str]]) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("email", "link"), *rows])
