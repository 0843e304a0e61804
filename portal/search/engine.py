"""The full-text index on disk: Whoosh, one folder a generation, written by one process at a time.

`rebuild` fills a new generation beside the present one and switches to it with one rename, so that readers never see
half an index. Whatever Whoosh stumbles over marks the index as broken and raises IndexUnavailable: the site goes on
answering from the database, and the worker builds the index anew. A write that fails (a full disk) leaves the index as
it was.
"""

import errno
import fcntl
import logging
import os
import shutil
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from whoosh import index as whoosh_index
from whoosh.filedb.filestore import FileStorage
from whoosh.reading import SegmentReader

from .documents import Document, Subject
from .fields import add, schema, term
from .generations import NAME, settle, writing
from .segments import Damaged, DiskSegment, Searched, damage

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")

FORMAT = 4
"""Goes up when documents are indexed differently; an index of another format is built anew."""


NO_ROOM = frozenset(
    {
        *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG),  # A full disk.
        *(errno.EROFS, errno.EACCES, errno.EPERM),  # One that is only for reading.
        *(errno.EMFILE, errno.ENFILE, errno.ENOMEM),  # A process, or a system, that has its hands full.
    }
)
"""What the system says when nothing more can be written, which is no damage to what was."""


class IndexUnavailable(Exception):
    """The index is missing or damaged; it will be built anew."""


@dataclass(frozen=True)
class _Opened:
    """The index as it was when it was opened."""

    state: tuple[str, ...]
    segments: tuple[Searched, ...]


