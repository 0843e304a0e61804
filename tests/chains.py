"""A chain of migrations that is one longer than today's: the portal as it will be after the next change."""

import shutil
from pathlib import Path
from textwrap import indent

from portal.core import schema

NEXT = "9999"

_MIGRATION = '''"""What a later version changes."""

import sqlalchemy as sa
from alembic import op

revision = "{next}"
down_revision = "{last}"


def upgrade():
{upgrade}


def downgrade():
{downgrade}
'''


def longer_chain(folder: Path, upgrade: str = "pass", downgrade: str = "pass") -> Path:
    """A copy of the migrations in ``folder`` with one more, whose two functions have these bodies."""
    shutil.copytree(schema.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    text = _MIGRATION.format(
        next=NEXT, last=schema.wanted(), upgrade=indent(upgrade, "    "), downgrade=indent(downgrade, "    ")
    )
    (folder / "versions" / "9999_later.py").write_text(text, encoding="utf-8")
    return folder
