"""`portal import`, `export`, `content check`, `search` and `index`: guidance in, out and found, as scripts see it."""

import json
import shutil
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from portal.cli.opening import SHIPPED
from portal.core.outbox import OutboxRow
from portal.core.permissions import Role
from portal.knowledge.commands import write_revision
from portal.knowledge.model import Page, PageText, Revision
from portal.people import as_actor
from portal.search import compare
from tests.cli.place import Place
from tests.factories import NOW, a_page, a_person


def revisions(place: Place) -> int:
    with place.database() as database, database.reading() as session:
        return session.scalar(select(func.count()).select_from(Revision)) or 0


def agrees(place: Place) -> bool:
    with place.database() as database, place.index() as index:
        return compare(database, index).agrees


def test_guidance_is_imported_once_and_can_be_found(portal: Place, guidance: Path) -> None:
    ran = portal.run("import", guidance)
    assert (ran.code, ran.out) == (0, "2 texts added, 0 changed, 0 unchanged\n")
    assert agrees(portal)
    assert "/stories/the-seam" in portal.run("search", "metres").out
    assert portal.run("import", guidance).out == "0 texts added, 0 changed, 2 unchanged\n"


def test_a_broken_file_is_named_with_its_line_and_nothing_is_imported(portal: Place, guidance: Path) -> None:
    before = revisions(portal)
    (guidance / "stories" / "the-seam" / "ru.md").write_text("---\ntitle: [\n---\nТекст.\n")
    ran = portal.run("import", guidance)
    assert (ran.code, ran.out) == (1, "")
    assert "nothing was imported" in ran.err
    assert "stories/the-seam/ru.md:" in ran.err
    assert revisions(portal) == before
    assert agrees(portal)


def test_what_was_edited_on_the_site_is_reported_and_kept(portal: Place, guidance: Path) -> None:
    portal.run("import", guidance)
    with portal.database() as database, database.transaction() as session:
        page = session.scalars(select(Page).where(Page.slug == "the-seam")).one()
        editor = as_actor(a_person(session, roles=[Role.EDITOR]))
        write_revision(session, editor, page, "en", PageText("Mine", "", "Mine."), NOW)
    ran = portal.run("import", guidance)
    assert (ran.code, ran.out) == (3, "0 texts added, 0 changed, 1 unchanged\n")
    assert "kept as edited on the site: stories/the-seam/en.md" in ran.err


def test_what_is_exported_is_imported_without_any_change(portal: Place, tmp_path: Path) -> None:
    ran = portal.run("export", tmp_path / "out")
    assert (ran.code, ran.out) == (0, "2 pages in 3 files\n")
    assert (tmp_path / "out" / "stories" / "hotel-lamp" / "en.md").exists()
    assert portal.run("import", tmp_path / "out").out == "0 texts added, 0 changed, 2 unchanged\n"


def test_export_leaves_other_files_alone_and_says_when_it_cannot_write(portal: Place, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine")
    assert portal.run("export", tmp_path).code == 0
    assert (tmp_path / "note.txt").read_text() == "mine"
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "stories").write_text("a file where a folder should be")
    ran = portal.run("export", tmp_path / "taken")
    assert (ran.code, ran.out) == (1, "")
    assert "can't write to" in ran.err


# Proofreading


def test_guidance_without_faults_is_said_to_have_none(place: Place, guidance: Path) -> None:
    ran = place.run("content", "check", guidance)
    assert (ran.code, ran.out, ran.err) == (0, "", "1 pages, 2 texts, 0 faults\n")
    assert not place.data.exists()  # It needs no portal.


def test_each_fault_is_printed_below_the_folder_and_they_are_counted(place: Place, guidance: Path) -> None:
    (guidance / "house-style.yaml").write_text("languages: [en, ru]\nstories:\n  words: [1, 2]\n")
    (guidance / "stories" / "the-seam" / "en.md").write_text('---\ntitle: The saem\n---\n\nShe counted "Zorblat".\n')
    page = f"{guidance}/stories/the-seam"
    ran = place.run("content", "check", guidance)
    assert (ran.code, ran.err) == (1, "1 pages, 2 texts, 5 faults\n")
    assert ran.out.splitlines() == [
        f"{page}/en.md:2: saem: misspelled, or a word to allow in words.txt or words.en.txt",
        f'{page}/en.md:5: " is no quotation mark of en: “”‘’',
        f"{page}/en.md:5: 3 words; 1 to 2 are asked for",
        f"{page}/en.md:5: Zorblat: misspelled, or a word to allow in words.txt or words.en.txt",
        f"{page}/ru.md:1: missing: every page is to have a text in ru",
    ]
    (guidance / "words.txt").write_text("Zorblat\n")
    (guidance / "words.en.txt").write_text("saem  # An old word.\n")
    assert place.run("content", "check", guidance).err == "1 pages, 2 texts, 3 faults\n"


def test_files_that_cannot_be_read_are_named_beside_the_other_faults(place: Place, guidance: Path) -> None:
    page = guidance / "stories" / "the-seam"
    (page / "en.md").write_text("---\ntitle: The saem\n---\nShe counted.\n")
    (page / "hr.md").write_text("Brojila je.\n")
    (page / "page.yaml").write_text("order: x\n")
    (guidance / "house-style.yaml").write_text("languages: [en, hr]\nstories: {links: [principles]}\n")
    ran = place.run("content", "check", guidance)
    assert (ran.code, ran.err) == (1, "1 pages, 1 texts, 3 faults\n")
    assert ran.out.splitlines() == [
        f"{page}/en.md:2: saem: misspelled, or a word to allow in words.txt or words.en.txt",
        f"{page}/hr.md:1: must begin with front matter between two lines of ---",
        f"{page}/page.yaml:1: order must be a whole number from 0 to 999999",
    ]
    (guidance / "house-style.yaml").write_text("languages: en\n")
    ran = place.run("content", "check", guidance)
    assert f"{guidance}/house-style.yaml:1: languages must be a list\n" in ran.out
    assert f"{page}/en.md:2: saem" in ran.out


