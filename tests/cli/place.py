"""A place for a portal, and its commands run there as processes of their own."""

import importlib
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.cli import main
from portal.config import Settings, load
from portal.core import schema
from portal.core.db import Database
from portal.core.permissions import Role
from portal.core.security import secret_key
from portal.search import Index, rebuild
from tests.factories import PASSWORD, a_page, a_person
from tests.processes import exit_code

ADMIN = "admin@example.com"


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Place:
    """Where a portal is, or is to be: the settings that its commands are given."""

    environ: dict[str, str]

    @property
    def settings(self) -> Settings:
        return load({name: value for name, value in self.environ.items() if name.startswith("PORTAL_")})

    @property
    def data(self) -> Path:
        return self.settings.data

    @property
    def on_sqlite(self) -> bool:
        return "PORTAL_DATABASE_URL" not in self.environ

    @contextmanager
    def database(self) -> Iterator[Database]:
        database = Database(self.settings.database)
        try:
            yield database
        finally:
            database.engine.dispose()

    @contextmanager
    def index(self) -> Iterator[Index]:
        with closing(Index(self.data / "index")) as index:
            yield index

    def run(
        self,
        *words: str | Path,
        stdin: str = "",
        constants: Mapping[str, object] | None = None,
        **settings: str | Path,
    ) -> Ran:
        """Run ``portal`` with ``words``, more ``settings``, and other values for ``module:NAME`` in ``constants``."""
        environ = self.environ | {name: str(value) for name, value in settings.items()}
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "in").write_text(stdin, encoding="utf-8")
            code = exit_code(_portal, [str(word) for word in words], environ, folder, dict(constants or {}))
            return Ran(code, *((folder / name).read_text(encoding="utf-8") for name in ("out", "err")))


def _portal(words: list[str], environ: dict[str, str], folder: Path, constants: dict[str, Any]) -> None:
    os.environ.clear()
    os.environ.update(environ)
    sys.stdin = (folder / "in").open(encoding="utf-8")
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(folder / name, os.O_WRONLY | os.O_CREAT), number)
    for name, value in constants.items():
        module, _, constant = name.partition(":")
        setattr(importlib.import_module(module), constant, value)
    sys.argv = ["portal", *words]
    main()


def a_place(folder: Path, database_url: str | None) -> Place:
    """A place with nothing there yet; SQLite when there is no ``database_url``."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    environ |= {"PORTAL_DATA": str(folder / "data"), "PORTAL_ADMIN_PASSWORD": PASSWORD}
    return Place(environ | ({"PORTAL_DATABASE_URL": database_url} if database_url else {}))


def furnish(place: Place) -> Place:
    """Make a small portal at ``place``: an administrator, a principle and a story that belong together."""
    place.data.mkdir(parents=True)
    secret_key(place.settings)
    with place.database() as database, place.index() as index:
        schema.upgrade(database.engine)
        with database.transaction() as session:
            a_person(session, email=ADMIN, roles=[Role.EMPLOYEE, Role.ADMIN])
            principle = a_page(session, slug="own-it", title="Own it to the end")
            a_page(session, slug="hotel-lamp", title="The hotel lamp", links=[principle])
        rebuild(database, index)
    return place


def left(place: Place) -> list[str]:
    """What stands in the data folder, and the tables in a server's database."""
    found = sorted(path.name for path in place.data.iterdir()) if place.data.exists() else []
    if not place.on_sqlite:
        with place.database() as database:
            found += [] if schema.is_empty(database.engine) else ["tables"]
    return found
