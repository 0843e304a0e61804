"""Drafts: begun, saved as one types, found again, never overwritten unseen, never another's."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.errors import Invalid, NotFound, Refused, TooMany
from portal.core.permissions import NOBODY, SYSTEM
from portal.wins import posting
from portal.wins.drafts import (
    ALT_LENGTH,
    BEGUN_AN_HOUR,
    DraftConflict,
    DraftValues,
    begin_draft,
    discard,
    open_again,
    save,
    values_of,
)
from portal.wins.model import (
    ANSWER_LENGTH,
    MOST_PICTURES,
    MOST_PRINCIPLES,
    MOST_THANKED,
    STORY_LENGTH,
    TITLE_LENGTH,
    State,
    Win,
    WinDraft,
)
from tests.factories import NOW
from tests.wins.scenes import BEFORE, LATER, a_draft, a_win, an_actor, an_editor, changed

FULL = DraftValues(
    locale="ka",
    title="შუქი 💡",
    guided=True,
    markdown="# Žarulja\n\n\\ \" ' \u2028 лампа",
    answers=("A bulb.", "Brought one.\r\n\r\n- twice", ""),
    thanked=(7, 3),
    principles=(5, 2),
    pictures=((9, "A “lamp”"), (4, "")),
)


def values(**over: Any) -> DraftValues:
    return replace(FULL, **over)


def test_a_draft_is_found_again_as_it_was_saved(session: Session) -> None:
    author = an_actor(session)
    win_id = begin_draft(session, author, DraftValues("en"), NOW).win_id
    assert save(session, author, win_id, FULL, 1, LATER) == 2
    session.expire_all()
    draft = open_again(session, author, win_id, LATER)
    assert (values_of(draft), draft.version, draft.saved_at) == (FULL, 2, LATER)
    assert session.get_one(Win, win_id).state == State.DRAFT


def test_saving_the_same_again_changes_nothing_whatever_version_it_names(session: Session) -> None:
    author = an_actor(session)
    win_id = begin_draft(session, author, FULL, NOW).win_id
    assert [save(session, author, win_id, FULL, version, LATER) for version in (1, 0, 99)] == [1, 1, 1]
    assert session.get_one(WinDraft, win_id).saved_at == NOW


def test_of_two_windows_the_slower_one_is_shown_both_texts_and_loses_nothing(session: Session) -> None:
    author = an_actor(session)
    win_id = begin_draft(session, author, FULL, NOW).win_id
    mine, theirs = values(title="Mine"), values(title="Theirs", markdown="Other words")
    save(session, author, win_id, theirs, 1, NOW)
    with pytest.raises(DraftConflict) as conflict:
        save(session, author, win_id, mine, 1, LATER)
    assert (conflict.value.theirs, conflict.value.version, conflict.value.status) == (theirs, 2, 409)
    assert values_of(session.get_one(WinDraft, win_id)) == theirs
    assert save(session, author, win_id, mine, 2, LATER) == 3


@pytest.mark.parametrize(
    "act", [open_again, lambda s, a, w, n: save(s, a, w, FULL, 1, n), lambda s, a, w, _: discard(s, a, w)]
)
def test_anothers_draft_is_not_there_not_even_for_editors(session: Session, act: Callable[..., object]) -> None:
    win_id = a_draft(session, an_actor(session))
    for intruder in (an_actor(session), an_editor(session), NOBODY, SYSTEM):
        with pytest.raises(NotFound):
            act(session, intruder, win_id, LATER)
    with pytest.raises(NotFound):
        act(session, an_actor(session), win_id + 1, LATER)


def test_only_somebody_who_may_share_begins_a_draft(session: Session) -> None:
    for actor in (NOBODY, SYSTEM):
        with pytest.raises(Refused):
            begin_draft(session, actor, FULL, NOW)


@pytest.mark.parametrize(
    ("field", "over", "last"),
    [
        ("title", {"title": "x" * (TITLE_LENGTH + 1)}, {"title": "x" * TITLE_LENGTH}),
        ("title", {"title": "two\nlines"}, {"title": "family 👨‍👩‍👧 \u200d"}),
        ("markdown", {"markdown": "x" * (STORY_LENGTH + 1)}, {"markdown": "x" * STORY_LENGTH}),
        ("outcome", {"answers": ("", "", "x" * (ANSWER_LENGTH + 1))}, {"answers": ("", "", "x" * ANSWER_LENGTH)}),
        ("locale", {"locale": "../../etc"}, {"locale": "hr"}),
        ("thanked", {"thanked": tuple(range(MOST_THANKED + 1))}, {"thanked": tuple(range(MOST_THANKED))}),
        (
            "principles",
            {"principles": tuple(range(MOST_PRINCIPLES + 1))},
            {"principles": tuple(range(MOST_PRINCIPLES))},
        ),
        (
            "pictures",
            {"pictures": tuple((n, "") for n in range(MOST_PICTURES + 1))},
            {"pictures": tuple((n, "") for n in range(MOST_PICTURES))},
        ),
        ("pictures", {"pictures": ((1, "x" * (ALT_LENGTH + 1)),)}, {"pictures": ((1, "x" * ALT_LENGTH),)}),
    ],
)
def test_a_draft_holds_no_more_than_a_win_can(
    session: Session, field: str, over: dict[str, Any], last: dict[str, Any]
) -> None:
    author = an_actor(session)
    with pytest.raises(Invalid) as refused:
        begin_draft(session, author, values(**over), NOW)
    assert list(refused.value.fields) == [field]
    win_id = begin_draft(session, author, values(**last), NOW).win_id
    with pytest.raises(Invalid):
        save(session, author, win_id, values(**over), 1, NOW)
    assert values_of(session.get_one(WinDraft, win_id)) == values(**last)


def test_what_nobody_types_is_left_out_and_what_looks_odd_is_kept(session: Session) -> None:
    author = an_actor(session)
    dirty = "a\x00b\x1b\ud800c\u202ed\u2066\x85"
    draft = begin_draft(
        session, author, values(title=dirty, markdown=dirty, answers=(dirty, "", ""), pictures=((1, dirty),)), NOW
    )
    win_id = draft.win_id
    session.expire_all()
    kept = values_of(session.get_one(WinDraft, win_id))
    assert (kept.title, kept.markdown, kept.answers[0], kept.pictures) == ("abcd", "abcd", "abcd", ((1, "abcd"),))
    odd = "<script>alert(1)</script> '; DROP TABLE win; -- %s {{ 7*7 }} שלום \u200f"
    save(session, author, win_id, values(title=odd, markdown=odd), 1, NOW)
    session.expire_all()
    assert values_of(session.get_one(WinDraft, win_id)).title == odd


def test_a_draft_that_was_never_posted_goes_with_its_win_and_its_number_is_not_used_again(session: Session) -> None:
    author = an_actor(session)
    win_id = a_draft(session, author)
    assert discard(session, author, win_id)
    session.flush()
    session.expunge_all()
    assert session.get(Win, win_id) is None
    assert session.get(WinDraft, win_id) is None
    assert a_draft(session, author) > win_id


def test_a_posted_win_stays_when_the_draft_of_a_change_is_thrown_away(session: Session) -> None:
    author = an_actor(session)
    win = a_win(session, author=author)
    open_again(session, author, win.id, NOW)
    assert not discard(session, author, win.id)
    session.flush()
    assert session.get(WinDraft, win.id) is None
    assert session.get_one(Win, win.id).state == State.PUBLISHED
    assert not discard(session, author, win.id)


def test_the_edit_of_a_posted_win_begins_with_what_it_says(session: Session) -> None:
    author, colleague = an_actor(session), an_actor(session)
    win = a_win(session, author=author, guided=True, answers=("A bulb.", "Brought it.", ""), thanked=(colleague.id,))
    draft = open_again(session, author, win.id, LATER)
    found = values_of(draft)
    assert (found.title, found.guided, found.thanked) == ("The hotel lamp", False, (colleague.id,))
    assert found.markdown == "## What did the customer need?\n\nA bulb.\n\n## What did you do?\n\nBrought it."
    assert open_again(session, author, win.id, LATER) is draft
    with pytest.raises(NotFound):
        open_again(session, an_editor(session), win.id, LATER)


@pytest.mark.parametrize("state", [State.WAITING, State.DECLINED, State.WITHDRAWN])
def test_what_was_never_published_or_is_no_more_can_be_written_on(session: Session, state: State) -> None:
    author = an_actor(session)
    win = a_win(session, state, author=author)
    assert values_of(open_again(session, author, win.id, LATER)).title == "The hotel lamp"


def test_a_change_that_was_declined_is_not_lost_to_its_author(session: Session) -> None:
    author = an_actor(session)
    win = a_win(session, author=author)
    changed(session, win, author, BEFORE, title="With more light")
    posting.decline(session, an_editor(session), win.id, "Whose light?", 2, BEFORE, LATER)
    assert values_of(open_again(session, author, win.id, LATER)).title == "With more light"


def test_drafts_are_begun_at_most_so_often_an_hour(session: Session) -> None:
    author = an_actor(session)
    for _ in range(BEGUN_AN_HOUR):
        begin_draft(session, author, DraftValues("en"), NOW)
    with pytest.raises(TooMany):
        begin_draft(session, author, DraftValues("en"), NOW + timedelta(minutes=59))
    begin_draft(session, an_actor(session), DraftValues("en"), NOW)
    begin_draft(session, author, DraftValues("en"), NOW + timedelta(minutes=61))
    assert session.scalar(select(func.count()).where(Win.author_id == author.id)) == BEGUN_AN_HOUR + 1


def test_a_stranger_with_the_right_version_saves_nothing(session: Session) -> None:
    author, stranger = an_actor(session), an_actor(session)
    win_id = a_draft(session, author)
    before = values_of(session.get_one(WinDraft, win_id))
    with pytest.raises(NotFound):
        save(session, stranger, win_id, FULL, 1, NOW)
    assert values_of(session.get_one(WinDraft, win_id)) == before
