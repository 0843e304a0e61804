"""The index follows the database: pages are brought to their present state, and doing that twice does no harm."""

import fcntl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.cli.opening import handlers
from portal.core import outbox
from portal.core.db import Database
from portal.core.outbox import OutboxRow
from portal.core.permissions import SYSTEM
from portal.knowledge.commands import write_revision
from portal.knowledge.model import Page
from portal.search import Index, compare, index_subjects, rebuild
from portal.search.documents import PAGE
from portal.search.jobs import IndexState
from tests.factories import NOW, a_page, a_text
from tests.search.documents import a_document, about, found


def waiting(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(OutboxRow)) or 0


@pytest.fixture
def deliver(session: Session, database: Database, index: Index) -> Callable[[], int]:
    """Does what waits; the number of rows done."""

    def done() -> int:
        session.commit()
        return outbox.deliver(database, handlers(database, index), NOW)

    return done


def test_what_is_written_is_found_once_it_was_delivered(
    session: Session, index: Index, deliver: Callable[[], int]
) -> None:
    page = a_page(session, title="The lamp")
    assert found(index, "lamp") == []
    assert deliver() == 1
    assert found(index, "lamp") == [(page.id, "en")]
    write_revision(session, SYSTEM, page, "en", a_text("The candle"), NOW)
    write_revision(session, SYSTEM, page, "hr", a_text("Svijeća"), NOW)
    assert deliver() == 2
    assert found(index, "lamp") == []
    assert found(index, "candle") == [(page.id, "en")]
    assert found(index, "svijeće") == [(page.id, "hr")]
    assert waiting(session) == 0


def test_indexing_a_page_twice_is_indexing_it_once(session: Session, database: Database, index: Index) -> None:
    page, other = a_page(session, title="The lamp"), a_page(session, title="The door")
    session.commit()
    payload = {"page": page.id}
    index_subjects(database, index, [payload, payload])
    stamps = index.stamps()
    index_subjects(database, index, [payload])
    assert index.stamps() == stamps
    assert set(stamps) == {((PAGE, page.id), "en")}
    assert found(index, "lamp") == [(page.id, "en")]
    assert found(index, "door") == []
    index_subjects(database, index, [{"page": other.id}])
    assert found(index, "door") == [(other.id, "en")]


def test_an_old_message_does_not_bring_back_an_old_state(session: Session, database: Database, index: Index) -> None:
    page = a_page(session, title="The lamp")
    write_revision(session, SYSTEM, page, "en", a_text("The candle"), NOW)
    session.commit()
    index_subjects(database, index, [{"page": page.id}])
    index_subjects(database, index, [{"page": page.id}])
    assert found(index, "lamp") == []
    assert compare(database, index).agrees


def test_a_page_that_is_gone_leaves_the_index(session: Session, database: Database, index: Index) -> None:
    page = a_page(session, title="The lamp")
    session.commit()
    rebuild(database, index)
    session.execute(delete(Page).where(Page.id == page.id))
    session.commit()
    index_subjects(database, index, [{"page": page.id}])
    assert found(index, "lamp") == []


def test_comparing_counts_what_is_missing_outdated_and_gone(session: Session, database: Database, index: Index) -> None:
    same, outdated = a_page(session), a_page(session)
    session.commit()
    rebuild(database, index)
    assert compare(database, index) == IndexState(0, 0, 0)
    assert compare(database, index).agrees
    for _ in range(3):
        a_page(session, texts={"hr": a_text()})
    write_revision(session, SYSTEM, outdated, "en", a_text("New"), NOW)
    session.commit()
    index.update(about(777, 778), [a_document(777), a_document(778)])
    assert compare(database, index) == IndexState(missing=3, outdated=1, gone=2)
    assert not compare(database, index).agrees
    assert ((PAGE, same.id), "en") in index.stamps()


def test_a_rebuild_does_all_that_waited(session: Session, database: Database, index: Index) -> None:
    for _ in range(3):
        a_page(session, title="The lamp")
    session.commit()
    assert waiting(session) == 3
    assert rebuild(database, index) == 3
    assert waiting(session) == 0
    assert compare(database, index).agrees


def test_what_is_asked_for_during_a_rebuild_still_waits_after_it(own_database: Database, index: Index) -> None:
    with own_database.transaction() as session:
        page = a_page(session, title="The lamp")

    def meanwhile() -> None:
        with own_database.transaction() as session:
            write_revision(session, SYSTEM, page, "en", a_text("The candle"), NOW)

    rebuild(own_database, index, progress=meanwhile)
    with own_database.reading() as session:
        assert waiting(session) == 1
    assert outbox.deliver(own_database, handlers(own_database, index), NOW) == 1
    assert found(index, "candle") == [(page.id, "en")]


def test_an_index_that_was_never_built_is_built_by_the_first_page(
    session: Session, database: Database, index: Index
) -> None:
    pages = [a_page(session, title="The lamp") for _ in range(2)]
    session.commit()
    never = Index(index.folder / "never")
    index_subjects(database, never, [{"page": pages[0].id}])
    assert set(found(never, "lamp")) == {(page.id, "en") for page in pages}
    never.close()


@pytest.mark.parametrize("write", ["index_subjects", "rebuild"])
def test_a_writer_that_had_to_wait_for_another_does_not_write_what_it_would_have_read_before(
    own_database: Database, index: Index, write: str
) -> None:
    with own_database.transaction() as session:
        page_id = a_page(session, title="Before").id
    work = {
        "index_subjects": lambda: index_subjects(own_database, index, [{"page": page_id}]),
        "rebuild": lambda: rebuild(own_database, index),
    }[write]
    with (index.folder / "lock").open("w") as lock, ThreadPoolExecutor(1) as thread:
        fcntl.flock(lock, fcntl.LOCK_EX)
        writing = thread.submit(work)
        wait([writing], timeout=0.3)  # Long enough to read, had it not asked for the lock first.
        with own_database.transaction() as session:
            page = session.get_one(Page, page_id)
            write_revision(session, SYSTEM, page, "en", a_text("After"), NOW)
        fcntl.flock(lock, fcntl.LOCK_UN)
        writing.result(30)
    assert found(index, "after") == [(page_id, "en")]
    assert found(index, "before") == []


def test_a_rebuild_that_is_interrupted_lets_go_of_the_database(own_database: Database, index: Index) -> None:
    with own_database.transaction() as session:
        a_page(session)

    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        rebuild(own_database, index, interrupt)
    assert own_database.engine.pool.checkedout() == 0, caught  # While what was caught still holds every frame.
