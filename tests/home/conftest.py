"""What the tests of this room share."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from portal.config import Settings
from portal.core.db import Database
from portal.core.mail import Post
from portal.home import Digests
from tests.home.digests import URL, ZAGREB


@pytest.fixture
def company(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of a company in Zagreb, in force in the application."""
    settings: Settings = replace(app.extensions["settings"], data=tmp_path, timezone=ZAGREB, url=URL)
    monkeypatch.setitem(app.extensions, "settings", settings)
    return settings


@pytest.fixture
def digests(app: Flask, database: Database, company: Settings) -> Digests:
    """What mails the digest, as files in the test's folder."""
    return Digests(database, Post(company), app)
