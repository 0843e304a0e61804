"""What is settled when a survey opens: who is asked, in which units answers are counted, until when, who is told what.

From then on nothing of it changes. Who joins later isn't asked; who leaves is still counted among the invited; who
changes team keeps the cohort of the day on which it opened.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.orm import Session

from .. import people
from ..core.locale import available
from .audience import chosen_members, team_parents
from .cohorts import Division, Unit, divide
from .model import LEAST_COMMENTS, LEAST_SCORES, Announcement, Invitation, State, Step, Survey, SurveyUnit
from .readiness import MOST_REMINDERS
from .rules import Rules
from .sealing import KeyRing

LATE = timedelta(hours=1)
EARLIEST, LATEST = time(9), time(18)
"""Between these, by the company's clocks, people are reminded."""


def asked(session: Session, teams: Sequence[int]) -> dict[int, int | None]:
    """Who is asked today, by id, with the id of their team: all who work in ``teams`` or below; without any, all."""
    staff = people.staff(session)
    wanted = chosen_members(team_parents(session), Counter(staff.values()), teams)
    return {person: team for person, team in staff.items() if team in wanted}


def settle(
    session: Session,
    survey: Survey,
    invited: Mapping[int, int | None],
    keys: KeyRing,
    rules: Rules,
    now: datetime,
) -> None:
    """Open ``survey`` to those ``invited``. Raises OSError, Damaged when its key can't be kept."""
    assert survey.opens_at  # Whatever is scheduled has its dates: the table's own rule.
    assert survey.closes_at
    survey.least_scores = max(rules.least_scores, LEAST_SCORES)
    survey.least_comments = max(rules.least_comments, LEAST_COMMENTS)
    survey.closes_at = closing(survey.opens_at, survey.closes_at, now, rules.zone)
    survey.box = keys.make(survey.id)
    survey.state, survey.opened_at, survey.invited, survey.held_back = State.OPEN, now, len(invited), None
    _invite(session, survey.id, invited, survey.least_scores)
    session.add(Announcement(survey_id=survey.id, step=Step.INVITATION, due_at=now))
    dues = reminders(survey.reminders, now, survey.closes_at, rules.zone)
    for step, due in zip((Step.REMINDER, Step.LAST_REMINDER), dues, strict=False):
        session.add(Announcement(survey_id=survey.id, step=step, due_at=due))
    session.flush()


def closing(opens_at: datetime, closes_at: datetime, now: datetime, zone: ZoneInfo) -> datetime:
    """When a survey closes that opens ``now``: as planned, or if it opens late, so that people have all their days.

    Late is by more than an hour, or a tenth of its length. The length is that on the company's clocks: a week goes from
    nine to nine, also when clocks change in between.
    """
    if now - opens_at <= min(LATE, (closes_at - opens_at) / 10):
        return closes_at
    return _moment(_shown(now, zone) + (_shown(closes_at, zone) - _shown(opens_at, zone)), zone)


def reminders(days: Sequence[int], opened_at: datetime, closes_at: datetime, zone: ZoneInfo) -> list[datetime]:
    """When those without a ballot are reminded: ``days`` after opening, at its hour but by day, before it closes."""
    opened = _shown(opened_at, zone)
    hour = min(max(opened.time(), EARLIEST), LATEST)
    dues = [_moment(datetime.combine(opened.date() + timedelta(days=after), hour), zone) for after in sorted(set(days))]
    return [due for due in dues if opened_at < due < closes_at][:MOST_REMINDERS]


def _invite(session: Session, survey_id: int, invited: Mapping[int, int | None], least: int) -> None:
    division = divide(team_parents(session), Counter(invited.values()), least)
    names = _names(session, division)
    session.add_all(_row(survey_id, unit, names) for unit in division.units)
    session.flush()
    rows = [
        {"survey_id": survey_id, "person_id": person, "unit": division.unit_of[team]}
        for person, team in invited.items()
    ]
    session.execute(insert(Invitation), rows)


def _row(survey_id: int, unit: Unit, names: Mapping[int | None, dict[str, str]]) -> SurveyUnit:
    return SurveyUnit(
        survey_id=survey_id,
        number=unit.number,
        parent=unit.parent,
        team_id=unit.team_id,
        names=names.get(unit.team_id, {}),
        invited=unit.invited,
        cohort=unit.cohort,
    )


def _names(session: Session, division: Division) -> dict[int | None, dict[str, str]]:
    """What the units' teams are called, by language; the company's own name under ``""``."""
    teams = [unit.team_id for unit in division.units if unit.team_id is not None]
    own = people.team_names(session, teams, "")
    found: dict[int | None, dict[str, str]] = {team: {"": name} for team, name in own.items()}
    for locale in available():
        for team, name in people.team_names(session, teams, locale).items():
            if name != own[team]:
                found[team][locale] = name
    return found


def _shown(when: datetime, zone: ZoneInfo) -> datetime:
    return when.astimezone(zone).replace(tzinfo=None)


def _moment(shown: datetime, zone: ZoneInfo) -> datetime:
    return shown.replace(tzinfo=zone).astimezone(UTC)
