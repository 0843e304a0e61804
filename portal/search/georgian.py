"""What remains of a Georgian word without its endings: case, plural, postposition, "also", "is".

A form may be read in several ways, so that it has several stems: «-ების» ends a plural as well as a noun in «-ება». The
endings are those of any grammar (G. Hewitt, Georgian: A Structural Reference Grammar, chapters 2 and 3).
"""

import re
from collections.abc import Iterator

_ALSO = re.compile("(?<=[აეიოუ])ც$")
_IS = re.compile("(?:(?<=ში|ზე)ა|(?<=თან|დან|გან|კენ)აა?|(?<=თვის)აა?|(?<=[სთდ])აა|(?<=[ოუეა])ა)$")
_LONGER_CASE = re.compile("(?<=[აეიოუბ]ს|ით|ად)ა$")
# Of each ending, the group is what shows that it took the place of the noun's last vowel.
_AFTER_CASE = re.compile("(?:(ი?)სა?(?:თვის|გან|კენ|დმი|ებრ)|(ი?)დან|(ა?)მდე)$")
_IN_ON_WITH = re.compile("(?:ში|ზე|თან)$")
_CASE = re.compile("(ის|ით|ად|დ|ს|მ)$")
_PLURAL, _VOWELS = "ებ", "აეიოუ"

_PREVERB = re.compile("^(?:გადა|გამო|შემო|ჩამო|წამო|წარმო|მიმო|ამო|და|გან|გა|შე|ჩა|მო|მი|აღ|წა|წარ)(?=.{4})")
_OF_VERBS = re.compile(
    "(?:(?:ებ|ავ|ობ|ამ)(?:ს|და|დნენ|დეს|დნეს|ენ|დი|დე|თ|დით)"
    "|(?<=დ)ებ(?:ა|ოდა|იან|ოდნენ|ოდეს|ით)|ებიან|ებოდა|ებოდნენ|ებოდეს|დნენ|ნენ|ეს|ოს|ონ|ენ)$"
)
VERB = "-"
"""Before the stem of a verb, which is none of a noun."""


def stems(word: str) -> tuple[str, ...]:
    """The stems that a word may have, as a noun and as a verb."""
    found = list(_of_noun(word))
    found += [
        stem[1:-2] for stem in found if len(stem) >= 6 and stem.startswith("უ") and stem.endswith("ეს")
    ]  # The superlative.
    bare = _PREVERB.sub("", word)
    ending = _OF_VERBS.search(bare, 3)
    if ending:
        found.append(VERB + bare[: ending.start()])
    return tuple(dict.fromkeys(found))


def _of_noun(word: str) -> Iterator[str]:
    if len(word) > 4:
        word = _LONGER_CASE.sub("", _IS.sub("", _ALSO.sub("", word)))
    if found := _AFTER_CASE.search(word, 2):
        yield from _number(word[: found.start()], whole=any(found.groups()))
    elif found := _IN_ON_WITH.search(word, 2):
        rest = word[: found.start()]
        yield from _number(rest, either=False)
        if rest[-1] == "ს" and rest[-2] in _VOWELS:
            yield _without_vowel(rest[:-1])
    elif word[-1:] in ("ა", "ი", "ე"):
        yield from _named(word)
    else:
        yield from _inflected(word)


def _named(word: str) -> Iterator[str]:
    """Of what ends as a noun does that is named, or as the old plural."""
    if word.endswith("ია") and len(word) > 4:  # «ისტორია», or «ჟანრია»: it is a genre.
        yield word[:-1]
        yield from _number(word[:-2], whole=True, either=False)
    elif word.endswith(("თა", "ნი", "მა")) and len(word) > 4:
        yield from _number(_without_vowel(word[:-2]), whole=True, either=False)
        yield word[:-1]
    elif word.endswith("ი"):
        yield from _number(word[:-1], whole=True, either=False)
    else:
        yield _without_vowel(word)


def _inflected(word: str) -> Iterator[str]:
    found = _CASE.search(word, 2)
    if not found or found[0] in ("დ", "მ"):
        yield word
    if found:
        rest, vowel = word[: found.start()], found[0][0] in "ია"
        yield from _number(rest, whole=vowel, either=vowel)


def _number(rest: str, *, whole: bool = False, either: bool = True) -> Iterator[str]:
    """Stems of what is left before a case: of the plural, and where it may be ``either``, of the singular as well."""
    plural = rest.endswith(_PLURAL) and len(rest) > 4
    if plural:
        yield rest[:-2].removesuffix("ე") if len(rest) > 5 else rest[:-2]
    if not plural or either:
        yield rest if whole else _without_vowel(rest)


def _without_vowel(stem: str) -> str:
    return stem[:-1] if len(stem) > 3 and stem[-1] in "აეი" else stem
