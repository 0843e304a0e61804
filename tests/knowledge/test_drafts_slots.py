"""What other domains' pages show of the guidance: principles to choose, links to principles and to a story."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.core.shell import Filler
from portal.knowledge.model import Kind
from tests.counting import count_queries
from tests.factories import a_page, a_text

BAD = "<script>alert(1)</script>\"'"


@pytest.fixture
def slot(app: Flask) -> Iterator[Filler]:
    """Fills a slot within one request of somebody who reads English."""
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        yield app.jinja_env.globals["slot"]


def test_principles_are_linked_in_their_order_and_in_the_readers_language(session: Session, slot: Filler) -> None:
    second = a_page(session, Kind.PRINCIPLE, slug="b", position=2, texts={"en": a_text("Own it"), "hr": a_text("X")})
    first = a_page(session, Kind.PRINCIPLE, slug="a", position=1, texts={"hr": a_text("Slušaj")})
    story = a_page(session, Kind.STORY)
    a_page(session, Kind.PRINCIPLE, title="Not asked for")
    session.commit()
    assert str(slot("principle-links", ids=[second.id, story.id, 2**40, first.id])) == (
        '<ul class="principle-links" role="list"><li><a href="/principles/a" lang="hr">Slušaj</a></li>'
        '<li><a href="/principles/b">Own it</a></li></ul>'
    )
    assert str(slot("principle-links", ids=[])) == str(slot("principle-links", ids=[story.id])) == ""


def test_principles_are_offered_as_checkboxes_with_those_chosen_ticked(session: Session, slot: Filler) -> None:
    one, two = (a_page(session, Kind.PRINCIPLE, slug=slug, title=f"{slug} {BAD}") for slug in ("a", "b"))
    session.commit()
    html = str(slot("principle-choices", chosen=[two.id], name="lived"))
    assert html.count("<label>") == 2
    boxes = re.findall(r'<input type="checkbox" name="lived" value="(\d+)"[^>]*?( checked)?> ', html)
    assert boxes == [(str(one.id), ""), (str(two.id), " checked")]
    assert "<script>" not in html


def test_a_story_is_linked_and_nothing_else_is(session: Session, slot: Filler) -> None:
    story = a_page(session, Kind.STORY, slug="lamp", title=f"Lamp {BAD}")
    principle = a_page(session, Kind.PRINCIPLE)
    session.commit()
    link = str(slot("story-link", page_id=story.id))
    assert link.startswith('<a href="/stories/lamp">Lamp &lt;script&gt;')
    assert str(slot("story-link", page_id=principle.id)) == str(slot("story-link", page_id=2**31 - 1)) == ""


def test_a_page_full_of_slots_asks_the_database_once(session: Session, app: Flask, database: Database) -> None:
    ids = [a_page(session, Kind.PRINCIPLE).id for _ in range(3)]
    session.commit()
    slot: Filler = app.jinja_env.globals["slot"]
    with app.test_request_context("/"):
        slot("principle-links", ids=ids)
    with app.test_request_context("/"), count_queries(database.engine) as seen:
        for _ in range(5):
            slot("principle-links", ids=ids)
            slot("principle-choices", chosen=ids, name="lived")
    assert len(seen) == 1


def test_a_principle_that_was_changed_is_shown_as_it_is_now(session: Session, app: Flask) -> None:
    page = a_page(session, Kind.PRINCIPLE, title="Before")
    session.commit()
    slot: Filler = app.jinja_env.globals["slot"]
    with app.test_request_context("/"):
        assert "Before" in slot("principle-links", ids=[page.id])
    a_page(session, Kind.PRINCIPLE, title="Added")
    session.commit()
    with app.test_request_context("/"):
        assert "Added" in slot("principle-choices", chosen=[], name="lived")
