"""Writing pages: revisions are appended and signed, nothing wrong gets in, and Markdown is rendered once a revision."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core import markup
from portal.core.errors import Conflict, Invalid, Refused
from portal.core.outbox import OutboxRow
from portal.core.permissions import SYSTEM, Actor, Role
from portal.knowledge import documents, queries, render_anew
from portal.knowledge.commands import add_page, set_facts, text_faults, write_revision
from portal.knowledge.model import Kind, Page, PageFacts, PageText, Revision, Source, StoredRendering, Translation
from portal.people import as_actor
from tests.factories import NOW, a_page, a_person, a_text


def an_editor(session: Session) -> Actor:
    return as_actor(a_person(session, roles=[Role.EDITOR]))


def revisions(session: Session, page: Page) -> list[Revision]:
    wanted = select(Revision).join(Translation, Translation.id == Revision.translation_id)
    return list(session.scalars(wanted.where(Translation.page_id == page.id).order_by(Revision.number)))


@pytest.fixture
def renderings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every Markdown that the renderer is really given."""
    given: list[str] = []
    real = markup.render

    def counted(markdown: str) -> markup.Rendering:
        given.append(markdown)
        return real(markdown)

    monkeypatch.setattr(markup, "render", counted)
    return given


def test_revisions_are_appended_with_number_author_time_and_note(session: Session) -> None:
    page, editor = a_page(session, title="First"), an_editor(session)
    later = NOW.replace(hour=15)
    write_revision(session, editor, page, "en", a_text(title="Second"), later, note="Clearer title")
    first, second = revisions(session, page)
    assert (first.number, first.title, first.author_id, first.created_at, first.note) == (1, "First", None, NOW, "")
    assert (second.number, second.title, second.author_id) == (2, "Second", editor.id)
    assert (second.created_at, second.note) == (later, "Clearer title")
    view = queries.page(session, Kind.STORY, page.slug, ["en"])
    assert view
    assert (view.revision, view.card.title, view.changed_at) == (2, "Second", later)


def test_each_translation_counts_its_own_revisions(session: Session) -> None:
    page = a_page(session, texts={"en": a_text(), "hr": a_text("Svjetiljka")})
    assert write_revision(session, SYSTEM, page, "hr", a_text("Lampa"), NOW).number == 2
    assert write_revision(session, SYSTEM, page, "ka", a_text("ლამპა"), NOW).number == 1


def test_whoever_saves_over_a_revision_that_they_had_not_seen_is_told(session: Session) -> None:
    page = a_page(session)
    write_revision(session, SYSTEM, page, "en", a_text("Meanwhile"), NOW, based_on=1)
    with pytest.raises(Conflict):
        write_revision(session, SYSTEM, page, "en", a_text("Late"), NOW, based_on=1)
    with pytest.raises(Conflict):
        write_revision(session, SYSTEM, page, "en", a_text("A second first one"), NOW, based_on=0)
    assert [revision.title for revision in revisions(session, page)] == ["The hotel lamp", "Meanwhile"]


def test_a_first_translation_may_be_based_on_nothing_and_on_nothing_else(session: Session) -> None:
    page = a_page(session)
    with pytest.raises(Conflict):
        write_revision(session, SYSTEM, page, "ru", a_text(), NOW, based_on=1)
    assert write_revision(session, SYSTEM, page, "ru", a_text(), NOW, based_on=0).number == 1


@pytest.mark.parametrize(
    ("over", "fields"),
    [
        ({"title": " \u00a0 "}, {"title"}),
        ({"title": "t" * 201}, {"title"}),
        ({"title": "two\nlines"}, {"title"}),
        ({"title": "two\u2028lines"}, {"title"}),
        ({"title": "bell\x07"}, {"title"}),
        ({"summary": "s" * 401}, {"summary"}),
        ({"summary": "two\nlines"}, {"summary"}),
        ({"markdown": "\n \n"}, {"markdown"}),
        ({"markdown": "x" * 200_001}, {"markdown"}),
        ({"title": "", "summary": "a\nb", "markdown": ""}, {"title", "summary", "markdown"}),
    ],
)
def test_what_is_wrong_with_a_text_is_said_of_its_field_and_nothing_is_written(
    session: Session, over: dict[str, str], fields: set[str]
) -> None:
    page = a_page(session)
    with pytest.raises(Invalid) as caught:
        write_revision(session, SYSTEM, page, "en", a_text(**over), NOW)
    assert set(caught.value.fields) == fields
    assert len(revisions(session, page)) == 1


@pytest.mark.parametrize("title", ["Клиент\u00a0– это человек", "სტუმარი", "Rad s\u00adkupcima", "👩‍💻", "t" * 200])
def test_a_title_may_have_all_that_good_typography_uses(title: str) -> None:
    assert text_faults(a_text(title)) == {}


