"""The pages: searches and what they lead to are counted, and editors, and they alone, see what was in vain."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.core.permissions import Role
from portal.knowledge.model import PageDraft
from portal.search import Index, rebuild
from portal.search.counting import Counts
from portal.search.model import SearchTally, Synonym, Term
from tests.factories import a_page, a_text
from tests.search.searching import a_term, rows

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def editor(sign_in: SignIn) -> FlaskClient:
    return sign_in(Role.EDITOR)


@pytest.fixture
def counted(app: Flask, database: Database) -> Callable[[], list[tuple[int, int, int]]]:
    """What was counted until now: searches, how many in vain, how often something was opened."""

    def count() -> list[tuple[int, int, int]]:
        counts: Counts = app.extensions["search-counts"]
        counts.flush()
        tallies, terms = rows(database)
        return [(one.searches, one.in_vain, one.opened) for one in (*tallies, *terms)]

    return count


Counted = Callable[[], list[tuple[int, int, int]]]


@pytest.fixture
def searchable(session: Session, database: Database, index: Index) -> None:
    a_page(session, slug="hotel-lamp", texts={"en": a_text("The hotel lamp"), "ru": a_text("Лампа в отеле")})
    session.commit()
    rebuild(database, index)


# Counting


@pytest.mark.usefixtures("searchable")
def test_what_three_people_search_in_vain_is_shown_to_editors(
    sign_in: SignIn, editor: FlaskClient, counted: Counted, session: Session
) -> None:
    before = 0
    while not session.scalar(select(Term.id)):  # Until three of them don't share a slot.
        sign_in().get("/search?q=zeppelin")
        counted()
        before += 1
        assert before < 40
        session.expire_all()
        if before < 3:
            assert "zeppelin" not in editor.get("/search/gaps").text
    assert before >= 3
    html = editor.get("/search/gaps").text
    assert "zeppelin" in html
    assert f"<dt>In vain</dt><dd>{before}</dd>" in html


@pytest.mark.usefixtures("searchable")
def test_a_search_that_finds_something_is_not_in_vain(sign_in: SignIn, counted: Counted) -> None:
    sign_in().get("/search?q=lamps")
    assert counted() == [(1, 0, 0)]


@pytest.mark.usefixtures("searchable")
def test_only_a_search_of_its_own_counts(sign_in: SignIn, counted: Counted) -> None:
    client = sign_in()
    for address in (
        "/search", "/search?q=", "/search?q=!!", "/search.json?q=zeppelin", "/search?q=zeppelin&page=2",
        "/search?q=zeppelin&kind=story", "/search?q=zeppelin&in=hr", "/search?q=zeppelin&principle=own-it",
        "/search?q=zeppelin&exact=1", "/search?q=zeppelin+kind:story", "/search?q=-zeppelin",
        "/search?q=ana@example.com", "/search/suggestions?q=zeppelin",
    ):  # fmt: skip
        assert client.get(address).status_code == 200
        assert counted() == [], address


@pytest.mark.usefixtures("searchable")
def test_an_editor_who_looks_what_is_found_now_does_not_search(editor: FlaskClient, counted: Counted) -> None:
    editor.get("/search?q=zeppelin&look=1")
    assert counted() == []


REFERERS = {
    "http://localhost/search?q=lamp&look=1": 0,
    "http://localhost/search?q=the+lamp": 1,
    "http://127.0.0.1:8000/search?lang=ru&q=lamps&page=2": 1,
    "http://localhost/search?q=other": 0,
    "http://elsewhere.example/search?q=lamp": 0,
    "http://localhost/stories?q=lamp": 0,
    "http://localhost/search": 0,
    "http://[/search?q=lamp": 0,
    "http://localhost/search?" + "a=1&" * 50 + "q=lamp": 0,
    "": 0,
}


@pytest.mark.usefixtures("searchable")
def test_what_is_opened_from_the_results_counts(sign_in: SignIn, counted: Counted) -> None:
    before = 0
    for referer, opened in REFERERS.items():
        client = sign_in()
        client.get("/search?q=lamp")
        assert client.get("/stories/hotel-lamp", headers={"Referer": referer}).status_code == 200
        client.get("/stories/nothing-here", headers={"Referer": "http://localhost/search?q=lamp"})
        client.get("/stories", headers={"Referer": "http://localhost/search?q=lamp"})
        ((_, _, now),) = counted()
        assert now - before == opened, referer
        before = now


@pytest.mark.usefixtures("searchable")
def test_searching_goes_on_while_counting_can_not(app: Flask, sign_in: SignIn, session: Session) -> None:
    def gone() -> Database:
        raise OSError("no space left on the device")

    app.extensions["search-counts"] = Counts(gone, "secret", by_itself=False)
    assert sign_in().get("/search?q=lamp").status_code == 200
    assert session.scalars(select(SearchTally)).all() == []


@pytest.mark.usefixtures("searchable")
def test_a_search_counts_wherever_somebody_says_to_come_from(sign_in: SignIn, counted: Counted) -> None:
    assert sign_in().get("/search?q=zeppelin", headers={"Referer": "http://["}).status_code == 200
    assert counted() == [(1, 1, 0)]


@pytest.mark.parametrize("role", [Role.EMPLOYEE, Role.HR, Role.ADMIN])
def test_nobody_but_editors_sees_them(session: Session, sign_in: SignIn, role: Role) -> None:
    term = a_term(session, "zeppelin")
    session.commit()
    client = sign_in(role)
    for address in ("/search/gaps", f"/search/gaps/{term.id}", "/search/synonyms"):
        assert client.get(address).status_code == 403, address


# What editors do


def token(html: str, action: str) -> str:
    """The version in the form that goes to ``action``."""
    found = re.search(rf'action="{action}".*?name="version" value="(\d+)"', html, re.DOTALL)
    assert found
    return found[1]


def posted(client: FlaskClient, term: int, what: str, **values: str) -> tuple[int, str]:
    """Sends one of the forms on a term's page, as the page has it; the status and the page that one ends on."""
    address = f"/search/gaps/{term}/{what}"
    version = token(client.get(f"/search/gaps/{term}").text, address)
    answer = client.post(address, data={"version": version, **values}, follow_redirects=True)
    return answer.status_code, answer.text


