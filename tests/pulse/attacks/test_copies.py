"""The attacker has: the whole database, its write-ahead log, on PostgreSQL every row's xmin and ctid, and a copy of all
that after every single step of every single voter, who come one after the other; and the same after the count.

They don't have: the file with the survey's private key (it is neither in the database nor in a backup of it).

With the copies they know which sealed ballot is whose. It helps them nothing: sealed ballots are opened by the count
alone, which writes all of them anew, and no trace leads from what they hold to what is written then.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.core.db import Database
from portal.core.permissions import Actor
from portal.pulse import ticking
from portal.pulse.model import Kind, Result, State, Survey
from portal.pulse.sealing import Damaged, KeyRing
from tests.factories import NOW
from tests.pulse.attacks.attackers import BY_CHANCE, VOTERS, Copy, copied, hits
from tests.pulse.scenes import DAY, RULES, a_company, a_question
from tests.pulse.voting import TOKENS, a_ballot_box, cast, handed

WATCHED = ("turnout", "ballot")


@dataclass(frozen=True)
class Election:
    """Everybody's vote, as it was and as the attacker saw it."""

    server: str
    survey_id: int
    voters: list[Actor]
    said: list[str]
    """What each of them answered in numbers, as a kept ballot writes it."""
    words: list[str]
    tokens: list[str]
    key: str
    """The survey's private key, which the attacker doesn't have."""
    copies: list[Copy]
    """Before anybody came, then after each time somebody was handed a ballot and after each time it was cast."""
    counted: Copy
    comments: list[str]

    def seen_handed(self, voter: int) -> list[int]:
        """Whom the attacker saw being handed a ballot, between two copies."""
        new = self.copies[2 * voter + 1].new_in("turnout", self.copies[2 * voter])
        return [int(str(row[-1])) for row in new]

    def seen_cast(self, voter: int) -> tuple[bytes, bytes]:
        """Key and sealed answers of the one ballot that came next."""
        (row,) = self.copies[2 * voter + 2].new_in("ballot", self.copies[2 * voter + 1])
        found = [value for value in row if isinstance(value, bytes)]
        return found[0], found[1]

    def kept(self) -> list[tuple[bytes, str]]:
        """Key and answers of each ballot after the count, as the table gives them."""
        rows = [[value for value in row if isinstance(value, bytes)] for row in self.counted.tables["ballot"]]
        return [(key, answers.decode()) for key, answers in rows]


@pytest.fixture(scope="module")
def election(migrated_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Election]:
    """A survey that everybody answers, one after the other, each differently, and its count as the worker does it."""
    folder, keys = tmp_path_factory.mktemp("thief"), tmp_path_factory.mktemp("keys")
    database = Database(migrated_database("election"))
    try:
        yield _held(database, folder, keys)
    finally:
        database.engine.dispose()


