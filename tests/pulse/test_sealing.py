"""Sealed answers: only the key opens them, their length says nothing, and the key is kept as keys are kept."""

import stat
from pathlib import Path

import pytest
from nacl.public import PrivateKey

from portal.pulse.sealing import Damaged, KeyRing, seal
from tests.processes import exit_code


def test_what_was_sealed_is_opened_by_its_key_alone(tmp_path: Path) -> None:
    keys = KeyRing(tmp_path / "keys")
    box, other = keys.make(1), keys.make(2)
    opener, wrong = keys.opener(1), keys.opener(2)
    assert opener
    assert wrong
    assert box != other
    for message in (b"", b"\0", '{"1": "ნინო"}\0\0'.encode(), b"x" * 100):
        assert opener.open(seal(box, message, 100)) == message
        with pytest.raises(Damaged):
            wrong.open(seal(box, message, 100))


def test_sealed_messages_of_a_survey_are_of_one_length_and_never_alike() -> None:
    box = bytes(PrivateKey.generate().public_key)
    sealed = [seal(box, message, 100) for message in (b"", b"yes", b"yes", b"n" * 100)]
    assert {len(one) for one in sealed} == {len(sealed[0])}
    assert len(set(sealed)) == 4
    with pytest.raises(ValueError, match="longer"):
        seal(box, b"x" * 101, 100)


def test_a_changed_message_is_damaged_and_says_nothing_of_what_it_held(tmp_path: Path) -> None:
    keys = KeyRing(tmp_path)
    sealed = seal(keys.make(1), b"what she wrote", 40)
    opener = keys.opener(1)
    assert opener
    for place in (0, 31, 32, 50, len(sealed) - 1):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(Damaged) as refused:
            opener.open(changed)
        assert refused.value.__cause__ is None
        assert "wrote" not in str(refused.value)
    for broken in (b"", sealed[:-1], sealed[:10], sealed + b"\0"):
        with pytest.raises(Damaged):
            opener.open(broken)


def test_a_key_is_its_owners_alone_and_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "pulse-keys"
    box = KeyRing(folder).make(7)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [path.name for path in folder.iterdir()] == ["7.key"], "no draft of it is left behind"
    assert stat.S_IMODE((folder / "7.key").stat().st_mode) == 0o600
    assert KeyRing(folder).make(7) == box
    assert KeyRing(folder).make(8) != box
    assert KeyRing(folder).known() == [7, 8]


def test_a_forgotten_key_is_gone_and_what_it_sealed_stays_sealed(tmp_path: Path) -> None:
    keys = KeyRing(tmp_path / "keys")
    assert keys.known() == []
    assert keys.opener(1) is None
    keys.forget(1)
    sealed = seal(keys.make(1), b"yes", 10)
    keys.forget(1)
    keys.forget(1)
    assert keys.known() == []
    assert keys.opener(1) is None
    keys.make(1)
    opener = keys.opener(1)
    assert opener
    with pytest.raises(Damaged):
        opener.open(sealed)


def test_a_file_that_holds_no_key_is_damaged_and_never_replaced(tmp_path: Path) -> None:
    for written in ("", "not hex", "00" * 31, "00" * 33):
        (tmp_path / "1.key").write_text(written)
        with pytest.raises(Damaged):
            KeyRing(tmp_path).opener(1)
        with pytest.raises(Damaged):
            KeyRing(tmp_path).make(1)
    assert KeyRing(tmp_path).known() == [1]
    (tmp_path / "notes.key").write_text("")
    assert KeyRing(tmp_path).known() == [1], "what isn't a survey's is nobody's"


def _make(folder: Path) -> None:
    keys = KeyRing(folder)
    made = {keys.make(number) for number in range(1, 30)}
    raise SystemExit(0 if len(made) == 29 else 1)


def test_two_workers_that_make_a_key_at_once_agree_on_it(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    own = KeyRing(folder)
    before = [own.make(number) for number in range(20, 25)]
    assert exit_code(_make, folder) == 0
    assert [own.make(number) for number in range(20, 25)] == before
    assert own.known() == list(range(1, 30))
