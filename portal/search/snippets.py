"""The passage of a text that best answers a query, with what matched marked."""

import re
from bisect import bisect_left
from collections.abc import Sequence

from markupsafe import Markup, escape

from .keys import keys, words

WINDOW = 32
"""The length of a snippet in words."""

NEAR = 80
"""How many characters before its window a snippet may begin, to begin with a sentence."""

_SENTENCE_END = re.compile(r"[.!?…]\s+|\n")
_CLOSING = re.compile(r"[^\w\s]{0,8}")


def snippet(text: str, locale: str, wanted: Sequence[Sequence[str]]) -> Markup:
    """The window of ``text`` with most of the words ``wanted`` (each as its keys), marked; safe HTML.

    Empty when none of them stands in the text.
    """
    found = list(words(text))
    answers: dict[str, int] = {key: number for number, word in enumerate(wanted) for key in word}
    # Texts repeat their words: each is looked at once.
    known = {form: _answer(form, locale, answers) for form in {word[0] for word in found}}
    hits = [known[word[0]] for word in found]
    places = [place for place, hit in enumerate(hits) if hit is not None]
    if not places:
        return Markup("")

    def worth(first: int) -> tuple[int, int, int]:
        inside = [hits[p] for p in places[bisect_left(places, first) : bisect_left(places, first + WINDOW)]]
        return len(set(inside)), len(inside), -first

    best = max((max(0, place - 4) for place in places), key=worth)
    start = _start(text, found[best].start(), found[places[bisect_left(places, best)]].start())
    last = found[min(best + WINDOW, len(found)) - 1].end()
    closing = _CLOSING.match(text, last)
    end = closing.end() if closing else last
    return _marked(text, start, end, [found[p] for p in places if start <= found[p].start() and found[p].end() <= end])


def _answer(form: str, locale: str, answers: dict[str, int]) -> int | None:
    """Which of the wanted words a word of the text is a form of, if any."""
    return next((answers[key] for key in keys(form, locale) if key in answers), None)


def _start(text: str, window: int, hit: int) -> int:
    """Where the sentence of the first hit begins, in its window or near before that; else where the window does."""
    near = max(0, window - NEAR)
    begins = [boundary.end() for boundary in _SENTENCE_END.finditer(text, near, hit)]
    return begins[-1] if begins else near if near == 0 else window


def _marked(text: str, start: int, end: int, hits: Sequence[re.Match[str]]) -> Markup:
    out, here = Markup(""), start
    for hit in hits:
        out += escape(text[here : hit.start()]) + Markup("<mark>") + escape(hit[0]) + Markup("</mark>")
        here = hit.end()
    out += escape(text[here:end])
    out = out.replace("\n", " ")
    before = Markup("… ") if start > 0 and text[start - 1] != "\n" else Markup("")
    return before + out.strip() + (Markup(" …") if end < len(text.rstrip()) else Markup(""))
