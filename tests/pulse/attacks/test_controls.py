"""The same attacks against the designs that others have: each pairs everybody, so these attacks are no straw men.

LimeSurvey numbers anonymous answers one after the other, with a table of times beside them; HumHub shows in the feed
that somebody has voted. Here a table that is ordered by arrival, or answers that can be read while people vote, are
enough: both are what `Turnout` and `Ballot` would be without `WITHOUT ROWID` and without sealing.
"""

import json
import random
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.pulse.attacks.attackers import VOTERS, hits

PEOPLE = random.Random(5).sample(range(1000), VOTERS)
SAID = [json.dumps({"1": number % 11, "2": number // 11}) for number in range(VOTERS)]


def test_numbers_in_order_of_arrival_pair_everybody(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "naive")) as database:
        database.execute("CREATE TABLE turnout (person INTEGER, UNIQUE (person))")
        database.execute("CREATE TABLE ballot (key BLOB PRIMARY KEY, answers TEXT)")  # And a hidden rowid.
        for person, said in zip(PEOPLE, SAID, strict=True):
            database.execute("INSERT INTO turnout VALUES (?)", [person])
            database.execute("INSERT INTO ballot VALUES (randomblob(32), ?)", [said])
        came = [row[0] for row in database.execute("SELECT person FROM turnout ORDER BY rowid")]
        cast = [row[0] for row in database.execute("SELECT answers FROM ballot ORDER BY rowid")]
    assert came == PEOPLE
    assert hits(cast, SAID) == VOTERS


def test_copies_pair_everybody_whose_answers_are_not_sealed(tmp_path: Path) -> None:
    """Even without a rowid, and with random keys."""
    guesses = []
    with closing(sqlite3.connect(tmp_path / "naive")) as database:
        database.execute("CREATE TABLE ballot (key BLOB PRIMARY KEY, answers TEXT) WITHOUT ROWID")
        seen: set[tuple[bytes, str]] = set()
        for said in SAID:
            database.execute("INSERT INTO ballot VALUES (randomblob(32), ?)", [said])
            copy = set(database.execute("SELECT * FROM ballot"))
            ((_, new),) = copy - seen
            guesses.append(new)
            seen = copy
    assert hits(guesses, SAID) == VOTERS


def test_sealed_answers_of_their_own_length_give_away_who_wrote_much() -> None:
    """Why all are padded to one length: with a byte more in each answer, the lengths alone put them in order."""
    sealed = sorted((len(f"what {'x' * number} wrote") + 48, SAID[number]) for number in range(VOTERS))
    assert hits([said for _, said in sealed], SAID) == VOTERS
