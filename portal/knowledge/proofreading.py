"""Reading guidance as an editor would before it goes out: what is missing, leads nowhere or is misspelled.

No database: pages as `markdown_files` reads them, the `house_style` that they are to keep, and somebody who knows the
words. Each fault is named with its file, line and reason.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping

from simplemma import LanguageDetector

from ..core.markup import render
from .house_style import HouseStyle, KindStyle
from .markdown_files import FACTS, PageFiles
from .model import BY_FOLDER, Key, PageText
from .spelling import Speller
from .text_files import Fault

# The lemmatizer's lists that tell languages apart, by ours; Croatian shares one with its neighbours.
_LISTS = {"en": "en", "ru": "ru", "hr": "hbs", "ka": "ka"}
_ENOUGH_TO_TELL = 20
_QUOTES = {"en": "“”‘’", "ru": "«»„“", "hr": "„”»«‘’", "ka": "„“‚‘"}
_ALL_QUOTES = re.compile(r"[\"'“”„«»‹›‟]")
_HEADING = re.compile(r"(#{1,6})\s*(.*?)\s*#*")
_UNDERLINED = re.compile(r"=+|-{3,}")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})[^`]*")
_ADDRESS = re.compile(r"<a\b([^>]*)>")
_BEFORE_ADDRESS = r"""(?:\]\(\s*<?|\]:\s*<?|href=["']?)"""
_NOWHERE = r"""(?:[)>"']|(?!https?:|mailto:|tel:)[a-z][a-z0-9+.-]*:)"""  # Nothing, or what rendering takes away.
_HREF = re.compile(r'href="([^"]*)"')
_NOT_PROSE = re.compile(r"`[^`]*`|(?<=\])\([^)]*\)|^\s*\[(?!\^)[^\]]+\]:.*|<[^>]*>|https?://\S+|\[\^[^\]]*\]|&\w+;")
_WORD = re.compile(r"[^\W\d_]+(?:['’\u00ad\u0301-][^\W\d_]+)*")
_FRONT_DOORS = {"/", "/search", *(f"/{folder}" for folder in BY_FOLDER)}


def proofread(pages: list[PageFiles], style: HouseStyle, spellers: Mapping[str, Speller]) -> list[Fault]:
    """Every fault of ``pages``, in the order of their files; spelling in the languages that have a speller."""
    there = {(page.kind, page.slug) for page in pages}
    ends = {
        pair
        for page in pages
        for key in (page.facts.links if page.facts else ())
        for pair in (((page.kind, page.slug), key), (key, (page.kind, page.slug)))
    }
    wanted = style.languages or tuple(sorted({locale for page in pages for locale in page.texts}))
    faults: set[Fault] = set()
    for page in pages:
        faults |= {
            Fault(f"{page.folder}/{locale}.md", 1, f"missing: every page is to have a text in {locale}")
            for locale in wanted
            if locale not in page.texts
        }
        faults.update(_link_faults(page, style.kind(page.kind), there, ends))
        for locale, text in page.texts.items():
            faults.update(_text_faults(page, locale, text, style.kind(page.kind), there, spellers.get(locale)))
    return sorted(faults)


def _link_faults(page: PageFiles, style: KindStyle, there: set[Key], ends: set[tuple[Key, Key]]) -> Iterator[Fault]:
    name = f"{page.folder}/{FACTS}"
    for kind, slug in page.facts.links if page.facts else ():
        if (kind, slug) not in there:
            yield Fault(name, page.line(FACTS, kind.folder), f"there is no page {kind.folder}/{slug}")
        elif (kind, slug) == (page.kind, page.slug):
            yield Fault(name, page.line(FACTS, kind.folder), "a page can't be linked to itself")
    linked = {kind for one, (kind, _) in ends if one == (page.kind, page.slug)}
    for kind in style.links:
        if kind not in linked:
            yield Fault(name, page.line(FACTS, kind.folder), f"a page of {page.kind.folder} links {kind.folder}")


def _text_faults(
    page: PageFiles, locale: str, text: PageText, style: KindStyle, there: set[Key], knows: Speller | None
) -> Iterator[Fault]:
    name = f"{locale}.md"
    first = page.line(name, "markdown")
    lines = _prose(text, page.line(name, "title"), page.line(name, "summary"), first)
    rendering = render(text.markdown)
    found = [
        *_heading_faults(text.markdown, style.headings.get(locale), first),
        *_destination_faults(text.markdown, rendering.html, there, first),
        *_length_faults(rendering.text, style, first),
        *_language_faults(rendering.text, locale, first),
        *(fault for number, line in lines for fault in _word_faults(number, line, locale, knows)),
    ]
    return (Fault(f"{page.folder}/{name}", line, reason) for line, reason in found)


Found = Iterable[tuple[int, str]]
"""Faults in one text: each its line in the file and the reason."""


def _numbered(markdown: str, first: int) -> Iterator[tuple[int, str]]:
    """The lines of a text with their numbers in the file; those of code are empty."""
    fence = ""
    for number, line in enumerate(markdown.split("\n"), first):
        if fence:
            yield number, ""
            fence = "" if line.strip() == fence else fence
        elif opening := _FENCE.fullmatch(line):
            yield number, ""
            fence = opening[1]
        else:
            yield number, line


def _prose(text: PageText, title: int, summary: int, first: int) -> Iterator[tuple[int, str]]:
    yield title, text.title
    yield summary, text.summary
    for number, line in _numbered(text.markdown, first):
        yield number, _NOT_PROSE.sub(" ", line)


def _heading_faults(markdown: str, outline: tuple[tuple[str, ...], ...] | None, first: int) -> Found:
    level, before, headings = 1, "", list[tuple[int, str]]()
    for number, line in _numbered(markdown, first):
        if heading := _HEADING.fullmatch(line):
            depth = len(heading[1])
            headings.append((number, f"{heading[1]} {heading[2]}"))
            if depth == 1:
                yield number, "the page's title is its only heading of the first level; begin with ##"
            elif depth > level + 1:
                yield number, f"a heading of level {depth} after one of level {level}"
            level = depth
        elif _UNDERLINED.fullmatch(line.strip()) and before.strip() and "|" not in before:
            yield number, "write a heading with ## before it, not with a line below"
        before = line
    if outline is not None:
        yield from _outline_faults(headings, outline, first)


def _outline_faults(headings: list[tuple[int, str]], outline: tuple[tuple[str, ...], ...], first: int) -> Found:
    place = 0
    for number, heading in headings:
        at = next((i for i, names in enumerate(outline) if heading in names), None)
        if at is None:
            yield number, f"the house style has no heading {heading!r} here"
        elif at < place:
            yield number, f"{heading!r} stands too late, or twice"
        else:
            yield from ((number, f"{' or '.join(outline[i])!r} is missing before here") for i in range(place, at))
            place = at + 1
    last = headings[-1][0] if headings else first
    yield from ((last, f"{' or '.join(names)!r} is missing after here") for names in outline[place:])


def _destination_faults(markdown: str, rendered: str, there: set[Key], first: int) -> Found:
    anchors = set(re.findall(r'\bid="([^"]*)"', rendered))
    for attributes in _ADDRESS.findall(rendered):
        found = _HREF.search(attributes)
        target = html.unescape(found[1]) if found else ""
        if reason := _destination_fault(target, there, anchors):
            yield _line_of(target, markdown, first), reason


def _destination_fault(target: str, there: set[Key], anchors: set[str]) -> str | None:
    if not target:
        return "a link without an address that can be followed"
    if re.match(r"(?i:https?://\w|mailto:\S+@|tel:\+?\d)", target):
        return None
    if target.startswith("#"):
        return None if html.unescape(target[1:]) in anchors else f"nothing on this page is called {target}"
    if not target.startswith("/"):
        return f"{target} depends on where it is read; write it from /, as in /stories/name"
    path = re.split(r"[?#]", target)[0]
    folder, _, slug = path[1:].partition("/")
    if path in _FRONT_DOORS or (folder in BY_FOLDER and (BY_FOLDER[folder], slug) in there):
        return None
    return f"there is no page {path[1:]}"


def _line_of(target: str, markdown: str, first: int) -> int:
    address = re.escape(target) + r"(?![\w/-])" if target else _NOWHERE
    pattern = re.compile(_BEFORE_ADDRESS + address, re.IGNORECASE)
    return next((number for number, line in _numbered(markdown, first) if pattern.search(line)), first)


def _length_faults(words: str, style: KindStyle, first: int) -> Found:
    count = sum(1 for word in words.split() if re.search(r"\w", word))
    if not style.fewest <= count <= style.most:
        yield first, f"{count} words; {style.fewest} to {style.most} are asked for"


def _language_faults(words: str, locale: str, first: int) -> Found:
    """Is another language's list of words nearer to the text than its own's?"""
    if locale not in _LISTS or len(words.split()) < _ENOUGH_TO_TELL:
        return
    found = _detector.proportion_in_each_language(words)
    shares = {code: found.get(name, 0) for code, name in _LISTS.items()}  # Of numbers alone it finds none at all.
    own = shares.pop(locale)
    nearest = max(shares, key=lambda code: shares[code])
    if 0 < shares[nearest] >= own:
        yield first, f"this reads as {nearest}, not as {locale}"


_detector = LanguageDetector(tuple(_LISTS.values()))


def _word_faults(number: int, line: str, locale: str, knows: Speller | None) -> Found:
    own = _QUOTES.get(locale)
    for mark in sorted(set(_ALL_QUOTES.findall(line))):
        if own and mark not in own:
            yield number, f"{mark} is no quotation mark of {locale}: {own}"
    if knows:
        for match in _WORD.finditer(line):
            word = match[0].replace("’", "'").replace("\u00ad", "").replace("\u0301", "")
            if not (knows(word) or all(map(knows, word.split("-")))):
                yield number, f"{match[0]}: misspelled, or a word to allow in words.txt or words.{locale}.txt"
