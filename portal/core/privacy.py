"""Customers' private data in a text: e-mail addresses, telephone, card and document numbers.

It points out and never refuses: what is found is shown to the author, who blanks it or knows better. Reading is done
on a plain view of the text in which a digit is a digit whatever alphabet it is from, and in which what nobody sees
(soft hyphens, zero-width spaces, accents) does not stand between two of them. Every look from a place in the text
goes a bounded way, so that the work grows with the text's length and no faster.
"""

import hashlib
import html
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from .locale import Text, lazy
from .private_numbers import Phones, Spans, bare_documents, cards, ibans, named_documents

BLANK = "[…]"
REGIONS = ("HR", "GE", "RU", "GB", "US")


class PrivateKind(StrEnum):
    """What sort of private data it is."""

    EMAIL = "email"
    PHONE = "phone"
    CARD = "card"
    DOCUMENT = "document"


KINDS_NAMES: dict[PrivateKind, Text] = {
    PrivateKind.EMAIL: lazy("an e-mail address"),
    PrivateKind.PHONE: lazy("a telephone number"),
    PrivateKind.CARD: lazy("a card number"),
    PrivateKind.DOCUMENT: lazy("a document or account number"),
}


@dataclass(frozen=True)
class Finding:
    """What was found at ``start`` to ``end`` of a text; its own ``text`` stays out of its repr, and so of any log."""

    kind: PrivateKind
    start: int
    end: int
    text: str = field(repr=False)

    @property
    def key(self) -> str:
        """What a form calls it: the same for the same words wherever they stand, and without the words."""
        return f"{self.kind}-{hashlib.sha256(self.text.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def find(text: str, regions: tuple[str, ...] = REGIONS) -> tuple[Finding, ...]:
    """The private data in ``text`` in its order, none overlapping; ``regions`` are whose telephone numbers it knows.

    Where two could be meant, the more certain one is taken: an account number before a card, an e-mail address
    before the number in it, a document that is called one before a telephone number.
    """
    if _is_prose(text):
        return ()
    view = _View(text)
    phones = Phones(regions)
    stages: tuple[tuple[PrivateKind, _Stage], ...] = (
        (PrivateKind.DOCUMENT, ibans),
        (PrivateKind.CARD, cards),
        (PrivateKind.EMAIL, _emails),
        (PrivateKind.DOCUMENT, named_documents),
        (PrivateKind.PHONE, phones.spans),
        (PrivateKind.DOCUMENT, bare_documents),
    )
    found: list[Finding] = []
    # What stood beside a finding may read differently without it: again, until nothing is left to find.
    for _ in range(_MOST_ROUNDS):
        before = len(found)
        for kind, stage in stages:
            found += [view.take(kind, *span) for span in list(stage(view.plain))]
        if len(found) == before:
            break
    return tuple(sorted(found, key=lambda finding: finding.start))


def blanked(text: str, findings: Iterable[Finding]) -> str:
    """``text`` with each of its ``findings`` (of `find`, in any order) replaced by a mark; the rest as it was."""
    for finding in sorted(findings, key=lambda finding: finding.start, reverse=True):
        text = text[: finding.start] + BLANK + text[finding.end :]
    return text


def blank_one(text: str, finding_key: str) -> str:
    """``text`` without what `Finding.key` calls ``finding_key``, wherever it stands; as it was when it isn't there."""
    return blanked(text, (finding for finding in find(text) if finding.key == finding_key))


_MOST_ROUNDS = 12
_Stage = Callable[[str], Spans]

