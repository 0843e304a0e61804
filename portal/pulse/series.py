"""Recurring pulses: begun, changed, paused and resumed by HR; their next waves are made by themselves.

The next wave is there as a scheduled survey from the opening of the last one on (at the earliest `AHEAD` before it
opens), so that HR can look at its questions and change them. There is never more than one; waves that were missed are
left out, not made up for. A wave that nobody has changed by hand follows each change of its series.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..core.errors import Conflict, NotFound, Refused
from ..core.locale import lazy
from ..core.permissions import Actor
from . import announcing, bank, policy, rhythm
from .model import Driver, Kind, Series, State, Survey, SurveyQuestion
from .rhythm import Every
from .rotation import Pool, choose, parts_of
from .rules import Rules
from .series_values import SeriesValues, checked

AHEAD = timedelta(days=30)
GRACE = timedelta(hours=12)
"""A wave is made so long after it should have opened; later than that it is left out."""
_LOOKED_BACK = 60
"""So many waves are looked through for what was asked when: more than a year of weeks."""
_UNTOUCHED = 1
"""The version of a survey that nobody has changed."""


class SeriesChanged(Conflict):
    """The series was changed since it was looked at here; ``version`` is what it is now."""

    message = lazy("Somebody else changed this series in the meantime. Look at it again before you save.")

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__()


def create(session: Session, actor: Actor, values: SeriesValues, rules: Rules, now: datetime) -> Series:
    """Begin a series, and make its first wave when that is near.

    Raises Refused, and Invalid with messages for ``title_<language>``, ``intro_<language>``, ``next_on``, ``hour``,
    ``days_open``, ``questions``, ``keys`` and ``audience``.
    """
    _only_hr(actor)
    values = checked(session, values, rules, now)
    series = Series(active=True, version=1, created_by=actor.id, created_at=now, of_month=values.next_on.day)
    _settle(series, values)
    session.add(series)
    session.flush()
    prepare(session, series.id, now, rules.zone)
    return series


def change(
    session: Session, actor: Actor, series_id: int, version: int, values: SeriesValues, rules: Rules, now: datetime
) -> Series:
    """Settle a series anew. Its next wave, if it is there, is made anew too, unless it was changed by hand.

    Raises as `create`, and NotFound, SeriesChanged.
    """
    series = _changeable(session, actor, series_id, version)
    same_day = values.next_on == series.next_on
    values = checked(session, values, rules, now, series.next_on)
    # In a month too short for its day the next wave has another one, which is not what was settled.
    keeps_day = same_day and values.every == series.every
    _settle(series, values)
    if series.active:
        taken_back = _take_back(session, series, rules.zone)
        series.next_on = taken_back if taken_back and same_day else values.next_on
    if not keeps_day:
        series.of_month = series.next_on.day
    session.flush()
    prepare(session, series.id, now, rules.zone)
    return series


def pause(session: Session, actor: Actor, series_id: int, version: int, rules: Rules) -> Series:
    """Make no more waves. The next one does not open: it is taken back, or a draft again if it was changed by hand.

    Raises Refused, NotFound, SeriesChanged.
    """
    series = _changeable(session, actor, series_id, version)
    if series.active:
        series.active = False
        series.next_on = _take_back(session, series, rules.zone, shelve=True) or series.next_on
        session.flush()
    return series


def resume(session: Session, actor: Actor, series_id: int, version: int, rules: Rules, now: datetime) -> Series:
    """Go on with the first wave that is still to come. Raises Refused, NotFound, SeriesChanged."""
    series = _changeable(session, actor, series_id, version)
    if not series.active:
        series.active = True
        _leave_out_missed(series, now, rules.zone)
        session.flush()
        prepare(session, series.id, now, rules.zone)
    return series


def due_to_prepare(session: Session, now: datetime) -> list[int]:
    """The active series that may need their next wave made: none waits, and the day is near."""
    waiting = select(Survey.id).where(Survey.series_id == Series.id, Survey.state == State.SCHEDULED).exists()
    near = (now + AHEAD + timedelta(days=1)).date()
    wanted = select(Series.id).where(Series.active, Series.next_on <= near, ~waiting)
    return list(session.scalars(wanted.order_by(Series.next_on, Series.id)))


def prepare_due(session: Session, now: datetime, zone: ZoneInfo) -> list[Survey]:
    """Make the next wave of every series whose time it is; asked again, it makes none twice."""
    made = (prepare(session, series_id, now, zone) for series_id in due_to_prepare(session, now))
    return [survey for survey in made if survey is not None]


def prepare(session: Session, series_id: int, now: datetime, zone: ZoneInfo) -> Survey | None:
    """Make a series' next wave as a scheduled survey, and move the series on to the one after it.

    None when the series is paused or no more, a wave of it is waiting already, or the next is more than `AHEAD` away.
    """
    series = session.get(Series, series_id, with_for_update=True, populate_existing=True)
    if series is None or not series.active:
        return None
    waves = _waves(session, series_id)
    if any(wave.state == State.SCHEDULED for wave in waves):
        return None
    last = max((wave.closes_at for wave in waves if wave.closes_at), default=None)
    _leave_out_missed(series, now, zone, not_before=last)
    opens_at = rhythm.at(series.next_on, series.hour, zone)
    if opens_at > now + AHEAD:
        return None
    survey = _wave(session, series, _asked_before(session, series, waves, zone), opens_at, zone, now)
    series.next_on = rhythm.following(series.next_on, Every(series.every), series.of_month)
    session.flush()
    return survey


def pool(keys: Sequence[str], comment: bool) -> Pool:
    """What of the bank a series with those ``keys`` draws on (none: all that waves ask).

    Keys that the bank has no longer don't count. A list without a question in words draws those from all of the bank.
    """
    listed = [bank.BANK.by_key[key] for key in keys if key in bank.BANK.by_key]
    everything = [one for one in bank.BANK.by_key.values() if not one.occasional]
    scored = [one for one in listed if one.scored] or [one for one in everything if one.scored]
    words = [one for one in listed if one.kind == Kind.TEXT] or [one for one in everything if one.kind == Kind.TEXT]
    by_driver = {driver: [one.key for one in scored if one.driver == driver] for driver in Driver}
    return Pool(by_driver, [one.key for one in words] if comment else [])


def _wave(
    session: Session,
    series: Series,
    asked_before: Sequence[Sequence[str]],
    opens_at: datetime,
    zone: ZoneInfo,
    now: datetime,
) -> Survey:
    """A scheduled survey with the series' words and rotated questions."""
    chosen = choose(asked_before, pool(series.keys, series.comment), Every(series.every), series.questions)
    survey = Survey(
        series_id=series.id,
        texts=dict(series.texts),
        state=State.SCHEDULED,
        version=_UNTOUCHED,
        audience=list(series.audience),
        parts=parts_of(chosen),
        opens_at=opens_at,
        closes_at=rhythm.at(series.next_on + timedelta(days=series.days_open), series.hour, zone),
        reminders=list(rhythm.reminders(series.days_open)),
        created_by=series.created_by,
        created_at=now,
    )
    session.add(survey)
    session.flush()
    for number, one in enumerate(chosen, 1):
        row = bank.as_row(one.key, one.part)
        row.survey_id, row.number, row.position = survey.id, number, number
        session.add(row)
    session.flush()
    return survey


