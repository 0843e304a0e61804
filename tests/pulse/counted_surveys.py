"""Closed surveys as their count leaves them, made by the program's own counting from answers that a test gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.permissions import Actor, Role
from portal.people import as_actor
from portal.people.model import Person
from portal.pulse import counting, freezing, looking_back, question_queries
from portal.pulse.cohorts import EVERYBODY, Unit
from portal.pulse.model import Driver, Invitation, Kind, State, Survey, SurveyQuestion, SurveyUnit
from portal.pulse.questions import Answers
from tests.factories import NOW, a_person
from tests.pulse.scenes import DAY, ZONE, a_company, a_question, an_hr, an_open_survey

LUMA, SHOPS, CARE, RIVA = ("Luma",), ("Luma", "Shops"), ("Luma", "Care"), ("Luma", "Shops", "Riva")
SIZES = {SHOPS: 12, CARE: 12, RIVA: 6}
CLOSED = NOW + 7 * DAY
PUBLISHED = CLOSED + DAY
IN_CARE, IN_RIVA = "The night shift of Care needs a second lamp.", "Nobody in Riva was told."
"""What was written in a unit where enough wrote, and where too few did."""

Company = Mapping[tuple[str, ...], Sequence[Actor]]
Said = Mapping[tuple[str, ...], Sequence[Answers]]


def usual_questions() -> list[SurveyQuestion]:
    """One of each kind: pride, load (reversed), recommending, a colour, several colours, and in words."""
    return [
        a_question(key="pride-1"),
        a_question(key="load-1", driver=Driver.LOAD, reverse=True),
        a_question(Kind.SCALE, key="recommend-1", driver=Driver.RECOMMEND),
        a_question(Kind.SINGLE, key="own-colour", driver=None),
        a_question(Kind.SEVERAL, key="own-colours", driver=None),
        a_question(Kind.TEXT, key="own-words", driver=None),
    ]


def ballots(many: int, text: str = "", *, happy: int | None = None) -> list[Answers]:
    """Answers to the usual questions: ``happy`` of them (default: half) favourable, ``text`` among their words."""
    content = many // 2 if happy is None else happy
    return [
        {
            1: 4 if one < content else 2,
            2: 2 if one < content else 5,
            3: 9 if one < content else 3,
            4: one % 3,
            5: (0, 1 + one % 2),
            6: text if one == 0 and text else f"Word {one}",
        }
        for one in range(many)
    ]


USUAL: Said = {CARE: ballots(11, IN_CARE, happy=7), SHOPS: ballots(11, happy=4), RIVA: ballots(3, IN_RIVA)}


@dataclass(frozen=True)
class Told:
    """A counted survey of a company, with the number of each team's unit."""

    survey: Survey
    company: Company
    units: Mapping[tuple[str, ...], int]
    hr: Actor

    @property
    def id(self) -> int:
        return self.survey.id


def a_told_survey(session: Session, published: bool = True, said: Said = USUAL) -> Told:
    """The usual survey of a company of three teams, counted, and published or not."""
    company = a_company(session, SIZES)
    hr = an_hr(session, team=("Luma", "People"))
    survey = a_counted_survey(session, company, said, published_at=PUBLISHED if published else None)
    return Told(survey, company, units_of(session, survey), hr)


def units_of(session: Session, survey: Survey) -> dict[tuple[str, ...], int]:
    """The number of each team's unit."""
    rows = session.scalars(select(SurveyUnit).where(SurveyUnit.survey_id == survey.id))
    names = {row.names.get("", ""): row.number for row in rows}
    return {team: names[team[-1]] for team in SIZES if team[-1] in names} | {LUMA: EVERYBODY}


def a_wave(
    session: Session, company: Company, ago: int, said: Said, questions: Sequence[SurveyQuestion] = ()
) -> Survey:
    """A published survey that opened so many days ago."""
    opened = NOW - timedelta(days=ago)
    over = {"opens_at": opened, "opened_at": opened, "closes_at": opened + 7 * DAY, "published_at": PUBLISHED}
    return a_counted_survey(session, company, said, questions, opened + 7 * DAY, **over)


def a_counted_survey(
    session: Session,
    company: Company,
    said: Said,
    questions: Sequence[SurveyQuestion] = (),
    closed_at: datetime = CLOSED,
    **over: object,
) -> Survey:
    """A survey of all who are there, closed and counted with the answers of each team."""
    survey = an_open_survey(session, questions or usual_questions(), **(over | {"published_at": None}))
    cast = [(unit_of(session, survey, company[team][0]), answers) for team, many in said.items() for answers in many]
    rows = session.scalars(select(SurveyUnit).where(SurveyUnit.survey_id == survey.id).order_by(SurveyUnit.number))
    units = [Unit(row.number, row.parent, row.team_id, row.invited, row.cohort) for row in rows]
    survey.state, survey.closed_at = State.CLOSED, closed_at
    found = counting.count(
        cast,
        question_queries.questions(session, survey.id),
        units,
        5,
        10,
        looking_back.compare_with(session, survey, ZONE),
    )
    session.add_all(freezing.freeze(survey.id, unit, *of) for unit, of in found.items())
    survey.published_at = over.get("published_at")  # type: ignore[assignment]
    session.flush()
    return survey


def unit_of(session: Session, survey: Survey, actor: Actor) -> int:
    """The unit that somebody's ballot counts in."""
    wanted = select(Invitation.unit).where(Invitation.survey_id == survey.id, Invitation.person_id == actor.id)
    found = session.scalar(wanted)
    assert found is not None
    return found


def head_of(session: Session, team: tuple[str, ...], *roles: Role) -> Actor:
    """Somebody who leads a team; they came after the survey."""
    person: Person = a_person(session, team=team, roles=roles or (Role.EMPLOYEE,))
    person.heads_team = True
    session.flush()
    return as_actor(person)
