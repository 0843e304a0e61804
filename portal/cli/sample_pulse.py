"""The recurring pulse of the sample company: six waves that are closed, and one that asks just now.

It is played through in the order in which it happened, by the commands that a real one is made of and the worker's own
minute, each at its own time in the past.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from sqlalchemy.orm import Session

from .. import notices, pulse
from .. import people as accounts
from ..core.db import Database
from ..core.permissions import Actor
from ..pulse import (
    action_ground,
    action_telling,
    actions,
    announcing,
    answering,
    casting,
    life,
    publishing,
    question_queries,
    rhythm,
    series,
)
from . import sample_answers
from .sample_answers import Colleague

PULSE = Path(__file__).with_name("sample_pulse.yaml")
WAVES = 7
"""The last of them is open."""
HOUR, DAYS_OPEN, QUESTIONS = 9, 12, 5
LATEST_DAY = 28
"""Of a month: every month has it, so that waves lie a month apart whatever day it is."""
HR = "hr@example.com"
NOT_YET = frozenset({"employee@example.com", "editor@example.com", HR, "admin@example.com"})
"""Those who look at the demo have not answered the open wave: they can try."""
_LEAST = 5
"""Smaller teams are drawn together."""
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)

Event = tuple[datetime, Callable[[], None]]


@dataclass(frozen=True)
class House:
    """What surveys need of the portal around them."""

    database: Database
    keys: pulse.KeyRing
    tokens: pulse.Tokens
    rules: pulse.Rules


def hold_surveys(house: House, now: datetime) -> None:
    """Let the sample company, whose people are there already, have had its surveys until ``now``."""
    told: dict[str, Any] = yaml.safe_load(PULSE.read_text(encoding="utf-8"))
    first, *others = [rhythm.at(day, HOUR, house.rules.zone) for day in opening_days(now, house.rules.zone)]
    with house.database.transaction() as session:
        staff = _staff(session)
        values = _values(told, first.astimezone(house.rules.zone).date())
        series.create(session, _known(staff, HR), values, house.rules, first - _DAY)
    past = _Past(house, told, staff)
    with _in_silence():
        for _, happens in sorted(past.events([first, *others]), key=lambda event: event[0]):
            happens()
    with house.database.transaction() as session:
        past.forget_news(session)


def opening_days(now: datetime, zone: ZoneInfo) -> list[date]:
    """On which days the waves opened by the company's calendar, the last of them a few days before ``now``."""
    last = (now.astimezone(zone) - 2 * _DAY).date()
    last = last.replace(day=min(last.day, LATEST_DAY))
    months = (last.year * 12 + last.month - 1 - ago for ago in reversed(range(WAVES)))
    return [date(month // 12, month % 12 + 1, last.day) for month in months]


class _Past:
    """What happened. ``_surveys`` are the waves that have opened, ``_promised`` what was promised, by its place."""

    def __init__(self, house: House, told: dict[str, Any], staff: Sequence[Colleague]) -> None:
        self._house = house
        self._told = told
        self._staff = staff
        self._surveys: list[int] = []
        self._promised: dict[int, int] = {}

    def events(self, opened: Sequence[datetime]) -> Iterator[Event]:
        """All that is to happen, and when; the waves are ``opened`` then."""
        for wave, opens_at in enumerate(opened):
            yield opens_at, partial(self._open, opens_at)
            answered_at = opens_at + _DAY
            yield answered_at, partial(self._answer, answered_at, wave)
            if wave < WAVES - 1:
                closed_at = opens_at + DAYS_OPEN * _DAY + 2 * _HOUR  # Also where clocks are put back in between.
                yield closed_at, partial(self._tick, closed_at)
                yield from self._came_of_it(wave, closed_at)

    def _came_of_it(self, wave: int, closed_at: datetime) -> Iterator[Event]:
        if wave < WAVES - 2:  # The last results wait for HR to look at them, and to publish them.
            published_at = closed_at + 2 * _DAY
            yield published_at, partial(self._publish, published_at, wave)
        for place, told in enumerate(self._told["promises"]):
            if told["after"] == wave + 1:
                promised_at = closed_at + told["days"] * _DAY
                yield promised_at, partial(self._promise, promised_at, place, wave)
                for said in told["notes"]:
                    at = promised_at + said["days"] * _DAY
                    yield at, partial(self._note, at, place, said)

    def forget_news(self, session: Session) -> None:
        """Take back what was news then, and is none today: only the open wave is, and the results that wait for HR."""
        for survey_id in self._surveys:
            notices.take_back(session, announcing.RESULTS, survey_id)
        for survey_id in self._surveys[:-2]:
            notices.take_back(session, announcing.COUNTED, survey_id)
        for action_id in self._promised.values():
            for subject in (pulse.ACTION, action_telling.DUE, action_telling.OVERDUE):
                notices.take_back(session, subject, action_id)

    def _tick(self, at: datetime) -> None:
        pulse.tick(self._house.database, self._house.keys, self._house.rules, at)

    def _open(self, at: datetime) -> None:
        with self._house.database.reading() as session:
            self._surveys += life.due_to_open(session, at)
        self._tick(at)

    def _answer(self, at: datetime, wave: int) -> None:
        """Ballots are handed out, and cast: never both in one transaction, as on the site."""
        survey_id, tokens = self._surveys[wave], self._house.tokens
        with self._house.database.reading() as session:
            fields = {one.key: answering.field(one.number) for one in question_queries.questions(session, survey_id)}
        in_words = next(field for key, field in fields.items() if key.endswith("-text"))
        is_open = wave == WAVES - 1
        comments = () if is_open else self._told["comments"][wave]
        ballots = sample_answers.ballots(
            self._staff, self._told["content"], comments, wave, NOT_YET if is_open else None
        )
        with self._house.database.transaction() as session:
            handed = [casting.hand_out(session, one.voter.actor, survey_id, tokens, at) for one in ballots]
        with self._house.database.transaction() as session:
            # In the order of the tokens, which is that of chance.
            for token, one in sorted(zip(handed, ballots, strict=True), key=lambda pair: pair[0]):
                values = {fields[key]: [str(said)] for key, said in one.answers.items()}
                values |= {in_words: [one.words]} if one.words else {}
                casting.cast(session, survey_id, token, values, tokens, at)

    def _publish(self, at: datetime, wave: int) -> None:
        with self._house.database.transaction() as session:
            publishing.publish(session, _known(self._staff, HR), self._surveys[wave], at)
        self._tick(at)

    def _promise(self, at: datetime, place: int, wave: int) -> None:
        told = self._told["promises"][place]
        actor, owner = _known(self._staff, told["by"]), _known(self._staff, told["owner"])
        assert owner.id is not None
        with self._house.database.transaction() as session:
            ground = action_ground.ground(session, actor, self._surveys[wave], ())
            assert ground is not None
            values = actions.PromiseValues(
                unit=next(unit.number for unit in ground.units if unit.name.text == told["unit"]),
                about=pulse.Driver(told["about"]),
                said=told["said"],
                promise=told["promise"],
                owner_id=owner.id,
                due_on=action_telling.today(self._house.rules, at) + told["due"] * _DAY,
            )
            made = actions.promise(session, actor, self._surveys[wave], values, self._house.rules, at)
            self._promised[place] = made.id

    def _note(self, at: datetime, place: int, said: dict[str, Any]) -> None:
        progress = pulse.Progress(said["progress"]) if "progress" in said else None
        values = actions.NoteValues(said["text"], said["locale"], progress)
        with self._house.database.transaction() as session:
            actor = _known(self._staff, said["by"])
            actions.note(session, actor, self._promised[place], values, self._house.rules, at)


@contextmanager
def _in_silence() -> Iterator[None]:
    """Let the log not tell, as if it were today, how each of these surveys opened and closed."""
    log, before = logging.getLogger(life.__name__), logging.getLogger(life.__name__).level
    log.setLevel(logging.WARNING)
    try:
        yield
    finally:
        log.setLevel(before)


def _staff(session: Session) -> list[Colleague]:
    """Everybody who works in the sample company."""
    teams, working = accounts.team_names(session, accounts.team_ancestry(session), ""), accounts.staff(session)
    found = []
    for person_id, team_id in working.items():
        actor = accounts.actor_of(session, person_id)
        assert actor is not None
        team = teams[team_id] if team_id is not None else ""
        group = team if list(working.values()).count(team_id) >= _LEAST else ""
        heads = accounts.headed_team(session, person_id) is not None
        found.append(Colleague(actor, team, group, heads))
    return found


def _known(staff: Sequence[Colleague], email: str) -> Actor:
    return next(one.actor for one in staff if one.actor.email == email)


def _values(told: dict[str, Any], first: date) -> pulse.SeriesValues:
    texts = {code: pulse.Heading(said["title"], said["intro"]) for code, said in told["texts"].items()}
    return pulse.SeriesValues(
        texts, pulse.Every.MONTH, first, HOUR, DAYS_OPEN, questions=QUESTIONS, keys=tuple(told["keys"]), comment=True
    )
