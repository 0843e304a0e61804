"""What most commands begin with: the database and the index that the settings name, or a clear word why not."""

import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import MappingProxyType

import click

from .. import pulse
from ..config import Settings
from ..core import clock, outbox, schema
from ..core.db import Database
from ..core.outbox import Work
from ..search import Index, index_subjects, repair

log = logging.getLogger(__name__)

SHIPPED = Path(__file__).resolve().parents[2] / "content"
"""The guidance that comes with the portal."""
NOBODY_ELSE: Mapping[Work, outbox.Handler] = MappingProxyType({})


def open_database(settings: Settings) -> Database:
    """The portal's database, at this code's schema. Raises click.ClickException (exit 1) when it isn't."""
    database, present = open_any(settings)
    if present != schema.wanted():
        raise click.ClickException("the database has an older schema; bring it up to date with: portal upgrade")
    return database


def open_any(settings: Settings) -> tuple[Database, str]:
    """The portal's database, and the schema it is at: this code's or an older one. Raises click.ClickException."""
    file = sqlite_file(settings)
    if file and not file.exists():
        raise click.ClickException(f"there is no portal in {settings.data}; make one with: portal init")
    database = Database(settings.database)
    present = schema.present(database.engine)
    if present is None:
        raise click.ClickException("there is no portal in this database; make one with: portal init")
    if not schema.is_known(present):
        raise click.ClickException("the database was made by a newer version of the portal; use that version")
    return database, present


def sqlite_file(settings: Settings) -> Path | None:
    """The file that the database is, or None when it is a server's."""
    is_file = settings.database.startswith("sqlite:///")
    return Path(settings.database.removeprefix("sqlite:///")) if is_file else None


def remove_sqlite(file: Path) -> None:
    """Take away a SQLite database with all that belongs to it."""
    for suffix in ("", "-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


def open_index(settings: Settings) -> Index:
    """The search index in the data folder."""
    return Index(settings.data / "index")


def pulse_keys(settings: Settings) -> pulse.KeyRing:
    """The keys of open surveys, in the data folder: never in the database, nor in a backup of it."""
    return pulse.KeyRing(settings.data / pulse.FOLDER)


def pulse_rules(settings: Settings) -> pulse.Rules:
    """What the company has settled for all surveys."""
    return pulse.Rules(settings.timezone, settings.pulse_scores, settings.pulse_comments, settings.language)


def handlers(database: Database, index: Index) -> dict[Work, outbox.Handler]:
    """Who does the work from the outbox that commands do too; what goes out of the house is for the worker alone."""
    return {Work.INDEX: partial(index_subjects, database, index)}


def deliver(database: Database, index: Index, others: Mapping[Work, outbox.Handler] = NOBODY_ELSE) -> None:
    """Mend the index if it needs that, then do the work that waits in the outbox: for the index, and for ``others``."""
    try:
        repair(database, index)
    except Exception:  # Whatever keeps the index from being mended, a full disk above all: the mail can still go.
        log.exception("the index can't be mended now; it is tried again")
    outbox.deliver(database, {**handlers(database, index), **others}, clock.now())


@contextmanager
def progress(label: str, length: int) -> Iterator[Callable[[], None]]:
    """A bar on standard error, for long work at a terminal; call what it gives once a step."""
    with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
        step: Callable[[], None] = partial(bar.update, 1)
        yield step
