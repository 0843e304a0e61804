"""Answering a survey as people do it: on a phone, at a desk, without script, on the train and at a shared computer."""

import threading
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from werkzeug.serving import make_server

from portal.app import create_app
from portal.config import load
from portal.core.db import Database
from portal.pulse import KeyRing
from portal.pulse.model import Kind
from tests.browser.company import PEOPLE, Company, begin, kept, option
from tests.browser.test_every_page import violations
from tests.browser.test_journeys import PHONE
from tests.factories import a_person, like

DESK = {"viewport": {"width": 1280, "height": 900}}
TAPS = 11
"""For five questions, from the survey's page to the thanks: in two minutes that leaves a minute to think."""
COUNT_TAPS = "addEventListener('pointerdown', () => sessionStorage.taps = Number(sessionStorage.taps ?? 0) + 1, true)"


@pytest.fixture(scope="module")
def served(
    migrated_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory, browser: Browser
) -> Iterator[Company]:
    folder: Path = tmp_path_factory.mktemp("surveys")
    url = migrated_database("surveys")
    database = Database(url)
    with database.transaction() as session:
        like(session, a_person(session, password=False), PEOPLE - 1)
    settings = load({"PORTAL_DATA": str(folder), "PORTAL_DATABASE_URL": url, "PORTAL_SECRET_KEY": "for tests alone"})
    app = create_app(settings, database)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Company(app, database, KeyRing(folder / "pulse-keys"), f"http://127.0.0.1:{server.port}", browser)
    server.shutdown()
    thread.join()
    database.engine.dispose()


@pytest.fixture
def company(served: Company) -> Iterator[Company]:
    """At the end of the test no script has failed, and no request has left the site."""
    yield served
    for context in list(served.browser.contexts):
        context.close()
    faults, served.faults = served.faults, []
    assert faults == []


def test_five_questions_on_a_phone_are_a_dozen_taps_and_no_cookie_goes_with_them(company: Company) -> None:
    survey = company.survey(Kind.AGREE, Kind.AGREE, Kind.SCALE, Kind.SEVERAL, Kind.TEXT)
    page = company.enter(f"/surveys/{survey}", "ka", **PHONE)
    cookies: list[str] = []

    def look(asked: Any) -> None:
        if "/ballots/" in asked.url:
            cookies.append(asked.all_headers().get("cookie", ""))

    page.context.on("requestfinished", look)
    page.evaluate(COUNT_TAPS)
    begin(page)
    page.evaluate(COUNT_TAPS)
    assert violations(page) == []
    expect(page.locator("html")).to_have_attribute("lang", "ka")
    expect(page.locator("[data-question]:visible")).to_have_count(1)
    expect(page.locator("legend:visible")).to_contain_text("შემიძლია")
    for step, value in enumerate(("5", "2", "10", "1")):
        expect(page.locator("[data-lamps] .lit")).to_have_count(step)
        option(page, value)
        page.locator("[data-next]").click()
    assert page.evaluate("document.activeElement.matches('[data-question]')")
    page.locator("textarea:visible").click()
    page.locator("textarea:visible").fill("მეტი სინათლე")
    page.locator("[data-send]").click()
    expect(page.locator("[data-thanks]")).to_be_visible()
    assert violations(page) == []
    assert company.ballots(survey) == [{1: 5, 2: 2, 3: 10, 4: (1,), 5: "მეტი სინათლე"}]
    assert len(cookies) == 2
    assert set(cookies) == {""}
    assert int(page.evaluate("sessionStorage.taps")) == TAPS


def test_a_reload_loses_neither_answers_nor_the_place(company: Company) -> None:
    survey = company.survey(Kind.AGREE, Kind.SCALE, Kind.TEXT)
    page = company.enter(f"/surveys/{survey}", **PHONE)
    begin(page)
    option(page, "4")
    page.locator("[data-next]").click()
    option(page, "0")
    page.locator("[data-next]").click()
    page.locator("textarea").fill("Half a thou")
    page.reload()
    expect(page.locator("textarea:visible")).to_have_value("Half a thou")
    page.goto(f"/surveys/{survey}")
    page.locator("[data-begun] button").click()
    page.locator("textarea:visible").fill("Half a thought")
    page.locator("[data-send]").click()
    expect(page.locator("[data-thanks]")).to_be_visible()
    assert company.ballots(survey) == [{1: 4, 2: 0, 3: "Half a thought"}]


