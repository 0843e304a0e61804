"""The guidance: principles, case stories and phrase cards, in several languages."""

from .changes import Changes, changes
from .commands import render_anew
from .draft_queries import may_see_picture, principles
from .drafts import add_draft, publish_draft
from .exchange import ImportReport, export_pages, import_pages
from .house_style import HouseStyle, read_house_style
from .markdown_files import PageFiles
from .markdown_files import read as read_files
from .markdown_files import scan as scan_files
from .markdown_files import write as write_files
from .model import BY_FOLDER, DraftValues, Kind
from .proofreading import proofread
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
from .spelling import dictionary_folders, speller
from .text_files import BrokenContent, Fault
from .words import KIND_NAMES, KINDS_NAMES, reading_order

__all__ = [
    "BY_FOLDER",
    "KINDS_NAMES",
    "KIND_NAMES",
    "BrokenContent",
    "Card",
    "Changes",
    "DraftValues",
    "Fault",
    "HouseStyle",
    "ImportReport",
    "Kind",
    "PageDocument",
    "PageFiles",
    "add_draft",
    "cards",
    "changes",
    "counts",
    "dictionary_folders",
    "documents",
    "export_pages",
    "import_pages",
    "lately_changed",
    "may_see_picture",
    "newest",
    "principle_of_the_day",
    "principles",
    "proofread",
    "publish_draft",
    "read_files",
    "read_house_style",
    "reading_order",
    "render_anew",
    "scan_files",
    "speller",
    "stamps",
    "texts",
    "version",
    "write_files",
]
