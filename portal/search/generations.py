"""How a generation of the index is written: whole or not at all, whatever happens in the middle of it.

Whoosh makes what was written visible by the rename of one file, its table of contents. What is done here besides: all
that it names is on the disk before it, and what a writer left that failed or was killed is taken away.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from whoosh.index import TOC
from whoosh.writing import SegmentWriter

from .codec import Codec, Pool

NAME = "MAIN"
"""How Whoosh calls an index when it is told nothing else."""


class _Writer(SegmentWriter):
    """Writes one more segment, and with it the index as it then is."""

    def __init__(self, opened: Any) -> None:
        # One process writes at a time anyway; Whoosh's own lock would still be held while a failure is told of.
        super().__init__(opened, codec=Codec(), compound=False, _lk=False)
        self.pool = Pool()

    def _commit_toc(self, segments: Sequence[Any]) -> None:
        folder = Path(self.storage.folder)
        settle(*folder.glob(f"{self.newsegment.segment_id()}.*"))
        super()._commit_toc(segments)
        settle(folder)


@contextmanager
def writing(opened: Any) -> Iterator[Any]:
    """A writer of the index ``opened``; what it wrote counts from the end of the block, unless that is an error."""
    folder = Path(opened.storage.folder)
    try:
        with _Writer(opened) as writer:
            yield writer
    finally:
        # When it can't be done now the next writer does it; and there may be another error to tell of.
        with suppress(Exception):
            _tidy(folder, opened)


def settle(*places: Path) -> None:
    """Have these files, or the names of the files in these folders, written to the disk. Raises OSError."""
    for path in places:
        file = os.open(path, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)


def _tidy(folder: Path, opened: Any) -> None:
    """Take away all that the table of contents doesn't name."""
    toc = TOC.read(opened.storage, NAME)
    kept = {f"_{NAME}_{toc.generation}.toc"}
    segments = {segment.segment_id() for segment in toc.segments}
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name not in kept and path.name.partition(".")[0] not in segments:
            path.unlink(missing_ok=True)
