"""A survey of a whole company: how long it takes to open, to count, and to show what came of it.

50,000 people in 500 teams answer 20 questions; a wave before it is what changes are told against. Ballots are sealed
as they are when they are cast, but written straight into the table: how fast they can be cast is another question.
"""

import gc
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bench.feed import numbers, person, write
from portal.app import create_app
from portal.cli.opening import open_index
from portal.config import load
from portal.core import clock, schema
from portal.core.db import Database
from portal.core.permissions import Role
from portal.people import as_actor
from portal.people.model import Person, PersonRole, Team
from portal.pulse import answering, casting, life
from portal.pulse.model import Ballot, Driver, Invitation, Kind, State, Survey, SurveyQuestion, SurveyUnit, Turnout
from portal.pulse.questions import NOT_APPLICABLE, Answer, Question
from portal.pulse.rules import Rules
from portal.pulse.sealing import FOLDER, KeyRing, seal

PEOPLE, TEAMS, QUESTIONS = 50_000, 500, 20
ANSWERING, IN_WORDS = 1.0, 0.4
"""The share of those asked who answer, and of these the share who also write something."""
ROUNDS = 60
COMMENTS = (
    "The night shift needs one more person at the front desk: customers wait, and we all lose heart about it.",
    "В новой программе заявка открывается дольше, чем длится сам разговор с клиентом.",
    "Hvala kolegama iz skladišta, ovaj tjedan je sve stiglo na vrijeme.",
    "Call me about it any time, +385 91 234 5678 or ana.horvat@example.com.",
)
PAGES = ("", "/heat-map", "/questions", "/comments")


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load({"PORTAL_DATA": folder, "PORTAL_SECRET_KEY": "to measure with", "PORTAL_LOG_LEVEL": "error"})
        database = Database(settings.database)
        schema.upgrade(database.engine)
        company(database)
        keys, rules = KeyRing(settings.data / FOLDER), Rules(settings.timezone)
        began = clock.now() - timedelta(days=200)
        print(f"{PEOPLE:,} ballots, {QUESTIONS} questions, {TEAMS} teams")
        wave(database, keys, rules, began, quietly=True)
        survey = wave(database, keys, rules, began + timedelta(days=90), quietly=False)
        open_index(settings).rebuild([])
        gc.collect()
        gc.freeze()  # A process that serves pages has not counted ballots before, nor to look through what it left.
        show(create_app(settings, database).test_client(), database, survey)
        database.engine.dispose()


def company(database: Database) -> None:
    """A company of departments, each with teams; one of its people is of HR."""
    now = clock.now()
    with database.transaction() as session:
        write(session, Team, ({"name": f"Team {n}", "parent_id": above(n)} for n in numbers(TEAMS)))
        rows = ({**person(n, now), "team_id": n % TEAMS + 1} for n in numbers(PEOPLE))
        write(session, Person, rows)
        session.add_all(PersonRole(person_id=1, role=role) for role in (Role.EMPLOYEE, Role.HR))
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")


def above(team: int) -> int | None:
    """The company is the first team, the next 20 are departments, the others are in these."""
    if team == 1:
        return None
    return 1 if team <= 21 else team % 20 + 2


def wave(database: Database, keys: KeyRing, rules: Rules, opens: datetime, *, quietly: bool) -> int:
    """Open, answer and count a survey; its id."""
    say: Callable[[str], None] = (lambda _: None) if quietly else print
    closes = opens + timedelta(days=7)
    with database.transaction() as session:
        survey = draft(session, opens, closes)
    with timed("opened", say), database.transaction() as session:
        assert life.open_survey(session, survey, keys, rules, opens)
    with timed("answered (not part of it)", say), database.transaction() as session:
        answer(session, survey, opens)
    with database.transaction() as session:
        assert life.stop(session, survey, closes)
    with timed("counted", say), database.reading() as session:
        found = life.tally(session, survey, keys, rules)
        assert isinstance(found, life.Counted)
    with timed("written down", say), database.transaction() as session:
        assert life.settle(session, survey, found, rules, closes)
    with timed("ballots written anew", say):
        database.rewrite(Ballot.__tablename__, Turnout.__tablename__)
        keys.forget(survey)
    return survey


@contextmanager
def timed(what: str, say: Callable[[str], None]) -> Iterator[None]:
    """How long the block took, and how much of that the processor was at it: a busy machine has other work too."""
    began, busy = time.perf_counter(), time.process_time()
    yield
    say(f"{what:34}{time.perf_counter() - began:8.1f} s{time.process_time() - busy:10.1f} s of the processor")


