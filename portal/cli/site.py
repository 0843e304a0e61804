"""Making a portal: a real one, or one to look at."""

import os
import secrets
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from .. import people as accounts
from ..config import Settings
from ..core import clock, schema
from ..core.db import Database
from ..core.errors import Invalid
from ..core.permissions import SYSTEM, Role
from ..core.security import secret_key
from ..pulse import SignedTokens
from ..search import rebuild
from . import sample, sample_pulse, sample_searches
from .content import import_folder
from .opening import SHIPPED, open_database, open_index, pulse_keys, pulse_rules, remove_sqlite, sqlite_file
from .serving import refuse_taken, run_server

DEMO_ACCOUNTS = ("employee", "editor", "hr", "admin")


def refuse_data(settings: Settings, database: Database) -> None:
    """Raise click.ClickException when the data folder or the database holds anything."""
    if settings.data.exists() and not settings.data.is_dir():
        raise click.ClickException(f"{settings.data} is not a folder; name one with PORTAL_DATA")
    if settings.data.exists() and any(settings.data.iterdir()):
        raise click.ClickException(f"{settings.data} holds data already; name an empty folder with PORTAL_DATA")
    file = sqlite_file(settings)
    if file and file.exists():
        raise click.ClickException(f"{file} is there already")
    if not file and not schema.is_empty(database.engine):
        raise click.ClickException("the database holds tables already")


def make_portal(
    settings: Settings, content: Path, email: str, password: str, name: str = "", team: tuple[str, ...] = ()
) -> Database:
    """A new portal with the guidance in ``content`` and one administrator; on any failure nothing is left behind."""
    database = Database(settings.database)
    refuse_data(settings, database)
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        schema.upgrade(database.engine)
        secret_key(settings)
        _add_admin(database, name or email.partition("@")[0], email, password, settings.language, team)
        import_folder(database, content)
        count = rebuild(database, open_index(settings))
    except BaseException:
        _clear(settings, database)
        raise
    click.echo(f"{settings.data}: a new portal with {count} texts; {email} administers it", err=True)
    return database


def _add_admin(database: Database, name: str, email: str, password: str, locale: str, team: tuple[str, ...]) -> None:
    fault = accounts.password_fault(password, email, email.partition("@")[0])
    if fault:
        raise click.ClickException(f"PORTAL_ADMIN_PASSWORD: {fault}")
    roles = frozenset({Role.EMPLOYEE, Role.ADMIN})
    values = accounts.PersonValues(name=name, email=email, locale=locale, roles=roles, team=team)
    try:
        with database.transaction() as session:
            person = accounts.add_person(session, SYSTEM, values, clock.now())
            accounts.set_password(session, person.id, accounts.hashed(password))
    except Invalid as error:
        raise click.ClickException("; ".join(f"{field}: {why}" for field, why in error.fields.items())) from error


def _clear(settings: Settings, database: Database) -> None:
    """Leave folder and database as empty as `refuse_data` found them."""
    if database.engine.dialect.name == "postgresql" and schema.present(database.engine):
        schema.downgrade(database.engine, "base")
    database.engine.dispose()
    if file := sqlite_file(settings):  # It may lie outside of the folder.
        remove_sqlite(file)
    for path in settings.data.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


@click.command()
@click.option(
    "--content",
    type=click.Path(path_type=Path),
    default=SHIPPED,
    show_default="the shipped guidance",
    help="Folder of guidance to begin with.",
)
@click.option("--admin-email", required=True, help="Address of the first administrator.")
@click.pass_obj
def init(settings: Settings, content: Path, admin_email: str) -> None:
    """Make a new portal in PORTAL_DATA: database, guidance, search index, first administrator.

    The administrator's password comes from PORTAL_ADMIN_PASSWORD, or is asked for. A folder (or a PostgreSQL
    database) that holds data is refused; when anything goes wrong, nothing is left behind.
    """
    password = settings.admin_password or _ask_password()
    make_portal(settings, content, admin_email, password)


