"""Counting what people search for, without who, and without keeping them waiting.

A search leaves nothing in the request but a few hashes in this process's memory; once a second, a thread puts down
what has gathered there (`tallying`). A power cut loses that second.
"""

import atexit
import hmac
import logging
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta

from ..core.db import Database
from .grouping import Group
from .tallying import SLOTS, Count, put_down

log = logging.getLogger(__name__)

PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
MOST_WAITING = 2_000
"""Queries that wait to be put down; while the database can't be written to, no more are taken."""
SAME_SEARCH = timedelta(minutes=10)
"""How long one person's going on with one query (back to the results, a filter, a reload) is one search."""
MOST_REMEMBERED = 5_000
_PURPOSE = b"searches counted 1"
_ID_BYTES = 8


class Counts:
    """What one process counts of searches. Threads may share it; it begins to work in whichever process uses it first.

    ``database`` is asked for it each time. ``secret_key``: the site's; without it nobody can tell which query a tally
    is of, nor who was among those counted. Without ``by_itself`` it is put down at `flush` alone.
    """

    def __init__(self, database: Callable[[], Database], secret_key: str, *, by_itself: bool = True) -> None:
        self._database = database
        # A one-step derivation (HMAC as a pseudorandom function, NIST SP 800-108) for this use alone.
        self._secret = hmac.digest(secret_key.encode(), _PURPOSE, "sha256")
        self._by_itself = by_itself
        self._worker = 0
        self._lock, self._putting_down = threading.Lock(), threading.Lock()
        self._some = threading.Event()
        self._waiting: dict[bytes, Count] = {}
        self._dropped = 0
        self._lately: OrderedDict[bytes, datetime] = OrderedDict()

    def searched(self, group: Group, person_id: int, now: datetime, *, in_vain: bool) -> None:
        """Count that a person searched; ``in_vain`` when no page had all that was wanted."""
        key = self._key(group)
        if self._again(b"searched", key, person_id, now):
            return
        slot = self._hash(b"slot", key, person_id)[0] % SLOTS
        count = Count(now.date(), 1 << slot, searches=1, in_vain=int(in_vain), text=group.text, locale=group.locale)
        self._gather(key, count)

    def opened(self, group: Group, person_id: int, now: datetime) -> None:
        """Count that a person opened what a search had found."""
        key = self._key(group)
        if not self._again(b"opened", key, person_id, now):
            self._gather(key, Count(now.date(), opened=1))

    def flush(self) -> None:
        """Put down what has gathered. Raises what the database raises; nothing is lost by that."""
        with self._putting_down:
            with self._lock:
                counts, self._waiting = self._waiting, {}
                dropped, self._dropped = self._dropped, 0
                self._some.clear()
            if dropped:
                log.warning("%s searches were not counted: too many waited to be put down", dropped)
            if not counts:
                return
            try:
                with self._database().transaction() as session:
                    put_down(session, counts)
            except BaseException:
                self._take_back(counts)
                raise

    def _take_back(self, counts: dict[bytes, Count]) -> None:
        with self._lock:
            for key, later in self._waiting.items():
                counts.setdefault(key, Count(later.on)).add(later)
            self._waiting = counts
            self._some.set()

    def _gather(self, key: bytes, count: Count) -> None:
        with self._lock:
            if key in self._waiting:
                self._waiting[key].add(count)
            elif len(self._waiting) < MOST_WAITING:
                self._waiting[key] = count
            else:
                self._dropped += 1
                return
            self._some.set()
            # Not before: a thread that began in the process from which web workers are forked would not be in them.
            if self._by_itself and self._worker != os.getpid():
                self._worker = os.getpid()
                threading.Thread(target=self._work, name="searches", daemon=True).start()
                atexit.register(self._last)

    def _work(self) -> None:
        pause = PAUSE_S
        while True:
            self._some.wait()
            time.sleep(pause)
            try:
                self.flush()
                pause = PAUSE_S
            except Exception:
                # The database is locked or away; searching goes on without it, and so must this thread.
                pause = min(pause * 2, LONGEST_PAUSE_S)
                log.warning("searches could not be counted; next try in %s s", pause, exc_info=True)

    def _last(self) -> None:
        try:
            self.flush()
        except Exception:
            log.warning("the last searches were not counted", exc_info=True)

    def _again(self, what: bytes, key: bytes, person_id: int, now: datetime) -> bool:
        """Did this person do just that a moment ago? Known by a hash, in this process's memory alone."""
        mark = self._hash(what, key, person_id)
        with self._lock:
            before = self._lately.pop(mark, None)
            self._lately[mark] = now
            if len(self._lately) > MOST_REMEMBERED:
                self._lately.popitem(last=False)
        return before is not None and now - before < SAME_SEARCH

    def _key(self, group: Group) -> bytes:
        return hmac.digest(self._secret, b"query " + group.name.encode("utf-8", "surrogatepass"), "sha256")

    def _hash(self, what: bytes, key: bytes, person_id: int) -> bytes:
        said = what + b" " + key + person_id.to_bytes(_ID_BYTES, "big")
        return hmac.digest(self._secret, said, "sha256")
