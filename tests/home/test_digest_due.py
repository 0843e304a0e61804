"""When the digest is due: on Monday at eight where the company is, whatever its clocks do; late rather than never."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.notices import About, awaiting_digest, digest_done, want_digest, week_due
from portal.notices.commands import unsubscribe
from portal.notices.model import DigestSent
from tests.factories import NOW, a_person

ZAGREB = ZoneInfo("Europe/Zagreb")
MONDAY = datetime(2026, 5, 11, 6, tzinfo=UTC)  # Eight in the morning in Zagreb.
SECOND = timedelta(seconds=1)


def utc(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "now", "since", "until"),
    [
        ("Europe/Zagreb", "2026-05-11T05:59:59", "2026-04-27T06:00", "2026-05-04T06:00"),
        ("Europe/Zagreb", "2026-05-11T06:00:00", "2026-05-04T06:00", "2026-05-11T06:00"),
        ("Europe/Zagreb", "2026-05-13T23:00:00", "2026-05-04T06:00", "2026-05-11T06:00"),
        ("Europe/Zagreb", "2026-05-18T05:59:59", "2026-05-04T06:00", "2026-05-11T06:00"),
        # Monday in Tbilisi, still Sunday in New York.
        ("Asia/Tbilisi", "2026-05-11T04:00:00", "2026-05-04T04:00", "2026-05-11T04:00"),
        ("America/New_York", "2026-05-11T04:00:00", "2026-04-27T12:00", "2026-05-04T12:00"),
        # Far east, eight on Monday is Sunday in UTC.
        ("Pacific/Kiritimati", "2026-05-10T18:00:00", "2026-05-03T18:00", "2026-05-10T18:00"),
        # Weeks in which clocks change have an hour less, and one more.
        ("Europe/Zagreb", "2026-03-30T06:00:00", "2026-03-23T07:00", "2026-03-30T06:00"),
        ("Europe/Zagreb", "2026-10-26T06:59:59", "2026-10-12T06:00", "2026-10-19T06:00"),
        ("Europe/Zagreb", "2026-10-26T07:00:00", "2026-10-19T06:00", "2026-10-26T07:00"),
        # Across the year.
        ("UTC", "2026-01-02T00:00:00", "2025-12-22T08:00", "2025-12-29T08:00"),
    ],
)
def test_a_week_ends_on_monday_at_eight_in_the_companys_time_zone(zone: str, now: str, since: str, until: str) -> None:
    week = week_due(utc(now), ZoneInfo(zone))
    assert (week.since, week.until) == (utc(since), utc(until))
    assert week.monday == week.until.astimezone(ZoneInfo(zone)).date()


def test_later_weeks_have_greater_names() -> None:
    weeks = [week_due(MONDAY + timedelta(weeks=number), ZAGREB) for number in range(60)]
    assert weeks[0].name == date(2026, 5, 11).isoformat()
    assert sorted(week.name for week in weeks) == [week.name for week in weeks]


def due(session: Session, now: datetime) -> list[int]:
    return awaiting_digest(session, week_due(now, ZAGREB), 0, 100)


def test_those_wait_who_were_here_before_the_week_ended_and_still_are(session: Session) -> None:
    early = a_person(session, now=MONDAY - SECOND)
    a_person(session, now=MONDAY)
    a_person(session, now=NOW).deactivated_at = MONDAY - SECOND
    session.flush()
    assert due(session, MONDAY) == [early.id]


def test_who_has_been_looked_at_waits_again_a_week_later(session: Session) -> None:
    ids = [a_person(session).id for _ in range(3)]
    week = week_due(MONDAY, ZAGREB)
    digest_done(session, ids[:2], week)
    assert due(session, MONDAY + timedelta(days=6)) == ids[2:]
    assert due(session, MONDAY + timedelta(days=7)) == ids
    assert awaiting_digest(session, week_due(MONDAY + timedelta(days=7), ZAGREB), ids[0], 1) == ids[1:2]


def test_a_late_run_for_an_older_week_does_not_set_anybody_back(session: Session) -> None:
    person = a_person(session)
    digest_done(session, [person.id], week_due(MONDAY + timedelta(weeks=1), ZAGREB))
    digest_done(session, [person.id], week_due(MONDAY, ZAGREB))
    assert session.scalars(select(DigestSent.week)).all() == ["2026-05-18"]
    assert due(session, MONDAY) == []


def test_the_digest_is_for_those_who_want_it(session: Session) -> None:
    wants, not_any_more = a_person(session), a_person(session)
    unsubscribe(session, not_any_more.id, About.DIGEST)
    assert want_digest(session, [wants.id, not_any_more.id]) == {wants.id}
