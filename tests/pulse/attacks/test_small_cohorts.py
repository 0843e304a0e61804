"""The attacker has: a copy of the database made while the survey was open, and one made after the count. The first says
who was handed a ballot, and in which cohort it counts; somebody was the only one of theirs, or wrote in a style that
everybody knows.

A kept ballot says no cohort and holds no words, so that neither singles anybody out.
"""

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.core.db import Database
from portal.pulse import ticking
from portal.pulse.model import Ballot, Invitation, Kind, Result, Turnout
from portal.pulse.sealing import KeyRing
from tests.factories import NOW
from tests.pulse.scenes import DAY, RULES, a_company, a_question
from tests.pulse.voting import a_ballot_box, vote

STYLE = "Tschüss, as the only one here who says so"


@pytest.mark.parametrize("others", [9, 3])
def test_the_only_voter_of_a_cohort_is_not_to_be_found(own_database: Database, tmp_path: Path, others: int) -> None:
    """With nine voters elsewhere; and with three, when all ballots together are too few to be kept."""
    with own_database.transaction() as session:
        teams = a_company(session, {("Luma", "Shop"): 6, ("Luma", "Works"): 10})
        survey = a_ballot_box(session, tmp_path, [a_question(Kind.SCALE), a_question(Kind.TEXT)])
    lonely = teams["Luma", "Shop"][0]
    vote(own_database, lonely, survey, {"q1": "0", "q2": STYLE})
    for person in teams["Luma", "Works"][:others]:
        vote(own_database, person, survey, {"q1": "9"})
    with own_database.reading() as session:
        unit = dict(session.execute(select(Invitation.person_id, Invitation.unit)).all())
        handed = session.scalars(select(Turnout.person_id)).all()
    mine = unit[lonely.id or 0]
    assert [person for person in handed if unit[person] == mine] == [lonely.id], "known: the only one of this cohort"

    ticking.tick(own_database, KeyRing(tmp_path), RULES, NOW + 8 * DAY)
    with own_database.reading() as session:
        kept = [(row.unit, row.answers) for row in session.scalars(select(Ballot))]
        frozen = [json.dumps([row.summary, row.details]) for row in session.scalars(select(Result))]
    assert len(kept) == (10 if others == 9 else 0)
    assert {unit for unit, _ in kept} <= {0}
    assert not [answers for _, answers in kept if STYLE.encode() in answers or b"Tsch" in answers]
    assert frozen
    assert not [row for row in frozen if "Tsch" in row]
