"""What tests of promises begin with: a closed survey of a company of four teams, and promises after it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.core.permissions import Actor
from portal.notices.model import Notice
from portal.people.model import Person
from portal.pulse import actions
from portal.pulse.action_model import Action, Progress
from portal.pulse.actions import NoteValues, PromiseValues
from portal.pulse.model import Driver, State, Survey, SurveyUnit
from tests.factories import NOW
from tests.pulse.scenes import RULES, a_company, a_question, an_hr, an_open_survey

TODAY = NOW.date()
LAMPA, HARBOUR, QUAY, RIVA = ("Lampa",), ("Lampa", "Harbour"), ("Lampa", "Harbour", "Quay"), ("Lampa", "Riva")


@dataclass
class Scene:
    """A closed and published survey of a company: two units right below, one of which has one below."""

    hr: Actor
    survey: Survey
    staff: dict[tuple[str, ...], list[Actor]]
    units: dict[tuple[str, ...], int]

    def one_of(self, path: tuple[str, ...]) -> Actor:
        return self.staff[path][0]


def a_closed_survey(session: Session, **over: object) -> Survey:
    """A survey that everybody answered, of two questions, published."""
    closed = {"least_scores": 3, "state": State.CLOSED, "closed_at": NOW, "published_at": NOW}
    return an_open_survey(session, [a_question(), a_question(driver=Driver.LOAD)], **(closed | over))


def a_scene(session: Session) -> Scene:
    """A company, and what it was asked."""
    hr = an_hr(session)
    staff = a_company(session, {LAMPA: 3, HARBOUR: 3, QUAY: 3, RIVA: 3})
    survey = a_closed_survey(session)
    rows = session.scalars(select(SurveyUnit).where(SurveyUnit.survey_id == survey.id)).all()
    called = {row.names.get("", ""): row.number for row in rows}
    units = {path: called.get(path[-1], 0) for path in staff} | {(): 0}
    return Scene(hr, survey, staff, units)


def leads(session: Session, person: Actor) -> Actor:
    """Let somebody be the head of their team."""
    session.execute(update(Person).where(Person.id == person.id).values(heads_team=True))
    return person


def values(scene: Scene, **over: object) -> PromiseValues:
    """A promise about the load, for everybody, kept by somebody of Riva."""
    owner = scene.one_of(RIVA)
    assert owner.id is not None
    usual = PromiseValues(
        unit=0,
        about=Driver.LOAD,
        said={"en": "Saturdays are too much for two."},
        promise={"en": "From June on, three work on Saturdays."},
        owner_id=owner.id,
        due_on=TODAY + timedelta(days=30),
    )
    return replace(usual, **over)  # type: ignore[arg-type]


def an_action(
    session: Session, scene: Scene, actor: Actor | None = None, now: datetime = NOW, **over: object
) -> Action:
    """Such a promise, made by HR."""
    return actions.promise(session, actor or scene.hr, scene.survey.id, values(scene, **over), RULES, now)


def a_word(text: str = "The agency sends somebody.", progress: Progress | None = Progress.BEGUN) -> NoteValues:
    """A word on how it goes."""
    return NoteValues(text, "en", progress)


def told(session: Session) -> list[tuple[str, int]]:
    """What people were told, in order: what about, and whom."""
    return [(row.subject, row.person_id) for row in session.scalars(select(Notice).order_by(Notice.id))]
