"""Writing a win on the site, with nothing but a browser: no press of a button loses what was typed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.permissions import Actor
from portal.wins import drafts
from portal.wins.drafts import BEGUN_AN_HOUR
from portal.wins.model import State, Win, WinDraft, WinRevision
from tests.wins.scenes import (
    a_draft,
    a_principle,
    a_win,
    an_actor,
    draft_of,
    filled,
    sent,
    the_win,
    version_in,
)

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def author(session: Session) -> Actor:
    return an_actor(session, name="Ana Jurić")


@pytest.fixture
def client(sign_in: SignIn, author: Actor) -> FlaskClient:
    """The author's browser."""
    return sign_in(person=author)


@pytest.fixture
def principle(session: Session) -> int:
    return a_principle(session)


@pytest.fixture
def before(app: Flask) -> Iterator[None]:
    """Editors look at what is posted before others see it."""
    settings = app.extensions["settings"]
    app.extensions["settings"] = replace(settings, moderation="before")
    yield
    app.extensions["settings"] = settings


# From the first word to the post


def test_a_win_is_told_on_one_page_and_read_by_all(
    session: Session, client: FlaskClient, sign_in: SignIn, principle: int
) -> None:
    assert client.get(f"/wins/new?principle={principle}").status_code == 200
    where = sent(client, "/wins/new", **filled([principle]))
    win = the_win(session)
    assert (where, win.state, win.locale) == (f"/wins/{win.id}", State.PUBLISHED, "en")
    page = sign_in().get(where).get_data(as_text=True)
    assert "The hotel lamp" in page
    assert "I brought one." in page
    assert "Ana Jurić" in page


def test_what_waits_for_an_editor_is_seen_by_its_author_alone(
    session: Session, client: FlaskClient, sign_in: SignIn, principle: int, before: None
) -> None:
    where = sent(client, "/wins/new", **filled([principle]))
    assert the_win(session).state == State.WAITING
    assert client.get(where).status_code == 200
    assert sign_in().get(where).status_code == 404


def test_a_draft_is_previewed_saved_and_found_again(session: Session, client: FlaskClient, principle: int) -> None:
    page = sent(client, "/wins/new", 200, **filled([principle], action="preview", markdown="It was **dark**."))
    assert "<strong>dark</strong>" in page
    win = the_win(session)
    assert win.state == State.DRAFT
    address = f"/wins/{win.id}/edit"
    assert address in page
    form = filled([principle], action="save", markdown="It was *bright*.", version=version_in(page))
    assert sent(client, address, **form) == address
    assert draft_of(session, win.id).markdown == "It was *bright*."
    found = client.get(address).get_data(as_text=True)
    assert "It was *bright*." in found
    assert "The hotel lamp" in client.get("/wins/new").get_data(as_text=True)
    assert "The hotel lamp" in client.get("/wins/mine").get_data(as_text=True)


def test_guided_answers_become_the_story(session: Session, client: FlaskClient, principle: int) -> None:
    form = filled([principle], guided="yes", markdown="", need="A lamp.", did="I brought it.", outcome="She smiled.")
    sent(client, "/wins/new", **form)
    revision = session.get_one(WinRevision, (the_win(session).id, 1))
    assert revision.markdown.startswith("## What did the customer need?\n\nA lamp.")
    assert revision.text.splitlines()[-1] == "She smiled."


def test_the_edit_of_a_posted_win_begins_a_draft_that_nobody_else_sees(
    session: Session, client: FlaskClient, sign_in: SignIn, author: Actor
) -> None:
    win = a_win(session, author=author)
    session.commit()
    page = client.get(f"/wins/{win.id}/edit").get_data(as_text=True)
    principles = draft_of(session, win.id).principles
    form = filled(principles, title="With more light", version=version_in(page))
    sent(client, f"/wins/{win.id}/edit", **{**form, "action": "save"})
    assert "With more light" not in sign_in().get(f"/wins/{win.id}").get_data(as_text=True)
    sent(client, f"/wins/{win.id}/edit", **{**form, "version": "2"})
    assert "With more light" in sign_in().get(f"/wins/{win.id}").get_data(as_text=True)


