"""What commands say where there is no portal, or none that can be read: one clear line, and nothing is made."""

import pytest
from sqlalchemy.engine import make_url

from tests.cli.place import Place

NEEDS_A_PORTAL = [
    ("serve",),
    ("worker",),
    ("import", "."),
    ("export", "out"),
    ("search", "lamp"),
    ("index", "rebuild"),
    ("index", "check"),
    ("people", "add", "--email", "a@example.com", "--name", "A"),
    ("people", "import", __file__),
    ("backup", "backup.zip"),
    ("upgrade",),
]


@pytest.mark.parametrize("words", NEEDS_A_PORTAL, ids=" ".join)
def test_where_there_is_no_portal_a_command_says_so_and_makes_nothing(place: Place, words: tuple[str, ...]) -> None:
    place.data.mkdir()
    ran = place.run(*words)
    assert (ran.code, ran.out) == (1, "")
    assert "there is no portal in" in ran.err
    assert ran.err.endswith("make one with: portal init\n")
    assert list(place.data.iterdir()) == []


@pytest.mark.parametrize("words", NEEDS_A_PORTAL, ids=" ".join)
def test_a_database_that_cannot_be_read_is_one_clear_line(place: Place, words: tuple[str, ...]) -> None:
    place.data.mkdir()
    (place.data / "portal.sqlite").write_text("not a database at all, but long enough to look like one" * 20)
    elsewhere = {}
    if not place.on_sqlite:
        gone = make_url(place.environ["PORTAL_DATABASE_URL"]).set(database="gone")
        elsewhere["PORTAL_DATABASE_URL"] = gone.render_as_string(hide_password=False)
    ran = place.run(*words, **elsewhere)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("Error: the database says: ")
    assert ran.err.count("\n") == 1
