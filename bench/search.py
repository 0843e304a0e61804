"""Search in 10,000 pages of four languages, beside SQLite's FTS5 that was given the same keys; each goal by its number.

A query is measured whole, as a page of results needs it: parsed, answered, its ten pages read from the database and
their passages cut and marked. FTS5 answers with all words or nothing; the portal also counts its facets, forgives what
is mistyped, widens by synonyms and shows a page once whatever its languages.

Pages are written straight into the tables: how fast they can be imported is measured by `bench`. When other programs
are at work on the machine, the ratios say more than the milliseconds.
"""

import gc
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, TypeVar

import psutil
from sqlalchemy import select
from sqlalchemy.orm import Session

from bench import search_changes
from bench.__main__ import EMAIL, PASSWORD
from bench.corpus import Text, Typed, Written, corpus
from bench.feed import write
from bench.fts5 import Fts5
from portal.cli.opening import SHIPPED, open_index
from portal.cli.site import make_portal
from portal.config import Settings, load
from portal.core import clock, markup
from portal.core.db import Database
from portal.knowledge import Kind
from portal.knowledge.model import Page, PageLink, Revision, StoredRendering, Translation
from portal.search import find, rebuild, warm
from portal.search.documents import documents
from portal.search.finding import shown_as
from portal.search.query import parse
from portal.search.snippets import snippet
from portal.search.suggesting import suggest

PAGES = 10_000
WARM_ROUNDS = 6

Times = list[float]
Side = Callable[[Typed], object]
Answer = TypeVar("Answer")


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load({"PORTAL_DATA": f"{folder}/data", "PORTAL_LOG_LEVEL": "error"})
        made = apart(corpus, PAGES)
        print(f"{PAGES:,} pages ({sum(map(len, made.pages)):,} texts), {len(made.queries)} queries")
        fill(settings, made.pages)
        apart(build, settings)
        apart(fresh, settings, made.queries)
        apart(side_by_side, settings, made.queries)
        apart(while_typing, settings, made.letters)
        apart(search_changes.in_a_row, settings)
        search_changes.served_live(settings)


def apart(work: Callable[..., Answer], *given: Any) -> Answer:
    """What ``work`` gives, done in a process of its own that has done nothing before."""
    with multiprocessing.get_context("spawn").Pool(1) as process:
        return process.apply(work, given)


def timed(work: Callable[[], object]) -> float:
    """How long it took, in milliseconds."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1_000


def said(times: Times) -> str:
    """The median and the 95th percentile in words."""
    marks = statistics.quantiles(times, n=20)
    return f"{marks[9]:6.1f} /{marks[18]:6.1f}"


def p95(times: Times) -> float:
    """The 95th percentile."""
    return statistics.quantiles(times, n=20)[18]


# The pages


def fill(settings: Settings, pages: Sequence[Written]) -> None:
    """A portal with the shipped guidance and with ``pages``."""
    database = make_portal(settings, SHIPPED, EMAIL, PASSWORD)
    with database.transaction() as session:
        add_pages(session, pages)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
    database.engine.dispose()


def add_pages(session: Session, pages: Sequence[Written]) -> None:
    """Write ``pages`` into the tables, each linked with a principle."""
    now = clock.now()
    principles = session.scalars(select(Page.id).where(Page.kind == Kind.PRINCIPLE)).all()
    first = {model: 1 + max(session.scalars(select(model.id))) for model in (Page, Translation, Revision)}
    texts = [(first[Page] + place, text) for place, page in enumerate(pages) for text in page]
    kinds = (Kind.PHRASE if place % 10 == 3 else Kind.STORY for place in range(len(pages)))
    rows: tuple[tuple[Any, Iterable[dict[str, Any]]], ...] = (
        (Page, ({"kind": kind, "slug": f"searched-{n}", "created_at": now} for n, kind in enumerate(kinds))),
        (
            PageLink,
            (
                {"page_id": first[Page] + place, "linked_id": principles[place % len(principles)], "position": 1}
                for place in range(len(pages))
            ),
        ),
        (Translation, ({"page_id": n, "locale": text.locale, "current": 1, "changed_at": now} for n, text in texts)),
        (Revision, (revision(first[Translation] + n, text, now) for n, (_, text) in enumerate(texts))),
        (StoredRendering, (rendering(first[Revision] + n, text) for n, (_, text) in enumerate(texts))),
    )
    for model, given in rows:
        write(session, model, given)


def revision(translation: int, text: Text, now: Any) -> dict[str, Any]:
    """A text as its page's first revision."""
    blocks = "\n\n".join(f"## {line}" if line in text.headings else line for line in text.lines)
    values = {"translation_id": translation, "number": 1, "created_at": now, "note": ""}
    return {**values, "title": text.title, "summary": text.summary, "markdown": blocks}


def rendering(number: int, text: Text) -> dict[str, Any]:
    """The same as readers see it."""
    headings = [{"level": 2, "anchor": f"s-{place}", "title": title} for place, title in enumerate(text.headings)]
    values = {"revision_id": number, "recipe": markup.RECIPE, "headings": headings}
    return {**values, "html": "".join(f"<p>{line}</p>" for line in text.lines), "text": "\n".join(text.lines)}


# The index


