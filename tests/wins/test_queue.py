"""The editors' one queue: what waits, what was reported, and each decision on it."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal import discussion
from portal.core.permissions import Actor, Role
from portal.discussion import COMMENT, Outcome, Subject, add_comment, report
from portal.discussion.model import Report
from portal.wins import queries
from portal.wins.model import WIN, State, Win
from tests.factories import NOW
from tests.wins.scenes import BEFORE, LATER, MINUTE, a_win, an_actor, changed, sent, steps, told

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def client(sign_in: SignIn) -> FlaskClient:
    """An editor's browser."""
    return sign_in(Role.EDITOR)


@pytest.fixture
def author(session: Session) -> Actor:
    return an_actor(session)


def state_of(session: Session, win: Win) -> str:
    session.expire_all()
    return session.get_one(Win, win.id).state


def outcomes(session: Session) -> list[str | None]:
    session.expire_all()
    return [one.outcome for one in session.query(Report).order_by(Report.id)]


def test_what_waits_longest_stands_first_and_changes_stand_among_new_wins(
    session: Session, client: FlaskClient, author: Actor
) -> None:
    late = a_win(session, State.WAITING, now=NOW + 2 * MINUTE, title="Late win")
    early = a_win(session, State.WAITING, now=NOW, title="Early win")
    edited = a_win(session, author=author, now=NOW - MINUTE, title="Old words")
    changed(session, edited, author, BEFORE, NOW + MINUTE, title="New words")
    a_win(session, State.DRAFT, title="A draft")
    session.commit()
    page = client.get("/wins/queue").get_data(as_text=True)
    places = [page.index(title) for title in ("Early win", "New words", "Late win")]
    assert places == sorted(places)
    assert "Old words" not in page
    assert "A draft" not in page
    assert queries.waiting_count(session) == 3
    assert late.id > 0
    assert early.id > 0


def test_an_editor_publishes_what_they_saw(session: Session, client: FlaskClient, author: Actor) -> None:
    win = a_win(session, State.WAITING, author=author)
    session.commit()
    for wrong in ("2", "0", "", "9" * 30, "x"):
        assert client.post(f"/wins/{win.id}/approve", data={"revision": wrong}).status_code == 409
    assert sent(client, f"/wins/{win.id}/approve", revision="1") == "/wins/queue"
    assert state_of(session, win) == State.PUBLISHED
    assert told(session, author) == ["published"]
    assert client.post(f"/wins/{win.id}/approve", data={"revision": "1"}).status_code == 409


def test_declining_takes_a_reason_and_keeps_a_long_one_that_was_refused(
    session: Session, client: FlaskClient, author: Actor
) -> None:
    win = a_win(session, State.WAITING, author=author)
    session.commit()
    assert "aria-invalid" in sent(client, f"/wins/{win.id}/decline", 422, revision="1", reason=" ")
    assert "y" * 1_001 in sent(client, f"/wins/{win.id}/decline", 422, revision="1", reason="y" * 1_001)
    assert state_of(session, win) == State.WAITING
    sent(client, f"/wins/{win.id}/decline", revision="1", reason="Name nobody.")
    assert state_of(session, win) == State.DECLINED
    assert told(session, author) == ["declined"]


def test_a_reported_win_goes_with_a_reason_and_its_reports_are_settled(
    session: Session, client: FlaskClient, author: Actor, sign_in: SignIn
) -> None:
    win = a_win(session, author=author, title="Reported win")
    for n in range(2):
        report(session, an_actor(session, name=f"Reporter {n}"), Subject(WIN, win.id), f"Reason {n}", NOW, author.id)
    session.commit()
    page = client.get("/wins/queue").get_data(as_text=True)
    assert all(words in page for words in ("Reported win", "Reporter 0", "Reason 0", "Reporter 1", "Reason 1"))
    assert queries.waiting_count(session) == 1
    assert client.post(f"/reports/win/{win.id}/removed").status_code == 404, "a win goes with a reason"
    sent(client, f"/wins/{win.id}/decline", revision="1", reason="It names a customer.")
    assert (state_of(session, win), outcomes(session)) == (State.DECLINED, [Outcome.REMOVED] * 2)
    assert "Reported win" not in client.get("/wins/queue").get_data(as_text=True)
    assert sign_in(person=author).get(f"/wins/{win.id}").status_code == 200


