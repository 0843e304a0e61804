"""How errors read: one page for each status, in the reader's language, and JSON for programs."""

import logging
import secrets
import traceback
from collections.abc import Iterator

from flask import Flask, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException

from .errors import Conflict, PortalError, TooMany
from .guard import wants_json
from .locale import Text, lazy
from .permissions import NOBODY
from .security import sessionless

log = logging.getLogger(__name__)

TITLES: dict[int, Text] = {
    400: lazy("This request could not be understood"),
    403: lazy("You don’t have access to this"),
    404: lazy("There is nothing here"),
    405: lazy("This can’t be done here"),
    409: lazy("Somebody was faster"),
    413: lazy("That is too large"),
    422: lazy("Some of it needs another look"),
    429: lazy("One moment, please"),
    500: lazy("Something broke on our side"),
    503: lazy("The portal is busy"),
}
WORDS: dict[int, Text] = {
    400: lazy("The address or the form was not as it should be. Go back and try again."),
    403: lazy("Your account isn’t allowed to see or do this. If you need it, ask an administrator."),
    404: lazy("The page may have moved, or the address has a slip in it. Search finds most things."),
    405: lazy("This address doesn’t accept that kind of request. Go back and try again."),
    409: lazy("Somebody else changed this in the meantime. Look at it again before you save."),
    413: lazy("What you sent is larger than the portal takes. Make it smaller and try again."),
    422: lazy("Some of what you entered needs another look."),
    429: lazy("That was a lot at once. Wait a little, then try again."),
    500: lazy("It isn’t your fault, and nothing of yours was half-saved. Try again in a minute."),
    503: lazy("A great deal is going on just now. Nothing was lost; try again in a minute."),
}
BUSY = ("database is locked", "deadlock detected", "lock timeout")
"""How SQLite and PostgreSQL say that the same request may succeed in a moment."""
STALE_FORM = lazy("This form was opened in another session, or cookies are off. Open it again and send it once more.")


def init_app(app: Flask) -> None:
    """Answer every error of ``app`` so that a person understands it."""
    for logger in (app.logger, log):
        logger.addFilter(_discreet)
    app.register_error_handler(PortalError, _portal_error)
    app.register_error_handler(CSRFError, lambda _error: _answer(400, STALE_FORM))
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(IntegrityError, _integrity_error)
    app.register_error_handler(DataError, _data_error)
    app.register_error_handler(OperationalError, _operational_error)
    app.register_error_handler(Exception, _fault)


def _discreet(record: logging.LogRecord) -> bool:
    """Where people cast ballots, the log is told which line broke and with what kind of error, but not its words.

    They may hold what was sent: a value that could not be read, a row that the database refused.
    """
    if sessionless() and record.exc_info and (error := record.exc_info[1]):
        record.exc_info, record.exc_text = None, "".join(_without_words(error)).rstrip()
    return True


def _without_words(error: BaseException | None) -> Iterator[str]:
    """An error and what led to it, as a traceback tells it, but for their messages."""
    while error is not None:
        yield f"{type(error).__module__}.{type(error).__qualname__}\n"
        yield from traceback.format_tb(error.__traceback__)
        error = error.__cause__ or error.__context__


def _portal_error(error: PortalError) -> ResponseReturnValue:
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else {}
    return _answer(error.status, error.message, headers=headers)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if code < 400:
        return error.get_response()
    if code >= 500 and code != 503:
        # Also when an error's own page could not be made: then this is about what broke that page.
        return _fault(getattr(error, "original_exception", None) or error)
    if code not in TITLES:
        code = 400
    methods = getattr(error, "valid_methods", None)
    return _answer(code, headers={"Allow": ", ".join(methods)} if methods else {})


def _integrity_error(error: IntegrityError) -> ResponseReturnValue:
    """Two people did the same thing at once and the database let one of them in."""
    log.info("integrity error on %s: %s", request.endpoint, type(error.orig).__name__)
    return _answer(409, Conflict.message)


def _data_error(error: DataError) -> ResponseReturnValue:
    """Somebody asked for what no column can hold, such as a NUL in a text or a number of thirty digits."""
    log.info("data error on %s: %s", request.endpoint, type(error.orig).__name__)
    return _answer(400)


def _operational_error(error: OperationalError) -> ResponseReturnValue:
    if any(sign in str(error.orig) for sign in BUSY):
        log.warning("the database was too busy: %s", type(error.orig).__name__)
        return _answer(503, headers={"Retry-After": "5"})
    return _fault(error)


def _fault(error: Exception) -> ResponseReturnValue:
    code = secrets.token_hex(4)
    log.error("fault %s on %s %s", code, request.method, request.path, exc_info=error)
    return _answer(500, fault=code)


def _answer(
    status: int, message: Text | None = None, *, fault: str | None = None, headers: dict[str, str] | None = None
) -> ResponseReturnValue:
    if status >= 500:
        g.setdefault("_login_user", NOBODY)  # What broke may be the database: nobody asks it again who this is.
    if wants_json():
        told = {"error": str(message or WORDS[status])} | ({"code": fault} if fault else {})
        return jsonify(told), status, headers or {}
    page = "core/fault.html" if status >= 500 else "core/error.html"
    values = {"status": status, "title": TITLES[status], "message": message or WORDS[status], "fault": fault}
    return render_template(page, **values), status, headers or {}
