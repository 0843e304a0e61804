"""Who hears of wins out of the site: a web server that is told of them, and a feed reader."""

import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.core.kept import Kept
from portal.core.permissions import Actor
from portal.wins.model import Win
from tests.core.web_servers import WebServer, status, web_server
from tests.wins.feed_readers import of
from tests.wins.hooks import PATH, published
from tests.wins.scenes import an_actor


@pytest.fixture
def web() -> Iterator[WebServer]:
    with web_server(status(200)) as web:
        yield web


@pytest.fixture
def hooked(run_settings: Settings, web: WebServer) -> Settings:
    """Settings whose webhook is the test's server."""
    address = f"http://127.0.0.1:{web.port}{PATH}"
    return replace(run_settings, url="https://lampa.example.com", webhook=address, webhook_private="yes")


@pytest.fixture
def told_win(session: Session) -> Win:
    """A published win, and no other work than to tell of it."""
    return published(session, title="The lamp", locale="hr")


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Failures that the test makes need not be told."""
    caplog.set_level(logging.CRITICAL, "portal.core.outbox")


@pytest.fixture
def unasked(app: Flask) -> None:
    """Nobody has asked for a feed yet: numbers of people come again from test to test."""
    app.extensions["feed_looks"] = Kept()


@pytest.fixture
def feed_reader(session: Session) -> Actor:
    """Somebody who reads wins in a program of their own."""
    return an_actor(session)


@pytest.fixture
def feed_address(session: Session, feed_reader: Actor) -> str:
    """Their own address."""
    return of(session, feed_reader)
