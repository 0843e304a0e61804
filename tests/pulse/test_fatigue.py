"""What is said of tired people: turnout that falls by more than chance, told to HR alone."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from portal.core.permissions import Actor
from portal.pulse.fatigue import Trend, fatigue, watched
from portal.pulse.freezing import freeze
from portal.pulse.model import SurveyUnit
from portal.pulse.results import Details, Summary
from tests.factories import NOW
from tests.pulse.recurring import SHOP, a_series, close_wave
from tests.pulse.scenes import DAY, a_company, a_survey, an_hr


@pytest.fixture
def hr(session: Session) -> Actor:
    """Somebody of HR in a company of eight."""
    a_company(session, {SHOP: 7})
    return an_hr(session)


def _turnouts(*pairs: tuple[int, int | None]) -> list[Summary]:
    return [Summary(invited, answered, {}) for invited, answered in pairs]


def test_people_who_tire_are_noticed_and_noise_is_not() -> None:
    assert fatigue([]).trend == fatigue(_turnouts((100, 80), (100, 70), (100, 60))).trend == Trend.UNKNOWN
    falling = fatigue(_turnouts((100, 80), (100, 82), (100, 78), (100, 62), (100, 60), (100, 58)))
    assert (falling.trend, falling.lately, falling.before) == (Trend.FALLING, 60, 80)
    assert falling.shares == (80, 82, 78, 62, 60, 58)
    assert fatigue(_turnouts((100, 60), (100, 62), (100, 80), (100, 82))).trend == Trend.RISING
    assert fatigue(_turnouts((10, 8), (10, 8), (10, 7), (10, 6))).trend == Trend.STEADY  # Two people.
    assert (
        fatigue(_turnouts((50_000, 40_000), (50_000, 40_000), (50_000, 39_000), (50_000, 39_000))).trend == Trend.STEADY
    )


def test_a_wave_whose_turnout_may_not_be_told_says_nothing() -> None:
    found = fatigue(_turnouts((6, None), (0, 0), (100, 80), (100, 80), (100, 80), (100, 50)))
    assert found.shares == (None, None, 80, 80, 80, 50)
    assert found.trend == Trend.FALLING
    assert (found.before, found.lately) == (80, 65)


def test_what_is_said_of_the_turnout_names_both_numbers() -> None:
    falling = fatigue(_turnouts((100, 80), (100, 80), (100, 50), (100, 50)))
    for trend in Trend:
        said = str(replace(falling, trend=trend).said)
        assert ("50%" in said and "80%" in said) == (trend != Trend.UNKNOWN)


def test_hr_sees_the_turnout_of_a_series_waves_that_are_closed(session: Session, hr: Actor) -> None:
    begun = a_series(session, hr)
    for week, answered in enumerate((80, 60)):
        opened = NOW + 7 * week * DAY
        survey = a_survey(session, series_id=begun.id, opens_at=opened, closes_at=opened + 4 * DAY)
        close_wave(session, survey)
        session.add(SurveyUnit(survey_id=survey.id, number=0, names={}, invited=100, cohort=True))
        session.flush()
        session.add(freeze(survey.id, 0, Summary(100, answered, {}), Details({}, {}, ())))
    session.flush()
    found = watched(session, hr, begun.id)
    assert [wave.share for wave in found.waves] == [80, 60]
    assert found.turnouts.trend == Trend.UNKNOWN
