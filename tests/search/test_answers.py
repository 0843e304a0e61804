"""What outsiders get: the results page, /search.json and `portal search`, which say the same of the same query."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.knowledge.model import Kind
from portal.search import Index, rebuild
from portal.search.web import MOST, PER_PAGE
from tests.command import Portal, run
from tests.factories import a_page, a_text

SignIn = Callable[..., FlaskClient]


def guidance(session: Session) -> None:
    """Three pages to find."""
    lamp = {"en": a_text("The hotel lamp", markdown="A bulb <b>burnt</b> out."), "ru": a_text("Лампа в отеле")}
    a_page(session, Kind.STORY, slug="hotel-lamp", texts=lamp)
    a_page(session, Kind.PRINCIPLE, slug="own-it", title="Own it", markdown="As in the story of the lamp.")
    a_page(session, Kind.PHRASE, slug="wrong-number", texts={"hr": a_text("Pogrešan broj", "Spojit ću Vas")})
    session.commit()


@pytest.fixture
def searchable(session: Session, database: Database, index: Index) -> None:
    guidance(session)
    rebuild(database, index)


@pytest.mark.usefixtures("searchable")
def test_the_json_has_these_names_and_no_others(sign_in: SignIn) -> None:
    answer = sign_in().get("/search.json?q=hotel")
    assert answer.mimetype == "application/json"
    found = answer.get_json()
    score = found["hits"][0].pop("score")
    assert isinstance(score, float)
    assert score > 0
    assert found == {
        "query": "hotel",
        "total": 1,
        "corrected": None,
        "hits": [
            {
                "kind": "story",
                "slug": "hotel-lamp",
                "locale": "en",
                "title": "The hotel lamp",
                "url": "/stories/hotel-lamp",
            }
        ],
    }


@pytest.mark.usefixtures("searchable")
def test_the_json_speaks_the_language_asked_for_or_the_readers(sign_in: SignIn) -> None:
    def title(address: str, locale: str = "en") -> str:
        hits = sign_in(locale=locale).get(address).get_json()["hits"]
        return str(hits[0]["title"])

    assert title("/search.json?q=лампа&lang=ru") == "Лампа в отеле"
    assert title("/search.json?q=лампа") == "The hotel lamp"
    assert title("/search.json?q=лампа", "ru") == "Лампа в отеле"
    assert title("/search.json?q=лампа&lang=xx", "ru") == "Лампа в отеле"


@pytest.mark.usefixtures("searchable")
@pytest.mark.parametrize(
    ("limit", "hits"),
    [("1", 1), ("0", 0), ("-5", 0), ("99999999999999999999", 2), ("x", 2), ("", 2), ("1.5", 2)],
)
def test_any_limit_is_answered(sign_in: SignIn, limit: str, hits: int) -> None:
    answer = sign_in().get(f"/search.json?q=lamp&limit={limit}")
    assert answer.status_code == 200
    assert (len(answer.get_json()["hits"]), answer.get_json()["total"]) == (hits, 2)


@pytest.mark.usefixtures("searchable")
@pytest.mark.parametrize(
    "arguments",
    ["", "q=", "q=%00", "q=%ff%fe", "q=lamp&kind=%00", "q=lamp&in=%00", "q=lamp&kind=nope", "q=lamp&lang=%00",
     "q=lamp&page=0", "q=lamp&page=-3", "q=lamp&page=99", "q=lamp&page=x", f"q=lamp&page={10**30}",
     f"q={'lamp+' * 2000}", "q=%22%29%28%2A%7E", "q=lamp&q=other"],
)  # fmt: skip
def test_any_arguments_are_answered(sign_in: SignIn, arguments: str) -> None:
    client = sign_in()
    assert client.get(f"/search?{arguments}").status_code == 200
    assert client.get(f"/search.json?{arguments}").status_code == 200


def test_programs_that_nobody_signed_in_get_no_answer(client: FlaskClient) -> None:
    answer = client.get("/search.json?q=lamp")
    assert answer.status_code == 401
    assert "error" in answer.get_json()


def test_many_results_come_in_stretches(session: Session, database: Database, index: Index, sign_in: SignIn) -> None:
    for n in range(PER_PAGE + 2):
        a_page(session, slug=f"page-{n}", title="Lamp")
    session.commit()
    rebuild(database, index)
    client = sign_in()
    pages = [client.get(f"/search?q=lamp&page={number}").text for number in (1, 2)]
    counts = [sum(f'href="/stories/page-{n}"' in html for n in range(PER_PAGE + 2)) for html in pages]
    assert counts == [PER_PAGE, 2]
    assert len(client.get(f"/search.json?q=lamp&limit={MOST}").get_json()["hits"]) == PER_PAGE + 2


# The command


@pytest.fixture
def portal(tmp_path: Path, own_database: Database, own_database_url: str) -> Portal:
    """The `portal` command on a portal with the same guidance, and its index."""
    with own_database.transaction() as session:
        guidance(session)
    portal = partial(run, {"PORTAL_DATA": str(tmp_path / "data"), "PORTAL_DATABASE_URL": own_database_url})
    assert portal("index", "rebuild").out == "4 documents\n"
    return portal


@pytest.mark.usefixtures("searchable")
def test_the_command_says_the_same_as_the_site(portal: Portal, sign_in: SignIn) -> None:
    queries = ["lamp", "лампы", "pogresnog broja", "lamp zeppelin", "zeppelin", "", "\"<>&'"]
    done = portal("search", "--json", "--locale", "ru", "--limit", "5", given="\n".join(queries).encode() + b"\r\n")
    lines = [json.loads(line) for line in done.out.splitlines()]
    client = sign_in(locale="en")
    site = [client.get("/search.json", query_string={"q": q, "lang": "ru", "limit": 5}).get_json() for q in queries]
    assert lines == site
    assert [line["query"] for line in lines] == queries
    assert (done.code, done.err) == (0, "")


def test_the_command_answers_one_query_in_words(portal: Portal) -> None:
    done = portal("search", "hotel")
    assert (done.code, done.out) == (0, "hotel: 1\n  The hotel lamp  [en]  /stories/hotel-lamp\n")
    assert portal("search", "zeppelin").out == "zeppelin: 0\n"
    assert portal("search", "--json", "--limit", "0", "lamp").out == (
        '{"query": "lamp", "total": 2, "corrected": null, "hits": []}\n'
    )


def test_the_command_answers_whatever_bytes_it_is_given(portal: Portal) -> None:
    done = portal("search", "--json", given=b"\xff\xfe lamp\n\n\x00\nhotel")
    assert done.code == 0
    assert [json.loads(line)["total"] for line in done.out.splitlines()] == [2, 0, 0, 1]
    done = portal("search", "--json", b"\xff hotel".decode("utf-8", "surrogateescape"))
    assert (done.code, json.loads(done.out)["total"]) == (0, 1)


def test_the_command_refuses_what_it_does_not_know(portal: Portal) -> None:
    done = portal("search", "--locale", "xx", "lamp")
    assert (done.code, done.out) == (2, "")
    assert "the portal speaks en, ru, hr, ka" in done.err
    assert portal("search", "--limit", "-1", "lamp").code == 2


def test_the_command_searches_titles_when_the_index_is_missing_and_says_once_how_to_mend_that(
    portal: Portal, tmp_path: Path
) -> None:
    (tmp_path / "data/index/live").unlink()
    done = portal("search", "--json", given=b"hotel\nbulb\n")
    assert [
        (json.loads(line)["total"], json.loads(line).get("incomplete", False)) for line in done.out.splitlines()
    ] == [
        (1, True),
        (0, True),
    ]
    assert (done.code, done.err) == (0, "not all pages could be searched; mend it with: portal index rebuild\n")
    done = portal("index", "check")
    assert (done.code, done.out) == (1, "missing or damaged; the worker mends it, or: portal index rebuild\n")
    portal("index", "rebuild")
    done = portal("index", "check")
    assert (done.code, done.out) == (0, "agrees with the database\n")


def test_the_check_says_how_the_index_differs(portal: Portal, own_database: Database) -> None:
    with own_database.transaction() as session:
        a_page(session)
    done = portal("index", "check")
    assert done.code == 1
    assert done.out.startswith("1 documents missing, 0 outdated, 0 gone from the database; ")
