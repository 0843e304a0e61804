"""What the tests of search share."""

import gc
import warnings
from collections.abc import Iterator

import pytest


@pytest.fixture
def left_open() -> Iterator[None]:
    """Closes what Whoosh left open when it stumbled in the middle of opening an index.

    A test that makes it stumble also ignores ResourceWarning, for what is closed before the test ends.
    """
    gc.freeze()  # What was there before the test need not be looked through after it.
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
