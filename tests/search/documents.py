"""Documents to search, made by hand, and what is found among them."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import count
from typing import Any

from portal.search.asked import Asked
from portal.search.documents import PAGE, Document, Subject
from portal.search.engine import Index
from portal.search.fields import Facts
from portal.search.keys import query_keys, words
from portal.search.matching import Filters, Matches, match
from portal.search.query import parse
from portal.search.ranking import Ranked, rank
from portal.search.segments import DiskSegment, MemorySegment, Searched
from portal.search.standing import places, word_hits

_stamps = count(1)
A_DAY = date(2026, 5, 4)


def a_document(page_id: int = 1, locale: str = "en", *, headings: str = "", body: str = "", **over: Any) -> Document:
    """A document in which nothing stands that isn't said; its headings, a line each, stand above its text."""
    values: dict[str, Any] = {
        "subject": (PAGE, page_id),
        "locale": locale,
        "kind": "story",
        "title": "",
        "summary": "",
        "headings": tuple(headings.split("\n")) if headings else (),
        "body": f"{headings}\n{body}" if headings else body,
        "stamp": next(_stamps),
        "principles": (),
        "changed_on": A_DAY,
        "useful": 0,
        **over,
    }
    return Document(**values)


def about(*pages: int) -> list[Subject]:
    """These pages, as what documents are about."""
    return [(PAGE, page) for page in pages]


def searched(*documents: Document) -> list[Searched]:
    """These documents, to be searched."""
    return [Searched(MemorySegment(documents), frozenset())]


def matched(
    segments: Sequence[Searched], asked: str | Asked, locale: str = "en", filters: Filters | None = None
) -> Matches:
    """What matches for a reader of ``locale``; of a text all words are asked, little ones too."""
    wanted = parse(asked, locale, exact=True) if isinstance(asked, str) else asked
    return match(segments, wanted, filters or Filters(), locale)


def ranked(
    segments: Sequence[Searched], asked: str | Asked, locale: str = "en", most: int | None = None
) -> list[Ranked]:
    """What matches, or the ``most`` that promise most of it, best first."""
    wanted = parse(asked, locale, exact=True) if isinstance(asked, str) else asked
    return rank(segments, wanted, match(segments, wanted, Filters(), locale, most))


def order(asked: str | Asked, *documents: Document, locale: str = "en") -> list[int]:
    """The pages that answer, best first."""
    return [one.row.facts.number for one in ranked(searched(*documents), asked, locale)]


def found(index: Index, query: str) -> list[tuple[int, str]]:
    """The (page, language) of every document in the index that has all words of ``query``, each as often as it is."""
    wanted = [query_keys(word[0]) for word in words(query)]

    def look(segments: Sequence[Searched]) -> list[tuple[int, str]]:
        rows = [
            segment.facts[number]
            for segment, gone in ((one.segment, one.gone) for one in segments)
            for number in set.intersection(*(set(word_hits(segment, keys)) for keys in wanted)) - gone
        ]
        return sorted((fact.number, fact.locale) for fact in rows)

    return index.ask(look)


Content = dict[tuple[Facts, str], list[int]]


def content(segments: Iterable[Searched], keys: Iterable[str]) -> Content:
    """All that some segments hold of ``keys``: the places in each document that has them."""
    wanted = list(keys)
    return {
        (fact, key): list(at)
        for one in segments
        for number, fact in enumerate(one.segment.facts)
        if number not in one.gone
        for key in wanted
        if (at := places(one.segment, [key], [number]).get(number))
    }


def segments_on_disk(index: Index) -> set[str]:
    """The names of the segments that the index is read from, as Whoosh names their files."""
    segments = index.ask(lambda all_of_them: [one.segment for one in all_of_them])
    return {one._reader.segment().segment_id() for one in segments if isinstance(one, DiskSegment)}
