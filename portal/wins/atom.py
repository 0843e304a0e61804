"""Wins as an Atom feed (RFC 4287), for programs in which people read the news of many places."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element, SubElement

from ..core import markup
from .views import WinView

ATOM = "http://www.w3.org/2005/Atom"
TYPE = "application/atom+xml"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
OWNED_SINCE = "2026"
"""The year in every id (RFC 4151): of a time when whoever runs the site had its name. It must never change."""

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ET.register_namespace("", ATOM)


@dataclass(frozen=True)
class Source:
    """What a feed says of itself.

    ``site`` is the site's address without a path, ``address`` the feed's own and ``page`` that of the page which shows
    the same; ``name`` tells this feed from the site's others, ``since`` is its moment while nothing is in it.
    """

    site: str
    address: str
    page: str
    name: str
    title: str
    locale: str
    since: datetime


def document(source: Source, wins: Sequence[WinView]) -> bytes:
    """The feed with ``wins``, in their order; all of them are published."""
    feed = Element(_tag("feed"), {LANG: source.locale})
    _add(feed, "id", tag_uri(source.site, source.name))
    _add(feed, "title", source.title)
    _add(feed, "updated", _moment(max((_changed(win) for win in wins), default=source.since)))
    _link(feed, "self", source.address, TYPE)
    _link(feed, "alternate", source.page, "text/html")
    for win in wins:
        _entry(feed, source.site, win)
    text: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return text


def tag_uri(site: str, name: str) -> str:
    """The id of ``name`` for all time and everywhere (RFC 4151)."""
    # A name that the scheme can't hold (an IPv6 address) still gives an id that is valid and always the same.
    host = re.sub(r"[^a-z0-9.-]", "-", (urlsplit(site).hostname or "").lower())
    return f"tag:{host},{OWNED_SINCE}:{name}"


def _entry(feed: Element, site: str, win: WinView) -> None:
    address = site + win.address
    entry = SubElement(feed, _tag("entry"), {LANG: win.locale})
    _add(entry, "id", tag_uri(site, f"win/{win.id}"))
    _add(entry, "title", win.title)
    assert win.published_at is not None
    _add(entry, "published", _moment(win.published_at))
    _add(entry, "updated", _moment(_changed(win)))
    author = SubElement(entry, _tag("author"))
    _add(author, "name", win.author.name)
    _add(author, "uri", f"{site}/colleagues/{win.author.id}")
    _link(entry, "alternate", address, "text/html", win.locale)
    _add(entry, "content", markup.for_elsewhere(win.html, address), type="html")


def _changed(win: WinView) -> datetime:
    assert win.published_at is not None
    return win.edited_at or win.published_at


def _add(parent: Element, name: str, text: str, **more: str) -> None:
    SubElement(parent, _tag(name), more).text = _NOT_IN_XML.sub("", text)


def _link(parent: Element, rel: str, address: str, media_type: str, locale: str | None = None) -> None:
    values = {"rel": rel, "type": media_type, "href": address} | ({"hreflang": locale} if locale else {})
    SubElement(parent, _tag("link"), values)


def _tag(name: str) -> str:
    return f"{{{ATOM}}}{name}"


def _moment(when: datetime) -> str:
    # Whole seconds would let a change within the same second go unseen.
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