class Index:
    """The index below one folder. Processes may share the folder, and threads this object."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._opening = threading.Lock()
        self._opened = _Opened((), ())
        self._segments: dict[str, DiskSegment] = {}

    # Reading

    def ask(self, question: Callable[[tuple[Searched, ...]], Answer]) -> Answer:
        """What ``question`` makes of the index's present segments. Raises IndexUnavailable.

        An update takes away the files of the state before it, maybe while they are being opened, which looks like
        damage: it is damage only when asking again, with no change to the index in between, fails as well. The question
        may therefore be put more than once.
        """
        failed_in: tuple[str, ...] | None = None
        while True:
            with self._careful():
                state = self._state()
            if self._broken.exists():
                raise IndexUnavailable
            try:
                return question(self._open(state).segments)
            except Damaged as error:
                self.close()
                if state == failed_in:
                    self._mark_broken(error)
                    raise IndexUnavailable from error
                failed_in = state

    def stamps(self) -> dict[tuple[Subject, str], int]:
        """The stamp under which each document was indexed, by (subject, language). Raises IndexUnavailable."""

        def stamps(segments: tuple[Searched, ...]) -> dict[tuple[Subject, str], int]:
            return {
                (fact.subject, fact.locale): fact.stamp
                for one in segments
                for number, fact in enumerate(one.segment.facts)
                if number not in one.gone
            }

        return self.ask(stamps)

    def usable(self) -> bool:
        """Can the index be opened, and has nobody found it damaged?"""
        try:
            self.ask(lambda _segments: None)
        except IndexUnavailable:
            return False
        return True

    def close(self) -> None:
        """Forget what was opened; the next search opens it again."""
        with self._opening:
            self._segments = {}
            self._opened = _Opened((), ())

    # Writing

    def update(self, subjects: Iterable[Subject], documents: Iterable[Document]) -> None:
        """Replace all that stands under ``subjects`` by ``documents``.

        Raises IndexUnavailable, and OSError when it can't be written; then all is as it was.
        """
        with self._one_writer():
            # Read when no other writer can come between, and before Whoosh is asked: a fault of the database is no
            # damage to the index.
            present = list(documents)
            with self._careful(harmless=NO_ROOM):
                opened = whoosh_index.open_dir(str(self._live_folder()))
                with writing(opened) as writer:
                    with writer.searcher() as searcher:
                        for subject in subjects:
                            writer.delete_by_term("subject", term(subject), searcher)
                    for document in present:
                        add(writer, document)

    def rebuild(self, documents: Iterable[Document], progress: Callable[[], None] = lambda: None) -> int:
        """Build a new index of ``documents`` and switch to it; how many there were. Raises OSError."""
        with self._one_writer():
            number = max(self._generations(), default=0) + 1
            self._make_room()
            place = self.folder / str(number)
            count = 0
            try:
                place.mkdir()
                with writing(whoosh_index.create_in(str(place), schema())) as writer:
                    for document in documents:
                        add(writer, document)
                        count += 1
                        progress()
                self._switch_to(number)
            except BaseException:
                shutil.rmtree(place, ignore_errors=True)
                raise
            settle(self.folder)
            self._broken.unlink(missing_ok=True)
            return count

    # Inside

    @property
    def _broken(self) -> Path:
        return self.folder / "broken"

    def _live_folder(self) -> Path:
        """Where the generation in use lies, as the switch file says: ``<format>/<generation>``."""
        form, _, generation = (self.folder / "live").read_text(encoding="ascii").strip().partition("/")
        if form != str(FORMAT):
            raise whoosh_index.IndexVersionError(f"format {form}", form)
        return self.folder / generation

    def _state(self) -> tuple[str, ...]:
        """The index's place, and what differs whenever it has changed, or has been made anew at that place."""
        while True:
            live, made = self._live_folder(), (self.folder / "live").stat().st_mtime_ns
            try:
                with os.scandir(live) as files:
                    return (str(live), str(made), *sorted(file.name for file in files if file.name.endswith(".toc")))
            except FileNotFoundError:
                if self._live_folder() == live:
                    raise
                # Two rebuilds came between, the second of which took away what the first had replaced.

    def _open(self, state: tuple[str, ...]) -> _Opened:
        """The index in ``state``. Segments that were open before stay: they never change. Raises Damaged."""
        with self._opening:
            if self._opened.state != state:
                with damage():
                    # Not by Whoosh's own reader, which waits and tries again for half a second when a file is missing.
                    storage = FileStorage(state[0])
                    toc = whoosh_index.TOC.read(storage, NAME)
                    known, now = self._segments, {}
                    for one in toc.segments:
                        name = one.segment_id()
                        now[name] = known.get(name) or DiskSegment(SegmentReader(storage, toc.schema, one))
                    self._segments = now
                    gone = {one.segment_id(): frozenset(one.deleted_docs()) for one in toc.segments}
                self._opened = _Opened(state, tuple(Searched(one, gone[name]) for name, one in now.items()))
            return self._opened

    def _generations(self) -> list[int]:
        return sorted(int(path.name) for path in self.folder.iterdir() if path.is_dir() and path.name.isdigit())

    def _make_room(self) -> None:
        """Take away all generations but the one in use: older ones, and those of rebuilds that were killed."""
        try:
            live = self._live_folder().name
        except (OSError, ValueError, whoosh_index.IndexVersionError):
            live = ""
        for old in self._generations():
            if str(old) != live:
                shutil.rmtree(self.folder / str(old), ignore_errors=True)

    def _switch_to(self, number: int) -> None:
        """Put generation ``number`` to use. That before it stays: a search that is going on may still open it."""
        fresh = self.folder / "live.new"
        with fresh.open("w", encoding="ascii") as file:
            file.write(f"{FORMAT}/{number}\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.folder / "live")

    @contextmanager
    def _one_writer(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _careful(self, harmless: Collection[int] = ()) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # Whoosh reports damage in every shape: struct, key, index, value, OS errors.
            if isinstance(error, OSError) and error.errno in harmless:
                raise
            self.close()
            if (self.folder / "live").exists():
                self._mark_broken(error)
            raise IndexUnavailable from error

    def _mark_broken(self, error: Exception) -> None:
        log.error("the search index is damaged", exc_info=error)
        try:
            self._broken.touch()
        except OSError:
            log.exception("the damage can't be marked; it will be found again")
