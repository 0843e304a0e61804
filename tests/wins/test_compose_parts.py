"""What helps to write a win: private data is pointed out, colleagues and pictures are found, words saved as typed."""

import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy.orm import Session

from portal import media
from portal.core import privacy
from portal.core.permissions import Actor, Role
from portal.wins.drafts import values_of
from portal.wins.model import State, Win, WinDraft, WinRevision
from tests.factories import NOW, a_person
from tests.wins.scenes import (
    a_draft,
    a_picture,
    a_principle,
    a_win,
    an_actor,
    draft_of,
    filled,
    sent,
    the_win,
    version_in,
)

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def author(session: Session) -> Actor:
    return an_actor(session, name="Ana Jurić")


@pytest.fixture
def client(sign_in: SignIn, author: Actor) -> FlaskClient:
    """The author's browser."""
    return sign_in(person=author)


@pytest.fixture
def principle(session: Session) -> int:
    return a_principle(session)


def a_file(colour: str = "red") -> tuple[BytesIO, str]:
    out = BytesIO()
    Image.new("RGB", (8, 6), colour).save(out, "PNG")
    return BytesIO(out.getvalue()), "lamp.png"


# Customers' private data


def test_private_data_is_pointed_out_and_blanked_one_by_one_or_all_at_once(
    session: Session, client: FlaskClient, principle: int
) -> None:
    story = "Write to ivan@example.com or ring +385 91 234 5678. ivan@example.com it was."
    page = sent(client, "/wins/new", 200, **filled([principle], title="Lamp for ana@example.com", markdown=story))
    win = the_win(session)
    assert win.state == State.DRAFT
    keys = {finding.text: finding.key for finding in privacy.find(story)}
    assert all(f'value="blank:{key}"' in page for key in keys.values())
    form = filled([principle], title="Lamp for ana@example.com", markdown=story, version=version_in(page))
    page = sent(client, f"/wins/{win.id}/edit", 200, **{**form, "action": f"blank:{keys['ivan@example.com']}"})
    saved = draft_of(session, win.id)
    assert saved.markdown == "Write to […] or ring +385 91 234 5678. […] it was."
    assert saved.title == "Lamp for ana@example.com"
    form |= {"markdown": saved.markdown, "version": version_in(page)}
    page = sent(client, f"/wins/{win.id}/edit", 200, **{**form, "action": "blank-all"})
    saved = draft_of(session, win.id)
    assert (saved.title, saved.markdown) == ("Lamp for […]", "Write to […] or ring […]. […] it was.")
    form |= {"title": saved.title, "markdown": saved.markdown, "version": version_in(page)}
    assert sent(client, f"/wins/{win.id}/edit", **form) == f"/wins/{win.id}"


def test_the_words_for_a_picture_are_looked_through_too(
    session: Session, client: FlaskClient, author: Actor, principle: int
) -> None:
    number = a_picture(session, author)
    session.commit()
    form = {"picture": [number], f"alt-{number}": "A parcel for ana.kupac@example.com"}
    assert "ana.kupac@example.com" in sent(client, "/wins/new", 200, **filled([principle], **form))
    win = the_win(session)
    assert win.state == State.DRAFT, "the author is asked first"
    blanked = filled([principle], **form, version="1") | {"action": "blank-all"}
    sent(client, f"/wins/{win.id}/edit", 200, **blanked)
    session.expire_all()
    assert session.get_one(WinDraft, win.id).pictures == [{"id": number, "alt": "A parcel for […]"}]


def test_what_was_declined_goes_to_the_editors_again_though_they_look_after_posting(
    session: Session, client: FlaskClient, author: Actor, principle: int
) -> None:
    win = a_win(session, State.DECLINED, author=author)
    session.commit()
    page = client.get(f"/wins/{win.id}/edit").text
    assert "Send to the editors" in page
    sent(client, f"/wins/{win.id}/edit", **filled([principle], version="1"))
    session.expire_all()
    assert session.get_one(Win, win.id).state == State.WAITING


