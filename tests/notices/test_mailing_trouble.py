"""Mail when something goes wrong: nothing is lost, nobody is held up, and at worst one letter comes twice."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.core.mail import PAUSE_S, Letter, MailUnavailable, Post
from portal.notices import About
from portal.people.model import Person
from tests.core.mail_servers import Mailbox, mail_server
from tests.factories import NOW, a_person
from tests.notices.offices import EIGHT, Office, subjects
from tests.notices.telling import notices, outbox_rows, told


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Failures that the test makes need not be told."""
    caplog.set_level(logging.CRITICAL, "portal.core.outbox")


@pytest.mark.usefixtures("quiet")
def test_while_the_server_is_down_letters_wait_ever_longer_and_then_all_leave(
    office: Office, session: Session, ana: Person, tmp_path: Path
) -> None:
    with mail_server(Mailbox()) as box:
        pass
    clock = [0.0]
    office.post = Post(replace(office.settings, mail_server=f"smtp://127.0.0.1:{box.port}"), lambda: clock[0])
    for _ in range(2):
        told(session, ana)
    session.commit()
    for pause in (2, 4, 8):
        assert office.deliver(NOW + timedelta(seconds=clock[0])) == 0
        rows = outbox_rows(office.database)
        assert {(row.due_at - NOW).total_seconds() - clock[0] for row in rows} == {pause}
        assert {str(row.error).split(":")[0] for row in rows} == {"MailUnavailable"}
        clock[0] += PAUSE_S
    with mail_server(box, port=box.port):
        assert office.deliver(NOW + timedelta(seconds=clock[0])) == 2
    assert len(box.raw) == 2


@pytest.mark.usefixtures("quiet")
def test_a_recipient_that_is_refused_is_given_up_and_told_of_without_its_address(
    office: Office, session: Session, ana: Person, box: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    ivo, nino = a_person(session), a_person(session)
    for person in (ana, ivo, nino):
        told(session, person, text="a secret")
    session.commit()
    box.answers = {ana.email: f"550 no {ana.email} here", ivo.email: "451 later"}
    with caplog.at_level(logging.WARNING, "portal.notices.jobs"):
        assert office.deliver() == 2
    assert box.recipients == [nino.email]
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "refused" in caplog.text
    assert ana.email not in caplog.text
    assert "secret" not in caplog.text
    (row,) = outbox_rows(office.database)
    assert (row.payload, row.error) == (
        {"notice": notices(session, ivo)[0].id},
        "SomeDeferred: 1 letters are to be tried again",
    )
    box.answers = {}
    assert office.deliver(NOW + timedelta(minutes=1)) == 1
    assert box.recipients == [nino.email, ivo.email]


class Crash(BaseException):
    """The power is cut."""


class CutOff(Post):
    """A post office in a house whose power is cut just after a letter has left."""

    def __init__(self, settings: Settings, leave: int) -> None:
        super().__init__(settings)
        self.leave = leave

    def _send(self, line: object, letter: Letter, now: datetime) -> None:
        super()._send(line, letter, now)  # type: ignore[arg-type]
        self.leave -= 1
        if self.leave == 0:
            raise Crash


def test_a_crash_after_a_letter_repeats_that_one_under_its_id_and_loses_none(
    office: Office, session: Session, ana: Person, box: Mailbox
) -> None:
    ivo, nino = a_person(session), a_person(session)
    for person in (ana, ivo, nino):
        told(session, person, About.REACTED, by="Petra", gather=True)
    session.commit()
    whole, office.post = office.post, CutOff(office.settings, leave=2)
    with pytest.raises(Crash):
        office.deliver(EIGHT)
    told(session, ivo, About.REACTED, by="Davor", gather=True, now=EIGHT)  # Not a part of the letter that has left.
    session.commit()
    office.post = whole
    office.deliver(EIGHT + timedelta(minutes=1))
    assert box.recipients == [ana.email, ivo.email, ivo.email, nino.email]
    ids = [letter["Message-ID"] for letter in box.letters]
    assert ids[1] == ids[2]
    assert len(set(ids)) == 3
    office.deliver(EIGHT + timedelta(days=1))
    assert box.recipients[4:] == [ivo.email]
    assert subjects(box)[-1].startswith("Davor cheered")


def test_a_row_is_handled_twice_without_harm(office: Office, session: Session, ana: Person, box: Mailbox) -> None:
    told(session, ana)
    session.commit()
    (row,) = outbox_rows(office.database)
    assert [office.handle([row.payload, row.payload]), office.handle([row.payload])] == [1, 0]
    assert office.handle([{"notice": row.payload["notice"] + 1}]) == 0
    assert len(box.raw) == 1


def test_without_a_server_the_letter_is_a_file(office: Office, session: Session, ana: Person, tmp_path: Path) -> None:
    office.post = Post(replace(office.settings, mail_server="", data=tmp_path))
    told(session, ana)
    session.commit()
    office.deliver()
    (file,) = (tmp_path / "mail").iterdir()
    assert f"<{ana.email}>".encode() in file.read_bytes()


def test_when_nothing_is_due_the_server_is_not_asked(office: Office, session: Session, ana: Person) -> None:
    office.post = Post(replace(office.settings, mail_server="smtp://127.0.0.1:1"))
    told(session, ana, About.REACTED)
    session.commit()
    (row,) = outbox_rows(office.database)
    assert office.handle([row.payload]) == 0
    with pytest.raises(MailUnavailable):
        office.handle([row.payload], EIGHT)
