"""The guidance: principles, case stories and phrase cards, in several languages."""

from .commands import render_anew
from .exchange import ImportReport, export_pages, import_pages
from .markdown_files import PageFiles
from .markdown_files import read as read_files
from .markdown_files import write as write_files
from .model import BY_FOLDER, Kind
from .queries import (
    Card,
    PageDocument,
    cards,
    counts,
    documents,
    lately_changed,
    newest,
    principle_of_the_day,
    stamps,
    texts,
    version,
)
from .text_files import BrokenContent
from .words import KIND_NAMES, KINDS_NAMES, reading_order

__all__ = [
    "BY_FOLDER",
    "KINDS_NAMES",
    "KIND_NAMES",
    "BrokenContent",
    "Card",
    "ImportReport",
    "Kind",
    "PageDocument",
    "PageFiles",
    "cards",
    "counts",
    "documents",
    "export_pages",
    "import_pages",
    "lately_changed",
    "newest",
    "principle_of_the_day",
    "read_files",
    "reading_order",
    "render_anew",
    "stamps",
    "texts",
    "version",
    "write_files",
]
