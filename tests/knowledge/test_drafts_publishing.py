"""A draft becomes a page: whole or not at all, with its links and pictures, and others hear of it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.core import outbox, versions
from portal.core.db import Database
from portal.core.errors import Invalid
from portal.core.outbox import Work
from portal.core.permissions import SYSTEM, Role
from portal.knowledge import Kind, may_see_picture, publish_draft, queries
from portal.knowledge.commands import add_page
from portal.knowledge.model import GUIDANCE, Page, PageDraft, PagePicture, Revision
from portal.people import as_actor
from tests.factories import NOW, a_page, a_person
from tests.knowledge.drafting import a_draft, a_picture, an_editor

LATER = NOW + timedelta(hours=1)


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_published_draft_is_a_page_in_its_language_and_no_draft_any_more(session: Session) -> None:
    own_it, listen = (a_page(session, Kind.PRINCIPLE, title=title) for title in ("Own it", "Listen"))
    draft = a_draft(session, locale="ka", title="ლამპა", slug="lamp", principles=(listen.id, own_it.id))
    editor = an_editor(session)
    before = versions.current(session, GUIDANCE)
    session.commit()
    page = publish_draft(session, editor, draft.id, LATER)
    assert (page.kind, page.slug, page.created_at) == (Kind.STORY, "lamp", LATER)
    view = queries.page(session, Kind.STORY, "lamp", ["en", "ka"])
    assert view
    assert (view.card.locale, view.card.title, view.card.summary) == ("ka", "ლამპა", "She came back.")
    assert "She came back to say so." in view.html
    assert [card.title for card in view.linked[Kind.PRINCIPLE]] == ["Listen", "Own it"]
    assert session.scalars(select(Revision).order_by(Revision.id.desc())).first().author_id == editor.id  # type: ignore[union-attr]
    assert count(session, PageDraft) == 0
    assert versions.current(session, GUIDANCE) > before
    assert outbox.waiting(session, Work.INDEX)


@pytest.mark.parametrize(
    ("over", "fields"),
    [
        ({"title": ""}, {"title"}),
        ({"markdown": ""}, {"markdown"}),
        ({"title": "", "markdown": ""}, {"title", "markdown"}),
    ],
)
def test_what_a_page_needs_is_asked_for_and_the_draft_stays(
    session: Session, over: dict[str, str], fields: set[str]
) -> None:
    draft = a_draft(session, slug="lamp", **over)
    with pytest.raises(Invalid) as caught:
        publish_draft(session, an_editor(session), draft.id, LATER)
    assert set(caught.value.fields) == fields
    assert (count(session, PageDraft), count(session, Page)) == (1, 0)


def test_an_address_that_a_page_took_meanwhile_is_said_of_its_field(session: Session) -> None:
    draft = a_draft(session, slug="lamp")
    add_page(session, SYSTEM, Kind.STORY, "lamp", NOW)
    with pytest.raises(Invalid) as caught:
        publish_draft(session, an_editor(session), draft.id, LATER)
    assert set(caught.value.fields) == {"slug"}


def test_a_principle_that_is_gone_is_left_out(session: Session) -> None:
    gone, there = a_page(session, Kind.PRINCIPLE), a_page(session, Kind.PRINCIPLE)
    draft = a_draft(session, slug="lamp", principles=(gone.id, there.id))
    session.execute(delete(Page).where(Page.id == gone.id))
    publish_draft(session, an_editor(session), draft.id, LATER)
    view = queries.page(session, Kind.STORY, "lamp", ["en"])
    assert view
    assert [card.page_id for card in view.linked[Kind.PRINCIPLE]] == [there.id]


def test_others_hear_of_it_while_draft_and_page_are_both_there(session: Session) -> None:
    draft_id = a_draft(session).id
    heard = []

    def listen(within: Session, draft: int, page: int, moment: datetime) -> None:
        assert within is session
        heard.append((draft, page, moment))
        assert within.scalar(select(PageDraft.id).where(PageDraft.id == draft)) == draft
        assert within.scalar(select(Page.id).where(Page.id == page)) == page

    page = publish_draft(session, an_editor(session), draft_id, LATER, on_published=[listen, listen])
    assert heard == [(draft_id, page.id, LATER)] * 2


def test_when_one_of_those_who_hear_of_it_fails_nothing_has_happened(session: Session, database: Database) -> None:
    picture = a_picture(session)
    draft = a_draft(session, slug="lamp", pictures=(picture,), markdown=f"![A lamp](/pictures/{picture})")
    editor = an_editor(session)
    session.commit()

    def fail(*_: object) -> None:
        raise RuntimeError("the power is cut")

    with pytest.raises(RuntimeError), database.transaction() as writing:
        publish_draft(writing, editor, draft.id, LATER, on_published=[fail])
    with database.reading() as reading:
        assert [count(reading, table) for table in (PageDraft, Page, Revision, PagePicture)] == [1, 0, 0, 0]
        assert outbox.waiting(reading, Work.INDEX) == []


# Pictures


@pytest.fixture
def reader(session: Session) -> Callable[[int], tuple[bool, bool]]:
    """May an employee see a picture, and may an editor?"""
    employee, editor = as_actor(a_person(session, roles=[Role.EMPLOYEE, Role.HR, Role.ADMIN])), an_editor(session)
    return lambda picture: (
        may_see_picture(session, employee, picture),
        may_see_picture(session, editor, picture),
    )


def test_pictures_of_a_draft_are_for_editors_and_those_of_a_page_for_all(
    session: Session, reader: Callable[[int], tuple[bool, bool]]
) -> None:
    shown, left_out, foreign = (a_picture(session) for _ in range(3))
    draft = a_draft(session, pictures=(shown, left_out), markdown=f"![A lamp](/pictures/{shown})")
    assert [reader(one) for one in (shown, left_out, foreign)] == [(False, True), (False, True), (False, False)]
    publish_draft(session, an_editor(session), draft.id, LATER)
    assert [reader(one) for one in (shown, left_out, foreign)] == [(True, True), (False, False), (False, False)]


def test_naming_a_picture_in_a_text_shows_it_to_nobody(
    session: Session, reader: Callable[[int], tuple[bool, bool]]
) -> None:
    private = a_picture(session)
    draft = a_draft(session, markdown=f"![Mine now](/pictures/{private})")
    assert reader(private) == (False, False)
    with pytest.raises(Invalid) as caught:
        publish_draft(session, an_editor(session), draft.id, LATER)
    assert set(caught.value.fields) == {"markdown"}
    assert f"/pictures/{private}" in str(caught.value.fields["markdown"]._kwargs)  # type: ignore[union-attr]
