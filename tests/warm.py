"""Imported by the server that `tests.processes` forks from: the portal's code and its dictionaries, loaded once."""

import portal.cli
from portal import search

__all__ = ["portal"]

search.warm()