def test_a_text_is_kept_without_the_accidents_of_the_form_it_was_typed_in(session: Session) -> None:
    page = a_page(session)
    write_revision(session, SYSTEM, page, "en", PageText(" T ", " S\t", "\r\n    code\r\n\r\nEnd\x00 \r\n\r"), NOW)
    kept = revisions(session, page)[-1]
    assert (kept.title, kept.summary, kept.markdown) == ("T", "S", "    code\n\nEnd")


def test_only_who_may_edit_writes(session: Session) -> None:
    page, reader = a_page(session), as_actor(a_person(session, roles=[Role.EMPLOYEE, Role.HR, Role.ADMIN]))
    with pytest.raises(Refused):
        add_page(session, reader, Kind.STORY, "mine", NOW)
    with pytest.raises(Refused):
        write_revision(session, reader, page, "en", a_text(), NOW)
    with pytest.raises(Refused):
        set_facts(session, reader, page, PageFacts(1), {}, NOW)


def test_every_change_asks_for_the_page_to_be_indexed(session: Session) -> None:
    page = a_page(session)

    def asked() -> int:
        session.flush()
        return session.scalar(select(func.count()).select_from(OutboxRow)) or 0

    before = asked()
    write_revision(session, SYSTEM, page, "en", a_text(), NOW)
    set_facts(session, SYSTEM, page, PageFacts(3), {}, NOW)
    assert asked() == before + 2


def test_a_link_is_seen_from_both_ends(session: Session) -> None:
    principle = a_page(session, Kind.PRINCIPLE, title="Own it")
    story = a_page(session, Kind.STORY, title="The lamp", links=[principle])
    from_story = queries.page(session, Kind.STORY, story.slug, ["en"])
    from_principle = queries.page(session, Kind.PRINCIPLE, principle.slug, ["en"])
    assert from_story
    assert from_principle
    assert {kind: [card.title for card in cards] for kind, cards in from_story.linked.items()} == {
        Kind.PRINCIPLE: ["Own it"]
    }
    assert {kind: [card.title for card in cards] for kind, cards in from_principle.linked.items()} == {
        Kind.STORY: ["The lamp"]
    }


def test_facts_replace_the_facts_before_them(session: Session) -> None:
    one, two = a_page(session, Kind.PRINCIPLE), a_page(session, Kind.PRINCIPLE)
    page = a_page(session, links=[one], sources=[Source("A book", author="N. N.")], position=4)
    key = (Kind.PRINCIPLE, two.slug)
    set_facts(session, SYSTEM, page, PageFacts(None, (key,), (Source("A letter"),)), {key: two.id}, NOW)
    session.flush()
    view = queries.page(session, Kind.STORY, page.slug, ["en"])
    assert view
    assert view.sources == (Source("A letter"),)
    assert [card.slug for card in view.linked[Kind.PRINCIPLE]] == [two.slug]


def test_markdown_is_rendered_once_a_revision_and_never_by_a_request(
    session: Session, sign_in: Callable[..., FlaskClient], renderings: list[str]
) -> None:
    page = a_page(session, markdown="## One")
    write_revision(session, SYSTEM, page, "en", a_text(markdown="## Two"), NOW)
    assert renderings == ["## One", "## Two"]
    client = sign_in()
    for _ in range(3):
        assert "s-two" in client.get(f"/stories/{page.slug}").text
    list(documents(session))
    assert renderings == ["## One", "## Two"]


def test_a_rendering_of_an_older_recipe_is_not_shown_and_is_made_anew(session: Session, renderings: list[str]) -> None:
    page = a_page(session, markdown="## Now")
    stored = session.scalars(select(StoredRendering)).one()
    stored.recipe, stored.html, stored.text = markup.RECIPE - 1, "<p>stale</p>", "stale"
    session.flush()
    del renderings[:]

    def shown() -> tuple[str, str]:
        view = queries.page(session, Kind.STORY, page.slug, ["en"])
        assert view
        return view.html, next(iter(documents(session))).text

    fresh = markup.render("## Now")
    assert shown() == (fresh.html, fresh.text)
    assert render_anew(session) == 1
    session.flush()
    del renderings[:]
    assert shown() == (fresh.html, fresh.text)
    assert render_anew(session) == 0
    assert renderings == []


def test_renderings_are_made_anew_in_bearable_portions(session: Session) -> None:
    for _ in range(5):
        a_page(session)
    for stored in session.scalars(select(StoredRendering)):
        stored.recipe = markup.RECIPE - 1
    session.flush()
    done = []
    while portion := render_anew(session, limit=2):
        session.flush()
        done.append(portion)
    assert done == [2, 2, 1]
