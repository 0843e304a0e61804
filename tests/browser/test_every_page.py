"""What holds for every page: accessible in light and dark, narrow enough for a small phone, and light to load."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Opener

PAGES = {
    "sign-in": ("/sign-in", None),
    "front": ("/", "employee"),
    "principles": ("/principles", "employee"),
    "stories": ("/stories", "employee"),
    "phrases": ("/phrases", "employee"),
    "stories of a principle": ("/stories?principle=own-it-to-the-end", "employee"),
    "principle": ("/principles/own-it-to-the-end?lang=ka", "employee"),
    "story": ("/stories/hotel-lamp?lang=ru", "employee"),
    "phrase": ("/phrases/silence", "employee"),
    "results": ("/search?q=klijent", "employee"),
    "no results": ("/search?q=zzzzqqq", "employee"),
    "results with advice": ("/search?q=it's in the contract", "employee"),
    "results narrowed": ("/search?q=complant zeppelin kind:story&principle=own-it-to-the-end", "employee"),
    "search": ("/search", "employee"),
    "profile": ("/profile", "employee"),
    "password": ("/profile/password", "employee"),
    "notices": ("/notices", "employee"),
    "mail": ("/notices/settings", "employee"),
    "wins": ("/wins", "employee"),
    "win": ("/wins/10", "employee"),
    "new win": ("/wins/new", "employee"),
    "own wins": ("/wins/mine", "employee"),
    "reporting": ("/wins/9/report", "employee"),
    "feed address": ("/wins/feeds", "employee"),
    "colleague": ("/colleagues/2", "employee"),
    "surveys": ("/surveys", "employee"),
    "open survey": ("/surveys/7", "employee"),
    "who sees what": ("/surveys/7/who-sees-what", "employee"),
    "survey that is over": ("/surveys/5", "employee"),
    "promises": ("/surveys/promises", "employee"),
    "promises that ended": ("/surveys/promises?show=ended", "hr"),
    "promise": ("/surveys/promises/1", "hr"),
    "promising": ("/surveys/6/promises/new", "hr"),
    "queue": ("/wins/queue", "editor"),
    "history": ("/wins/10/history", "editor"),
    "drafts": ("/drafts", "editor"),
    "searched in vain": ("/search/gaps", "editor"),
    "synonyms": ("/search/synonyms", "editor"),
    "numbers": ("/wins/numbers", "editor"),
    "people": ("/people", "admin"),
    "person": ("/people/3", "admin"),
    "new person": ("/people/new", "admin"),
    "making surveys": ("/surveys/manage", "hr"),
    "new survey": ("/surveys/new", "hr"),
    "survey as HR sees it": ("/surveys/6/manage", "hr"),
    "open survey as HR sees it": ("/surveys/7/manage", "hr"),
    "scheduled survey": ("/surveys/8/manage", "hr"),
    "its questions": ("/surveys/8/edit/questions", "hr"),
    "its audience": ("/surveys/8/edit/audience", "hr"),
    "its preview": ("/surveys/8/preview", "hr"),
    "bank of questions": ("/surveys/bank", "hr"),
    "recurring pulses": ("/surveys/series", "hr"),
    "recurring pulse": ("/surveys/series/1", "hr"),
    "new recurring pulse": ("/surveys/series/new", "hr"),
    "survey results": ("/surveys/6/results", "hr"),
    "heat map": ("/surveys/6/results/heat-map", "hr"),
    "results by question": ("/surveys/6/results/questions", "hr"),
    "survey comments": ("/surveys/6/results/comments", "hr"),
    "participation": ("/surveys/7/results/participation", "hr"),
    "publishing results": ("/surveys/6/publish", "hr"),
    "results for employees": ("/surveys/5/results", "employee"),
    "nothing here": ("/nowhere", "employee"),
    "not yours": ("/people", "employee"),
}
LARGEST = 100_000


@pytest.fixture(params=PAGES)
def where(request: pytest.FixtureRequest) -> tuple[str, str | None]:
    found: tuple[str, str | None] = PAGES[request.param]
    return found


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong, a line each."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


def test_axe_finds_nothing_and_nothing_sticks_out(where: tuple[str, str | None], open_page: Opener) -> None:
    address, who = where
    page = open_page(address, who)
    assert page.title().endswith("Lampa")
    assert violations(page) == [], "at a desk, in the light"
    page.emulate_media(color_scheme="dark")
    for width in (320, 390):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == [], "on a phone, in the dark"


def test_a_page_with_all_it_needs_is_small(open_page: Opener) -> None:
    page = open_page("/profile")
    sizes: dict[str, int] = {}
    page.on("response", lambda answer: sizes.update({answer.url: len(answer.body())}))
    page.goto("/principles/own-it-to-the-end?lang=ka")
    page.wait_for_load_state("networkidle")
    assert len(sizes) >= 1
    assert sum(sizes.values()) < LARGEST, sizes
