"""Mailing what is due, through a real mail server: to whom, when, what, in which language."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from sqlalchemy.orm import Session

from portal.app import create_app
from portal.core import locale
from portal.notices import About, Mailing
from portal.notices.commands import choose, read, unsubscribe
from portal.people import as_actor
from portal.people.model import Person
from tests.core.mail_servers import Mailbox
from tests.factories import NOW, a_person
from tests.notices.offices import EIGHT, Office, subjects
from tests.notices.telling import notices, outbox_rows, told

# What, and when


def test_what_is_mailed_at_once_is_one_letter_with_links_to_follow(
    office: Office, session: Session, ana: Person, box: Mailbox
) -> None:
    told(session, ana, About.COMMENTED, by="Ivo", text="Well done!\nReally.", address="/wins/7#comment-3")
    session.commit()
    assert office.deliver() == 1
    (letter,) = box.letters
    assert box.recipients == [ana.email]
    assert letter["Subject"] == "Ivo commented on “The hotel lamp”"
    stop = letter["List-Unsubscribe"].strip("<>")
    assert stop.startswith("https://lampa.example.com/unsubscribe/")
    text, html = box.text().replace("\r\n", "\n"), box.text(kind="html")
    assert text.split("\n")[:6] == [
        "Ivo commented on “The hotel lamp”",
        "> Well done!",
        "> Really.",
        "https://lampa.example.com/wins/7#comment-3",
        "",
        "-- ",
    ]
    for link in (stop, "https://lampa.example.com/notices/settings"):
        assert link in text
        assert f'href="{link}"' in html
    assert 'href="https://lampa.example.com/wins/7#comment-3"' in html
    assert "src=" not in html
    assert "url(" not in html
    assert outbox_rows(office.database) == []
    assert office.deliver() == 0


def test_each_persons_day_is_one_letter_in_the_morning(
    office: Office, session: Session, ana: Person, box: Mailbox
) -> None:
    ivo = a_person(session)
    told(session, ana, About.REACTED, by="Ivo", gather=True)
    told(session, ana, About.REACTED, by="Nino", gather=True)
    told(session, ana, About.REACTED, by="Petra", subject=8, address="/wins/8")
    told(session, ivo, About.REACTED, by="Ana <b>")
    session.commit()
    assert office.deliver(EIGHT - timedelta(seconds=1)) == 0
    assert box.raw == []
    assert office.deliver(EIGHT) == 3
    assert sorted(subjects(box)) == ["2 new notices on Lampa", "Ana <b> cheered your win “The hotel lamp”"]
    number = subjects(box).index("2 new notices on Lampa")
    assert "Nino and Ivo cheered your win" in box.text(number)
    assert "https://lampa.example.com/wins/8" in box.text(number)
    assert "Ana &lt;b&gt;" in box.text(1 - number, "html")


def test_a_weekly_letter_waits_for_monday(office: Office, session: Session, ana: Person, box: Mailbox) -> None:
    choose(session, as_actor(ana), {About.REACTED: Mailing.WEEKLY})
    told(session, ana, About.REACTED)
    session.commit()
    assert office.deliver(EIGHT + timedelta(days=5)) == 0
    assert office.deliver(EIGHT + timedelta(days=6)) == 1
    assert len(box.raw) == 1


def test_a_letter_holds_so_much_and_counts_the_rest(
    office: Office, session: Session, ana: Person, box: Mailbox
) -> None:
    for number in range(43):
        told(session, ana, About.REACTED, subject=number)
    session.commit()
    office.deliver(EIGHT)
    assert subjects(box) == ["43 new notices on Lampa"]
    assert box.text().count("cheered") == 40
    assert "and 3 more: https://lampa.example.com/notices" in box.text()
    assert office.deliver(EIGHT) == 0


def leave(session: Session, person: Person) -> None:
    person.deactivated_at = NOW
    session.flush()


def look(session: Session, person: Person) -> None:
    read(session, as_actor(person), notices(session, person)[0].id, NOW)


def want_no_more(session: Session, person: Person) -> None:
    unsubscribe(session, person.id, About.REACTED)


@pytest.mark.parametrize("change", [leave, look, want_no_more])
def test_who_has_left_has_read_it_or_wants_no_more_gets_no_letter(
    office: Office, session: Session, ana: Person, box: Mailbox, change: Callable[[Session, Person], None]
) -> None:
    told(session, ana, About.REACTED)
    change(session, ana)
    session.commit()
    assert office.deliver(EIGHT) == 1
    assert box.raw == []
    assert [notice.mail_due_at for notice in notices(session, ana)] == [None]


def test_what_comes_after_the_letter_begins_a_new_notice(
    office: Office, session: Session, ana: Person, box: Mailbox
) -> None:
    told(session, ana, About.REACTED, by="Ivo", gather=True)
    session.commit()
    office.deliver(EIGHT)
    told(session, ana, About.REACTED, by="Nino", gather=True, now=EIGHT)
    session.commit()
    assert [notice.details["names"] for notice in notices(session, ana)] == [["Ivo"], ["Nino"]]
    office.deliver(EIGHT + timedelta(days=1))
    assert [subject.split()[0] for subject in subjects(box)] == ["Ivo", "Nino"]


# In whose language

RUSSIAN = ("и ещё %(num)d человек", "и ещё %(num)d человека", "и ещё %(num)d людей")


def test_a_letter_speaks_its_readers_language_with_its_plurals(
    office: Office, session: Session, box: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sentence = "%%(name)s, %%(other)s and %%(num)d other%s cheered your win “%%(title)s”"
    catalogue = Catalog("ru")
    catalogue.add((sentence % "", sentence % "s"), tuple(f"%(name)s, %(other)s {end}: “%(title)s”" for end in RUSSIAN))
    catalogue.add("Choose what is mailed to you", "Выберите, о чём вам писать")
    folder = tmp_path / "ru" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    monkeypatch.setattr(locale, "CATALOGUES", tmp_path)
    office.app = create_app(office.settings, office.database)
    for code in ("ru", "en", "ru"):
        person = a_person(session, locale=code)
        count = 3 if code == "en" else 4 + len(box.raw)
        for number in range(count):
            told(session, person, About.REACTED, by=(f"N{number}", number), gather=True)
        session.commit()
        office.deliver(EIGHT)
    assert subjects(box) == [
        "N3, N2 и ещё 2 человека: “The hotel lamp”",
        "N2, N1 and 1 other cheered your win “The hotel lamp”",
        "N5, N4 и ещё 4 человека: “The hotel lamp”",
    ]
    assert ["Выберите" in box.text(number, "html") for number in range(3)] == [True, False, True]
    assert ['<html lang="ru">' in box.text(number, "html") for number in range(3)] == [True, False, True]


@pytest.mark.parametrize("code", ["en", "ru", "hr", "ka"])
def test_in_each_of_the_four_languages_a_letter_is_whole(
    office: Office, session: Session, box: Mailbox, code: str
) -> None:
    person = a_person(session, locale=code, name="ანა Ћирић Ёлкина")
    for subject in range(5):
        for number in range(subject + 1):
            told(
                session, person, About.REACTED, by=(f"N{number}", number), gather=True, subject=subject, title="ნათურა"
            )
    session.commit()
    office.deliver(EIGHT)
    assert f'<html lang="{code}">' in box.text(kind="html")
    assert box.text().count("ნათურა") == 5
    assert "%" not in box.text().replace("%40", "")
    assert "N4, N3" in box.text() or "N4" in box.text()
