"""Import and export between files and the database: nothing lost, nothing overwritten, nothing half-done."""

from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.core.permissions import SYSTEM, Role
from portal.knowledge import BrokenContent, Kind, PageFiles, export_pages, import_pages, read_files, write_files
from portal.knowledge.commands import write_revision
from portal.knowledge.model import Page, PageFacts, PageText, Revision, Source
from portal.people import as_actor
from tests.command import Portal, run
from tests.factories import NOW, a_page, a_person, a_text
from tests.knowledge.test_round_trip import contents, essence

LAMP = (Kind.STORY, "lamp")
OWN_IT = (Kind.PRINCIPLE, "own-it")
FILES = [
    PageFiles(Kind.PRINCIPLE, "own-it", {"en": a_text("Own it"), "hr": a_text("Preuzmi")}, PageFacts(1, (LAMP,))),
    PageFiles(Kind.STORY, "lamp", {"ka": a_text("ლამპა")}, PageFacts(None, (OWN_IT,), (Source("Книга", year="2017"),))),
    PageFiles(Kind.PHRASE, "silence", {"ru": PageText("Молчание", "", "Текст")}),
]


def count(session: Session, what: type) -> int:
    return session.scalar(select(func.count()).select_from(what)) or 0


def test_what_is_imported_is_exported_and_the_same_again_from_an_empty_database(
    session: Session, own_database: Database, tmp_path: Path
) -> None:
    report = import_pages(session, SYSTEM, FILES, NOW)
    assert (report.added, report.changed, report.unchanged, report.kept) == (4, 0, 0, [])
    write_files(tmp_path / "first", export_pages(session))
    with own_database.transaction() as empty:
        import_pages(empty, SYSTEM, read_files(tmp_path / "first"), NOW)
    with own_database.reading() as other:
        again = export_pages(other)
    assert essence(again) == essence(FILES)
    write_files(tmp_path / "second", again)
    assert contents(tmp_path / "second") == contents(tmp_path / "first")


def test_an_unchanged_import_writes_nothing(session: Session) -> None:
    import_pages(session, SYSTEM, FILES, NOW)
    session.flush()
    before = count(session, Revision)
    report = import_pages(session, SYSTEM, FILES, NOW.replace(hour=23))
    session.flush()
    assert (report.added, report.changed, report.unchanged) == (0, 0, 4)
    assert count(session, Revision) == before


def test_only_what_changed_gets_a_new_revision(session: Session) -> None:
    import_pages(session, SYSTEM, FILES, NOW)
    changed = [PageFiles(Kind.PRINCIPLE, "own-it", {"en": a_text("Own it!"), "hr": a_text("Preuzmi")})]
    report = import_pages(session, SYSTEM, changed, NOW)
    assert (report.added, report.changed, report.unchanged) == (0, 1, 1)
    (page,) = [page for page in export_pages(session) if page.slug == "own-it"]
    assert page.texts["en"].title == "Own it!"
    assert page.facts == PageFacts(1, (LAMP,))


def test_facts_change_with_their_file_even_to_nothing(session: Session) -> None:
    import_pages(session, SYSTEM, FILES, NOW)
    import_pages(session, SYSTEM, [PageFiles(Kind.STORY, "lamp", FILES[1].texts, PageFacts())], NOW)
    session.flush()
    (page,) = [page for page in export_pages(session) if page.slug == "lamp"]
    assert page.facts is None


def test_pages_that_the_files_do_not_mention_stay(session: Session) -> None:
    a_page(session, slug="only-here")
    import_pages(session, SYSTEM, FILES, NOW)
    assert "only-here" in {page.slug for page in export_pages(session)}


def test_a_text_edited_on_the_site_is_kept_and_reported_and_the_others_are_imported(session: Session) -> None:
    import_pages(session, SYSTEM, FILES, NOW)
    editor = as_actor(a_person(session, roles=[Role.EDITOR]))
    page = session.scalars(select(Page).where(Page.slug == "own-it")).one()
    write_revision(session, editor, page, "en", a_text("Edited here"), NOW)
    fresh = [PageFiles(Kind.PRINCIPLE, "own-it", {"en": a_text("From the file"), "hr": a_text("Iz datoteke")})]
    report = import_pages(session, SYSTEM, fresh, NOW)
    assert (report.kept, report.changed) == (["principles/own-it/en.md"], 1)
    (exported,) = [page for page in export_pages(session) if page.slug == "own-it"]
    assert {code: text.title for code, text in exported.texts.items()} == {"en": "Edited here", "hr": "Iz datoteke"}


