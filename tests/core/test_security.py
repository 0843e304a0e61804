"""What protects the reader: headers on every kind of answer, scripts by nonce, TLS, cookies, limits, the key."""

import io
import re
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.app import create_app
from portal.config import Settings, load
from portal.core.db import Database
from portal.core.security import HEADERS, secret_key
from tests.factories import PASSWORD, a_person

Site = Callable[..., Flask]


@pytest.fixture
def site(database: Database, tmp_path: Path) -> Site:
    """Another application, with the given settings, on this test's database."""

    def make(**settings: str) -> Flask:
        values = {"DATA": str(tmp_path), "SECRET_KEY": "for tests alone", **settings}
        return create_app(load({f"PORTAL_{name}": value for name, value in values.items()}), database)

    return make


ANSWERS = {
    "a page": ("GET", "/profile", 200),
    "the front page": ("GET", "/", 200),
    "a redirect": ("GET", "/sign-in", 303),
    "a static file": ("GET", "/static/site.js", 200),
    "no such static file": ("GET", "/static/none.js", 404),
    "the manifest": ("GET", "/manifest.webmanifest", 200),
    "health": ("GET", "/healthz", 200),
    "JSON": ("GET", "/none.json", 404),
    "no such page": ("GET", "/none", 404),
    "not allowed": ("GET", "/people", 403),
    "wrong method": ("GET", "/sign-out", 405),
    "a form refused": ("POST", "/profile", 422),
    "too large": ("POST", "/profile", 413),
    "a HEAD": ("HEAD", "/profile", 200),
    "an OPTIONS": ("OPTIONS", "/profile", 200),
}


FROM_HERE = ("style-src", "img-src", "font-src", "connect-src", "manifest-src", "form-action")


