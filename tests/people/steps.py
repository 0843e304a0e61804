"""What people do in these tests: small steps at the site's own doors."""

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories import PASSWORD

WRONG = "not this one, surely"


def enter(client: FlaskClient, email: str, password: str = PASSWORD, **more: str) -> TestResponse:
    """Send the sign-in form."""
    return client.post("/sign-in", data={"email": email, "password": password, **more})


def entered(app: Flask, email: str, password: str = PASSWORD) -> FlaskClient:
    """A new browser in which somebody has signed in by the form."""
    client = app.test_client()
    answer = enter(client, email, password)
    assert answer.status_code == 303, answer.text
    return client


def is_in(client: FlaskClient) -> bool:
    """Does the site know who this is?"""
    answer = client.get("/profile")
    assert answer.status_code == 200 or answer.location.startswith("/sign-in")
    return answer.status_code == 200
