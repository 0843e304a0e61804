"""Drafts as commands: begun, saved, thrown away; addresses made from titles; nobody's words overwritten unseen."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.errors import Invalid, NotFound, Refused
from portal.core.permissions import NOBODY, SYSTEM, Role
from portal.knowledge import DraftValues, Kind, add_draft, draft_queries, drafts
from portal.knowledge.drafts import DraftConflict, discard_draft, publish_draft, save_draft
from portal.knowledge.model import SLUG, PageDraft
from portal.media import PictureGone
from portal.people import as_actor
from tests.factories import NOW, a_page, a_person
from tests.knowledge.drafting import a_draft, a_picture, an_editor, draft_values

LATER = NOW + timedelta(hours=1)


def test_a_draft_holds_what_was_written_and_says_by_whom(session: Session) -> None:
    principle = a_page(session, Kind.PRINCIPLE)
    picture = a_picture(session)
    editor = an_editor(session, name="Nino")
    values = draft_values(slug="lamp", locale="ka", principles=(principle.id,), pictures=(picture,))
    draft = add_draft(session, editor, values, NOW)
    view = draft_queries.draft(session, draft.id)
    assert view
    assert (view.values, view.version, view.editor, view.saved_at) == (values, 1, "Nino", NOW)
    assert view.address == "/stories/lamp"


def test_another_editor_saves_it_and_the_version_goes_up(session: Session) -> None:
    draft, other = a_draft(session), an_editor(session, name="Luka")
    save_draft(session, other, draft.id, draft_values(title="A lamp", slug="a-lamp"), 1, LATER)
    view = draft_queries.draft(session, draft.id)
    assert view
    assert (view.values.title, view.values.slug, view.version) == ("A lamp", "a-lamp", 2)
    assert (view.editor, view.saved_at) == ("Luka", LATER)


def test_a_draft_may_be_as_empty_as_it_begins(session: Session) -> None:
    draft = a_draft(session, title="", summary="", markdown="")
    assert (draft.title, draft.slug) == ("", "story")
    assert a_draft(session, title="", markdown="").slug == "story-2"


def test_what_is_kept_has_none_of_the_accidents_of_a_form(session: Session) -> None:
    draft = a_draft(session, title=" T ", slug=" The-Lamp ", summary="\tS", markdown="\r\nOne\r\n\x00Two  \r\n")
    assert (draft.title, draft.slug, draft.summary, draft.markdown) == ("T", "the-lamp", "S", "One\nTwo")


# Two editors at once


def test_an_older_version_is_not_saved_over_a_newer_one_and_gets_its_text(session: Session) -> None:
    draft = a_draft(session)
    theirs = draft_values(slug=draft.slug, title="Theirs", markdown="Their words.")
    save_draft(session, an_editor(session, name="Luka"), draft.id, theirs, 1, LATER)
    for version in (1, 0, 3, 10**30):
        with pytest.raises(DraftConflict) as caught:
            save_draft(session, an_editor(session), draft.id, draft_values(title="Mine"), version, LATER)
        found = caught.value.theirs
        assert (found.values, found.version, found.editor) == (theirs, 2, "Luka")
    assert draft.title == "Theirs"


def test_the_same_words_sent_twice_are_no_conflict(session: Session) -> None:
    draft, mine = a_draft(session), draft_values(title="Mine", slug="mine")
    save_draft(session, an_editor(session), draft.id, mine, 1, LATER)
    save_draft(session, an_editor(session), draft.id, mine, 1, LATER + timedelta(hours=1))
    assert (draft.version, draft.saved_at) == (2, LATER)


def test_what_changed_meanwhile_is_neither_thrown_away_nor_published(session: Session) -> None:
    draft, editor = a_draft(session), an_editor(session)
    save_draft(session, editor, draft.id, draft_values(title="Newer", slug="newer"), 1, LATER)
    with pytest.raises(DraftConflict):
        discard_draft(session, editor, draft.id, version=1)
    with pytest.raises(DraftConflict):
        publish_draft(session, editor, draft.id, LATER, version=1)
    assert session.get(PageDraft, draft.id)
    discard_draft(session, editor, draft.id, version=2)
    assert session.scalar(select(func.count()).select_from(PageDraft)) == 0


# What is refused


@pytest.mark.parametrize(
    ("over", "fields"),
    [
        ({"title": "t" * 201}, {"title"}),
        ({"title": "two\nlines"}, {"title"}),
        ({"title": "bell\x07"}, {"title"}),
        ({"title": "nul\x00"}, {"title"}),
        ({"title": "half \ud800", "slug": ""}, {"title"}),
        ({"summary": "s" * 401}, {"summary"}),
        ({"summary": "two\u2028lines"}, {"summary"}),
        ({"markdown": "x" * 200_001}, {"markdown"}),
        ({"locale": "xx"}, {"locale"}),
        ({"locale": "en\x00"}, {"locale"}),
        ({"principles": (2**31 - 1,)}, {"principles"}),
        ({"principles": (10**30,)}, {"principles"}),
        ({"principles": (-1,)}, {"principles"}),
        ({"title": "a\nb", "slug": "!", "locale": ""}, {"title", "slug", "locale"}),
    ],
)
def test_what_cannot_be_kept_is_said_of_its_field_and_nothing_changes(
    session: Session, over: dict[str, object], fields: set[str]
) -> None:
    draft = a_draft(session, slug="kept")
    for attempt in (
        lambda: save_draft(session, an_editor(session), draft.id, draft_values(**{"slug": "new", **over}), 1, LATER),
        lambda: a_draft(session, **over),
    ):
        with pytest.raises(Invalid) as caught:
            attempt()
        assert set(caught.value.fields) == fields
    assert (draft.slug, draft.version) == ("kept", 1)
    assert session.scalar(select(func.count()).select_from(PageDraft)) == 1


@pytest.mark.parametrize(
    "slug",
    ["-", "a--b", "-a", "a-", "a b", "лампа", "a/b", "../a", "a.md", "a\x00", "a\n", "a" * 81, "<b>", "%2e", "ａ"],
)
def test_an_address_that_would_be_none_is_refused(session: Session, slug: str) -> None:
    if slug.strip() != slug:
        slug = f"a{slug}b"  # Blanks around it are taken off.
    with pytest.raises(Invalid) as caught:
        a_draft(session, slug=slug)
    assert set(caught.value.fields) == {"slug"}


def test_an_address_that_another_has_is_refused_and_that_of_another_kind_is_not(session: Session) -> None:
    a_page(session, Kind.STORY, slug="page")
    a_page(session, Kind.PHRASE, slug="phrase")
    draft = a_draft(session, slug="draft")
    assert a_draft(session, slug="phrase").slug == "phrase"
    for slug in ("page", "draft"):
        with pytest.raises(Invalid) as caught:
            a_draft(session, slug=slug)
        assert set(caught.value.fields) == {"slug"}
    save_draft(session, an_editor(session), draft.id, draft_values(slug="draft", title="Its own"), 1, LATER)


def test_only_a_principle_can_be_a_principle(session: Session) -> None:
    story = a_page(session, Kind.STORY)
    with pytest.raises(Invalid) as caught:
        a_draft(session, principles=(story.id,))
    assert set(caught.value.fields) == {"principles"}


def test_saving_brings_no_picture_into_a_draft(session: Session) -> None:
    own, private = a_picture(session), a_picture(session)
    draft, editor = a_draft(session, pictures=(own,)), an_editor(session)
    values = draft_values(slug=draft.slug, title="Other")
    with pytest.raises(Invalid) as caught:
        save_draft(session, editor, draft.id, replace(values, pictures=(own, private)), 1, LATER)
    assert set(caught.value.fields) == {"pictures"}
    assert save_draft(session, editor, draft.id, values, 1, LATER).facts["pictures"] == []


def test_a_picture_that_is_gone_is_in_no_draft(session: Session) -> None:
    with pytest.raises(PictureGone):
        a_draft(session, pictures=(a_picture(session), 2**31 - 1))


def test_what_is_gone_is_not_found(session: Session) -> None:
    editor = an_editor(session)
    for attempt in (
        lambda: save_draft(session, editor, 1, draft_values(), 1, NOW),
        lambda: discard_draft(session, editor, 1),
        lambda: publish_draft(session, editor, 1, NOW),
    ):
        with pytest.raises(NotFound):
            attempt()


@pytest.mark.parametrize("roles", [(), (Role.EMPLOYEE, Role.HR, Role.ADMIN), None])
def test_nobody_but_editors_writes_drafts(session: Session, roles: tuple[Role, ...] | None) -> None:
    draft = a_draft(session)
    # The administrator at the command line signs nothing, and a draft says who wrote it.
    actor = SYSTEM if roles is None else as_actor(a_person(session, roles=roles)) if roles else NOBODY
    for attempt in (
        lambda: add_draft(session, actor, draft_values(), NOW),
        lambda: save_draft(session, actor, draft.id, draft_values(), 1, NOW),
        lambda: discard_draft(session, actor, draft.id),
        lambda: publish_draft(session, actor, draft.id, NOW),
    ):
        with pytest.raises(Refused):
            attempt()


# Addresses from titles


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("The lamp", "the-lamp"),
        ("სასტუმროს ლამპა", "sastumros-lampa"),
        ("Щётка и лампа: «вернулась»", "shchetka-i-lampa-vernulas"),
        ("Žarulja – došla je reći, đak", "zarulja-dosla-je-reci-dak"),
        ("../../etc/passwd", "etc-passwd"),
        ("<script>alert('1')</script>", "script-alert-1-script"),
        ("%00%2e?#&", "00-2e"),
        ("—!?—", "story"),
        ("\u200b\u202e", "story"),
        ("word " * 40, "-".join(["word"] * 14)),
        ("w" * 200, "w" * 72),
    ],
)
def test_an_address_is_made_from_the_title_in_plain_letters(session: Session, title: str, slug: str) -> None:
    made = a_draft(session, title=title).slug
    assert made == slug
    assert SLUG.fullmatch(made)


def test_an_address_that_is_made_is_free_among_pages_and_drafts(session: Session) -> None:
    a_page(session, Kind.STORY, slug="the-lamp")
    a_page(session, Kind.STORY, slug="the-lamp-2")
    a_page(session, Kind.PHRASE, slug="the-lamp-4")
    assert [a_draft(session).slug for _ in range(2)] == ["the-lamp-3", "the-lamp-4"]


def test_a_long_address_leaves_room_for_its_number(session: Session) -> None:
    made = [a_draft(session, title="w" * 200).slug for _ in range(3)]
    assert made == ["w" * 72, f"{'w' * 72}-2", f"{'w' * 72}-3"]


def test_an_emptied_address_is_made_anew_and_may_be_the_one_it_was(session: Session) -> None:
    draft = a_draft(session, slug="the-lamp", title="Other")
    values: DraftValues = draft_values(title="The lamp", slug="")
    assert save_draft(session, an_editor(session), draft.id, values, 1, LATER).slug == "the-lamp"


# The list


def test_the_list_has_the_draft_saved_last_first_and_stretches(session: Session) -> None:
    editor = an_editor(session, name="Nino")
    made = [a_draft(session, editor, NOW + timedelta(minutes=n)).id for n in range(draft_queries.PER_PAGE + 1)]
    first, second = (draft_queries.drafts(session, number) for number in (1, 2))
    assert [row.id for row in (*first.rows, *second.rows)] == made[::-1]
    assert (first.total, first.stretches, first.number) == (31, 2, 1)
    assert draft_queries.drafts(session, 99).number == 2
    assert draft_queries.drafts(session, -1).number == 1
    assert first.rows[0].editor == "Nino"


def test_a_text_shows_the_pictures_that_its_readers_would_be_sent(session: Session) -> None:
    text = '![a > "b" src="/pictures/9"](/pictures/1) ![](/pictures/2/small) `<img src="/pictures/3">` /pictures/4'
    tag = '<img alt=x src="/pictures/5"> ![x](/pictures/6.webp) ![x](/pictures/99999999999999999999) [x](/pictures/7)'
    assert drafts.pictures_shown(draft_values(markdown=f"{text}\n\n{tag}")) == {1, 2, 5}
