"""What a segment on disk holds is what was written: as one in memory of the same documents does, and as Whoosh sees.

Random documents stand for all that may be written: many of a word, several languages, words in every part.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

import pytest
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC
from whoosh.reading import SegmentReader

from portal.search import Index
from portal.search import segments as segments_room
from portal.search.codec import Codec, posted
from portal.search.documents import Document
from portal.search.fields import FIELD_BITS, IN_TITLE, KEYS, LONGEST, Field
from portal.search.inverting import PLACE_BITS, Inverted, Posted
from portal.search.keys import SURFACE
from portal.search.segments import DiskSegment, MemorySegment, Searched
from tests.search.documents import a_document, about, content, found, searched

WORDS = ["lamp", "lamps", "window", "customer", "лампа", "лампы", "žarulja", "ნათურა", "e-mail", "24", "don't"]


def some_documents(seed: int, pages: Iterable[int]) -> list[Document]:
    """A document or two of each page, with the same words again and again."""
    draw = Random(seed)

    def text(most: int) -> str:
        return " ".join(draw.choices(WORDS, k=draw.randint(0, most)))

    return [
        a_document(
            page,
            locale,
            title=text(4),
            summary=text(6),
            headings=text(3),
            body="\n".join(text(12) for _ in range(3)),
            principles=(page % 5,),
            useful=page % 3,
        )
        for page in pages
        for locale in draw.sample(["en", "ru", "hr", "ka"], k=draw.randint(1, 2))
    ]


def places(document: Document) -> dict[str, list[int]]:
    """The places of each key of a document."""
    inverted = Inverted()
    inverted.add(3, document)
    return {key: posted.places.tolist() for key, posted in inverted.postings()}


def keys_of(documents: Iterable[Document]) -> set[str]:
    return {key for document in documents for key in places(document)}


def live(index: Index) -> Path:
    return index.folder / (index.folder / "live").read_text().strip().partition("/")[2]


def segments(index: Index) -> Sequence[Searched]:
    """Those that somebody reads who opens the index now."""
    index.close()
    return index.ask(lambda all_of_them: all_of_them)


def test_a_built_index_holds_what_a_segment_in_memory_does(index: Index) -> None:
    documents = some_documents(1, range(60))
    keys = keys_of(documents)
    index.rebuild(documents)
    (disk,), (memory,) = segments(index), searched(*documents)
    assert content([disk], keys) == content([memory], keys)
    assert list(disk.segment.facts) == list(memory.segment.facts)
    for key in keys:
        one, other = disk.segment.postings(key), memory.segment.postings(key)
        assert one
        assert other
        assert (list(one.ids), list(one.impacts)) == (list(other.ids), list(other.impacts))
    for mark in (SURFACE, IN_TITLE + SURFACE):
        assert list(disk.segment.written(mark)) == list(memory.segment.written(mark))
    assert {name: sorted(words) for name, words in disk.segment.shelves.items()} == {
        name: sorted(words) for name, words in memory.segment.shelves.items()
    }


def test_what_neither_has_is_none_in_both(index: Index) -> None:
    index.rebuild([a_document(1, body="A lamp")])
    for one in (*segments(index), *searched(a_document(1, body="A lamp"))):
        for key in ("=window", "=", "", "~en:", "=" + "x" * 10_000, "=\x00"):
            assert one.segment.postings(key) is None
        assert one.segment.written("nothing") == []
        assert one.segment.numbers(("page", 2)) == ()


@pytest.mark.parametrize("size", [1, 2, 300])
def test_a_term_of_any_number_of_documents_is_read_by_us_and_by_whoosh_itself(index: Index, size: int) -> None:
    index.rebuild(a_document(page, body="A lamp" + page % 4 * " and a lamp") for page in range(size))
    (one,) = segments(index)
    postings = one.segment.postings("=lamp")
    assert postings
    assert list(postings.ids) == list(range(size))
    standing = postings.places(range(size + 1))
    assert {number: len(at) for number, at in standing.items()} == {page: 1 + page % 4 for page in range(size)}
    assert postings.places([size + 1]) == {}

    storage = FileStorage(str(live(index)))
    toc = TOC.read(storage, "MAIN")
    reader = SegmentReader(storage, toc.schema, toc.segments[0], codec=Codec())
    matcher = reader.postings(KEYS, b"=lamp")
    ids, values = [], []
    while matcher.is_active():
        ids.append(matcher.id())
        values.append(matcher.value())
        matcher.next()
    assert (ids, values) == (list(postings.ids), list(standing.values()))
    assert reader.doc_frequency(KEYS, b"=lamp") == size
    assert posted(reader, KEYS, b"=window") is None
    reader.close()


def test_postings_that_are_not_as_they_were_written_are_no_postings() -> None:
    written = Posted.of(number << PLACE_BITS | place for number, place in [(3, 7), (3, 9), (8, 0)])
    assert (list(written.ids), list(written.weights), list(written.ends)) == ([3, 8], [2.0, 1.0], [2, 3])
    data = written.to_bytes()
    assert Posted.from_bytes(data, 2) == written
    for broken in (data[:-1], data + b"\0\0\0\0", b"", data[:9] + b"\xff" + data[10:], b"\0" * len(data)):
        with pytest.raises(ValueError, match="checksum"):
            Posted.from_bytes(broken, 2)


@pytest.mark.parametrize("seed", range(3))
def test_after_any_updates_the_segments_hold_the_present_documents_and_no_others(index: Index, seed: int) -> None:
    draw = Random(seed)
    present = {page: some_documents(seed, [page]) for page in range(20)}
    index.rebuild(one for documents in present.values() for one in documents)
    for turn in range(8):  # Small ones are merged after five.
        pages = draw.sample(range(30), k=draw.randint(1, 6))
        fresh = {
            page: some_documents(100 * seed + turn + page, [page]) if draw.random() < 0.7 else [] for page in pages
        }
        present |= fresh
        index.update(about(*pages), [one for documents in fresh.values() for one in documents])
    documents = [one for kept in present.values() for one in kept]
    keys = keys_of(documents) | {"=lamp"}
    assert content(segments(index), keys) == content(searched(*documents), keys)
    assert index.stamps() == {(one.subject, one.locale): one.stamp for one in documents}


def test_a_segment_that_is_opened_after_documents_in_it_were_deleted_is_read_all_the_same(index: Index) -> None:
    index.rebuild([a_document(page, body="A lamp") for page in range(300)])
    index.update(about(3, 200), [])
    (one, *_) = segments(index)
    assert one.gone == {3, 200}
    assert len(found(index, "lamp")) == 298
    assert index.usable()


def test_an_index_of_nothing_answers(index: Index) -> None:
    assert segments(index) == ()
    index.update(about(1), [])
    assert found(index, "lamp") == []
    index.update(about(1), [a_document(1)])  # In which there is no word.
    (one,) = segments(index)
    assert (len(one.segment.facts), one.segment.written(SURFACE), one.segment.shelves) == (1, [], {})
    assert found(index, "lamp") == []


def test_a_segment_in_memory_of_nothing_answers() -> None:
    empty = MemorySegment([])
    assert (empty.postings("=lamp"), empty.written(SURFACE), empty.shelves, list(empty.facts)) == (None, [], {}, [])


def test_the_postings_at_hand_are_no_more_than_there_is_room_for(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments_room, "MOST_CACHED", 50)
    index.rebuild(a_document(page, body=f"A lamp w{page}") for page in range(40))
    (one,) = segments(index)
    for turn in range(3):
        for page in range(40):
            postings = one.segment.postings(f"=w{page}")
            assert postings is not None, turn
            assert list(postings.ids) == [page]
    assert isinstance(one.segment, DiskSegment)
    assert len(one.segment._cached) <= 25
    lamps = one.segment.postings("=lamp")
    assert lamps
    assert len(lamps.ids) == 40


# Where words stand


def at(document: Document, key: str) -> list[tuple[Field, int]]:
    return [(Field(place >> FIELD_BITS), place & ((1 << FIELD_BITS) - 1)) for place in places(document)[key]]


def test_places_rise_and_the_part_that_tells_most_comes_last() -> None:
    document = a_document(title="Lamp", summary="Lamp", headings="Lamp!", body="lamp\nlamp")
    assert [part for part, _ in at(document, "=lamp")] == [
        *(Field.BODY, Field.BODY),
        *(Field.SUMMARY, Field.HEADING, Field.TITLE),
    ]
    for document in some_documents(7, range(30)):
        for key, found_at in places(document).items():
            assert list(found_at) == sorted(set(found_at)), key


def test_words_are_numbered_one_by_one_with_a_gap_at_the_end_of_a_line() -> None:
    document = a_document(body="An e-mail lamp\nwindow")
    assert [at(document, f"={word}")[0][1] for word in ("an", "e", "mail", "lamp", "window")] == [0, 1, 2, 3, 5]


def test_no_more_words_of_a_document_are_searched_than_it_may_have() -> None:
    document = a_document(title="Lamp", body="word " * (LONGEST + 500) + "window")
    assert len(places(document)["=word"]) == LONGEST
    assert "=window" not in places(document)
    assert "=lamp" in places(document)
