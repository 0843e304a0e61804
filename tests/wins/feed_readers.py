"""What a feed reader does, for tests."""

from datetime import datetime
from xml.etree import ElementTree as ET

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.core.permissions import Actor
from portal.wins import feed_keys
from tests.factories import NOW

A = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
SITE = "http://127.0.0.1:8000"


def of(session: Session, person: Actor, seen: datetime | None = None) -> str:
    """The address that a person makes."""
    secret = feed_keys.make(session, person, seen, NOW)
    session.commit()
    return f"/feeds/{secret}/wins.atom"


def feed(client: FlaskClient, address: str) -> ET.Element:
    """The feed at an address, read as a feed reader does."""
    answer = client.get(address)
    assert (answer.status_code, answer.content_type) == (200, "application/atom+xml; charset=utf-8")
    return ET.fromstring(answer.data)


def titles(client: FlaskClient, address: str) -> list[str | None]:
    """The titles that stand in the feed at an address."""
    return [entry.findtext(f"{A}title") for entry in feed(client, address).findall(f"{A}entry")]


def link(element: ET.Element, rel: str) -> dict[str, str]:
    """The one link of its kind, as its attributes."""
    (found,) = [one.attrib for one in element.findall(f"{A}link") if one.get("rel") == rel]
    return found


def nothing_at(client: FlaskClient, address: str) -> bool:
    """Is there nothing at that address, said without a cookie?"""
    answer = client.get(address)
    assert "Set-Cookie" not in answer.headers
    return answer.status_code == 404
