"""How well search answers what people ask of the shipped guidance: the queries and grades of judged.yaml.

When a language does badly, the failure tells of each bad query what came and what was hoped for. The same of all
queries: ``pytest tests/search/test_judged.py --log-cli-level=INFO``.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import log2
from pathlib import Path
from statistics import fmean

import pytest
import yaml

from portal.core.db import Database
from portal.core.permissions import SYSTEM
from portal.knowledge import import_pages, read_files
from portal.search import Index, find, import_synonyms, rebuild, scan_synonyms
from portal.search.languages import LANGUAGES
from tests.factories import NOW

log = logging.getLogger(__name__)

JUDGED = yaml.safe_load(Path(__file__).with_name("judged.yaml").read_text("utf-8"))
CONTENT = Path(__file__).resolve().parents[2] / "content"
GRADES = {1, 2, 3}
GOOD = 2
"""From this grade on, a page is an answer and not only a help."""
LOOKED_AT = 5
"""So many results count for nDCG."""
SHOWN = 10
"""So many stand on the first page: an answer that comes after them has not come."""
MRR = 0.85


@dataclass(frozen=True)
class Judged:
    """A query, who asks, and the grades of the pages that answer it (by ``kind/slug``)."""

    query: str
    language: str
    locale: str
    typo: bool
    grades: dict[str, int] = field(repr=False)


@dataclass(frozen=True)
class Answer:
    """What came of a query, best first."""

    judged: Judged
    came: tuple[str, ...]

    @property
    def reciprocal_rank(self) -> float:
        """1 when the first page is an answer, 1/2 when the second one is, and so on."""
        good = (rank for rank, page in enumerate(self.came, 1) if self.judged.grades.get(page, 0) >= GOOD)
        return 1 / next(good, float("inf"))

    @property
    def ndcg(self) -> float:
        """The gain of the first results, each discounted by its rank, as a share of the most there could be.

        Järvelin & Kekäläinen, Cumulated gain-based evaluation of IR techniques, ACM TOIS 20 (2002), 422–446; the gain
        of a grade is 2^grade − 1, so that one page hoped for outweighs two very good ones.
        """
        grades = self.judged.grades
        return _gain([grades.get(page, 0) for page in self.came]) / _gain(sorted(grades.values(), reverse=True))

    def __str__(self) -> str:
        numbers = f"RR {self.reciprocal_rank:.2f}  nDCG {self.ndcg:.2f}"
        best = sorted(self.judged.grades.items(), key=lambda judged: -judged[1])[:LOOKED_AT]
        hoped = ", ".join(f"{page} {grade}" for page, grade in best)
        came = ", ".join(f"{page} {self.judged.grades.get(page, '–')}" for page in self.came[:LOOKED_AT])
        return f"{numbers}  {self.judged.query} [{self.judged.locale}]\n    came:  {came}\n    hoped: {hoped}"


def _gain(grades: Sequence[int]) -> float:
    return sum((2.0**grade - 1) / log2(rank + 1) for rank, grade in enumerate(grades[:LOOKED_AT], 1))


def judged(language: str) -> list[Judged]:
    """The queries written in ``language``."""
    return [
        Judged(
            one["query"], language, one.get("locale", language), one.get("typo", False), JUDGED["needs"][one["need"]]
        )
        for one in JUDGED["queries"][language]
    ]


Ask = Callable[[str], list[Answer]]
languages = pytest.mark.parametrize("language", JUDGED["queries"])


def test_every_language_is_judged_with_what_was_named_when_search_was_made() -> None:
    assert JUDGED["queries"].keys() == LANGUAGES.keys()
    asked = {one["query"] for queries in JUDGED["queries"].values() for one in queries}
    assert asked >= {
        *("customer shouts at me", "клиент не прав", "kupac prijeti ugovorom", "ბოდიშის მოხდა"),
        *("it's in the contract", "это решение руководства"),
    }


@pytest.fixture(scope="module")
def ask(migrated_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Asks all queries of a language, once, of the shipped guidance."""
    database = Database(migrated_database("judged"))
    with database.transaction() as session:
        import_pages(session, SYSTEM, read_files(CONTENT), NOW)
        import_synonyms(session, SYSTEM, scan_synonyms(CONTENT)[0], NOW)
    index = Index(tmp_path_factory.mktemp("judged") / "index")
    rebuild(database, index)
    answers: dict[str, list[Answer]] = {}

    def pages(one: Judged) -> tuple[str, ...]:
        with database.reading() as session:
            found = find(session, index, one.query, one.locale, limit=SHOWN, snippets=False)
        return tuple(f"{hit.card.kind}/{hit.card.slug}" for hit in found.hits)

    def asked(language: str) -> list[Answer]:
        if language not in answers:
            answers[language] = [Answer(one, pages(one)) for one in judged(language)]
        return answers[language]

    yield asked
    index.close()
    database.engine.dispose()


