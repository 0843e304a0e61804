"""Who reads which promises, and which keep the next survey closed."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from portal.core.permissions import SYSTEM, Actor
from portal.people import as_actor
from portal.pulse import action_ground, action_queries, actions
from portal.pulse.action_model import Action, Progress
from portal.pulse.action_queries import Which
from portal.pulse.model import Driver, Series, Survey
from tests.factories import NOW, a_person
from tests.pulse.promises import (
    HARBOUR,
    LAMPA,
    QUAY,
    RIVA,
    TODAY,
    Scene,
    a_closed_survey,
    a_scene,
    a_word,
    an_action,
    leads,
    values,
)
from tests.pulse.scenes import DAY, RULES, a_survey


@pytest.fixture
def scene(session: Session) -> Scene:
    return a_scene(session)


def readers(session: Session, scene: Scene, own: Action) -> set[tuple[str, ...]]:
    """The teams whose people may read it (those who are neither HR nor head nor owner)."""
    return {
        path
        for path, people in scene.staff.items()
        if action_queries.action(session, people[-1], own.id, ("en",), TODAY) is not None
    }


# Who may read


def test_a_promise_is_public_to_those_who_were_asked_in_its_unit(session: Session, scene: Scene) -> None:
    newcomer = as_actor(a_person(session, team=QUAY))
    for unit, expected in (((), {LAMPA, HARBOUR, QUAY, RIVA}), (HARBOUR, {HARBOUR, QUAY}), (QUAY, {QUAY})):
        own = an_action(session, scene, unit=scene.units[unit])
        assert readers(session, scene, own) == expected
        assert action_queries.action(session, newcomer, own.id, ("en",), TODAY) is None
        assert action_queries.action(session, SYSTEM, own.id, ("en",), TODAY) is None


def test_hr_the_owner_and_heads_above_read_it_too(session: Session, scene: Scene) -> None:
    own = an_action(session, scene, unit=scene.units[QUAY])
    head = leads(session, scene.one_of(HARBOUR))
    for actor in (scene.hr, scene.one_of(RIVA), head):
        assert action_queries.action(session, actor, own.id, ("en",), TODAY) is not None
    # Who leads another team sees no more than others there.
    other = leads(session, scene.staff[RIVA][1])
    assert action_queries.action(session, other, own.id, ("en",), TODAY) is None


def test_what_each_reader_may_do_with_it(session: Session, scene: Scene) -> None:
    own = an_action(session, scene, unit=scene.units[HARBOUR])
    head = leads(session, scene.one_of(HARBOUR))

    def may(actor: Actor) -> tuple[bool, bool]:
        view = action_queries.action(session, actor, own.id, ("en",), TODAY)
        assert view
        return view.may_change, view.may_tell

    assert may(scene.hr) == may(head) == (True, True)
    assert may(scene.one_of(RIVA)) == (False, True)  # Its owner.
    assert may(scene.staff[HARBOUR][1]) == (False, False)


def test_it_reads_in_the_reader_s_language_or_in_one_that_there_is(session: Session, scene: Scene) -> None:
    words = {"hr": "Od lipnja ih je troje.", "ka": "ივნისიდან სამნი იქნებიან."}
    own = an_action(session, scene, said=words, promise=words, unit=scene.units[HARBOUR], about=1)
    view = action_queries.action(session, scene.hr, own.id, ("ru", "hr", "en"), TODAY)
    assert view
    assert (view.line.promise.text, view.line.promise.locale) == (words["hr"], "hr")
    assert (view.line.survey.text, view.line.survey.locale) == ("Proljetni puls", "hr")
    assert (view.line.unit.text, view.line.unit.locale) == ("Harbour", None)
    assert view.line.asked
    assert view.line.asked.locale == "hr"
    assert view.line.owner == scene.one_of(RIVA).name


def test_beside_results_stand_the_promises_of_the_unit_those_above_it_and_those_below(
    session: Session, scene: Scene
) -> None:
    below = an_action(session, scene, unit=scene.units[QUAY])
    mine = an_action(session, scene, unit=scene.units[HARBOUR], due_on=TODAY + timedelta(days=60))
    above = an_action(session, scene)
    beside = an_action(session, scene, unit=scene.units[RIVA])

    def found(actor: Actor, unit: int | None) -> list[int]:
        lines = action_queries.promises_of(session, actor, scene.survey.id, unit, ("en",), TODAY)
        return [line.id for line in lines]

    assert found(scene.hr, scene.units[HARBOUR]) == [mine.id, above.id, below.id]
    assert found(scene.hr, scene.units[QUAY]) == [below.id, mine.id, above.id]
    assert set(found(scene.hr, 0)) == {one.id for one in (above, mine, below, beside)}
    assert found(scene.hr, None) != []
    # Whoever may not read what was promised below is told of the rest.
    assert found(scene.staff[HARBOUR][1], scene.units[HARBOUR]) == [mine.id, above.id]


def test_the_list_tells_open_overdue_and_ended(session: Session, scene: Scene) -> None:
    late = an_action(session, scene, due_on=TODAY)
    soon = an_action(session, scene, due_on=TODAY + timedelta(days=9))
    done = an_action(session, scene, due_on=TODAY + timedelta(days=1))
    actions.note(session, scene.hr, done.id, a_word("Three of us now.", Progress.DONE), RULES, NOW)
    tomorrow = TODAY + DAY
    found = action_queries.listing(session, scene.one_of(RIVA), Which.OPEN, ("en",), tomorrow)
    assert [(line.id, line.overdue) for line in found.lines] == [(late.id, True), (soon.id, False)]
    assert (found.open, found.overdue, found.ended) == (2, 1, 1)
    ended = action_queries.listing(session, scene.one_of(RIVA), Which.ENDED, ("en",), tomorrow, page=10**9)
    assert [(line.id, line.last and line.last.said.text) for line in ended.lines] == [(done.id, "Three of us now.")]


def test_the_front_page_has_what_moved_lately(session: Session, scene: Scene) -> None:
    old = an_action(session, scene, now=NOW - 100 * DAY)
    new = an_action(session, scene, now=NOW - DAY, about=1)
    dropped = an_action(session, scene, about=2)
    actions.note(session, scene.hr, dropped.id, a_word(progress=Progress.DROPPED), RULES, NOW)

    def lately() -> list[int]:
        found = action_queries.lately(session, scene.one_of(LAMPA), NOW - 90 * DAY, 3, ("en",), TODAY)
        return [line.id for line in found]

    assert lately() == [new.id]
    actions.note(session, scene.hr, old.id, a_word(), RULES, NOW)
    assert lately() == [old.id, new.id]


def test_where_something_can_be_promised(session: Session, scene: Scene) -> None:
    ground = action_ground.ground(session, scene.hr, scene.survey.id, ("en",))
    assert ground
    assert (ground.units[0].name.text, ground.units[0].depth) == ("", 0)
    assert {place.number for place in ground.units} == set(scene.units.values())
    assert [one.driver or one.number for one in ground.about] == [Driver.PRIDE, Driver.LOAD, 1, 2]
    head = leads(session, scene.one_of(HARBOUR))
    mine = action_ground.ground(session, head, scene.survey.id, ("en",))
    assert mine
    assert [place.number for place in mine.units] == [scene.units[HARBOUR], scene.units[QUAY]]
    assert action_ground.ground(session, scene.one_of(RIVA), scene.survey.id, ("en",)) is None


# What keeps the next survey closed


def blocking(session: Session, survey: Survey, day: date) -> list[int]:
    return [line.id for line in action_queries.overdue_without_word(session, survey, day)]


def test_an_overdue_promise_without_a_word_holds_the_next_survey_back(session: Session, scene: Scene) -> None:
    own = an_action(session, scene, due_on=TODAY)
    following = a_survey(session)
    assert blocking(session, following, TODAY) == []
    assert blocking(session, following, TODAY + DAY) == [own.id]
    # A word from before it was due is none on why it is late.
    actions.note(session, scene.hr, own.id, a_word(), RULES, NOW - DAY)
    assert blocking(session, following, TODAY + DAY) == [own.id]
    actions.note(session, scene.hr, own.id, a_word("Nobody applied."), RULES, NOW + DAY)
    assert blocking(session, following, TODAY + DAY) == []
    # Nor is the word on an earlier day one on the day that it was moved to.
    moved = values(scene, due_on=TODAY + timedelta(days=9))
    actions.change(session, scene.hr, own.id, 1, moved, a_word("A week more.", None), RULES, NOW + DAY)
    assert blocking(session, following, TODAY + timedelta(days=10)) == [own.id]


def test_what_is_done_or_given_up_holds_nothing_back(session: Session, scene: Scene) -> None:
    following = a_survey(session)
    for progress in (Progress.DONE, Progress.DROPPED):
        own = an_action(session, scene, due_on=TODAY, about=1 if progress is Progress.DONE else 2)
        actions.note(session, scene.hr, own.id, a_word(progress=progress), RULES, NOW - DAY)
    assert blocking(session, following, TODAY + DAY) == []


def test_only_the_survey_before_counts_that_of_the_series_first(session: Session, scene: Scene) -> None:
    own = an_action(session, scene, due_on=TODAY)
    later = a_closed_survey(session, closed_at=NOW + DAY)
    following = a_survey(session)
    assert action_queries.last_closed(session, following) == later.id
    assert blocking(session, following, TODAY + DAY) == []
    series = Series(
        texts={},
        every="month",
        next_on=TODAY,
        of_month=4,
        hour=9,
        days_open=7,
        questions=5,
        keys=[],
        audience=[],
        comment=False,
        active=True,
        created_at=NOW,
    )
    session.add(series)
    session.flush()
    wave = a_survey(session, series_id=series.id)
    assert action_queries.last_closed(session, wave) == later.id  # The first of its series follows on all others.
    scene.survey.series_id = series.id
    session.flush()
    assert blocking(session, wave, TODAY + DAY) == [own.id]


def test_before_the_next_survey_stands_what_was_promised_to_those_who_read_it(session: Session, scene: Scene) -> None:
    own = an_action(session, scene, unit=scene.units[HARBOUR])
    following = a_survey(session)
    for path, expected in ((QUAY, [own.id]), (LAMPA, [])):
        found = action_queries.for_next_survey(session, scene.one_of(path), following, ("en",), TODAY)
        assert [line.id for line in found] == expected
    assert action_queries.for_next_survey(session, scene.hr, scene.survey, ("en",), TODAY) == ()
