"""Several processes at once: one changes pages, one brings them into the index, two search all the while."""

from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.core import outbox
from portal.core.db import Database
from portal.core.outbox import Work
from portal.core.permissions import SYSTEM
from portal.knowledge.commands import add_page, write_revision
from portal.knowledge.model import Kind, Page
from portal.search import Index, compare, rebuild
from tests.factories import NOW, a_text
from tests.knowledge.drafting import a_draft
from tests.processes import started, until
from tests.search.scenes import (
    PAGES,
    SECRET,
    Tally,
    deliver_all_the_time,
    is_deletion,
    page_of,
    search_all_the_time,
)

CHANGES = 62


def change(session: Session, number: int) -> None:
    """Write the page of this change anew, or take it away."""
    slug = f"page-{page_of(number)}"
    page = session.scalar(select(Page).where(Page.slug == slug))
    if is_deletion(number):
        if page:
            session.execute(delete(Page).where(Page.id == page.id))
            outbox.add(session, Work.INDEX, {"page": page.id}, NOW)
        return
    page = page or add_page(session, SYSTEM, Kind.STORY, slug, NOW)
    write_revision(session, SYSTEM, page, "en", a_text(f"Turn {number}", "A lamp.", f"It says turn{number}."), NOW)


def looked_since(shared: Tally, before: int, reports: Sequence[Path]) -> bool:
    """Has somebody looked since, or reported?"""
    return shared.looks > before or any(map(Path.exists, reports))


def test_whoever_searches_while_pages_change_sees_each_at_once_and_none_that_is_old_deleted_or_a_draft(
    own_database: Database, index: Index, tmp_path: Path
) -> None:
    rebuild(own_database, index)
    url = own_database.engine.url.render_as_string(hide_password=False)
    tally = tmp_path / "tally"
    shared = Tally(tally)
    reports = [tmp_path / "one", tmp_path / "two"]
    with ExitStack() as running:
        worker = running.enter_context(started(deliver_all_the_time, url, index.folder, tally))
        readers = [
            running.enter_context(started(search_all_the_time, url, index.folder, tally, report, looked))
            for report, looked in zip(reports, Tally.LOOKED, strict=True)
        ]
        for number in range(1, CHANGES + 1):
            looks = shared.looks
            shared[Tally.BEGUN] = number
            with own_database.transaction() as session:
                change(session, number)
                if number % 20 == 0:
                    a_draft(session, slug=f"draft-{number}", title=f"A {SECRET}")
            shared[Tally.DONE] = number
            if number % 2:
                until(partial(looked_since, shared, looks, reports), "somebody looks")
        shared[Tally.OVER] = 1
        for process in (worker, *readers):
            process.join(30)
            assert process.exitcode == 0
    for report in reports:
        assert report.read_text().isdigit(), report.read_text()
    assert shared.looks >= CHANGES // 2
    assert compare(own_database, index).agrees
    assert len(index.stamps()) <= PAGES
