"""Searching as one types: suggestions, recent searches, and the keys that open search from anywhere."""

import re

from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import Opener
from tests.browser.test_every_page import violations
from tests.browser.test_journeys import PHONE

STORY = "/stories/hotel-lamp"
KEPT = "localStorage.getItem('lampa-searches')"


def field_of(page: Page) -> Locator:
    return page.locator("#top-search")


def options(page: Page) -> Locator:
    return page.get_by_role("option")


def active(page: Page) -> Locator:
    return page.locator("[role=option][aria-selected=true]")


def open_recent(page: Page) -> Locator:
    """The recent searches, once they are shown."""
    field_of(page).click()
    expect(page.get_by_role("group", name="Recent searches")).to_be_visible()
    return options(page)


def test_a_page_is_reached_by_keyboard_alone(open_page: Opener) -> None:
    page = open_page(STORY)
    field = field_of(page)
    with page.expect_response(re.compile("/search/suggestions.q=contrac&")):
        field.press_sequentially("contrac")
    say = page.get_by_role("group", name="Say instead").get_by_role("option", name="It was in your contract")
    expect(say).to_contain_text("I can see why")
    expect(say.locator("mark")).to_have_text("contrac")
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(active(page)).to_have_count(0)
    field.press("ArrowUp")
    expect(active(page)).to_have_text("Search for “contrac”")
    field.press("ArrowDown")
    expect(active(page)).to_have_count(0)
    expect(field).not_to_have_attribute("aria-activedescendant", re.compile("."))
    field.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", active(page).get_attribute("id") or "")
    expect(field).to_have_value("contrac")
    number = options(page).count() - 1
    expect(page.locator(".top .search [role=status]")).to_have_text(f"Suggestions: {number}")
    assert violations(page) == [], "in the light"
    page.emulate_media(color_scheme="dark")
    assert violations(page) == [], "in the dark"
    address = active(page).get_attribute("href") or ""
    field.press("Enter")
    page.wait_for_url("**" + address)


def test_escape_closes_then_empties_tab_leaves_and_enter_searches(open_page: Opener) -> None:
    page = open_page(STORY)
    field = field_of(page)
    field.press_sequentially("lamp")
    expect(options(page).first).to_be_visible()
    field.press("Escape")
    expect(options(page)).to_have_count(0)
    expect(field).to_have_value("lamp")
    field.press("Escape")
    expect(field).to_have_value("")
    field.press_sequentially("lamp")
    expect(options(page).first).to_be_visible()
    field.press("Tab")
    field.page.keyboard.press("Tab")
    expect(options(page)).to_have_count(0)
    field.press("Enter")
    page.wait_for_url("**/search?q=lamp")


def test_recent_searches_stay_in_the_browser_until_they_are_removed_or_one_signs_out(open_page: Opener) -> None:
    page = open_page("/search?q=zebra+crossing")
    page.wait_for_function(f"() => {KEPT}")
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(f"{asked.url} {asked.post_data or ''} {asked.headers}"))
    for query in ("lamp", "Лампа", "broken lamp", "LAMP"):
        page.goto(f"/search?q={query}")
        page.wait_for_function(f"() => JSON.parse({KEPT})[0] === '{query}'")
    page.goto(STORY)
    expect(open_recent(page)).to_have_text(["LAMP", "broken lamp", "Лампа", "zebra crossing"])
    assert violations(page) == []
    field_of(page).press("ArrowDown")
    field_of(page).press("Delete")
    expect(active(page)).to_have_text("broken lamp")
    expect(page.locator(".top .search [role=status]")).to_have_text("Removed")
    page.get_by_role("button", name="Remove “Лампа”").focus()
    page.keyboard.press("Enter")
    expect(options(page)).to_have_text(["broken lamp", "zebra crossing"])
    expect(page.get_by_role("button", name="Remove “zebra crossing”")).to_be_focused()
    field_of(page).press_sequentially("zEb")
    expect(page.get_by_role("group", name="Recent searches").get_by_role("option")).to_have_text(["zebra crossing"])
    assert not any(text in request for request in sent for text in ("zebra", "crossing"))
    field_of(page).fill("")
    page.get_by_role("button", name="Clear").click()
    expect(options(page)).to_have_count(0)
    assert page.evaluate(KEPT) is None
    page.goto("/search?q=lamp")
    page.wait_for_function(f"() => {KEPT}")
    page.locator("form[action='/sign-out'] button").evaluate("button => button.click()")
    page.wait_for_url("**/sign-in")
    assert page.evaluate(KEPT) is None


