"""What is due, done: once a minute, by the worker.

Each survey's step is a transaction of its own, and what goes wrong with one survey is logged and holds up no other. A
worker that ends anywhere in between has lost nothing: the next one finds what is still to be done by the state alone.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from ..core.db import Database
from . import action_telling, announcing, life, series
from .model import Ballot, Step, Turnout
from .rules import Rules
from .sealing import KeyRing

log = logging.getLogger(__name__)
Thing = TypeVar("Thing")

PATIENCE = timedelta(minutes=10)
"""How long it is tried to write tables anew before a counted survey's key is forgotten all the same."""


def tick(database: Database, keys: KeyRing, rules: Rules, now: datetime) -> None:
    """Do all that is due at ``now``, of waves, promises and surveys. Whatever fails is logged, and done later."""
    due = _Due(database, keys, rules, now)
    _safely("preparing waves", due.prepare)
    _safely("reminding owners of promises", due.remind_owners)
    _safely("closing", due.close)
    _safely("counting", due.count)
    _safely("tidying up", due.tidy_up)
    _safely("watching keys", due.watch)
    _safely("opening", due.open)
    _safely("telling", due.tell)


@dataclass(frozen=True)
class _Due:
    """What is due at one moment."""

    database: Database
    keys: KeyRing
    rules: Rules
    now: datetime

    def prepare(self) -> None:
        with self.database.reading() as session:
            found = series.due_to_prepare(session, self.now)
        _each("preparing the next wave of series", found, self._prepare)

    def _prepare(self, series_id: int) -> None:
        with self.database.transaction() as session:
            series.prepare(session, series_id, self.now, self.rules.zone)

    def remind_owners(self) -> None:
        with self.database.transaction() as session:
            action_telling.remind_owners(session, self.now, self.rules)

    def close(self) -> None:
        with self.database.reading() as session:
            found = life.due_to_close(session, self.now)
        _each("closing survey", found, self._close)

    def _close(self, survey_id: int) -> None:
        with self.database.transaction() as session:
            life.stop(session, survey_id, self.now)

    def count(self) -> None:
        with self.database.reading() as session:
            found = life.to_count(session)
        _each("counting survey", found, self._count)

    def _count(self, survey_id: int) -> None:
        # What takes long only reads: SQLite has one writer at a time, and nobody else should have to wait.
        with self.database.reading() as session:
            found = life.tally(session, survey_id, self.keys, self.rules)
        if found is not None:
            with self.database.transaction() as session:
                life.settle(session, survey_id, found, self.rules, self.now)

    def tidy_up(self) -> None:
        known = self.keys.known()
        with self.database.reading() as session:
            found = life.leftovers(session, known)
        if found:
            self._tidy_up(found)

    def _tidy_up(self, counted: dict[int, datetime]) -> None:
        """Write the tables anew, then forget the keys: until that is done, they say that it is still to be done."""
        try:
            self.database.rewrite(Ballot.__tablename__, Turnout.__tablename__)
        except Exception:  # Somebody reads for a long time, or the disk is full: the keys must go in any case.
            log.warning("the ballots' tables could not be written anew", exc_info=True)
            counted = {one: since for one, since in counted.items() if abs(self.now - since) > PATIENCE}
        _each("forgetting the key of survey", counted, self.keys.forget)

    def watch(self) -> None:
        with self.database.reading() as session:
            found = life.to_watch(session, self.keys.known())
        _each("watching the key of survey", found, self._watch)

    def _watch(self, survey_id: int) -> None:
        with self.database.transaction() as session:
            life.watch(session, survey_id, self.keys, self.rules, self.now)

    def open(self) -> None:
        with self.database.reading() as session:
            found = life.due_to_open(session, self.now)
        _each("opening survey", found, self._open)

    def _open(self, survey_id: int) -> None:
        with self.database.transaction() as session:
            life.open_survey(session, survey_id, self.keys, self.rules, self.now)

    def tell(self) -> None:
        with self.database.reading() as session:
            found = announcing.due(session, self.now)
        _each("telling of survey and step", found, self._tell)

    def _tell(self, one: tuple[int, Step]) -> None:
        more = True
        while more:
            with self.database.transaction() as session:
                more = announcing.tell_some(session, *one, self.rules, self.now)


def _safely(what: str, work: Callable[[], object]) -> None:
    try:
        work()
    except Exception:  # Whatever it is, everything else that is due is to be done.
        log.exception("%s failed and will be tried again", what)


def _each(what: str, things: Iterable[Thing], do: Callable[[Thing], object]) -> None:
    for one in things:
        _safely(f"{what} {one}", partial(do, one))
