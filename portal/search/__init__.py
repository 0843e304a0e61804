"""Search: language keys, the index, and from what was typed to the pages that answer it."""

from .engine import Index, IndexUnavailable
from .finding import as_json, find
from .jobs import compare, index_subjects, rebuild, repair
from .keys import warm

__all__ = ["Index", "IndexUnavailable", "as_json", "compare", "find", "index_subjects", "rebuild", "repair", "warm"]
