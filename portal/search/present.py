"""What is searched at this moment: the index, and over it what has changed since it was written.

What a change asks of the index waits in the outbox. Whoever searches meanwhile is given those pages from the database,
so that a change is found as soon as it is made, and nothing deleted or outdated ever is, however late the worker comes.
When the index can't be read at all, titles and summaries are searched from the database.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from .. import knowledge, wins
from ..core import outbox
from ..core.outbox import Payload, Work
from .documents import PAGE, Subject, documents
from .engine import Index, IndexUnavailable
from .segments import MemorySegment, Searched

Answer = TypeVar("Answer")

MOST_WAITING = 100
"""So many changes that wait are searched from the database; with more the answer may be incomplete for a while."""


@dataclass(frozen=True)
class _Waiting:
    """The newest changes that wait, by their outbox rows; whether there are ``more``."""

    rows: tuple[int, ...]
    subjects: frozenset[Subject]
    more: bool


_Made = tuple[object, MemorySegment]
_one_maker = threading.Lock()
_changed: "WeakKeyDictionary[Index, _Made]" = WeakKeyDictionary()
_titles: "WeakKeyDictionary[Index, _Made]" = WeakKeyDictionary()


def subjects(payloads: Sequence[Payload]) -> list[Subject]:
    """The pages and wins that the outbox's rows name."""
    return sorted({(kind, int(payload[kind])) for payload in payloads for kind in (PAGE, wins.WIN) if kind in payload})


def ask(session: Session, index: Index, question: Callable[[Sequence[Searched]], Answer]) -> tuple[Answer, bool]:
    """What ``question`` makes of all that is searched now; and is that complete?

    The question may be put more than once.
    """
    # What waits is read first: a row that is gone by then was worked into the index before.
    waiting = _waiting(session)
    over = _kept(_changed, index, waiting.rows, lambda: _made(session, waiting))

    def over_index(segments: tuple[Searched, ...]) -> Answer:
        return question([*(_without(one, waiting.subjects) for one in segments), Searched(over, frozenset())])

    try:
        answer = index.ask(over_index)
    except IndexUnavailable:
        return question([Searched(_all_titles(session, index, waiting), frozenset())]), False
    _titles.pop(index, None)  # Needed no more.
    return answer, not waiting.more


def _made(session: Session, waiting: _Waiting) -> MemorySegment:
    return MemorySegment(documents(session, waiting.subjects) if waiting.subjects else ())


def _waiting(session: Session) -> _Waiting:
    rows = outbox.newest(session, Work.INDEX, MOST_WAITING + 1)
    kept = rows[:MOST_WAITING]
    named = frozenset(subjects([payload for _, payload in kept]))
    return _Waiting(tuple(number for number, _ in kept), named, len(rows) > MOST_WAITING)


def _without(searched: Searched, subjects: frozenset[Subject]) -> Searched:
    gone = {number for subject in subjects for number in searched.segment.numbers(subject)}
    return Searched(searched.segment, searched.gone | gone) if gone else searched


def _all_titles(session: Session, index: Index, waiting: _Waiting) -> MemorySegment:
    state = knowledge.version(session), wins.version(session), waiting.rows
    everything = (replace(document, body="", headings=()) for document in documents(session))
    return _kept(_titles, index, state, lambda: MemorySegment(everything))


def _kept(
    kept: "WeakKeyDictionary[Index, _Made]", index: Index, state: object, make: Callable[[], MemorySegment]
) -> MemorySegment:
    """What was made for ``state`` of the database, or made now; one is kept for each index."""
    with _one_maker:  # Others who want it meanwhile wait for it: to make it several times at once takes longer.
        known = kept.get(index)
        if known is None or known[0] != state:
            known = kept[index] = state, make()
    return known[1]
