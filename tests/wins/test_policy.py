"""Who may see and do what with a win: each role, in each state, with one's own and with another's."""

from dataclasses import dataclass

import pytest

from portal.core.permissions import NOBODY, Actor, Role, grants_of
from portal.wins import policy
from portal.wins.model import State

AUTHOR, OTHER = 1, 2
POSTED = {State.WAITING, State.PUBLISHED, State.WITHDRAWN, State.DECLINED}


@dataclass(frozen=True)
class Told:
    author_id: int
    state: str


def somebody(person_id: int, *roles: Role) -> Actor:
    return Actor(person_id, "Ana", "ana@example.com", "en", grants_of(frozenset(roles)))


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("role", Role)
def test_authors_see_theirs_editors_what_was_posted_and_others_what_is_published(role: Role, state: State) -> None:
    published = state == State.PUBLISHED
    assert policy.sees(somebody(AUTHOR, role), Told(AUTHOR, state))
    seen = published or (role == Role.EDITOR and state in POSTED)
    assert policy.sees(somebody(OTHER, role), Told(AUTHOR, state)) == seen
    assert not policy.sees(NOBODY, Told(AUTHOR, state))


@pytest.mark.parametrize("role", Role)
def test_a_win_is_taken_back_by_its_author_alone_and_only_what_was_posted(role: Role) -> None:
    for state in State:
        may = state in {State.PUBLISHED, State.WAITING, State.DECLINED}
        assert policy.may_withdraw(somebody(AUTHOR, role), Told(AUTHOR, state)) == may
        assert not policy.may_withdraw(somebody(OTHER, role), Told(AUTHOR, state))


@pytest.mark.parametrize("role", Role)
def test_every_employee_may_share_and_editors_alone_decide(role: Role) -> None:
    actor = somebody(AUTHOR, role)
    assert policy.may_share(actor)
    assert policy.may_moderate(actor) == (role == Role.EDITOR)
    for state in State:
        told = Told(AUTHOR, state)
        assert policy.waits_for_editor(actor, told, "before") == (role != Role.EDITOR)
        declined = state == State.DECLINED  # Nobody puts back past the editors what they declined.
        assert policy.waits_for_editor(actor, told, "after") == (declined and role != Role.EDITOR)


def test_nobody_shares_owns_or_decides() -> None:
    assert not policy.may_share(NOBODY)
    assert not policy.may_moderate(NOBODY)
    assert not policy.owns(NOBODY, Told(AUTHOR, State.DRAFT))
