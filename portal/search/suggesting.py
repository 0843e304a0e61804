"""What might be meant while somebody is still typing: titles that have the words typed so far, the last one begun."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy.orm import Session

from .. import knowledge
from .documents import Subject
from .engine import Index
from .fields import IN_TITLE
from .finding import AnyCard, find, shown_as
from .keys import SURFACE, fold, forms, normal, query_keys
from .present import ask
from .query import LONGEST_QUERY, MOST_WORDS
from .segments import Searched
from .standing import word_hits
from .vocabulary import IndexWords

MOST_ENDINGS = 100
"""In so many words at most a word may end that has been begun."""

WORTH_A_SEARCH = 3
"""With fewer letters only titles are looked through."""


@dataclass(frozen=True)
class Suggestion:
    """A page or win that one may go to at once; of a phrase card ``say`` is what to say instead, else it is empty."""

    kind: str
    title: str
    address: str
    locale: str
    say: str


def suggest(session: Session, index: Index, text: str, locale: str, most: int = 8) -> tuple[Suggestion, ...]:
    """At most ``most`` suggestions for a reader of ``locale`` who has typed ``text``, best first.

    Titles come first; when there are few, what a search for the words would find follows.
    """
    text = text[:LONGEST_QUERY]
    typed = forms(text)[:MOST_WORDS]
    if not typed:
        return ()
    begun = "" if text.endswith((" ", ".", ",", "!", "?")) else fold(normal(typed[-1]))
    whole = typed[:-1] if begun else typed

    def look(segments: Sequence[Searched]) -> tuple[list[Subject], str]:
        found = _titles(segments, whole, begun, locale, most)
        return found, _likeliest(segments, begun) if len(found) < most else ""

    (subjects, ending), _ = ask(session, index, look)
    known, _ = shown_as(session, subjects, locale, snippets=False)
    cards = [known[subject] for subject in subjects if subject in known]
    if len(cards) < most and len(text.strip()) >= WORTH_A_SEARCH:
        query = " ".join([*whole, ending] if begun else whole)
        hits = find(session, index, query, locale, limit=most, snippets=False).hits
        cards += [hit.card for hit in hits if hit.card not in cards]
    return tuple(map(_suggestion, cards[:most]))


def _suggestion(card: AnyCard) -> Suggestion:
    say = card.summary if card.kind == knowledge.Kind.PHRASE else ""
    return Suggestion(str(card.kind), card.title, card.address, card.locale, say)


def _titles(segments: Sequence[Searched], whole: Sequence[str], begun: str, locale: str, most: int) -> list[Subject]:
    """The pages whose title in some language has all of the words: the reader's language first, short titles first."""
    wanted = [tuple(IN_TITLE + key for key in query_keys(word)) for word in whole]
    if begun:
        endings = IndexWords(segments).beginning(begun, IN_TITLE + SURFACE)
        wanted.append(tuple(IN_TITLE + SURFACE + word for word in islice(endings, MOST_ENDINGS)))
    titles: list[tuple[bool, float, int, Subject]] = []
    for searched in segments:
        tables, facts = [word_hits(searched.segment, keys) for keys in wanted], searched.segment.facts
        for number in set(tables[0]).intersection(*tables[1:]) - searched.gone:
            fact = facts[number]
            worth = sum([table[number] for table in tables]) / (1 + fact.title_words)
            titles.append((fact.locale == locale, worth, fact.day, fact.subject))
    return list(islice(dict.fromkeys(subject for *_, subject in sorted(titles, reverse=True)), most))


def _likeliest(segments: Sequence[Searched], begun: str) -> str:
    """The word that most documents have of those that begin so; the beginning itself when there is none."""
    if len(begun) < WORTH_A_SEARCH:
        return begun
    known = IndexWords(segments)
    endings = islice(known.beginning(begun), MOST_ENDINGS)
    return max(endings, key=lambda word: known.frequency((SURFACE + word,)), default=begun)
