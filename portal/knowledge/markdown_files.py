"""Guidance as a folder of Markdown: ``{principles,stories,phrases}/<slug>/{<locale>.md,page.yaml}``. No database.

Reading finds every fault before anything is imported; each is named with its file, line and reason. Writing gives
files from which the same pages are read again.
"""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

from .commands import text_faults
from .model import BY_FOLDER, ONE_LINE, SLUG, SLUG_LENGTH, Kind, PageFacts, PageText, Source
from .text_files import BrokenContent, Fault, WrongValue, list_of, load, mapping

LOCALE = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-[A-Z]{2})?")
FACTS = "page.yaml"


@dataclass(frozen=True)
class PageFiles:
    """One page as read from, or to be written to, its folder. Without ``facts`` there is no page.yaml.

    ``lines`` tells, by the name of a file that was read, where its title, its summary and the rest begin.
    """

    kind: Kind
    slug: str
    texts: dict[str, PageText]
    facts: PageFacts | None = None
    lines: dict[str, dict[str, int]] = field(default_factory=dict, compare=False)

    def line(self, name: str, key: str) -> int:
        """The line of the file ``name`` on which ``key`` stands."""
        return self.lines.get(name, {}).get(key, 1)

    @property
    def folder(self) -> str:
        """The page's folder below the content folder."""
        return f"{self.kind.folder}/{self.slug}"


def read(root: Path) -> list[PageFiles]:
    """All pages below ``root``. Raises BrokenContent with every fault there is."""
    pages, faults = scan(root)
    if faults:
        raise BrokenContent(faults)
    return pages


def scan(root: Path) -> tuple[list[PageFiles], list[Fault]]:
    """The pages below ``root`` as far as they can be read, and every fault that kept the rest from it."""
    faults: list[Fault] = []
    if not root.is_dir():
        return [], [Fault(str(root), 1, "there is no such folder")]
    pages = [page for folder in _visible(root) for page in _read_kind(root, folder, faults)]
    if not pages and not faults:
        kinds = ", ".join(BY_FOLDER)
        faults.append(Fault(str(root), 1, f"no pages here: the folder needs one of {kinds}, with a folder a page"))
    return pages, faults


def write(root: Path, pages: Iterable[PageFiles]) -> int:
    """Write ``pages`` below ``root``, a file replacing what it had; the number of files."""
    count = 0
    for page in pages:
        folder = root / page.folder
        folder.mkdir(parents=True, exist_ok=True)
        for locale, text in page.texts.items():
            head = {"title": text.title} | ({"summary": text.summary} if text.summary else {})
            (folder / f"{locale}.md").write_text(f"---\n{_yaml(head)}---\n\n{text.markdown}\n", encoding="utf-8")
            count += 1
        if page.facts:
            (folder / FACTS).write_text(_yaml(_facts_as_dict(page.facts)), encoding="utf-8")
            count += 1
    return count