def _ask_password() -> str:
    if not sys.stdin.isatty():
        raise click.UsageError("set PORTAL_ADMIN_PASSWORD, or run this at a terminal")
    answer: str = click.prompt("Password of the administrator", hide_input=True, confirmation_prompt=True)
    return answer


@click.command()
@click.option("--port", type=click.IntRange(1, 65_535), default=8000, show_default=True, help="Port to listen on.")
@click.pass_obj
def demo(settings: Settings, port: int) -> None:
    """Make a portal with the shipped guidance and a sample company, if there is none yet, and serve it.

    The accounts are employee@, editor@, hr@ and admin@example.com. Their password is PORTAL_DEMO_PASSWORD; without
    that, a random one is made, kept beside the data, and printed each time.
    """
    refuse_taken("127.0.0.1", port)
    kept = settings.data / "demo-password"
    if not settings.data.exists() or not any(settings.data.iterdir()):
        database = _make_demo(settings, kept)
    elif kept.exists():
        database = open_database(settings)
        if settings.demo_password and settings.demo_password != kept.read_text(encoding="utf-8"):
            _set_demo_passwords(database, kept, settings.demo_password)
    else:
        raise click.ClickException(f"{settings.data} holds a portal that is not the demo; serve it with: portal serve")
    database.engine.dispose()
    click.echo(f"\n  Lampa is at http://127.0.0.1:{port}")
    for account in DEMO_ACCOUNTS:
        click.echo(f"    {account}@example.com")
    click.echo(f"  Password for all of them: {kept.read_text(encoding='utf-8')}\n  Ctrl-C stops it.\n")
    os.environ.setdefault("PORTAL_URL", f"http://127.0.0.1:{port}")
    run_server("127.0.0.1", port, settings.workers)


def _make_demo(settings: Settings, kept: Path) -> Database:
    password = settings.demo_password or "-".join(secrets.token_hex(2) for _ in range(3))
    fault = accounts.password_fault(password)
    if fault:
        raise click.ClickException(f"PORTAL_DEMO_PASSWORD: {fault}")
    with _interrupted() as stop_if_asked:
        database = make_portal(settings, SHIPPED, "admin@example.com", password, name="Davor Radić", team=("Luma",))
        try:
            with database.transaction() as session:
                sample.add_people(session, settings.language, clock.now())
                sample.share_wins(session, clock.now())
            stop_if_asked()
            tokens = SignedTokens(secret_key(settings))
            house = sample_pulse.House(database, pulse_keys(settings), tokens, pulse_rules(settings))
            sample_pulse.hold_surveys(house, clock.now())
            sample_searches.search_in_vain(database, secret_key(settings), clock.now())
            _set_demo_passwords(database, kept, password)
            stop_if_asked()
        except BaseException:
            _clear(settings, database)
            raise
    return database


@contextmanager
def _interrupted() -> Iterator[Callable[[], None]]:
    """Ctrl-C that isn't lost: Python drops what is raised while an object is thrown away, as at the end of a query.

    What is given raises KeyboardInterrupt when it was pressed before, and went unheard.
    """
    pressed = False

    def press(*_: object) -> None:
        nonlocal pressed
        pressed = True
        raise KeyboardInterrupt

    def stop_if_asked() -> None:
        if pressed:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, press)
    try:
        yield stop_if_asked
    finally:
        signal.signal(signal.SIGINT, before)


def _set_demo_passwords(database: Database, kept: Path, password: str) -> None:
    fault = accounts.password_fault(password)
    if fault:
        raise click.ClickException(f"PORTAL_DEMO_PASSWORD: {fault}")
    password_hash = accounts.hashed(password)
    with database.transaction() as session:
        for account in DEMO_ACCOUNTS:
            found = accounts.credentials(session, f"{account}@example.com")
            if found:
                accounts.set_password(session, found.actor.id, password_hash)
    kept.touch(mode=0o600)
    kept.write_text(password, encoding="utf-8")
