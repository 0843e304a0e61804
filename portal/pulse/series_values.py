"""What HR settles of a recurring pulse, and what of it will not do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from .. import people
from ..core.errors import Invalid
from ..core.locale import Text, lazy
from . import audience, bank, readiness, rhythm
from .drafting import Heading, heading_faults, headings
from .model import Kind, Series
from .rhythm import Every
from .rotation import MOST_A_PERSON
from .rules import Rules

FARTHEST = timedelta(days=366)


@dataclass(frozen=True)
class SeriesValues:
    """What HR settles of a series; see `Series`. ``next_on`` is a day by the company's calendar."""

    texts: Mapping[str, Heading]
    every: Every
    next_on: date
    hour: int
    days_open: int
    questions: int = MOST_A_PERSON
    keys: tuple[str, ...] = ()
    audience: tuple[int, ...] = ()
    comment: bool = True


def values_of(series: Series) -> SeriesValues:
    """What is settled of ``series`` now."""
    return SeriesValues(
        texts={code: Heading(said["title"], said["intro"]) for code, said in series.texts.items()},
        every=Every(series.every),
        next_on=series.next_on,
        hour=series.hour,
        days_open=series.days_open,
        questions=series.questions,
        keys=tuple(series.keys),
        audience=tuple(series.audience),
        comment=series.comment,
    )


def checked(
    session: Session, values: SeriesValues, rules: Rules, now: datetime, settled: date | None = None
) -> SeriesValues:
    """The values as they are kept. ``settled``: the series' day of today, which may stay whatever day it is.

    Raises Invalid with messages for ``title_<language>``, ``intro_<language>``, ``next_on``, ``hour``, ``days_open``,
    ``questions``, ``keys`` and ``audience``.
    """
    known = people.team_ancestry(session)
    wanted = values.audience
    values = replace(
        values,
        texts=headings(values.texts),
        keys=tuple(dict.fromkeys(values.keys)),
        audience=tuple(audience.topmost(known, wanted)),
    )
    wrong = _wrong_texts(values.texts, rules) | _wrong_times(values, rules, now, settled) | _wrong_questions(values)
    if any(team not in known for team in wanted):
        wrong["audience"] = lazy("One of these teams isn’t there any more. Choose again.")
    elif fault := readiness.audience_fault(audience.invited(session, values.audience), rules):
        wrong["audience"] = fault
    if wrong:
        raise Invalid(wrong)
    return values


def _wrong_texts(texts: Mapping[str, Heading], rules: Rules) -> dict[str, Text]:
    wrong = heading_faults(texts)
    if fault := readiness.text_fault({code: {"title": one.title} for code, one in texts.items()}, rules):
        wrong[f"title_{rules.language}"] = fault
    return wrong


def _wrong_times(values: SeriesValues, rules: Rules, now: datetime, settled: date | None) -> dict[str, Text]:
    wrong: dict[str, Text] = {}
    today, most = now.astimezone(rules.zone).date(), rhythm.MOST_DAYS_OPEN[values.every]
    if not 0 <= values.hour <= 23:
        wrong["hour"] = lazy("A full hour, please, from 0 to 23.")
    if values.next_on > today + FARTHEST:
        wrong["next_on"] = lazy("This is more than a year away.")
    elif values.next_on != settled and not wrong and _has_passed(values, today, rules, now):
        wrong["next_on"] = lazy("This has passed already.")
    if not 1 <= values.days_open <= most:
        wrong["days_open"] = lazy(
            "From 1 to %(max)d days, so that one wave is over and counted before the next one opens.", max=most
        )
    return wrong


def _has_passed(values: SeriesValues, today: date, rules: Rules, now: datetime) -> bool:
    return values.next_on < today or rhythm.at(values.next_on, values.hour, rules.zone) < now


def _wrong_questions(values: SeriesValues) -> dict[str, Text]:
    wrong: dict[str, Text] = {}
    if not 1 <= values.questions <= MOST_A_PERSON:
        wrong["questions"] = lazy("From 1 to %(max)d questions: nobody gets more a wave.", max=MOST_A_PERSON)
    elif values.comment and values.questions == 1:
        wrong["questions"] = lazy("With a question in words it takes two at least: that one alone tells no score.")
    if fault := _wrong_keys(values.keys):
        wrong["keys"] = fault
    return wrong


def _wrong_keys(keys: Sequence[str]) -> Text | None:
    listed = [bank.BANK.by_key.get(key) for key in keys]
    if None in listed:
        return lazy("One of these questions isn’t in the bank any more. Choose again.")
    known = [one for one in listed if one]
    if any(not one.scored and one.kind != Kind.TEXT for one in known):
        return lazy("A recurring pulse asks for scores and words alone: choices can’t be followed from wave to wave.")
    if known and not any(one.scored for one in known):
        return lazy("Choose one question at least that is answered with a score.")
    return None
