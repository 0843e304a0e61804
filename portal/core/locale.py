"""Languages: which there are, which one a request speaks, and the functions that translate.

A language is available when it has a catalogue in ``portal/translations``; English is in the source itself.
"""

from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale, negotiate_locale
from babel.dates import format_date, format_datetime, format_skeleton, format_time, get_datetime_format
from babel.numbers import format_decimal, format_percent
from babel.support import NullTranslations, Translations
from flask import Flask, current_app, g, has_request_context, request, session
from flask_babel import Babel, LazyString, gettext, lazy_gettext, ngettext, to_user_timezone
from flask_login import current_user

CATALOGUES = Path(__file__).resolve().parents[1] / "translations"
SOURCE = "en"

Text = str | LazyString
lazy = lazy_gettext
__all__ = [
    "CATALOGUES",
    "SOURCE",
    "Text",
    "available",
    "chosen",
    "gettext",
    "init_app",
    "lazy",
    "name_of",
    "ngettext",
    "said_in",
]

_FORMATS = {"en": "en_GB"}  # Babel's plain English writes dates the American way.
_ORDER = ("en", "ru", "hr", "ka")


@cache
def available() -> tuple[str, ...]:
    """The languages of content and interface, the first ones in their usual order, others after them."""
    found = {SOURCE} | {path.parent.parent.name for path in CATALOGUES.glob("*/LC_MESSAGES/messages.po")}
    return tuple(sorted(found, key=lambda code: (_ORDER.index(code) if code in _ORDER else len(_ORDER), code)))


@cache
def name_of(code: str) -> str:
    """A language's name in that language, as it would stand in a menu: ``Hrvatski``."""
    name = Locale.parse(code).get_display_name(code) or code
    return name[:1].upper() + name[1:] if code != "ka" else name  # Georgian has no capitals in running text.


def chosen() -> str:
    """The language of this request: the person's own, or chosen before sign-in, or what the browser prefers."""
    if "locale" not in g:
        own = current_user.locale or session.get("locale")
        g.locale = own if own in available() else preferred()
    return str(g.locale)


def preferred() -> str:
    """What the browser prefers among the available languages (``ru-RU`` is ``ru``), or the site's own."""
    asked = [code for code, _ in request.accept_languages] if has_request_context() else []
    best = negotiate_locale(asked, available(), sep="-")
    return best or str(current_app.config["BABEL_DEFAULT_LOCALE"])


def written_date(when: datetime) -> str:
    """The day of ``when`` in the company's time zone, as this request's language writes it."""
    return format_date(to_user_timezone(when), "medium", locale=_FORMATS.get(chosen(), chosen()))


def written_moment(when: datetime) -> str:
    """The same with the time of day and the zone."""
    return format_datetime(to_user_timezone(when), "long", locale=_FORMATS.get(chosen(), chosen()))


def written_hour(when: datetime) -> str:
    """The weekday, day and time of day of ``when``, a moment not far off, in the company's time zone."""
    locale, own = _FORMATS.get(chosen(), chosen()), to_user_timezone(when)
    return f"{format_skeleton('MMMEd', own, locale=locale)}, {format_time(own, 'short', locale=locale)}"


def written_deadline(when: datetime, code: str) -> str:
    """The weekday, day and minute of ``when`` in the company's time zone, as the language ``code`` writes them."""
    local, form = to_user_timezone(when), _FORMATS.get(code, code)
    day, minute = format_date(local, "full", locale=form), format_time(local, "short", tzinfo=local.tzinfo, locale=form)
    return str(get_datetime_format("full", locale=form)).replace("'", "").format(minute, day)


def written_day(day: date) -> str:
    """A day of the company's calendar, as this request's language writes it."""
    return format_date(day, "medium", locale=_FORMATS.get(chosen(), chosen()))


def written_month(day: date) -> str:
    """The month and year of ``day``, as this request's language writes them in little room."""
    return str(format_skeleton("yMMM", day, locale=_FORMATS.get(chosen(), chosen())))


def written_number(number: int) -> str:
    """A whole number, as this request's language writes it."""
    return str(format_decimal(number, locale=_FORMATS.get(chosen(), chosen())))


def written_share(percent: int) -> str:
    """A whole number of per cent, as this request's language writes it."""
    return str(format_percent(percent / 100, locale=_FORMATS.get(chosen(), chosen())))


def written_decimal(number: float) -> str:
    """A number in two places, as this request's language writes it."""
    return str(format_decimal(number, "0.00", locale=_FORMATS.get(chosen(), chosen())))


def said_in(code: str, text: str) -> str:
    """``text``, English as it stands in the source, in another language than the request's: what goes into a text."""
    return str(_catalogue(code).gettext(text)) if code != SOURCE else text


@cache
def _catalogue(code: str) -> NullTranslations:
    return Translations.load(CATALOGUES, [code])


def init_app(app: Flask, default: str, timezone: str) -> None:
    """Make translation work in ``app``, with ``default`` for people whose language is not known."""
    app.config.update(
        BABEL_TRANSLATION_DIRECTORIES=str(CATALOGUES), BABEL_DEFAULT_LOCALE=default, BABEL_DEFAULT_TIMEZONE=timezone
    )
    Babel(app, default_locale=default, locale_selector=lambda: chosen() if has_request_context() else default)

    @app.context_processor
    def _words() -> dict[str, Any]:
        return {"locale": chosen(), "locales": available(), "language_name": name_of}
