"""What is searched: the domains' public queries, as documents of one shape."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from .. import knowledge, wins

PAGE = "page"
Subject = tuple[str, int]
"""What a document is about: a page or a win, and its number."""
_ABOUT = (PAGE, wins.WIN)


def as_number(subject: Subject) -> int:
    """A number that no other subject has."""
    about, number = subject
    return number * len(_ABOUT) + _ABOUT.index(about)


@dataclass(frozen=True)
class Document:
    """One thing that can be found, in one language. ``stamp`` differs whenever anything that is searched of it does.

    ``principles`` are the numbers of the pages of those that it is about; ``changed_on`` and ``useful`` (how many pages
    point to it, or people cheered) only break ties.
    """

    subject: Subject
    locale: str
    kind: str
    title: str
    summary: str
    headings: tuple[str, ...]
    body: str
    stamp: int
    principles: tuple[int, ...]
    changed_on: date
    useful: int


def documents(session: Session, subjects: Iterable[Subject] | None = None) -> Iterator[Document]:
    """The documents of ``subjects``, or all there are: every page, every published win."""
    pages, told = _numbers(subjects, PAGE), _numbers(subjects, wins.WIN)
    for page in knowledge.documents(session, pages):
        yield Document(
            subject=(PAGE, page.page_id),
            locale=page.locale,
            kind=page.kind,
            title=page.title,
            summary=page.summary,
            headings=page.headings,
            body=page.text,
            stamp=page.stamp,
            principles=page.principles,
            changed_on=page.changed_on,
            useful=page.pointed_to,
        )
    for win in wins.documents(session, told):
        yield Document(
            subject=(wins.WIN, win.win_id),
            locale=win.locale,
            kind=wins.WIN,
            title=win.title,
            summary="",
            headings=(),
            body=win.text,
            stamp=win.stamp,
            principles=win.principles,
            changed_on=win.published_on,
            useful=win.cheers,
        )


def stamps(session: Session) -> dict[tuple[Subject, str], int]:
    """The stamp that each document has now, by (subject, language)."""
    pages = {((PAGE, number), locale): stamp for (number, locale), stamp in knowledge.stamps(session).items()}
    return pages | {((wins.WIN, number), locale): stamp for (number, locale), stamp in wins.stamps(session).items()}


def _numbers(subjects: Iterable[Subject] | None, kind: str) -> list[int] | None:
    return None if subjects is None else [number for one, number in subjects if one == kind]