def _held(database: Database, folder: Path, keys: Path) -> Election:
    with database.transaction() as session:
        teams = a_company(session, {("Luma", "Shops"): VOTERS // 2, ("Luma", "Works"): VOTERS // 2})
        questions = [a_question(Kind.SCALE), a_question(Kind.SCALE), a_question(Kind.TEXT)]
        survey = a_ballot_box(session, keys, questions)
    voters = [person for pair in zip(*teams.values(), strict=True) for person in pair]
    answers = [divmod(number * 13 % 121, 11) for number in range(VOTERS)]
    words = [f"what-{number}-wrote" for number in range(VOTERS)]
    copies, tokens = [copied(database, folder, WATCHED)], []
    for person, (one, other), said in zip(voters, answers, words, strict=True):
        with database.transaction() as session:
            tokens.append(handed(session, person, survey))
        copies.append(copied(database, folder, WATCHED))
        with database.transaction() as session:
            cast(session, survey, tokens[-1], {"q1": str(one), "q2": str(other), "q3": said})
        copies.append(copied(database, folder, WATCHED))
    key = (keys / f"{survey.id}.key").read_text()
    ticking.tick(database, KeyRing(keys), RULES, NOW + 8 * DAY)
    with database.reading() as session:
        assert session.get_one(Survey, survey.id).state == State.CLOSED
        details = session.scalars(select(Result.details).where(Result.survey_id == survey.id, Result.unit == 0)).one()
    return Election(
        server=database.engine.dialect.name,
        survey_id=survey.id,
        voters=voters,
        said=[json.dumps({"1": one, "2": other}) for one, other in answers],
        words=words,
        tokens=tokens,
        key=key,
        copies=copies,
        counted=copied(database, folder),
        comments=re.findall(r"what-\d+-wrote", json.dumps(details)),
    )


def test_the_attack_is_a_real_one_every_sealed_ballot_is_known_by_its_voter(election: Election) -> None:
    """So far the attacker gets, and it is why ballots have to be sealed."""
    for number, person in enumerate(election.voters):
        assert election.seen_handed(number) == [person.id]
        key, _ = election.seen_cast(number)
        assert key == TOKENS.read(election.tokens[number], election.survey_id).digest


def test_no_copy_holds_a_word_that_was_answered_nor_a_token_nor_the_key(election: Election) -> None:
    if election.server == "postgresql":
        everything = [repr(copy.tables).encode() for copy in election.copies]
    else:
        everything = [copy.raw for copy in election.copies]
    secrets = [*election.words, *election.said, *election.tokens, election.key]
    for copy in everything:
        assert copy
        for secret in secrets:
            assert secret.encode() not in copy
            assert not re.fullmatch("[0-9a-f]+", secret) or bytes.fromhex(secret) not in copy


def test_sealed_ballots_are_all_of_one_length(election: Election) -> None:
    assert len({len(election.seen_cast(number)[1]) for number in range(VOTERS)}) == 1


def test_nothing_in_the_database_opens_a_sealed_ballot(election: Election, tmp_path: Path) -> None:
    """Each stretch of 32 bytes that stands in any row is tried as the key."""
    found = {
        value[:32]
        for rows in election.counted.tables.values()
        for row in rows
        for value in row
        if isinstance(value, bytes)
    }
    _, sealed = election.seen_cast(0)
    for number, candidate in enumerate(sorted(one for one in found if len(one) == 32)):
        (tmp_path / f"{number}.key").write_text(candidate.hex())
        opener = KeyRing(tmp_path).opener(number)
        assert opener
        with pytest.raises(Damaged):
            opener.open(sealed)


def test_all_ballots_are_kept_and_no_old_row_is_among_them(election: Election) -> None:
    kept = election.kept()
    assert sorted(answers for _, answers in kept) == sorted(election.said)
    old = [election.seen_cast(number) for number in range(VOTERS)]
    assert not {key for key, _ in kept} & {key for key, _ in old}
    assert election.counted.tables["turnout"] == ()


def _by_key(election: Election) -> list[str]:
    return [answers for _, answers in sorted(election.kept())]


def _as_the_table_gives_them(election: Election) -> list[str]:
    return [answers for _, answers in election.kept()]


def _by_place(election: Election) -> list[str]:
    """By where they lie: in the file and its log, or by ctid."""
    rows = election.counted.tables["ballot"]
    if election.server == "postgresql":
        placed = [(tuple(int(part) for part in re.findall(r"\d+", str(row[1]))), row) for row in rows]
        return [bytes(row[-1]).decode() for _, row in sorted(placed, key=lambda one: one[0])]  # type: ignore[arg-type]
    places = sorted((election.counted.raw.rfind(answers.encode()), answers) for _, answers in election.kept())
    assert all(place >= 0 for place, _ in places)
    return [answers for _, answers in places]


def _by_first_trace(election: Election) -> list[str]:
    """By where their answers first stand, backwards: leftovers of an earlier order, if there are any."""
    if election.server == "postgresql":
        return _by_place(election)[::-1]
    found = sorted((election.counted.raw.find(answers.encode()), answers) for _, answers in election.kept())
    return [answers for _, answers in found]


def _by_transaction(election: Election) -> list[str]:
    """By the transaction that wrote them; SQLite's rows know of none."""
    if election.server == "postgresql":
        rows = sorted(election.counted.tables["ballot"], key=lambda row: int(str(row[0])))
        return [bytes(row[-1]).decode() for row in rows]  # type: ignore[arg-type]
    return _as_the_table_gives_them(election)


def _nearest_key(election: Election) -> list[str]:
    """The kept ballot whose key is likest to the key that the voter's ballot had."""
    return [
        min(election.kept(), key=lambda row: int.from_bytes(row[0], "big") ^ int.from_bytes(old, "big"))[1]
        for old, _ in (election.seen_cast(number) for number in range(VOTERS))
    ]


def _by_old_key(election: Election) -> list[str]:
    """In the order in which the old keys stood, had the count kept it."""
    places = sorted(range(VOTERS), key=lambda number: election.seen_cast(number)[0])
    kept = _as_the_table_gives_them(election)
    return [kept[places.index(number)] for number in range(VOTERS)]


def _nearest_sealed(election: Election) -> list[str]:
    """The answers that have most bytes in common, place by place, with what the voter's were sealed to."""

    def alike(sealed: bytes, answers: str) -> int:
        return sum(a == b for a, b in zip(sealed[36:], answers.encode(), strict=False))

    sealed = [election.seen_cast(number)[1] for number in range(VOTERS)]
    return [max((answers for _, answers in election.kept()), key=lambda said: alike(one, said)) for one in sealed]


@pytest.mark.parametrize(
    "guess",
    [
        _by_key,
        _as_the_table_gives_them,
        _by_place,
        _by_first_trace,
        _by_transaction,
        _nearest_key,
        _by_old_key,
        _nearest_sealed,
    ],
)
def test_pairing_voters_with_counted_ballots_is_chance(
    election: Election, guess: Callable[[Election], list[str]]
) -> None:
    assert hits(guess(election), election.said) <= BY_CHANCE
    assert hits(guess(election)[::-1], election.said) <= BY_CHANCE


def test_comments_stand_in_no_order_that_says_whose_they_are(election: Election) -> None:
    """What is published in words: neither as people came, nor as their old ballots lay."""
    assert sorted(election.comments) == sorted(election.words)
    places = sorted(range(VOTERS), key=lambda number: election.seen_cast(number)[0])
    by_old_key = [election.comments[places.index(number)] for number in range(VOTERS)]
    for order in (election.comments, election.comments[::-1], by_old_key):
        assert hits(order, election.words) <= BY_CHANCE


def test_postgresql_says_of_all_counted_ballots_that_one_transaction_wrote_them(election: Election) -> None:
    if election.server == "postgresql":
        assert len({row[0] for row in election.counted.tables["ballot"]}) == 1
    else:
        assert all(len(row) == 4 for row in election.counted.tables["ballot"]), "no column but the four"
