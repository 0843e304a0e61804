"""Whom a survey would ask, as it is shown beforehand."""

from collections.abc import Mapping

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import people
from portal.people.model import Person, Team
from portal.pulse import audience, opening
from portal.pulse.audience import Branch
from portal.pulse.cohorts import divide
from tests.factories import NOW
from tests.pulse.scenes import a_company

COMPANY = {
    ("Luma",): 1,
    ("Luma", "Shops"): 6,
    ("Luma", "Shops", "Riva"): 3,
    ("Luma", "Shops", "Riva", "Kiosk"): 1,
    ("Luma", "Office", "Desk"): 2,
    ("Luma", "Empty", "Line"): 5,
}


@pytest.fixture
def ids(session: Session) -> Mapping[str, int]:
    a_company(session, COMPANY)
    return {team.name: team.id for team in session.scalars(select(Team))}


def named(branches: tuple[Branch, ...]) -> list[tuple[str, int, str]]:
    return [(one.name, one.invited, one.counts_with) for one in branches]


def test_small_teams_are_named_once_with_where_their_people_count(session: Session, ids: Mapping[str, int]) -> None:
    found = audience.foreseen(session, (), 5, "en")
    assert (found.everybody, found.invited, found.without_team) == (True, 18, 0)
    assert named(found.small) == [("Office", 2, "Luma"), ("Riva", 4, "Shops")]
    assert [one.name for one in found.units] == ["Luma", "Empty", "Line", "Shops"]
    some = audience.foreseen(session, (ids["Riva"], ids["Desk"]), 5, "en")
    assert (some.everybody, some.invited) == (False, 6)
    assert named(some.small) == [("Desk", 2, "Luma"), ("Riva", 4, "Luma")]


def test_too_few_have_no_results_at_all(session: Session, ids: Mapping[str, int]) -> None:
    found = audience.foreseen(session, (ids["Riva"],), 5, "en")
    assert (found.invited, found.units) == (4, ())
    assert audience.foreseen(session, (99_999,), 5, "en").invited == 0, "not everybody, who nobody chose"


@pytest.mark.parametrize("teams", [(), ("Shops",), ("Line",), ("Riva", "Line"), ("Luma",), ("Desk",)])
def test_what_is_shown_beforehand_is_what_opening_settles(
    session: Session, ids: Mapping[str, int], teams: tuple[str, ...]
) -> None:
    gone = session.scalars(select(Person).where(Person.team_id == ids["Shops"])).first()
    assert gone
    gone.deactivated_at = NOW
    session.flush()
    chosen = [ids[name] for name in teams]
    asked = opening.asked(session, chosen)
    assert audience.invited(session, chosen) == len(asked)
    members: dict[int | None, int] = {}
    for team in asked.values():
        members[team] = members.get(team, 0) + 1
    parents = {team: path[1] if len(path) > 1 else None for team, path in people.team_ancestry(session).items()}
    settled = {unit.team_id for unit in divide(parents, members, 5).units} - {None}
    shown = audience.foreseen(session, chosen, 5, "en").units
    # A team around the one that holds everybody has the same results: both are shown as having their own.
    whole = {one.id for one in shown if one.invited == len(asked)}
    assert {one.id for one in shown} - whole == settled - whole
    assert settled <= {one.id for one in shown}
