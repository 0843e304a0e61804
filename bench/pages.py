"""Many pages of real text: the shipped guidance's own paragraphs, put together anew."""

import random
import re
from collections.abc import Iterator
from pathlib import Path

from portal.knowledge import Kind, PageFiles, read_files
from portal.knowledge.model import PageFacts, PageText

CONTENT = Path(__file__).resolve().parents[1] / "content"


def many(count: int, seed: int = 7) -> list[PageFiles]:
    """The shipped pages and enough mixed ones to make ``count``, each of those in one language."""
    shipped = read_files(CONTENT)
    return [*shipped, *_mixed(shipped, count - len(shipped), random.Random(seed))]


def _mixed(shipped: list[PageFiles], count: int, rng: random.Random) -> Iterator[PageFiles]:
    blocks: dict[str, list[str]] = {}
    titles: dict[str, list[PageText]] = {}
    for page in shipped:
        for locale, text in page.texts.items():
            titles.setdefault(locale, []).append(text)
            blocks.setdefault(locale, []).extend(re.split(r"\n\n(?=## )", text.markdown))
    principles = [page.slug for page in shipped if page.kind is Kind.PRINCIPLE]
    locales = sorted(blocks)
    for number in range(count):
        locale = locales[number % len(locales)]
        title, other = rng.sample(titles[locale], 2)
        words = PageText(f"{title.title} {number}", other.summary, "\n\n".join(rng.sample(blocks[locale], 4)))
        links = ((Kind.PRINCIPLE, rng.choice(principles)),)
        yield PageFiles(Kind.STORY, f"mixed-{number}", {locale: words}, PageFacts(links=links))
