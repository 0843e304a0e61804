"""What pages show of a discussion: forms that work without script, words for those who don't see, nothing unescaped."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, render_template_string
from sqlalchemy.orm import Session

from portal.core.permissions import Actor, Role
from portal.discussion import Cheer, Thread, cheers, delete_comment, edit_comment, react, thread
from tests.discussion.said import WIN, a_comment, an_actor
from tests.factories import NOW

Show = Callable[..., str]
ROOM = "answer_url='/wins/7/comments', edit='home.front', delete='home.manifest', report='search.results'"


@pytest.fixture
def show(app: Flask) -> Show:
    """Shows what a macro call makes of ``values``."""

    def show(call: str, **values: Any) -> str:
        with app.test_request_context("/"):
            source = "{% import 'discussion/macros.html' as talk with context %}{{ talk." + call + " }}"
            return " ".join(render_template_string(source, **values).split())

    return show


def test_reactions_are_buttons_that_say_how_many_there_are_and_which_are_ones_own(session: Session, show: Show) -> None:
    ana, ivo = an_actor(session), an_actor(session)
    react(session, ana, WIN, Cheer.BRAVO, on=True, now=NOW)
    react(session, ivo, WIN, Cheer.BRAVO, on=True, now=NOW)
    found = cheers(session, "win", [WIN.id], ana.id)[WIN.id]
    html = show("cheers(found, '/wins/7/cheers', about='<b>A lamp</b>')", found=found)
    buttons = re.findall(r'<button [^>]*name="on" value="(\w+)" formaction="([^"]+)" aria-pressed="(\w+)">', html)
    assert buttons == [
        ("no", "/wins/7/cheers/bravo", "true"),
        ("yes", "/wins/7/cheers/thanks", "false"),
        ("yes", "/wins/7/cheers/learned", "false"),
    ]
    texts = [" ".join(re.sub(r"<.*?>", " ", button).split()) for button in re.findall(r"<button.*?</button>", html)]
    assert texts == ["Bravo 2", "Thank you 0", "Learned something 0"]
    assert html.count("<svg") == html.count('aria-hidden="true"') == 3
    assert 'aria-label="Reactions to “&lt;b&gt;A lamp&lt;/b&gt;”"' in html
    assert 'name="csrf_token"' in html


def a_talk(session: Session) -> tuple[Actor, Actor]:
    """A comment with an answer, edited; and a deleted one with an answer."""
    ana, ivo = an_actor(session, name="Ana Jurić"), an_actor(session, name="Ivo")
    top = a_comment(session, ana, "<script>alert(1)</script>")
    answer = a_comment(session, ivo, "An answer", parent_id=top)
    edit_comment(session, ivo, answer, "Another answer", NOW, None)
    gone = a_comment(session, ana, "To be forgotten")
    a_comment(session, ivo, "And yet", parent_id=gone)
    delete_comment(session, ana, gone, NOW)
    return ana, ivo


def test_a_thread_shows_comments_answers_and_what_was_deleted(session: Session, show: Show) -> None:
    ana, _ = a_talk(session)
    html = show(f"thread(found, {ROOM})", found=thread(session, WIN, ana))
    assert html.count('<li class="comment" id="comment-') == 4
    assert html.count("This comment was deleted.") == 1
    assert "To be forgotten" not in html
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert html.count("edited <time") == 1
    assert html.count('name="parent"') == 1, "what was deleted has no answer form"
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:for|aria-describedby)="([^"]+)"', html)) <= set(ids)


def test_a_thread_offers_each_reader_what_they_may_do(session: Session, show: Show) -> None:
    ana, _ = a_talk(session)
    offered = {}
    for reader in (ana, an_actor(session), an_actor(session, Role.EDITOR)):
        html = show(f"thread(found, {ROOM})", found=thread(session, WIN, reader))
        offered[reader] = [html.count(f">{word}</") for word in ("Edit", "Delete", "Report", "Answer")]
    assert list(offered.values()) == [[1, 1, 2, 1], [0, 0, 3, 1], [0, 3, 3, 1]]
    plain = show("thread(found)", found=thread(session, WIN, ana))
    assert "<form" not in plain
    assert "comment-tools" not in plain


def test_a_long_thread_says_how_much_of_it_is_not_shown(show: Show) -> None:
    assert "1 earlier comment isn’t shown." in show("thread(found)", found=Thread((), 501, 1))
    assert "3 earlier comments aren’t shown." in show("thread(found)", found=Thread((), 503, 3))


def test_a_refused_form_keeps_what_was_typed_and_says_what_is_wrong(show: Show) -> None:
    html = show(
        "comment_form('/to', text='</textarea><b>', errors=['Too <long>'], hidden={'seen': '\"x'}, id='c')",
    )
    assert "&lt;/textarea&gt;&lt;b&gt;</textarea>" in html
    assert "Too &lt;long&gt;" in html
    assert '<input type="hidden" name="seen" value="&#34;x">' in html
    assert 'aria-describedby="c-hint c-error" aria-invalid="true"' in html
    assert 'name="csrf_token"' in html
    html = show("report_form('/to', reason='Rude')")
    assert 'action="/to"' in html
    assert re.search(r'<textarea [^>]*name="reason"[^>]*maxlength="500"[^>]*> ?Rude</textarea>', html)


def test_times_are_written_where_they_can_be_read_by_machines(session: Session, show: Show) -> None:
    a_comment(session, an_actor(session))
    found = re.search(r'<time datetime="([^"]+)"', show("thread(found)", found=thread(session, WIN)))
    assert found
    assert datetime.fromisoformat(found[1]) == NOW.astimezone(ZoneInfo("UTC"))
