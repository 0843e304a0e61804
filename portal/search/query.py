"""What was typed into the search field, understood: words, “quoted phrases”, ``-words`` and what narrows the search.

Anything else is plain words, so that no text is an error. Pure: no index, no database.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto

from .asked import Asked, Wanted, Way
from .keys import LANGUAGES, fold, forms, normal, query_keys
from .light_words import is_light

LONGEST_QUERY = 300
"""Characters of a query that count."""
MOST_WORDS = 24
"""Words of a query that count."""

KIND, LANGUAGE, PRINCIPLE = "kind", "lang", "principle"


def _names(**listed: str) -> dict[str, str]:
    """From each of the words of a list, folded, to what it names."""
    return {fold(normal(word)): name for name, text in listed.items() for word in text.split()}


_OPERATORS = _names(
    kind="kind вид vrsta სახე",
    lang="lang language язык jezik ენა",
    principle="principle принцип načelo წესი",
)
_KINDS = _names(
    principle="principle principles принцип принципы načelo načela წესი წესები",
    story="story stories история истории рассказ рассказы priča priče ამბავი ამბები მონათხრობი მონათხრობები",
    phrase="phrase phrases фраза фразы fraza fraze kartica kartice ფრაზა ფრაზები",
    win="win wins успех успехи uspjeh uspjesi წარმატება წარმატებები",
)
_LANGUAGES = {code: code for code in LANGUAGES} | _names(
    en="english английский engleski ინგლისური",
    ru="russian русский ruski რუსული",
    hr="croatian хорватский hrvatski ხორვატული",
    ka="georgian грузинский gruzijski ქართული",
)
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

_QUOTED = r'"[^"]+"|“[^“”]+”|”[^”]+”|„[^„“”]+[“”]|«[^«»]+»|»[^«»]+«'
_QUOTES = '"“”„«»'
# A quotation mark within a word, or a hyphen within one or before a number (6" shelf, e-mail, -20 %), is none of ours.
_PART = re.compile(
    rf"(?<!\S)(?P<name>[^\W\d_]+):(?P<value>{_QUOTED}|[^\s{_QUOTES}]+)"
    rf"|(?P<minus>(?<![^\s(])[-‐−])?(?P<quoted>(?<!\w)(?:{_QUOTED}))"
    rf"|(?<![^\s(])[-‐−](?P<without>[^\W\d_][^\s{_QUOTES}]*)"
)
_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Form(Enum):
    """What a stretch of a query is."""

    PLAIN = auto()
    PHRASE = auto()
    WITHOUT = auto()
    NARROWING = auto()


@dataclass(frozen=True)
class Part:
    """A stretch of a query's text from ``start`` to ``end``.

    ``value``: its words without what marks them; for a narrowing what it narrows to, and ``name`` by what.
    """

    form: Form
    start: int
    end: int
    value: str
    name: str = ""


def parts(text: str) -> Iterator[Part]:
    """The stretches of ``text``, in order and without a gap."""
    done = at = 0
    while match := _PART.search(text, at):
        part = _part(match)
        if part is None:  # Plain words; but a phrase may follow the colon.
            at = match.start("value")
            continue
        if done < part.start:
            yield Part(Form.PLAIN, done, part.start, text[done : part.start])
        yield part
        done = at = part.end
    if done < len(text):
        yield Part(Form.PLAIN, done, len(text), text[done:])


def _part(match: re.Match[str]) -> Part | None:
    start, end = match.span()
    if match["name"]:
        name = _OPERATORS.get(fold(normal(match["name"])), "")
        value = _value(name, match["value"])
        return Part(Form.NARROWING, start, end, value, name) if value else None
    if match["without"]:
        return Part(Form.WITHOUT, start, end, match["without"])
    return Part(Form.WITHOUT if match["minus"] else Form.PHRASE, start, end, match["quoted"][1:-1])


def _value(name: str, text: str) -> str:
    """What ``text`` after an operator stands for, an empty string when it is none of its values."""
    value = fold(normal(text.strip(_QUOTES).strip().rstrip(".,;!?)")))
    if name == KIND:
        return _KINDS.get(value, "")
    if name == LANGUAGE:
        return _LANGUAGES.get(value, "")
    return value if name == PRINCIPLE and _SLUG.fullmatch(value) else ""


def parse(text: str, locale: str, *, exact: bool = False) -> Asked:
    """What ``text`` asks for, of a reader of ``locale``; never an error, whatever the text.

    Its first LONGEST_QUERY characters count, as they are in ``Asked.text``, and MOST_WORDS words of them. With
    ``exact`` all that was typed is asked of a page, little words too. With nothing but little words none is light.
    """
    shown = _cut(_UNSHOWN.sub(" ", text[: LONGEST_QUERY + 1])).strip()
    wanted: dict[object, Wanted] = {}  # By what makes them the same, in their order.
    without: dict[object, Wanted] = {}
    narrowed: dict[str, set[str]] = {KIND: set(), LANGUAGE: set(), PRINCIPLE: set()}
    left = MOST_WORDS
    for part in parts(shown):
        if part.form is Form.NARROWING:
            narrowed[part.name].add(part.value)
            continue
        written = forms(part.value)
        if part.form is Form.WITHOUT and len(written) > left:
            continue  # Half a phrase would shut out more than was asked.
        written, left = written[:left], left - len(written[:left])
        if part.form is Form.PLAIN:
            for word in written:
                wanted.setdefault(query_keys(word)[0], _word(word, light=not exact and is_light(word, locale)))
        elif written:
            one = _phrase(written) if part.form is Form.PHRASE or len(written) > 1 else _word(written[0])
            (wanted if part.form is Form.PHRASE else without).setdefault(one.ways[0].words, one)
    return Asked(
        text=shown,
        wanted=_weighed(tuple(wanted.values())),
        without=tuple(without.values()),
        kinds=frozenset(narrowed[KIND]),
        locales=frozenset(narrowed[LANGUAGE]),
        principles=frozenset(narrowed[PRINCIPLE]),
    )


def _cut(text: str) -> str:
    """The first LONGEST_QUERY characters, without a word that ends later, unless it is the only one."""
    if len(text) <= LONGEST_QUERY:
        return text
    whole, following = text[:LONGEST_QUERY], text[LONGEST_QUERY]
    return whole if following.isspace() or whole[-1].isspace() else (whole.rsplit(maxsplit=1) or [whole])[0]


def _word(word: str, *, light: bool = False) -> Wanted:
    return Wanted(word, (Way(word, (query_keys(word),)),), light=light)


def _phrase(written: list[str]) -> Wanted:
    text = " ".join(written)
    return Wanted(text, (Way(text, tuple(query_keys(word)[:1] for word in written)),), phrase=True)


def _weighed(wanted: tuple[Wanted, ...]) -> tuple[Wanted, ...]:
    if all(one.light for one in wanted):
        return tuple(replace(one, light=False) for one in wanted)
    return wanted
