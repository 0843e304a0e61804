"""A post office with a real mail server, and somebody to write to."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.core.db import Database
from portal.core.mail import Post
from portal.people.model import Person
from tests.core.mail_servers import Mailbox, mail_server
from tests.factories import a_person
from tests.notices.offices import Office
from tests.notices.telling import ZAGREB


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server(Mailbox()) as made:
        yield made


@pytest.fixture
def office(app: Flask, database: Database, run_settings: Settings, box: Mailbox) -> Iterator[Office]:
    settings = replace(
        run_settings,
        url="https://lampa.example.com",
        timezone=ZAGREB,
        mail_server=f"smtp://127.0.0.1:{box.port}",
        mail_from="lampa@example.com",
    )
    app.extensions["settings"] = settings
    yield Office(database, app, Post(settings), settings)
    app.extensions["settings"] = run_settings


@pytest.fixture
def ana(session: Session) -> Person:
    return a_person(session)
