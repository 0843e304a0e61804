"""Reading what was searched in vain, what was done about it, and whether that helped.

Each asks the same number of questions however many rows there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from .. import knowledge, people
from .grouping import language_of
from .keys import forms
from .model import How, State, Synonym, Term
from .tallying import ENOUGH

PER_PAGE = 30


class Verdict(StrEnum):
    """What came of dealing with a term."""

    UNKNOWN = "unknown"
    HELPED = "helped"
    FOUND = "found"
    IN_VAIN = "in-vain"


@dataclass(frozen=True)
class Since:
    """What was counted of a term since it was dealt with."""

    searches: int
    in_vain: int
    opened: int

    @property
    def verdict(self) -> Verdict:
        """It helped when after half of the searches something was opened, and didn't when half were in vain still."""
        if not self.searches:
            return Verdict.UNKNOWN
        if self.opened * 2 >= self.searches:
            return Verdict.HELPED
        return Verdict.IN_VAIN if self.in_vain * 2 >= self.searches else Verdict.FOUND


@dataclass(frozen=True)
class Meant:
    """One side of a synonym, and the language that it seems to be in."""

    text: str
    locale: str


@dataclass(frozen=True)
class TermView:
    """A term: how often it was searched, in vain, and with something opened from the results; what was done about it.

    ``draft_id`` while the page begun for it is a draft, ``page`` once it is one. ``editor``: who dealt with it, at
    ``settled_at``; ``since``: what was counted from then on.
    """

    id: int
    version: int
    text: str
    locale: str
    searches: int
    in_vain: int
    opened: int
    last_on: date
    state: State
    how: How | None
    editor: str
    settled_at: datetime | None
    since: Since
    means: tuple[Meant, ...]
    draft_id: int | None
    page: knowledge.Card | None


@dataclass(frozen=True)
class Gaps:
    """A stretch of the terms in one state: its number, how many stretches there are, how many terms each state has."""

    rows: tuple[TermView, ...]
    number: int
    stretches: int
    counts: dict[State, int]


@dataclass(frozen=True)
class SynonymView:
    """A synonym; ``editor`` is who made it."""

    id: int
    said: Meant
    means: Meant
    editor: str
    created_at: datetime


@dataclass(frozen=True)
class SynonymListing:
    """A stretch of all synonyms."""

    rows: tuple[SynonymView, ...]
    number: int
    stretches: int
    total: int


def gaps(session: Session, state: State, locale: str, number: int = 1) -> Gaps:
    """Stretch ``number`` of the terms in ``state`` for a reader of ``locale``; of open ones the gaps, the worst first.

    A gap is what was ever searched in vain, or often enough and never opened. Others come as they were dealt with.
    """
    shown = or_(Term.state != State.OPEN, _is_gap())
    found = session.execute(select(Term.state, func.count()).where(shown).group_by(Term.state))
    counts = dict.fromkeys(State, 0) | {State(one): count for one, count in found}
    stretches = max(1, -(-counts[state] // PER_PAGE))
    number = min(max(1, number), stretches)
    wanted = select(Term).where(Term.state == state, shown)
    if state is State.OPEN:
        wanted = wanted.order_by(_missed().desc(), Term.in_vain.desc(), Term.last_on.desc(), Term.id)
    else:
        wanted = wanted.order_by(Term.settled_at.desc(), Term.id)
    rows = session.scalars(wanted.offset((number - 1) * PER_PAGE).limit(PER_PAGE)).all()
    return Gaps(_views(session, rows, locale), number, stretches, counts)


def term(session: Session, term_id: int, locale: str) -> TermView | None:
    """One term, or None."""
    found = session.get(Term, term_id)
    return _views(session, [found], locale)[0] if found else None


def synonyms(session: Session, locale: str, number: int = 1) -> SynonymListing:
    """Stretch ``number`` of all synonyms, the newest first, for a reader of ``locale``."""
    total = session.scalar(select(func.count()).select_from(Synonym)) or 0
    stretches = max(1, -(-total // PER_PAGE))
    number = min(max(1, number), stretches)
    wanted = select(Synonym).order_by(Synonym.id.desc()).offset((number - 1) * PER_PAGE).limit(PER_PAGE)
    found = session.scalars(wanted).all()
    editors = people.names(session, [one.created_by for one in found if one.created_by])
    rows = (
        SynonymView(
            one.id,
            meant(one.said, locale),
            meant(one.means, locale),
            editors.get(one.created_by or 0, ""),
            one.created_at,
        )
        for one in found
    )
    return SynonymListing(tuple(rows), number, stretches, total)


def meant(text: str, locale: str) -> Meant:
    """``text`` with the language that it seems to be in; ``locale``, the reader's, where nothing speaks against it."""
    return Meant(text, language_of(forms(text), locale))


def _is_gap() -> ColumnElement[bool]:
    return or_(Term.in_vain > 0, (Term.searches >= ENOUGH) & (Term.opened == 0))


def _missed() -> ColumnElement[int]:
    """How many searches led to nothing that was opened."""
    return case((Term.opened < Term.searches, Term.searches - Term.opened), else_=0)


def _views(session: Session, rows: Sequence[Term], locale: str) -> tuple[TermView, ...]:
    editors = people.names(session, [one.settled_by for one in rows if one.settled_by])
    means: dict[int, list[Meant]] = {}
    of_rows = select(Synonym.term_id, Synonym.means).where(Synonym.term_id.in_([one.id for one in rows]))
    for term_id, text in session.execute(of_rows.order_by(Synonym.id)):
        means.setdefault(term_id or 0, []).append(meant(text, locale))
    page_ids = [one.page_id for one in rows if one.page_id]
    cards = knowledge.cards(session, page_ids, knowledge.reading_order(locale)) if page_ids else ()
    pages = {card.page_id: card for card in cards}
    return tuple(
        TermView(
            id=one.id,
            version=one.version,
            text=one.text,
            locale=one.locale,
            searches=one.searches,
            in_vain=one.in_vain,
            opened=min(one.opened, one.searches),
            last_on=one.last_on,
            state=State(one.state),
            how=How(one.how) if one.how else None,
            editor=editors.get(one.settled_by or 0, ""),
            settled_at=one.settled_at,
            since=_since(one),
            # Of a synonym for both directions, what was typed itself is no news.
            means=tuple(other for other in means.get(one.id, []) if other.text.casefold() != one.text.casefold()),
            draft_id=one.draft_id,
            page=pages.get(one.page_id or 0),
        )
        for one in rows
    )


def _since(one: Term) -> Since:
    searches = one.searches - one.then_searches
    return Since(searches, one.in_vain - one.then_in_vain, min(one.opened - one.then_opened, searches))
