"""What the tests of HR's pages share."""

import re

from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.core import clock
from portal.pulse.model import Survey
from tests.pulse.scenes import DAY, a_company, a_survey


def text(answer: TestResponse) -> str:
    """What a page says, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


def fresh(session: Session, survey: Survey) -> Survey:
    """A survey as the database has it now."""
    session.expire_all()
    return session.get_one(Survey, survey.id)


def coming(session: Session, **over: object) -> Survey:
    """A draft for a company of ten that could be scheduled at once, by the real clock."""
    a_company(session, {("Luma", "Shops"): 6, ("Luma", "Shops", "Riva"): 3})
    now = clock.now()
    survey = a_survey(session, **({"opens_at": now + DAY, "closes_at": now + 8 * DAY} | over))
    session.commit()
    return survey
