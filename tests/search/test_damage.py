"""Whatever happens to the index's files, the site goes on answering and the worker makes the index anew."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.cli.opening import deliver
from portal.core.db import Database
from portal.search import Index, IndexUnavailable, compare, find, index_subjects, rebuild, repair
from portal.search.engine import FORMAT
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


FILES = {
    "the switch": "live",
    "the table of contents": "*/*.toc",
    "the terms": "*/*.trm",
    "the postings": "*/*.pst",
    "what is stored": "*/*.col",
}
HARMS: dict[str, Callable[[Path], object]] = {
    "gone": Path.unlink,
    "empty": lambda path: os.truncate(path, 0),
    "cut in half": lambda path: os.truncate(path, path.stat().st_size // 2),
    "without its last byte": lambda path: os.truncate(path, path.stat().st_size - 1),
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "garbage": lambda path: path.write_bytes(b"\x00garbage\xff" * 50),
}


def do_harm(index: Index, file: str, harm: str) -> None:
    paths = list(index.folder.glob(FILES[file]))
    assert paths
    for path in paths:
        HARMS[harm](path)


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("file", FILES)
def test_whatever_is_wrong_with_a_file_a_searcher_is_answered_and_the_worker_mends_it(
    session: Session, database: Database, index: Index, file: str, harm: str
) -> None:
    for number in range(3):
        a_page(session, slug=f"lamp-{number}", title=f"The hotel lamp {number}", markdown="By the window.")
    session.commit()
    rebuild(database, index)
    do_harm(index, file, harm)

    other = Index(index.folder)
    with database.reading() as reading:
        answer = find(reading, other, "lamp", "en")
        assert {hit.card.slug for hit in answer.hits} == {"lamp-0", "lamp-1", "lamp-2"}
        assert answer.incomplete == (not Index(index.folder).usable())
        assert find(reading, other, "window", "en").total == 3 or find(reading, other, "window", "en").incomplete

    deliver(database, Index(index.folder))
    with database.reading() as reading:
        for query in ("lamp", "window"):
            answer = find(reading, other, query, "en")
            assert (answer.full, answer.incomplete) == (3, False)
    assert compare(database, other).agrees
    other.close()


@pytest.mark.parametrize(
    "switch",
    ["", "\n", "0/1\n", f"{FORMAT + 1}/1\n", f"{FORMAT}/99\n", f"{FORMAT}/", f"{FORMAT}", "1\n", "/", "\x00"],
)
def test_an_index_of_another_version_or_a_switch_that_names_none_is_made_anew(
    session: Session, database: Database, index: Index, switch: str
) -> None:
    a_page(session, title="The hotel lamp")
    session.commit()
    rebuild(database, index)
    (index.folder / "live").write_text(switch)
    with database.reading() as reading:
        assert find(reading, index, "lamp", "en").incomplete
    assert repair(database, index)
    with database.reading() as reading:
        answer = find(reading, index, "lamp", "en")
    assert (answer.full, answer.incomplete) == (1, False)
    assert (index.folder / "live").read_text().startswith(f"{FORMAT}/")


@pytest.mark.parametrize(("file", "harm"), [("the switch", "gone"), ("the postings", "zeros")])
def test_the_site_answers_from_titles_and_says_so_until_the_worker_has_mended_the_index(
    session: Session,
    database: Database,
    sign_in: Callable[..., FlaskClient],
    index: Index,
    reopened: Index,
    file: str,
    harm: str,
) -> None:
    page = a_page(session, title="The hotel lamp", markdown="By the window.")
    client = sign_in()
    rebuild(database, index)
    nudges: list[None] = []
    database.on_outbox = lambda: nudges.append(None)
    do_harm(index, file, harm)

    answer = client.get("/search?q=lamp")
    assert answer.status_code == 200
    assert 'class="notice" role="status"' in answer.text
    assert f"/stories/{page.slug}" in answer.text
    assert nudges == [None]
    answer = client.get("/search.json?q=lamp")
    assert answer.status_code == 200
    assert answer.json
    assert (answer.json["total"], answer.json.get("incomplete", False)) == (1, True)
    answer = client.get("/search.json?q=window")
    assert answer.json
    assert (answer.json["total"], answer.json.get("incomplete", False)) == (0, True)
    assert client.get("/search/suggestions?q=hot").status_code == 200
    assert client.get(f"/stories/{page.slug}").status_code == 200

    deliver(database, Index(index.folder))
    answer = client.get("/search.json?q=window")
    assert answer.json
    assert (answer.json["total"], answer.json.get("incomplete", False)) == (1, False)
    assert 'class="notice" role="status"' not in client.get("/search?q=lamp").text
    assert compare(database, reopened).agrees


@pytest.mark.parametrize("harm", ["gone", "zeros"])
@pytest.mark.parametrize("file", FILES)
def test_a_worker_that_meets_the_damage_first_brings_its_page_into_a_sound_index(
    session: Session, database: Database, index: Index, reopened: Index, file: str, harm: str
) -> None:
    page = a_page(session, title="The hotel lamp")
    session.commit()
    rebuild(database, index)
    do_harm(index, file, harm)
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


def test_a_searcher_whose_files_are_cut_while_it_has_them_open_lives(index: Index) -> None:
    index.rebuild(a_document(page, body=f"A lamp w{page}") for page in range(300))
    assert len(found(index, "lamp")) == 300
    for path in index.folder.glob("*/MAIN*"):
        os.truncate(path, 0)
    with pytest.raises(IndexUnavailable):
        found(index, "w299")
    assert not index.usable()


def test_what_one_process_found_damaged_no_other_asks_again_until_it_is_mended(index: Index) -> None:
    index.rebuild([a_document(1, body="A lamp")])
    other = Index(index.folder)
    assert found(other, "lamp") == [(1, "en")]
    (index.folder / "broken").touch()
    with pytest.raises(IndexUnavailable):
        found(other, "lamp")
    index.rebuild([a_document(1, body="A lamp")])
    assert found(other, "lamp") == [(1, "en")]
    other.close()


def test_an_index_that_works_is_left_alone(session: Session, database: Database, index: Index) -> None:
    a_page(session)
    session.commit()
    rebuild(database, index)
    live = (index.folder / "live").read_text()
    assert not repair(database, index)
    assert (index.folder / "live").read_text() == live
