"""From what somebody typed to the pages that answer it: the one way for the site, its JSON and the command."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup
from sqlalchemy.orm import Session

from .. import knowledge, wins
from . import forgiving, synonyms
from .asked import Asked, Read, Reason
from .documents import PAGE, Subject
from .engine import Index
from .matching import Filters, Row, match
from .present import ask
from .query import parse
from .ranking import CLOSELY, Ranked, rank
from .segments import Searched
from .snippets import snippet
from .vocabulary import IndexWords

MOST_PRINCIPLES = 12
"""So many principles at most are offered to narrow by."""

AnyCard = knowledge.Card | wins.WinCard


@dataclass(frozen=True)
class Hit:
    """A page or win that answers; ``matched`` is the language that did when it isn't the one shown.

    ``full``: it has all the words. ``coach``: it is the phrase card for what somebody is about to say.
    """

    card: AnyCard
    score: float
    matched: str | None
    snippet: Markup
    full: bool = True
    coach: bool = False


@dataclass(frozen=True)
class Found:
    """What a query found: the pages with all its words first (``full`` of them), then the nearest with some.

    ``asked`` is what was searched in the end. ``left_out`` are the words, as typed, that even the first page lacks;
    ``read_as`` what was searched instead of the query or beside it, and ``why``; ``synonyms`` what was searched too.
    Facets count pages, as if their own filter were not set; those of principles are slug, title and number. Without
    any hit ``nearest`` are pages to begin with. ``incomplete``: the index can't be asked, or too much
    waits to be indexed.
    """

    query: str
    asked: Asked
    hits: tuple[Hit, ...] = ()
    total: int = 0
    full: int = 0
    left_out: tuple[str, ...] = ()
    read_as: str | None = None
    why: Reason | None = None
    synonyms: tuple[str, ...] = ()
    kinds: tuple[tuple[str, int], ...] = ()
    locales: tuple[tuple[str, int], ...] = ()
    principles: tuple[tuple[str, str, int], ...] = ()
    nearest: tuple[AnyCard, ...] = ()
    incomplete: bool = False


@dataclass(frozen=True)
class _Answer:
    """What the index says: the pages in their order, and what was asked of it in the end."""

    asked: Asked
    reread: forgiving.Reread | None
    pages: tuple[Ranked, ...]
    total: int
    full: int
    left_out: tuple[str, ...]
    kinds: tuple[tuple[str, int], ...]
    locales: tuple[tuple[str, int], ...]
    principles: tuple[tuple[int, int], ...]


def find(
    session: Session,
    index: Index,
    query: str,
    locale: str,
    *,
    kind: str | None = None,
    written_in: str | None = None,
    principle: str | None = None,
    exact: bool = False,
    limit: int = 10,
    offset: int = 0,
    snippets: bool = True,
) -> Found:
    """The pages that answer ``query`` for a reader of ``locale``, one hit a page whatever its languages.

    ``kind``, ``written_in`` (a language) and ``principle`` (a slug) narrow, as they do within the query. With ``exact``
    nothing else is searched than what was typed.
    """
    asked = parse(query, locale, exact=exact)
    asked, filters = _narrowed(session, asked, locale, kind, written_in, principle)
    if not (asked.wanted or asked.without or filters != Filters()):
        return Found(query, asked)
    known = None if exact else synonyms.current(session)
    answer, complete = ask(
        session, index, lambda segments: _answer(segments, asked, filters, locale, offset + limit, known)
    )
    shown = answer.pages[offset : offset + limit]
    subjects = [one.row.facts.subject for one in shown]
    about = [(PAGE, number) for number, _ in answer.principles] if snippets else []
    cards, texts = shown_as(session, subjects, locale, snippets=snippets, also=about)
    hits = _hits(shown, cards, texts, answer.asked)
    lost = len(shown) - len(hits)  # The index may be a moment ahead of the state of the database that is read here.
    order = knowledge.reading_order(locale)
    return Found(
        query=query,
        asked=answer.asked,
        hits=hits,
        total=answer.total - lost,
        full=max(0, answer.full - lost),
        left_out=answer.left_out,
        read_as=answer.reread.text if answer.reread else None,
        why=answer.reread.why if answer.reread else None,
        synonyms=_also(answer.asked),
        kinds=answer.kinds,
        locales=answer.locales,
        principles=_titled(answer.principles, cards) if snippets else (),
        nearest=() if answer.total or not snippets else knowledge.lately_changed(session, 3, order),
        incomplete=not complete,
    )


def _narrowed(
    session: Session, asked: Asked, locale: str, kind: str | None, written_in: str | None, principle: str | None
) -> tuple[Asked, Filters]:
    """The query, and what narrows it; slugs that no principle has are words like others."""
    slugs = asked.principles | ({principle} if principle else set())
    numbers = knowledge.principle_numbers(session, slugs) if slugs else {}
    unknown = parse(" ".join(sorted(asked.principles - numbers.keys())), locale)
    asked = replace(asked, wanted=asked.wanted + unknown.wanted)
    return asked, Filters(
        kinds=asked.kinds | ({kind} if kind else set()),
        locales=asked.locales | ({written_in} if written_in else set()),
        principles=frozenset(numbers.values()),
    )


def _answer(
    segments: Sequence[Searched],
    asked: Asked,
    filters: Filters,
    locale: str,
    most: int,
    known: synonyms.Synonyms | None,
) -> _Answer:
    """What ``segments`` answer; without ``known`` synonyms nothing but what was typed. Raises Damaged."""
    reread = None
    if known:
        # What has synonyms is not taken for a mistake; and what was one may have synonyms.
        asked = synonyms.widen(asked, known)
        reread = forgiving.reread(asked, IndexWords(segments, known))
        asked = synonyms.widen(reread.asked, known) if reread else asked
    found = match(segments, asked, filters, locale, max(most, CLOSELY))
    ranked = rank(segments, asked, found, needed=most)
    pages = tuple(ranked[: found.total])
    first: Row | None = pages[0].row if pages else None
    has = found.all_bits if found.full else first.has if first else 0
    return _Answer(
        asked=asked,
        reread=reread,
        pages=pages,
        total=found.total,
        full=found.full,
        left_out=tuple(one.text for bit, one in enumerate(found.wanted) if not has >> bit & 1),
        kinds=tuple(sorted(found.facets.kinds.items())),
        locales=tuple(sorted(found.facets.locales.items())),
        principles=_offered(found.facets.principles, filters),
    )


def _offered(counts: Mapping[int, int], filters: Filters) -> tuple[tuple[int, int], ...]:
    """The principles that most pages are about, with how many; those chosen are among them in any case."""
    most = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    chosen = tuple((number, counts.get(number, 0)) for number in sorted(filters.principles))
    return (*chosen, *(one for one in most if one[0] not in filters.principles))[:MOST_PRINCIPLES]


def _also(asked: Asked) -> tuple[str, ...]:
    """What was searched too, because an editor says that it means the same."""
    texts = (way.text for wanted in asked.wanted for way in wanted.ways if way.read is Read.SYNONYM)
    return tuple(dict.fromkeys(texts))


def _titled(counts: Sequence[tuple[int, int]], cards: Mapping[Subject, AnyCard]) -> tuple[tuple[str, str, int], ...]:
    """Principles by their slug and title, with how many pages each has."""
    known = [(cards.get((PAGE, number)), count) for number, count in counts]
    return tuple((card.slug, card.title, count) for card, count in known if card)


def _hits(
    pages: Sequence[Ranked], cards: Mapping[Subject, AnyCard], texts: Mapping[Subject, str], asked: Asked
) -> tuple[Hit, ...]:
    """What is shown of each page, read from the database: what is gone from it is not shown."""
    hits = []
    for one in pages:
        fact = one.row.facts
        card = cards.get(fact.subject)
        if card is None:
            continue
        text = texts.get(fact.subject, "")
        matched = fact.locale if fact.locale != card.locale else None
        shown = snippet(text, card.locale, asked) if text else Markup("")
        hits.append(Hit(card, one.score, matched, shown, one.full, one.coach))
    return tuple(hits)


def shown_as(
    session: Session, subjects: Sequence[Subject], locale: str, *, snippets: bool, also: Sequence[Subject] = ()
) -> tuple[dict[Subject, AnyCard], dict[Subject, str]]:
    """The cards of ``subjects`` and of those pages that are ``also`` named; with ``snippets`` the former's texts."""
    pages = [number for kind, number in subjects if kind == PAGE]
    told = [number for kind, number in subjects if kind == wins.WIN]
    named = dict.fromkeys([*pages, *(number for _, number in also)])
    of_pages = knowledge.cards(session, list(named), knowledge.reading_order(locale))
    of_wins = wins.cards(session, told) if told else {}
    cards: dict[Subject, AnyCard] = {(PAGE, card.page_id): card for card in of_pages}
    cards |= {(wins.WIN, number): card for number, card in of_wins.items()}
    if not snippets:
        return cards, {}
    shown = [(number, cards[PAGE, number].locale) for number in pages if (PAGE, number) in cards]
    texts = {(PAGE, number): text for (number, _), text in knowledge.texts(session, shown).items()} if shown else {}
    return cards, texts | {(wins.WIN, number): card.text for number, card in of_wins.items()}


def as_json(found: Found) -> dict[str, object]:
    """What the site's JSON and the command say of ``found``: a contract with scripts (see docs/search.md)."""
    answer: dict[str, object] = {
        "query": found.query,
        "total": found.total,
        "corrected": found.read_as,
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
    return answer | {"incomplete": True} if found.incomplete else answer
