"""The attacker has: a backup made by the portal after every single vote, with the site's secret key in it, and one
made after the count. They hold what the copies of the database hold (`test_copies`), in an order of their own, and the
secret, with which ballots can be forged but none of those cast be paired with anybody: tokens are random.
"""

import base64
import json
import re
import zipfile
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from portal.core import archive
from portal.core.db import Database
from portal.pulse.model import Kind
from portal.pulse.sealing import Damaged, KeyRing
from portal.pulse.tokens import SignedTokens
from tests.factories import NOW
from tests.pulse.scenes import a_company, a_question
from tests.pulse.voting import a_ballot_box, count, vote

SECRET = "for tests alone"


def rows(path: Path, table: str) -> list[dict[str, object]]:
    with zipfile.ZipFile(path) as backup:
        return [json.loads(line) for line in backup.read(f"tables/{table}.jsonl").splitlines()]


def everything(path: Path) -> str:
    with zipfile.ZipFile(path) as backup:
        return "\n".join(backup.read(name).decode() for name in backup.namelist())


def test_backups_after_every_vote_pair_nobody(own_database: Database, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    with own_database.transaction() as session:
        people = a_company(session, {("Luma",): 10})["Luma",]
        survey = a_ballot_box(session, keys, [a_question(Kind.TEXT), a_question(Kind.SCALE)])
    private = (keys / f"{survey.id}.key").read_text()
    backups, tokens = [], []
    # They come in another order than they stand in the list of people.
    for number, place in enumerate((7, 2, 9, 0, 5, 1)):
        said = {"q1": f"what-{place}-wrote", "q2": str(place)}
        tokens.append(vote(own_database, people[place], survey, said))
        backups.append(tmp_path / f"{number}.zip")
        archive.write(own_database.engine, backups[-1], SECRET, NOW + timedelta(minutes=number))
    with zipfile.ZipFile(backups[-1]) as backup:
        assert sorted(name for name in backup.namelist() if not name.startswith("tables/")) == [
            "manifest.json",
            "secret.key",
        ]
    for path in backups:
        held = everything(path)
        assert "-wrote" not in held
        assert private not in held
        assert not any(token in held or token[:30] in held for token in tokens)

    # Not the order in which people came: by person, and by random key.
    handed = [row["person_id"] for row in rows(backups[-1], "turnout")]
    assert handed == sorted(handed, key=int)  # type: ignore[arg-type]
    kept = [str(row["key"]) for row in rows(backups[-1], "ballot")]
    cast = [base64.b64encode(SignedTokens(SECRET).read(token, survey.id).digest).decode() for token in tokens]
    assert sorted(kept) == sorted(cast)
    assert kept == sorted(kept, key=base64.b64decode)

    # Whatever in a backup could be a key is tried as one.
    sealed = _sealed(own_database)
    held = everything(backups[-1])
    candidates = {bytes.fromhex(one) for one in re.findall(r"\b[0-9a-f]{64}\b", held)}
    candidates |= {base64.b64decode(one) for one in re.findall(r'"([A-Za-z0-9+/]{43}=)"', held)}
    assert len(candidates) >= 7, "the keys of six ballots, and the box"
    for number, candidate in enumerate(sorted(candidates)):
        (tmp_path / f"{number}.key").write_text(candidate.hex())
        opener = KeyRing(tmp_path).opener(number)
        assert opener
        for one in sealed:
            try:
                opener.open(one)
            except Damaged:
                continue
            raise AssertionError("a backup opens ballots")

    count(own_database, survey.id, keys)
    last = tmp_path / "last.zip"
    archive.write(own_database.engine, last, SECRET, NOW + timedelta(days=8))
    new = {str(row["key"]) for row in rows(last, "ballot")}
    assert len(new) == 6
    assert not new & set(kept)
    assert rows(last, "turnout") == []
    assert "-wrote" not in everything(last)


def _sealed(database: Database) -> list[bytes]:
    with database.engine.connect() as connection:
        return [bytes(row[0]) for row in connection.execute(text("SELECT answers FROM ballot"))]