def _waves(session: Session, series_id: int) -> list[Survey]:
    """The latest waves of a series, the latest last. What HR took back to a draft is no wave any more."""
    wanted = select(Survey).where(Survey.series_id == series_id, Survey.state != State.DRAFT)
    found = session.scalars(wanted.order_by(Survey.opens_at.desc(), Survey.id.desc()).limit(_LOOKED_BACK))
    return list(found)[::-1]


def _asked_before(session: Session, series: Series, waves: Sequence[Survey], zone: ZoneInfo) -> list[tuple[str, ...]]:
    """The keys that each earlier wave asked, with an empty one for each that was missed."""
    ids = [wave.id for wave in waves]
    keys: dict[int, list[str]] = {}
    rows = select(SurveyQuestion.survey_id, SurveyQuestion.key).where(SurveyQuestion.survey_id.in_(ids))
    for survey_id, key in session.execute(rows):
        keys.setdefault(survey_id, []).append(key)
    every = Every(series.every)
    days = [(wave.id, wave.opens_at.astimezone(zone).date()) for wave in waves if wave.opens_at]
    found: list[tuple[str, ...]] = []
    for (survey_id, day), (_, later) in pairwise([*days, (0, series.next_on)]):
        found.append(tuple(keys.get(survey_id, ())))
        found += [()] * min(rhythm.missed(day, later, every), rhythm.WAVES[every])
    return found


def _leave_out_missed(series: Series, now: datetime, zone: ZoneInfo, not_before: datetime | None = None) -> None:
    """Move the series on to its first wave that can still open, ``not_before`` the last one has closed."""
    while _is_missed(rhythm.at(series.next_on, series.hour, zone), now, not_before):
        series.next_on = rhythm.following(series.next_on, Every(series.every), series.of_month)


def _is_missed(opens_at: datetime, now: datetime, not_before: datetime | None) -> bool:
    return opens_at + GRACE < now or (not_before is not None and opens_at < not_before)


def _take_back(session: Session, series: Series, zone: ZoneInfo, *, shelve: bool = False) -> date | None:
    """Delete the wave that waits, unless it was changed by hand; the day on which it would have opened.

    With ``shelve`` a wave that was changed by hand is made a draft again.
    """
    wanted = select(Survey).where(Survey.series_id == series.id, Survey.state == State.SCHEDULED)
    waiting = session.scalars(wanted.with_for_update().execution_options(populate_existing=True)).first()
    if waiting is None or waiting.opens_at is None:
        return None
    if waiting.version == _UNTOUCHED:
        announcing.all_is_well(session, waiting)
        session.delete(waiting)
        session.flush()
        return waiting.opens_at.astimezone(zone).date()
    if shelve:
        announcing.all_is_well(session, waiting)
        waiting.state, waiting.held_back, waiting.version = State.DRAFT, None, waiting.version + 1
    return None


def _changeable(session: Session, actor: Actor, series_id: int, version: int) -> Series:
    """The series, locked, when it is as it was seen; its version goes up."""
    _only_hr(actor)
    series = session.get(Series, series_id, with_for_update=True, populate_existing=True)
    if series is None:
        raise NotFound
    if series.version != version:
        raise SeriesChanged(series.version)
    series.version += 1
    return series


def _only_hr(actor: Actor) -> None:
    if not policy.may_manage(actor):
        raise Refused


def _settle(series: Series, values: SeriesValues) -> None:
    series.texts = {code: {"title": one.title, "intro": one.intro} for code, one in values.texts.items()}
    series.every, series.next_on, series.hour = values.every, values.next_on, values.hour
    series.days_open, series.questions, series.comment = values.days_open, values.questions, values.comment
    series.keys, series.audience = list(values.keys), list(values.audience)
