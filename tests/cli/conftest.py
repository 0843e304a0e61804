"""Places for the commands to work in."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from tests.cli.place import Place, a_place, furnish


@pytest.fixture(scope="session")
def new_place(
    new_database: Callable[[], str], server_url: str | None, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], Place]:
    """Makes places with nothing there yet, on the run's kind of database."""

    def make() -> Place:
        return a_place(tmp_path_factory.mktemp("place"), new_database() if server_url else None)

    return make


@pytest.fixture
def place(new_place: Callable[[], Place]) -> Place:
    """A place with nothing there yet."""
    return new_place()


@pytest.fixture(scope="session")
def new_portal(new_place: Callable[[], Place], tell_server: Callable[..., None]) -> Callable[[], Place]:
    """Makes small portals: copies of one that is furnished for them, at which nothing is ever done."""
    model = furnish(new_place())

    def make() -> Place:
        place = new_place()
        shutil.copytree(model.data, place.data)
        if not place.on_sqlite:
            copy, original = (make_url(one.settings.database).database for one in (place, model))
            tell_server(f'DROP DATABASE "{copy}"', f'CREATE DATABASE "{copy}" TEMPLATE "{original}"')
        return place

    return make


@pytest.fixture
def portal(new_portal: Callable[[], Place]) -> Place:
    """A small portal, for one test."""
    return new_portal()


@pytest.fixture(scope="session")
def standing(new_portal: Callable[[], Place]) -> Place:
    """A small portal that tests only look at."""
    return new_portal()


@pytest.fixture
def guidance(tmp_path: Path) -> Path:
    """A folder with one page of guidance."""
    folder = tmp_path / "guidance"
    page = folder / "stories" / "the-seam"
    page.mkdir(parents=True)
    (page / "en.md").write_text("---\ntitle: The seam\nsummary: It was two metres.\n---\nShe counted.\n")
    (page / "hr.md").write_text("---\ntitle: Šav\n---\nBrojila je.\n")
    return folder