def _visible(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _read_kind(root: Path, folder: Path, faults: list[Fault]) -> Iterable[PageFiles]:
    if not folder.is_dir():
        return  # A README or the like beside the three folders.
    kind = BY_FOLDER.get(folder.name)
    if kind is None:
        faults.append(Fault(folder.name, 1, f"unknown folder (known: {', '.join(BY_FOLDER)})"))
        return
    for path in _visible(folder):
        name = f"{folder.name}/{path.name}"
        if not path.is_dir() or not SLUG.fullmatch(path.name) or len(path.name) > SLUG_LENGTH:
            faults.append(Fault(name, 1, "a page is a folder whose name has only a-z, 0-9 and single hyphens"))
            continue
        page = _read_page(root, path, kind, faults)
        if page:
            yield page


def _read_page(root: Path, folder: Path, kind: Kind, faults: list[Fault]) -> PageFiles | None:
    texts: dict[str, PageText] = {}
    facts: PageFacts | None = None
    lines: dict[str, dict[str, int]] = {}
    for path in _visible(folder):
        name = path.relative_to(root).as_posix()
        try:
            if path.name == FACTS:
                facts, lines[path.name] = _parse_facts(load(path), name)
            elif path.suffix == ".md" and LOCALE.fullmatch(path.stem):
                texts[path.stem], lines[path.name] = _parse_text(load(path), name)
            else:
                faults.append(Fault(name, 1, "not a page's file: expected page.yaml or a language such as en.md"))
        except BrokenContent as error:
            faults += [Fault(name, fault.line, fault.reason) for fault in error.faults]
    if not texts and not any(fault.path.startswith(f"{kind.folder}/{folder.name}/") for fault in faults):
        faults.append(Fault(f"{kind.folder}/{folder.name}", 1, "a page needs a text in at least one language"))
    return PageFiles(kind, folder.name, texts, facts, lines) if texts else None


def _parse_text(source: str, name: str) -> tuple[PageText, dict[str, int]]:
    if not source.startswith("---\n"):
        raise BrokenContent([Fault(name, 1, "must begin with front matter between two lines of ---")])
    head, closed, body = source[4:].partition("\n---\n")
    if not closed:
        raise BrokenContent([Fault(name, 1, "the front matter has no closing line of ---")])
    values, lines = mapping(head, {"title", "summary"}, first_line=2)
    for key, value in values.items():
        if not isinstance(value, str):
            raise BrokenContent([Fault(name, lines[key], f"{key} must be text")])
    text = PageText(values.get("title", ""), values.get("summary", ""), body).tidied()
    lines.setdefault("title", 2)
    lines["markdown"] = head.count("\n") + 4
    wrong = text_faults(text)
    if wrong:
        raise BrokenContent(Fault(name, lines[key], str(why)) for key, why in wrong.items())
    lines["markdown"] += len(body) - len(body.lstrip("\n"))
    return text, lines


def _parse_facts(source: str, name: str) -> tuple[PageFacts, dict[str, int]]:
    values, lines = mapping(source, {"order", "sources", *BY_FOLDER}, first_line=1)
    try:
        facts = PageFacts(
            _position(values.get("order")),
            tuple((kind, slug) for folder, kind in BY_FOLDER.items() for slug in _slugs(folder, values.get(folder))),
            tuple(_source(value) for value in list_of("sources", values.get("sources"))),
        )
    except WrongValue as error:
        raise BrokenContent([Fault(name, lines[error.key], error.reason)]) from error
    return facts, lines


def _position(value: Any) -> int | None:
    if value is None:
        return None
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,6}", value):
        raise WrongValue("order", "order must be a whole number from 0 to 999999")
    return int(value)


def _slugs(key: str, value: Any) -> list[str]:
    slugs = list_of(key, value)
    if not all(isinstance(slug, str) and SLUG.fullmatch(slug) for slug in slugs):
        raise WrongValue(key, f"{key} must be a list of pages' names")
    if len(set(slugs)) != len(slugs):
        raise WrongValue(key, f"{key} names a page twice")
    return slugs


def _source(value: Any) -> Source:
    known = {f.name for f in fields(Source)}
    if not isinstance(value, dict) or not value.get("title") or not set(value) <= known:
        raise WrongValue("sources", f"a source has a title, and may have {', '.join(sorted(known - {'title'}))}")
    if not all(isinstance(text, str) and ONE_LINE.fullmatch(text) for text in value.values()):
        raise WrongValue("sources", "what is said of a source must be a line of text")
    if value.get("url") and not re.fullmatch(r"https?://\S+", value["url"]):
        raise WrongValue("sources", "a source's url must begin with http:// or https://")
    return Source(**value)


def _facts_as_dict(facts: PageFacts) -> dict[str, Any]:
    out: dict[str, Any] = {} if facts.position is None else {"order": facts.position}
    for folder, kind in BY_FOLDER.items():
        slugs = [slug for linked_kind, slug in facts.links if linked_kind is kind]
        if slugs:
            out[folder] = slugs
    if facts.sources:
        out["sources"] = [{k: v for k, v in asdict(source).items() if v} for source in facts.sources]
    return out


def _yaml(values: dict[str, Any]) -> str:
    return yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=10**9)
