"""What the tests of ballots' pages share: a survey to answer, and what stands on a page and in its forms."""

import re
from html import unescape
from pathlib import Path

from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.core import clock
from portal.pulse.model import Kind, Survey
from portal.pulse.questions import Answers
from tests.factories import a_person, like
from tests.pulse.scenes import DAY, a_question
from tests.pulse.voting import a_ballot_box, opened

OPENED = clock.now()
QUESTIONS = (Kind.AGREE, Kind.SCALE, Kind.SINGLE, Kind.SEVERAL, Kind.TEXT)


def a_survey_to_answer(session: Session, folder: Path) -> Survey:
    """A survey of each kind of question, open now, with some people to answer it."""
    like(session, a_person(session, password=False), 5)
    dates = {"opens_at": OPENED, "opened_at": OPENED, "closes_at": OPENED + 7 * DAY}
    made = a_ballot_box(session, folder, [a_question(kind, key=kind.value) for kind in QUESTIONS], **dates)
    session.commit()
    return made


def opened_anew(session: Session, survey: Survey, folder: Path) -> list[Answers]:
    """What has been answered meanwhile, opened with the key in ``folder``."""
    session.expire_all()
    return opened(session, survey, folder)


def words(page: TestResponse) -> str:
    """What a reader sees."""
    return " ".join(unescape(re.sub(r"<script.*?</script>|<[^>]+>", " ", page.text, flags=re.DOTALL)).split())


def fields(page: TestResponse, ending: str) -> dict[str, list[str]]:
    """What the form that leads to an address with that ending would send, as it stands."""
    form = re.search(rf'<form[^>]*action="[^"]*{ending}"[^>]*>(.*?)</form>', page.text, re.DOTALL)
    assert form, f"a form to …{ending}"
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form[1]):
        found = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if found["type"] in {"hidden", "text"} or re.search(r"\schecked\b", tag):
            sent.setdefault(found["name"], []).append(unescape(found.get("value", "on")))
    for name, value in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>(.*?)</textarea>', form[1], re.DOTALL):
        sent[name] = [unescape(value).removeprefix("\n")]
    return {name: [value for value in values if value] for name, values in sent.items()}


def answers_in(page: TestResponse, ending: str) -> dict[str, list[str]]:
    """The same, of the answers alone."""
    return {name: values for name, values in fields(page, ending).items() if name.startswith("q") and values}
