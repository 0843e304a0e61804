"""What makes two queries the same one when they are counted: the same words, whatever their forms and their order."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from ..core import privacy
from .asked import Asked
from .keys import LEMMA, STEM, SURFACE, forms, is_known, locales_of, query_keys
from .model import TEXT_LENGTH


@dataclass(frozen=True)
class Group:
    """A query as it is counted.

    ``name`` is the same for all of a group and stays out of every repr, and so of any log, as the words do. ``text``
    is what an editor may read of it one day: its words in their order, without what narrowed the search or was
    excluded, which one person alone may have typed. ``locale`` is the language that it seems to be in.
    """

    name: str = field(repr=False)
    text: str = field(repr=False)
    locale: str


def group(asked: Asked, locale: str) -> Group | None:
    """The group of what a reader of ``locale`` ``asked``.

    None when there is no word in it, and when something looks like private data: that isn't counted at all.
    """
    if privacy.find(asked.text):
        return None
    heavy = [word for one in asked.wanted if not one.light for word in forms(one.text)]
    if not heavy:
        return None
    name = " ".join(sorted({canonical(word, locale)[0] for word in heavy}))
    text = " ".join(" ".join(one.text.split()) for one in asked.wanted)
    return Group(name, _cut(text), language_of(heavy, locale))


@lru_cache(maxsize=4_096)
def canonical(word: str, locale: str) -> tuple[str, str]:
    """One form that stands for all forms of ``word``, and the language that says so (empty: none does).

    It is the word's lemma in the first language that knows it, beginning with the reader's own, ``locale``. A word that
    none knows is read as one of the reader's language, or of the only one in its script.
    """
    surface, *others = query_keys(word)
    forms: dict[str, list[str]] = {}
    for key in others:  # Lemmas come before stems.
        code, _, form = key[1:].partition(":")
        forms.setdefault(key[0] + code, []).append(form)
    spoken = sorted(locales_of(word), key=lambda code: code != locale)
    for code in spoken:
        if LEMMA + code in forms and is_known(word, code):
            return min(forms[LEMMA + code]), code
    plain = surface.removeprefix(SURFACE)
    if not spoken or (len(spoken) > 1 and spoken[0] != locale):
        return plain, ""
    # Its stem, for what no dictionary has is its own lemma in every form.
    guessed = forms.get(STEM + spoken[0]) or forms.get(LEMMA + spoken[0]) or [plain]
    return min(guessed), spoken[0] if len(spoken) == 1 else ""


def language_of(written: Sequence[str], locale: str) -> str:
    """The language that words seem to be in; ``locale``, the reader's, where as much speaks for it."""
    votes = Counter(found for _, found in (canonical(word, locale) for word in written) if found)
    return max(votes, key=lambda code: (votes[code], code == locale), default=locale)


def _cut(text: str) -> str:
    """The whole words among the first TEXT_LENGTH characters, or as much of the only one."""
    if len(text) <= TEXT_LENGTH:
        return text
    return text[: TEXT_LENGTH + 1].rpartition(" ")[0] or text[:TEXT_LENGTH]
