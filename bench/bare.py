"""A bare Flask page: what the portal's speed is measured against."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    """The least that Flask can do."""
    return "<!doctype html><title>Bare</title><p>Hello."