def build(settings: Settings) -> None:
    """How fast both indexes are made, and how large they are."""
    database, index = Database(settings.database), open_index(settings)
    warm()
    began = time.perf_counter(), time.process_time()
    count = rebuild(database, index)
    took, busy = time.perf_counter() - began[0], time.process_time() - began[1]
    newest = max(index.folder.glob("[0-9]*"), key=lambda folder: int(folder.name))
    size = sum(file.stat().st_size for file in newest.iterdir()) / 1e6
    print(
        f"\nfirst build (goal: 300 pages/s)   {count / took:.0f} texts/s, {count / busy:.0f} a second of the processor"
    )
    print(f"    {count:,} texts in {took:.1f} s, index of {size:.0f} MB, process of {resident():.0f} MB then")
    with database.reading() as session:
        given = list(documents(session))
    fts5 = Fts5(file := settings.data / "fts5")
    took = timed(lambda: fts5.build(given)) / 1_000
    print(f"    FTS5 of the same keys: {took:.1f} s without reading the pages, {file.stat().st_size / 1e6:.0f} MB")
    fts5.close()
    database.engine.dispose()


def resident() -> float:
    """The memory of this process, in MB."""
    return float(psutil.Process().memory_info().rss) / 1e6


# Queries


def fresh(settings: Settings, queries: Sequence[Typed]) -> None:
    """What a process does that has searched nothing yet, and what it holds when it has searched for everything."""
    database, index = Database(settings.database), open_index(settings)
    warm()
    before = resident()
    simple = next(one for one in queries if one.sort == "two words")
    typo = next(one for one in queries if one.sort == "mistyped")
    with database.reading() as session:
        first = timed(lambda: find(session, index, simple.text, simple.locale))
        other = timed(lambda: find(session, index, typo.text, typo.locale))
        opened = resident()
        for one in queries:
            find(session, index, one.text, one.locale)
    print(f"\na fresh process: first search {first:.0f} ms, first typo {other:.0f} ms")
    more, all_in_all = opened - before, resident() - before
    print(f"    {before:.0f} MB before, {more:.0f} MB more by then, {all_in_all:.0f} MB after all queries")
    database.engine.dispose()


def side_by_side(settings: Settings, queries: Sequence[Typed]) -> None:
    """Each query on both sides, whole; the first time, and when it was asked before."""
    database, index, fts5 = Database(settings.database), open_index(settings), Fts5(settings.data / "fts5")
    warm()
    with database.reading() as session:
        sides: tuple[Side, ...] = (
            lambda one: find(session, index, one.text, one.locale),
            lambda one: by_fts5(session, fts5, one),
            lambda one: find(session, index, one.text, one.locale, limit=0, snippets=False),
            lambda one: fts5.best(parse(one.text, one.locale)),
            lambda one: (by_fts5(session, fts5, one), fts5.facets(parse(one.text, one.locale))),
        )
        for side in sides:  # Opens what is opened once.
            side(Typed("", "lamp", "en"))
        gc.collect()
        cold, best = rounds(sides[:2], queries), best_of(sides, queries)
    show(queries, cold, best)
    fts5.close()
    database.engine.dispose()


def best_of(sides: Sequence[Side], queries: Sequence[Typed]) -> list[Times]:
    """The least that each of ``sides`` takes for each query, of several times: what other programs do counts less."""
    turns = [rounds(sides, queries) for _ in range(WARM_ROUNDS)]
    return [[min(times) for times in zip(*turn, strict=True)] for turn in zip(*turns, strict=True)]


def rounds(sides: Sequence[Side], queries: Sequence[Typed]) -> tuple[Times, ...]:
    """How long each of ``sides`` takes for each query; another one begins with each."""
    took: tuple[Times, ...] = tuple([] for _ in sides)
    for number, one in enumerate(queries):
        for step in range(len(sides)):
            place = (number + step) % len(sides)
            took[place].append(timed(partial(sides[place], one)))
    return took


def by_fts5(session: Session, fts5: Fts5, one: Typed) -> list[str]:
    """What a page of results shows, found by FTS5."""
    asked = parse(one.text, one.locale)
    found = fts5.best(asked)
    cards, texts = shown_as(session, found, one.locale, snippets=True)
    return [snippet(texts[subject], cards[subject].locale, asked) for subject in dict.fromkeys(found)]


def show(queries: Sequence[Typed], cold: Sequence[Times], best: Sequence[Times]) -> None:
    """Print how long queries took, p50 / p95 in milliseconds, sort by sort."""
    print(f"\np50 / p95 in ms         {'portal':>16}{'FTS5':>16}   p95, ratio")
    for sort in sorted({one.sort for one in queries}):
        own = [[took for took, one in zip(side, queries, strict=True) if one.sort == sort] for side in best[:2]]
        print(f"  {sort:22}{said(own[0]):>16}{said(own[1]):>16}{p95(own[0]) / p95(own[1]):9.2f}")
    for name, ours, theirs in (
        ("all, first time", cold[0], cold[1]),
        ("all (goal: 1.5)", best[0], best[1]),
        ("  FTS5 counting facets", best[0], best[4]),
        ("  the engines alone", best[2], best[3]),
    ):
        print(f"{name:24}{said(ours):>16}{said(theirs):>16}{p95(ours) / p95(theirs):9.2f}")


def while_typing(settings: Settings, letters: Sequence[Typed]) -> None:
    """How long suggestions take, letter by letter."""
    database, index = Database(settings.database), open_index(settings)
    warm()
    with database.reading() as session:
        suggest(session, index, "lamp", "en")
        sides: tuple[Side, ...] = (lambda one: suggest(session, index, one.text, one.locale),)
        cold, best = rounds(sides, letters), best_of(sides, letters)
    slowest = sorted(zip(best[0], letters, strict=True), key=lambda pair: -pair[0])[:3]
    print(f"\nsuggestions (goal: p95 of 10 ms)   first time {said(cold[0])} ms, then {said(best[0])} ms")
    print("    slowest: " + ", ".join(f"“{one.text}” {took:.1f} ms" for took, one in slowest))
    database.engine.dispose()


if __name__ == "__main__":
    main()
