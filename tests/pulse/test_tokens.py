"""Ballot tokens: only ours are taken, each is written in one way, and none says who holds it."""

import base64
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.pulse.tokens import Forged, SignedTokens, part_of

TOKENS = SignedTokens("the site's secret")
ALPHABET = string.ascii_letters + string.digits + "-_"


def taken(token: str, survey_id: int = 5, tokens: SignedTokens = TOKENS) -> bool:
    try:
        tokens.read(token, survey_id)
    except Forged:
        return False
    return True


@given(st.integers(1, 2**31 - 1), st.integers(0, 2**31 - 1))
def test_a_token_says_its_survey_and_unit_and_no_more(survey_id: int, unit: int) -> None:
    token = TOKENS.issue(survey_id, unit)
    voter = TOKENS.read(token, survey_id)
    assert (voter.survey_id, voter.unit) == (survey_id, unit)
    assert len(voter.digest) == 32
    assert set(token) <= set(ALPHABET), "it can be carried anywhere"
    assert len(token) == 96


def test_no_two_tokens_are_alike() -> None:
    tokens = [TOKENS.issue(5, 1) for _ in range(200)]
    assert len({TOKENS.read(token, 5).digest for token in tokens}) == 200
    # What is neither survey nor unit nor signature is random: no place in it is the same in all.
    random = [base64.urlsafe_b64decode(token)[8:40] for token in tokens]
    assert all(len({one[place] for one in random}) > 50 for place in range(32))


def test_any_change_of_any_character_is_refused() -> None:
    token = TOKENS.issue(5, 1)
    for place in range(len(token)):
        for other in ALPHABET.replace(token[place], "")[:: 1 if place in {0, 5, 40, 95} else 20]:
            assert not taken(token[:place] + other + token[place + 1 :])


def test_a_token_can_be_written_in_one_way_only() -> None:
    """A second spelling would have another hash, and be a second vote."""
    while not {"-", "_"} <= set(token := TOKENS.issue(5, 1)):
        pass
    others = [
        token.replace("-", "+"),
        token.replace("_", "/"),
        token.replace("-", "+").replace("_", "/"),
        token + "=",
        token + "====",
        "=" + token,
        token + "\n",
        " " + token,
        token[:48] + "\n" + token[48:],
        token[:48] + "\0" + token[48:],
        token + token,
        token.swapcase(),
    ]
    assert taken(token)
    assert not any(taken(other) for other in others)


@pytest.mark.parametrize(
    "junk", ["", "A", "A" * 95, "A" * 96, "A" * 97, "=" * 96, "ნ" * 96, "A" * 1_000_000, "\0", "-"]
)
def test_junk_is_refused(junk: str) -> None:
    assert not taken(junk)


@given(st.text())
def test_any_text_is_refused(text: str) -> None:
    assert not taken(text)


def test_another_surveys_token_is_refused() -> None:
    token = TOKENS.issue(5, 1)
    assert taken(token, 5)
    assert not any(taken(token, other) for other in (1, 4, 6, 55, 2**31 - 1))


def test_another_sites_token_is_refused() -> None:
    assert not taken(SignedTokens("another secret").issue(5, 1))
    assert taken(SignedTokens("the site's secret").issue(5, 1)), "another process of the same site"


def test_a_token_whose_unit_was_changed_is_refused() -> None:
    found = base64.urlsafe_b64decode(TOKENS.issue(5, 1))
    moved = found[:4] + (2).to_bytes(4, "big") + found[8:]
    assert not taken(base64.urlsafe_b64encode(moved).decode())


def test_parts_are_drawn_evenly_and_stay_with_the_token() -> None:
    tokens = [TOKENS.issue(5, 1) for _ in range(1200)]
    voters = [TOKENS.read(token, 5) for token in tokens]
    drawn = [part_of(voter.lot, 4) for voter in voters]
    assert drawn == [part_of(TOKENS.read(token, 5).lot, 4) for token in tokens]
    assert set(drawn) == {1, 2, 3, 4}
    # 300 of each are expected; five standard deviations are 75.
    assert all(225 < drawn.count(part) < 375 for part in range(1, 5))
    assert {part_of(voter.lot, 1) for voter in voters} == {1}
    # What a ballot is kept under says nothing of the part: it agrees with the part by chance, for a quarter.
    assert 225 < sum(part_of(voter.digest, 4) == part for voter, part in zip(voters, drawn, strict=True)) < 375
