"""What editors make of what was searched in vain: a synonym, the start of a page, or nothing; and how to undo it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import knowledge
from ..core import versions
from ..core.errors import Conflict, Invalid, NotFound, Refused
from ..core.locale import Text, lazy
from ..core.permissions import Actor, Can
from .keys import words
from .model import MOST_SYNONYMS, MOST_WORDS, SYNONYMS, TEXT_LENGTH, How, State, Synonym, Term
from .synonyms import Row, heavy


class AlreadyDone(Conflict):
    """Somebody else has settled the term, set it aside or opened it again since it was looked at."""

    message = lazy("Somebody else has dealt with this in the meantime. Here is how it stands now.")


@dataclass(frozen=True)
class SynonymValues:
    """A synonym as it is entered; ``both_ways``: also the other way round."""

    said: str
    means: str
    both_ways: bool = False

    def tidied(self) -> "SynonymValues":
        """The same with single blanks between the words."""
        return SynonymValues(" ".join(self.said.split()), " ".join(self.means.split()), self.both_ways)

    @property
    def rows(self) -> tuple[tuple[str, str], ...]:
        """What is said and what it means, for each direction."""
        return ((self.said, self.means), (self.means, self.said)) if self.both_ways else ((self.said, self.means),)


def add_synonym(session: Session, actor: Actor, values: SynonymValues, now: datetime) -> None:
    """Add a synonym, of no term. Raises Refused, Invalid."""
    editor_id = _editor(actor)
    _add(session, editor_id, values, None, now)


def settle_with_synonym(
    session: Session, actor: Actor, term_id: int, values: SynonymValues, version: int, now: datetime
) -> None:
    """Say what people mean by a term, as it was at ``version``; of a settled one, what they mean as well.

    Raises Refused, NotFound, Invalid, AlreadyDone.
    """
    editor_id = _editor(actor)
    term = _locked(session, term_id, version, State.OPEN, State.SETTLED)
    _add(session, editor_id, values, term_id, now)
    _close(term, editor_id, State.SETTLED, now)
    term.how = term.how or How.SYNONYM  # A page that was begun for it has settled it already.


def settle_with_page(
    session: Session, actor: Actor, term_id: int, kind: knowledge.Kind, version: int, now: datetime
) -> int:
    """Begin a page of which a term is the title; its draft's id. Raises Refused, NotFound, Invalid, AlreadyDone."""
    editor_id = _editor(actor)
    term = _locked(session, term_id, version, State.OPEN)
    values = knowledge.DraftValues(kind, "", term.locale, term.text, "", "", (), ())
    draft = knowledge.add_draft(session, actor, values, now)
    _close(term, editor_id, State.SETTLED, now)
    term.how, term.draft_id, term.page_id = How.PAGE, draft.id, None
    return draft.id


def set_aside(session: Session, actor: Actor, term_id: int, version: int, now: datetime) -> None:
    """Nothing is to be done about a term. Raises Refused, NotFound, AlreadyDone."""
    editor_id = _editor(actor)
    _close(_locked(session, term_id, version, State.OPEN), editor_id, State.ASIDE, now)


def reopen(session: Session, actor: Actor, term_id: int, version: int) -> None:
    """Something is to be done after all; what was made stays. Raises Refused, NotFound, AlreadyDone."""
    _editor(actor)
    _open(_locked(session, term_id, version, State.SETTLED, State.ASIDE))


def delete_synonym(session: Session, actor: Actor, synonym_id: int) -> None:
    """Take a synonym back; a term that it alone had settled is open again. Raises Refused, NotFound."""
    _editor(actor)
    synonym = session.get(Synonym, synonym_id, with_for_update=True)
    if synonym is None:
        raise NotFound
    term_id = synonym.term_id
    session.delete(synonym)
    session.flush()
    versions.changed(session, SYNONYMS)
    if term_id is None or session.scalar(select(Synonym.id).where(Synonym.term_id == term_id).limit(1)):
        return
    term = session.get(Term, term_id, with_for_update=True)
    if term and term.how == How.SYNONYM:
        _open(term)


def page_published(session: Session, draft_id: int, page_id: int, _now: datetime) -> None:
    """A draft has become a page: so has the term that it was begun for, if there is one."""
    for term in session.scalars(select(Term).where(Term.draft_id == draft_id)):
        term.page_id = page_id


def _editor(actor: Actor) -> int:
    if not actor.can(Can.EDIT_KNOWLEDGE) or actor.id is None:
        raise Refused
    return actor.id


def _locked(session: Session, term_id: int, version: int, *states: State) -> Term:
    """A term in one of ``states``, as it was when it was looked at."""
    term = session.get(Term, term_id, with_for_update=True, populate_existing=True)
    if term is None:
        raise NotFound
    if term.version != version or term.state not in states:
        raise AlreadyDone
    return term


def _close(term: Term, editor_id: int, state: State, now: datetime) -> None:
    term.state, term.settled_by, term.settled_at = state, editor_id, now
    # What comes of it is told by what is counted from here on.
    term.then_searches, term.then_in_vain, term.then_opened = term.searches, term.in_vain, term.opened
    term.version += 1


def _open(term: Term) -> None:
    term.state, term.how, term.settled_by, term.settled_at = State.OPEN, None, None, None
    term.version += 1


def _add(session: Session, editor_id: int, values: SynonymValues, term_id: int | None, now: datetime) -> None:
    values = values.tidied()
    # Compared here: SQLite knows no other capitals than the Latin ones.
    present = session.execute(select(Synonym.said, Synonym.means))
    known = {plain((said, means)) for said, means in present}
    if wrong := _faults(values, known):
        raise Invalid(wrong)
    for said, means in values.rows:
        if plain((said, means)) not in known:
            session.add(Synonym(said=said, means=means, term_id=term_id, created_by=editor_id, created_at=now))
    session.flush()
    versions.changed(session, SYNONYMS)


def plain(row: Row) -> Row:
    """A synonym whatever its capitals: what it is told from others by."""
    return row[0].casefold(), row[1].casefold()


def _faults(values: SynonymValues, known: set[tuple[str, str]]) -> dict[str, Text]:
    found = {name: fault for name in ("said", "means") if (fault := side_fault(getattr(values, name)))}
    if found:
        return found
    if same(values.said, values.means):
        return {"means": lazy("That is the same word already: search knows its forms by itself.")}
    if plain((values.said, values.means)) in known:
        return {"means": lazy("This is a synonym already.")}
    if len(known) + len(values.rows) > MOST_SYNONYMS:
        return {"means": lazy("There are %(max)d synonyms already, and no more can be had.", max=MOST_SYNONYMS)}
    return {}


def side_fault(text: str) -> Text | None:
    """What is wrong with one side of a synonym."""
    count = sum(1 for _ in words(text))
    if not count:
        return lazy("One to six words, please.")
    if count > MOST_WORDS:
        return lazy("At most %(max)d words, please.", max=MOST_WORDS)
    if len(text) > TEXT_LENGTH:
        return lazy("At most %(max)d characters, please.", max=TEXT_LENGTH)
    return None


def same(said: str, means: str) -> bool:
    """Are both sides forms of the same words, which find each other anyway?"""
    one, other = heavy(said), heavy(means)
    return len(one) == len(other) and all(not set(a).isdisjoint(b) for a, b in zip(one, other, strict=True))
