"""Uploading a picture: what is answered, and in which cases it is refused."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.app import create_app
from portal.config import load
from portal.core import clock
from portal.core.db import Database
from portal.core.permissions import Role
from portal.media import add_picture, encode
from portal.media.commands import MOST
from portal.media.encoding import DAMAGED, UNKNOWN
from portal.media.model import Picture
from portal.people import as_actor
from tests.factories import a_person
from tests.media.pictures import a_file, noise

MOST_BYTES = 200_000


def send(client: FlaskClient, data: bytes, name: str = "picture.jpg", **more: Any) -> TestResponse:
    """Upload the file as a page's script does."""
    return client.post("/pictures", data={"picture": (BytesIO(data), name)}, **more)


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Picture)) or 0


@pytest.mark.parametrize("name", ["lamp.jpg", "lamp.html", "../../etc/passwd", "lamp", "<script>.svg", "a\0b.png"])
def test_a_picture_is_taken_whatever_its_name(sign_in: Callable[..., FlaskClient], name: str) -> None:
    client = sign_in()
    answer = send(client, a_file("JPEG", 600, 400), name, content_type="multipart/form-data")
    assert (answer.status_code, answer.mimetype) == (201, "application/json")
    number = answer.get_json()["id"]
    address = f"/pictures/{number}"
    assert answer.get_json() == {
        "id": number,
        "address": address,
        "small": f"{address}/small",
        "width": 600,
        "height": 400,
    }
    assert client.get(address).data[8:12] == b"WEBP"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<!doctype html><script>alert(1)</script>", UNKNOWN),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', UNKNOWN),
        (noise(kind="JPEG")[:5_000], DAMAGED),
        (b"", "Choose a picture first."),
    ],
    ids=["page", "drawing", "cut short", "empty"],
)
def test_what_is_no_picture_is_refused_in_clear_words_and_not_kept(
    sign_in: Callable[..., FlaskClient], session: Session, data: bytes, message: object
) -> None:
    answer = send(sign_in(), data, "holiday.jpg")
    assert (answer.status_code, answer.get_json()) == (422, {"error": str(message)})
    assert count(session) == 0


@pytest.mark.parametrize(
    "form", [{}, {"picture": "text"}, {"photo": (BytesIO(b"x"), "x.jpg")}], ids=["nothing", "text", "another field"]
)
def test_a_form_without_a_picture_is_refused(sign_in: Callable[..., FlaskClient], form: dict[str, Any]) -> None:
    answer = sign_in().post("/pictures", data=form, content_type="multipart/form-data")
    assert (answer.status_code, answer.get_json()) == (422, {"error": "Choose a picture first."})


def test_a_body_that_is_no_form_is_refused(sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in()
    assert client.post("/pictures", json={"picture": "x"}).status_code == 422
    assert client.post("/pictures", data=a_file(), content_type="image/jpeg").status_code == 422
    assert client.post("/pictures", data=b"--x", content_type="multipart/form-data; boundary=x").status_code == 422


def test_a_person_who_has_sent_a_great_many_is_asked_to_wait(
    sign_in: Callable[..., FlaskClient], session: Session
) -> None:
    person, made = as_actor(a_person(session)), encode(a_file())
    for _ in range(MOST - 1):
        add_picture(session, person, made, clock.now())
    client = sign_in(person=person)
    assert send(client, a_file()).status_code == 201
    answer = send(client, a_file())
    assert answer.status_code == 429
    assert 3_000 < int(answer.headers["Retry-After"]) <= 3_601
    assert answer.get_json() == {"error": "You have added a great many pictures. Wait 60 min and try again."}
    assert send(sign_in(), a_file()).status_code == 201
    assert count(session) == MOST + 1


# How much may be sent


@pytest.fixture
def narrow(tmp_path: Any, database: Database) -> Flask:
    """The site where forms are small, and pictures may be larger than forms."""
    settings = load({"PORTAL_DATA": str(tmp_path), "PORTAL_MAX_BODY": "65536", "PORTAL_MAX_PICTURE": str(MOST_BYTES)})
    app = create_app(settings, database)
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    return app


def entered(app: Flask, session: Session) -> FlaskClient:
    """A client of ``app``, signed in as somebody new."""
    person = as_actor(a_person(session, roles=[Role.EMPLOYEE]))
    session.commit()
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = person.get_id()
    return client


def test_a_picture_may_be_larger_than_other_forms(narrow: Flask, session: Session) -> None:
    client, data = entered(narrow, session), noise(200, 200)
    assert 65_536 < len(data) < MOST_BYTES
    assert send(client, data).status_code == 201
    answer = client.post("/profile", data={"name": (BytesIO(data), "x")}, content_type="multipart/form-data")
    assert answer.status_code == 413, "only where pictures are taken"


@pytest.mark.parametrize("too_much", [1, 100_000], ids=["the file", "the whole form"])
def test_a_file_that_is_too_large_is_refused_in_json(narrow: Flask, session: Session, too_much: int) -> None:
    answer = send(entered(narrow, session), a_file("PNG").ljust(MOST_BYTES + too_much, b"\0"))
    assert (answer.status_code, answer.mimetype) == (413, "application/json")
    assert answer.get_json() == {"error": "This file is too large. Make the picture smaller and try again."}
    assert count(session) == 0


def test_a_file_just_as_large_as_may_be_is_taken(narrow: Flask, session: Session) -> None:
    assert send(entered(narrow, session), a_file("PNG").ljust(MOST_BYTES, b"\0")).status_code == 201


def test_a_body_without_a_length_is_not_read_for_ever(narrow: Flask, session: Session) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="picture"; filename="x"\r\n\r\n'
    body = BytesIO(head + a_file("PNG") + bytes(10 * MOST_BYTES))
    answer = entered(narrow, session).post(
        "/pictures",
        input_stream=body,
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert answer.status_code == 413
    assert body.tell() < 2 * MOST_BYTES


# Forms of this site alone


def test_a_picture_from_elsewhere_is_refused_and_one_with_the_pages_token_taken(
    narrow: Flask, session: Session
) -> None:
    narrow.config["WTF_CSRF_ENABLED"] = True
    client = entered(narrow, session)
    refused = send(client, a_file(), headers={"Accept": "application/json"})
    assert (refused.status_code, refused.mimetype) == (400, "application/json")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/profile").text)
    assert token
    assert send(client, a_file(), headers={"X-CSRFToken": token[1]}).status_code == 201
    form = {"csrf_token": token[1], "picture": (BytesIO(noise()), "large.png")}
    assert client.post("/pictures", data=form).status_code == 201, "also one larger than other forms may be"


def test_nobody_uploads_without_signing_in(client: FlaskClient, session: Session) -> None:
    assert send(client, a_file()).location.startswith("/sign-in")
    assert send(client, a_file(), headers={"Accept": "application/json"}).status_code == 401
    assert count(session) == 0
