"""How each kind of notice reads, in the site and in letters.

Sentences are whole ones for one person, for two and for more: languages differ in what the number changes. The same
sentence serves the site, where names are bold, and letters, where it is plain and also the subject.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import get_locale
from markupsafe import Markup

from ..core.locale import Text, available, gettext, lazy, ngettext, written_deadline
from ..core.mail import one_line
from .model import About, Mailing
from .queries import NoticeRow

ABOUT_NAMES: dict[About, Text] = {
    About.THANKED: lazy("Somebody thanks you"),
    About.MENTIONED: lazy("Somebody mentions you"),
    About.COMMENTED: lazy("Comments and answers"),
    About.REACTED: lazy("Cheers for what you wrote"),
    About.PUBLISHED: lazy("Your win is published"),
    About.DECLINED: lazy("Your win isn’t published yet"),
    About.ASKED: lazy("An editor asks you something"),
    About.DIGEST: lazy("The week in wins and guidance"),
    About.SURVEY: lazy("Surveys: open, about to close, results"),
    About.ACTION: lazy("Promises that you look after"),
}
MAILING_NAMES: dict[Mailing, Text] = {
    Mailing.AT_ONCE: lazy("At once"),
    Mailing.DAILY: lazy("Once a day"),
    Mailing.WEEKLY: lazy("On Mondays"),
    Mailing.NEVER: lazy("Not by mail"),
}
COMMENT = "comment"
"""The subject of what is about a comment; anything else is about a win."""


@dataclass(frozen=True)
class Said:
    """A notice in words: a sentence, what somebody wrote with it (or nothing), and what a letter says besides."""

    sentence: str
    quote: str
    more: str = ""


@dataclass(frozen=True)
class _Parts:
    """What a sentence is made of, ready for where it is going to stand."""

    name: str
    other: str
    title: str
    more: int
    why: str

    def names(self) -> dict[str, str]:
        return {"name": self.name, "other": self.other, "title": self.title}


def for_site(row: NoticeRow, locale: str) -> Markup:
    """The sentence for a page in ``locale``: safe HTML, with the names in bold and the title in its language."""
    title_locale = row.details.get("locale")
    foreign = title_locale in available() and title_locale != locale
    title = Markup("<bdi{}>{}</bdi>").format(
        Markup(' lang="{}"').format(title_locale) if foreign else "", one_line(_text(row.details, "title"))
    )
    bold = [Markup("<strong><bdi>{}</bdi></strong>").format(name) for name in _names(row.details)]
    # Translations are ours, and as in templates may hold markup; what people wrote was escaped right above.
    return Markup(_sentence(row, bold, title))  # noqa: S704  # See the comment above.


def for_letter(row: NoticeRow) -> Said:
    """The same for a letter: plain text, the sentence on one line."""
    sentence = _sentence(row, _names(row.details), one_line(_text(row.details, "title")))
    return Said(one_line(sentence), quote(row), _more(row))


def quote(row: NoticeRow) -> str:
    """What somebody wrote, as plain text: a comment, a reason. Empty when there is nothing."""
    return (_text(row.details, "text") or _text(row.details, "reason")).strip()


def _more(row: NoticeRow) -> str:
    """What a letter says besides: who gets one may never have heard of the survey that it is about."""
    until = _text(row.details, "until")
    if row.about is not About.SURVEY or not until:
        return ""
    when = written_deadline(datetime.fromisoformat(until), str(get_locale()))
    return str(
        gettext(
            "You can answer until %(when)s. It takes a few minutes, and it is anonymous: the portal keeps no link "
            "between you and your answers. The survey’s page says who sees what.",
            when=when,
        )
    )


def _text(details: Mapping[str, Any], key: str) -> str:
    return str(details.get(key) or "")


def _names(details: Mapping[str, Any]) -> list[str]:
    return [one_line(str(name)) for name in details.get("names", ())] or [gettext("Somebody")]


def _sentence(row: NoticeRow, names: Sequence[str], title: str) -> str:
    count = max(int(row.details.get("count") or 0), len(names))
    # With three or more, two are named and the others counted.
    more = count - 2 if len(names) > 1 else 0
    parts = _Parts(names[0], names[1] if len(names) > 1 else "", title, more, _text(row.details, "why"))
    said = _SENTENCES.get((row.about, row.subject)) or _SENTENCES[(row.about, "")]
    return said(parts)


def _one_of_three(parts: _Parts, one: Text, two: Text, many: Callable[[], str]) -> str:
    if parts.more > 0:
        return many()
    chosen = two if parts.other else one
    return str(chosen) % parts.names()


def _reacted(parts: _Parts) -> str:
    return _one_of_three(
        parts,
        lazy("%(name)s cheered your win “%(title)s”"),
        lazy("%(name)s and %(other)s cheered your win “%(title)s”"),
        lambda: ngettext(
            "%(name)s, %(other)s and %(num)d other cheered your win “%(title)s”",
            "%(name)s, %(other)s and %(num)d others cheered your win “%(title)s”",
            parts.more,
            **parts.names(),
        ),
    )


def _reacted_to_comment(parts: _Parts) -> str:
    return _one_of_three(
        parts,
        lazy("%(name)s cheered your comment on “%(title)s”"),
        lazy("%(name)s and %(other)s cheered your comment on “%(title)s”"),
        lambda: ngettext(
            "%(name)s, %(other)s and %(num)d other cheered your comment on “%(title)s”",
            "%(name)s, %(other)s and %(num)d others cheered your comment on “%(title)s”",
            parts.more,
            **parts.names(),
        ),
    )


def _commented(parts: _Parts) -> str:
    return _one_of_three(
        parts,
        lazy("%(name)s commented on “%(title)s”"),
        lazy("%(name)s and %(other)s commented on “%(title)s”"),
        lambda: ngettext(
            "%(name)s, %(other)s and %(num)d other commented on “%(title)s”",
            "%(name)s, %(other)s and %(num)d others commented on “%(title)s”",
            parts.more,
            **parts.names(),
        ),
    )


def _mentioned(parts: _Parts) -> str:
    return _one_of_three(
        parts,
        lazy("%(name)s mentioned you in a comment on “%(title)s”"),
        lazy("%(name)s and %(other)s mentioned you in comments on “%(title)s”"),
        lambda: ngettext(
            "%(name)s, %(other)s and %(num)d other mentioned you in comments on “%(title)s”",
            "%(name)s, %(other)s and %(num)d others mentioned you in comments on “%(title)s”",
            parts.more,
            **parts.names(),
        ),
    )


def _always(sentence: Text) -> Callable[[_Parts], str]:
    return lambda parts: str(sentence) % parts.names()


_HELD = {
    "overdue-promise": lazy("“%(title)s” waits: a promise after the last survey is overdue, with no word on why"),
    "too-few": lazy("“%(title)s” can’t open: it would ask too few people for anybody to stay anonymous"),
    "no-questions": lazy("“%(title)s” can’t open: it has no questions"),
    "damaged": lazy("“%(title)s” can’t be counted: some of its answers are damaged. Ask an administrator"),
    "key-missing": lazy("“%(title)s” can’t be counted: the key to its answers is missing. Ask an administrator"),
}
"""Why a survey doesn't go on, by what the survey itself calls it."""


