"""What the search fields are told while somebody is typing, and what a page gives them to work with."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.knowledge.model import Kind
from portal.search import Index, rebuild
from tests.counting import count_queries
from tests.factories import a_page, a_text

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def searchable(session: Session, database: Database, index: Index) -> None:
    lamp = {"en": a_text("The hotel lamp"), "ru": a_text("Лампа в отеле")}
    a_page(session, Kind.STORY, slug="hotel-lamp", texts=lamp)
    a_page(session, Kind.PHRASE, slug="contract", texts={"en": a_text("It was in your contract", "Let’s look at it")})
    for number in range(9):
        a_page(session, slug=f"promise-{number}", title=f"Promise {number}")
    for number in range(5):
        a_page(session, slug=f"kettle-{number}", title=f"Kettle {number}")
    session.commit()
    rebuild(database, index)


@pytest.mark.usefixtures("searchable")
def test_a_suggestion_has_these_names_and_no_others(sign_in: SignIn) -> None:
    client = sign_in(locale="en")
    answer = client.get("/search/suggestions?q=hotel+lamp&lang=ru")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.get_json() == {
        "query": "hotel lamp",
        "suggestions": [
            {"kind": "story", "title": "Лампа в отеле", "address": "/stories/hotel-lamp", "locale": "ru", "say": ""}
        ],
    }
    assert client.get("/search/suggestions?q=contract").get_json()["suggestions"] == [
        {
            "kind": "phrase",
            "title": "It was in your contract",
            "address": "/phrases/contract",
            "locale": "en",
            "say": "Let’s look at it",
        }
    ]


@pytest.mark.usefixtures("searchable")
def test_eight_are_suggested_at_most_and_the_last_word_may_be_half_typed(sign_in: SignIn) -> None:
    client = sign_in()
    asked = (client.get(f"/search/suggestions?q={query}").get_json() for query in ("prom", "prom+"))
    begun, whole = (answer["suggestions"] for answer in asked)
    assert len(begun) == 8
    assert whole != begun


@pytest.mark.usefixtures("searchable")
def test_any_arguments_are_answered(sign_in: SignIn) -> None:
    client = sign_in()
    strange = ["", "q=", "q=+", "q=%00", "q=%ff%fe", "q=a", f"q={10**30}", "q=%22%29%28%2A%7E", "q=kind%3A+lang%3A"]
    strange += [f"q={'lamp+' * 20_000}", f"q={'л' * 301}", "q=lamp&lang=%00", "q=lamp&lang=xx", "q=lamp&q=other"]
    for arguments in strange:
        answer = client.get(f"/search/suggestions?{arguments}")
        assert answer.status_code == 200, arguments[:40]
        assert len(answer.get_json()["query"]) <= 300, arguments[:40]


def test_while_there_is_no_index_the_field_is_still_answered(sign_in: SignIn) -> None:
    assert sign_in().get("/search/suggestions?q=lamp").status_code == 200


def test_a_script_that_nobody_signed_in_is_told_so(client: FlaskClient) -> None:
    answer = client.get("/search/suggestions?q=lamp", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert "error" in answer.get_json()


@pytest.mark.usefixtures("searchable")
def test_the_database_is_asked_as_often_for_five_as_for_one(database: Database, sign_in: SignIn) -> None:
    client = sign_in()
    asked = []
    for query in ("hotel+", "kettle+"):
        client.get(f"/search/suggestions?q={query}")
        with count_queries(database.engine) as queries:
            client.get(f"/search/suggestions?q={query}")
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_only_who_is_signed_in_gets_the_field_its_dialog_and_their_script(client: FlaskClient, sign_in: SignIn) -> None:
    for address in ("/", "/stories"):
        html = sign_in().get(address).text
        assert html.count('data-search="/search/suggestions"') == 2
        assert '<dialog class="anywhere"' in html
        assert "search.js" in html
    html = client.get("/sign-in").text
    assert "search.js" not in html
    assert "<dialog" not in html


def test_what_the_browser_keeps_is_forgotten_with_the_forms_to_sign_out_and_in(
    client: FlaskClient, sign_in: SignIn
) -> None:
    assert 'action="/sign-out" data-forget="lampa-searches"' in sign_in().get("/stories").text
    assert 'data-forget="lampa-searches"' in client.get("/sign-in").text