def test_a_text_typed_in_a_browser_is_unchanged_after_export_and_import(session: Session, tmp_path: Path) -> None:
    editor = as_actor(a_person(session, roles=[Role.EDITOR]))
    page = a_page(session)
    write_revision(session, editor, page, "en", PageText(" A ", "", "\r\nTyped.\r\n\r\n- so  \r\n"), NOW)
    write_files(tmp_path, export_pages(session))
    report = import_pages(session, SYSTEM, read_files(tmp_path), NOW)
    assert (report.unchanged, report.kept) == (1, [])


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ((Kind.STORY, "nowhere"), "there is no page stories/nowhere"),
        ((Kind.PHRASE, "lamp"), "there is no page phrases/lamp"),
        ((Kind.STORY, "bad"), "a page can't be linked to itself"),
    ],
)
def test_a_link_to_no_page_is_named_and_nothing_is_imported(
    session: Session, link: tuple[Kind, str], reason: str
) -> None:
    bad = PageFiles(Kind.STORY, "bad", {"en": a_text()}, PageFacts(1, (link,)), {"page.yaml": {link[0].folder: 3}})
    with pytest.raises(BrokenContent) as caught:
        import_pages(session, SYSTEM, [*FILES, bad], NOW)
    assert str(caught.value) == f"stories/bad/page.yaml:3: {reason}"
    assert count(session, Page) == 0


def test_a_link_may_lead_to_a_page_that_is_in_the_database_alone(session: Session) -> None:
    a_page(session, Kind.PHRASE, slug="already-here")
    link = (Kind.PHRASE, "already-here")
    import_pages(session, SYSTEM, [PageFiles(Kind.STORY, "new", {"en": a_text()}, PageFacts(1, (link,)))], NOW)
    assert {page.slug: page.facts for page in export_pages(session)}["new"] == PageFacts(1, (link,))


# The commands


@pytest.fixture
def portal(tmp_path: Path, own_database: Database, own_database_url: str) -> Portal:
    return partial(run, {"PORTAL_DATA": str(tmp_path / "data"), "PORTAL_DATABASE_URL": own_database_url})


def test_the_commands_import_and_export_and_say_how_much(portal: Portal, tmp_path: Path) -> None:
    write_files(tmp_path / "in", FILES)
    done = portal("import", tmp_path / "in")
    assert (done.code, done.out) == (0, "4 texts added, 0 changed, 0 unchanged\n")
    done = portal("import", tmp_path / "in")
    assert (done.code, done.out) == (0, "0 texts added, 0 changed, 4 unchanged\n")
    done = portal("export", tmp_path / "out")
    assert (done.code, done.out, done.err) == (0, "3 pages in 6 files\n", "")
    assert essence(read_files(tmp_path / "out")) == essence(FILES)


def test_the_import_command_exits_with_three_when_it_kept_a_text(
    portal: Portal, own_database: Database, tmp_path: Path
) -> None:
    write_files(tmp_path / "in", FILES)
    portal("import", tmp_path / "in")
    with own_database.transaction() as session:
        editor = as_actor(a_person(session, roles=[Role.EDITOR]))
        page = session.scalars(select(Page).where(Page.slug == "silence")).one()
        write_revision(session, editor, page, "ru", a_text("Правка"), NOW)
    done = portal("import", tmp_path / "in")
    assert (done.code, done.out) == (3, "0 texts added, 0 changed, 3 unchanged\n")
    assert done.err.splitlines()[-1] == "kept as edited on the site: phrases/silence/ru.md"


def test_the_import_command_names_every_fault_and_imports_nothing(
    portal: Portal, own_database: Database, tmp_path: Path
) -> None:
    write_files(tmp_path, FILES)
    (tmp_path / "stories/lamp/en.md").write_text("no front matter")
    (tmp_path / "stories/lamp/page.yaml").write_text("stories: [nowhere]\norder: x\n")
    done = portal("import", tmp_path)
    assert (done.code, done.out) == (1, "")
    assert done.err.splitlines() == [
        "Error: nothing was imported:",
        "stories/lamp/en.md:1: must begin with front matter between two lines of ---",
        "stories/lamp/page.yaml:2: order must be a whole number from 0 to 999999",
    ]
    (tmp_path / "stories/lamp/en.md").unlink()
    (tmp_path / "stories/lamp/page.yaml").write_text("stories: [nowhere]\n")
    done = portal("import", tmp_path)
    assert done.code == 1
    assert done.err.endswith("nothing was imported:\nstories/lamp/page.yaml:1: there is no page stories/nowhere\n")
    with own_database.reading() as session:
        assert count(session, Page) == 0


def test_the_export_command_says_when_it_cannot_write(portal: Portal, tmp_path: Path) -> None:
    write_files(tmp_path / "in", FILES)
    portal("import", tmp_path / "in")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/stories").write_text("a file in the way")
    done = portal("export", tmp_path / "out")
    assert (done.code, done.out) == (1, "")
    assert done.err == f"Error: can't write to {tmp_path / 'out'}: Not a directory\n"
