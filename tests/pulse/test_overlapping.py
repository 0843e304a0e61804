"""Surveys that ask the same people within a week of each other are named."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from portal.core.errors import NotFound
from portal.core.permissions import Actor
from portal.pulse import series
from portal.pulse.model import State, Survey
from portal.pulse.overlapping import overlaps
from tests.factories import NOW, a_person
from tests.pulse.recurring import SHOP, a_series, waves_made
from tests.pulse.scenes import DAY, RULES, ZONE, a_company, a_survey, an_hr


@pytest.fixture
def hr(session: Session) -> Actor:
    """Somebody of HR in a company of eight."""
    a_company(session, {SHOP: 7})
    return an_hr(session)


def _scheduled(session: Session, at: datetime, **over: object) -> Survey:
    return a_survey(session, state=State.SCHEDULED, opens_at=at, closes_at=at + 3 * DAY, **over)


def test_surveys_that_ask_the_same_people_within_a_week_are_named(session: Session, hr: Actor) -> None:
    luma, shops, office = (a_person(session, team=path).team_id for path in (("Luma",), SHOP, ("Luma", "Office")))
    mine = _scheduled(session, NOW + 20 * DAY, audience=[shops])
    near = [
        _scheduled(session, NOW + 14 * DAY),
        _scheduled(session, NOW + 21 * DAY, audience=[luma]),
        _scheduled(session, NOW + 26 * DAY, audience=[shops, office]),
    ]
    _scheduled(session, NOW + 20 * DAY, audience=[office])
    _scheduled(session, NOW + 13 * DAY)
    _scheduled(session, NOW + 27 * DAY)
    a_survey(session, opens_at=NOW + 20 * DAY, closes_at=NOW + 25 * DAY)  # A draft.
    found = overlaps(session, mine.id, ["hr"], ZONE)
    assert [one.id for one in found] == [survey.id for survey in near]
    assert (found[0].title, found[0].locale) == ("Proljetni puls", "hr")
    assert {other.id for other in near if mine.id in {one.id for one in overlaps(session, other.id, ["en"], ZONE)}} == {
        survey.id for survey in near
    }


def test_waves_that_a_series_is_yet_to_make_overlap_too_but_not_with_those_of_their_own(
    session: Session, hr: Actor
) -> None:
    begun = a_series(session, hr)
    (wave,) = waves_made(session)
    assert overlaps(session, wave.id, ["en"], ZONE) == ()
    mine = _scheduled(session, datetime(2026, 7, 1, 7, tzinfo=UTC))
    found = overlaps(session, mine.id, ["en"], ZONE)
    assert [(one.id, one.series_id, one.title, one.on) for one in found] == [
        (None, begun.id, "Weekly pulse", date(2026, 6, 29)),
        (None, begun.id, "Weekly pulse", date(2026, 7, 6)),
    ]
    series.pause(session, hr, begun.id, 1, RULES)
    assert overlaps(session, mine.id, ["en"], ZONE) == ()


def test_a_survey_without_a_date_overlaps_with_none_and_one_that_is_not_there_is_not_found(
    session: Session, hr: Actor
) -> None:
    _scheduled(session, NOW)
    assert overlaps(session, a_survey(session, opens_at=None, closes_at=None).id, ["en"], ZONE) == ()
    with pytest.raises(NotFound):
        overlaps(session, 2**31 - 1, ["en"], ZONE)


def test_the_day_is_that_of_the_companys_clocks(session: Session, hr: Actor) -> None:
    mine = _scheduled(session, NOW)
    _scheduled(session, datetime(2026, 5, 4, 22, 30, tzinfo=UTC))
    assert [one.on for one in overlaps(session, mine.id, ["en"], ZONE)] == [date(2026, 5, 5)]
