"""How much work it is to read a text for what is private: counted in calls, which no busy machine changes."""

import sys
from types import FrameType
from typing import Any

import pytest

from portal.core.privacy import blanked, find


def calls_for(text: str, name: str | None = None) -> int:
    """How many functions are called to read ``text``; how often the one of that name, when there is one."""
    count = 0

    def note(frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in {"call", "c_call"} if name is None else event == "call" and frame.f_code.co_qualname == name

    sys.setprofile(note)
    try:
        find(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "piece",
    "1|@|a@|a@b.|1 |012 |+1|HR12 |(at)|паспорт 12 |tel 1|12.05.|&#48;".split("|"),
)
def test_the_work_grows_with_the_text_and_no_faster(piece: str) -> None:
    find(piece * 100)  # What is loaded once is not counted.
    quarter, whole = (calls_for((piece * 10_000)[:length]) for length in (2_500, 10_000))
    assert whole < 4.4 * quarter + 1_000
    assert whole < 100 * 10_000


def test_a_text_of_nothing_but_numbers_asks_the_library_a_bounded_number_of_times() -> None:
    text = " ".join(f"091 {number:07}" for number in range(0, 9_000_000, 6_000))
    assert 1_000 < calls_for(text, "PhoneNumberMatcher.__init__") <= 5 * 1_000
    assert find(blanked(text, find(text))) == ()


def test_most_of_what_is_written_is_read_at_a_glance() -> None:
    text = "Hvala kolegama iz skladišta: “sve je stiglo”. Спасибо, коллеги! მადლობა – really, we’re glad at last."
    assert find(text) == ()
    assert calls_for(text) < 20
