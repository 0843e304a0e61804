"""Search: language keys, the index, and from what was typed to the pages that answer it."""

from .engine import Index, IndexUnavailable
from .finding import as_json, find
from .jobs import compare, index_subjects, rebuild, repair
from .keys import warm
from .synonym_exchange import export_synonyms, import_synonyms
from .synonym_files import needless as needless_synonyms
from .synonym_files import scan as scan_synonyms
from .synonym_files import write as write_synonyms
from .tallying import forget_rare

__all__ = [
    "Index",
    "IndexUnavailable",
    "as_json",
    "compare",
    "export_synonyms",
    "find",
    "forget_rare",
    "import_synonyms",
    "index_subjects",
    "needless_synonyms",
    "rebuild",
    "repair",
    "scan_synonyms",
    "warm",
    "write_synonyms",
]