def test_a_draft_is_thrown_away(session: Session, client: FlaskClient, author: Actor) -> None:
    win_id = a_draft(session, author)
    posted = a_win(session, author=author)
    drafts.open_again(session, author, posted.id, posted.created_at)
    session.commit()
    assert sent(client, f"/wins/{win_id}/discard") == "/wins/mine"
    assert sent(client, f"/wins/{posted.id}/discard") == f"/wins/{posted.id}"
    session.expire_all()
    assert (session.get(Win, win_id), session.get(WinDraft, posted.id)) == (None, None)


# Nothing is lost


def test_two_windows_see_both_texts_and_one_of_them_decides(
    session: Session, client: FlaskClient, author: Actor, principle: int
) -> None:
    win_id = a_draft(session, author, principles=(principle,))
    session.commit()
    mine, theirs = (
        filled([principle], version="1", title=title, action="save") for title in ("Mine here", "Theirs there")
    )
    sent(client, f"/wins/{win_id}/edit", **theirs)
    page = sent(client, f"/wins/{win_id}/edit", 409, **mine)
    assert "Mine here" in page
    assert "Theirs there" in page
    assert draft_of(session, win_id).title == "Theirs there"
    sent(client, f"/wins/{win_id}/edit", **{**mine, "version": version_in(page)})
    assert draft_of(session, win_id).title == "Mine here"


def test_a_second_click_on_post_leads_to_the_win_and_other_words_are_not_lost(
    session: Session, client: FlaskClient, author: Actor, principle: int
) -> None:
    win_id = a_draft(session, author, principles=(principle,))
    session.commit()
    form = filled([principle], version="1")
    sent(client, f"/wins/{win_id}/edit", **form)
    assert sent(client, f"/wins/{win_id}/edit", **form) == f"/wins/{win_id}"
    assert session.get(WinDraft, win_id) is None
    page = sent(client, f"/wins/{win_id}/edit", 409, **{**form, "title": "Typed in another window"})
    assert "Typed in another window" in page
    assert "The hotel lamp" in page
    sent(client, f"/wins/{win_id}/edit", **{**form, "title": "Typed in another window", "version": version_in(page)})
    assert session.get_one(WinRevision, (win_id, 2)).title == "Typed in another window"


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"title": "x" * 161},
        {"markdown": "x" * 20_001},
        {"markdown": ""},
        {"locale": "xx"},
        {"guided": "yes", "did": ""},
        {"principles": []},
        {"principles": list(range(1, 10))},
        {"thanked": list(range(1, 22))},
        {"thanked": [2**31 - 1]},
        {"picture": [2**31 - 1]},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
@pytest.mark.parametrize("draft", [False, True])
def test_whatever_is_refused_the_form_comes_back_with_all_that_was_typed(
    session: Session, client: FlaskClient, author: Actor, principle: int, wrong: dict[str, Any], draft: bool
) -> None:
    address = "/wins/new"
    if draft:
        address = f"/wins/{a_draft(session, author, principles=(principle,))}/edit"
        session.commit()
    form = filled([principle], title="A title to be kept", markdown="Words to be kept", need="Need", version="1")
    page = sent(client, address, 422, **{**form, **wrong})
    kept = {"title": "A title to be kept", "markdown": "Words to be kept", "need": "Need"}
    assert all(words in page for name, words in kept.items() if name not in wrong)
    session.expire_all()
    assert not session.scalar(select(Win).where(Win.state == State.PUBLISHED))


def test_too_many_drafts_are_refused_with_the_words_kept(
    session: Session, client: FlaskClient, author: Actor, principle: int
) -> None:
    for _ in range(BEGUN_AN_HOUR):
        sent(client, "/wins/drafts", 201, locale="en")
    page = sent(client, "/wins/new", 429, **filled([principle], markdown="Words to be kept"))
    assert "Words to be kept" in page
    assert client.post("/wins/drafts", data={"locale": "en"}).status_code == 429
