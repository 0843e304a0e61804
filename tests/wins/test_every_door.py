"""What is for its author and editors (a draft: for its author) is seen by nobody else, whatever door they try."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.core.permissions import GRANTS, Actor, Can, Role
from portal.discussion import Cheer, Subject, add_comment, react
from portal.people.model import Person
from portal.search import Index, rebuild
from portal.wins import documents, drafts, queries, stamps
from portal.wins.model import WIN, State, Win
from portal.wins.posting import decline, withdraw
from portal.wins.queries import Filters
from tests.factories import NOW
from tests.wins.scenes import (
    AFTER,
    BEFORE,
    LATER,
    a_picture,
    a_principle,
    a_win,
    an_actor,
    an_editor,
    changed,
    id_of,
)

SECRET = "Zebracorn"
"""A word that stands in everything that is hidden."""
NO_EDITORS = [role for role in Role if role is not Role.EDITOR]
SignIn = Callable[..., FlaskClient]


@dataclass(frozen=True)
class Hidden:
    """A win that is hidden, with all that belongs to it; what readers could see of it before, too."""

    win: Win
    author: Actor
    principle: int
    picture: int
    comment: int | None
    thanked: Actor


WAYS = {
    "draft": (State.DRAFT, False),
    "waiting": (State.WAITING, False),
    "declined": (State.DECLINED, False),
    "withdrawn": (State.WITHDRAWN, False),
    "declined after it was read": (State.DECLINED, True),
    "withdrawn after it was read": (State.WITHDRAWN, True),
}


@pytest.fixture(params=WAYS)
def hidden(request: pytest.FixtureRequest, session: Session) -> Hidden:
    state, was_read = WAYS[request.param]
    author, thanked = an_actor(session, team=("Luma", "Zagreb")), an_actor(session, *NO_EDITORS)
    principle, picture = a_principle(session, slug="hub"), a_picture(session, author)
    win = a_win(
        session,
        State.PUBLISHED if was_read else state,
        author=author,
        title=f"{SECRET} title",
        markdown=f"{SECRET} story",
        principles=(principle,),
        pictures=((picture, f"{SECRET} picture"),),
        thanked=(id_of(thanked),),
        locale="hr",
    )
    comment = None
    if was_read:
        comment = add_comment(session, thanked, Subject(WIN, win.id), f"{SECRET} comment", None, NOW).comment_id
        react(session, thanked, Subject(WIN, win.id), Cheer.BRAVO, on=True, now=NOW)
        if state == State.DECLINED:
            decline(session, an_editor(session), win.id, "No.", 1, AFTER, LATER)
        else:
            withdraw(session, author, win.id, LATER)
    session.commit()
    assert win.state == state
    return Hidden(win, author, principle, picture, comment, thanked)


def pages(hidden: Hidden) -> list[str]:
    """Every address at which wins are listed or counted."""
    filters = {
        "principle": hidden.principle,
        "team": hidden.win.team_id or 1,
        "lang": "hr",
        "person": hidden.author.id,
        "of": "thanks",
    }
    return [
        "/wins",
        *(f"/wins?{name}={value}" for name, value in filters.items()),
        "/wins?older=99999999999999999-1",
        "/wins/mine",
        "/wins/new",
        f"/colleagues/{hidden.author.id}",
        "/principles/hub",
        "/",
        f"/search?q={SECRET}",
        f"/search.json?q={SECRET}",
        f"/search?q={SECRET}&kind=win",
        f"/colleagues.json?q={SECRET}",
        "/notices",
    ]


def own_doors(hidden: Hidden) -> list[tuple[str, str, dict[str, str]]]:
    """Every route that is about this one win."""
    win = f"/wins/{hidden.win.id}"
    comment = hidden.comment or 1
    return [
        ("GET", win, {}),
        ("GET", f"{win}/edit", {}),
        ("POST", f"{win}/edit", {"title": "Mine", "locale": "en", "version": "1"}),
        ("POST", f"{win}/draft", {"title": "Mine", "locale": "en", "version": "1"}),
        ("POST", f"{win}/discard", {}),
        ("POST", f"{win}/withdraw", {}),
        ("POST", f"{win}/no-thanks", {}),
        ("POST", f"{win}/comments", {"text": "Hello"}),
        ("POST", f"{win}/cheers/bravo", {"on": "yes"}),
        ("GET", f"{win}/report", {}),
        ("POST", f"{win}/report", {"reason": "Because"}),
        ("GET", f"{win}/report?comment={comment}", {}),
        ("GET", f"{win}/comments/{comment}", {}),
        ("POST", f"{win}/comments/{comment}", {"text": "Hello"}),
        ("POST", f"{win}/comments/{comment}/delete", {}),
        ("GET", f"/pictures/{hidden.picture}", {}),
        ("GET", f"/pictures/{hidden.picture}/small", {}),
    ]


def test_whoever_is_not_meant_sees_nothing_by_any_door(
    app: Flask, session: Session, database: Database, index: Index, sign_in: SignIn, hidden: Hidden
) -> None:
    rebuild(database, index)
    client = sign_in(person=hidden.thanked)
    for address in pages(hidden):
        answer = client.get(address)
        assert answer.status_code == 200, address
        said = answer.get_data(as_text=True).replace(f"q={SECRET}", "").replace(f'value="{SECRET}"', "")
        assert f"{SECRET} " not in said, address
        assert f"/wins/{hidden.win.id}" not in said, address
        assert f"/pictures/{hidden.picture}" not in said, address
    for method, address, form in own_doors(hidden):
        answer = client.open(address, method=method, data=form)
        assert answer.status_code == 404, (method, address, answer.status_code)
        assert SECRET not in answer.get_data(as_text=True), address
    session.expire_all()
    assert session.get_one(Win, hidden.win.id).state == hidden.win.state


def test_nobody_who_is_not_signed_in_gets_further_than_the_door(app: Flask, hidden: Hidden) -> None:
    nobody = app.test_client()
    doors = [(method, address) for method, address, _ in own_doors(hidden)] + [("GET", one) for one in pages(hidden)]
    for method, address in doors:
        answer = nobody.open(address, method=method)
        assert answer.status_code in {302, 303, 401}, (method, address)
        assert f"{SECRET} " not in answer.get_data(as_text=True)


def test_its_author_sees_it_and_editors_all_but_drafts(session: Session, sign_in: SignIn, hidden: Hidden) -> None:
    author, editor = sign_in(person=hidden.author), sign_in(Role.EDITOR)
    draft = hidden.win.state == State.DRAFT
    assert author.get(f"/pictures/{hidden.picture}").status_code == 200
    assert SECRET in author.get("/wins/mine").get_data(as_text=True)
    assert author.get(f"/wins/{hidden.win.id}/edit").status_code == 200
    for address in (f"/wins/{hidden.win.id}", f"/wins/{hidden.win.id}/history", f"/pictures/{hidden.picture}/small"):
        assert editor.get(address).status_code == (404 if draft else 200), address
    assert editor.get(f"/wins/{hidden.win.id}/edit").status_code == 404
    queue = editor.get("/wins/queue").get_data(as_text=True)
    assert (SECRET in queue) == (hidden.win.state == State.WAITING)
    if not draft:
        assert SECRET in author.get(f"/wins/{hidden.win.id}").get_data(as_text=True)


def test_no_count_and_no_document_knows_of_it(session: Session, hidden: Hidden) -> None:
    assert list(documents(session)) == []
    assert list(documents(session, [hidden.win.id])) == []
    assert stamps(session) == {}
    everybody = (hidden.author, hidden.thanked, an_actor(session), an_editor(session))
    for reader, filters in itertools.product(everybody, (Filters(), Filters(person=hidden.author.id))):
        assert queries.feed(session, reader, filters, "en").wins == ()
    assert queries.waiting_count(session) == (hidden.win.state == State.WAITING)


def test_the_change_of_a_published_win_is_behind_the_same_doors(
    session: Session, database: Database, index: Index, sign_in: SignIn
) -> None:
    author, principle = an_actor(session), a_principle(session, slug="hub")
    win = a_win(session, author=author, principles=(principle,))
    picture = a_picture(session, author)
    changed(session, win, author, BEFORE, title=f"{SECRET} title", pictures=((picture, f"{SECRET} picture"),))
    drafts.open_again(session, author, win.id, LATER)
    session.commit()
    rebuild(database, index)
    found = Hidden(win, author, principle, picture, None, an_actor(session))
    client = sign_in()
    for address in (*pages(found), f"/wins/{win.id}"):
        said = client.get(address).get_data(as_text=True).replace(f"q={SECRET}", "").replace(f'value="{SECRET}"', "")
        assert f"{SECRET} " not in said, address
    for size in ("", "/small"):
        assert client.get(f"/pictures/{picture}{size}").status_code == 404
        assert sign_in(Role.EDITOR).get(f"/pictures/{picture}{size}").status_code == 200
    assert SECRET in sign_in(Role.EDITOR).get(f"/wins/{win.id}").get_data(as_text=True)


def test_a_picture_that_was_taken_out_is_seen_no_more_and_one_that_is_published_by_all(
    session: Session, sign_in: SignIn
) -> None:
    author = an_actor(session)
    out, stays = a_picture(session, author), a_picture(session, author)
    win = a_win(session, author=author, pictures=((out, ""), (stays, "")))
    session.commit()
    client = sign_in()
    assert [client.get(f"/pictures/{one}").status_code for one in (out, stays)] == [200, 200]
    changed(session, win, author, pictures=((stays, ""),))
    session.commit()
    assert [client.get(f"/pictures/{one}").status_code for one in (out, stays)] == [404, 200]
    assert sign_in(person=author).get(f"/pictures/{out}").status_code == 200


def test_editors_routes_are_closed_to_everybody_else(session: Session, sign_in: SignIn) -> None:
    win = a_win(session, State.WAITING)
    session.commit()
    routes = [("GET", "/wins/queue"), ("GET", f"/wins/{win.id}/history")]
    routes += [("POST", f"/wins/{win.id}/{what}") for what in ("approve", "decline")]
    routes += [
        ("POST", f"/reports/{kind}/{win.id}/{what}") for kind in ("win", "comment") for what in ("kept", "removed")
    ]
    for role in Role:
        if Can.MODERATE in GRANTS[role]:
            continue
        client = sign_in(role)
        for method, address in routes:
            assert client.open(address, method=method, data={"reason": "x", "revision": "1"}).status_code == 403


def test_who_has_left_is_suggested_to_nobody_and_their_wins_stay_theirs(session: Session, sign_in: SignIn) -> None:
    gone = an_actor(session, name="Zdenka Zorić", email="zdenka@example.com")
    win = a_win(session, author=gone, title="What she left us")
    session.get_one(Person, gone.id).deactivated_at = LATER
    session.commit()
    client = sign_in()
    for asked in ("Zdenka", "zor", "zdenka@"):
        assert client.get("/colleagues.json", query_string={"q": asked}).json == {"people": []}
    assert "What she left us" in client.get(f"/colleagues/{gone.id}").get_data(as_text=True)
    assert "Zdenka Zorić" in client.get(f"/wins/{win.id}").get_data(as_text=True)
    told = client.get("/colleagues.json?q=ana").json["people"]
    assert all(set(one) == {"id", "name", "team"} for one in told)
