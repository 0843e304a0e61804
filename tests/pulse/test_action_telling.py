"""Owners of promises are reminded, once each time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from portal.pulse import actions
from portal.pulse.action_model import Progress
from portal.pulse.action_telling import remind_owners
from tests.factories import NOW
from tests.pulse.promises import (
    TODAY,
    Scene,
    a_scene,
    a_word,
    an_action,
    told,
    values,
)
from tests.pulse.scenes import DAY, RULES


@pytest.fixture
def scene(session: Session) -> Scene:
    return a_scene(session)


# Reminders


def test_an_owner_is_reminded_a_week_before_and_when_it_is_overdue_once_each(session: Session, scene: Scene) -> None:
    own = an_action(session, scene)  # Due in thirty days.
    reminded = {
        day: remind_owners(session, NOW + day * DAY, RULES) + remind_owners(session, NOW + day * DAY, RULES)
        for day in (0, 22, 23, 24, 30, 31, 32)
    }
    assert {day for day, number in reminded.items() if number} == {23, 31}
    assert max(reminded.values()) == 1
    assert [subject for subject, _ in told(session)] == ["action", "action-due", "action-overdue"]
    assert own.reminded_on == TODAY + timedelta(days=31)


def test_the_day_turns_where_the_company_is(session: Session, scene: Scene) -> None:
    own = an_action(session, scene, due_on=date(2026, 6, 3))
    own.reminded_on = date(2026, 5, 27)
    assert remind_owners(session, datetime(2026, 6, 3, 21, 59, tzinfo=UTC), RULES) == 0
    assert remind_owners(session, datetime(2026, 6, 3, 22, 1, tzinfo=UTC), RULES) == 1  # Past midnight in Zagreb.


def test_what_needs_no_reminder_gets_none(session: Session, scene: Scene) -> None:
    done = an_action(session, scene)
    actions.note(session, scene.hr, done.id, a_word(progress=Progress.DONE), RULES, NOW)
    explained = an_action(session, scene, about=1)
    explained.reminded_on = TODAY + timedelta(days=23)
    actions.note(session, scene.hr, explained.id, a_word(), RULES, NOW + 30 * DAY)
    orphan = an_action(session, scene, about=2)
    orphan.owner_id = None
    session.flush()
    assert remind_owners(session, NOW + 40 * DAY, RULES) == 0


def test_who_is_given_a_promise_for_this_week_is_not_reminded_of_it_at_once(session: Session, scene: Scene) -> None:
    an_action(session, scene, due_on=TODAY + timedelta(days=3))
    assert remind_owners(session, NOW, RULES) == 0
    assert remind_owners(session, NOW + 4 * DAY, RULES) == 1


def test_once_it_is_done_nobody_is_reminded_any_more(session: Session, scene: Scene) -> None:
    own = an_action(session, scene)
    remind_owners(session, NOW + 31 * DAY, RULES)
    actions.note(session, scene.hr, own.id, a_word(progress=Progress.DONE), RULES, NOW + 31 * DAY)
    assert [subject for subject, _ in told(session)] == ["action"]


def test_a_date_that_moves_is_reminded_of_anew(session: Session, scene: Scene) -> None:
    own = an_action(session, scene)
    remind_owners(session, NOW + 31 * DAY, RULES)
    moved = values(scene, due_on=TODAY + timedelta(days=60))
    actions.change(session, scene.hr, own.id, 1, moved, a_word(), RULES, NOW + 31 * DAY)
    assert remind_owners(session, NOW + 32 * DAY, RULES) == 0
    assert remind_owners(session, NOW + 55 * DAY, RULES) == 1
