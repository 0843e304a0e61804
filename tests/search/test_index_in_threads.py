"""Searching goes on, in threads, while the index is updated and built anew: no error, and never half an index."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from whoosh.filedb.filestore import FileStorage

from portal.search import Index
from tests.search.documents import a_document, about, found

pytestmark = [pytest.mark.usefixtures("left_open"), pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")]

SIZES = (30, 50)
SEARCHES_AT_LEAST = 40


def generation(size: int) -> list[tuple[int, str]]:
    return [(page, "en") for page in range(size)]


@contextmanager
def searching(index: Index, threads: int = 3) -> Iterator[Callable[[], set[int]]]:
    """Threads that ask for a word which every document has; what is given stops them and says how many were found."""
    done = threading.Event()

    def ask() -> list[int]:
        numbers = []
        while not done.is_set() or len(numbers) < SEARCHES_AT_LEAST:
            numbers.append(len(found(index, "lamp")))
        index.close()
        return numbers

    with ThreadPoolExecutor(threads) as pool:
        asking = [pool.submit(ask) for _ in range(threads)]

        def stop() -> set[int]:
            done.set()
            return {number for one in asking for number in one.result()}

        try:
            yield stop
        finally:
            done.set()


def test_a_search_during_rebuilds_sees_one_generation_or_the_other(index: Index) -> None:
    generations = [[a_document(page, body="A lamp") for page, _ in generation(size)] for size in SIZES]
    index.rebuild(generations[0])
    with searching(index) as stop:
        for turn in range(1, 9):
            index.rebuild(generations[turn % 2])
        seen = stop()
    assert seen <= set(SIZES)
    assert index.usable()


def test_a_search_during_updates_sees_each_page_before_or_after_and_never_without(index: Index) -> None:
    index.rebuild([a_document(page, body="A lamp") for page in range(20)])
    with searching(index) as stop:
        for turn in range(30):
            index.update(about(turn % 20), [a_document(turn % 20, body=f"A lamp, turn {turn}")])
        seen = stop()
    assert seen == {20}
    assert index.usable()


def test_an_update_just_before_a_file_is_opened_is_no_damage(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    index.rebuild([a_document(1, body="A lamp")])
    late = [lambda: Index(index.folder).update(about(2), [a_document(2, body="A lamp")])]
    usual = FileStorage.open_file

    def open_file(storage: FileStorage, name: str, *how: Any, **more: Any) -> Any:
        if name.endswith(".toc") and late:
            late.pop()()
            assert not storage.file_exists(name)
        return usual(storage, name, *how, **more)

    monkeypatch.setattr(FileStorage, "open_file", open_file)
    assert len(found(index, "lamp")) == 2
    assert late == []
    assert index.usable()


def test_writers_at_the_same_time_wait_for_each_other_and_lose_nothing(index: Index) -> None:
    def write(page: int) -> None:
        other = Index(index.folder)
        other.update(about(page), [a_document(page, body="A lamp")])
        if page % 5 == 0:
            other.update(about(page), [a_document(page, body="A lamp, and a candle")])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(20)))
    assert len(found(index, "lamp")) == 20
    assert len(found(index, "candle")) == 4
