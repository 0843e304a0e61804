"""What those who are asked are told: that a survey is open, that it still is, that there are results.

Told in stretches, each in a transaction with the mark of how far it went: a crash tells nobody twice and leaves nobody
out. Whom a reminder goes to, nobody sees: it is neither counted nor logged, and HR is reminded like everybody else.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from .. import notices, people
from ..core.locale import available
from ..core.permissions import Can
from ..notices import About
from .model import SURVEY, Announcement, Invitation, State, Step, Survey, Turnout
from .rules import Rules
from .survey_queries import order, reads_results, titled

STRETCH = 500
REMINDER, RESULTS, HELD, COUNTED = "survey-reminder", "survey-results", "survey-held", "survey-counted"
_SUBJECTS = {
    Step.INVITATION: SURVEY,
    Step.REMINDER: REMINDER,
    Step.LAST_REMINDER: REMINDER,
    Step.RESULTS: RESULTS,
}
_ORDER = {step: place for place, step in enumerate(Step)}


def due(session: Session, now: datetime) -> list[tuple[int, Step]]:
    """What is to be told at ``now``: surveys and steps, in their order."""
    wanted = select(Announcement.survey_id, Announcement.step).where(~Announcement.done, Announcement.due_at <= now)
    found = [(row.survey_id, Step(row.step)) for row in session.execute(wanted)]
    return sorted(found, key=lambda one: (one[0], _ORDER[one[1]]))


def tell_some(session: Session, survey_id: int, step: Step, rules: Rules, now: datetime) -> bool:
    """Tell the next stretch of those asked; is there more to tell? What has become pointless is told to nobody."""
    # The survey is held as it is until the commit: none is told of one that closes at this moment.
    survey = session.get(Survey, survey_id, with_for_update={"read": True})
    own = session.get(Announcement, (survey_id, step), with_for_update=True)
    if survey is None or own is None or own.done or own.due_at > now:
        return False
    if not _has_a_point(session, survey, step, now):
        own.done = True
        return False
    ids = list(
        session.scalars(
            select(Invitation.person_id)
            .where(Invitation.survey_id == survey_id, Invitation.person_id > own.told_to)
            .order_by(Invitation.person_id)
            .limit(STRETCH)
        )
    )
    if ids:
        own.told_to = ids[-1]
        _tell(session, survey, _SUBJECTS[step], _whom(session, survey_id, step, ids), rules, now)
    own.done = len(ids) < STRETCH
    return not own.done


def results(session: Session, survey_id: int, now: datetime) -> None:
    """Let all who were asked be told that the results are published; once, however often they are."""
    if session.get(Announcement, (survey_id, Step.RESULTS)) is None:
        session.add(Announcement(survey_id=survey_id, step=Step.RESULTS, due_at=now))
        session.flush()


def silence(session: Session, survey_id: int) -> None:
    """Take back all invitations and reminders, sent or to be sent: the survey takes no more answers."""
    for subject in (SURVEY, REMINDER):
        notices.take_back(session, subject, survey_id)
    steps = (Step.INVITATION, Step.REMINDER, Step.LAST_REMINDER)
    session.execute(delete(Announcement).where(Announcement.survey_id == survey_id, Announcement.step.in_(steps)))


def tell_hr(
    session: Session, survey: Survey, subject: str, address: str, rules: Rules, now: datetime, why: str = ""
) -> None:
    """Tell all of HR how the survey goes on, or with ``why``, that it doesn't; in place of what held it back before.

    ``address`` is where they see to it.
    """
    all_is_well(session, survey)
    details = _details(survey, rules, {"why": why} if why else {})
    hr = people.able(session, Can.MANAGE_SURVEYS)
    notices.tell_all(session, hr, About.SURVEY, subject, survey.id, details, address, now, zone=rules.zone)


def all_is_well(session: Session, survey: Survey) -> None:
    """Take back what HR was told of a survey that did not go on: it does now, or is not to, or is no more."""
    notices.take_back(session, HELD, survey.id)


def _has_a_point(session: Session, survey: Survey, step: Step, now: datetime) -> bool:
    if step is Step.RESULTS:
        return survey.published_at is not None
    if survey.state != State.OPEN or survey.closes_at is None or survey.closes_at <= now:
        return False
    if step is Step.REMINDER:  # After a longer standstill both may be due: one reminder is enough.
        last = session.get(Announcement, (survey.id, Step.LAST_REMINDER))
        return last is None or last.due_at > now
    return True


def _whom(session: Session, survey_id: int, step: Step, ids: Sequence[int]) -> list[int]:
    if step is Step.INVITATION:
        return list(ids)
    if step is Step.RESULTS:
        return _readers(session, ids)
    handed = select(Turnout.person_id).where(Turnout.survey_id == survey_id, Turnout.person_id.in_(ids))
    return sorted(set(ids) - set(session.scalars(handed)))


def _readers(session: Session, ids: Sequence[int]) -> list[int]:
    """Those who read results, should they be published: all but who only runs the portal, who would be refused."""
    kept = {
        one
        for one in people.able(session, Can.MANAGE_PEOPLE)
        if (actor := people.actor_of(session, one)) and not reads_results(session, actor)
    }
    return [one for one in ids if one not in kept]


def _tell(session: Session, survey: Survey, subject: str, ids: Sequence[int], rules: Rules, now: datetime) -> None:
    address = f"/surveys/{survey.id}/results" if subject == RESULTS else f"/surveys/{survey.id}"
    until = {"until": survey.closes_at.isoformat()} if survey.closes_at and subject != RESULTS else {}
    details = _details(survey, rules, until)
    notices.tell_all(session, ids, About.SURVEY, subject, survey.id, details, address, now, zone=rules.zone)


def _details(survey: Survey, rules: Rules, more: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What a notice holds, by the language of its reader, that of the company first."""
    found = {}
    for reader in dict.fromkeys((rules.language, *available())):
        locale, title, _ = titled(survey.texts, order(reader, rules.language))
        found[reader] = {"title": title, "locale": locale, **more}
    return found
