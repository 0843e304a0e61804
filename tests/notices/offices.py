"""Where mail is done in these tests, and what has come of it."""

from dataclasses import dataclass
from datetime import datetime

from flask import Flask

from portal.config import Settings
from portal.core import outbox
from portal.core.db import Database
from portal.core.mail import Post
from portal.core.outbox import Work
from portal.notices import mail_due
from tests.core.mail_servers import Mailbox
from tests.factories import NOW

EIGHT = NOW.replace(day=5, hour=6, minute=0)
"""The next morning in Zagreb."""


@dataclass
class Office:
    """Where mail is done: what is due leaves, at a moment."""

    database: Database
    app: Flask
    post: Post
    settings: Settings

    def deliver(self, now: datetime = NOW) -> int:
        """As the worker does; the number of outbox rows that are done."""
        return outbox.deliver(self.database, {Work.MAIL: lambda rows: self.handle(rows, now)}, now)

    def handle(self, rows: object, now: datetime = NOW) -> int:
        return mail_due(self.database, self.post, self.app, rows, now)  # type: ignore[arg-type]


def subjects(box: Mailbox) -> list[str]:
    return [str(letter["Subject"]) for letter in box.letters]
