"""The guidance: principles, case stories and phrase cards, in several languages."""

from .changes import Changes, changes
from .commands import render_anew
from .documents import PageDocument, documents, principle_numbers, stamps, texts
from .draft_queries import may_see_picture, principles
from .drafts import add_draft, publish_draft
from .exchange import ImportReport, export_pages, import_pages
from .house_style import HouseStyle, read_house_style
from .markdown_files import LOCALE, PageFiles
from .markdown_files import read as read_files
from .markdown_files import scan as scan_files
from .markdown_files import write as write_files
from .model import BY_FOLDER, DraftValues, Kind
from .proofreading import proofread
from .queries import (
    Card,
    cards,
    counts,
    lately_changed,
    newest,
    principle_of_the_day,
    version,
)
from .spelling import dictionary_folders, speller
from .text_files import BrokenContent, Fault
from .text_files import compose as compose_yaml
from .text_files import load as load_text
from .words import KIND_NAMES, KINDS_NAMES, reading_order

__all__ = [
    "BY_FOLDER",
    "KINDS_NAMES",
    "KIND_NAMES",
    "LOCALE",
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
    "compose_yaml",
    "counts",
    "dictionary_folders",
    "documents",
    "export_pages",
    "import_pages",
    "lately_changed",
    "load_text",
    "may_see_picture",
    "newest",
    "principle_numbers",
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
