"""How many have answered an open survey, told of groups alone that give nobody away."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from portal.pulse.life_queries import health, participation
from portal.pulse.model import State, Survey
from portal.pulse.sealing import KeyRing
from tests.counting import count_queries
from tests.pulse.living import CARE, SHOPS, a_scheduled_survey, answer, opened
from tests.pulse.scenes import a_company

ILICA, RIVA = (*SHOPS, "Ilica"), (*SHOPS, "Riva")


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    return KeyRing(tmp_path)


def told(session: Session, survey: Survey) -> dict[str, tuple[int, int]]:
    return {one.names.get("", "all"): (one.invited, one.ballots) for one in participation(session, survey.id)}


def test_units_are_told_with_all_below_them(session: Session, keys: KeyRing) -> None:
    company = a_company(session, {ILICA: 6, RIVA: 5, CARE: 9})
    survey = a_scheduled_survey(session)
    assert told(session, survey) == {}, "nothing before it opens"
    opened(session, survey, keys)
    for actor in [*company[ILICA][:4], *company[RIVA][:2], *company[CARE][:2]]:
        answer(session, survey, actor)
    session.flush()
    assert told(session, survey) == {"Luma": (20, 8), "Shops": (11, 6), "Ilica": (6, 4), "Riva": (5, 2), "Care": (9, 2)}
    parents = {one.unit: one.parent for one in participation(session, survey.id)}
    assert parents[0] is None
    assert set(parents.values()) <= {None, *parents}


def test_nobody_is_found_by_subtracting(session: Session, keys: KeyRing) -> None:
    company = a_company(session, {SHOPS: 1, ILICA: 6, CARE: 9})
    survey = a_scheduled_survey(session)
    opened(session, survey, keys)
    answer(session, survey, company[ILICA][0])
    session.flush()
    # Shops with and without Ilica differ by one person.
    assert told(session, survey) == {"Luma": (16, 1), "Shops": (7, 1), "Care": (9, 0)}


@pytest.mark.parametrize("state", [State.CLOSED, State.SCHEDULED])
def test_only_while_it_is_open(session: Session, keys: KeyRing, state: State) -> None:
    a_company(session, {SHOPS: 6})
    survey = a_scheduled_survey(session)
    opened(session, survey, keys)
    survey.state, survey.closed_at = state, survey.closes_at if state is State.CLOSED else None
    session.flush()
    assert told(session, survey) == {}
    assert participation(session, 2**31 - 1) == ()


def test_the_number_of_questions_to_the_database_does_not_grow(session: Session, keys: KeyRing) -> None:
    def asked(teams: int) -> int:
        a_company(session, {("Luma", f"Team {teams} {number}"): 6 for number in range(teams)})
        survey = a_scheduled_survey(session)
        opened(session, survey, keys)
        number = survey.id
        session.expunge_all()
        with count_queries(session.connection().engine) as seen:
            assert len(participation(session, number)) > teams
        return len(seen)

    assert asked(2) == asked(8)


def test_health_names_what_lacks_its_key_and_what_cannot_be_counted(session: Session, keys: KeyRing) -> None:
    a_company(session, {SHOPS: 6})
    first, second, third = (a_scheduled_survey(session) for _ in range(3))
    opened(session, first, keys)
    opened(session, second, keys)
    first.held_back, third.held_back = "damaged", "too-few"
    session.flush()
    found = health(session, [first.id])
    assert (found.running, found.keyless, found.uncounted) == (2, (second.id,), ((first.id, "damaged"),))