def test_without_a_connection_the_answers_wait_and_are_counted_once(company: Company) -> None:
    survey = company.survey(Kind.AGREE)
    page = company.enter(f"/surveys/{survey}", **PHONE)
    begin(page)
    option(page, "1")
    page.context.set_offline(True)
    page.locator("[data-send]").click()
    expect(page.locator("[data-trouble]")).to_contain_text("There is no connection")
    expect(page.locator("[data-trouble]")).to_contain_text("kept in this browser")
    assert company.ballots(survey) == []
    page.context.set_offline(False)
    expect(page.locator("[data-thanks]")).to_be_visible()
    assert company.ballots(survey) == [{1: 1}]


def test_an_answer_that_got_lost_on_its_way_back_is_not_counted_twice(company: Company) -> None:
    survey = company.survey(Kind.AGREE)
    page = company.enter(f"/surveys/{survey}")
    begin(page)
    option(page, "3")
    calls = count()

    def lose_the_first(route: Any) -> None:
        answer = route.fetch()
        if next(calls):
            route.fulfill(response=answer)
        else:
            route.abort()

    page.route("**/cast", lose_the_first)
    page.locator("[data-send]").click()
    expect(page.locator("[data-trouble]")).to_be_visible()
    assert company.ballots(survey) == [{1: 3}]
    page.locator("[data-send]").click()
    expect(page.locator("[data-thanks]")).to_be_visible()
    assert company.ballots(survey) == [{1: 3}]


def test_a_shared_computer_offers_a_colleague_nothing_and_forgets_when_told(company: Company) -> None:
    survey = company.survey(Kind.AGREE)
    page = company.enter(f"/surveys/{survey}")
    begin(page)
    option(page, "5")
    mine = page.context.cookies()
    company.somebody(page.context)
    page.goto(f"/surveys/{survey}")
    expect(page.locator("form[action$='/ballot'] button")).to_be_visible()
    expect(page.locator("[data-begun]")).to_be_hidden()
    page.context.add_cookies([dict(one) for one in mine])  # type: ignore[misc]
    page.goto(f"/surveys/{survey}")
    page.locator("[data-begun] button").click()
    page.locator("[data-send]").click()
    expect(page.locator("[data-thanks]")).to_be_visible()
    (left,) = kept(page).values()
    assert "answers" not in left, "no copy is kept that nobody asked for"
    page.locator("[data-forget]").click()
    expect(page.locator("[data-said]")).to_contain_text("has forgotten")
    assert kept(page) == {}
    page.goto(f"/surveys/{survey}")
    expect(page.locator("[data-lost]")).to_contain_text("it can’t be replaced")


def test_answers_are_changed_from_the_copy_that_was_kept_and_taken_back(company: Company) -> None:
    survey = company.survey(Kind.AGREE, Kind.TEXT)
    page = company.enter(f"/surveys/{survey}")
    begin(page)
    option(page, "2")
    page.locator("textarea").fill("Tea")
    page.locator("[data-send]").click()
    page.locator("#keep").check()
    page.goto(f"/surveys/{survey}")
    page.locator("[data-cast] form[data-go=change] button").click()
    expect(page.locator("textarea")).to_have_value("Tea")
    page.locator("summary", has_text="English").click()
    page.locator("button[name=lang][value=ka]").click()
    expect(page.locator("html")).to_have_attribute("lang", "ka")
    expect(page.locator("textarea")).to_have_value("Tea")
    page.locator("textarea").fill("Coffee")
    page.locator("[data-send]").click()
    expect(page.locator("[data-thanks]")).to_be_visible()
    assert company.ballots(survey) == [{1: 2, 2: "Coffee"}]
    page.locator("details summary").last.click()
    page.locator("form[data-go=withdraw] button").click()
    expect(page.locator("form[data-go=begin]")).to_be_visible()
    assert company.ballots(survey) == []
    page.goto(f"/surveys/{survey}")
    expect(page.locator("[data-begun]")).to_be_visible()


