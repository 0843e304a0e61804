"""What an answer can be narrowed by, and how that is undone: in the page's address, or within the query."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from .finding import Found
from .query import KIND, LANGUAGE, LONGEST_QUERY, PRINCIPLE, Form, parts

IN_ADDRESS = {KIND: "kind", LANGUAGE: "in", PRINCIPLE: "principle"}
"""By which parameter of the page's address each narrows (``lang`` is the language of the reader)."""

KEPT = (*IN_ADDRESS.values(), "lang", "exact", "look")
"""The parameters, beside the query, that stay when an answer is narrowed."""


@dataclass(frozen=True)
class Choice:
    """One thing to narrow by: its number of pages, and the parameters of the address that chooses it, or undoes that.

    ``label`` is empty where the value says it.
    """

    value: str
    label: str
    number: int
    chosen: bool
    address: Mapping[str, str]


@dataclass(frozen=True)
class Choices:
    """All there is to narrow by; what would narrow nothing isn't offered. ``unfiltered``: the address without any."""

    kinds: tuple[Choice, ...]
    locales: tuple[Choice, ...]
    principles: tuple[Choice, ...]
    unfiltered: Mapping[str, str]

    @property
    def chosen(self) -> bool:
        """Is anything chosen?"""
        return any(choice.chosen for choice in (*self.kinds, *self.locales, *self.principles))


def choices(found: Found, given: Mapping[str, str], kinds: Collection[str], locales: Collection[str]) -> Choices:
    """What narrows ``found``, whose page's address has the parameters ``given``.

    ``kinds`` and ``locales`` are those that there are: others count for nothing.
    """
    kept = {name: given[name] for name in KEPT if given.get(name)}
    titled = {slug: (title, number) for slug, title, number in found.principles}
    query = found.query[:LONGEST_QUERY]  # It stands in every link.
    plain = {name: value for name, value in kept.items() if name not in IN_ADDRESS.values()}
    slugs = titled.keys() | found.asked.principles | {given.get(IN_ADDRESS[PRINCIPLE], "")} - {""}
    return Choices(
        kinds=_choices(query, kept, KIND, {name: ("", number) for name, number in found.kinds}, kinds),
        locales=_choices(query, kept, LANGUAGE, {code: ("", number) for code, number in found.locales}, locales),
        principles=_choices(query, kept, PRINCIPLE, titled, slugs),
        unfiltered={"q": without(query, set(_narrowed(query))), **plain},
    )


def _choices(
    query: str,
    kept: Mapping[str, str],
    name: str,
    counted: Mapping[str, tuple[str, int]],
    known: Collection[str],
) -> tuple[Choice, ...]:
    parameter = IN_ADDRESS[name]
    within = {value for narrowed, value in _narrowed(query) if narrowed == name}
    chosen = {value for value in {*within, kept.get(parameter, "")} if value in known}
    if len(counted) < 2 and not chosen:
        return ()

    def choice(value: str, label: str, number: int) -> Choice:
        if value not in chosen:
            return Choice(value, label, number, chosen=False, address={"q": query, **kept, parameter: value})
        rest = without(query, {(name, value)}) if value in within else query
        left = {other: said for other, said in kept.items() if (other, said) != (parameter, value)}
        return Choice(value, label, number, chosen=True, address={"q": rest, **left})

    empty = dict.fromkeys(sorted(chosen - counted.keys()), ("", 0))  # What has nothing can be undone too.
    return tuple(choice(value, label, number) for value, (label, number) in {**counted, **empty}.items())


def without(query: str, narrowed: Collection[tuple[str, str]]) -> str:
    """``query`` without what narrows it as ``narrowed`` says, each as (by what, to what)."""
    kept, here = "", 0
    for part in parts(query):
        if part.form is Form.NARROWING and (part.name, part.value) in narrowed:
            kept, here = kept + query[here : part.start], part.end
    return " ".join((kept + query[here:]).split())


def _narrowed(query: str) -> Iterable[tuple[str, str]]:
    """What narrows ``query`` from within, as (by what, to what)."""
    return ((part.name, part.value) for part in parts(query) if part.form is Form.NARROWING)
