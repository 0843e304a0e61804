"""A digest reminds those whom an open survey asks, in their language, whether they have answered or not."""

from pathlib import Path

from sqlalchemy.orm import Session

from portal.home import Digests
from portal.pulse.model import Turnout
from tests.factories import a_person
from tests.home.digests import MONDAY, URL, WEEK, letters, words
from tests.pulse.scenes import DAY, an_open_survey


def test_whom_an_open_survey_asks_reads_of_it_and_nobody_else(
    session: Session, digests: Digests, tmp_path: Path
) -> None:
    asked = [a_person(session, email=f"{code}@example.com", locale=code, now=MONDAY - WEEK) for code in ("en", "hr")]
    survey = an_open_survey(session, closes_at=MONDAY + DAY)
    session.add(Turnout(survey_id=survey.id, person_id=asked[0].id))
    a_person(session, email="later@example.com", now=MONDAY - WEEK)
    session.commit()
    assert digests.mail_due(MONDAY) == 2
    told = {letter["to"].addresses[0].username: words(letter) for letter in letters(tmp_path)}
    assert set(told) == {"en", "hr"}
    assert "Spring pulse" in told["en"]
    assert "Proljetni puls" in told["hr"]
    assert all(f"{URL}/surveys/{survey.id}" in text for text in told.values())


def test_a_survey_that_has_closed_by_then_is_not_told_of(session: Session, digests: Digests, tmp_path: Path) -> None:
    a_person(session, now=MONDAY - WEEK)
    an_open_survey(session, closes_at=MONDAY)
    session.commit()
    assert digests.mail_due(MONDAY) == 0
    assert letters(tmp_path) == []
