"""Looking after a portal: backup and restore, upgrade, and a doctor."""

import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import click
from sqlalchemy import func, select, text

from .. import knowledge, pulse, wins
from ..config import Settings
from ..core import archive, clock, schema
from ..core.archive import Archive, ArchiveError
from ..core.db import Database
from ..core.locale import CATALOGUES, SOURCE, available
from ..core.outbox import OutboxRow
from ..core.security import secret_key
from ..search import rebuild, repair
from .content import checked
from .opening import open_any, open_index, pulse_keys, remove_sqlite, sqlite_file
from .site import refuse_data

LOW_DISK = 200 * 1024 * 1024
STUCK_AFTER = 5
GIVEN_UP_FOR = timedelta(days=30)
"""How long it is told that the webhook has missed something."""


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def backup(settings: Settings, file: Path) -> None:
    """Write the whole portal to FILE, as it is at one moment, while the site goes on.

    FILE must be new; it is readable by its owner alone, for it holds password hashes and the signing key. A backup
    from SQLite may be restored into PostgreSQL, and the other way round.
    """
    database, _ = open_any(settings)
    try:
        rows = archive.write(database.engine, file, secret_key(settings), clock.now(), _said)
    except FileExistsError as error:
        raise click.ClickException(f"{file} is there already; name a new file") from error
    except OSError as error:
        raise click.ClickException(f"can't write {file}: {error.strerror}") from error
    click.echo(f"{file}: {rows} rows, {file.stat().st_size} bytes")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def restore(settings: Settings, file: Path) -> None:
    """Make a portal from the backup FILE, in an empty PORTAL_DATA (and an empty database).

    A backup of an older version is brought up to date; one of a newer version, a damaged one, or a folder that holds
    data is refused with the reason, and nothing is left behind.
    """
    target = sqlite_file(settings)
    unfinished = target.with_name(target.name + ".restoring") if target else None
    if unfinished:
        remove_sqlite(unfinished)  # A restore that was cut off.
    database = Database(f"sqlite:///{unfinished}" if unfinished else settings.database)
    refuse_data(settings, database)
    try:
        opened = Archive(file)
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        rows = opened.restore(database.engine, _said)
    except BaseException as error:
        if database.engine.dialect.name == "postgresql" and schema.present(database.engine):
            schema.downgrade(database.engine, "base")
        database.engine.dispose()
        if unfinished:
            remove_sqlite(unfinished)
        if isinstance(error, ArchiveError):
            raise click.ClickException(str(error)) from error
        raise
    if not settings.secret_key:
        key = settings.data / "secret.key"
        key.touch(mode=0o600)
        key.write_text(opened.secret_key, encoding="ascii")
    if target and unfinished:
        with database.engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        database.engine.dispose()
        unfinished.replace(target)  # From here on there is a portal.
        remove_sqlite(unfinished)
        database = Database(settings.database)
    rebuild(database, open_index(settings))
    click.echo(f"{settings.data}: {rows} rows restored from {file}")


def _said(table: str) -> None:
    click.echo(f"  {table}", err=True)


@click.command()
@click.pass_obj
def upgrade(settings: Settings) -> None:
    """Bring the database to this version's schema, after a new version was installed. Stop the site first.

    Make a backup before: `portal backup FILE` works with the old schema too.
    """
    database, before = open_any(settings)
    schema.upgrade(database.engine)
    with database.transaction() as session:
        while knowledge.render_anew(session):
            session.flush()
    repair(database, open_index(settings))
    click.echo(f"schema {before} -> {schema.wanted()}" if before != schema.wanted() else "nothing to upgrade")


@click.command()
@click.pass_obj
def doctor(settings: Settings) -> None:
    """Check settings, folders, database, schema, index, pending work, surveys, webhook: a line each.

    Exit 1 when any fails.
    """
    well = True
    for name, check in _checks(settings):
        try:
            words, fine = check()
        except Exception as error:  # A check that can't be made is a finding, not a crash.
            words, fine = str(error).splitlines()[0] or type(error).__name__, False
        click.echo(f"{'ok  ' if fine else 'FAIL'}  {name}: {words}")
        well = well and fine
    if not well:
        sys.exit(1)


