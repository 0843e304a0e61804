"""Who comes near drafts, what hostile words do there, and what their pages ask of the database."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.core.permissions import Role
from portal.knowledge import Kind, draft_queries
from tests.counting import count_queries
from tests.factories import a_page
from tests.knowledge.drafting import TYPED, a_draft, a_picture, an_editor

SignIn = Callable[..., FlaskClient]
BAD = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)></textarea>"


@pytest.fixture
def draft_id(session: Session) -> int:
    made = a_draft(session, slug="the-lamp").id
    session.commit()
    return made


def kept(database: Database, draft_id: int) -> draft_queries.DraftView | None:
    with database.reading() as session:
        return draft_queries.draft(session, draft_id)


def test_pictures_stand_beside_the_text_with_their_line_to_put_into_it(session: Session, sign_in: SignIn) -> None:
    one, two = a_picture(session), a_picture(session)
    draft = a_draft(session, pictures=(one, two), markdown=f"![A lamp](/pictures/{one})")
    html = sign_in(Role.EDITOR).get(f"/drafts/{draft.id}").text
    assert f'src="/pictures/{one}/small"' in html
    assert f"![What can be seen](/pictures/{two})" in html
    assert [place > 0 for place in (html.find("In the text"), html.find("Not in the text"))] == [True, True]


@pytest.mark.parametrize("role", [None, Role.EMPLOYEE, Role.HR, Role.ADMIN])
def test_nobody_but_editors_comes_near_a_draft(
    app: Flask, draft_id: int, sign_in: SignIn, database: Database, role: Role | None
) -> None:
    client, before = sign_in(role) if role else app.test_client(), kept(database, draft_id)
    for where in ("", f"/{draft_id}", f"/{draft_id}/publish", f"/{draft_id}/discard"):
        for method in ("GET", "POST"):
            answer = client.open(f"/drafts{where}", method=method, data=TYPED)
            if role is None or (where, method) != ("", "POST"):
                assert answer.status_code in ({403} if role else {302, 303, 405}), (method, where)
            assert "The lamp" not in answer.text
    assert kept(database, draft_id) == before
    if role:
        assert "/drafts" not in client.get("/").text
        for address in ("/stories", "/search?q=lamp", "/stories/the-lamp"):
            assert "The lamp" not in client.get(address).text


@pytest.mark.parametrize("where", ["0", "2147483647", "2147483648", "9" * 30, "-1", "x", "1%00"])
def test_a_draft_that_is_not_there_is_not_found(sign_in: SignIn, where: str) -> None:
    editor = sign_in(Role.EDITOR)
    for tail in ("", "/publish", "/discard"):
        assert editor.get(f"/drafts/{where}{tail}").status_code == 404
        assert editor.post(f"/drafts/{where}{tail}").status_code == 404


def test_hostile_words_are_shown_and_never_obeyed(session: Session, sign_in: SignIn) -> None:
    bad_editor = an_editor(session, name=BAD[:120])
    a_page(session, Kind.PRINCIPLE, title=BAD)
    draft = a_draft(session, bad_editor, title=BAD, summary=BAD, markdown=f"[x](javascript:alert(1))\n\n{BAD}")
    editor = sign_in(Role.EDITOR)
    where, typed = f"/drafts/{draft.id}", {**TYPED, "title": BAD, "summary": BAD, "markdown": BAD, "slug": BAD[:80]}
    answers = [editor.get(address) for address in ("/drafts", where, f"{where}/publish", f"{where}/discard")]
    answers += [editor.post(where, data=typed | more) for more in ({"do": "preview"}, {"locale": BAD}, {})]
    answers.append(editor.post(where, data={**typed, "slug": "sound", "version": "0"}))
    answers.append(editor.post("/drafts/999999", data=typed))
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 200, 422, 422, 409, 404]
    for answer in answers:
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text
        assert "<script>alert" not in answer.text
        assert not re.search(r"<[a-z][^>]*\s(?:onerror|href=.javascript)", re.sub(r'"[^"]*"', '""', answer.text))


def test_the_number_of_queries_is_the_same_for_few_drafts_and_for_many(
    session: Session, database: Database, sign_in: SignIn
) -> None:
    editor = sign_in(Role.EDITOR)
    first = a_draft(session, pictures=(a_picture(session),), principles=(a_page(session, Kind.PRINCIPLE).id,))
    session.commit()

    def asked() -> list[int]:
        counts = []
        for address in ("/drafts", f"/drafts/{first.id}", f"/drafts/{first.id}/publish"):
            with count_queries(database.engine) as seen:
                assert editor.get(address).status_code == 200
            counts.append(len(seen))
        return counts

    few = asked()
    for number in range(12):
        principle = a_page(session, Kind.PRINCIPLE)
        a_draft(session, slug=f"draft-{number}", principles=(principle.id,), pictures=(a_picture(session),))
    session.commit()
    assert asked() == few
    assert max(few) <= 12
