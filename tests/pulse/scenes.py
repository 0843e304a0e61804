"""What these tests begin with: companies with teams, and surveys in each state."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import count
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.permissions import Actor, Role
from portal.people import as_actor
from portal.people.model import Person, Team
from portal.pulse.cohorts import divide
from portal.pulse.model import (
    Driver,
    Invitation,
    Kind,
    Series,
    State,
    Survey,
    SurveyQuestion,
    SurveyUnit,
)
from portal.pulse.rules import Rules
from tests.factories import NOW, a_person, like

ZONE = ZoneInfo("Europe/Zagreb")
RULES = Rules(ZONE)
DAY = timedelta(days=1)
_keys = count(1)


def an_hr(session: Session, **over: object) -> Actor:
    """Somebody of HR."""
    return as_actor(a_person(session, roles=[Role.EMPLOYEE, Role.HR], **over))  # type: ignore[arg-type]


def a_company(session: Session, teams: Mapping[tuple[str, ...], int]) -> dict[tuple[str, ...], list[Actor]]:
    """People in teams: for each team's path, how many there are, and so who."""
    company = {}
    for path, size in teams.items():
        first = a_person(session, team=path)
        company[path] = [as_actor(person) for person in (first, *like(session, first, size - 1))]
    return company


def a_question(kind: Kind = Kind.AGREE, **over: object) -> SurveyQuestion:
    """A question for `a_survey`, in English and Croatian."""
    key = over.pop("key", f"own-{next(_keys)}")
    choices = ["Red", "Green", "Blue"] if kind in {Kind.SINGLE, Kind.SEVERAL} else []
    texts = {
        "en": {"text": f"I am proud of what we do ({key}).", "choices": choices},
        "hr": {"text": f"Ponosim se onim što radimo ({key}).", "choices": choices},
    }
    values = {"kind": kind, "key": key, "texts": texts, "driver": Driver.PRIDE, "part": 0, **over}
    return SurveyQuestion(**{"reverse": False, "not_applicable": True, **values})


def a_survey(session: Session, questions: Sequence[SurveyQuestion] = (), **over: object) -> Survey:
    """A draft of a survey of one question or of ``questions``."""
    values: dict[str, object] = {
        "texts": {"en": {"title": "Spring pulse", "intro": ""}, "hr": {"title": "Proljetni puls", "intro": ""}},
        "audience": [],
        "opens_at": NOW,
        "closes_at": NOW + 7 * DAY,
        "reminders": [3, 5],
        "created_at": NOW - DAY,
    }
    survey = Survey(**(values | over))
    session.add(survey)
    session.flush()
    for number, question in enumerate(questions or (a_question(),), 1):
        question.survey_id, question.number, question.position = survey.id, number, number
        session.add(question)
    session.flush()
    return survey


def an_open_survey(session: Session, questions: Sequence[SurveyQuestion] = (), **over: object) -> Survey:
    """A survey that everybody who is there has just been asked to answer (`life.open_survey` does it for real).

    ``box`` is the caller's to give, when ballots are to be cast.
    """
    settled = {"state": State.OPEN, "opened_at": NOW, "least_scores": 5, "least_comments": 10, "box": bytes(32)}
    survey = a_survey(session, questions, **(settled | over))
    people = session.execute(select(Person.id, Person.team_id).where(Person.deactivated_at.is_(None))).all()
    parents = dict(session.execute(select(Team.id, Team.parent_id)).all())
    members: dict[int | None, int] = {}
    for _, team in people:
        members[team] = members.get(team, 0) + 1
    assert survey.least_scores is not None
    division = divide(parents, members, survey.least_scores)
    names = dict(session.execute(select(Team.id, Team.name)).all())
    for unit in division.units:
        called = {"": names[unit.team_id]} if unit.team_id else {}
        session.add(
            SurveyUnit(
                survey_id=survey.id,
                number=unit.number,
                parent=unit.parent,
                team_id=unit.team_id,
                names=called,
                invited=unit.invited,
                cohort=unit.cohort,
            )
        )
    session.flush()
    for person_id, team in people:
        session.add(Invitation(survey_id=survey.id, person_id=person_id, unit=division.unit_of[team]))
    survey.invited = len(people)
    session.flush()
    return survey


def a_bare_series(session: Session, every: str = "month") -> Series:
    """A recurring pulse, for surveys to be waves of."""
    series = Series(
        texts={}, every=every, next_on=NOW.date(), of_month=NOW.day, hour=9, days_open=4, questions=5, keys=[],
        audience=[], comment=False, active=True, created_at=NOW,
    )  # fmt: skip
    session.add(series)
    session.flush()
    return series
