"""Serving pictures: to those who may see them, with headers that keep them pictures, and never as a page."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.core.permissions import Actor, Role
from portal.media import add_picture, encode, remove
from portal.media.web import Judge
from portal.people import as_actor
from tests.counting import count_queries
from tests.factories import a_person
from tests.media.pictures import a_file

MADE = encode(a_file("PNG", 600, 400))
SIZES = ("", "/small")


@pytest.fixture
def owner(session: Session) -> Actor:
    return as_actor(a_person(session))


@pytest.fixture
def address(session: Session, owner: Actor, now: datetime) -> str:
    """Where the owner's picture is had."""
    return f"/pictures/{add_picture(session, owner, MADE, now).id}"


@pytest.fixture
def judged_by(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let these judges say who may see a picture."""

    def choose(*judges: Judge) -> None:
        monkeypatch.setitem(app.extensions, "picture_judges", judges)

    return choose


def yes(_session: Session, _actor: Actor, _picture_id: int) -> bool:
    return True


def no(_session: Session, _actor: Actor, _picture_id: int) -> bool:
    return False


@pytest.mark.parametrize(("size", "data"), [("", MADE.full), ("/small", MADE.small)])
def test_a_picture_is_a_picture_and_nothing_else(
    sign_in: Callable[..., FlaskClient], owner: Actor, address: str, size: str, data: bytes
) -> None:
    answer = sign_in(person=owner).get(address + size)
    assert (answer.status_code, answer.data) == (200, data)
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["Content-Length"] == str(len(data))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    number, name = address.rpartition("/")[2], size.strip("/") or "full"
    assert answer.headers["Content-Disposition"] == f"inline; filename=picture-{number}-{name}.webp"
    assert answer.headers["Cache-Control"] == "private, max-age=3600"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("size", SIZES)
def test_the_owner_sees_a_picture_and_others_only_when_a_judge_says_so(
    sign_in: Callable[..., FlaskClient], judged_by: Callable[..., None], owner: Actor, address: str, size: str
) -> None:
    own, others = sign_in(person=owner), [sign_in(role) for role in Role]
    for judges, expected in [((), 404), ((no,), 404), ((no, yes), 200), ((yes, no), 200)]:
        judged_by(*judges)
        assert own.get(address + size).status_code == 200
        assert {client.get(address + size).status_code for client in others} == {expected}
        assert {client.head(address + size).status_code for client in others} == {expected}


def test_a_judge_is_told_who_asks_for_what(
    sign_in: Callable[..., FlaskClient], judged_by: Callable[..., None], session: Session, address: str
) -> None:
    asked: list[tuple[int | None, int]] = []

    def judge(_session: Session, actor: Actor, picture_id: int) -> bool:
        asked.append((actor.id, picture_id))
        return isinstance(actor, Actor)

    judged_by(judge)
    reader = as_actor(a_person(session))
    assert sign_in(person=reader).get(address).status_code == 200
    assert asked == [(reader.id, int(address.rpartition("/")[2]))]


@pytest.mark.parametrize("size", SIZES)
def test_nobody_sees_anything_without_signing_in(
    client: FlaskClient, judged_by: Callable[..., None], session: Session, address: str, size: str
) -> None:
    session.commit()
    judged_by(yes)
    assert client.get(address + size).status_code == 302
    assert client.get(address + size, headers={"If-None-Match": "*"}).status_code == 302


@pytest.mark.parametrize("size", SIZES)
def test_a_browser_that_has_the_picture_is_told_so_without_its_bytes(
    sign_in: Callable[..., FlaskClient], owner: Actor, address: str, database: Database, size: str
) -> None:
    client = sign_in(person=owner)
    tag = client.get(address + size).headers["ETag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        with count_queries(database.engine) as queries:
            answer = client.get(address + size, headers={"If-None-Match": known})
        assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", tag)
        assert answer.headers["Cache-Control"] == "private, max-age=3600"
        assert not any("picture_data" in query for query in queries)
    assert client.get(address + size, headers={"If-None-Match": '"other"'}).status_code == 200


def test_rights_are_looked_at_before_anybody_is_told_that_they_have_it(
    sign_in: Callable[..., FlaskClient], judged_by: Callable[..., None], address: str
) -> None:
    client = sign_in()
    judged_by(yes)
    tag = client.get(address).headers["ETag"]
    judged_by(no)
    for known in (tag, "*"):
        answer = client.get(address, headers={"If-None-Match": known})
        assert answer.status_code == 404
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "ETag" not in answer.headers


def test_each_picture_and_each_size_has_a_tag_of_its_own(
    sign_in: Callable[..., FlaskClient], session: Session, owner: Actor, address: str, now: datetime
) -> None:
    other = f"/pictures/{add_picture(session, owner, MADE, now).id}"
    client = sign_in(person=owner)
    assert len({client.get(where + size).headers["ETag"] for where in (address, other) for size in SIZES}) == 4


def test_what_is_not_there_looks_like_what_one_may_not_see(
    sign_in: Callable[..., FlaskClient], session: Session, owner: Actor, address: str, judged_by: Callable[..., None]
) -> None:
    stranger = sign_in()
    hidden = stranger.get(address).text.replace(address, "")
    remove(session, [int(address.rpartition("/")[2])])
    session.commit()
    judged_by(yes)
    gone = stranger.get(address)
    assert gone.status_code == 404
    assert _words(gone.text.replace(address, "")) == _words(hidden)
    assert sign_in(person=owner).get(address).status_code == 404


def _words(page: str) -> str:
    return page.partition("<main")[2]


@pytest.mark.parametrize("number", ["0", "2147483647", "2147483648", "9" * 30, "-1", "1.5", "x", "1%00", "١"])
@pytest.mark.parametrize("size", SIZES)
def test_a_number_that_is_none_is_not_found(
    sign_in: Callable[..., FlaskClient], judged_by: Callable[..., None], number: str, size: str
) -> None:
    judged_by(yes)
    assert sign_in().get(f"/pictures/{number}{size}").status_code == 404


def test_the_number_of_queries_is_small(
    sign_in: Callable[..., FlaskClient], owner: Actor, address: str, database: Database
) -> None:
    client = sign_in(person=owner)
    with count_queries(database.engine) as queries:
        assert client.get(address).status_code == 200
    assert len(queries) == 3  # Who asks, what the picture is, its bytes.
