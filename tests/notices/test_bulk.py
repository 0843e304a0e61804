"""Telling many people the same at once: by the same rules as telling one."""

from time import perf_counter

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.core.permissions import SYSTEM
from portal.notices import About, Mailing, tell_all
from portal.notices.commands import choose
from portal.notices.model import Notice
from portal.people import as_actor
from portal.people.commands import PersonValues, change_person
from portal.people.model import Person
from tests.core.mail_servers import Mailbox
from tests.counting import count_queries
from tests.factories import NOW, a_person
from tests.notices.offices import EIGHT, Office, subjects
from tests.notices.telling import ZAGREB, notices, outbox_rows

DETAILS = {"en": {"title": "Spring pulse", "locale": "en"}, "hr": {"title": "Proljetni puls", "locale": "hr"}}


def tell(session: Session, people: list[Person], address: str = "/surveys/7") -> int:
    ids = [person.id for person in people]
    return tell_all(session, ids, About.SURVEY, "survey", 7, DETAILS, address, NOW, zone=ZAGREB)


def test_each_is_told_in_their_language_or_else_the_first(session: Session) -> None:
    people = [a_person(session, locale=locale) for locale in ("hr", "en", "ka")]
    assert tell(session, people) == 3
    told = [one for person in people for one in notices(session, person)]
    assert [one.details["title"] for one in told] == ["Proljetni puls", "Spring pulse", "Spring pulse"]
    assert {(one.about, one.subject, one.subject_id, one.address) for one in told} == {
        ("survey", "survey", 7, "/surveys/7")
    }
    assert {(one.at, one.read_at, one.gathering) for one in told} == {(NOW, None, False)}


def test_letters_are_due_as_each_chose_and_asked_for_in_the_same_transaction(database: Database) -> None:
    with database.transaction() as session:
        people = [a_person(session) for _ in range(3)]
        for person, mailing in zip(people, (Mailing.AT_ONCE, Mailing.DAILY, Mailing.NEVER), strict=True):
            choose(session, as_actor(person), {About.SURVEY: mailing})
        tell(session, people)
    with database.reading() as session:
        told = [(one.id, one.mail_due_at) for person in people for one in notices(session, person)]
    assert [due for _, due in told] == [NOW, EIGHT, None]
    assert sorted((row.payload["notice"], row.due_at) for row in outbox_rows(database)) == sorted(told[:2])


def test_the_letters_leave_in_each_ones_language(office: Office, box: Mailbox, session: Session) -> None:
    ana, ivo = a_person(session, locale="hr"), a_person(session)
    tell(session, [ana, ivo])
    session.commit()
    assert office.deliver() == 2
    assert len(subjects(box)) == 2
    assert any("Proljetni puls" in subject for subject in subjects(box))
    assert any(subject == "Tell us how work is going: “Spring pulse” is open" for subject in subjects(box))


def test_a_letter_of_a_survey_says_until_when_and_that_nobody_knows_who_answered_what(
    office: Office, box: Mailbox, session: Session
) -> None:
    ana = a_person(session)
    details = {"en": {"title": "Spring pulse", "locale": "en", "until": "2026-05-11T09:30:00+00:00"}}
    tell_all(session, [ana.id], About.SURVEY, "survey", 7, details, "/surveys/7", NOW, zone=ZAGREB)
    session.commit()
    assert office.deliver() == 1
    for said in (box.text(), box.text(kind="html")):
        assert "You can answer until Monday, 11 May 2026, 09:30." in said, "the site's own time zone, UTC here"
        assert "it is anonymous" in said
        assert "https://lampa.example.com/surveys/7" in said


def test_who_has_left_or_never_was_is_told_nothing(session: Session) -> None:
    ana, gone = a_person(session), a_person(session)
    left = PersonValues(gone.name, gone.email, "en")
    change_person(session, SYSTEM, gone.id, left, active=False, now=NOW)
    assert tell(session, [ana, gone]) == 1
    assert notices(session, gone) == []
    assert tell_all(session, [2**31 - 1], About.SURVEY, "survey", 7, DETAILS, "/x", NOW, zone=ZAGREB) == 0
    assert tell(session, []) == 0


def test_a_notice_to_many_leads_nowhere_but_into_the_site(session: Session) -> None:
    with pytest.raises(ValueError, match="not an address within the site"):
        tell(session, [a_person(session)], "//evil.example/")


def test_thousands_are_told_in_few_statements(session: Session) -> None:
    ids = range(100_000, 102_000)
    rows = [
        {"id": one, "email": f"p{one}@example.com", "name": f"P {one}", "search_text": f"p {one}", "locale": "hr",
         "stamp": "x", "created_at": NOW} for one in ids
    ]  # fmt: skip
    session.execute(insert(Person), rows)
    begun = perf_counter()
    with count_queries(session.connection().engine) as asked:
        told = tell_all(session, list(ids), About.SURVEY, "survey", 7, DETAILS, "/surveys/7", NOW, zone=ZAGREB)
    assert told == 2_000
    assert len(asked) <= 2 * 4, "who works here and what they chose, for each stretch"
    assert perf_counter() - begun < 5, "a company of 50,000 is told within two minutes at the very worst"
    assert set(session.scalars(select(Notice.person_id))) == set(ids)