@pytest.mark.parametrize("folder", ["nowhere", "/nowhere/at/all"])
def test_a_folder_that_is_not_there_is_a_fault(place: Place, folder: str) -> None:
    ran = place.run("content", "check", folder)
    assert (ran.code, ran.out) == (1, f"{folder}:1: there is no such folder\n")


def test_a_language_whose_spelling_is_not_checked_is_told(place: Place, guidance: Path, tmp_path: Path) -> None:
    (tmp_path / "en_GB.aff").write_text("SET UTF-8\n")
    (tmp_path / "en_GB.dic").write_text("6\nthe\nseam\nit\nwas\ntwo\nmetres\n")
    ran = place.run("content", "check", guidance, PORTAL_DICTIONARIES=tmp_path)
    assert ran.err.splitlines() == [
        "spelling not checked in hr: no dictionary (see PORTAL_DICTIONARIES)",
        "1 pages, 2 texts, 2 faults",
    ]
    assert [line.split(": ")[1] for line in ran.out.splitlines()] == ["She", "counted"]
    (guidance / "words.txt").write_text("She\ncounted\n")
    ran = place.run("content", "check", guidance, PORTAL_DICTIONARIES=tmp_path)
    assert (ran.code, ran.out) == (0, "")


def test_without_a_folder_the_shipped_guidance_is_checked(place: Place, tmp_path: Path) -> None:
    ran = place.run("content", "check", PORTAL_DICTIONARIES=tmp_path)
    assert "spelling not checked in en" in ran.err
    assert all(line.startswith(f"{SHIPPED}/") for line in ran.out.splitlines())
    assert ran.err.splitlines()[-1].startswith(f"{len(list(SHIPPED.glob('*/*/')))} pages, ")


# Searching


def test_search_answers_each_line_with_an_object_of_the_contract(standing: Place) -> None:
    ran = standing.run("search", "--json", "--limit", "5", stdin="lamp\n\nlamps\nnothingofthekind\n")
    assert (ran.code, ran.err) == (0, "")
    answers = [json.loads(line) for line in ran.out.splitlines()]
    assert [answer["query"] for answer in answers] == ["lamp", "", "lamps", "nothingofthekind"]
    assert all(set(answer) == {"query", "total", "corrected", "hits"} for answer in answers)
    assert [answer["total"] for answer in answers] == [1, 0, 1, 0]
    (hit,) = answers[0]["hits"]
    assert set(hit) == {"kind", "slug", "locale", "title", "url", "score"}
    assert (hit["kind"], hit["slug"], hit["locale"], hit["title"]) == ("story", "hotel-lamp", "en", "The hotel lamp")
    assert hit["score"] > 0


def test_search_takes_its_query_from_the_call(standing: Place) -> None:
    ran = standing.run("search", "--locale", "ru", "the lamp")
    assert (ran.code, ran.out.splitlines()[0]) == (0, "the lamp: 1")
    assert "The hotel lamp  [en]" in ran.out
    assert json.loads(standing.run("search", "--json", "--limit", "0", "lamp").out)["hits"] == []


def test_search_without_a_usable_index_says_how_to_mend_it(portal: Place) -> None:
    shutil.rmtree(portal.data / "index")
    ran = portal.run("search", "lamp")
    assert (ran.code, ran.out.splitlines()[0]) == (0, "lamp: 1")
    assert "mend it with: portal index rebuild" in ran.err


# The index


def test_check_says_that_all_is_well(standing: Place) -> None:
    ran = standing.run("index", "check")
    assert (ran.code, ran.out, ran.err) == (0, "agrees with the database\n", "")


@pytest.mark.parametrize("damage", ["no folder", "no switch", "another format", "a file of rubbish"])
def test_check_finds_a_damaged_index_and_rebuild_mends_it(portal: Place, damage: str) -> None:
    folder = portal.data / "index"
    if damage == "no folder":
        shutil.rmtree(folder)
    elif damage == "no switch":
        (folder / "live").unlink()
    elif damage == "another format":
        (folder / "live").write_text("0/1\n")
    else:
        for part in folder.glob("1/*"):
            part.write_bytes(b"rubbish")
    ran = portal.run("index", "check")
    assert ran.code == 1
    assert "damaged" in ran.out
    ran = portal.run("index", "rebuild")
    assert (ran.code, ran.out) == (0, "2 documents\n")
    assert portal.run("index", "check").code == 0


def test_check_counts_what_differs(portal: Place) -> None:
    with portal.database() as database, database.transaction() as session:
        a_page(session)
        session.execute(delete(OutboxRow))
    ran = portal.run("index", "check")
    assert ran.code == 1
    assert ran.out.startswith("1 documents missing, 0 outdated, 0 gone from the database")


def test_rebuild_does_the_work_that_waited(portal: Place) -> None:
    with portal.database() as database:
        with database.transaction() as session:
            a_page(session)
        assert portal.run("index", "rebuild").code == 0
        with database.reading() as session:
            assert session.scalars(select(OutboxRow)).all() == []
    assert agrees(portal)