def test_search_opens_from_anywhere_by_slash_or_control_k(open_page: Opener) -> None:
    page = open_page(STORY)
    page.keyboard.press("Control+k")
    expect(field_of(page)).to_be_focused()
    field_of(page).press("/")
    expect(field_of(page)).to_have_value("/")
    page.locator("main a").last.focus()
    page.keyboard.press("/")
    dialog = page.get_by_role("dialog", name="Search")
    expect(dialog.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("lamp")
    expect(dialog.get_by_role("option").first).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("main a").last).to_be_focused()
    # In a Russian layout the key has another letter.
    page.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', {key: 'л', code: 'KeyK', ctrlKey: true}))")
    dialog.get_by_label("The / key opens search").uncheck()
    dialog.get_by_role("button", name="Close").click()
    page.reload()
    page.keyboard.press("/")
    expect(field_of(page)).not_to_be_focused()
    expect(dialog).to_be_hidden()


def test_on_a_phone_search_opens_above_the_page_and_is_left_by_touch(open_page: Opener) -> None:
    page = open_page(STORY, **PHONE)
    page.locator("main a").last.scroll_into_view_if_needed()
    page.keyboard.press("Control+k")
    dialog = page.get_by_role("dialog", name="Search")
    page.keyboard.type("contract")
    expect(dialog.get_by_role("option", name="Search for “contract”")).to_be_visible()
    sizes = dialog.locator("a, button").evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")
    assert min(sizes) >= 44
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    dialog.get_by_role("option", name="It was in your contract").tap()
    page.wait_for_url("**/phrases/it-was-in-your-contract")


def test_nothing_is_asked_while_a_word_is_composed_and_late_or_failed_answers_do_no_harm(open_page: Opener) -> None:
    page = open_page(STORY)
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no'); } })")
    page.reload()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    def asked(number: int, query: str) -> Route:
        """The request of this number, once it is there: for this query."""
        while len(held) < number:
            page.wait_for_timeout(10)
        assert f"q={query}&" in held[number - 1].request.url
        return held[number - 1]

    page.route(re.compile("/search/suggestions"), hold)
    field = field_of(page)
    field.focus()
    typist = page.context.new_cdp_session(page)
    typist.send("Input.imeSetComposition", {"text": "lam", "selectionStart": 3, "selectionEnd": 3})
    page.wait_for_function("() => document.querySelector('#top-search').value === 'lam'")
    typist.send("Input.insertText", {"text": "lamp"})
    first = asked(1, "lamp")
    field.press("s")
    answer = (
        '{"query": "", "suggestions": [{"kind": "win", "title": "%s", "address": "/x", "locale": "hr", "say": ""}]}'
    )
    asked(2, "lamps").fulfill(body=answer % "Second", content_type="application/json")
    expect(options(page)).to_contain_text(["Second", "Search for “lamps”"])
    expect(options(page).first.locator("[lang=hr]")).to_have_text("Second")
    first.fulfill(body=answer % "First", content_type="application/json")
    field.press("e")
    asked(3, "lampse").fulfill(status=503)
    expect(options(page)).to_have_text(["Search for “lampse”"])
    page.unroute_all()
    field.press("Enter")
    page.wait_for_url("**/search?q=lampse")


def test_without_script_the_form_searches(open_page: Opener) -> None:
    page = open_page(STORY, java_script_enabled=False)
    page.get_by_role("searchbox").fill("lamp")
    page.keyboard.press("Enter")
    expect(page).to_have_url("/search?q=lamp")
