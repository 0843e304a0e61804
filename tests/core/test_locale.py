"""Which language a request speaks, and how it writes dates."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from portal.core.locale import preferred, written_date


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        ("ru-RU,en;q=0.5", "ru"),
        ("de,ka;q=0.9,en;q=0.8", "ka"),
        ("en-US", "en"),
        ("hr", "hr"),
        ("de", "en"),
        ("", "en"),
        ("*", "en"),
        ("en;q=0.1,hr-HR;q=0.9", "hr"),
    ],
)
def test_the_browsers_preference_is_understood(app: Flask, asked: str, spoken: str) -> None:
    with app.test_request_context(headers={"Accept-Language": asked}):
        assert preferred() == spoken


@pytest.mark.parametrize(
    ("locale", "written"), [("en", "3 Feb 2026"), ("ru", "3 февр. 2026"), ("hr", "3. velj 2026"), ("ka", "3 თებ. 2026")]
)
def test_dates_are_written_as_the_language_writes_them(app: Flask, locale: str, written: str) -> None:
    with app.test_request_context(headers={"Accept-Language": locale}):
        assert written_date(datetime(2026, 2, 3, 12, tzinfo=UTC)).startswith(written)
