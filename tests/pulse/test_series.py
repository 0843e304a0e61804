"""Recurring pulses: what HR settles of them, the waves that come of it, and what is said of tired people."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.core.errors import Invalid, NotFound, Refused
from portal.core.permissions import SYSTEM, Actor, Role
from portal.people import as_actor
from portal.pulse import bank, series
from portal.pulse.drafting import Heading
from portal.pulse.fatigue import Trend, fatigue, watched
from portal.pulse.freezing import freeze
from portal.pulse.model import Kind, Series, State, Survey, SurveyQuestion, SurveyUnit
from portal.pulse.overlapping import overlaps
from portal.pulse.results import Details, Summary
from portal.pulse.rhythm import Every
from portal.pulse.series import SeriesChanged, SeriesValues
from tests.counting import count_queries
from tests.factories import NOW, a_person
from tests.pulse.scenes import DAY, RULES, ZONE, a_company, a_survey, an_hr

MONDAY = date(2026, 5, 11)
WEEKLY = SeriesValues(
    texts={"en": Heading("Weekly pulse", "Two minutes."), "hr": Heading("Tjedni puls")},
    every=Every.WEEK,
    next_on=MONDAY,
    hour=9,
    days_open=4,
)
SHOP = ("Luma", "Shops")


@pytest.fixture
def hr(session: Session) -> Actor:
    """Somebody of HR in a company of eight."""
    a_company(session, {SHOP: 7})
    return an_hr(session)


def _begun(session: Session, actor: Actor, now: datetime = NOW, **over: object) -> Series:
    return series.create(session, actor, replace(WEEKLY, **over), RULES, now)  # type: ignore[arg-type]


def _waves(session: Session) -> list[Survey]:
    session.flush()
    return list(session.scalars(select(Survey).order_by(Survey.id)))


def _keys(session: Session, survey: Survey) -> list[str]:
    wanted = select(SurveyQuestion.key).where(SurveyQuestion.survey_id == survey.id).order_by(SurveyQuestion.position)
    return list(session.scalars(wanted))


def _local(moment: datetime | None) -> str:
    assert moment
    return moment.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")


def _open(session: Session, survey: Survey, at: datetime | None = None) -> None:
    survey.state, survey.opened_at, survey.least_scores, survey.least_comments = (
        State.OPEN,
        at or survey.opens_at,
        5,
        10,
    )
    session.flush()


def _close(session: Session, survey: Survey) -> None:
    _open(session, survey, survey.opened_at)
    survey.state, survey.closed_at = State.CLOSED, survey.closes_at
    session.flush()


def _live(session: Session, until: datetime, start: datetime = NOW) -> list[Survey]:
    """Let days pass, each with a tick, on which what is due opens, closes and is made."""
    now = start
    while now < until:
        for survey in _waves(session):
            if survey.state == State.SCHEDULED and survey.opens_at <= now:  # type: ignore[operator]
                _open(session, survey)
            if survey.state == State.OPEN and survey.closes_at <= now:  # type: ignore[operator]
                _close(session, survey)
        series.prepare_due(session, now, ZONE)
        now += DAY
    return _waves(session)


def test_a_series_makes_its_first_wave_at_once_with_rotated_questions_its_own_words_and_dates(
    session: Session, hr: Actor
) -> None:
    begun = _begun(session, hr)
    (wave,) = _waves(session)
    assert (wave.state, wave.series_id, wave.texts) == (State.SCHEDULED, begun.id, begun.texts)
    assert (_local(wave.opens_at), _local(wave.closes_at)) == ("2026-05-11 09:00", "2026-05-15 09:00")
    assert (wave.reminders, wave.parts, wave.audience, wave.created_by) == ([3], 1, [], hr.id)
    keys = _keys(session, wave)
    assert len(keys) == 5
    assert [bank.question(key).kind for key in keys][-2:] == [Kind.SCALE, Kind.TEXT]
    row = session.get(SurveyQuestion, (wave.id, 1))
    assert row is not None
    assert row.texts == bank.as_texts(bank.question(keys[0]))
    assert begun.next_on == MONDAY + timedelta(days=7)


def test_a_far_away_wave_is_made_thirty_days_before_it_opens(session: Session, hr: Actor) -> None:
    begun = _begun(session, hr, every=Every.QUARTER, next_on=date(2026, 7, 1))
    assert _waves(session) == []
    opens_at = datetime(2026, 7, 1, 7, tzinfo=UTC)
    assert series.prepare_due(session, opens_at - 31 * DAY, ZONE) == []
    (wave,) = series.prepare_due(session, opens_at - 30 * DAY, ZONE)
    assert wave.opens_at == opens_at
    assert wave.parts == 4
    assert begun.next_on == date(2026, 10, 1)


def test_the_next_wave_is_made_when_the_last_has_opened_and_there_is_never_more_than_one(
    session: Session, hr: Actor
) -> None:
    _begun(session, hr)
    (first,) = _waves(session)
    assert series.prepare_due(session, NOW, ZONE) == series.prepare_due(session, NOW + 30 * DAY, ZONE) == []
    _open(session, first)
    assert first.opened_at
    (second,) = series.prepare_due(session, first.opened_at, ZONE)
    assert series.prepare_due(session, first.opened_at, ZONE) == []
    assert _local(second.opens_at) == "2026-05-18 09:00"
    asked = {key for key in _keys(session, first) if bank.question(key).scored}
    assert not asked & set(_keys(session, second))


def test_waves_never_overlap_over_a_year_and_every_driver_is_asked_every_quarter(session: Session, hr: Actor) -> None:
    _begun(session, hr, every=Every.MONTH, next_on=date(2026, 5, 31), days_open=10)
    waves = _live(session, NOW + 400 * DAY)
    opened = [_local(wave.opens_at) for wave in waves]
    assert opened[:6] == [f"2026-{day} 09:00" for day in ("05-31", "06-30", "07-31", "08-31", "09-30", "10-31")]
    assert opened[9] == "2027-02-28 09:00"
    assert opened[10] == "2027-03-31 09:00"
    for earlier, later in pairwise(waves):
        assert earlier.closes_at <= later.opens_at  # type: ignore[operator]
    drivers = [{bank.question(key).driver for key in _keys(session, wave)[:-1]} for wave in waves]
    for last in range(3, len(waves)):
        assert len(set.union(*drivers[last - 3 : last])) == 11


def test_a_wave_keeps_its_hour_when_the_clocks_change_while_it_is_open(session: Session, hr: Actor) -> None:
    _begun(session, hr, now=datetime(2026, 10, 20, tzinfo=UTC), next_on=date(2026, 10, 23), days_open=5)
    (wave,) = _waves(session)
    assert (_local(wave.opens_at), _local(wave.closes_at)) == ("2026-10-23 09:00", "2026-10-28 09:00")
    assert wave.closes_at - wave.opens_at == timedelta(days=5, hours=1)  # type: ignore[operator]


def test_after_downtime_missed_waves_are_left_out_and_one_is_made(session: Session, hr: Actor) -> None:
    begun = _begun(session, hr)
    (first,) = _waves(session)
    _close(session, first)
    back = first.opens_at + timedelta(days=24)  # type: ignore[operator]
    (second,) = series.prepare_due(session, back, ZONE)
    assert _local(second.opens_at) == "2026-06-08 09:00"
    assert begun.next_on == date(2026, 6, 15)


def test_a_wave_that_should_have_opened_within_the_last_hours_is_not_left_out(session: Session, hr: Actor) -> None:
    _begun(session, hr)
    (first,) = _waves(session)
    _close(session, first)
    (second,) = series.prepare_due(session, first.opens_at + timedelta(days=7, hours=3), ZONE)  # type: ignore[operator]
    assert _local(second.opens_at) == "2026-05-18 09:00"


def test_a_wave_that_opened_late_and_is_still_open_keeps_the_next_one_away(session: Session, hr: Actor) -> None:
    _begun(session, hr)
    (first,) = _waves(session)
    _open(session, first)
    first.closes_at = first.opens_at + timedelta(days=8)  # type: ignore[operator]
    (second,) = series.prepare_due(session, first.opens_at + 5 * DAY, ZONE)  # type: ignore[operator]
    assert _local(second.opens_at) == "2026-05-25 09:00"


def test_a_wave_that_hr_threw_away_is_left_out(session: Session, hr: Actor) -> None:
    _begun(session, hr)
    session.delete(_waves(session)[0])
    session.flush()
    (second,) = series.prepare_due(session, NOW, ZONE)
    assert _local(second.opens_at) == "2026-05-18 09:00"


def test_questions_that_hr_put_into_a_wave_count_as_asked(session: Session, hr: Actor) -> None:
    _begun(session, hr)
    (first,) = _waves(session)
    session.execute(
        SurveyQuestion.__table__.update().where(SurveyQuestion.number == 1).values(key="valued-1", driver="valued")
    )
    _open(session, first)
    (second,) = series.prepare_due(session, NOW + 8 * DAY, ZONE)
    assert "valued-1" not in _keys(session, second)
    assert "pride-1" in _keys(session, second)


def test_an_untouched_wave_follows_a_change_and_one_changed_by_hand_stays(session: Session, hr: Actor) -> None:
    begun = _begun(session, hr)
    (first,) = _waves(session)
    values = replace(series.values_of(begun), hour=14, keys=("load-1", "load-2"), comment=False)
    series.change(session, hr, begun.id, 1, values, RULES, NOW)
    (anew,) = _waves(session)
    assert anew.id != first.id
    assert _local(anew.opens_at) == "2026-05-11 14:00"
    assert _keys(session, anew) == ["load-1", "load-2"]
    assert begun.next_on == MONDAY + timedelta(days=7)

    anew.version += 1
    session.flush()
    series.change(session, hr, begun.id, 2, replace(values, hour=16), RULES, NOW)
    assert [_local(wave.opens_at) for wave in _waves(session)] == ["2026-05-11 14:00"]
    assert (begun.hour, begun.next_on) == (16, MONDAY + timedelta(days=7))


def test_with_another_day_the_next_wave_opens_on_that_day(session: Session, hr: Actor) -> None:
    begun = _begun(session, hr, every=Every.MONTH, next_on=date(2026, 5, 31))
    assert begun.next_on == date(2026, 6, 30)
    values = series.values_of(begun)
    series.change(session, hr, begun.id, 1, replace(values, hour=10), RULES, NOW)
    assert begun.of_month == 31
    series.change(session, hr, begun.id, 2, replace(values, next_on=date(2026, 5, 20)), RULES, NOW)
    assert [_local(wave.opens_at) for wave in _waves(session)] == ["2026-05-20 09:00"]
    assert (begun.of_month, begun.next_on) == (20, date(2026, 6, 20))


def test_a_paused_series_opens_nothing_and_goes_on_with_the_first_wave_to_come(session: Session, hr: Actor) -> None:
    begun = _begun(session, hr)
    series.pause(session, hr, begun.id, 1, RULES)
    assert _waves(session) == []
    assert (begun.active, begun.next_on) == (False, MONDAY)
    assert series.prepare_due(session, NOW + 30 * DAY, ZONE) == []
    assert series.prepare(session, begun.id, NOW, ZONE) is None
    series.change(session, hr, begun.id, 2, replace(WEEKLY, hour=11), RULES, NOW)
    assert _waves(session) == []
    series.resume(session, hr, begun.id, 3, RULES, NOW + 30 * DAY)
    assert [_local(wave.opens_at) for wave in _waves(session)] == ["2026-06-08 11:00"]


def test_a_wave_changed_by_hand_is_a_draft_again_when_its_series_is_paused(session: Session, hr: Actor) -> None:
    begun = _begun(session, hr)
    (wave,) = _waves(session)
    wave.version += 1
    session.flush()
    series.pause(session, hr, begun.id, 1, RULES)
    assert (wave.state, wave.version) == (State.DRAFT, 3)
    series.resume(session, hr, begun.id, 2, RULES, NOW)
    assert [one.state for one in _waves(session)] == [State.DRAFT, State.SCHEDULED]


def test_pausing_leaves_an_open_wave_to_those_who_answer_it(session: Session, hr: Actor) -> None:
    begun = _begun(session, hr)
    (wave,) = _waves(session)
    _open(session, wave)
    series.pause(session, hr, begun.id, 1, RULES)
    assert [one.state for one in _waves(session)] == [State.OPEN]


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"texts": {"hr": Heading("Puls")}}, "title_en"),
        ({"texts": {"en": Heading("\0 ")}}, "title_en"),
        ({"texts": {"en": Heading("x" * 161)}}, "title_en"),
        ({"texts": {"en": Heading("Pulse", "x" * 2_001)}}, "intro_en"),
        ({"texts": {"en": Heading("Pulse"), "hr": Heading("", "Uvod")}}, "title_hr"),
        ({"next_on": NOW.date()}, "next_on"),  # At nine, half past eleven by the company's clocks.
        ({"next_on": date(1, 1, 1)}, "next_on"),
        ({"next_on": date(9999, 12, 31)}, "next_on"),
        ({"hour": 24}, "hour"),
        ({"hour": -1}, "hour"),
        ({"days_open": 0}, "days_open"),
        ({"days_open": 7}, "days_open"),
        ({"questions": 0}, "questions"),
        ({"questions": 6}, "questions"),
        ({"questions": 1}, "questions"),
        ({"keys": ("pride-1", "no-such")}, "keys"),
        ({"keys": ("load-help", "load-1")}, "keys"),
        ({"keys": ("load-text",)}, "keys"),
        ({"audience": (2**31 - 1,)}, "audience"),
    ],
)
def test_what_will_not_do_is_said_beside_its_field(session: Session, hr: Actor, over: dict, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        _begun(session, hr, **over)
    assert set(refused.value.fields) == {field}
    assert session.scalar(select(func.count()).select_from(Series)) == 0


def test_too_small_an_audience_is_refused_and_a_team_below_a_chosen_one_is_not_kept(
    session: Session, hr: Actor
) -> None:
    people = a_company(session, {("Luma", "Riva"): 2})
    riva = a_person(session, team=("Luma", "Riva")).team_id
    luma = a_person(session, team=("Luma",)).team_id
    assert len(people[("Luma", "Riva")]) + 1 < RULES.least_scores
    with pytest.raises(Invalid) as refused:
        _begun(session, hr, audience=(riva,))
    assert "audience" in refused.value.fields
    assert _begun(session, hr, audience=(riva, luma)).audience == [luma]


def test_one_question_a_wave_will_do_without_words(session: Session, hr: Actor) -> None:
    _begun(session, hr, questions=1, comment=False)
    assert len(_keys(session, _waves(session)[0])) == 1


def test_only_hr_begins_changes_pauses_or_resumes_a_series(session: Session, hr: Actor) -> None:
    begun = _begun(session, hr)
    for actor in (as_actor(a_person(session)), as_actor(a_person(session, roles=[Role.EMPLOYEE, Role.ADMIN])), SYSTEM):
        for command in (
            lambda actor=actor: _begun(session, actor),
            lambda actor=actor: series.change(session, actor, begun.id, 1, WEEKLY, RULES, NOW),
            lambda actor=actor: series.pause(session, actor, begun.id, 1, RULES),
            lambda actor=actor: series.resume(session, actor, begun.id, 1, RULES, NOW),
            lambda actor=actor: watched(session, actor, begun.id),
        ):
            with pytest.raises(Refused):
                command()
    assert begun.version == 1


def test_two_tabs_cannot_overwrite_each_other(session: Session, hr: Actor) -> None:
    begun = _begun(session, hr)
    series.change(session, hr, begun.id, 1, replace(WEEKLY, hour=10), RULES, NOW)
    for command in (
        lambda: series.change(session, hr, begun.id, 1, WEEKLY, RULES, NOW),
        lambda: series.pause(session, hr, begun.id, 1, RULES),
        lambda: series.resume(session, hr, begun.id, 1, RULES, NOW),
    ):
        with pytest.raises(SeriesChanged) as refused:
            command()
        assert refused.value.version == 2
    with pytest.raises(NotFound):
        series.pause(session, hr, begun.id + 1, 1, RULES)


def test_a_tick_asks_the_database_once_when_nothing_is_due_however_many_series_there_are(
    session: Session, hr: Actor
) -> None:
    for _ in range(3):
        _begun(session, hr)
    with count_queries(session.get_bind().engine) as asked:
        assert series.prepare_due(session, NOW, ZONE) == []
    assert len(asked) == 1


def test_two_workers_at_once_make_one_wave(own_database: Database) -> None:
    with own_database.transaction() as session:
        a_company(session, {SHOP: 7})
        begun = _begun(session, an_hr(session))
        session.delete(_waves(session)[0])
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
    begun = _begun(session, hr)
    for week, answered in enumerate((80, 60)):
        opened = NOW + 7 * week * DAY
        survey = a_survey(session, series_id=begun.id, opens_at=opened, closes_at=opened + 4 * DAY)
        _close(session, survey)
        session.add(SurveyUnit(survey_id=survey.id, number=0, names={}, invited=100, cohort=True))
        session.flush()
        session.add(freeze(survey.id, 0, Summary(100, answered, {}), Details({}, {}, ())))
    session.flush()
    found = watched(session, hr, begun.id)
    assert [wave.share for wave in found.waves] == [80, 60]
    assert found.turnouts.trend == Trend.UNKNOWN


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
    found = overlaps(session, mine.id, ["hr"])
    assert [one.id for one in found] == [survey.id for survey in near]
    assert found[0].title == "Proljetni puls"
    assert {other.id for other in near if mine.id in {one.id for one in overlaps(session, other.id)}} == {
        survey.id for survey in near
    }


def test_waves_that_a_series_is_yet_to_make_overlap_too_but_not_with_those_of_their_own(
    session: Session, hr: Actor
) -> None:
    begun = _begun(session, hr)
    (wave,) = _waves(session)
    assert overlaps(session, wave.id) == ()
    mine = _scheduled(session, datetime(2026, 7, 1, 7, tzinfo=UTC))
    found = overlaps(session, mine.id)
    assert [(one.id, one.series_id, one.title, one.on) for one in found] == [
        (None, begun.id, "Weekly pulse", date(2026, 6, 29)),
        (None, begun.id, "Weekly pulse", date(2026, 7, 6)),
    ]
    series.pause(session, hr, begun.id, 1, RULES)
    assert overlaps(session, mine.id) == ()


def test_a_survey_without_a_date_overlaps_with_none_and_one_that_is_not_there_is_not_found(
    session: Session, hr: Actor
) -> None:
    _scheduled(session, NOW)
    assert overlaps(session, a_survey(session, opens_at=None, closes_at=None).id) == ()
    with pytest.raises(NotFound):
        overlaps(session, 2**31 - 1)
