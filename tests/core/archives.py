"""What the tests of backups begin with: a database with something in every table, and all that is in one."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from portal.core import archive, outbox, schema
from portal.core.archive import Archive
from portal.core.db import Base, Database
from portal.core.outbox import Work
from portal.core.permissions import SYSTEM, Role
from portal.knowledge.commands import write_revision
from portal.knowledge.model import PageText, Source
from portal.people.model import SignInThrottle, Team, TeamName
from tests.factories import NOW, a_page, a_person, a_text

KEY = "the key of this portal"
Content = dict[str, list[tuple[Any, ...]]]


def fill(database: Database) -> None:
    """Make today's schema, and rows with everything that is hard to carry from one database to the other."""
    schema.upgrade(database.engine)
    with database.transaction() as session:
        # Teams whose children have the lower numbers: a reorganisation put new layers above them.
        branch, department, company = Team(name="თბილისი"), Team(name="Магазины"), Team(name="Luma")
        for team in (branch, department, company):
            session.add(team)
            session.flush()
        branch.parent_id, department.parent_id = department.id, company.id
        a_person(session, name="Ана Ћирић 💡", roles=[Role.EDITOR, Role.HR], team=("Luma", "Магазины", "თბილისი"))
        a_person(session, password=False).deactivated_at = NOW + timedelta(microseconds=1)
        principle = a_page(session, slug="own-it", position=3, sources=[Source("Лампа", year="2008")])
        story = a_page(session, links=[principle], texts={"ka": a_text("ნათურა"), "hr": a_text("Žarulja")})
        write_revision(session, SYSTEM, story, "hr", PageText("Žarulja", "", "Two\n\n\\ \" ' \u2028 \t"), NOW, note="2")
        outbox.add(session, Work.INDEX, {"page": story.id, "née": [None, 1.5, True]}, NOW)
        session.add(SignInThrottle(subject="somebody", failures=3, since=NOW))
        session.add(TeamName(team_id=company.id, locale="ka", name="ლუმა"))


def content(database: Database) -> Content:
    """All rows of all tables."""
    with database.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
        }


def written(database: Database, path: Path) -> Path:
    """A backup of ``database`` at ``path``."""
    archive.write(database.engine, path, KEY, NOW)
    return path


def restored(path: Path, database: Database) -> Database:
    """The empty ``database``, filled from the backup."""
    Archive(path).restore(database.engine)
    return database
