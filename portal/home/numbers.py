"""Numbers for editors: what wins are shared, of months, principles and teams; of people there are none."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from .. import knowledge, people, wins
from ..core import clock
from ..core.db import reading
from ..core.locale import chosen, written_month, written_number
from ..core.permissions import Can, allow
from ..core.shell import settings

bp = Blueprint("numbers", __name__, template_folder="templates")


@dataclass(frozen=True)
class Bar:
    """A line of a chart and of the table beside it: what is counted, in which language that is, and how many."""

    label: str
    locale: str
    value: int
    written: str
    address: str = ""


@dataclass(frozen=True)
class Numbers:
    """All that the page shows. ``silent`` are the paths of teams, ``unlived`` principles that no win lives yet."""

    months: tuple[Bar, ...]
    lived: tuple[Bar, ...]
    unlived: tuple[knowledge.Card, ...]
    silent: tuple[str, ...]


@bp.get("/wins/numbers")
@allow(Can.MODERATE)
def overview() -> ResponseReturnValue:
    """Wins a month, principles lived and not lived yet, teams that are silent."""
    found = numbers(reading(), clock.now(), settings().timezone, chosen())
    return render_template("home/numbers.html", found=found, days=wins.QUIET_DAYS)


def numbers(session: Session, now: datetime, zone: tzinfo, locale: str) -> Numbers:
    """The numbers at ``now`` for a reader of ``locale``, in a request's context; months are those of ``zone``."""
    months = [
        Bar(written_month(month.first), locale, month.wins, written_number(month.wins))
        for month in wins.wins_by_month(session, now, zone)
    ]
    counts = wins.principles_lived(session, wins.year_begins(now, zone), now)
    principles = knowledge.principles(session, knowledge.reading_order(locale)).values()
    # Only rarely lived ones are looked for in all the years.
    ever = set(counts) | wins.ever_lived(session, [card.page_id for card in principles if card.page_id not in counts])
    lived = [_bar(card, counts.get(card.page_id, 0)) for card in principles if card.page_id in ever]
    return Numbers(
        months=tuple(months),
        lived=tuple(sorted(lived, key=lambda bar: -bar.value)),
        unlived=tuple(card for card in principles if card.page_id not in ever),
        silent=_silent_teams(session, now, locale),
    )


def _bar(card: knowledge.Card, count: int) -> Bar:
    return Bar(card.title, card.locale, count, written_number(count), card.address)


def _silent_teams(session: Session, now: datetime, locale: str) -> tuple[str, ...]:
    """The paths of the teams with people in which nobody shared anything lately, nor in the teams below them."""
    above = people.team_ancestry(session)
    shared = wins.teams_that_shared(session, wins.quiet_since(now))
    heard = {team for own in shared for team in above.get(own, ())}
    quiet = people.staffed_teams(session) - heard
    return tuple(path for team, path in people.team_paths(session, locale).items() if team in quiet)
