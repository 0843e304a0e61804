"""What colleagues say to a win: cheers, comments, mentions, reports; who is told of it, and how often."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal import discussion
from portal.core import clock
from portal.core.permissions import Actor, Role
from portal.discussion import COMMENT, Cheer, Subject, add_comment
from portal.discussion.commands import COMMENTS_A_WINDOW
from portal.discussion.reporting import REPORTS_AN_HOUR
from portal.wins.model import WIN, Win
from tests.factories import NOW
from tests.wins.scenes import a_win, an_actor, id_of, notices, sent, steps, told

SignIn = Callable[..., FlaskClient]
JSON = {"Accept": "application/json"}


@dataclass(frozen=True)
class Scene:
    """A published win, its author and a colleague who reads it."""

    win: Win
    author: Actor
    reader: Actor
    client: FlaskClient

    @property
    def address(self) -> str:
        return f"/wins/{self.win.id}"

    @property
    def subject(self) -> Subject:
        return Subject(WIN, self.win.id)


@pytest.fixture
def scene(session: Session, sign_in: SignIn) -> Scene:
    author, reader = an_actor(session, name="Nino Beridze"), an_actor(session, name="Ana Jurić")
    win = a_win(session, author=author, locale="ka")
    return Scene(win, author, reader, sign_in(person=reader))


def cheers(session: Session, scene: Scene) -> dict[Cheer, int]:
    found = discussion.cheers(session, WIN, [scene.win.id], scene.reader.id)[scene.win.id]
    return {cheer: count for cheer, count in found.counts.items() if count}


def said(session: Session, scene: Scene) -> list[str]:
    session.expire_all()
    rows = discussion.thread(session, scene.subject).rows
    return [one.text for row in rows for one in (row, *row.answers)]


def last_comment(session: Session, scene: Scene) -> int:
    session.expire_all()
    rows = discussion.thread(session, scene.subject).rows
    return max(one.id for row in rows for one in (row, *row.answers))


# Cheers


def test_a_cheer_is_given_once_and_taken_back_with_and_without_script(session: Session, scene: Scene) -> None:
    for _ in range(2):
        assert sent(scene.client, f"{scene.address}/cheers/bravo", on="yes") == f"{scene.address}#cheers"
    assert cheers(session, scene) == {Cheer.BRAVO: 1}
    answer = scene.client.post(f"{scene.address}/cheers/learned", data={"on": "yes"}, headers=JSON)
    assert answer.json == {"counts": {"bravo": 1, "thanks": 0, "learned": 1}, "own": ["bravo", "learned"]}
    answer = scene.client.post(f"{scene.address}/cheers/bravo", data={"on": "no"}, headers=JSON)
    assert answer.json == {"counts": {"bravo": 0, "thanks": 0, "learned": 1}, "own": ["learned"]}
    for wrong, status in (("bravo", 422), ("love", 404)):
        assert scene.client.post(f"{scene.address}/cheers/{wrong}", data={"on": "maybe"}).status_code == status


def test_cheers_are_told_gathered_and_those_for_oneself_not(session: Session, scene: Scene, sign_in: SignIn) -> None:
    twin = an_actor(session, name="Ana Jurić")
    for who in (scene.reader, twin, scene.author):
        for kind in ("bravo", "thanks"):
            sent(sign_in(person=who), f"{scene.address}/cheers/{kind}", on="yes")
    [(about, details)] = notices(session, scene.author)
    assert (about, details["count"], details["title"], details["locale"]) == ("reacted", 2, "The hotel lamp", "ka")
    assert details["names"] == ["Ana Jurić", "Ana Jurić"]
    assert cheers(session, scene) == {Cheer.BRAVO: 3, Cheer.THANKS: 3}


# Comments


def test_a_comment_is_read_at_its_place_and_told_to_the_author(session: Session, scene: Scene) -> None:
    where = sent(scene.client, f"{scene.address}/comments", text=" Well <b>done</b>! ")
    assert where == f"{scene.address}#comment-{last_comment(session, scene)}"
    page = scene.client.get(scene.address).get_data(as_text=True)
    assert "Well &lt;b&gt;done&lt;/b&gt;!" in page
    [(about, details)] = notices(session, scene.author)
    assert (about, details["names"], details["text"]) == ("commented", ["Ana Jurić"], "Well <b>done</b>!")


def test_everybody_concerned_is_told_once_and_nobody_about_themselves(
    session: Session, scene: Scene, sign_in: SignIn
) -> None:
    marko = an_actor(session, name="Marko Marić")
    first = add_comment(session, marko, scene.subject, "First!", None, NOW).comment_id
    text = "@Marko Marić and @Nino Beridze, look; @Ana Jurić says so. @Marko Marić!"
    sent(scene.client, f"{scene.address}/comments", text=text, parent=str(first))
    assert told(session, marko) == ["mentioned"], "named, and not also answered"
    assert told(session, scene.author) == ["mentioned"], "named, and not also commented on"
    assert told(session, scene.reader) == []
    sent(scene.client, f"{scene.address}/comments", text="And again.", parent=str(first))
    assert (told(session, marko)[1:], told(session, scene.author)[1:]) == (["commented"], ["commented"])
    sent(sign_in(person=scene.author), f"{scene.address}/comments", text="Thank you.")
    assert len(told(session, scene.author)) == 2


def test_who_is_named_in_an_edit_is_told_and_nobody_twice(session: Session, scene: Scene) -> None:
    marko = an_actor(session, name="Marko Marić")
    sent(scene.client, f"{scene.address}/comments", text="Bravo")
    address = f"{scene.address}/comments/{last_comment(session, scene)}"
    sent(scene.client, address, text="Bravo @Marko Marić", seen="")
    seen = discussion.comment(session, last_comment(session, scene)).edited_at.isoformat()  # type: ignore[union-attr]
    sent(scene.client, address, text="Bravo, @Marko Marić!", seen=seen)
    assert (told(session, marko), told(session, scene.author)) == (["mentioned"], ["commented"])
    assert said(session, scene) == ["Bravo, @Marko Marić!"]


def test_a_comment_changed_in_two_windows_is_shown_with_both_texts(session: Session, scene: Scene) -> None:
    sent(scene.client, f"{scene.address}/comments", text="Bravo")
    address = f"{scene.address}/comments/{last_comment(session, scene)}"
    assert "Bravo" in scene.client.get(address).get_data(as_text=True)
    sent(scene.client, address, text="From the other window", seen="")
    page = sent(scene.client, address, 409, text="From this one", seen="")
    assert "From the other window" in page
    assert "From this one" in page
    assert said(session, scene) == ["From the other window"]
    seen = page.split('name="seen" value="')[1].split('"')[0]
    sent(scene.client, address, text="From this one", seen=seen)
    assert said(session, scene) == ["From this one"]


@pytest.mark.parametrize("text", ["", " \n\0 ", "x" * 4_001])
def test_a_comment_that_is_refused_comes_back_with_its_words(session: Session, scene: Scene, text: str) -> None:
    page = sent(scene.client, f"{scene.address}/comments", 422, text=text)
    assert text.strip("\n\0 ") in page
    sent(scene.client, f"{scene.address}/comments", text="Bravo")
    page = sent(scene.client, f"{scene.address}/comments/{last_comment(session, scene)}", 422, text=text, seen="")
    assert said(session, scene) == ["Bravo"]


def test_comments_have_a_measure_and_the_words_of_one_too_many_are_kept(session: Session, scene: Scene) -> None:
    for n in range(COMMENTS_A_WINDOW):
        sent(scene.client, f"{scene.address}/comments", text=f"Comment {n}")
    page = sent(scene.client, f"{scene.address}/comments", 429, text="One too many")
    assert "One too many" in page
    assert len(said(session, scene)) == COMMENTS_A_WINDOW


def test_comments_are_changed_by_their_author_and_deleted_by_editors_too(
    session: Session, scene: Scene, sign_in: SignIn
) -> None:
    marko = an_actor(session, name="Marko Marić")
    sent(scene.client, f"{scene.address}/comments", text="First, @Marko Marić")
    first = last_comment(session, scene)
    sent(scene.client, f"{scene.address}/comments", text="Second")
    second = last_comment(session, scene)
    stranger, author, editor = sign_in(), sign_in(person=scene.author), sign_in(Role.EDITOR)
    for who in (stranger, author, editor):
        assert who.get(f"{scene.address}/comments/{first}").status_code == 404
        assert who.post(f"{scene.address}/comments/{first}", data={"text": "Mine"}).status_code == 404
    for who in (stranger, author):
        assert who.post(f"{scene.address}/comments/{first}/delete").status_code == 403
    sent(editor, f"{scene.address}/comments/{first}/delete")
    sent(scene.client, f"{scene.address}/comments/{second}/delete")
    assert said(session, scene) == []
    assert [step for step, *_ in steps(session, scene.win.id)] == ["published", "comment-removed"]
    assert (told(session, marko), told(session, scene.author)) == ([], []), "the words are not kept in notices either"
    assert scene.client.post(f"{scene.address}/comments/{second}/delete").status_code == 404


def test_a_comment_stands_under_its_own_win_alone(session: Session, scene: Scene) -> None:
    elsewhere = a_win(session)
    comment = add_comment(session, scene.reader, Subject(WIN, elsewhere.id), "There", None, NOW).comment_id
    session.commit()
    for method, what in (("GET", ""), ("POST", ""), ("POST", "/delete")):
        answer = scene.client.open(f"{scene.address}/comments/{comment}{what}", method=method, data={"text": "x"})
        assert answer.status_code == 404
    assert scene.client.get(f"{scene.address}/report?comment={comment}").status_code == 404
    sent(scene.client, f"{scene.address}/comments", 404, text="An answer", parent=str(comment))


def test_thanks_are_declined_on_the_page(session: Session, scene: Scene, sign_in: SignIn) -> None:
    win = a_win(session, thanked=(id_of(scene.reader),))
    session.commit()
    assert "Ana Jurić" in sign_in().get(f"/wins/{win.id}").get_data(as_text=True)
    sent(scene.client, f"/wins/{win.id}/no-thanks")
    assert "Ana Jurić" not in sign_in().get(f"/wins/{win.id}").get_data(as_text=True)
    assert scene.client.post(f"{scene.address}/no-thanks").status_code == 404


# Reports


def test_a_win_and_a_comment_are_reported_once_each_and_never_ones_own(
    session: Session, scene: Scene, sign_in: SignIn
) -> None:
    sent(sign_in(person=scene.author), f"{scene.address}/comments", text="Mine")
    comment = last_comment(session, scene)
    report = f"{scene.address}/report"
    assert scene.client.get(f"{report}?comment={comment}").status_code == 200
    for reason in ("Once", "Twice"):
        assert sent(scene.client, report, reason=reason) == scene.address
    sent(scene.client, f"{report}?comment={comment}", reason="Thrice")
    reported = {one.subject: [reason.text for reason in one.reasons] for one in discussion.open_reports(session)}
    assert reported == {scene.subject: ["Twice"], Subject(COMMENT, comment): ["Thrice"]}
    author = sign_in(person=scene.author)
    sent(author, report, 403, reason="My own")
    sent(author, f"{report}?comment={comment}", 403, reason="My own")


@pytest.mark.parametrize("asked", ["", "x", "0", "-1", "9" * 30, "1.5"])
def test_a_comment_that_is_not_there_is_not_the_win(session: Session, scene: Scene, asked: str) -> None:
    assert scene.client.post(f"{scene.address}/report?comment={asked}", data={"reason": "x"}).status_code == 404
    assert discussion.open_report_count(session) == 0


@pytest.mark.parametrize("reason", ["", " ", "x" * 501])
def test_a_report_says_why(session: Session, scene: Scene, reason: str) -> None:
    sent(scene.client, f"{scene.address}/report", 422, reason=reason)
    assert discussion.open_report_count(session) == 0


def test_reports_have_a_measure(session: Session, scene: Scene) -> None:
    for n in range(REPORTS_AN_HOUR):
        discussion.report(session, scene.reader, Subject("other", n + 1), "x", clock.now())
    session.commit()
    sent(scene.client, f"{scene.address}/report", 429, reason="One too many")
