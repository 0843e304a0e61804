"""Who may promise something after a survey, change it, and say how it goes."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.core.errors import Conflict, Invalid, NotFound, Refused
from portal.core.permissions import SYSTEM, Role
from portal.notices.model import Notice
from portal.people import as_actor
from portal.people.model import Person
from portal.pulse import actions
from portal.pulse.action_model import NOTE_LENGTH, PROMISE_LENGTH, Action, ActionNote, Progress
from portal.pulse.model import Driver, State
from tests.factories import NOW, a_person
from tests.pulse.promises import (
    HARBOUR,
    LAMPA,
    QUAY,
    RIVA,
    TODAY,
    Scene,
    a_scene,
    a_word,
    an_action,
    leads,
    told,
    values,
)
from tests.pulse.scenes import DAY, RULES


@pytest.fixture
def scene(session: Session) -> Scene:
    return a_scene(session)


# Who may promise


def test_hr_promises_for_any_unit_and_the_owner_is_told(session: Session, scene: Scene) -> None:
    own = an_action(session, scene, unit=scene.units[QUAY], about=1)
    assert (own.question, own.driver, own.progress, own.version) == (1, None, Progress.PROMISED, 1)
    assert told(session) == [("action", scene.one_of(RIVA).id)]
    row = session.scalars(select(Notice)).one()
    assert row.address == f"/surveys/promises/{own.id}"
    assert row.details["title"] == "From June on, three work on Saturdays."
    assert row.details["names"] == [scene.hr.name]


def test_a_head_promises_for_their_unit_and_below_and_nowhere_else(session: Session, scene: Scene) -> None:
    head = leads(session, scene.one_of(HARBOUR))
    for path in (HARBOUR, QUAY):
        assert an_action(session, scene, head, unit=scene.units[path]).unit == scene.units[path]
    for path in ((), RIVA):
        with pytest.raises(Invalid) as caught:
            an_action(session, scene, head, unit=scene.units[path])
        assert set(caught.value.fields) == {"unit"}


def test_a_head_promises_nothing_before_the_results_are_published(session: Session, scene: Scene) -> None:
    head = leads(session, scene.one_of(HARBOUR))
    scene.survey.published_at = None
    with pytest.raises(Refused):
        an_action(session, scene, head, unit=scene.units[HARBOUR])
    assert an_action(session, scene, unit=scene.units[HARBOUR]).id


def test_nobody_else_promises_anything(session: Session, scene: Scene) -> None:
    others = [as_actor(a_person(session, roles=[Role.EMPLOYEE, role])) for role in (Role.ADMIN, Role.EDITOR)]
    for actor in (scene.one_of(RIVA), *others, SYSTEM):
        with pytest.raises(Refused):
            an_action(session, scene, actor)


def test_nothing_is_promised_before_a_survey_is_counted(session: Session, scene: Scene) -> None:
    for state, error in (
        (State.COUNTING, actions.NotClosed),
        (State.OPEN, actions.NotClosed),
        (State.SCHEDULED, NotFound),
        (State.DRAFT, NotFound),
    ):
        scene.survey.state, scene.survey.closed_at, scene.survey.published_at = state, None, None
        session.flush()
        with pytest.raises(error):
            an_action(session, scene)


def test_what_is_wrong_is_said_beside_its_field(session: Session, scene: Scene) -> None:
    long = "x" * (PROMISE_LENGTH + 1)
    for over, field in (
        ({"unit": 99}, "unit"),
        ({"about": Driver.TOOLS}, "about"),
        ({"about": 3}, "about"),
        ({"owner_id": 2**31 - 1}, "owner"),
        ({"due_on": TODAY - timedelta(days=1)}, "due_on"),
        ({"due_on": date(9999, 12, 31)}, "due_on"),
        ({"said": {}, "promise": {}}, "said"),
        ({"said": {"en": " \0\u202e "}, "promise": {}}, "said"),
        ({"promise": {"hr": "Od lipnja ih je troje."}}, "said_hr"),
        ({"promise": {"hr": "Od lipnja ih je troje."}}, "promise_en"),
        ({"said": {"en": long}}, "said_en"),
        ({"promise": {"en": long}}, "promise_en"),
        ({"said": {"xx": "?"}, "promise": {"xx": "!"}}, "said"),
    ):
        with pytest.raises(Invalid) as caught:
            an_action(session, scene, **over)
        assert field in caught.value.fields, over
    assert session.scalar(select(func.count()).select_from(Action)) == 0


def test_who_has_left_is_given_no_promise(session: Session, scene: Scene) -> None:
    gone = a_person(session)
    gone.deactivated_at = NOW
    session.flush()
    with pytest.raises(Invalid):
        an_action(session, scene, owner_id=gone.id)


def test_a_double_click_promises_once(session: Session, scene: Scene) -> None:
    first, second = an_action(session, scene), an_action(session, scene, now=NOW + timedelta(seconds=1))
    assert first.id == second.id
    assert len(told(session)) == 1
    assert an_action(session, scene, promise={"en": "Another one."}).id != first.id


# Changing, and telling how it goes


def test_a_change_needs_the_version_that_was_seen(session: Session, scene: Scene) -> None:
    own = an_action(session, scene)
    changed = values(scene, unit=scene.units[HARBOUR], about=2)
    actions.change(session, scene.hr, own.id, 1, changed, None, RULES, NOW)
    assert (own.unit, own.question, own.driver, own.version) == (scene.units[HARBOUR], 2, None, 2)
    with pytest.raises(Conflict):
        actions.change(session, scene.hr, own.id, 1, values(scene), None, RULES, NOW)


def test_the_date_moves_only_with_a_word_on_why(session: Session, scene: Scene) -> None:
    own = an_action(session, scene)
    later = values(scene, due_on=TODAY + timedelta(days=60))
    for why in (None, a_word(" \0 "), a_word("x" * (NOTE_LENGTH + 1))):
        with pytest.raises(Invalid) as caught:
            actions.change(session, scene.hr, own.id, 1, later, why, RULES, NOW)
        assert set(caught.value.fields) == {"why"}
    actions.change(session, scene.hr, own.id, 1, later, a_word("The agency has nobody yet.", None), RULES, NOW)
    assert own.due_on == TODAY + timedelta(days=60)
    noted = session.scalars(select(ActionNote)).one()
    assert (noted.text, noted.progress, noted.on) == ("The agency has nobody yet.", Progress.PROMISED, TODAY)


def test_an_old_promise_is_corrected_though_its_day_has_passed_and_its_owner_left(
    session: Session, scene: Scene
) -> None:
    own = an_action(session, scene)
    session.execute(update(Person).where(Person.id == own.owner_id).values(deactivated_at=NOW))
    corrected = values(scene, promise={"en": "From June on, four work on Saturdays."})
    actions.change(session, scene.hr, own.id, 1, corrected, None, RULES, NOW + 90 * DAY)
    assert own.promise == {"en": "From June on, four work on Saturdays."}


def test_a_new_owner_is_told_and_the_former_one_no_longer_asked(session: Session, scene: Scene) -> None:
    own = an_action(session, scene)
    heir = scene.one_of(QUAY)
    actions.change(session, scene.hr, own.id, 1, values(scene, owner_id=heir.id), None, RULES, NOW)
    assert told(session) == [("action", heir.id)]


def test_who_takes_it_upon_themselves_is_not_told(session: Session, scene: Scene) -> None:
    an_action(session, scene, owner_id=scene.hr.id)
    assert told(session) == []


def test_the_owner_tells_but_does_not_change(session: Session, scene: Scene) -> None:
    own = an_action(session, scene)
    owner = scene.one_of(RIVA)
    actions.note(session, owner, own.id, a_word(), RULES, NOW)
    assert own.progress == Progress.BEGUN
    with pytest.raises(Refused):
        actions.change(session, owner, own.id, 1, values(scene), None, RULES, NOW)


def test_others_neither_tell_nor_change(session: Session, scene: Scene) -> None:
    own = an_action(session, scene, unit=scene.units[HARBOUR])
    for actor, error in ((scene.one_of(QUAY), Refused), (scene.one_of(LAMPA), NotFound), (SYSTEM, NotFound)):
        with pytest.raises(error):
            actions.note(session, actor, own.id, a_word(), RULES, NOW)
        with pytest.raises(error):
            actions.change(session, actor, own.id, 1, values(scene), None, RULES, NOW)
    assert session.scalar(select(func.count()).select_from(ActionNote)) == 0


def test_a_head_moves_nothing_out_of_their_unit(session: Session, scene: Scene) -> None:
    head = leads(session, scene.one_of(HARBOUR))
    own = an_action(session, scene, head, unit=scene.units[HARBOUR])
    with pytest.raises(Invalid):
        actions.change(session, head, own.id, 1, values(scene, unit=scene.units[RIVA]), None, RULES, NOW)


def test_a_word_said_twice_in_a_row_is_said_once(session: Session, scene: Scene) -> None:
    own = an_action(session, scene)
    for progress in (Progress.BEGUN, Progress.BEGUN, Progress.DONE):
        actions.note(session, scene.hr, own.id, a_word(progress=progress), RULES, NOW)
    assert session.scalar(select(func.count()).select_from(ActionNote)) == 2


def test_an_empty_or_endless_word_is_refused(session: Session, scene: Scene) -> None:
    own = an_action(session, scene)
    for text in ("", " \0\n ", "x" * (NOTE_LENGTH + 1)):
        with pytest.raises(Invalid) as caught:
            actions.note(session, scene.hr, own.id, a_word(text), RULES, NOW)
        assert set(caught.value.fields) == {"text"}