def _held(parts: _Parts) -> str:
    return str(_HELD.get(parts.why) or lazy("“%(title)s” doesn’t go on by itself: please look at it")) % parts.names()


_SENTENCES: dict[tuple[About, str], Callable[[_Parts], str]] = {
    (About.THANKED, ""): _always(lazy("%(name)s thanked you in the win “%(title)s”")),
    (About.MENTIONED, ""): _mentioned,
    (About.COMMENTED, ""): _commented,
    (About.REACTED, ""): _reacted,
    (About.REACTED, COMMENT): _reacted_to_comment,
    (About.PUBLISHED, ""): _always(lazy("Your win “%(title)s” is published for all to see")),
    (About.DECLINED, ""): _always(lazy("Your win “%(title)s” isn’t published; edit it and post it again")),
    (About.ASKED, ""): _always(lazy("%(name)s asks if your win “%(title)s” may become a case story")),
    (About.DIGEST, ""): _always(lazy("Your digest of the week is here")),
    (About.SURVEY, "survey"): _always(lazy("Tell us how work is going: “%(title)s” is open")),
    (About.SURVEY, "survey-reminder"): _always(lazy("There is still time to answer “%(title)s”")),
    (About.SURVEY, "survey-results"): _always(lazy("See what came of “%(title)s”")),
    (About.SURVEY, "survey-held"): _held,
    (About.SURVEY, "survey-counted"): _always(lazy("The results of “%(title)s” are ready for you")),
    (About.ACTION, "action"): _always(lazy("%(name)s asks you to look after a promise: “%(title)s”")),
    (About.ACTION, "action-due"): _always(lazy("Your promise is due soon: “%(title)s”")),
    (About.ACTION, "action-overdue"): _always(lazy("Your promise is overdue, please say why: “%(title)s”")),
}
