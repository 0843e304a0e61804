"""Promising something after a survey: whoever looks after it is chosen as one types."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from portal.core import clock
from tests.browser.conftest import Opener


@pytest.mark.parametrize("way", ["mouse", "keyboard"])
def test_the_colleague_who_looks_after_a_promise_is_chosen_as_one_types(open_page: Opener, way: str) -> None:
    page = open_page("/surveys/5/promises/new", "hr")
    page.fill("#said_en", "Two of us are too few on Saturdays.")
    page.fill("#promise_en", "From spring on we are three.")
    page.fill("#due_on", (clock.now() + timedelta(days=30)).date().isoformat())
    field = page.locator("#owner")
    field.press_sequentially("sophie b")
    found = page.locator("[role=option]", has_text="Sophie Bennett")
    expect(found).to_be_visible()
    if way == "mouse":
        found.click()
    else:
        field.press("ArrowDown")
        expect(field).to_have_attribute("aria-activedescendant", found.get_attribute("id") or "")
        field.press("Enter")
    expect(field).to_have_value("Sophie Bennett")
    chosen = page.locator("#owner_id").input_value()
    assert chosen.isdigit()
    page.click(".promise-form .actions button")
    expect(page.locator(".promise-whole")).to_contain_text("Sophie Bennett looks after it")
    page.click(".promise-whole .actions a")
    expect(page.locator("#owner")).to_have_value("Sophie Bennett")
    expect(page.locator("#owner_id")).to_have_value(chosen)
