"""Drafts over HTTP: written, looked at, published and thrown away without any script, and by editors alone."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.core.permissions import Role
from portal.knowledge import Kind, draft_queries, queries
from portal.knowledge.draft_queries import DraftView
from portal.knowledge.drafts import save_draft
from tests.factories import NOW, a_page
from tests.knowledge.drafting import TYPED, a_draft, an_editor, draft_values

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def draft_id(session: Session) -> int:
    made = a_draft(session, slug="the-lamp").id
    session.commit()
    return made


def kept(database: Database, draft_id: int) -> DraftView | None:
    with database.reading() as session:
        return draft_queries.draft(session, draft_id)


def told(html: str, field: str) -> str:
    """What stands beside a field as its error."""
    block = html[html.index(f'id="{field}-error"') :]
    return block[: block.index("</div>")]


def test_the_list_leads_to_each_draft(session: Session, draft_id: int, sign_in: SignIn) -> None:
    a_draft(session, title="", slug="nameless", locale="hr")
    editor = sign_in(Role.EDITOR)
    html = editor.get("/drafts").text
    assert f'href="/drafts/{draft_id}">The lamp</a>' in html
    assert "Without a title yet" in html
    assert "/stories/nameless" in html
    assert 'href="/drafts" aria-current="page"' in html
    assert editor.get("/drafts?page=x").status_code == editor.get(f"/drafts?page={'9' * 30}").status_code == 200


def test_an_empty_list_says_how_a_draft_begins(sign_in: SignIn) -> None:
    assert "No page is being written just now." in sign_in(Role.EDITOR).get("/drafts").text


def test_what_is_typed_is_saved_and_shown_again(
    session: Session, draft_id: int, sign_in: SignIn, database: Database
) -> None:
    principle = a_page(session, Kind.PRINCIPLE, title="Own it")
    editor = sign_in(Role.EDITOR)
    answer = editor.post(f"/drafts/{draft_id}", data={**TYPED, "do": "save", "principles": [principle.id]})
    assert (answer.status_code, answer.location) == (303, f"/drafts/{draft_id}")
    html = editor.get(answer.location).text
    assert "Saved." in html
    for shown in ('value="Typed title"', 'value="Typed summary"', 'value="typed"', "## Typed", 'value="2"'):
        assert shown in html
    assert re.search(rf'value="{principle.id}"[^>]* checked>', html)
    view = kept(database, draft_id)
    assert view
    assert (view.version, view.values.principles, view.values.locale) == (2, (principle.id,), "en")
    editor.post(f"/drafts/{draft_id}", data={**TYPED, "version": "2"})
    assert kept(database, draft_id).values.principles == ()  # type: ignore[union-attr]


def test_a_preview_shows_the_page_and_saves_nothing(
    session: Session, draft_id: int, sign_in: SignIn, database: Database
) -> None:
    principle = a_page(session, Kind.PRINCIPLE, slug="own-it", title="Own it")
    before = kept(database, draft_id)
    data = {**TYPED, "do": "preview", "principles": [principle.id], "version": "7"}
    answer = sign_in(Role.EDITOR).post(f"/drafts/{draft_id}", data=data)
    assert answer.status_code == 200
    assert '<h2 id="s-typed">' in answer.text
    assert '<a href="/principles/own-it">Own it</a>' in answer.text
    assert 'value="Typed title"' in answer.text
    assert 'name="version" type="hidden" value="7"' in answer.text
    assert kept(database, draft_id) == before


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("title", "t" * 201, "At most 200 characters, please."),
        ("title", "bell\a", "A title is one line of at most 200 characters."),
        ("summary", "s" * 401, "At most 400 characters, please."),
        ("slug", "No Address!", "At most 80 letters from a to z, digits and single hyphens"),
        ("slug", "taken", "Another page or draft has this address already."),
        ("locale", "xx", "Not a valid choice"),
        ("principles", "9" * 30, "One of these isn’t a principle"),
        ("principles", "x", "Invalid choice"),
        ("markdown", "m" * 200_001, "At most 200000 characters, please."),
    ],
)
def test_a_value_that_is_refused_is_named_beside_its_field_and_all_that_was_typed_is_kept(
    session: Session, draft_id: int, sign_in: SignIn, database: Database, field: str, value: str, says: str
) -> None:
    a_page(session, Kind.STORY, slug="taken")
    before = kept(database, draft_id)
    answer = sign_in(Role.EDITOR).post(f"/drafts/{draft_id}", data={**TYPED, field: value, "do": "publish"})
    assert answer.status_code == 422
    assert says in told(answer.text, field)
    for other in {"title", "summary", "slug", "markdown"} - {field}:
        assert TYPED[other] in answer.text
    assert kept(database, draft_id) == before


# Two editors at once


def test_when_another_has_saved_both_texts_are_shown_and_saving_again_is_on_purpose(
    session: Session, draft_id: int, sign_in: SignIn, database: Database
) -> None:
    theirs = draft_values(slug="the-lamp", title="Their title", markdown="Their words.", locale="hr")
    save_draft(session, an_editor(session, name="Luka"), draft_id, theirs, 1, NOW)
    editor = sign_in(Role.EDITOR)
    answer = editor.post(f"/drafts/{draft_id}", data=TYPED)
    assert answer.status_code == 409
    assert "Luka saved this draft while you were writing" in answer.text
    for words in ("Their title", "Their words.", "Hrvatski", "Typed title", "## Typed", "Typed summary"):
        assert words in answer.text
    assert kept(database, draft_id).values == theirs  # type: ignore[union-attr]
    version = re.search(r'name="version" type="hidden" value="(\d+)"', answer.text)
    assert version
    assert editor.post(f"/drafts/{draft_id}", data={**TYPED, "version": version[1]}).status_code == 303
    assert kept(database, draft_id).values.title == "Typed title"  # type: ignore[union-attr]


def test_ones_own_other_window_is_told_from_other_people(draft_id: int, sign_in: SignIn) -> None:
    editor = sign_in(Role.EDITOR)
    editor.post(f"/drafts/{draft_id}", data={**TYPED, "title": "In the other window"})
    answer = editor.post(f"/drafts/{draft_id}", data=TYPED)
    assert answer.status_code == 409
    assert "You saved this draft in another window" in answer.text
    assert 'value="In the other window"' in answer.text


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30, "٢", "0"])
def test_a_form_without_a_sound_version_overwrites_nothing(
    draft_id: int, sign_in: SignIn, database: Database, version: str
) -> None:
    editor, before = sign_in(Role.EDITOR), kept(database, draft_id)
    for where in ("", "/publish", "/discard"):
        assert editor.post(f"/drafts/{draft_id}{where}", data={**TYPED, "version": version}).status_code == 409
    assert kept(database, draft_id) == before


def test_what_was_typed_for_a_draft_that_is_gone_is_given_back(draft_id: int, sign_in: SignIn) -> None:
    editor = sign_in(Role.EDITOR)
    assert editor.post(f"/drafts/{draft_id}/discard", data={"version": "1"}).status_code == 303
    answer = editor.post(f"/drafts/{draft_id}", data=TYPED)
    assert answer.status_code == 404
    for words in ("Typed title", "Typed summary", "## Typed"):
        assert words in answer.text
    assert editor.get(f"/drafts/{draft_id}").status_code == 404


# Publishing and throwing away


def test_publishing_asks_once_more_and_then_there_is_a_page(
    session: Session, app: Flask, draft_id: int, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[int, int]] = []

    def listen(_session: Session, draft: int, page: int, _moment: datetime) -> None:
        heard.append((draft, page))

    monkeypatch.setitem(app.extensions, "on_published", (listen,))
    editor = sign_in(Role.EDITOR)
    answer = editor.post(f"/drafts/{draft_id}", data={**TYPED, "do": "publish"})
    assert (answer.status_code, answer.location) == (303, f"/drafts/{draft_id}/publish")
    html = editor.get(answer.location).text
    assert "Publish this draft?" in html
    assert "/stories/typed" in html
    assert '<h2 id="s-typed">' in html
    assert editor.get("/stories/typed").status_code == 404
    answer = editor.post(answer.location, data={"version": "2"})
    assert (answer.status_code, answer.location) == (303, "/stories/typed")
    html = editor.get(answer.location).text
    assert "Published." in html
    assert "Typed title" in html
    assert "Typed title" in sign_in().get("/stories/typed").text
    assert editor.get(f"/drafts/{draft_id}").status_code == 404
    page = queries.page(session, Kind.STORY, "typed", ["en"])
    assert page
    assert heard == [(draft_id, page.card.page_id)]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_a_page_still_needs_is_said_beside_its_fields(
    session: Session, draft_id: int, sign_in: SignIn, method: str
) -> None:
    editor = sign_in(Role.EDITOR)
    editor.post(f"/drafts/{draft_id}", data={**TYPED, "title": "", "markdown": ""})
    a_page(session, Kind.STORY, slug="typed")
    session.commit()
    answer = editor.open(f"/drafts/{draft_id}/publish", method=method, data={"version": "2"})
    assert answer.status_code == 422
    assert "A page needs a title." in told(answer.text, "title")
    assert "A page needs some text." in told(answer.text, "markdown")
    assert "Another page or draft has this address already." in told(answer.text, "slug")
    assert "Typed summary" in answer.text


def test_what_another_changed_is_looked_at_again_before_it_is_published_or_thrown_away(
    session: Session, draft_id: int, sign_in: SignIn, database: Database
) -> None:
    editor = sign_in(Role.EDITOR)
    save_draft(session, an_editor(session, name="Luka"), draft_id, draft_values(slug="x", title="Newer"), 1, NOW)
    session.commit()
    for where in ("publish", "discard"):
        answer = editor.post(f"/drafts/{draft_id}/{where}", data={"version": "1"})
        assert answer.status_code == 409
        assert "This draft has been saved since you opened this page, by Luka." in answer.text
        assert "Newer" in answer.text
        assert 'name="version" value="2"' in answer.text
    assert kept(database, draft_id)


def test_throwing_away_asks_once_more(draft_id: int, sign_in: SignIn, database: Database) -> None:
    editor = sign_in(Role.EDITOR)
    assert "The lamp" in editor.get(f"/drafts/{draft_id}/discard").text
    assert kept(database, draft_id)
    answer = editor.post(f"/drafts/{draft_id}/discard", data={"version": "1"})
    assert (answer.status_code, answer.location) == (303, "/drafts")
    assert kept(database, draft_id) is None