def draft(session: Session, opens: datetime, closes: datetime) -> int:
    """A survey that is due to open."""
    texts = {"en": {"title": "How are we?", "intro": ""}}
    dates = {"opens_at": opens, "closes_at": closes, "created_at": opens}
    survey = Survey(texts=texts, state=State.SCHEDULED, audience=[], reminders=[], **dates)
    session.add(survey)
    session.flush()
    session.add_all(question(survey.id, number) for number in numbers(QUESTIONS))
    return survey.id


def question(survey: int, number: int) -> SurveyQuestion:
    """One of the questions: most on agreement, then a choice, recommending us, and one in words."""
    kind = {18: Kind.SINGLE, 19: Kind.SCALE, 20: Kind.TEXT}.get(number, Kind.AGREE)
    drivers = [driver for driver in Driver if driver != Driver.RECOMMEND]
    choices = ["Time", "People", "Tools", "Training"] if kind == Kind.SINGLE else []
    return SurveyQuestion(
        survey_id=survey,
        number=number,
        position=number,
        key=f"bench-{number}",
        driver=Driver.RECOMMEND if kind == Kind.SCALE else drivers[number % len(drivers)],
        kind=kind,
        reverse=kind == Kind.AGREE and number % 3 == 0,
        texts={"en": {"text": f"What do you say to number {number}?", "choices": choices}},
    )


def answer(session: Session, survey: int, opens: datetime) -> None:
    """Everybody who answers does."""
    chance = random.Random(opens.toordinal())  # Numbers to measure with, no secrets.
    asked = casting.questions(session, survey)
    box = session.get_one(Survey, survey).box
    size = answering.size(asked)
    invited = session.execute(select(Invitation.person_id, Invitation.unit).where(Invitation.survey_id == survey)).all()
    voters = [one for one in invited if chance.random() <= ANSWERING]
    assert box
    write(session, Turnout, ({"survey_id": survey, "person_id": one.person_id} for one in voters))
    ballots = (
        {
            "survey_id": survey,
            "key": sha256(str(one.person_id).encode()).digest(),
            "unit": one.unit,
            "answers": seal(box, answering.message(answers(asked, chance)), size),
        }
        for one in voters
    )
    write(session, Ballot, ballots)


def answers(asked: tuple[Question, ...], chance: random.Random) -> dict[int, Answer]:
    """What somebody says."""
    mood = chance.choice((-1, 0, 0, 1))
    said: dict[int, Answer] = {}
    for one in asked:
        if one.kind == Kind.AGREE:
            said[one.number] = NOT_APPLICABLE if chance.random() < 0.03 else min(5, max(1, chance.randint(2, 5) + mood))
        elif one.kind == Kind.SCALE:
            said[one.number] = min(10, max(0, chance.randint(5, 10) + mood))
        elif one.kind == Kind.SINGLE:
            said[one.number] = chance.randrange(4)
        elif chance.random() < IN_WORDS:
            said[one.number] = chance.choice(COMMENTS)
    return said


def show(client: FlaskClient, database: Database, survey: int) -> None:
    """How long each page of the results takes to be made for HR, of all the company and of any unit."""
    with database.reading() as session:
        reader = as_actor(session.get_one(Person, 1))
        units = session.scalar(select(func.count()).where(SurveyUnit.survey_id == survey)) or 0
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = reader.get_id(), True
    print(f"\n{'results of ' + str(units) + ' units':34}{'p50 ms':>10}{'p95 ms':>10}{'kB':>8}")
    for page in PAGES:
        for whose, unit in (("all", lambda _: 0), ("any unit", lambda turn: turn * 7 % units)):
            took, length = asked_for(client, f"/surveys/{survey}/results{page}", unit)
            name = f"{page or '/'} ({whose})"
            print(f"{name:34}{took[len(took) // 2]:10.1f}{took[int(len(took) * 0.95)]:10.1f}{length / 1_000:8.0f}")


def asked_for(client: FlaskClient, path: str, unit: Callable[[int], int]) -> tuple[list[float], int]:
    """How long each answer took, in milliseconds, rising, and the longest answer in bytes."""
    took, longest = [], 0
    for turn in range(-3, ROUNDS):
        began = time.perf_counter()
        answered: Any = client.get(path, query_string={"unit": unit(turn)})
        took.append((time.perf_counter() - began) * 1_000 if turn >= 0 else 0)
        assert answered.status_code == 200, f"{path}: {answered.status_code}"
        longest = max(longest, len(answered.data))
    return sorted(took[3:]), longest


if __name__ == "__main__":
    main()
