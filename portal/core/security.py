"""What every answer carries to protect the reader, and the key that signs sessions."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import Flask, Request, Response, g, has_request_context, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from werkzeug.middleware.proxy_fix import ProxyFix

from ..config import Settings
from .permissions import NOBODY

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'nonce-{nonce}'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
SESSIONLESS = "/ballots/"
"""Below this address nobody is anybody: no cookie is read or set, and no account looked up (see `Sessions`)."""
HSTS = "max-age=31536000; includeSubDomains"


def secret_key(settings: Settings) -> str:
    """The key that signs sessions and links: from the settings, or made once in the data folder (mode 0600)."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.data / "secret.key"
    if not path.exists():
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        _keep_new_key(path)
    return path.read_text(encoding="ascii").strip()


def _keep_new_key(path: Path) -> None:
    """Put a new key at ``path`` unless another process is faster; whoever reads it finds it whole."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # Made with mode 0600.
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(draft, path)
    Path(draft).unlink()


def sessionless() -> bool:
    """Is this a request that comes from nobody, whoever sends it?"""
    return has_request_context() and request.path.startswith(SESSIONLESS)


class Sessions(SecureCookieSessionInterface):
    """Sessions in a signed cookie, which static files, that shared caches may keep, never carry.

    Nor does any answer for which ``g.no_cookie`` was set. What is sent to an address below `SESSIONLESS` is taken from
    nobody: there is no session, and writing to it fails.
    """

    def open_session(self, app: Flask, request: Request) -> Any:
        """The session in the request's cookie; None where there is none."""
        if not sessionless():
            return super().open_session(app, request)
        g._login_user = NOBODY  # Where Flask-Login keeps whom it has found: it doesn't look.
        return None

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """Does this answer set the cookie (again)?"""
        return request.endpoint != "static" and not g.get("no_cookie") and super().should_set_cookie(app, session)


def init_app(app: Flask, settings: Settings) -> None:
    """Sign sessions, limit bodies, trust only the proxies that the settings name, and set the headers."""
    app.config.update(
        SECRET_KEY=secret_key(settings),
        SESSION_COOKIE_NAME="__Host-session" if settings.secure else "session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_PATH="/",
        PERMANENT_SESSION_LIFETIME=settings.session_days * 86_400,
        MAX_CONTENT_LENGTH=settings.max_body,
        MAX_FORM_MEMORY_SIZE=settings.max_body,
        MAX_FORM_PARTS=1_000,
        WTF_CSRF_TIME_LIMIT=None,  # A form may stay open as long as the session: nothing typed is lost to a clock.
        WTF_CSRF_SSL_STRICT=False,  # The token is checked everywhere; the Referer may be stripped by a proxy.
    )
    app.session_interface = Sessions()
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    app.jinja_env.globals.update(nonce=nonce, sessionless=sessionless)
    app.after_request(_protect)


def nonce() -> str:
    """This answer's nonce: scripts that bear it may run, no others."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def _protect(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", POLICY.format(nonce=nonce()))
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "private, no-store")
    return response