@pytest.mark.usefixtures("searchable")
def test_a_synonym_counts_at_the_next_search(session: Session, editor: FlaskClient, sign_in: SignIn) -> None:
    term = a_term(session, "zeppelin")
    session.commit()
    reader = sign_in()
    assert "/stories/hotel-lamp" not in reader.get("/search.json?q=zeppelin").text
    status, html = posted(editor, term.id, "synonym", said="zeppelin", means="лампа")
    assert status == 200
    assert "It counts from now on" in html
    assert 'Also searched: <q class="gap-term" lang="ru">лампа</q>' in html
    assert "/stories/hotel-lamp" in reader.get("/search.json?q=zeppelins").text


def test_a_page_begins_as_a_draft(session: Session, editor: FlaskClient) -> None:
    term = a_term(session, "возврат денег", locale="ru")
    session.commit()
    status, html = posted(editor, term.id, "page", kind="phrase")
    assert status == 200
    assert 'value="возврат денег"' in html
    draft = session.scalars(select(PageDraft)).one()
    assert (draft.kind, draft.locale, draft.title) == ("phrase", "ru", "возврат денег")
    assert f"/drafts/{draft.id}" in editor.get("/search/gaps?show=settled").text


def test_what_is_set_aside_is_taken_up_again(session: Session, editor: FlaskClient) -> None:
    term = a_term(session, "horoscope")
    session.commit()
    assert "horoscope" not in posted(editor, term.id, "set-aside")[1]
    assert "horoscope" in editor.get("/search/gaps?show=set-aside").text
    posted(editor, term.id, "reopen")
    assert "horoscope" in editor.get("/search/gaps").text