def report(language: str, answers: Sequence[Answer], *, whole: bool = True) -> str:
    """What came of ``answers``, worst first, below what they come to; or only of those that fell short."""
    mean = ndcg(answers)
    told = [one for one in answers if whole or one.reciprocal_rank < 1 or one.ndcg < mean]
    told.sort(key=lambda one: (one.reciprocal_rank, one.ndcg))
    head = f"{language}: MRR {mrr(answers):.3f}, nDCG@{LOOKED_AT} {mean:.3f} of {len(answers)} queries"
    return "\n".join([head, *map(str, told)])


def mrr(answers: Sequence[Answer]) -> float:
    """The mean of the reciprocal ranks."""
    return fmean(answer.reciprocal_rank for answer in answers)


def ndcg(answers: Sequence[Answer]) -> float:
    """The mean nDCG."""
    return fmean(answer.ndcg for answer in answers)


def spelt(answers: Sequence[Answer], *, typo: bool) -> list[Answer]:
    """Those to queries with a typo, or without."""
    return [answer for answer in answers if answer.judged.typo == typo]


@languages
def test_what_people_look_for_comes_first(ask: Ask, language: str) -> None:
    answers = spelt(ask(language), typo=False)
    log.info("%s", report(language, answers))
    reached = mrr(answers), ndcg(answers)
    assert reached[0] >= MRR, report(language, answers, whole=False)
    assert reached[1] >= JUDGED["ndcg"][language], report(language, answers, whole=False)


@languages
def test_it_comes_although_a_word_is_mistyped(ask: Ask, language: str) -> None:
    answers = spelt(ask(language), typo=True)
    log.info("%s", report(f"{language} mistyped", answers))
    reached = mrr(answers)
    assert reached >= JUDGED["typos"][language], report(language, answers, whole=False)


@languages
def test_every_language_is_asked_enough_and_nothing_twice(language: str) -> None:
    queries = judged(language)
    assert sum(not one.typo for one in queries) >= 25
    assert len(queries) <= 32
    assert any(one.typo for one in queries)
    assert len({one.query.casefold() for one in queries}) == len(queries)


def test_the_judgements_are_of_pages_that_are_there_and_every_need_is_asked_for() -> None:
    shipped = {f"{page.kind}/{page.slug}" for page in read_files(CONTENT)}
    for need, grades in JUDGED["needs"].items():
        assert grades.keys() <= shipped, need
        assert set(grades.values()) <= GRADES, need
        assert max(grades.values()) == max(GRADES), need
        assert len(grades) <= 6, need
    assert {one["need"] for queries in JUDGED["queries"].values() for one in queries} == JUDGED["needs"].keys()


@pytest.mark.parametrize(
    ("came", "reciprocal_rank", "ndcg"),
    [
        ("a b", 1, 1),
        ("b a", 1, (3 + 7 / log2(3)) / (7 + 3 / log2(3))),
        ("x a", 1 / 2, 7 / log2(3) / (7 + 3 / log2(3))),
        ("c", 0, 1 / (7 + 3 / log2(3) + 1 / 2)),
        ("v w x y z a", 1 / 6, 0),
        ("", 0, 0),
    ],
)
def test_the_measure_is_the_one_that_it_says(came: str, reciprocal_rank: float, ndcg: float) -> None:
    grades = {"a": 3, "b": 2} | ({"c": 1} if "c" in came else {})
    answer = Answer(Judged("?", "en", "en", typo=False, grades=grades), tuple(came.split()))
    assert answer.reciprocal_rank == pytest.approx(reciprocal_rank)
    assert answer.ndcg == pytest.approx(ndcg)