Finding = tuple[str, bool]


def _checks(settings: Settings) -> Iterator[tuple[str, Callable[[], Finding]]]:
    yield "settings", lambda: (f"all known; the site is at {settings.url}", True)
    yield "languages", _languages
    yield "folder", lambda: _folder(settings)
    database = Database(settings.database)
    yield "database", lambda: _answers(settings, database)
    if (file := sqlite_file(settings)) and not file.exists():
        return  # There is nothing more to look into, and looking would make it.
    yield "schema", lambda: _schema(database)
    yield "index", lambda: checked(database, open_index(settings))
    yield "pending work", lambda: _pending(database)
    yield "surveys", lambda: _surveys(settings, database)
    yield "webhook", lambda: _webhook(settings, database)


def _languages() -> Finding:
    missing = [
        code
        for code in available()
        if code != SOURCE and not (CATALOGUES / code / "LC_MESSAGES" / "messages.mo").exists()
    ]
    if missing:
        return f"not compiled: {', '.join(missing)}; run: make setup", False
    return ", ".join(available()), True


def _folder(settings: Settings) -> Finding:
    if not settings.data.is_dir():
        return f"{settings.data} is not there; make a portal with: portal init", False
    probe = settings.data / ".doctor"
    probe.write_bytes(b"")
    probe.unlink()
    free = shutil.disk_usage(settings.data).free
    return f"{settings.data}, {free // 1024**2} MB free", free >= LOW_DISK


def _answers(settings: Settings, database: Database) -> Finding:
    file = sqlite_file(settings)
    if file and not file.exists():
        return f"{file} is not there; make a portal with: portal init", False
    with database.engine.connect() as connection:
        if file:
            said = str(connection.scalar(text("PRAGMA quick_check(1)")))
            return f"{file.name}, {said}", said == "ok"
        return str(connection.scalar(text("SELECT version()"))).split(" on ")[0], True


def _schema(database: Database) -> Finding:
    present, wanted = schema.present(database.engine), schema.wanted()
    if present == wanted:
        return wanted, True
    return f"{present}, but this version wants {wanted}; run: portal upgrade", False


def _pending(database: Database) -> Finding:
    with database.reading() as session:
        waiting = session.scalar(select(func.count()).select_from(OutboxRow)) or 0
        stuck = session.scalars(
            select(OutboxRow.error).where(OutboxRow.attempts > STUCK_AFTER).order_by(OutboxRow.id).limit(1)
        ).first()
    if stuck:
        return f"{waiting} waiting; one keeps failing: {stuck}", False
    return f"{waiting} waiting", True


def _surveys(settings: Settings, database: Database) -> Finding:
    folder = settings.data / pulse.FOLDER
    if folder.is_dir() and folder.stat().st_mode & 0o077:
        return f"others than its owner get at the keys in {folder}; run: chmod 700 {folder}", False
    with database.reading() as session:
        found = pulse.health(session, pulse_keys(settings).known())
    if found.keyless:
        numbers = ", ".join(map(str, found.keyless))
        return f"no key in {folder} for the answers to survey {numbers}; put the file back, or they stay sealed", False
    if found.uncounted:
        return "; ".join(f"survey {number} can't be counted: {why}" for number, why in found.uncounted), False
    return f"{found.running} open or being counted" if found.running else "none is open", True


def _webhook(settings: Settings, database: Database) -> Finding:
    if not settings.webhook:
        return "none is set", True
    with database.reading() as session:
        missed = wins.given_up(session, clock.now() - GIVEN_UP_FOR)
    # Its host alone: the path is a secret with many services.
    host = urlsplit(settings.webhook).hostname
    if missed:
        return (
            f"{host} missed {missed} in the last {GIVEN_UP_FOR.days} days, given up after many tries; see the log",
            False,
        )
    return f"{host}, nothing given up", True
