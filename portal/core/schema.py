"""The database's schema: which one this code wants, which one there is, and the way from one to the other."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect

from .db import migrating

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def wanted() -> str:
    """The revision that this code is written for."""
    head = _scripts().get_current_head()
    assert head is not None, "there are no migrations"
    return head


def present(engine: Engine) -> str | None:
    """The revision that the database is at; None when it holds no schema of ours."""
    with engine.connect() as connection:
        return revision_of(connection)


def revision_of(connection: Connection) -> str | None:
    """The same, as the open transaction of ``connection`` sees it."""
    return MigrationContext.configure(connection).get_current_revision()


def is_empty(engine: Engine) -> bool:
    """Is there no table at all (but the job queue's own, and Alembic's when all has been taken back)?"""
    names = inspect(engine).get_table_names()
    return all(name == "alembic_version" or name.startswith("huey_") for name in names) and present(engine) is None


def is_known(revision: str) -> bool:
    """Does this code have the migration ``revision``? One that it hasn't is from a newer version."""
    return revision in {script.revision for script in _scripts().walk_revisions()}


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database to ``revision``, all of it or nothing."""
    with migrating(engine) as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database back to ``revision`` (``base``: to nothing)."""
    with migrating(engine) as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())
