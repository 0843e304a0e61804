"""Telling people things: who is told, what gathers in one notice, and when it ends."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.core.errors import Invalid, NotFound
from portal.core.permissions import SYSTEM
from portal.notices import About, Mailing, choices
from portal.notices.commands import choose, read, read_all, unsubscribe
from portal.notices.model import Notice
from portal.notices.queries import listing, unread_count
from portal.people import as_actor
from tests.factories import NOW, a_person
from tests.notices.telling import TITLE, notices, outbox_rows, told


def test_a_person_is_told_once_and_a_letter_is_asked_for_in_the_same_transaction(database: Database) -> None:
    with database.transaction() as session:
        ana = a_person(session)
        told(session, ana)
    with database.reading() as session:
        (notice,) = notices(session, ana)
    assert (notice.about, notice.subject, notice.subject_id, notice.address) == ("thanked", "win", 7, "/wins/7")
    assert (notice.details["names"], notice.details["title"], notice.details["count"]) == (["Ivo Ivić"], TITLE, 1)
    assert (notice.at, notice.read_at, notice.mail_due_at, notice.gathering) == (NOW, None, NOW, False)
    assert [(row.payload, row.due_at) for row in outbox_rows(database)] == [({"notice": notice.id}, NOW)]


def test_what_does_not_gather_is_told_anew_each_time(session: Session) -> None:
    ana = a_person(session)
    for _ in range(2):
        told(session, ana, About.COMMENTED)
    assert len(notices(session, ana)) == 2


def test_who_has_left_is_told_nothing(session: Session, database: Database) -> None:
    ana = a_person(session)
    ana.deactivated_at = NOW
    session.flush()
    told(session, ana)
    session.commit()
    assert notices(session, ana) == []
    assert outbox_rows(database) == []


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/x", "wins/7", "", "/" + "x" * 300])
def test_a_notice_leads_nowhere_but_into_the_site(session: Session, address: str) -> None:
    ana = a_person(session)
    with pytest.raises(ValueError, match="not an address within the site"):
        told(session, ana, address=address)


# Gathering


def test_what_several_people_did_to_the_same_gathers_in_one_notice(session: Session, database: Database) -> None:
    ana = a_person(session)
    for minute, name in enumerate(("Ivo", "Nino", "Petra", "Oleg", "Davor", "Luka", "Maja")):
        told(session, ana, About.REACTED, by=(name, 100 + minute), gather=True, now=NOW + timedelta(minutes=minute))
    session.commit()
    (notice,) = notices(session, ana)
    assert notice.details["names"] == ["Maja", "Luka", "Davor", "Oleg", "Petra"]
    assert (notice.details["count"], notice.at) == (7, NOW + timedelta(minutes=6))
    assert len(outbox_rows(database)) == 1, "one letter"


def test_the_same_person_counts_once_and_stands_first_again(session: Session) -> None:
    ana = a_person(session)
    for by in (("Ivo", 1), ("Nino", 2), ("Ivo", 1), ("Ivo", 3)):
        told(session, ana, About.REACTED, by=by, gather=True)
    (notice,) = notices(session, ana)
    assert (notice.details["names"], notice.details["count"]) == (["Ivo", "Ivo", "Nino"], 3)
    for _ in range(2):
        told(session, ana, About.COMMENTED, by="Ivo", gather=True)
    assert notices(session, ana)[1].details["count"] == 1, "without an id the name stands for the person"


def test_only_the_same_about_the_same_for_the_same_person_gathers(session: Session) -> None:
    ana, ivo = a_person(session), a_person(session)
    told(session, ana, About.REACTED, gather=True)
    told(session, ana, About.REACTED, gather=True, subject=8)
    told(session, ana, About.COMMENTED, gather=True)
    told(session, ivo, About.REACTED, gather=True)
    told(session, ana, About.REACTED)
    assert [len(notices(session, ana)), len(notices(session, ivo))] == [4, 1]


def test_what_comes_after_a_notice_was_read_is_news_again(session: Session) -> None:
    ana = a_person(session)
    told(session, ana, About.REACTED, by="Ivo", gather=True)
    assert read(session, as_actor(ana), notices(session, ana)[0].id, NOW) == "/wins/7"
    told(session, ana, About.REACTED, by="Nino", gather=True)
    first, second = notices(session, ana)
    assert (first.read_at, first.gathering, first.mail_due_at) == (NOW, False, None)
    assert (second.details["names"], second.read_at) == (["Nino"], None)


def test_two_at_once_gather_in_one_notice_with_both_names(own_database: Database) -> None:
    with own_database.transaction() as session:
        ana = a_person(session)
    both, faults = threading.Barrier(8), list[BaseException]()

    def cheer(number: int) -> None:
        try:
            both.wait()
            with own_database.transaction() as session:
                told(session, ana, About.REACTED, by=(f"Ivo {number}", number), gather=True)
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=cheer, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with own_database.reading() as session:
        (notice,) = notices(session, ana)
    assert sorted(notice.details["people"]) == list(range(8))
    assert (notice.details["count"], len(notice.details["names"])) == (8, 5)
    assert len(outbox_rows(own_database)) == 1


# Reading


def test_somebody_elses_notice_is_not_there(session: Session) -> None:
    ana, ivo = a_person(session), a_person(session)
    told(session, ana)
    (notice,) = notices(session, ana)
    for actor, number in ((as_actor(ivo), notice.id), (as_actor(ana), notice.id + 1), (SYSTEM, notice.id)):
        with pytest.raises(NotFound):
            read(session, actor, number, NOW)
    assert notices(session, ana)[0].read_at is None


def test_reading_all_reads_ones_own_alone_and_keeps_when_the_others_were_read(session: Session) -> None:
    ana, ivo = a_person(session), a_person(session)
    for person in (ana, ana, ivo):
        told(session, person)
    read(session, as_actor(ana), notices(session, ana)[0].id, NOW)
    later = NOW + timedelta(hours=1)
    read_all(session, as_actor(ana), later)
    assert [notice.read_at for notice in notices(session, ana)] == [NOW, later]
    assert [unread_count(session, person.id) for person in (ana, ivo)] == [0, 1]


def test_unread_notices_are_counted_up_to_a_hundred(session: Session) -> None:
    ana = a_person(session)
    for wanted in (0, 99, 100):
        while len(notices(session, ana)) < wanted:
            told(session, ana)
        assert unread_count(session, ana.id) == wanted
    told(session, ana)
    assert unread_count(session, ana.id) == 100


def test_a_list_goes_on_where_it_ended_whatever_comes_on_top(session: Session) -> None:
    ana = a_person(session)
    for minute in (0, 1, 1, 1, 2):
        told(session, ana, now=NOW + timedelta(minutes=minute))
    wanted = [row.id for row in sorted(notices(session, ana), key=lambda row: (row.at, row.id), reverse=True)]
    seen, page = [], listing(session, ana.id, None, 2)
    while True:
        seen += [row.id for row in page.rows]
        if page.older is None:
            break
        told(session, ana, now=NOW + timedelta(minutes=9))
        page = listing(session, ana.id, page.older, 2)
    assert seen == wanted


@pytest.mark.parametrize("key", ["", "x", "-", "1", "1-x", "9" * 40 + "-1", "1-" + "9" * 30, "²-1", "1\0-1"])
def test_a_wrong_key_breaks_nothing(session: Session, key: str) -> None:
    ana = a_person(session)
    told(session, ana)
    assert len(listing(session, ana.id, key).rows) in {0, 1}


# Choosing


def test_until_somebody_chooses_the_usual_holds(session: Session) -> None:
    ana = a_person(session)
    usual = choices(session, ana.id)
    assert set(usual) == set(About)
    assert (usual[About.THANKED], usual[About.REACTED]) == (Mailing.AT_ONCE, Mailing.DAILY)
    assert usual[About.DIGEST] is Mailing.WEEKLY
    choose(session, as_actor(ana), {About.THANKED: Mailing.NEVER})
    choose(session, as_actor(ana), {About.THANKED: Mailing.WEEKLY})
    assert choices(session, ana.id) == {**usual, About.THANKED: Mailing.WEEKLY}


def test_the_digest_of_a_week_cannot_come_daily(session: Session) -> None:
    with pytest.raises(Invalid) as caught:
        choose(session, as_actor(a_person(session)), {About.DIGEST: Mailing.DAILY})
    assert set(caught.value.fields) == {"digest"}


def test_who_wants_no_mail_is_told_in_the_site_alone(session: Session, database: Database) -> None:
    ana = a_person(session)
    unsubscribe(session, ana.id, About.THANKED)
    unsubscribe(session, ana.id, About.THANKED)
    told(session, ana)
    session.commit()
    assert [notice.mail_due_at for notice in notices(session, ana)] == [None]
    assert outbox_rows(database) == []


def test_unsubscribing_from_all_means_all(session: Session) -> None:
    ana = a_person(session)
    unsubscribe(session, ana.id, None)
    assert set(choices(session, ana.id).values()) == {Mailing.NEVER}
    with pytest.raises(NotFound):
        unsubscribe(session, ana.id + 1, None)


def test_what_a_notice_holds_survives_as_it_was_written(session: Session) -> None:
    ana = a_person(session)
    hostile = "<script>\r\n'\"\\ %(name)s %s {{ 1 }} \u2028 ლამპა 💡"
    told(session, ana, by=hostile, title=hostile, text=hostile)
    session.commit()
    assert {session.get_one(Notice, notices(session, ana)[0].id).details[key] for key in ("title", "text")} == {hostile}
