"""Handing out ballots, and taking them: two errands that know nothing of each other.

Who was handed a ballot is written in one transaction, what was answered in another, which a request without a
session brings; never both in one (docs/decisions/0011). Neither writes anything else: no audit trail, no outbox.
"""

import random
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ..core.errors import Conflict, NotFound, Refused
from ..core.locale import lazy
from ..core.permissions import Actor
from . import answering, policy
from .cohorts import EVERYBODY
from .model import Ballot, Invitation, Kind, State, Survey, Turnout
from .question_queries import questions
from .questions import Answers
from .sealing import Opener, seal
from .tokens import Tokens, Voter, part_of

_BATCH = 500
_KEY_BYTES = 32
_TRIES = 5
"""How often a ballot is tried to be cast: more than once only when it is withdrawn elsewhere at the same moment."""
_BALLOTS: Any = Ballot.__table__
_TURNOUTS: Any = Turnout.__table__


class SurveyClosed(Conflict):
    """The survey has closed: nothing is handed out or taken any more."""

    message = lazy("This survey has closed. It takes no more answers.")


class NotOpenYet(Conflict):
    """The survey will open later."""

    message = lazy("This survey isn’t open yet.")


class NotAsked(Refused):
    """This person isn't among those whom the survey asks."""

    message = lazy(
        "This survey doesn’t ask you: it asks those who were with us, in the teams that it is about, when it opened."
    )


class AlreadyHanded(Conflict):
    """This person was handed a ballot before."""

    message = lazy(
        "You have been handed your ballot already. Go on in the browser where you began. We can’t give you "
        "another one: nobody, not even the portal, knows whether yours has been used."
    )


@dataclass(frozen=True)
class _Open:
    """What is needed of a survey that takes ballots."""

    box: bytes
    parts: int


def hand_out(session: Session, actor: Actor, survey_id: int, tokens: Tokens, now: datetime) -> str:
    """Write down that ``actor`` was handed a ballot, and make it: the token, to be shown once, after the commit.

    Raises NotFound, NotOpenYet, SurveyClosed, Refused, NotAsked, AlreadyHanded.
    """
    if not policy.may_answer(actor):
        raise Refused
    _open(session, survey_id, now)
    mine = (Invitation.survey_id == survey_id, Invitation.person_id == actor.id)
    unit = session.scalar(select(Invitation.unit).where(*mine))
    if unit is None:
        raise NotAsked
    # Asked twice at once, the second waits for the first and then writes nothing. No error is made of it in the
    # database: PostgreSQL would write who it was into its log.
    row = {"survey_id": survey_id, "person_id": actor.id}
    if not _written(
        session,
        _insert(session, _TURNOUTS).values(row).on_conflict_do_nothing(index_elements=["survey_id", "person_id"]),
    ):
        raise AlreadyHanded
    return tokens.issue(survey_id, unit)


def cast(
    session: Session, survey_id: int, token: str, values: Mapping[str, Sequence[str]], tokens: Tokens, now: datetime
) -> bool:
    """Take the answers in ``values`` (see `answering.read`) for ``token``, in place of any that it brought before.

    Is it the first time? Raises Forged, NotFound, NotOpenYet, SurveyClosed, Invalid.
    """
    voter = tokens.read(token, survey_id)
    survey = _open(session, survey_id, now)
    asked = questions(session, survey_id)
    answers = answering.read(asked, part_of(voter.lot, survey.parts), values)
    sealed = seal(survey.box, answering.message(answers), answering.size(asked))
    row = {"survey_id": survey_id, "key": voter.digest, "unit": voter.unit, "answers": sealed}
    first = _insert(session, _BALLOTS).values(row).on_conflict_do_nothing(index_elements=["survey_id", "key"])
    change = update(_BALLOTS).where(*_own(voter)).values(answers=sealed)
    for _ in range(_TRIES):
        if _written(session, first):
            return True
        if _written(session, change):
            return False
    raise Conflict


