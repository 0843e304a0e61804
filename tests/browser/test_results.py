"""The results page in a browser: what narrows, what explains and what advises works with and without script."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opener

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


@pytest.mark.parametrize("options", [PHONE, {"java_script_enabled": False}], ids=["phone", "no script"])
def test_a_search_is_narrowed_widened_and_taken_at_its_word(open_page: Opener, options: dict[str, object]) -> None:
    page = open_page("/search?q=complant", **options)
    expect(page.get_by_text("Showing what was found for complaint.")).to_be_visible()
    page.get_by_text("By principle").click()
    page.locator(".facet-fold a").first.click()
    chosen = page.locator(".narrow-by [aria-current=true]")
    expect(chosen).to_have_count(1)
    page.get_by_role("link", name="Search for “complant” as typed").click()
    expect(page.get_by_role("heading", name="Nothing here answers that yet.")).to_be_visible()
    page.get_by_role("link", name="Search more loosely").click()
    expect(chosen).to_have_count(1)
    chosen.click()
    expect(chosen).to_have_count(0)
    page.get_by_text("Ask more exactly").click()
    expect(page.get_by_text("kind:story")).to_be_visible()


def test_what_to_say_instead_stands_before_everything_else_on_a_phone(open_page: Opener) -> None:
    page = open_page("/search?q=it's in the contract", **PHONE)
    instead = page.locator(".coach .words").bounding_box()
    assert instead
    assert instead["y"] + instead["height"] < 844
    assert page.locator(".coach h2 a").evaluate("link => getComputedStyle(link).textDecorationLine") == "line-through"
    page.get_by_role("link", name="Why, and what else you could say").click()
    expect(page).to_have_url("/phrases/it-was-in-your-contract")
