"""The attacker has: everything around the ballots that a careless program would write to. Outbox, notices, audit
trail, counters and times in any table; the whole application's log at its most talkative; the pages that HR sees.

None of it says that somebody has voted, or who hasn't: a vote changes one table, being handed a ballot another one.
"""

import logging
import re
from collections.abc import Callable
from html import unescape
from itertools import pairwise
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.app import create_app
from portal.config import load
from portal.core import clock
from portal.core.db import Database
from portal.core.permissions import Role
from portal.people import as_actor
from portal.pulse.model import Kind, State
from portal.pulse.sealing import KeyRing
from tests.addresses import address
from tests.factories import a_person, like
from tests.pulse.attacks.attackers import Copy, copied
from tests.pulse.scenes import DAY, a_company, a_question
from tests.pulse.voting import a_ballot_box, handed

NOW = clock.now()
DATES = {"opens_at": NOW - DAY, "opened_at": NOW - DAY, "closes_at": NOW + DAY}
WORDS = "what she would never say aloud"


def changed(before: Copy, after: Copy) -> set[str]:
    """The tables in which something is new, gone or otherwise."""
    return {name for name, rows in after.tables.items() if set(rows) != set(before.tables[name])}


def test_a_vote_touches_one_table_and_the_log_is_told_nothing(
    own_database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The whole way over HTTP, as a browser goes it."""
    settings = load({"PORTAL_DATA": str(tmp_path / "data"), "PORTAL_SECRET_KEY": "for tests alone"})
    with own_database.transaction() as session:
        person = a_company(session, {("Luma",): 6})["Luma",][0]
        survey = a_ballot_box(session, tmp_path / "keys", [a_question(Kind.TEXT)], **DATES)
    app = create_app(settings, own_database)
    app.config.update(WTF_CSRF_ENABLED=False)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = person.get_id()
    nudged: list[bool] = []
    own_database.on_outbox = lambda: nudged.append(True)
    copies = [copied(own_database, tmp_path)]

    def post(path: str, **data: str) -> str:
        answer = client.post(path, data=data)
        assert answer.status_code == 200
        copies.append(copied(own_database, tmp_path))
        return answer.text

    with caplog.at_level(logging.DEBUG):
        page = post(f"/surveys/{survey.id}/ballot")
        found = re.search(r'name="token" value="([^"]+)"', page)
        assert found
        token = found[1]
        post(f"/ballots/{survey.id}", token=token)
        post(f"/ballots/{survey.id}/cast", token=token, q1=WORDS)
        post(f"/ballots/{survey.id}/cast", token=token, q1=WORDS + "!")
        post(f"/ballots/{survey.id}/withdraw", token=token)
    steps = [changed(*pair) for pair in pairwise(copies)]
    assert steps == [{"turnout"}, set(), {"ballot"}, {"ballot"}, {"ballot"}]
    assert nudged == [], "no work for anybody"
    said = "".join(record.getMessage() for record in caplog.records)
    for secret in (WORDS, token, person.name, person.email, f"/surveys/{survey.id}", "/ballots/"):
        assert secret not in said
    # Beside the database the data folder has gained nothing that knows of it.
    files = b"".join(path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())
    assert WORDS.encode() not in files
    assert token.encode() not in files


@pytest.mark.parametrize("state", [State.OPEN, State.COUNTING])
@pytest.mark.parametrize("role", [Role.HR, Role.ADMIN])
def test_no_page_names_who_has_a_ballot_or_has_none(
    app: Flask, session: Session, sign_in: Callable[..., FlaskClient], tmp_path: Path, state: State, role: Role
) -> None:
    """Every page about this survey, and every list, as HR and as an administrator: nobody's name on it."""
    first = a_person(session, name="Zorislava Neodgovorna", team=("Luma", "Shop"), password=False)
    like(session, first, 11)
    survey = a_ballot_box(session, tmp_path, state=state, **DATES)
    session.commit()
    looking = sign_in(person=as_actor(a_person(session, roles=[Role.EMPLOYEE, role], name="Reader")))

    def pages() -> dict[str, str]:
        found = {}
        for rule in app.url_map.iter_rules():
            if rule.rule.startswith("/surveys") and "GET" in (rule.methods or ()) and rule.arguments <= {"survey_id"}:
                where = address(rule).replace("/1", f"/{survey.id}", 1) if rule.arguments else rule.rule
                answer = looking.get(where)
                found[where] = re.sub(r'(nonce|value)="[^"]*"', "", unescape(answer.text))
                assert "Neodgovorna" not in found[where], where
                answer.close()
        return found

    before = pages()
    assert len(before) >= 3
    survey.state = State.OPEN
    handed(session, as_actor(first), survey, NOW)
    survey.state = state
    session.commit()
    after = pages()
    assert before == after, "that somebody was handed a ballot shows nowhere"


def test_the_key_is_no_business_of_the_web(app: Flask, tmp_path: Path) -> None:
    """The application that answers requests holds nothing that opens ballots."""
    assert not [one for one in app.extensions.values() if isinstance(one, KeyRing)]
