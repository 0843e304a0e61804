"""What kinds of pages are called, and in which order of languages a person reads."""

from ..core.locale import Text, available, lazy
from .model import Kind

KIND_NAMES: dict[Kind, Text] = {
    Kind.PRINCIPLE: lazy("Principle"),
    Kind.STORY: lazy("Case story"),
    Kind.PHRASE: lazy("Phrase card"),
}
KINDS_NAMES: dict[Kind, Text] = {
    Kind.PRINCIPLE: lazy("Principles"),
    Kind.STORY: lazy("Case stories"),
    Kind.PHRASE: lazy("Phrase cards"),
}
KINDS_ABOUT: dict[Kind, Text] = {
    Kind.PRINCIPLE: lazy("The rules we serve by, each with what to do in a shop, on the phone and in a chat."),
    Kind.STORY: lazy("What others did, how it turned out, and what to learn from it."),
    Kind.PHRASE: lazy("What slips out under pressure, and what to say instead."),
}


def reading_order(*own: str) -> tuple[str, ...]:
    """The languages in which a reader is shown things: ``own``, the best first, then the usual order."""
    return tuple(dict.fromkeys((*own, *available())))
