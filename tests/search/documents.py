"""Documents to search, made by hand."""

from itertools import count

from portal.search.documents import PAGE, Document, Subject
from portal.search.engine import Index
from portal.search.keys import query_keys, words

_stamps = count(1)


def a_document(page_id: int = 1, locale: str = "en", **over: str) -> Document:
    """A document in which nothing stands that isn't said."""
    said = {"kind": "story", "slug": f"page-{page_id}", "title": "", "summary": "", "headings": "", "body": "", **over}
    return Document(subject=(PAGE, page_id), locale=locale, stamp=next(_stamps), **said)


def about(*pages: int) -> list[Subject]:
    """These pages, as what documents are about."""
    return [(PAGE, page) for page in pages]


def found(index: Index, query: str, *, every: bool = True) -> list[tuple[int, str]]:
    """The (page, language) of the documents that answer ``query``, best first."""
    wanted = [query_keys(word[0]) for word in words(query)]
    return [(match.subject[1], match.locale) for match in index.search(wanted, every=every)]
