"""A win from the first word to a case story, as its people do it in a browser."""

import io
import re
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import Opener
from tests.browser.test_every_page import violations
from tests.browser.test_journeys import PHONE

WAYS = pytest.mark.parametrize("options", [PHONE, {"java_script_enabled": False}], ids=["phone", "no script"])


def a_photo() -> FilePayload:
    """A picture as a phone takes it."""
    out = io.BytesIO()
    Image.new("RGB", (2_400, 1_800), "#c9a227").save(out, "JPEG")
    return {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def scripted(options: dict[str, Any]) -> bool:
    return options.get("java_script_enabled", True) is not False


def speak(page: Page, code: str) -> None:
    """Choose the interface's language, as a person does."""
    page.locator("details.menu summary").first.click()
    page.locator(f"form[action='/language'] button[value={code}]").click()
    expect(page.locator("html")).to_have_attribute("lang", code)


def write(page: Page, title: str, options: dict[str, Any]) -> None:
    """Fill in the form, with a picture, a principle and a colleague."""
    page.fill("[name=title]", title)
    page.fill("[name=need]", "Her lamp went out whenever she left the room. Her number is +385 91 234 5678.")
    page.fill("[name=did]", "I asked where it stood. It had a sensor.")
    page.fill("[name=outcome]", "She laughed, and so did I.")
    page.locator("[name=principles]").first.check()
    page.set_input_files("[name=new-picture]", [a_photo()])
    if scripted(options):
        expect(page.locator("input[name=picture]")).to_have_count(1)
        page.fill("[name^=alt-]", "A lamp in a hall")
    page.fill("[name=thank]", "Sophie Bennett")
    if scripted(options):
        page.locator("[role=option]", has_text="Sophie Bennett").click()


@WAYS
def test_a_win_is_told_cheered_discussed_and_becomes_a_story(open_page: Opener, options: dict[str, Any]) -> None:
    title = f"The lamp by the wardrobe, {'phone' if scripted(options) else 'no script'}"
    author = open_page("/wins/new", "hr", **options)
    speak(author, "ka" if scripted(options) else "ru")
    write(author, title, options)
    author.click("button[name=action][value=post]")
    expect(author.locator("main")).to_contain_text("+385 91 234 5678")
    assert not scripted(options) or violations(author) == []
    author.locator("button[name=action][value^=blank]").first.click()
    author.click("button[name=action][value=post]")
    expect(author.locator("h1")).to_have_text(title)
    expect(author.locator("main")).to_contain_text("[…]")
    expect(author.locator("main figure img, main .win-pictures img").first).to_be_visible()
    address = re.sub(r"https?://[^/]+|[?#].*", "", author.url)

    editor = open_page(address, "editor", **options)
    speak(editor, "hr")
    bravo = editor.locator("button[formaction$='/bravo']")
    bravo.click()
    expect(bravo).to_have_attribute("aria-pressed", "true")
    expect(bravo.locator(".number")).to_have_text("1")
    editor.locator("form[action$='/comments'] textarea:visible").last.fill(
        "Asking where it stands is the trick. @Ivana Horvat, may I use that?"
    )
    editor.locator("form[action$='/comments'] .button:visible").last.click()
    expect(editor.locator("main a.mention")).to_have_text("@Ivana Horvat")
    assert not scripted(options) or violations(editor) == []
    editor.locator("form[action$='/promote'] button").click()
    expect(editor).to_have_url(re.compile("/drafts/[0-9]+"))
    draft = editor.url

    author.goto("/notices")
    expect(author.locator("main")).to_contain_text("Nino Kapanadze")
    author.goto(f"{address}/consent")
    author.locator("input[name=consent][value=named]").check()
    author.click("main form .actions button")
    expect(author).to_have_url(re.compile(re.escape(address)))

    editor.goto(f"{draft}/publish")
    editor.locator("main form .button").first.click()
    expect(editor).to_have_url(re.compile("/stories/"))
    expect(editor.locator(f"main a[href='{address}']")).to_have_count(1)
    author.goto(address)
    expect(author.locator("main a[href^='/stories/']").first).to_be_visible()
    for page in (author, editor):
        speak(page, "en")  # As others find it.


def test_what_was_typed_is_found_again_on_another_device(open_page: Opener) -> None:
    first = open_page("/wins/new", "hr")
    first.fill("[name=title]", "Half a story")
    expect(first).to_have_url(re.compile("/wins/[0-9]+/edit"), timeout=15_000)
    first.fill("[name=did]", "I began to write on the bus")
    with first.expect_response(lambda answer: answer.url.endswith("/draft") and answer.ok):
        first.locator("[name=did]").press("End")
        first.locator("[name=did]").type(".")
    second = open_page("/wins/mine", "hr", **PHONE)
    second.locator("main a", has_text="Half a story").first.click()
    expect(second.locator("[name=did]")).to_have_value("I began to write on the bus.")


def test_a_reported_comment_is_decided_in_the_queue(open_page: Opener) -> None:
    reader = open_page("/wins/10", "employee")
    reader.goto("/wins/10/report")
    reader.fill("[name=reason]", "It names a customer.")
    reader.click("main form .button")
    expect(reader.locator(".flashes")).to_contain_text("Thank you")
    editor = open_page("/wins/queue", "editor")
    expect(editor.locator("main")).to_contain_text("It names a customer.")
    editor.locator("form[action$='/kept'] button").first.click()
    expect(editor.locator("main")).not_to_contain_text("It names a customer.")
