"""People named with @ in a plain text, and that text as HTML: paragraphs, links, names; no Markdown.

Which words after an @ might name somebody is found the same way when a text is kept and when it is shown, in work that
grows with the text's length and in one question, of a bounded number of names, to whoever knows the people.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from itertools import islice
from typing import NamedTuple

from markupsafe import Markup, escape

MOST_MENTIONS = 10
MOST_PLACES = 50
"""So many @ of a text are looked at when it is kept."""
MOST_WORDS = 10
NAME_LENGTH = 120
SHOWN_ADDRESS = 48

_INVISIBLE = "\x00-\x20\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
# A host is all of what looks like one (``?>``: nothing is given back), and no name for whom to sign in as.
_ADDRESS = re.compile(
    r"(?P<host>(?>https?://[\w-]+(?:\.[\w-]+)*(?::[0-9]{1,5})?))"
    r"(?:[/?#][^\s<>\"`" + _INVISIBLE + r"]*|(?=[\s.,;:!?…'\"’”»)\]}>]|\Z)(?!:\w|[.]\w))",
    re.IGNORECASE,
)
_SPECIAL = re.compile(r"(?<![\w@])(?:(?=https?://)|@(?=[^\s@]))", re.IGNORECASE)
_EMAIL = re.compile(r"[^\s@<>\"',;:()\[\]\\]{1,250}@[\w.-]{1,250}")
_WORD = re.compile(r"\w+")
_ENDINGS = ".,;:!?…'\"’”»*_"
_BRACKETS = {")": "(", "]": "[", "}": "{"}


class Mentioned(NamedTuple):
    """Somebody whom a text names, as they are called today."""

    id: int
    name: str


Lookup = Callable[[AbstractSet[str], AbstractSet[str]], Mapping[str, int | None]]
"""Given full names and lower-case e-mail addresses: the one person who works here and is called so, by what was asked.

None stands for a name that several people have; what nobody is called is left out.
"""


def found(text: str, lookup: Lookup, known: Mapping[str, int] | None = None) -> dict[str, int]:
    """Whom ``text`` names: what stands after the @, as written, and whose id that is; at most `MOST_MENTIONS`.

    ``known`` is what an earlier state of the text was found to say: it goes on meaning the same people, it counts, and
    it is part of what is returned. ``text`` is in Unicode's form NFC.
    """
    named = dict(known or {})
    places = [_candidates(text, at) for at in islice(_mention_places(text), MOST_PLACES)]
    asked = {one for candidates in places for one in candidates} - set(named)
    emails = {one.lower() for one in asked if "@" in one}
    names = {_in_one_line(one) for one in asked if "@" not in one}
    people = lookup(names, emails) if asked else {}
    for candidates in places:
        for one in candidates:
            called = one.lower() if "@" in one else _in_one_line(one)
            if one in named or called in people:
                person = people.get(called)
                if one not in named and person is not None and len(named) < MOST_MENTIONS:
                    named[one] = person
                break  # The longest counts, also when it is not clear whom it means.
    return named


def rendered(text: str, mentioned: Mapping[str, Mentioned]) -> Markup:
    """``text`` as HTML; ``mentioned`` are the people that it names, by what is written after the @."""
    paragraphs, lines = list[Markup](), list[Markup]()
    for line in [*text.split("\n"), ""]:
        if line.strip():
            lines.append(Markup("").join(_pieces(line.strip(), mentioned)))
        elif lines:
            paragraphs.append(Markup("<p>{}</p>").format(Markup("<br>").join(lines)))
            lines = []
    return Markup("\n").join(paragraphs)


def _pieces(line: str, mentioned: Mapping[str, Mentioned]) -> Iterator[Markup]:
    done = 0
    for place in _SPECIAL.finditer(line):
        at = place.end()
        if at < done:
            continue
        if line[place.start() : at] == "@":
            written = next((one for one in _candidates(line, at) if one in mentioned), "") if mentioned else ""
            html, end = _mention(mentioned[written]) if written else None, at + len(written)
        else:
            html, end = _link(line, at)
        if html is not None:
            yield escape(line[done : place.start()])
            yield html
            done = end
    yield escape(line[done:])


def _mention(person: Mentioned) -> Markup:
    return Markup('<a class="mention" href="/colleagues/{}">@{}</a>').format(person.id, person.name)


def _link(text: str, start: int) -> tuple[Markup | None, int]:
    """The link for an address that begins at ``start``, and where it ends; None when it is not a whole one."""
    match = _ADDRESS.match(text, start)
    if match is None:
        return None, start
    host = match["host"]
    address = host + _without_ending(match[0][len(host) :])
    shown = address.partition("://")[2].removesuffix("/")
    kept = max(SHOWN_ADDRESS, len(host.partition("://")[2]) + 1)  # The host is always shown whole.
    if len(shown) > kept + 1:
        shown = shown[:kept] + "…"
    html = Markup('<a href="{}" rel="noopener noreferrer nofollow">{}</a>').format(address, shown)
    return html, start + len(address)


def _without_ending(path: str) -> str:
    """``path`` without the marks that end the sentence around it, and brackets that were opened before it."""
    unopened = {closing: path.count(closing) - path.count(opening) for closing, opening in _BRACKETS.items()}
    end = len(path)
    while end and (path[end - 1] in _ENDINGS or unopened.get(path[end - 1], 0) > 0):
        end -= 1
        if path[end] in unopened:
            unopened[path[end]] -= 1
    return path[:end]


def _mention_places(text: str) -> Iterator[int]:
    """Where words after an @ begin that might name somebody: not in a longer word, an e-mail address or a link."""
    done = 0
    for place in _SPECIAL.finditer(text):
        if place.start() < done:
            continue
        if text[place.start() : place.end()] == "@":
            yield place.end()
        else:
            done = _link(text, place.end())[1]


def _candidates(text: str, at: int) -> list[str]:
    """What, from ``at`` on, might be somebody's e-mail address or full name; the longest first."""
    if at > 1 and unicodedata.combining(text[at - 2]):
        return []  # The @ stands within a word, whose last letter has an accent of its own.
    if email := _EMAIL.match(text, at):
        one = email[0].rstrip(".-")
        return [] if _goes_on(text, at + len(one)) else [one]
    window = re.split(r"[\n@]", text[at : at + NAME_LENGTH + 1], maxsplit=1)[0]
    ends = set[int]()
    for word in islice(_WORD.finditer(window), MOST_WORDS):
        # A name may end with a full stop or a bracket.
        ends |= {word.end(), min(word.end() + 1, len(window))}
    return [
        window[:end]
        for end in sorted(ends, reverse=True)
        if end <= NAME_LENGTH and not window[end - 1].isspace() and not _goes_on(text, at + end)
    ]


def _goes_on(text: str, end: int) -> bool:
    """Does a word that ends before ``end`` go on there? A double name is not cut at its hyphen."""
    after = text[end : end + 2]
    if not after:
        return False
    if after[0] in "-‐‑":
        return after[1:].isalnum()
    return after[0].isalnum() or after[0] in "_@" or unicodedata.category(after[0]).startswith("M")


def _in_one_line(name: str) -> str:
    return " ".join(name.split())
