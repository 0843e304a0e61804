"""Pages on disk as a proofreader is given them."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp

from portal.knowledge import HouseStyle, proofread, scan_files
from portal.knowledge.spelling import Speller

FIRST = 6
"""The line on which the Markdown of `a_text` begins."""


def a_text(markdown: str = "Text.", title: str = "The lamp", summary: str = "She called.") -> str:
    return f"---\ntitle: {title}\nsummary: {summary}\n---\n\n{markdown}\n"


def faults(
    root: Path, files: Mapping[str, str], style: HouseStyle | None = None, spellers: Mapping[str, Speller] | None = None
) -> list[str]:
    """What is wrong with pages that can all be read."""
    folder = Path(mkdtemp(dir=root))
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    pages, unread = scan_files(folder)
    assert unread == []
    return list(map(str, proofread(pages, style or HouseStyle(), spellers or {})))


def faults_of(
    root: Path, text: str, locale: str = "en", style: HouseStyle | None = None, knows: Speller | None = None
) -> list[tuple[int, str]]:
    """The line and the reason of all that is wrong with one text; the page has no other."""
    name = f"stories/lamp/{locale}.md"
    found = [line.split(":", 2) for line in faults(root, {name: text}, style, {locale: knows} if knows else {})]
    assert {path for path, _, _ in found} <= {name}
    return [(int(number), reason.removeprefix(" ")) for _, number, reason in found]
