"""Markdown to HTML that is safe to show, with its table of contents and its plain text.

Python-Markdown does not sanitise, so nothing leaves this module without having passed nh3. Ids of headings carry a
prefix: no text can take an id that the page's own frame uses.
"""

import html
import re
import threading
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urljoin

import nh3
from markdown import Markdown
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.tables import TableExtension
from markdown.extensions.toc import TocExtension, slugify_unicode

RECIPE = 1
"""Goes up when the same Markdown comes out differently, so that stored renderings are made anew."""

_ID = re.compile(r"(?:s-|fn:|fnref\d*:)[\w:.-]{1,120}")
_CLASSES = {
    "div": {"admonition", "note", "tip", "warning", "danger", "example", "footnote", "wide"},
    "p": {"admonition-title"},
    "a": {"footnote-ref", "footnote-backref"},
    "ul": {"task-list"},
    "li": {"task-list-item"},
}
_TAGS = set(
    "a abbr b blockquote br caption code dd del details div dl dt em h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre"
    " q s samp small strong sub summary sup table tbody td tfoot th thead tr ul var".split()
)
_ATTRIBUTES = {
    "*": {"id", "lang", "dir"},
    "a": {"href", "title"},
    "abbr": {"title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
}
_HEADING = re.compile(r'<h([2-6]) id="([^"]+)">(.*?)</h\1>', re.DOTALL)
_BOX = re.compile(r'<input type="checkbox" disabled( checked)?/?>')
_UNTITLED = re.compile(r'(<div class="admonition (\w+)">\n)<p class="admonition-title">(\w+)</p>\n')
_TABLE = re.compile(r"(<table\b[^>]*>)|(</table>)")
_FOOTNOTE_MARK = re.compile(r'<sup id="fnref[^"]*">.*?</sup>|<a class="footnote-backref".*?</a>', re.DOTALL)
_PARAGRAPH_END = re.compile(r"\n[ \t]*\n")
_MOST_LABOUR = 3_000_000
"""Of a second of work, about."""
_PICTURE = re.compile(r"/(?![/\\])[^\x00-\x20\\]*")
_PERMALINK = re.compile(r' <a class="permalink" [^>]*>#</a>')
_SCHEMES = {"http", "https", "mailto", "tel"}
_BLOCK_END = re.compile(r"(?=</(?:p|li|h[1-6]|td|th|dt|dd|pre|div|blockquote|tr)>)|(?=<br)")


@dataclass(frozen=True)
class Heading:
    """A heading of a text: its level (2 to 6), its id in the page and its words."""

    level: int
    anchor: str
    title: str


@dataclass(frozen=True)
class Rendering:
    """What one Markdown text becomes: safe HTML, its headings in order, its plain text (a line a block)."""

    html: str
    headings: tuple[Heading, ...]
    text: str


def render(markdown: str) -> Rendering:
    """Render ``markdown``; anything that could run or restyle the page is left out, never an error."""
    safe = _clean(_tidy(_convert(markdown)))
    headings = tuple(
        Heading(int(level), html.unescape(anchor), " ".join(plain(title).split()))
        for level, anchor, title in _HEADING.findall(safe)
    )
    return Rendering(html=_finish(safe), headings=headings, text=plain(safe))


def plain(safe: str) -> str:
    """The words of HTML, one block a line, without markup; a footnote's mark is no part of the word before it."""
    stripped = html.unescape(nh3.clean(_BLOCK_END.sub("\n", _FOOTNOTE_MARK.sub("", safe)), tags=set()))
    return "\n".join(line for line in (" ".join(raw.split()) for raw in stripped.splitlines()) if line)


def for_elsewhere(safe: str, address: str) -> str:
    """HTML that `render` made, as it stands at ``address``, for other programs to show.

    Every link is absolute; there are no ids, no permalinks, and no pictures, which only who is signed in may load.
    """

    def absolute(tag: str, name: str, value: str) -> str | None:
        if (tag, name) != ("a", "href"):
            return value
        try:
            return urljoin(address, value)
        except ValueError:  # Somebody's slip, such as http://[
            return None

    return nh3.clean(
        _PERMALINK.sub("", safe),
        tags=_TAGS - {"img"},
        attributes={**_ATTRIBUTES, "*": {"lang", "dir"}},
        attribute_filter=absolute,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
    )


_one_at_a_time = threading.Lock()


def _convert(markdown: str) -> str:
    if _is_laborious(markdown):
        return f"<pre>{html.escape(markdown)}</pre>"
    with _one_at_a_time:  # The engine keeps the text's state in itself, and the web server has threads.
        try:
            return _engine().reset().convert(markdown.replace("\x00", ""))
        except RecursionError:  # Lists within lists a thousand deep; it is shown as it was written.
            _engine.cache_clear()  # The engine is left in the middle of that text.
            return f"<pre>{html.escape(markdown)}</pre>"


def _is_laborious(markdown: str) -> bool:
    """Would it take the engine seconds, in which nobody else's text is rendered? Then it is shown as it was written.

    From each bracket it looks through the rest of the paragraph, from each tag through the rest of the text: the time
    grows with the square of their number. A page with two hundred links is far from the limit.
    """
    brackets = sum(len(part) * part.count("[") for part in _PARAGRAPH_END.split(markdown))
    return brackets + len(markdown) * markdown.count("<") / 5 > _MOST_LABOUR


@lru_cache(maxsize=1)
def _engine() -> Markdown:
    return Markdown(
        extensions=[
            "admonition",
            "sane_lists",
            "pymdownx.betterem",
            "pymdownx.highlight",
            "pymdownx.magiclink",
            "pymdownx.superfences",
            "pymdownx.tasklist",
            "pymdownx.tilde",
            TableExtension(use_align_attribute=True),
            FootnoteExtension(BACKLINK_TITLE="{}"),
            TocExtension(slugify=_slug, permalink=False),
        ],
        # Colours would need spans and a style for each; without them it does not matter whether Pygments is there.
        extension_configs={"pymdownx.tilde": {"subscript": False}, "pymdownx.highlight": {"use_pygments": False}},
    )


def _slug(text: str, separator: str) -> str:
    return "s-" + (slugify_unicode(text, separator)[:80] or "part")


def _tidy(raw: str) -> str:
    """Shapes that are easier to mend before sanitising.

    The page has its own h1, wide tables get room to scroll, boxes are signs, not fields.
    """
    raw = re.sub(r"(</?)h1\b", r"\1h2", raw)
    raw = _TABLE.sub(lambda m: f'<div class="wide">{m[1]}' if m[1] else "</table></div>", raw)
    raw = _BOX.sub(lambda box: "☑" if box[1] else "☐", raw)
    # An admonition without a title gets its English class name as one: no word in the wrong language.
    return _UNTITLED.sub(lambda m: m[1] if m[2].lower() == m[3].lower() else m[0], raw)


def _clean(raw: str) -> str:
    return nh3.clean(
        raw,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_keep_attribute,
        allowed_classes=_CLASSES,
        clean_content_tags={"script", "style", "title", "textarea", "noscript", "template"},
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
    )


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    if name == "id":
        return value if _ID.fullmatch(value) else None
    if tag == "img" and name == "src":
        # Pictures come from this site alone: a foreign one would tell its server who reads what.
        return value if _PICTURE.fullmatch(value) else None
    return value


def _finish(safe: str) -> str:
    """What is ours to add after sanitising: a permalink at each heading."""
    return _HEADING.sub(
        lambda m: (
            f'<h{m[1]} id="{m[2]}">{m[3]} <a class="permalink" href="#{m[2]}" aria-labelledby="{m[2]}">#</a></h{m[1]}>'
        ),
        safe,
    )
