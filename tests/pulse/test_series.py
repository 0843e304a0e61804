"""Recurring pulses: what HR settles of them, changes, pauses and resumes, and what will not do."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.errors import Invalid, NotFound, Refused
from portal.core.permissions import SYSTEM, Actor, Role
from portal.people import as_actor
from portal.pulse import series
from portal.pulse.drafting import Heading
from portal.pulse.fatigue import watched
from portal.pulse.model import Series, State
from portal.pulse.rhythm import Every
from portal.pulse.series import SeriesChanged
from portal.pulse.series_values import values_of
from tests.factories import NOW, a_person
from tests.pulse.recurring import MONDAY, SHOP, WEEKLY, a_series, keys_of, local, open_wave, waves_made
from tests.pulse.scenes import DAY, RULES, ZONE, a_company, an_hr


@pytest.fixture
def hr(session: Session) -> Actor:
    """Somebody of HR in a company of eight."""
    a_company(session, {SHOP: 7})
    return an_hr(session)


def test_an_untouched_wave_follows_a_change_and_one_changed_by_hand_stays(session: Session, hr: Actor) -> None:
    begun = a_series(session, hr)
    (first,) = waves_made(session)
    values = replace(values_of(begun), hour=14, keys=("load-1", "load-2"), comment=False)
    series.change(session, hr, begun.id, 1, values, RULES, NOW)
    (anew,) = waves_made(session)
    assert anew.id != first.id
    assert local(anew.opens_at) == "2026-05-11 14:00"
    assert keys_of(session, anew) == ["load-1", "load-2"]
    assert begun.next_on == MONDAY + timedelta(days=7)

    anew.version += 1
    session.flush()
    series.change(session, hr, begun.id, 2, replace(values, hour=16), RULES, NOW)
    assert [local(wave.opens_at) for wave in waves_made(session)] == ["2026-05-11 14:00"]
    assert (begun.hour, begun.next_on) == (16, MONDAY + timedelta(days=7))


def test_with_another_day_the_next_wave_opens_on_that_day(session: Session, hr: Actor) -> None:
    begun = a_series(session, hr, every=Every.MONTH, next_on=date(2026, 5, 31))
    assert begun.next_on == date(2026, 6, 30)
    values = values_of(begun)
    series.change(session, hr, begun.id, 1, replace(values, hour=10), RULES, NOW)
    assert begun.of_month == 31
    series.change(session, hr, begun.id, 2, replace(values, next_on=date(2026, 5, 20)), RULES, NOW)
    assert [local(wave.opens_at) for wave in waves_made(session)] == ["2026-05-20 09:00"]
    assert (begun.of_month, begun.next_on) == (20, date(2026, 6, 20))


def test_a_paused_series_opens_nothing_and_goes_on_with_the_first_wave_to_come(session: Session, hr: Actor) -> None:
    begun = a_series(session, hr)
    series.pause(session, hr, begun.id, 1, RULES)
    assert waves_made(session) == []
    assert (begun.active, begun.next_on) == (False, MONDAY)
    assert series.prepare_due(session, NOW + 30 * DAY, ZONE) == []
    assert series.prepare(session, begun.id, NOW, ZONE) is None
    series.change(session, hr, begun.id, 2, replace(WEEKLY, hour=11), RULES, NOW)
    assert waves_made(session) == []
    series.resume(session, hr, begun.id, 3, RULES, NOW + 30 * DAY)
    assert [local(wave.opens_at) for wave in waves_made(session)] == ["2026-06-08 11:00"]


def test_a_wave_changed_by_hand_is_a_draft_again_when_its_series_is_paused(session: Session, hr: Actor) -> None:
    begun = a_series(session, hr)
    (wave,) = waves_made(session)
    wave.version += 1
    session.flush()
    series.pause(session, hr, begun.id, 1, RULES)
    assert (wave.state, wave.version) == (State.DRAFT, 3)
    series.resume(session, hr, begun.id, 2, RULES, NOW)
    assert [one.state for one in waves_made(session)] == [State.DRAFT, State.SCHEDULED]


def test_pausing_leaves_an_open_wave_to_those_who_answer_it(session: Session, hr: Actor) -> None:
    begun = a_series(session, hr)
    (wave,) = waves_made(session)
    open_wave(session, wave)
    series.pause(session, hr, begun.id, 1, RULES)
    assert [one.state for one in waves_made(session)] == [State.OPEN]


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
        a_series(session, hr, **over)
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
        a_series(session, hr, audience=(riva,))
    assert "audience" in refused.value.fields
    assert a_series(session, hr, audience=(riva, luma)).audience == [luma]


def test_only_hr_begins_changes_pauses_or_resumes_a_series(session: Session, hr: Actor) -> None:
    begun = a_series(session, hr)
    for actor in (as_actor(a_person(session)), as_actor(a_person(session, roles=[Role.EMPLOYEE, Role.ADMIN])), SYSTEM):
        for command in (
            lambda actor=actor: a_series(session, actor),
            lambda actor=actor: series.change(session, actor, begun.id, 1, WEEKLY, RULES, NOW),
            lambda actor=actor: series.pause(session, actor, begun.id, 1, RULES),
            lambda actor=actor: series.resume(session, actor, begun.id, 1, RULES, NOW),
            lambda actor=actor: watched(session, actor, begun.id),
        ):
            with pytest.raises(Refused):
                command()
    assert begun.version == 1


def test_two_tabs_cannot_overwrite_each_other(session: Session, hr: Actor) -> None:
    begun = a_series(session, hr)
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
