"""What an address asks of the database does not grow with the guidance."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.core import kept
from portal.core.db import Database
from portal.knowledge.model import Kind, Page, Source
from portal.search import Index, rebuild
from tests.counting import count_queries
from tests.factories import a_page, a_text

ADDRESSES = ("/", "/stories", "/stories?principle=hub", "/principles/hub", "/search?q=lamp", "/search.json?q=lamp")


def test_the_number_of_queries_is_the_same_for_few_pages_and_for_many(
    app: Flask, session: Session, database: Database, index: Index, sign_in: Callable[..., FlaskClient]
) -> None:
    hub = a_page(session, Kind.PRINCIPLE, slug="hub")
    more_guidance(session, hub, 4)
    client = sign_in(locale="hr")

    def asked() -> dict[str, int]:
        rebuild(database, index)
        assert client.get("/search?q=lamp").status_code == 200  # Synonyms are read once, and kept.
        kept.init_app(app)  # Nothing is remembered from the last time.
        counts = {}
        for address in ADDRESSES:
            with count_queries(database.engine) as seen:
                assert client.get(address).status_code == 200
            counts[address] = len(seen)
        return counts

    few = asked()
    more_guidance(session, hub, 12)
    assert asked() == few
    assert min(few.values()) > 0
    assert max(few.values()) <= 30


def more_guidance(session: Session, hub: Page, count: int) -> None:
    """Pages of every kind in two languages, the stories linked with all others and with ``hub``."""
    texts = {code: a_text(f"Lamp {code}") for code in ("en", "hr")}
    for _ in range(count):
        principle = a_page(session, Kind.PRINCIPLE, texts=texts)
        story = a_page(session, Kind.STORY, texts=texts, links=[hub, principle], sources=[Source("A"), Source("B")])
        a_page(session, Kind.PHRASE, texts=texts, links=[story])
    session.commit()
