"""Mailing what is due."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime

from flask import Flask

from ..config import Settings
from ..core.db import Database
from ..core.mail import Letter, LetterDeferred, LetterRefused, Post
from ..core.outbox import Payload
from . import commands
from .commands import Due
from .letters import letter

log = logging.getLogger(__name__)


class SomeDeferred(Exception):
    """The mail server asked to try some letters again later; all others have left."""


def mail_due(database: Database, post: Post, app: Flask, payloads: Sequence[Payload], now: datetime) -> int:
    """Mail all that is due at ``now`` to the people of the notices named in ``payloads``; the number of letters.

    A letter first leaves and is then marked: a crash in between repeats that one letter, under its Message-ID, and
    loses none. One that is refused for good is given up. Raises MailUnavailable and SomeDeferred, after which the
    same payloads are to be tried again.
    """
    with database.transaction() as session:
        due = commands.take_due(session, [int(payload["notice"]) for payload in payloads], now)
    sent = deferred = 0
    with post.delivery(now) as send:
        for made, notices in _letters(app, due):
            try:
                send(made)
                sent += 1
            except LetterRefused as error:
                log.warning("the mail server refused the letter about notices %s: %s", notices, error)
            except LetterDeferred:
                deferred += 1
                continue
            with database.transaction() as session:
                commands.mailed(session, notices)
    if deferred:
        raise SomeDeferred(f"{deferred} letters are to be tried again")
    return sent


def _letters(app: Flask, due: Sequence[Due]) -> Iterator[tuple[Letter, list[int]]]:
    """Each letter with the ids of its notices."""
    settings: Settings = app.extensions["settings"]
    for one in due:
        for rows in [[row] for row in one.notices] if one.own_letters else [list(one.notices)]:
            # A context for each: what is remembered in it (the language) is this letter's alone.
            with app.test_request_context(base_url=settings.url):
                made = letter(one.person, rows, settings.url, settings.site_name)
            yield made, [row.id for row in rows]
