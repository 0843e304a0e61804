"""Guidance in, out, and found."""

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import click

from .. import knowledge
from ..config import Settings
from ..core import clock
from ..core.db import Database
from ..core.errors import Invalid
from ..core.locale import available
from ..core.permissions import SYSTEM
from ..search import (
    Index,
    IndexUnavailable,
    as_json,
    compare,
    export_synonyms,
    find,
    import_synonyms,
    needless_synonyms,
    rebuild,
    scan_synonyms,
    write_synonyms,
)
from .opening import SHIPPED, deliver, open_database, open_index, progress

KEPT = 3


@dataclass(frozen=True)
class Imported:
    """What came of a folder: what happened to its pages, how many synonyms it has, and how many of them were new."""

    pages: knowledge.ImportReport
    synonyms: int
    new_synonyms: int


def import_folder(database: Database, folder: Path) -> Imported:
    """Import the pages and synonyms below ``folder``.

    Raises click.ClickException naming every fault; nothing is then imported.
    """
    pages, faults = knowledge.scan_files(folder)
    synonyms, more = scan_synonyms(folder)
    try:
        if faults or more:
            raise knowledge.BrokenContent(faults + more)
        with progress("Importing pages", len(pages)) as step, database.transaction() as session:
            report = knowledge.import_pages(session, SYSTEM, pages, clock.now(), step)
            return Imported(report, len(synonyms), import_synonyms(session, SYSTEM, synonyms, clock.now()))
    except knowledge.BrokenContent as error:
        raise click.ClickException(f"nothing was imported:\n{error}") from error
    except Invalid as error:
        raise click.ClickException(f"nothing was imported:\n{'; '.join(map(str, error.fields.values()))}") from error


@click.command("import")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.pass_obj
def import_(settings: Settings, folder: Path) -> None:
    """Import guidance from Markdown files.

    DIR holds {principles,stories,phrases}/<slug>/<locale>.md with YAML front matter (title, and if you like summary)
    and, for what is true in every language, <slug>/page.yaml (order, principles, stories, phrases, sources). If DIR
    has synonyms.yaml, the synonyms in it that search has not got are added.

    All of it is imported or nothing: every fault is named as file:line: reason. Pages and synonyms that DIR does not
    hold stay as they are. A page that was edited on the site since its last import, and differs from its file, is not
    overwritten: it is listed on standard error, everything else is imported, and the exit code is 3.
    """
    database = open_database(settings)
    imported = import_folder(database, folder)
    deliver(database, open_index(settings))
    report = imported.pages
    click.echo(f"{report.added} texts added, {report.changed} changed, {report.unchanged} unchanged")
    if imported.synonyms:
        known = imported.synonyms - imported.new_synonyms
        click.echo(f"{imported.new_synonyms} synonyms added, {known} known already")
    for name in report.kept:
        click.echo(f"kept as edited on the site: {name}", err=True)
    if report.kept:
        sys.exit(KEPT)


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.pass_obj
def export(settings: Settings, folder: Path) -> None:
    """Export the guidance as Markdown files, from which `portal import` makes the same pages, and the synonyms.

    The synonyms, if there are any, are DIR/synonyms.yaml. Files in DIR that have the name of an exported page, and that
    one, are replaced; others stay.
    """
    with open_database(settings).reading() as session:
        pages = knowledge.export_pages(session)
        synonyms = export_synonyms(session)
    try:
        count = knowledge.write_files(folder, pages)
        if synonyms:
            write_synonyms(folder, synonyms)
    except OSError as error:
        raise click.ClickException(f"can't write to {folder}: {error.strerror}") from error
    click.echo(f"{len(pages)} pages in {count} files")
    if synonyms:
        click.echo(f"{len(synonyms)} synonyms")


@click.group()
def content() -> None:
    """Guidance as files, before it is imported."""