def test_reports_stay_open_when_a_change_alone_is_declined(
    session: Session, client: FlaskClient, author: Actor
) -> None:
    win = a_win(session, author=author)
    changed(session, win, author, BEFORE, LATER, title="New words")
    report(session, an_actor(session), Subject(WIN, win.id), "Look at it", NOW, author.id)
    session.commit()
    sent(client, f"/wins/{win.id}/decline", revision="2", reason="Not these words.")
    assert (state_of(session, win), outcomes(session)) == (State.PUBLISHED, [None])


def test_a_report_is_dismissed_once(session: Session, client: FlaskClient, author: Actor) -> None:
    win = a_win(session, author=author)
    report(session, an_actor(session), Subject(WIN, win.id), "I don’t like it", NOW, author.id)
    session.commit()
    sent(client, f"/reports/win/{win.id}/kept")
    assert (state_of(session, win), outcomes(session)) == (State.PUBLISHED, [Outcome.KEPT])
    assert client.post(f"/reports/win/{win.id}/kept").status_code == 409, "another editor was faster"
    assert [step for step, *_ in steps(session, win.id)] == ["published", "report-dismissed"]


@pytest.mark.parametrize("outcome", [Outcome.KEPT, Outcome.REMOVED])
def test_a_reported_comment_stays_or_goes(
    session: Session, client: FlaskClient, author: Actor, outcome: Outcome
) -> None:
    win = a_win(session, author=author)
    comment = add_comment(session, an_actor(session), Subject(WIN, win.id), "Rude words", None, NOW).comment_id
    report(session, author, Subject(COMMENT, comment), "It is rude", NOW)
    session.commit()
    page = client.get("/wins/queue").get_data(as_text=True)
    assert "Rude words" in page
    assert "It is rude" in page
    sent(client, f"/reports/comment/{comment}/{outcome}")
    assert outcomes(session) == [outcome]
    removed = outcome is Outcome.REMOVED
    assert discussion.comment_counts(session, WIN, [win.id])[win.id] == (0 if removed else 1)
    expected = "comment-removed" if removed else "report-dismissed"
    assert [step for step, *_ in steps(session, win.id)] == ["published", expected]
    assert queries.waiting_count(session) == 0


def test_what_was_reported_and_then_taken_back_does_not_break_the_queue(
    session: Session, client: FlaskClient, author: Actor, sign_in: SignIn
) -> None:
    win = a_win(session, author=author, title="Taken back")
    writer = an_actor(session)
    comment = add_comment(session, writer, Subject(WIN, win.id), "Deleted words", None, NOW).comment_id
    report(session, an_actor(session), Subject(WIN, win.id), "Look", NOW, author.id)
    report(session, an_actor(session), Subject(COMMENT, comment), "Look", NOW)
    session.commit()
    sent(sign_in(person=writer), f"/wins/{win.id}/comments/{comment}/delete")
    sent(sign_in(person=author), f"/wins/{win.id}/withdraw")
    page = client.get("/wins/queue").get_data(as_text=True)
    assert "Deleted words" not in page
    sent(client, f"/reports/win/{win.id}/kept")
    assert queries.waiting_count(session) == 0


def test_nothing_is_settled_that_is_not_there(session: Session, client: FlaskClient) -> None:
    for number in (1, 2**31 - 1, 10**30):
        for kind, outcome in (("win", "kept"), ("comment", "kept"), ("comment", "removed"), ("page", "kept")):
            assert client.post(f"/reports/{kind}/{number}/{outcome}").status_code in {404, 409}


def test_the_history_names_who_decided_what_and_why(session: Session, client: FlaskClient, author: Actor) -> None:
    editor = an_actor(session, Role.EDITOR, name="Ivo Ivić")
    win = a_win(session, State.DECLINED, author=author, editor=editor)
    session.commit()
    page = client.get(f"/wins/{win.id}/history").get_data(as_text=True)
    assert all(words in page for words in ("Ivo Ivić", "Too short.", author.name))
