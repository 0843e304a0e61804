"""What is searched: the domains' public queries, as documents of one shape."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from .. import knowledge


@dataclass(frozen=True)
class Document:
    """One thing that can be found, in one language. ``stamp`` differs whenever anything of it does."""

    page_id: int
    locale: str
    kind: str
    slug: str
    title: str
    summary: str
    headings: str
    body: str
    stamp: int


def documents(session: Session, ids: Iterable[int] | None = None) -> Iterator[Document]:
    """The documents of the pages ``ids``, or all there are."""
    for page in knowledge.documents(session, ids):
        yield Document(
            page_id=page.page_id,
            locale=page.locale,
            kind=page.kind,
            slug=page.slug,
            title=page.title,
            summary=page.summary,
            headings="\n".join(page.headings),
            body=page.text,
            stamp=page.stamp,
        )


def stamps(session: Session) -> dict[tuple[int, str], int]:
    """The stamp that each document has now, by (page, language)."""
    return knowledge.stamps(session)
