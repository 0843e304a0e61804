"""What stands in the weekly digest: sections, each asked of the domain that knows.

All of one language, team and rights, whom the same surveys ask, read the same: it is put together once for them. Make
sections within a request context in the reader's language: titles are translated as they are made; links are paths.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from flask import url_for
from sqlalchemy.orm import Session

from .. import knowledge, people, pulse, wins
from ..core.locale import gettext, written_deadline
from ..core.permissions import Can
from ..notices import Week

MOST_LINES = 10
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Audience:
    """Those who read the same digest; ``asked`` are the open surveys that ask them, answered or not."""

    locale: str
    team_id: int | None
    grants: frozenset[Can]
    asked: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Line:
    """One thing to read: what it is called, in its ``locale``, whose or what it is (``note``), and its path."""

    text: str
    locale: str
    note: str
    address: str


@dataclass(frozen=True)
class Section:
    """A part of a digest. ``more`` says how many others there are, to be read at the path ``rest``."""

    title: str
    lines: tuple[Line, ...]
    more: int = 0
    rest: str = ""


class Edition:
    """The digest of one week, for whoever asks. What several readers share is asked of ``session`` once."""

    def __init__(self, session: Session, week: Week) -> None:
        self.session = session
        self.week = week
        self._known: dict[Hashable, Any] = {}

    def once(self, key: Hashable, make: Callable[[], Thing]) -> Thing:
        """What ``make`` gives, remembered under ``key``."""
        if key not in self._known:
            self._known[key] = make()
        return cast(Thing, self._known[key])

    def sections(self, audience: Audience) -> tuple[Section, ...]:
        """What these readers are told; nothing in a week in which nothing happened for them."""
        return self.once(audience, lambda: tuple(filter(None, (make(self, audience) for make in SECTIONS))))


SectionMaker = Callable[[Edition, Audience], Section | None]


def wins_of_the_week(edition: Edition, audience: Audience) -> Section | None:
    """What colleagues shared."""
    if Can.READ_WINS not in audience.grants:
        return None
    return _of_wins(gettext("Wins of the week"), _wins(edition), url_for("wins.feed"))


def new_guidance(edition: Edition, audience: Audience) -> Section | None:
    """Pages that are new in the readers' language."""
    return _of_pages(gettext("New guidance"), _changes(edition, audience).new)


def changed_guidance(edition: Edition, audience: Audience) -> Section | None:
    """Pages that say something else now."""
    return _of_pages(gettext("Changed guidance"), _changes(edition, audience).changed)


def own_team(edition: Edition, audience: Audience) -> Section | None:
    """What the readers' team did, with the teams below it; for the company as a whole that has been told above."""
    above = edition.once("teams", lambda: people.team_ancestry(edition.session))
    team = audience.team_id
    if Can.READ_WINS not in audience.grants or team is None or len(above.get(team, ())) < 2:
        return None
    theirs = tuple(one for one in _wins(edition) if team in above.get(one.team_id or 0, ()))
    return _of_wins(gettext("What your team did"), theirs, url_for("wins.feed", team=team))


def open_surveys(edition: Edition, audience: Audience) -> Section | None:
    """What the readers are asked just now. Who has answered is nobody's business, this letter's neither."""
    if Can.ANSWER_SURVEYS not in audience.grants:
        return None
    found = pulse.open_surveys(edition.session, audience.asked, audience.locale)
    lines = tuple(
        Line(
            one.title,
            one.locale,
            gettext("open until %(when)s", when=written_deadline(one.closes_at, audience.locale)),
            one.address,
        )
        for one in found[:MOST_LINES]
    )
    title = gettext("Open surveys, if you haven’t answered yet")
    return Section(title, lines, len(found) - len(lines), url_for("surveys.listing")) if lines else None


SECTIONS: tuple[SectionMaker, ...] = (wins_of_the_week, open_surveys, new_guidance, changed_guidance, own_team)
"""Who is asked for what stands in a digest, in this order; each says None when it has nothing to tell."""


def _wins(edition: Edition) -> tuple[wins.WinLine, ...]:
    week = edition.week
    return edition.once("wins", lambda: wins.lately(edition.session, week.since, week.until))


def _changes(edition: Edition, audience: Audience) -> knowledge.Changes:
    if Can.READ_KNOWLEDGE not in audience.grants:
        return knowledge.Changes((), ())
    locale, week = audience.locale, edition.week
    return edition.once(
        ("guidance", locale), lambda: knowledge.changes(edition.session, locale, week.since, week.until)
    )


def _of_wins(title: str, found: tuple[wins.WinLine, ...], rest: str) -> Section | None:
    lines = tuple(Line(one.title, one.locale, one.author, one.address) for one in found[:MOST_LINES])
    return Section(title, lines, len(found) - len(lines), rest) if lines else None


def _of_pages(title: str, found: tuple[knowledge.Card, ...]) -> Section | None:
    lines = tuple(
        Line(card.title, card.locale, str(knowledge.KIND_NAMES[card.kind]), card.address) for card in found[:MOST_LINES]
    )
    return Section(title, lines, len(found) - len(lines), url_for("home.front")) if lines else None
