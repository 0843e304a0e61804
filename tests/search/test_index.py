"""The index: documents go in, are replaced and taken out, and a new generation takes over in one step."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.search import Index, IndexUnavailable
from portal.search.documents import PAGE, Document
from portal.search.engine import FORMAT
from tests.search.documents import a_document, about, found, segments_on_disk

LAMPS = [a_document(1, body="A lamp in the window"), a_document(2, body="Another lamp"), a_document(3, body="A door")]


@pytest.fixture
def new_index(index: Index) -> Iterator[Callable[[], Index]]:
    """Another view of the same folder, as a process that comes later has it."""
    made: list[Index] = []

    def another() -> Index:
        made.append(Index(index.folder))
        return made[-1]

    yield another
    for one in made:
        one.close()


def test_a_document_is_found_by_the_words_of_each_of_its_fields(index: Index) -> None:
    index.update(about(1), [a_document(title="Alpha", summary="Beta", headings="Gamma\nDelta", body="Epsilon")])
    for word in ("alpha", "beta", "gamma", "delta", "epsilon"):
        assert found(index, word) == [(1, "en")], word
    assert found(index, "zeta") == []


def test_an_update_replaces_all_that_stood_under_the_page(index: Index) -> None:
    index.update(about(1), [a_document(1, "en", body="lamp"), a_document(1, "hr", body="svjetiljka")])
    index.update(about(1), [a_document(1, "en", body="candle")])
    assert found(index, "lamp") == found(index, "svjetiljka") == []
    assert found(index, "candle") == [(1, "en")]
    assert set(index.stamps()) == {((PAGE, 1), "en")}


def test_an_update_without_documents_takes_the_page_out(index: Index) -> None:
    index.rebuild(LAMPS)
    index.update(about(1, 3), [])
    assert found(index, "lamp") == [(2, "en")]
    assert set(index.stamps()) == {((PAGE, 2), "en")}


def test_the_stamps_are_those_of_the_documents_after_any_number_of_updates(index: Index) -> None:
    stamps = {}
    for turn in range(12):
        for page in (turn % 3, turn % 5):
            document = a_document(page, body=f"turn {turn}")
            index.update(about(page), [document])
            stamps[(PAGE, page), "en"] = document.stamp
    assert index.stamps() == stamps


def test_a_process_that_opened_the_index_before_sees_what_was_written_after(
    index: Index, new_index: Callable[[], Index]
) -> None:
    other = new_index()
    assert found(other, "lamp") == []
    index.update(about(1), [a_document(1, body="lamp")])
    assert found(other, "lamp") == [(1, "en")]
    index.rebuild([a_document(2, body="lamp")])
    assert found(other, "lamp") == [(2, "en")]


def test_a_rebuild_counts_its_documents_and_tells_its_progress(index: Index) -> None:
    steps: list[None] = []
    assert index.rebuild(LAMPS, lambda: steps.append(None)) == 3
    assert len(steps) == 3


def test_a_rebuild_keeps_the_generation_before_it_and_no_more(index: Index) -> None:
    for _ in range(4):
        index.rebuild(LAMPS)
    generations = sorted(path.name for path in index.folder.iterdir() if path.is_dir())
    assert len(generations) == 2
    assert (index.folder / "live").read_text() == f"{FORMAT}/{generations[-1]}\n"


def test_a_process_that_has_the_index_open_notices_when_it_is_thrown_away_and_made_anew(
    index: Index, new_index: Callable[[], Index]
) -> None:
    assert found(index, "lamp") == []  # In the first generation, and its first state.
    shutil.rmtree(index.folder)
    new_index().rebuild(LAMPS)
    assert found(index, "lamp") == [(1, "en"), (2, "en")]


def test_many_updates_leave_few_segments_and_no_files_but_theirs(index: Index) -> None:
    for turn in range(40):
        index.update(about(turn % 7), [a_document(turn % 7, body=f"A lamp, turn {turn}")])
    names = segments_on_disk(index)
    assert len(names) < 15
    live = index.folder / (index.folder / "live").read_text().strip().partition("/")[2]
    assert {path.name.partition(".")[0] for path in live.iterdir() if path.suffix != ".toc"} == names
    assert len(list(live.glob("*.toc*"))) == 1
    assert len(found(index, "lamp")) == 7


def test_a_rebuild_that_fails_leaves_the_index_as_it_was(index: Index) -> None:
    index.rebuild(LAMPS)
    before = sorted(path.name for path in index.folder.iterdir() if path.name != "1")

    def half() -> Iterator[Document]:
        yield LAMPS[0]
        raise ValueError("the database went away")

    with pytest.raises(ValueError, match="went away"):
        index.rebuild(half())
    assert sorted(path.name for path in index.folder.iterdir()) == before
    assert set(found(index, "lamp")) == {(1, "en"), (2, "en")}
    index.update(about(1), [])
    assert found(index, "lamp") == [(2, "en")]


def test_documents_that_cannot_be_had_are_no_damage_to_the_index(index: Index) -> None:
    index.rebuild(LAMPS)

    def none() -> Iterator[Document]:
        raise ValueError("the database went away")
        yield

    with pytest.raises(ValueError, match="went away"):
        index.update(about(1), none())
    assert index.usable()
    assert (1, "en") in found(index, "lamp")


def test_an_index_that_was_never_built_is_unavailable(tmp_path: Path) -> None:
    nowhere = Index(tmp_path / "nowhere")
    assert not nowhere.usable()
    with pytest.raises(IndexUnavailable):
        found(nowhere, "lamp")
    with pytest.raises(IndexUnavailable):
        nowhere.stamps()
    with pytest.raises(IndexUnavailable):
        nowhere.update(about(1), [])
