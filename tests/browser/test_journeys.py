"""What people come to do, done in a browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD, Opener

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


def test_a_person_signs_in_and_lands_where_they_wanted_to_go(open_page: Opener) -> None:
    page = open_page("/stories/hotel-lamp", who=None)
    expect(page).to_have_url(re.compile("/sign-in"))
    page.fill("#email", "hr@example.com")
    page.fill("#password", PASSWORD)
    page.click("main form .actions button")
    expect(page).to_have_url("/stories/hotel-lamp")


@pytest.mark.parametrize("options", [{}, PHONE, {"java_script_enabled": False}], ids=["desktop", "phone", "no script"])
def test_an_employee_finds_a_story_by_an_inflected_word_and_reads_it_in_another_language(
    open_page: Opener, options: dict[str, object]
) -> None:
    page = open_page("/", **options)
    page.locator("main input[name=q]").first.fill("lampe")
    page.locator("main input[name=q]").first.press("Enter")
    expect(page).to_have_url("/search?q=lampe")
    page.locator("main a[href='/stories/hotel-lamp']").first.click()
    expect(page.locator("h1")).to_have_count(1)
    page.locator("main a[hreflang=ka]").first.click()
    expect(page.locator("article").first).to_have_attribute("lang", "ka")
    expect(page.locator("h1")).to_contain_text("ნათურ")
    assert page.locator("html").get_attribute("lang") == "en"


def test_the_interface_changes_its_language_and_keeps_the_place(open_page: Opener) -> None:
    page = open_page("/stories/hotel-lamp", who="editor")
    for locale, word in (("ru", "Истории"), ("hr", "Priče"), ("ka", "ამბები"), ("en", "stories")):
        page.locator("form[action='/language'] button", has_not_text="___").evaluate_all(
            "(buttons, code) => buttons.find(b => b.value === code || b.lang === code).click()", locale
        )
        page.wait_for_function("code => document.documentElement.lang === code", arg=locale)
        assert page.url.endswith("/stories/hotel-lamp")
        assert word.lower() in page.locator("header.top").inner_text().lower()


def test_print_shows_the_text_alone(open_page: Opener) -> None:
    page = open_page("/principles/own-it-to-the-end")
    page.emulate_media(media="print")
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("header nav").first).to_be_hidden()
    expect(page.locator("main input[name=q]")).to_have_count(0)


def test_the_keyboard_is_enough(open_page: Opener) -> None:
    page = open_page("/stories/hotel-lamp")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("promise")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=promise")


def test_a_phrase_card_shows_both_sides_at_a_glance(open_page: Opener) -> None:
    page = open_page("/phrases/it-was-in-your-contract")
    dont, say = (page.get_by_text(words, exact=False).first for words in ("Don’t say", "Say instead"))
    left, right = dont.bounding_box(), say.bounding_box()
    assert left
    assert right
    assert left["x"] < right["x"]
    assert max(left["y"], right["y"]) < 500


def test_headings_have_permalinks_that_lead_there(open_page: Opener) -> None:
    page = open_page("/principles/own-it-to-the-end?lang=ru")
    link = page.locator("article h2 a.permalink").nth(1)
    target = link.get_attribute("href")
    link.click()
    assert target
    assert page.evaluate("decodeURIComponent(location.hash)") == target


def test_the_link_to_a_page_is_copied(open_page: Opener) -> None:
    page = open_page("/stories/hotel-lamp", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the link").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").endswith("/stories/hotel-lamp")


def test_a_wrong_password_is_said_beside_the_field_and_what_was_typed_stays(open_page: Opener) -> None:
    page = open_page("/sign-in?next=/stories", who=None)
    page.fill("#email", "employee@example.com")
    page.fill("#password", "not the password")
    page.click("main form .actions button")
    expect(page.locator("#password")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#email")).to_have_value("employee@example.com")


def test_an_administrator_looks_after_people(open_page: Opener) -> None:
    page = open_page("/people?q=БЕЛОВ", who="admin")
    page.get_by_role("link", name="Игорь Белов").click()
    page.fill("#team", "Luma / Operations / Delivery")
    page.locator("main form .actions button").first.click()
    expect(page.get_by_role("status").first).to_contain_text("Saved")
    expect(page.locator("#team")).to_have_value("Luma / Operations / Delivery")