@content.command()
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=SHIPPED)
@click.pass_obj
def check(settings: Settings, folder: Path) -> None:
    """Proofread the guidance in DIR (default: the shipped guidance); exit 1 when anything is wrong.

    Every page is to have a text in every language; links must lead somewhere, headings stand in order, quotation
    marks, spelling and the language itself be those of the file's name. What else a company asks of its pages stands
    beside them, in DIR/house-style.yaml (languages, length, links, headings); DIR/words.txt and DIR/words.<locale>.txt
    allow names. DIR/synonyms.yaml is to have synonyms that search can use. Each fault is printed as file:line: reason.
    """
    pages, faults = knowledge.scan_files(folder)
    synonyms, more = scan_synonyms(folder)
    faults += more + needless_synonyms(synonyms)
    try:
        style = knowledge.read_house_style(folder)
    except knowledge.BrokenContent as error:
        style = knowledge.HouseStyle()
        faults += error.faults
    spellers = {}
    for locale in sorted({locale for page in pages for locale in page.texts}):
        folders = knowledge.dictionary_folders(settings.dictionaries)
        if knows := knowledge.speller(locale, style.allowed(locale), folders):
            spellers[locale] = knows
        else:
            click.echo(f"spelling not checked in {locale}: no dictionary (see PORTAL_DICTIONARIES)", err=True)
    unread = {fault.path for fault in faults}  # Of these nothing else can be said, such as that they are missing.
    faults += [fault for fault in knowledge.proofread(pages, style, spellers) if fault.path not in unread]
    for fault in sorted(set(faults)):
        place = folder if fault.path == str(folder) else folder / fault.path
        click.echo(f"{place}:{fault.line}: {fault.reason}")
    texts = sum(len(page.texts) for page in pages)
    click.echo(f"{len(pages)} pages, {texts} texts, {len(set(faults))} faults", err=True)
    if faults:
        sys.exit(1)


@click.command()
@click.option("--locale", metavar="L", help="The reader's language (default: PORTAL_LANGUAGE).")
@click.option(
    "--limit", metavar="N", type=click.IntRange(0, 100_000), default=10, show_default=True, help="At most N pages."
)
@click.option("--json", "as_lines", is_flag=True, help="One JSON object a query, on a line of its own.")
@click.argument("query", required=False)
@click.pass_obj
def search(settings: Settings, locale: str | None, limit: int, as_lines: bool, query: str | None) -> None:
    """Search as the site does; without QUERY, one query a line from standard input.

    With --json each answer is {"query", "total", "corrected", "hits": [{"kind", "slug", "locale", "title", "url",
    "score"}]}. The exit code is 0 whether or not anything was found.
    """
    locale = locale or settings.language
    if locale not in available():
        raise click.BadParameter(f"the portal speaks {', '.join(available())}", param_hint="--locale")
    database, index = open_database(settings), open_index(settings)
    given: Iterable[bytes] = sys.stdin.buffer if query is None else [os.fsencode(query)]
    # Whatever bytes come in, the answer is UTF-8.
    queries = (line.decode("utf-8", "replace").rstrip("\r\n") for line in given)
    warned = False
    with database.reading() as session:
        for text in queries:
            found = find(session, index, text, locale, limit=limit, snippets=False)
            if found.incomplete and not warned:
                click.echo("not all pages could be searched; mend it with: portal index rebuild", err=True)
                warned = True
            if as_lines:
                click.echo(json.dumps(as_json(found), ensure_ascii=False))
                continue
            click.echo(f"{text}: {found.total}")
            for hit in found.hits:
                click.echo(f"  {hit.card.title}  [{hit.card.locale}]  {hit.card.address}")


@click.group()
def index() -> None:
    """The search index, which can always be made from the database."""


@index.command("rebuild")
@click.pass_obj
def index_rebuild(settings: Settings) -> None:
    """Build the index anew. The site goes on answering from the old one until the new one is whole."""
    database = open_database(settings)
    with database.reading() as session:
        total = len(knowledge.stamps(session))
    with progress("Indexing", total) as step:
        count = rebuild(database, open_index(settings), step)
    click.echo(f"{count} documents")


@index.command("check")
@click.pass_obj
def index_check(settings: Settings) -> None:
    """Compare the index with the database; exit 1 when they differ."""
    line, agrees = checked(open_database(settings), open_index(settings))
    click.echo(line)
    if not agrees:
        sys.exit(1)


def checked(database: Database, index_: Index) -> tuple[str, bool]:
    """How the index compares with the database, in words, and whether they agree."""
    if not index_.usable():
        return "missing or damaged; the worker mends it, or: portal index rebuild", False
    try:
        state = compare(database, index_)
    except IndexUnavailable:
        return "damaged; the worker mends it, or: portal index rebuild", False
    if state.agrees:
        return "agrees with the database", True
    words = f"{state.missing} documents missing, {state.outdated} outdated, {state.gone} gone from the database"
    return f"{words}; the worker brings it up to date, or: portal index rebuild", False
