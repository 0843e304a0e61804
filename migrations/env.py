"""How Alembic runs here: on the connection that the portal hands it, or for a developer on PORTAL_DATABASE_URL."""

import os

from alembic import context

from portal.config import load
from portal.core import outbox  # noqa: F401  # Mapped classes register themselves when imported.
from portal.core.db import Base, make_engine, migrating
from portal.discussion import model as discussion  # noqa: F401
from portal.knowledge import model as knowledge  # noqa: F401
from portal.media import model as media  # noqa: F401
from portal.notices import model as notices  # noqa: F401
from portal.people import model as people  # noqa: F401
from portal.pulse import action_model as pulse_actions  # noqa: F401
from portal.pulse import model as pulse  # noqa: F401
from portal.search import model as search  # noqa: F401
from portal.wins import model as wins  # noqa: F401


def run(connection):
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


handed = context.config.attributes.get("connection")
if handed is not None:
    run(handed)
else:
    engine = make_engine(load(os.environ).database)
    with migrating(engine) as own:
        run(own)
    engine.dispose()
