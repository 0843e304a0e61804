"""Backups that are not whole, not as they were written, or no backups at all: refused with the reason."""

import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.core.archive import Archive, ArchiveError
from portal.core.db import Database
from tests.core.archives import KEY, Content, content, fill, restored, written

Change = Callable[[dict[str, bytes]], object]


@pytest.fixture(scope="module")
def source(new_database: Callable[[], str]) -> Iterator[Database]:
    """A database with something in every table, that the tests only read."""
    database = Database(new_database())
    fill(database)
    yield database
    database.engine.dispose()


@pytest.fixture(scope="module")
def backup(source: Database, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(source, tmp_path_factory.mktemp("backup") / "backup.zip")


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def packed(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return path


def test_what_these_tests_pack_anew_is_whole_if_nothing_was_changed(backup: Path, tmp_path: Path) -> None:
    Archive(packed(tmp_path / "same.zip", members(backup)))


@pytest.mark.parametrize("part", [0, 1, 100, 0.3, 0.9, 0.999])
def test_a_truncated_backup_is_refused(backup: Path, tmp_path: Path, part: float) -> None:
    whole = backup.read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: int(part if part >= 1 else part * len(whole))])
    with pytest.raises(ArchiveError, match=r"cut\.zip is not a whole backup"):
        Archive(tmp_path / "cut.zip")


def test_no_single_changed_byte_changes_what_is_restored(source: Database, backup: Path, tmp_path: Path) -> None:
    whole, wanted, refused = backup.read_bytes(), content(source), 0
    for place in range(0, len(whole), len(whole) // 40):
        path = tmp_path / f"{place}.zip"
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            opened = Archive(path)
        except ArchiveError:
            refused += 1
        else:  # The byte says nothing of what is kept, such as a member's date.
            assert opened.secret_key == KEY
            assert content_by_way_of(path, tmp_path / f"{place}.sqlite") == wanted
    assert refused > 20


def content_by_way_of(path: Path, file: Path) -> Content:
    database = Database(f"sqlite:///{file}")
    found = content(restored(path, database))
    database.engine.dispose()
    return found


def without_a_row(files: dict[str, bytes]) -> None:
    files["tables/person.jsonl"] = files["tables/person.jsonl"].partition(b"\n")[2]


def with_another_role(files: dict[str, bytes]) -> None:
    files["tables/person_role.jsonl"] = files["tables/person_role.jsonl"].replace(b'"editor"', b'"admin" ')


def without_a_table(files: dict[str, bytes]) -> None:
    del files["tables/person.jsonl"]


def with_a_broken_line(files: dict[str, bytes]) -> None:
    files["tables/page.jsonl"] += b"{"


def without_a_manifest(files: dict[str, bytes]) -> None:
    del files["manifest.json"]


def without_a_key(files: dict[str, bytes]) -> None:
    del files["secret.key"]


@pytest.mark.parametrize(
    "change",
    [without_a_row, with_another_role, without_a_table, with_a_broken_line, without_a_manifest, without_a_key],
)
def test_a_backup_that_somebody_packed_anew_is_refused(backup: Path, tmp_path: Path, change: Change) -> None:
    files = members(backup)
    change(files)
    with pytest.raises(ArchiveError, match=r"is damaged|is not a whole backup"):
        Archive(packed(tmp_path / "changed.zip", files))


@pytest.mark.parametrize(
    "manifest",
    [b"", b"[]", b"{}", b'"text"', b"\xff", b'{"format": 1}', b'{"format": 1, "schema": "0001", "tables": 3}'],
)
def test_another_programs_zip_is_refused(tmp_path: Path, manifest: bytes) -> None:
    path = packed(tmp_path / "other.zip", {"manifest.json": manifest, "secret.key": b"x", "readme.txt": b"Hello"})
    with pytest.raises(ArchiveError, match=r"other\.zip"):
        Archive(path)


def test_a_file_that_is_no_zip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear colleagues")
    with pytest.raises(ArchiveError, match=r"letter\.txt is not a whole backup"):
        Archive(tmp_path / "letter.txt")


def test_a_backup_that_lacks_a_table_of_its_schema_is_refused(
    backup: Path, new_database: Callable[[], str], tmp_path: Path
) -> None:
    files = members(backup)
    manifest = json.loads(files["manifest.json"])
    del manifest["tables"]["outbox"]
    files["manifest.json"] = json.dumps(manifest).encode()
    database = Database(new_database())
    with pytest.raises(ArchiveError, match="not those of its schema"):
        restored(packed(tmp_path / "less.zip", files), database)
    assert not any(content(database).values())
    database.engine.dispose()