def withdraw(session: Session, survey_id: int, token: str, tokens: Tokens, now: datetime) -> bool:
    """Take back what ``token`` brought; was there anything? It may bring answers again until the survey closes.

    Raises Forged, NotFound, NotOpenYet, SurveyClosed.
    """
    voter = tokens.read(token, survey_id)
    _open(session, survey_id, now)
    return _written(session, delete(_BALLOTS).where(*_own(voter)))


def opened_ballots(session: Session, survey: Survey, opener: Opener) -> list[tuple[int, Answers]]:
    """All ballots of a survey that is being counted, opened, as (unit, answers) in no order. Raises Damaged."""
    found = session.execute(select(Ballot.unit, Ballot.answers).where(Ballot.survey_id == survey.id))
    ballots = [(unit, answering.answers_in(opener.open(sealed))) for unit, sealed in found.yield_per(_BATCH)]
    random.SystemRandom().shuffle(ballots)
    return ballots


def surplus(session: Session, survey_id: int) -> int:
    """How many ballots there are beyond those handed out: none, unless somebody forged them with the site's secret."""
    cast_count = select(func.count()).select_from(Ballot).where(Ballot.survey_id == survey_id)
    handed_count = select(func.count()).select_from(Turnout).where(Turnout.survey_id == survey_id)
    return max(0, (session.scalar(cast_count) or 0) - (session.scalar(handed_count) or 0))


def rewrite(session: Session, survey_id: int, ballots: Sequence[tuple[int, Answers]]) -> None:
    """Once they are counted, write a survey's opened ballots anew, so that nothing leads from an old row to a new one.

    New random keys, in whose order they are written. What would give somebody away to a reader of the database is left
    out, results being frozen: the cohort, in which somebody may have been the only one to answer; what was said in
    words, beside the same person's other answers; who was handed a ballot; and everything when fewer than k answered.
    """
    least = session.scalar(select(Survey.least_scores).where(Survey.id == survey_id)) or 0
    session.execute(delete(_BALLOTS).where(_BALLOTS.c.survey_id == survey_id))
    session.execute(delete(_TURNOUTS).where(_TURNOUTS.c.survey_id == survey_id))
    if len(ballots) < least:
        return
    in_words = {question.number for question in questions(session, survey_id) if question.kind == Kind.TEXT}
    kept = (answering.message({n: said for n, said in answers.items() if n not in in_words}) for _, answers in ballots)
    keyed = sorted((secrets.token_bytes(_KEY_BYTES), answers) for answers in kept)
    rows = [{"survey_id": survey_id, "key": key, "unit": EVERYBODY, "answers": answers} for key, answers in keyed]
    for start in range(0, len(rows), _BATCH):
        session.execute(insert(_BALLOTS), rows[start : start + _BATCH])


def _open(session: Session, survey_id: int, now: datetime) -> _Open:
    """The survey, if it takes ballots ``now``; until the end of the transaction it can't be closed.

    It has opened once its state says so, whatever the clock says since: one that is set back closes nothing.
    """
    wanted = select(Survey.state, Survey.closes_at, Survey.box, Survey.parts).where(Survey.id == survey_id)
    # On SQLite, which has no such locks, all who write wait for each other.
    found = session.execute(wanted.with_for_update(read=True)).one_or_none()
    if found is None or found.state == State.DRAFT:
        raise NotFound
    if found.state == State.SCHEDULED:
        raise NotOpenYet
    if found.state != State.OPEN or now >= found.closes_at:
        raise SurveyClosed
    return _Open(found.box, found.parts)


def _own(voter: Voter) -> tuple[Any, Any]:
    return _BALLOTS.c.survey_id == voter.survey_id, _BALLOTS.c.key == voter.digest


def _insert(session: Session, table: Table) -> Any:
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert(table) if on_postgresql else sqlite.insert(table)


def _written(session: Session, statement: Any) -> bool:
    """Do it; did it change a row?"""
    return session.execute(statement.returning(statement.table.c.survey_id)).first() is not None
