"""From a draft to what readers see: what keeps it back, who decides, who is told, what is written down."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.errors import Conflict, Invalid, NotFound, Refused
from portal.core.locale import available, said_in
from portal.core.permissions import Actor
from portal.people.model import Team
from portal.wins import drafts, queries
from portal.wins.model import State, Win, WinDraft, WinPicture, WinPrinciple
from portal.wins.posting import (
    QUESTION_WORDS,
    Rules,
    approve,
    decline,
    post,
    story_of,
    withdraw,
)
from tests.factories import NOW, a_page, a_person
from tests.wins.scenes import (
    AFTER,
    BEFORE,
    LATER,
    a_draft,
    a_picture,
    a_principle,
    a_win,
    an_actor,
    an_editor,
    changed,
    notices,
    steps,
    told,
    values,
)


def read(session: Session, win: Win, reader: Actor | None = None) -> str | None:
    """The title that a colleague reads, if they can read the win."""
    view = queries.win(session, reader or an_actor(session), win.id, "en")
    return view and view.title


# What keeps a draft back


@pytest.mark.parametrize(
    ("field", "over"),
    [
        ("title", {"title": "  "}),
        ("did", {"guided": True, "answers": ("She was cold.", " ", "All well.")}),
        ("markdown", {"markdown": " \n "}),
        ("principles", {"principles": ()}),
        ("principles", {"principles": (2**31 - 1,)}),
        ("thanked", {"thanked": (2**31 - 1,)}),
        ("pictures", {"pictures": ((2**31 - 1, ""),)}),
    ],
)
def test_a_draft_that_lacks_something_is_not_posted_and_says_what(
    session: Session, field: str, over: dict[str, Any]
) -> None:
    author = an_actor(session)
    win_id = a_draft(session, author, **over)
    with pytest.raises(Invalid) as refused:
        post(session, author, win_id, 1, AFTER, NOW)
    assert list(refused.value.fields) == [field]
    assert session.get_one(Win, win_id).state == State.DRAFT
    assert session.get(WinDraft, win_id) is not None
    assert steps(session, win_id) == []


def test_it_thanks_colleagues_who_work_here_and_not_oneself(session: Session) -> None:
    author, gone = an_actor(session), a_person(session, password=False)
    gone.deactivated_at = NOW
    for thanked in (author.id, gone.id):
        with pytest.raises(Invalid) as refused:
            post(session, author, a_draft(session, author, thanked=(thanked,)), 1, AFTER, NOW)
        assert list(refused.value.fields) == ["thanked"]


def test_only_principles_are_lived_and_only_ones_own_pictures_shown(session: Session) -> None:
    author = an_actor(session)
    story, anothers = a_page(session).id, a_picture(session, an_actor(session))
    for field, over in (("principles", {"principles": (story,)}), ("pictures", {"pictures": ((anothers, ""),)})):
        with pytest.raises(Invalid) as refused:
            post(session, author, a_draft(session, author, **over), 1, AFTER, NOW)
        assert list(refused.value.fields) == [field]


@pytest.mark.parametrize("locale", available())
def test_answers_stand_below_their_questions_in_the_storys_language(session: Session, locale: str) -> None:
    answered = values(session, locale=locale, guided=True, answers=("", " A bulb.\n\n- twice ", "She smiled."))
    _, did, outcome = (said_in(locale, question) for question in QUESTION_WORDS)
    assert story_of(answered) == f"## {did}\n\nA bulb.\n\n- twice\n\n## {outcome}\n\nShe smiled."
    assert story_of(replace(answered, guided=False, markdown=" as written ")) == "as written"


def test_the_version_that_the_author_saw_is_posted_or_nothing(session: Session) -> None:
    author = an_actor(session)
    win_id = a_draft(session, author)
    drafts.save(session, author, win_id, values(session, title="From another window"), 1, NOW)
    with pytest.raises(Conflict):
        post(session, author, win_id, 1, AFTER, NOW)
    post(session, author, win_id, 2, AFTER, NOW)
    for _ in range(2):  # A double click.
        with pytest.raises(NotFound):
            post(session, author, win_id, 2, AFTER, NOW)


def test_nobody_posts_anothers_draft(session: Session) -> None:
    win_id = a_draft(session, an_actor(session))
    for intruder in (an_actor(session), an_editor(session)):
        with pytest.raises(NotFound):
            post(session, intruder, win_id, 1, AFTER, NOW)


# From state to state


@pytest.mark.parametrize(
    ("rules", "by_editor", "waits"),
    [(AFTER, False, False), (AFTER, True, False), (BEFORE, False, True), (BEFORE, True, False)],
)
def test_the_setting_says_whether_a_win_waits_for_an_editor(
    session: Session, rules: Rules, by_editor: bool, waits: bool
) -> None:
    author = an_editor(session) if by_editor else an_actor(session)
    win_id = a_draft(session, author)
    assert post(session, author, win_id, 1, rules, NOW).waits == waits
    win = session.get_one(Win, win_id)
    assert (win.state, win.published_at) == ((State.WAITING, None) if waits else (State.PUBLISHED, NOW))
    assert read(session, win) == (None if waits else "The hotel lamp")
    assert session.get(WinDraft, win_id) is None


def test_a_win_stays_with_the_team_in_which_it_happened(session: Session) -> None:
    author = an_actor(session, team=("Luma", "Zagreb"))
    win = a_win(session, author=author)
    team = session.get_one(Team, win.team_id)
    assert team.name == "Zagreb"


def test_a_published_win_that_is_changed_says_so_and_keeps_its_place(session: Session) -> None:
    author = an_actor(session)
    one, two = a_principle(session), a_principle(session)
    pictures = [a_picture(session, author) for _ in range(3)]
    win = a_win(session, author=author, principles=(one,), pictures=((pictures[0], "a"), (pictures[1], "b")))
    changed(
        session, win, author, title="Anew", principles=(two, one), pictures=((pictures[2], " c "), (pictures[0], ""))
    )
    assert (win.published_at, win.edited_at, win.current, win.state) == (NOW, LATER, 2, State.PUBLISHED)
    assert read(session, win) == "Anew"
    shown = session.execute(
        select(WinPicture.picture_id, WinPicture.alt).where(WinPicture.win_id == win.id).order_by(WinPicture.position)
    )
    assert [tuple(row) for row in shown] == [(pictures[2], "c"), (pictures[0], "")]
    lived = session.scalars(select(WinPrinciple.page_id).where(WinPrinciple.win_id == win.id))
    assert set(lived) == {one, two}
    assert [step for step, *_ in steps(session, win.id)] == ["published", "edited"]


def test_readers_keep_the_old_text_while_a_change_waits(session: Session) -> None:
    author, editor = an_actor(session), an_editor(session)
    win = a_win(session, author=author)
    changed(session, win, author, BEFORE, title="Anew")
    assert (win.state, win.current, win.pending) == (State.PUBLISHED, 1, 2)
    assert read(session, win) == "The hotel lamp"
    for who, sees in ((an_actor(session), None), (author, "Anew"), (editor, "Anew")):
        view = queries.waiting_view(session, who, win.id, "en")
        assert (view and view.title) == sees
    approve(session, editor, win.id, 2, BEFORE, LATER)
    assert (read(session, win), win.pending, win.edited_at) == ("Anew", None, LATER)


def test_an_editor_decides_on_what_they_saw_and_on_nothing_newer(session: Session) -> None:
    author, editor = an_actor(session), an_editor(session)
    win = a_win(session, State.WAITING, author=author)
    changed(session, win, author, BEFORE, title="Anew")
    for act in (
        lambda: approve(session, editor, win.id, 1, BEFORE, LATER),
        lambda: decline(session, editor, win.id, "No.", 1, BEFORE, LATER),
        lambda: approve(session, editor, win.id, 3, BEFORE, LATER),
    ):
        with pytest.raises(Conflict):
            act()
    assert (win.state, win.pending) == (State.WAITING, 2)
    approve(session, editor, win.id, 2, BEFORE, LATER)
    with pytest.raises(Conflict):  # Two editors at once.
        approve(session, editor, win.id, 2, BEFORE, LATER)
    assert told(session, author) == ["published"]


def test_a_declined_win_is_answered_by_editing(session: Session) -> None:
    author, editor = an_actor(session), an_editor(session)
    win = a_win(session, State.WAITING, author=author)
    assert decline(session, editor, win.id, " Name no customers. ", 1, BEFORE, NOW)
    assert (win.state, win.pending, read(session, win)) == (State.DECLINED, None, None)
    assert read(session, win, author) == "The hotel lamp"
    assert queries.last_reason(session, win.id) == "Name no customers."
    [(about, details)] = notices(session, author)
    assert (about, details["names"], details["title"]) == ("declined", [editor.name], "The hotel lamp")
    assert details["reason"] == "Name no customers."
    changed(session, win, author, BEFORE, title="Nobody named")
    assert (win.state, queries.last_reason(session, win.id)) == (State.WAITING, "")
    assert read(session, win, editor) == "Nobody named"
    approve(session, editor, win.id, 2, BEFORE, LATER)
    assert (win.published_at, win.edited_at) == (LATER, None)


@pytest.mark.parametrize("reason", ["", " \n ", "x" * 1_001])
def test_nobody_is_declined_without_a_reason(session: Session, reason: str) -> None:
    win = a_win(session, State.WAITING)
    with pytest.raises(Invalid) as refused:
        decline(session, an_editor(session), win.id, reason, 1, BEFORE, NOW)
    assert list(refused.value.fields) == ["reason"]
    assert win.state == State.WAITING


def test_a_declined_change_leaves_the_win_and_a_declined_win_leaves_the_site(session: Session) -> None:
    author, editor = an_actor(session), an_editor(session)
    win = a_win(session, author=author)
    changed(session, win, author, BEFORE, title="Anew")
    assert not decline(session, editor, win.id, "No.", 2, BEFORE, LATER)
    assert (win.state, read(session, win)) == (State.PUBLISHED, "The hotel lamp")
    assert queries.last_reason(session, win.id) == "No."
    assert decline(session, editor, win.id, "Neither.", 1, BEFORE, LATER)
    assert (win.state, read(session, win)) == (State.DECLINED, None)
    with pytest.raises(Conflict):
        decline(session, editor, win.id, "Again.", 1, BEFORE, LATER)


def test_decisions_are_for_editors_and_never_about_drafts(session: Session) -> None:
    waiting, draft = a_win(session, State.WAITING), a_win(session, State.DRAFT)
    for act in (
        lambda who, one: approve(session, who, one.id, 1, BEFORE, NOW),
        lambda who, one: decline(session, who, one.id, "No.", 1, BEFORE, NOW),
    ):
        with pytest.raises(Refused):
            act(an_actor(session), waiting)
        with pytest.raises(NotFound):
            act(an_editor(session), draft)
        with pytest.raises(NotFound):
            act(an_editor(session), Win(id=draft.id + 1_000))


def test_a_win_is_taken_back_and_posted_again(session: Session) -> None:
    author = an_actor(session)
    win = a_win(session, author=author)
    for intruder in (an_actor(session), an_editor(session)):
        with pytest.raises(NotFound):
            withdraw(session, intruder, win.id, NOW)
    withdraw(session, author, win.id, NOW)
    assert (win.state, read(session, win), read(session, win, author)) == (State.WITHDRAWN, None, "The hotel lamp")
    with pytest.raises(Conflict):
        withdraw(session, author, win.id, NOW)
    changed(session, win, author, title="Again")
    assert (win.state, win.published_at, read(session, win)) == (State.PUBLISHED, NOW, "Again")


def test_what_is_taken_back_while_it_waits_can_not_be_approved(session: Session) -> None:
    author = an_actor(session)
    win = a_win(session, State.WAITING, author=author)
    withdraw(session, author, win.id, NOW)
    with pytest.raises(Conflict):
        approve(session, an_editor(session), win.id, 1, BEFORE, NOW)
    assert (win.state, win.pending, win.published_at) == (State.WITHDRAWN, None, None)


def test_a_draft_is_thrown_away_and_not_taken_back(session: Session) -> None:
    author = an_actor(session)
    with pytest.raises(Conflict):
        withdraw(session, author, a_draft(session, author), NOW)