_TOKEN = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,31});|\\[!-/:-@\[-`{-~]|.", re.DOTALL)


class _View:
    """A text as it is read, in signs of which each knows where it stands in the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts: list[int] = []
        self.ends: list[int] = []
        signs: list[str] = []
        for token in _TOKEN.finditer(text):
            if sign := _sign(token[0]):
                signs.append(sign)
                self.starts.append(token.start())
                self.ends.append(token.end())
            elif self.ends and unicodedata.category(token[0][-1])[0] == "M":
                self.ends[-1] = token.end()  # An accent belongs to its letter.
        self.plain = "".join(signs)

    def take(self, kind: PrivateKind, start: int, end: int) -> Finding:
        """Make a finding of a span of `plain`, in which it reads from now on as it will when it is blanked."""
        self.plain = self.plain[:start] + "[" + "…" * (end - start - 2) + "]" + self.plain[end:]
        place = slice(self.starts[start], self.ends[end - 1])
        return Finding(kind, place.start, place.stop, self.text[place])


@lru_cache(maxsize=4096)
def _sign(written: str) -> str:
    """One sign as Markdown shows it and as it is read; empty when there is nothing to see."""
    sign = written[1] if written[0] == "\\" and len(written) == 2 else html.unescape(written)
    if len(sign) > 1:
        return "&"  # No sign has that name.
    category = unicodedata.category(sign)
    if category == "Nd":
        return str(unicodedata.decimal(sign))
    if category == "Zs" or sign == "\t":
        return " "
    if category in {"Cf", "Mn", "Me", "Mc"}:
        return ""
    if category == "Pd" and sign not in "-‐‑﹣－":
        return "–"
    plain = "-" if category == "Pd" or sign == "−" else unicodedata.normalize("NFKC", sign)
    return plain if len(plain) == 1 and plain.isascii() and not plain.isdigit() else sign


# E-mail addresses.

_DOT_WORD = r"(?:dot|точка|točka|tocka|წერტილი)"
_AT = re.compile(
    r" @ |@| ?[\[({<] ?(?:at|et|@|эт|ет|собака|ეთ|ათ) ?[\])}>] ?| собака (?=[\w-]{1,63}[ .])"
    rf"| at (?=[\w-]{{1,63}} {_DOT_WORD} )",
    re.IGNORECASE,
)
_LOCAL_BACKWARDS = re.compile(r"[\w.+&'%=~-]{1,64}")
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_DOT = (
    rf"(?:\.| ?[\[({{<] ?(?:{_DOT_WORD}|\.) ?[\])}}>] ?"
    rf"| {_DOT_WORD} (?=(?:com|net|org|info|eu|hr|ru|ge|su|me|io|uk|co|рф|გე)\b))"
)
_DOMAIN = re.compile(rf"{_LABEL}(?:{_DOT}{_LABEL}){{1,6}}", re.IGNORECASE)
_LABELS = re.compile(_LABEL)
_TOP = re.compile(r"(?!(?:png|jpe?g|gif|svg|webp|pdf)\Z)(?:[^\W\d_]{2,24}|xn--[\w-]{2,59})", re.IGNORECASE)


def _emails(plain: str) -> Spans:
    free = 0
    for at in _AT.finditer(plain):
        local = _LOCAL_BACKWARDS.match(plain[max(free, at.start() - 64) : at.start()][::-1])
        domain = _DOMAIN.match(plain, at.end())
        if not local or not domain:
            continue
        tops = [m.end() for m in _LABELS.finditer(domain[0]) if m.start() and _TOP.fullmatch(m[0])]
        name = local[0][::-1].lstrip(".'%&=~-_")
        if name and tops:
            free = domain.start() + tops[-1]
            yield at.start() - len(name), free


# Most texts have nothing of the kind, and are read at a glance.

_REMARKABLE = re.compile(r"[\d_]|[^\w \n.,;:!?'\"’‘“”„«»–—-]")
_AT_IN_WORDS = re.compile(rf"собака|\b{_DOT_WORD}\b", re.IGNORECASE)


def _is_prose(text: str) -> bool:
    """Only letters and common punctuation, each of which reads as itself, and no word that stands for "@" or a dot.

    Whatever is found has a digit or an "@", be it in other signs or in words.
    """
    plain = unicodedata.is_normalized("NFKC", text) and not _REMARKABLE.search(text)
    return plain and not _AT_IN_WORDS.search(text)