@pytest.mark.parametrize("what", ANSWERS)
def test_every_kind_of_answer_carries_the_headers(sign_in: Callable[..., FlaskClient], what: str) -> None:
    method, address, status = ANSWERS[what]
    data = {"name": "x" * 3_000_000} if status == 413 else {"name": ""} if method == "POST" else None
    answer = sign_in().open(address, method=method, data=data, buffered=True)
    assert answer.status_code == status
    for name, value in HEADERS.items():
        assert answer.headers.get_all(name) == [value]
    (policy,) = answer.headers.get_all("Content-Security-Policy")
    assert {part.split()[0]: part.split()[1:] for part in policy.split("; ")} == {
        "default-src": ["'none'"],
        "script-src": [f"'nonce-{_nonce(answer)}'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        **{name: ["'self'"] for name in FROM_HERE},
    }
    assert "unsafe" not in policy
    assert "Server" not in answer.headers


def _nonce(answer: TestResponse) -> str:
    found = re.search(r"script-src 'nonce-([\w-]{20,})'", answer.headers["Content-Security-Policy"])
    assert found
    return found[1]


def test_each_answer_has_a_nonce_of_its_own_which_every_script_in_it_bears(client: FlaskClient) -> None:
    nonces = []
    for address in ("/sign-in", "/sign-in", "/none"):
        answer = client.get(address)
        scripts = re.findall(r"<script\b[^>]*>", answer.text)
        assert scripts
        assert all(f'nonce="{_nonce(answer)}"' in script for script in scripts)
        nonces.append(_nonce(answer))
    assert len(set(nonces)) == 3


def test_no_page_is_kept_by_caches_and_static_files_are(sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in()
    page = client.get("/profile")
    assert page.headers["Cache-Control"] == "private, no-store"
    asset = re.search(r'src="(/static/site\.js\?v=\w+)"', page.text)
    assert asset
    assert client.get(asset[1], buffered=True).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for address in ("/static/site.js", "/static/site.js?v=old"):
        assert client.get(address, buffered=True).headers["Cache-Control"] == "no-cache"


def test_a_static_file_carries_no_cookie_and_asks_no_database(app: Flask, sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in()
    with client.session_transaction() as cookie:
        cookie.permanent = True  # As a sign-in makes it: every page sets the cookie anew.
    assert "Set-Cookie" in client.get("/profile").headers
    app.extensions["database"] = None
    answer = client.get("/static/site.js", buffered=True)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_browsers_are_told_to_insist_on_tls_over_tls_only(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/sign-in").headers
    told = client.get("/sign-in", base_url="https://localhost").headers["Strict-Transport-Security"]
    assert re.match(r"max-age=(\d+)", told)


FORWARDED = {
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-For": "198.51.100.7",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-Port": "444",
    "Forwarded": "proto=https;host=evil.example;for=198.51.100.7",
}


def test_forwarded_headers_count_only_behind_a_proxy_that_the_settings_name(site: Site) -> None:
    alone = site().test_client().get("/sign-in", headers=FORWARDED)
    assert "Strict-Transport-Security" not in alone.headers
    behind = site(PROXIES="1").test_client().get("/sign-in", headers=FORWARDED)
    assert "Strict-Transport-Security" in behind.headers
    for answer in (alone, behind):
        assert "evil" not in answer.text
        assert answer.status_code == 200


@pytest.mark.parametrize(("proxies", "seen"), [("0", "127.0.0.1"), ("1", "3.3.3.3"), ("2", "2.2.2.2")])
def test_the_readers_address_is_what_the_last_trusted_proxy_saw(site: Site, proxies: str, seen: str) -> None:
    app = site(PROXIES=proxies)
    seen_by_app: list[str | None] = []
    app.before_request(lambda: seen_by_app.append(_remote_address()))
    app.test_client().get("/healthz", headers={"X-Forwarded-For": "1.1.1.1, 2.2.2.2, 3.3.3.3"})
    assert seen_by_app == [seen]


def _remote_address() -> str | None:
    return request.remote_addr


@pytest.mark.parametrize("secure", [False, True])
def test_the_session_cookie_keeps_to_this_site(site: Site, session: Session, secure: bool) -> None:
    person = a_person(session)
    session.commit()
    base = "https://localhost" if secure else "http://localhost"
    app = site(URL=base, SESSION_DAYS="3")
    app.config["WTF_CSRF_ENABLED"] = False
    answer = app.test_client().post("/sign-in", data={"email": person.email, "password": PASSWORD}, base_url=base)
    assert answer.status_code == 303
    (cookie,) = answer.headers.get_all("Set-Cookie")
    name, *flags = cookie.split("; ")
    assert name.startswith("__Host-session=" if secure else "session=")
    assert {flag for flag in flags if not flag.startswith("Expires=")} == {
        "HttpOnly", "Path=/", "SameSite=Lax", *(["Secure"] if secure else []),
    }  # fmt: skip
    assert any(flag.startswith("Expires=") for flag in flags)
    assert app.permanent_session_lifetime.days == 3


ANNOUNCED = {"CONTENT_LENGTH": "65537"}
FORM = "application/x-www-form-urlencoded"


def test_a_body_over_the_limit_is_refused_before_it_is_read(site: Site) -> None:
    client = site(MAX_BODY="65536").test_client()
    form = {"email": "ana@example.com", "password": "x" * 70_000}
    assert client.post("/sign-in", data=form).status_code == 413
    assert client.post("/sign-in", data=form, content_type="multipart/form-data").status_code == 413
    announced = client.post("/sign-in", input_stream=_Unread(), content_type=FORM, environ_overrides=ANNOUNCED)
    assert announced.status_code == 413


class _Unread(io.BytesIO):
    """A body of which nothing may be read."""

    def read(self, _size: int | None = -1, /) -> bytes:
        raise AssertionError("the body was read")

    readline = read  # type: ignore[assignment]


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    settings = load({"PORTAL_DATA": str(tmp_path / "new" / "folder")})
    key = secret_key(settings)
    assert len(key) == 64
    assert secret_key(settings) == key
    file = settings.data / "secret.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text(encoding="ascii") == key
    assert list(settings.data.iterdir()) == [file]
    assert secret_key(load({"PORTAL_DATA": str(tmp_path / "other")})) != key


def test_a_key_from_the_settings_is_not_written_down(tmp_path: Path) -> None:
    settings = load({"PORTAL_DATA": str(tmp_path), "PORTAL_SECRET_KEY": "from the settings"})
    assert secret_key(settings) == "from the settings"
    assert list(tmp_path.iterdir()) == []


def test_workers_that_start_at_once_agree_on_the_key(tmp_path: Path) -> None:
    gate = Barrier(4)

    def start(settings: Settings) -> str:
        gate.wait(timeout=10)
        return secret_key(settings)

    for number in range(20):
        settings = load({"PORTAL_DATA": str(tmp_path / str(number))})
        with ThreadPoolExecutor(4) as pool:
            keys = set(pool.map(start, [settings] * 4))
        assert len(keys) == 1
        assert len(keys.pop()) == 64


def test_the_site_starts_with_the_key_that_was_made(database: Database, tmp_path: Path) -> None:
    settings = load({"PORTAL_DATA": str(tmp_path)})
    assert create_app(settings, database).secret_key == (tmp_path / "secret.key").read_text(encoding="ascii")