def test_enter_goes_on_and_never_sends_and_an_answer_can_be_cleared(company: Company) -> None:
    survey = company.survey(Kind.SCALE, Kind.SEVERAL, Kind.AGREE)
    page = company.enter(f"/surveys/{survey}")
    begin(page)
    expect(page.locator("[data-question]:visible")).to_have_count(3)
    page.locator("[data-way]").click()
    expect(page.locator("[data-question]:visible")).to_have_count(1)
    page.locator("input[name=q1][value='7']").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator("input[name=q2][value='0']")).to_be_visible()
    assert page.evaluate("document.activeElement.matches('[data-question]')")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("input[name=q2][value='0']")).to_be_checked()
    page.locator("label:has(input[name=q2][value=na])").click()
    expect(page.locator("input[name=q2][value='0']")).not_to_be_checked()
    page.locator("[data-back]").click()
    page.locator("[data-clear]:visible").click()
    expect(page.locator("[data-clear]:visible")).to_have_count(0)
    page.reload()
    expect(page.locator("[data-question]:visible")).to_have_count(1)
    for _ in range(2):
        page.locator("[data-next]").click()
    page.locator("[data-send]").click()
    expect(page.locator("[data-thanks]")).to_be_visible()
    assert company.ballots(survey) == [{2: "na"}]


def test_what_came_too_late_is_shown_once_more(company: Company) -> None:
    survey = company.survey(Kind.AGREE, Kind.TEXT)
    page = company.enter(f"/surveys/{survey}")
    begin(page)
    page.locator("textarea").fill("Longer breaks")
    company.close(survey)
    page.locator("[data-send]").click()
    expect(page.locator("[data-over]")).to_contain_text("Longer breaks")
    assert company.ballots(survey) == []


def test_a_second_window_is_led_to_the_ballot_that_the_first_was_handed(company: Company) -> None:
    survey = company.survey(Kind.AGREE)
    first = company.enter(f"/surveys/{survey}")
    second = first.context.new_page()
    second.goto(f"/surveys/{survey}")
    begin(first)
    option(first, "4")
    second.locator("form[action$='/ballot'] button").click()
    second.locator("[data-begun] button").click()
    expect(second.locator("input[value='4']")).to_be_checked()
    for page in (second, first):
        page.locator("[data-send]").click()
        expect(page.locator("[data-thanks]")).to_be_visible()
    assert company.ballots(survey) == [{1: 4}]


def test_without_script_nothing_is_missing_but_comfort(company: Company) -> None:
    survey = company.survey(Kind.AGREE, Kind.SEVERAL, Kind.TEXT)
    page = company.enter(f"/surveys/{survey}", java_script_enabled=False, **DESK)
    page.locator("form[action$='/ballot'] button").click()
    expect(page.locator("main")).to_contain_text("If you close it before you have sent your answers")
    page.locator("main form button").click()
    page.locator("main form button").last.click()
    expect(page.locator("[data-refused]")).to_contain_text("at least one question")
    page.locator("summary").first.click()
    page.locator("button[name=lang][value=ka]").click()
    option(page, "4")
    page.locator("textarea").fill("Tea")
    page.locator("summary").first.click()
    page.locator("button[name=lang][value=en]").click()
    expect(page.locator("textarea")).to_have_value("Tea")
    page.locator("main form button").last.click()
    expect(page.locator("h1")).to_contain_text("Thank you")
    assert company.ballots(survey) == [{1: 4, 3: "Tea"}]
    page.locator("form[data-go=change] button").click()
    expect(page.locator("input[name=q1][value='4']")).to_be_checked()
    page.locator("label", has_text="No answer").click()
    page.locator("main form button").last.click()
    assert company.ballots(survey) == [{3: "Tea"}]
    page.locator("details summary").last.click()
    page.locator("form[data-go=withdraw] button").click()
    assert company.ballots(survey) == []


def test_in_the_dark_on_the_smallest_phone_all_is_accessible_and_nothing_sticks_out(company: Company) -> None:
    survey = company.survey(Kind.AGREE, Kind.SCALE, Kind.TEXT)
    options = PHONE | {"viewport": {"width": 320, "height": 700}, "color_scheme": "dark"}
    page = company.enter("/", "ka", **options)

    def fits() -> bool:
        return bool(page.evaluate("document.documentElement.scrollWidth <= 320"))

    for address in ("/", f"/surveys/{survey}/who-sees-what", f"/surveys/{survey}"):
        page.goto(address)
        assert fits(), address
    assert violations(page) == []
    begin(page)
    page.locator("[data-way]").click()
    assert fits()
    assert violations(page) == []
    page.goto(f"/surveys/{survey}")
    expect(page.locator("[data-begun]")).to_be_visible()
    assert violations(page) == []