def test_an_author_who_knows_better_posts_anyway(session: Session, client: FlaskClient, principle: int) -> None:
    form = filled([principle], markdown="Our own lamp@example.com", action="post-anyway")
    sent(client, "/wins/new", **form)
    assert the_win(session).state == State.PUBLISHED


# Colleagues and pictures without script


def test_colleagues_are_thanked_by_the_names_that_were_typed(
    session: Session, client: FlaskClient, principle: int
) -> None:
    whole, longer = an_actor(session, name="Nino Beridze"), an_actor(session, name="Nino Beridze-Kapanadze")
    part = an_actor(session, name="Иван Петров")
    session.commit()
    sent(client, "/wins/new", **filled([principle], thank=" nino beridze , Петров", thanked=[longer.id]))
    facts = session.get_one(WinRevision, (the_win(session).id, 1)).facts
    assert facts["thanked"] == [longer.id, whole.id, part.id]


def test_a_name_that_several_have_is_asked_about_and_one_that_nobody_has_is_said(
    session: Session, client: FlaskClient, principle: int
) -> None:
    two = [an_actor(session, name="Marko Marić") for _ in range(2)]
    a_person(session, name="Marko Marić").deactivated_at = NOW
    session.commit()
    page = sent(client, "/wins/new", 422, **filled([principle], thank="Marko Marić, <b>Nobody</b>"))
    assert all(re.search(rf'name="thanked"[^>]*value="{one.id}"', page) for one in two)
    assert "<b>Nobody</b>" not in page
    assert "Nobody" in page
    win = the_win(session)
    assert (win.state, draft_of(session, win.id).title) == (State.DRAFT, "The hotel lamp")


def test_pictures_come_with_the_form_and_stay_when_something_else_is_wrong(
    session: Session, client: FlaskClient, principle: int
) -> None:
    form = filled([principle], title="", **{"new-picture": [a_file(), a_file("blue")]})
    page = sent(client, "/wins/new", 422, **form)
    win = the_win(session)
    one, two = (picture_id for picture_id, _ in draft_of(session, win.id).pictures)
    form = filled([principle], picture=[two, one], version=version_in(page), **{f"alt-{two}": "A blue\n lamp"})
    sent(client, f"/wins/{win.id}/edit", **form)
    facts = session.get_one(WinRevision, (win.id, 1)).facts
    assert facts["pictures"] == [{"id": two, "alt": "A blue lamp"}, {"id": one, "alt": ""}]
    assert client.get(f"/pictures/{one}/small").mimetype == "image/webp"


def test_a_file_that_is_no_picture_is_refused_by_name_and_the_others_are_kept(
    session: Session, client: FlaskClient, principle: int
) -> None:
    files = [(BytesIO(b"<html>"), "page.jpg"), a_file()]
    page = sent(client, "/wins/new", 422, **filled([principle], **{"new-picture": files}))
    assert "page.jpg" in page
    assert len(draft_of(session, the_win(session).id).pictures) == 1


def test_four_large_pictures_fit_into_the_form_and_larger_ones_are_said_to_be(
    app: Flask, session: Session, client: FlaskClient, principle: int
) -> None:
    settings = app.extensions["settings"]
    app.extensions["settings"] = replace(settings, max_body=65_536, max_picture=50_000)
    try:
        noise = [(BytesIO(b"x" * 49_000), f"{number}.jpg") for number in range(4)]
        page = sent(client, "/wins/new", 422, **filled([principle], **{"new-picture": noise}))
        assert "3.jpg" in page
        too_large = [(BytesIO(b"x" * 50_001), "huge.jpg")]
        page = sent(client, "/wins/new", 422, **filled([principle], **{"new-picture": too_large}))
        assert str(media.TOO_MANY_BYTES) in page
        beyond = [(BytesIO(b"x" * 120_000), f"{number}.jpg") for number in range(4)]
        assert client.post("/wins/new", data=filled([principle], **{"new-picture": beyond})).status_code == 413
    finally:
        app.extensions["settings"] = settings


