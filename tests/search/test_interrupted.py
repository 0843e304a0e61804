"""A write that does not come to its end leaves the index as it was: killed, on a full disk, where it may not write."""

import errno
import os
import resource
import signal
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.cli.opening import deliver as deliver_all
from portal.cli.opening import handlers
from portal.core import outbox
from portal.core.db import Database
from portal.core.outbox import OutboxRow, Payload, Work
from portal.search import Index, IndexUnavailable, compare, find, rebuild
from portal.search.documents import Document
from tests.factories import NOW, a_page
from tests.processes import exit_code
from tests.search import scenes
from tests.search.documents import a_document, about, found, segments_on_disk
from tests.search.scenes import LAMPS

pytestmark = [pytest.mark.usefixtures("left_open"), pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")]

lamps = [a_document(page, body="A lamp") for page in range(LAMPS)]


def state(index: Index) -> tuple[int, int]:
    """How many lamps and candles there are."""
    return len(found(index, "lamp")), len(found(index, "candle"))


def files(index: Index) -> list[str]:
    """What lies in the folder of the index's present generation."""
    generation = (index.folder / "live").read_text().strip().partition("/")[2]
    return sorted(str(path.relative_to(index.folder)) for path in (index.folder / generation).rglob("*"))


@pytest.mark.parametrize(
    ("die", "after", "step"), [(scenes.update_and_die, (LAMPS - 5, 5), 8), (scenes.rebuild_and_die, (0, LAMPS), 10)]
)
def test_a_writer_that_is_killed_at_any_moment_leaves_the_index_before_or_after(
    index: Index, die: scenes.Die, after: tuple[int, int], step: int
) -> None:
    index.rebuild(lamps)
    before = state(index)
    seen, moment = [], 2
    while code := exit_code(die, index.folder, moment):
        assert code == -signal.SIGKILL
        newcomer = Index(index.folder)
        assert state(newcomer) == state(index)
        assert newcomer.usable()
        newcomer.close()
        seen.append(state(index))
        moment += step
    assert set(seen) <= {before, after}
    assert before in seen
    assert len(seen) >= 3
    assert state(index) == after

    index.update(about(100), [a_document(100, body="A candle")])
    assert {
        Path(name).name.partition(".")[0] for name in files(index) if not name.endswith(".toc")
    } == segments_on_disk(index)
    assert len([path for path in index.folder.iterdir() if path.is_dir()]) <= 2


# A full disk


@contextmanager
def full_disk(most: int = 0) -> Iterator[None]:
    """No file can be written beyond its first ``most`` bytes; then there is room again."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


many_words = " ".join(f"word{number}" for number in range(400))
"""So that each file of a segment has more than a few bytes."""
ROOM = [0, 60, 600, 6_000]


def write(index: Index, how: str) -> None:
    fresh = [a_document(page, body=f"A candle {many_words}") for page in range(5)]
    if how == "update":
        index.update(about(*range(5)), fresh)
    else:
        index.rebuild(fresh)


@pytest.mark.parametrize("room", ROOM)
@pytest.mark.parametrize("how", ["update", "rebuild"])
def test_a_write_for_which_there_is_no_room_leaves_the_index_as_it_was_and_nothing_behind(
    index: Index, how: str, room: int
) -> None:
    index.rebuild(lamps)
    before = files(index)
    for _ in range(2):
        with full_disk(room), pytest.raises(OSError) as caught:  # noqa: PT011  # Which error it is says the next line.
            write(index, how)
        assert caught.value.errno == errno.EFBIG
        assert state(index) == (LAMPS, 0)
        assert Index(index.folder).usable()
        assert files(index) == before
        assert len([path for path in index.folder.iterdir() if path.is_dir()]) <= 2
    write(index, how)
    assert state(index)[1] == 5


def waiting(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(OutboxRow)) or 0


def test_what_there_was_no_room_for_waits_is_found_meanwhile_and_is_written_when_there_is(
    session: Session, database: Database, index: Index
) -> None:
    a_page(session, title="The hotel lamp")
    session.commit()
    rebuild(database, index)
    for number in range(3):
        a_page(session, slug=f"candle-{number}", title="A candle", markdown="By the window.")
    session.commit()

    def full(payloads: Sequence[Payload]) -> None:
        with full_disk():
            handlers(database, index)[Work.INDEX](payloads)

    assert outbox.deliver(database, {Work.INDEX: full}, NOW) == 0
    assert waiting(database) == 3
    with database.reading() as reading:
        answer = find(reading, index, "window", "en")
        assert (answer.full, answer.incomplete) == (3, False)
        assert find(reading, index, "lamp", "en").full == 1
    deliver_all(database, index)
    assert waiting(database) == 0
    assert compare(database, index).agrees


def test_an_index_that_can_not_be_mended_keeps_no_mail_from_going(
    session: Session, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "in the way").touch()
    nowhere = Index(tmp_path / "in the way" / "index")
    page = a_page(session, title="The hotel lamp")
    outbox.add(session, Work.MAIL, {"to": "ana"}, NOW)
    session.commit()
    sent: list[Payload] = []
    deliver_all(database, nowhere, {Work.MAIL: sent.extend})
    assert sent == [{"to": "ana"}]
    assert waiting(database) == 1, "the page"
    with database.reading() as reading:
        answer = find(reading, nowhere, "lamp", "en")
    assert ([hit.card.slug for hit in answer.hits], answer.incomplete) == ([page.slug], True)


# A folder in which nothing may be written


@contextmanager
def reading_only(folder: Path) -> Iterator[None]:
    """Nothing below ``folder`` can be changed, by nobody: an administrator becomes somebody else for a while."""
    places = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    for place in places:
        place.chmod(0o555)
    me = os.geteuid()
    if me == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(me)
        for place in places:
            place.chmod(0o755)


@pytest.fixture
def index_for_all() -> Iterator[Index]:
    """An index in a folder that everybody may enter."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        made = Index(Path(folder) / "index")
        made.rebuild(lamps)
        yield made
        made.close()


@pytest.mark.parametrize("how", ["update", "rebuild"])
def test_where_nothing_may_be_written_the_index_is_read_and_is_not_called_damaged(
    index_for_all: Index, how: str
) -> None:
    with reading_only(index_for_all.folder):
        with pytest.raises(PermissionError):
            write(index_for_all, how)
        newcomer = Index(index_for_all.folder)
        assert state(newcomer) == (LAMPS, 0)
        newcomer.close()
    assert index_for_all.usable()
    write(index_for_all, how)
    assert state(index_for_all)[1] == 5


def test_damage_where_nothing_may_be_written_is_found_each_time_anew(index_for_all: Index) -> None:
    index_for_all.close()
    for path in index_for_all.folder.glob("*/*.pst"):
        os.truncate(path, 0)
    with reading_only(index_for_all.folder):
        for _ in range(2):
            with pytest.raises(IndexUnavailable):
                state(index_for_all)
    with pytest.raises(IndexUnavailable):
        state(index_for_all)
    assert not index_for_all.usable()


# Documents that can't be had


def test_a_rebuild_that_stops_for_any_reason_can_be_done_again(index: Index) -> None:
    index.rebuild(lamps)

    def stops(error: BaseException) -> Iterator[Document]:
        yield from lamps[:3]
        raise error

    for error in (KeyboardInterrupt(), MemoryError(), ValueError("no"), SystemExit(1)):
        with pytest.raises(type(error)):
            index.rebuild(stops(error))
        with pytest.raises(type(error)):
            index.update(about(1), stops(error))
        assert state(index) == (LAMPS, 0)
        assert index.usable()
    assert index.rebuild(lamps) == LAMPS
