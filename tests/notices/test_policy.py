"""When daily and weekly letters leave: at eight in the company's time zone, whatever its clocks do."""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import pytest

from portal.notices.model import About, Mailing
from portal.notices.policy import DEFAULTS, mail_due_at, offered
from tests.factories import NOW
from tests.notices.telling import ZAGREB

AUCKLAND, KOLKATA = ZoneInfo("Pacific/Auckland"), ZoneInfo("Asia/Kolkata")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("mailing", "now", "zone", "expected"),
    [
        # A Monday, 4 May 2026; Zagreb is two hours ahead.
        (Mailing.DAILY, "2026-05-04T05:59", ZAGREB, "2026-05-04T06:00"),
        (Mailing.DAILY, "2026-05-04T06:00", ZAGREB, "2026-05-05T06:00"),
        (Mailing.DAILY, "2026-05-04T23:30", ZAGREB, "2026-05-05T06:00"),
        (Mailing.WEEKLY, "2026-05-04T05:59", ZAGREB, "2026-05-04T06:00"),
        (Mailing.WEEKLY, "2026-05-04T06:00", ZAGREB, "2026-05-11T06:00"),
        (Mailing.WEEKLY, "2026-05-10T23:00", ZAGREB, "2026-05-11T06:00"),
        (Mailing.DAILY, "2026-05-04T21:00", AUCKLAND, "2026-05-05T20:00"),
        (Mailing.WEEKLY, "2026-05-03T19:00", AUCKLAND, "2026-05-03T20:00"),
        (Mailing.DAILY, "2026-05-04T02:31", KOLKATA, "2026-05-05T02:30"),
        # Clocks go forward on 29 March and back on 25 October.
        (Mailing.DAILY, "2026-03-28T12:00", ZAGREB, "2026-03-29T06:00"),
        (Mailing.DAILY, "2026-10-24T12:00", ZAGREB, "2026-10-25T07:00"),
        (Mailing.WEEKLY, "2026-10-24T12:00", ZAGREB, "2026-10-26T07:00"),
    ],
)
def test_letters_leave_at_eight_where_the_company_is(mailing: Mailing, now: str, zone: tzinfo, expected: str) -> None:
    assert mail_due_at(mailing, at(now), zone) == at(expected)


def test_at_once_is_now_and_never_is_never() -> None:
    assert mail_due_at(Mailing.AT_ONCE, NOW, ZAGREB) == NOW
    assert mail_due_at(Mailing.NEVER, NOW, ZAGREB) is None


def test_every_kind_has_a_usual_way_that_it_offers() -> None:
    assert set(DEFAULTS) == set(About)
    assert all(DEFAULTS[about] in offered(about) for about in About)
