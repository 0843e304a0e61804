"""From what somebody typed to the pages that answer it: the one way for the site, its JSON and the command."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy.orm import Session

from .. import knowledge, wins
from .documents import PAGE, Subject
from .engine import Index, Match
from .keys import query_keys, words
from .snippets import snippet

LONGEST_QUERY = 300
MOST_WORDS = 24


@dataclass(frozen=True)
class Hit:
    """A page or win that answers; ``matched`` is the language that did when it isn't the one shown."""

    card: knowledge.Card | wins.WinCard
    score: float
    matched: str | None
    snippet: Markup


@dataclass(frozen=True)
class Found:
    """What a query found. ``all_words`` is False when no page has every word and those with some are shown.

    Facets count pages, as if their own filter were not set.
    """

    query: str
    hits: tuple[Hit, ...] = ()
    total: int = 0
    all_words: bool = True
    kinds: tuple[tuple[str, int], ...] = ()
    locales: tuple[tuple[str, int], ...] = ()


def find(
    session: Session,
    index: Index,
    query: str,
    locale: str,
    *,
    kind: str | None = None,
    written_in: str | None = None,
    limit: int = 10,
    offset: int = 0,
    snippets: bool = True,
) -> Found:
    """The pages that answer ``query`` for a reader of ``locale``, one hit a page whatever its languages.

    ``kind`` and ``written_in`` (a language) narrow. Raises IndexUnavailable.
    """
    wanted = [query_keys(word[0]) for word in words(query[:LONGEST_QUERY])][:MOST_WORDS]
    if not wanted:
        return Found(query)
    matches = index.search(wanted, every=True)
    all_words = bool(matches) or len(wanted) == 1
    if not all_words:
        matches = index.search(wanted, every=False)
    kinds = Counter({m.subject: m.kind for m in matches if written_in in {None, m.locale}}.values())
    locales = Counter(m.locale for m in matches if kind in {None, m.kind})
    pages = _by_page(matches, locale, kind, written_in)
    shown = pages[offset : offset + limit]
    return Found(
        query=query,
        hits=_hits(session, shown, locale, wanted, snippets=snippets),
        total=len(pages),
        all_words=all_words,
        kinds=tuple(sorted(kinds.items())),
        locales=tuple(sorted(locales.items())),
    )


def _by_page(matches: Sequence[Match], locale: str, kind: str | None, written_in: str | None) -> list[Match]:
    """One match a page, best first: in the reader's language if that matched, else in the one that did best."""
    best: dict[Subject, Match] = {}
    for match in matches:  # The best come first.
        if kind not in {None, match.kind} or written_in not in {None, match.locale}:
            continue
        known = best.setdefault(match.subject, match)
        if match.locale == locale != known.locale:
            best[match.subject] = Match(match.subject, locale, match.kind, known.score)
    return list(best.values())


def _hits(
    session: Session, matches: Sequence[Match], locale: str, wanted: Sequence[Sequence[str]], *, snippets: bool
) -> tuple[Hit, ...]:
    """What is shown of each match, read from the database: what is gone from it is not shown."""
    cards, texts = _cards(session, matches, locale, snippets=snippets)
    hits = []
    for match in matches:
        card = cards.get(match.subject)
        if card is None:
            continue
        text = texts.get(match.subject, "")
        matched = match.locale if match.locale != card.locale else None
        hits.append(Hit(card, match.score, matched, snippet(text, card.locale, wanted) if text else Markup("")))
    return tuple(hits)


def _cards(
    session: Session, matches: Sequence[Match], locale: str, *, snippets: bool
) -> tuple[dict[Subject, knowledge.Card | wins.WinCard], dict[Subject, str]]:
    """The cards of what matched, and with ``snippets`` the texts in which they are shown."""
    pages = [number for kind, number in (match.subject for match in matches) if kind == PAGE]
    told = [number for kind, number in (match.subject for match in matches) if kind == wins.WIN]
    of_pages = knowledge.cards(session, pages, knowledge.reading_order(locale))
    of_wins = wins.cards(session, told) if told else {}
    cards: dict[Subject, knowledge.Card | wins.WinCard] = {(PAGE, card.page_id): card for card in of_pages}
    cards |= {(wins.WIN, number): card for number, card in of_wins.items()}
    if not snippets:
        return cards, {}
    shown = [(card.page_id, card.locale) for card in of_pages]
    texts = {(PAGE, number): text for (number, _), text in knowledge.texts(session, shown).items()} if shown else {}
    return cards, texts | {(wins.WIN, number): card.text for number, card in of_wins.items()}


def as_json(found: Found) -> dict[str, object]:
    """What the site's JSON and the command say of ``found``: a contract with scripts (see docs/search.md)."""
    return {
        "query": found.query,
        "total": found.total,
        "corrected": None,
        "hits": [
            {
                "kind": str(hit.card.kind),
                "slug": hit.card.slug,
                "locale": hit.card.locale,
                "title": hit.card.title,
                "url": hit.card.address,
                "score": round(hit.score, 4),
            }
            for hit in found.hits
        ],
    }