def test_what_is_refused_stands_beside_its_field_and_what_was_typed_is_kept(
    session: Session, editor: FlaskClient
) -> None:
    term = a_term(session, "refund")
    session.commit()
    status, html = posted(editor, term.id, "synonym", said="refund me", means="a b c d e f g", both_ways="y")
    assert status == 422
    assert 'value="refund me"' in html
    assert 'value="a b c d e f g"' in html
    assert "At most 6 words, please." in html.partition('id="means-error"')[2]
    assert posted(editor, term.id, "page", kind="win")[0] == 422
    answer = editor.post("/search/synonyms", data={"said": "", "means": "<b>x</b>"})
    assert answer.status_code == 422
    assert 'value="&lt;b&gt;x&lt;/b&gt;"' in answer.text
    assert session.scalars(select(Synonym)).all() == []


def test_who_comes_second_is_told_and_may_add_to_it(session: Session, editor: FlaskClient, sign_in: SignIn) -> None:
    term = a_term(session, "refund")
    session.commit()
    other = sign_in(Role.EDITOR)
    other.post(f"/search/gaps/{term.id}/synonym", data={"version": "1", "said": "refund", "means": "return"})
    answer = editor.post(
        f"/search/gaps/{term.id}/synonym", data={"version": "1", "said": "refund", "means": "money back"}
    )
    assert answer.status_code == 409
    assert "Somebody else has dealt with this" in answer.text
    assert "return" in answer.text
    assert 'value="money back"' in answer.text
    again = {"version": token(answer.text, f"/search/gaps/{term.id}/synonym"), "said": "refund", "means": "money back"}
    assert editor.post(f"/search/gaps/{term.id}/synonym", data=again).status_code == 303
    for what in ("page", "set-aside"):
        answer = editor.post(f"/search/gaps/{term.id}/{what}", data={"version": "1", "kind": "story"})
        assert answer.status_code == 409


def test_synonyms_are_added_and_deleted(session: Session, editor: FlaskClient) -> None:
    answer = editor.post(
        "/search/synonyms", data={"said": "raskid", "means": "otkaz", "both_ways": "y"}, follow_redirects=True
    )
    assert "2 synonyms" in answer.text
    first = session.scalars(select(Synonym.id).order_by(Synonym.id)).first()
    answer = editor.post(f"/search/synonyms/{first}/delete", follow_redirects=True)
    assert "1 synonym" in answer.text
    assert editor.post(f"/search/synonyms/{first}/delete").status_code == 404


@pytest.mark.parametrize(
    "address", ["/search/gaps?show=nope&page=x", "/search/gaps?page=-1", f"/search/gaps?page={10**30}",
                f"/search/synonyms?page={10**30}", "/search/gaps?show=%00"],
)  # fmt: skip
def test_any_address_is_answered(editor: FlaskClient, address: str) -> None:
    assert editor.get(address).status_code == 200


def test_what_is_not_there_is_not_found(editor: FlaskClient) -> None:
    for what in ("", "/synonym", "/page", "/set-aside", "/reopen"):
        for number in ("99", str(2**31 - 1), str(10**30)):
            address = f"/search/gaps/{number}{what}"
            data = {"version": "9" * 30, "said": "a", "means": "b", "kind": "story"}
            answer = editor.post(address, data=data) if what else editor.get(address)
            assert answer.status_code == 404, address


def test_the_way_there_is_beside_the_drafts(editor: FlaskClient) -> None:
    assert 'href="/search/gaps"' in editor.get("/drafts").text


@pytest.mark.parametrize(
    ("since", "said"),
    [
        ((0, 0, 0), "Nobody has searched for it since."),
        ((12, 1, 9), "It helps."),
        ((4, 4, 0), "Still searched in vain."),
        ((4, 1, 1), "Something is found now, but seldom opened."),
    ],
)
def test_the_list_says_whether_it_helped(
    session: Session, editor: FlaskClient, since: tuple[int, int, int], said: str
) -> None:
    term = a_term(session, "refund")
    session.commit()
    posted(editor, term.id, "synonym", said="refund", means="money back")
    session.refresh(term)
    term.searches, term.in_vain, term.opened = (
        now + more for now, more in zip((term.searches, term.in_vain, term.opened), since, strict=True)
    )
    session.commit()
    assert said in editor.get("/search/gaps?show=settled").text
