"""The waves that come of a series: when each opens, what it asks, and that there is one at a time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.core.permissions import Actor
from portal.pulse import bank, series
from portal.pulse.model import Kind, State, Survey, SurveyQuestion
from portal.pulse.rhythm import Every
from tests.counting import count_queries
from tests.factories import NOW
from tests.pulse.recurring import MONDAY, SHOP, a_series, close_wave, keys_of, local, open_wave, waves_made
from tests.pulse.scenes import DAY, ZONE, a_company, an_hr


@pytest.fixture
def hr(session: Session) -> Actor:
    """Somebody of HR in a company of eight."""
    a_company(session, {SHOP: 7})
    return an_hr(session)


def _live(session: Session, until: datetime, start: datetime = NOW) -> list[Survey]:
    """Let days pass, each with a tick, on which what is due opens, closes and is made."""
    now = start
    while now < until:
        for survey in waves_made(session):
            if survey.state == State.SCHEDULED and survey.opens_at <= now:  # type: ignore[operator]
                open_wave(session, survey)
            if survey.state == State.OPEN and survey.closes_at <= now:  # type: ignore[operator]
                close_wave(session, survey)
        series.prepare_due(session, now, ZONE)
        now += DAY
    return waves_made(session)


def test_a_series_makes_its_first_wave_at_once_with_rotated_questions_its_own_words_and_dates(
    session: Session, hr: Actor
) -> None:
    begun = a_series(session, hr)
    (wave,) = waves_made(session)
    assert (wave.state, wave.series_id, wave.texts) == (State.SCHEDULED, begun.id, begun.texts)
    assert (local(wave.opens_at), local(wave.closes_at)) == ("2026-05-11 09:00", "2026-05-15 09:00")
    assert (wave.reminders, wave.parts, wave.audience, wave.created_by) == ([3], 1, [], hr.id)
    keys = keys_of(session, wave)
    assert len(keys) == 5
    assert [bank.question(key).kind for key in keys][-2:] == [Kind.SCALE, Kind.TEXT]
    row = session.get(SurveyQuestion, (wave.id, 1))
    assert row is not None
    assert row.texts == bank.as_texts(bank.question(keys[0]))
    assert begun.next_on == MONDAY + timedelta(days=7)


def test_a_far_away_wave_is_made_thirty_days_before_it_opens(session: Session, hr: Actor) -> None:
    begun = a_series(session, hr, every=Every.QUARTER, next_on=date(2026, 7, 1))
    assert waves_made(session) == []
    opens_at = datetime(2026, 7, 1, 7, tzinfo=UTC)
    assert series.prepare_due(session, opens_at - 31 * DAY, ZONE) == []
    (wave,) = series.prepare_due(session, opens_at - 30 * DAY, ZONE)
    assert wave.opens_at == opens_at
    assert wave.parts == 4
    assert begun.next_on == date(2026, 10, 1)


def test_the_next_wave_is_made_when_the_last_has_opened_and_there_is_never_more_than_one(
    session: Session, hr: Actor
) -> None:
    a_series(session, hr)
    (first,) = waves_made(session)
    assert series.prepare_due(session, NOW, ZONE) == series.prepare_due(session, NOW + 30 * DAY, ZONE) == []
    open_wave(session, first)
    assert first.opened_at
    (second,) = series.prepare_due(session, first.opened_at, ZONE)
    assert series.prepare_due(session, first.opened_at, ZONE) == []
    assert local(second.opens_at) == "2026-05-18 09:00"
    asked = {key for key in keys_of(session, first) if bank.question(key).scored}
    assert not asked & set(keys_of(session, second))


def test_waves_never_overlap_over_a_year_and_every_driver_is_asked_every_quarter(session: Session, hr: Actor) -> None:
    a_series(session, hr, every=Every.MONTH, next_on=date(2026, 5, 31), days_open=10)
    waves = _live(session, NOW + 400 * DAY)
    opened = [local(wave.opens_at) for wave in waves]
    assert opened[:6] == [f"2026-{day} 09:00" for day in ("05-31", "06-30", "07-31", "08-31", "09-30", "10-31")]
    assert opened[9] == "2027-02-28 09:00"
    assert opened[10] == "2027-03-31 09:00"
    for earlier, later in pairwise(waves):
        assert earlier.closes_at <= later.opens_at  # type: ignore[operator]
    drivers = [{bank.question(key).driver for key in keys_of(session, wave)[:-1]} for wave in waves]
    for last in range(3, len(waves)):
        assert len(set.union(*drivers[last - 3 : last])) == 11


def test_a_wave_keeps_its_hour_when_the_clocks_change_while_it_is_open(session: Session, hr: Actor) -> None:
    a_series(session, hr, now=datetime(2026, 10, 20, tzinfo=UTC), next_on=date(2026, 10, 23), days_open=5)
    (wave,) = waves_made(session)
    assert (local(wave.opens_at), local(wave.closes_at)) == ("2026-10-23 09:00", "2026-10-28 09:00")
    assert wave.closes_at - wave.opens_at == timedelta(days=5, hours=1)  # type: ignore[operator]


def test_after_downtime_missed_waves_are_left_out_and_one_is_made(session: Session, hr: Actor) -> None:
    begun = a_series(session, hr)
    (first,) = waves_made(session)
    close_wave(session, first)
    back = first.opens_at + timedelta(days=24)  # type: ignore[operator]
    (second,) = series.prepare_due(session, back, ZONE)
    assert local(second.opens_at) == "2026-06-08 09:00"
    assert begun.next_on == date(2026, 6, 15)


def test_a_wave_that_should_have_opened_within_the_last_hours_is_not_left_out(session: Session, hr: Actor) -> None:
    a_series(session, hr)
    (first,) = waves_made(session)
    close_wave(session, first)
    (second,) = series.prepare_due(session, first.opens_at + timedelta(days=7, hours=3), ZONE)  # type: ignore[operator]
    assert local(second.opens_at) == "2026-05-18 09:00"


def test_a_wave_that_opened_late_and_is_still_open_keeps_the_next_one_away(session: Session, hr: Actor) -> None:
    a_series(session, hr)
    (first,) = waves_made(session)
    open_wave(session, first)
    first.closes_at = first.opens_at + timedelta(days=8)  # type: ignore[operator]
    (second,) = series.prepare_due(session, first.opens_at + 5 * DAY, ZONE)  # type: ignore[operator]
    assert local(second.opens_at) == "2026-05-25 09:00"


def test_a_wave_that_hr_threw_away_is_left_out(session: Session, hr: Actor) -> None:
    a_series(session, hr)
    session.delete(waves_made(session)[0])
    session.flush()
    (second,) = series.prepare_due(session, NOW, ZONE)
    assert local(second.opens_at) == "2026-05-18 09:00"


def test_questions_that_hr_put_into_a_wave_count_as_asked(session: Session, hr: Actor) -> None:
    a_series(session, hr)
    (first,) = waves_made(session)
    session.execute(
        SurveyQuestion.__table__.update().where(SurveyQuestion.number == 1).values(key="valued-1", driver="valued")
    )
    open_wave(session, first)
    (second,) = series.prepare_due(session, NOW + 8 * DAY, ZONE)
    assert "valued-1" not in keys_of(session, second)
    assert "pride-1" in keys_of(session, second)


def test_one_question_a_wave_will_do_without_words(session: Session, hr: Actor) -> None:
    a_series(session, hr, questions=1, comment=False)
    assert len(keys_of(session, waves_made(session)[0])) == 1


def test_a_tick_asks_the_database_once_when_nothing_is_due_however_many_series_there_are(
    session: Session, hr: Actor
) -> None:
    for _ in range(3):
        a_series(session, hr)
    with count_queries(session.get_bind().engine) as asked:
        assert series.prepare_due(session, NOW, ZONE) == []
    assert len(asked) == 1


def test_two_workers_at_once_make_one_wave(own_database: Database) -> None:
    with own_database.transaction() as session:
        a_company(session, {SHOP: 7})
        begun = a_series(session, an_hr(session))
        session.delete(waves_made(session)[0])
        begun.next_on = MONDAY
    start = Barrier(2)

    def tick() -> int:
        start.wait()
        with own_database.transaction() as session:
            return len(series.prepare_due(session, NOW, ZONE))

    with ThreadPoolExecutor(2) as workers:
        made = [future.result() for future in [workers.submit(tick), workers.submit(tick)]]
    assert sorted(made) == [0, 1]
    with own_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Survey)) == 1
