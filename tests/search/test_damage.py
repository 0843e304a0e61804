"""Whatever happens to the index's files, the site goes on answering and the worker makes the index anew."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.cli.opening import deliver
from portal.core.db import Database
from portal.search import Index, IndexUnavailable, compare, index_subjects, rebuild, repair
from tests.factories import a_page
from tests.search.documents import a_document, found

pytestmark = [pytest.mark.usefixtures("left_open"), pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")]


@pytest.fixture
def reopened(app: Flask, index: Index) -> Iterator[Index]:
    """The index as a process sees it that opens it only now, and the application with it."""
    index.close()
    app.extensions["index"] = Index(index.folder)
    yield app.extensions["index"]
    app.extensions["index"].close()


def segment_files(index: Index) -> list[Path]:
    folder = index.folder / (index.folder / "live").read_text().strip().partition("/")[2]
    return sorted(path for path in folder.iterdir() if path.suffix in {".trm", ".pst", ".col"})


def garbage(path: Path) -> None:
    path.write_bytes(b"\x00garbage\xff" * 50)


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


DAMAGE: dict[str, Callable[[Index], object]] = {
    "no live file": lambda index: (index.folder / "live").unlink(),
    "an empty live file": lambda index: (index.folder / "live").write_text(""),
    "garbage in the live file": lambda index: garbage(index.folder / "live"),
    "another format": lambda index: (index.folder / "live").write_text("0/1\n"),
    "no generation": lambda index: (index.folder / "live").write_text("1/99\n"),
    "no table of contents": lambda index: [path.unlink() for path in index.folder.rglob("*.toc")],
    "garbage for a table of contents": lambda index: [garbage(path) for path in index.folder.rglob("*.toc")],
    "no segment": lambda index: [path.unlink() for path in segment_files(index)],
    "truncated segments": lambda index: [half(path) for path in segment_files(index)],
    "empty segments": lambda index: [path.write_bytes(b"") for path in segment_files(index)],
    "garbage for postings": lambda index: [garbage(path) for path in segment_files(index) if path.suffix == ".pst"],
    "garbage for segments": lambda index: [garbage(path) for path in segment_files(index)],
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_the_site_answers_with_a_notice_until_the_worker_has_mended_the_index(
    session: Session,
    database: Database,
    sign_in: Callable[..., FlaskClient],
    index: Index,
    reopened: Index,
    damage: str,
) -> None:
    page = a_page(session, title="The hotel lamp")
    client = sign_in()
    rebuild(database, index)
    nudges: list[None] = []
    database.on_outbox = lambda: nudges.append(None)
    DAMAGE[damage](index)

    answer = client.get("/search?q=lamp")
    assert answer.status_code == 200
    assert "Search is being put in order" in answer.text
    assert 'value="lamp"' in answer.text
    assert nudges == [None]
    answer = client.get("/search.json?q=lamp")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert answer.json == {"query": "lamp", "total": 0, "corrected": None, "hits": []}
    assert client.get(f"/stories/{page.slug}").status_code == 200
    assert not Index(index.folder).usable()

    deliver(database, Index(index.folder))
    assert "The hotel lamp" in client.get("/search?q=lamp").text
    assert client.get("/search.json?q=lamp").json["total"] == 1  # type: ignore[index]
    assert compare(database, reopened).agrees


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_worker_that_meets_the_damage_first_brings_its_page_into_a_sound_index(
    session: Session, database: Database, index: Index, reopened: Index, damage: str
) -> None:
    page = a_page(session, title="The hotel lamp")
    session.commit()
    rebuild(database, index)
    DAMAGE[damage](index)
    index_subjects(database, reopened, [{"page": page.id}])
    try:
        found(reopened, "lamp")
    except IndexUnavailable:
        repair(database, reopened)
    assert found(reopened, "lamp") == [(page.id, "en")]
    assert compare(database, reopened).agrees


def test_a_searcher_that_was_open_before_the_damage_notices_it_at_the_next_change(index: Index) -> None:
    index.rebuild([a_document(1, body="A lamp")])
    assert found(index, "lamp") == [(1, "en")]
    for path in index.folder.rglob("*.toc"):
        path.unlink()
    with pytest.raises(IndexUnavailable):
        found(index, "lamp")
    assert not index.usable()


def test_an_index_that_works_is_left_alone(session: Session, database: Database, index: Index) -> None:
    a_page(session)
    session.commit()
    rebuild(database, index)
    live = (index.folder / "live").read_text()
    assert not repair(database, index)
    assert (index.folder / "live").read_text() == live
