"""A site of a test's own, whose surveys nobody has answered yet, and people who answer them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from portal.core import clock
from portal.core.db import Database
from portal.people import as_actor
from portal.people.model import Person
from portal.pulse import KeyRing, casting
from portal.pulse.model import Kind, Survey, SurveyQuestion
from portal.pulse.questions import Answers
from tests.pulse.scenes import DAY, a_question, an_open_survey

PEOPLE = 24
TEXTS = {
    Kind.AGREE: ("I can help at once.", "შემიძლია მაშინვე დავეხმარო."),
    Kind.SCALE: ("Would you recommend us?", "გვირჩევდით?"),
    Kind.SEVERAL: ("What slowed you down?", "რამ შეგაფერხათ?"),
    Kind.TEXT: ("What should we change?", "რა შევცვალოთ?"),
}


def questions(*kinds: Kind) -> list[SurveyQuestion]:
    """Questions in English and Georgian."""
    choices = {Kind.SEVERAL: (["Tools", "Waiting"], ["ხელსაწყოები", "ლოდინი"])}

    def texts(kind: Kind) -> dict[str, Any]:
        found = choices.get(kind, ([], []))
        return {code: {"text": TEXTS[kind][at], "choices": found[at]} for at, code in enumerate(("en", "ka"))}

    return [a_question(kind, texts=texts(kind), not_applicable=kind is not Kind.TEXT) for kind in kinds]


@dataclass
class Company:
    """A site of this test's own, with people who have answered nothing yet."""

    app: Flask
    database: Database
    ring: KeyRing
    url: str
    browser: Browser
    faults: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def survey(self, *kinds: Kind) -> int:
        """Opens a survey that asks everybody; its number."""
        present = clock.now()
        dates = {"opens_at": present - DAY, "opened_at": present - DAY, "closes_at": present + 5 * DAY}
        texts = {"en": {"title": "The pulse", "intro": ""}, "ka": {"title": "პულსი", "intro": ""}}
        with self.database.transaction() as session:
            survey = an_open_survey(session, questions(*kinds), texts=texts, **dates)
            survey.box = self.ring.make(survey.id)
            return survey.id

    def close(self, survey_id: int) -> None:
        """Lets a survey's time be over."""
        with self.database.transaction() as session:
            survey = session.get_one(Survey, survey_id)
            survey.closes_at = clock.now() - timedelta(seconds=1)

    def ballots(self, survey_id: int) -> list[Answers]:
        """What has been answered, opened."""
        opener = self.ring.opener(survey_id)
        assert opener is not None
        with self.database.reading() as session:
            found = casting.opened_ballots(session, session.get_one(Survey, survey_id), opener)
        return [answers for _, answers in found]

    def somebody(self, context: BrowserContext, locale: str = "en") -> None:
        """Signs somebody in who has not answered anything yet, in this browser."""
        with self.database.transaction() as session:
            person = session.scalars(select(Person).order_by(Person.id).offset(next(self.numbers) - 1).limit(1)).one()
            person.locale = locale
            session.flush()
            user = {"_user_id": as_actor(person).get_id(), "_fresh": True}
        signer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        context.add_cookies([{"name": "session", "value": signer.dumps(user), "url": self.url}])

    def enter(self, address: str, locale: str = "en", **options: Any) -> Page:
        """A browser of somebody who has not answered anything yet."""
        context = self.browser.new_context(base_url=self.url, reduced_motion="reduce", **options)
        context.set_default_timeout(10_000)
        self.somebody(context, locale)
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda asked: None if asked.url.startswith(self.url) else self.faults.append(asked.url))
        page.goto(address)
        return page


def begin(page: Page) -> None:
    """Has a ballot handed out, on a survey's page."""
    page.locator("form[action$='/ballot'] button").click()
    expect(page.locator("[data-ballot]")).to_be_visible()


def kept(page: Page) -> dict[str, str]:
    """What the browser keeps of ballots."""
    found: Mapping[str, str] = page.evaluate("({...localStorage})")
    return {key: value for key, value in found.items() if key.startswith("lampa-ballot:")}


def option(page: Page, value: str) -> None:
    """Chooses an answer of the question that is seen, as a thumb does."""
    page.locator(f"[data-question]:visible label:has(input[value='{value}'])").first.click()