# As one types


def test_the_first_words_begin_a_draft_and_the_next_are_saved_to_it(
    session: Session, client: FlaskClient, author: Actor
) -> None:
    begun = client.post("/wins/drafts", data={"title": "The l", "locale": "en"})
    assert (begun.status_code, begun.json["version"]) == (201, 1)
    address = f"/wins/{begun.json['id']}/draft"
    saved = client.post(address, data={"title": "The lamp", "locale": "en", "version": "1"})
    assert (saved.status_code, saved.json) == (200, {"version": 2})
    late = client.post(address, data={"title": "Late", "locale": "en", "version": "1", "guided": "no", "markdown": "x"})
    assert (late.status_code, late.json["version"]) == (409, 2)
    assert late.json["theirs"] == {"title": "The lamp", "text": ""}
    refused = client.post(address, data={"title": "x" * 161, "locale": "en", "version": "2"})
    assert (refused.status_code, list(refused.json["fields"])) == (422, ["title"])
    refused = client.post(address, data={"thanked": list(range(21)), "locale": "en", "version": "2"})
    assert (refused.status_code, list(refused.json["fields"])) == (422, ["thanked"])
    assert draft_of(session, begun.json["id"]).title == "The lamp"


def test_anothers_draft_is_not_there_by_any_route(session: Session, sign_in: SignIn, author: Actor) -> None:
    win_id = a_draft(session, author)
    before = values_of(session.get_one(WinDraft, win_id))
    for role in Role:
        stranger = sign_in(role)
        for method, what in (("GET", "edit"), ("POST", "edit"), ("POST", "draft"), ("POST", "discard"), ("GET", "")):
            form = filled(before.principles, version="1") if method == "POST" else None
            answer = stranger.open(f"/wins/{win_id}/{what}".rstrip("/"), method=method, data=form)
            assert answer.status_code == 404, (role, method, what)
    assert draft_of(session, win_id) == before


def test_the_preview_is_what_readers_will_see_and_refuses_what_no_win_can_hold(client: FlaskClient) -> None:
    answer = client.post("/wins/preview", data={"guided": "no", "markdown": "**A** <script>x</script>", "locale": "en"})
    assert answer.json == {"html": "<p><strong>A</strong> </p>"}
    answer = client.post("/wins/preview", data={"guided": "no", "markdown": "x" * 20_001, "locale": "en"})
    assert (answer.status_code, list(answer.json["fields"])) == (422, ["markdown"])
    for locale in ("../../../tmp", "en\0", "x" * 500):
        answer = client.post("/wins/preview", data={"guided": "yes", "did": "A", "locale": locale})
        assert answer.status_code == 422


def test_colleagues_are_suggested_as_their_name_is_typed(session: Session, client: FlaskClient, author: Actor) -> None:
    found = an_actor(session, name="Ana Jurić-Horvat", team=("Luma", "Zagreb"))
    session.commit()
    told = client.get("/colleagues.json?q=juri").json["people"]
    assert told == [{"id": found.id, "name": "Ana Jurić-Horvat", "team": told[0]["team"]}]
    assert "Zagreb" in told[0]["team"]
    for nothing in ("", "%", "_", "\0", "x" * 10_000):
        assert client.get("/colleagues.json", query_string={"q": nothing}).json == {"people": []}


def test_ones_own_pictures_alone_are_posted(session: Session, client: FlaskClient, principle: int) -> None:
    anothers = a_picture(session, an_actor(session))
    session.commit()
    sent(client, "/wins/new", 422, **filled([principle], picture=[anothers]))
    assert client.get(f"/pictures/{anothers}").status_code == 404
