"""What follows from posting a win: who is told, what is written down, what search, feeds and pictures make of it."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import media
from portal.core.errors import NotFound
from portal.core.outbox import Work
from portal.knowledge.model import Kind
from portal.wins import queries
from portal.wins.model import State, Win, WinPrinciple, WinThanks
from portal.wins.posting import (
    approve,
    decline,
    decline_thanks,
    post,
    withdraw,
)
from tests.factories import NOW, a_page
from tests.wins.scenes import (
    AFTER,
    BEFORE,
    LATER,
    MINUTE,
    a_draft,
    a_picture,
    a_win,
    an_actor,
    an_editor,
    changed,
    id_of,
    notices,
    steps,
    told,
    work,
)


def test_thanks_are_told_when_they_can_be_read_and_once(session: Session) -> None:
    author, one, two = (an_actor(session) for _ in range(3))
    win = a_win(session, State.WAITING, author=author, thanked=(id_of(one), id_of(one)), locale="hr")
    assert told(session, one) == []
    approve(session, an_editor(session), win.id, 1, BEFORE, NOW)
    [(about, details)] = notices(session, one)
    assert (about, details["names"], details["title"], details["locale"]) == (
        "thanked",
        [author.name],
        "The hotel lamp",
        "hr",
    )
    changed(session, win, author, title="Anew", thanked=(id_of(one), id_of(two)))
    assert (told(session, one), told(session, two)) == (["thanked"], ["thanked"])


def test_who_took_themselves_off_stays_off(session: Session) -> None:
    author, colleague = an_actor(session), an_actor(session)
    win = a_win(session, author=author, thanked=(id_of(colleague),))
    decline_thanks(session, colleague, win.id, NOW)
    decline_thanks(session, colleague, win.id, NOW)
    thanked = lambda: queries.feed(session, colleague, queries.Filters(thanks_to=colleague.id), "en").wins  # noqa: E731
    named = lambda: [one.id for one in queries.win(session, author, win.id, "en").thanked]  # type: ignore[union-attr]  # noqa: E731
    assert (thanked(), named()) == ((), [])
    for thanking in ((), (id_of(colleague),)):
        changed(session, win, author, thanked=thanking, markdown=f"Anew {thanking}")
        assert (thanked(), named()) == ((), [])
    assert told(session, colleague) == ["thanked"]
    assert session.get_one(WinThanks, (win.id, id_of(colleague))).declined_at == NOW
    assert [step for step, *_ in steps(session, win.id)].count("unthanked") == 1
    with pytest.raises(NotFound):
        decline_thanks(session, author, win.id, NOW)


def test_an_author_may_take_thanks_back(session: Session) -> None:
    author, colleague = an_actor(session), an_actor(session)
    win = a_win(session, author=author, thanked=(id_of(colleague),))
    changed(session, win, author, thanked=())
    assert session.get(WinThanks, (win.id, id_of(colleague))) is None


def test_every_step_stands_in_the_audit_trail_with_who_took_it(session: Session) -> None:
    author, editor = an_actor(session), an_editor(session)
    win = a_win(session, State.WAITING, author=author)
    decline(session, editor, win.id, "Names.", 1, BEFORE, NOW)
    changed(session, win, author, BEFORE)
    approve(session, editor, win.id, 2, BEFORE, LATER)
    changed(session, win, author, AFTER, title="Anew")
    withdraw(session, author, win.id, LATER)
    assert steps(session, win.id) == [
        ("submitted", author.id, ""),
        ("declined", editor.id, "Names."),
        ("submitted", author.id, ""),
        ("published", editor.id, ""),
        ("edited", author.id, ""),
        ("withdrawn", author.id, ""),
    ]
    trail = queries.steps(session, win.id)
    assert [(one.step, one.actor) for one in trail][-2:] == [("declined", editor.name), ("submitted", author.name)]


def test_search_follows_every_change_and_the_webhook_hears_of_a_win_once(session: Session) -> None:
    author = an_actor(session)
    win = a_win(session, State.WAITING, author=author)
    assert (work(session, Work.INDEX, win.id), work(session, Work.WEBHOOK, win.id)) == (0, 0)
    approve(session, an_editor(session), win.id, 1, BEFORE, NOW)
    assert (work(session, Work.INDEX, win.id), work(session, Work.WEBHOOK, win.id)) == (1, 1)
    changed(session, win, author, title="Anew")
    withdraw(session, author, win.id, NOW)
    changed(session, win, author, title="Again")
    assert (work(session, Work.INDEX, win.id), work(session, Work.WEBHOOK, win.id)) == (4, 1)


def test_the_number_of_what_readers_see_changes_with_it(session: Session) -> None:
    author, editor = an_actor(session), an_editor(session)
    seen = [queries.version(session)]

    def next_one() -> bool:
        session.commit()
        seen.append(queries.version(session))
        return seen[-1] != seen[-2]

    draft = a_draft(session, author)
    assert not next_one()
    post(session, author, draft, 1, BEFORE, NOW)
    assert not next_one()
    approve(session, editor, draft, 1, BEFORE, NOW)
    assert next_one()
    changed(session, session.get_one(Win, draft), author, title="Anew")
    assert next_one()
    decline(session, editor, draft, "No.", 2, AFTER, NOW)
    assert next_one()


def test_pictures_that_were_posted_stay_and_those_left_in_drafts_are_forgotten(session: Session) -> None:
    author, long_ago = an_actor(session), NOW - 200 * 24 * 60 * MINUTE
    posted, waiting, drafted, fresh = (a_picture(session, author, now) for now in (long_ago, long_ago, long_ago, NOW))
    a_win(session, author=author, pictures=((posted, ""),))
    waits = a_win(session, State.WAITING, author=author, pictures=((waiting, ""),))
    a_win(session, State.DRAFT, author=author, pictures=((drafted, ""), (fresh, "")))
    assert media.forget_unused(session, NOW - 90 * 24 * 60 * MINUTE) == 1
    assert media.owned(session, author, [posted, waiting, drafted, fresh]) == {posted, waiting, fresh}
    approve(session, an_editor(session), waits.id, 1, BEFORE, NOW)
    assert media.forget_unused(session, LATER) == 1


def test_a_principle_that_goes_while_a_win_waits_holds_nobody_up(session: Session) -> None:
    stays, goes = a_page(session, Kind.PRINCIPLE), a_page(session, Kind.PRINCIPLE)
    win = a_win(session, State.WAITING, principles=(stays.id, goes.id))
    session.delete(goes)
    session.flush()
    approve(session, an_editor(session), win.id, 1, BEFORE, NOW)
    assert session.scalars(select(WinPrinciple.page_id).where(WinPrinciple.win_id == win.id)).all() == [stays.id]
