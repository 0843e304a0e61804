"""Synonyms beside the guidance: `portal import`, `export` and `content check` treat them as they treat pages."""

from pathlib import Path

from sqlalchemy import select

from portal.search import scan_synonyms
from portal.search.model import Synonym
from portal.search.synonym_files import FILE
from tests.cli.place import Place


def test_the_command_adds_synonyms_once_and_exports_them(portal: Place, guidance: Path, tmp_path: Path) -> None:
    (guidance / FILE).write_text("en:\n- say: [stitching, tailor]\n  means: seam\n")
    ran = portal.run("import", guidance)
    assert ran.out == "2 texts added, 0 changed, 0 unchanged\n2 synonyms added, 0 known already\n"
    assert "/stories/the-seam" in portal.run("search", "tailors").out
    assert portal.run("import", guidance).out.endswith("0 synonyms added, 2 known already\n")
    ran = portal.run("export", tmp_path / "out")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "2 synonyms")
    assert {one.row for one in scan_synonyms(tmp_path / "out")[0]} == {("stitching", "seam"), ("tailor", "seam")}


def test_the_command_names_a_fault_beside_those_of_pages_and_imports_nothing(portal: Place, guidance: Path) -> None:
    (guidance / FILE).write_text("en:\n- say: stitching\n")
    (guidance / "stories" / "the-seam" / "ru.md").write_text("Текст.\n")
    ran = portal.run("import", guidance)
    assert (ran.code, ran.out) == (1, "")
    assert "synonyms.yaml:2: means is missing" in ran.err
    assert "stories/the-seam/ru.md:1:" in ran.err
    with portal.database() as database, database.reading() as session:
        assert session.scalars(select(Synonym)).all() == []
    ran = portal.run("content", "check", guidance)
    assert f"{guidance}/synonyms.yaml:2: means is missing" in ran.out
