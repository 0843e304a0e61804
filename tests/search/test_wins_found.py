"""Wins are found as pages are: with a facet of their own, in step with what readers may see."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.cli.opening import handlers
from portal.core import outbox
from portal.core.db import Database
from portal.search import Index, compare
from portal.wins import posting
from tests.factories import NOW, a_page
from tests.wins.scenes import LATER, a_win, an_actor, changed


def test_a_win_is_found_while_it_is_published_and_as_it_reads_now(
    session: Session, database: Database, index: Index, sign_in: Callable[..., FlaskClient]
) -> None:
    author = an_actor(session, name="Ana Horvat")
    a_page(session, title="The hotel lamp")
    win = a_win(session, author=author, title="A kettle that sang", markdown="She brought a lamp back.")
    session.commit()
    client = sign_in()

    def found(query: str, **more: str) -> list[tuple[str, str, str]]:
        outbox.deliver(database, handlers(database, index), LATER)
        answer = client.get("/search.json", query_string={"q": query, **more}).get_json()
        return [(hit["kind"], hit["title"], hit["url"]) for hit in answer["hits"]]

    here = ("win", "A kettle that sang", f"/wins/{win.id}")
    assert found("lamps")[-1] == here, "after the pages that have it in their title"
    assert found("lamps", kind="win") == [here]
    page = client.get("/search?q=lamp").text
    assert "kind=win" in page, "a facet of its own"
    assert "Ana Horvat" in page
    assert compare(database, index).agrees

    changed(session, win, author, markdown="She brought a candle back.")
    session.commit()
    assert found("lamp", kind="win") == []
    assert found("candles") == [here]

    posting.withdraw(session, author, win.id, NOW)
    session.commit()
    assert found("candle") == []
    assert compare(database, index).agrees
