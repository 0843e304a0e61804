"""What the tests of backups begin with: a database with something in every table, and all that is in one."""

from datetime import UTC, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import wins
from portal.core import archive, outbox, schema
from portal.core.archive import Archive
from portal.core.db import Base, Database
from portal.core.outbox import Work
from portal.core.permissions import SYSTEM, Role
from portal.discussion import Cheer, Subject, add_comment, react, report
from portal.knowledge import DraftValues, Kind, add_draft
from portal.knowledge.commands import write_revision
from portal.knowledge.model import PagePicture, PageText, Source
from portal.media.model import Picture, PictureData, Size
from portal.notices import About, Mailing, tell
from portal.notices.model import DigestSent, MailChoice
from portal.people import as_actor
from portal.people.model import SignInThrottle, Team, TeamName
from portal.pulse.action_model import Action, ActionNote
from portal.pulse.model import (
    Announcement,
    Ballot,
    Invitation,
    Result,
    Series,
    Survey,
    SurveyQuestion,
    SurveyUnit,
    Turnout,
)
from portal.pulse.model import State as SurveyState
from portal.search.model import SearchTally, Synonym, Term
from portal.wins.model import FeedKey, Promotion
from tests.factories import NOW, a_page, a_person, a_text

KEY = "the key of this portal"
Content = dict[str, list[tuple[Any, ...]]]


def fill(database: Database) -> None:
    """Make today's schema, and rows with everything that is hard to carry from one database to the other."""
    schema.upgrade(database.engine)
    with database.transaction() as session:
        # Teams whose children have the lower numbers: a reorganisation put new layers above them.
        branch, department, company = Team(name="თბილისი"), Team(name="Магазины"), Team(name="Luma")
        for team in (branch, department, company):
            session.add(team)
            session.flush()
        branch.parent_id, department.parent_id = department.id, company.id
        a_person(session, name="Ана Ћирић 💡", roles=[Role.EDITOR, Role.HR], team=("Luma", "Магазины", "თბილისი"))
        a_person(session, password=False).deactivated_at = NOW + timedelta(microseconds=1)
        principle = a_page(session, slug="own-it", position=3, sources=[Source("Лампа", year="2008")])
        story = a_page(session, links=[principle], texts={"ka": a_text("ნათურა"), "hr": a_text("Žarulja")})
        write_revision(session, SYSTEM, story, "hr", PageText("Žarulja", "", "Two\n\n\\ \" ' \u2028 \t"), NOW, note="2")
        outbox.add(session, Work.INDEX, {"page": story.id, "née": [None, 1.5, True]}, NOW)
        session.add(SignInThrottle(subject="somebody", failures=3, since=NOW))
        session.add(TeamName(team_id=company.id, locale="ka", name="ლუმა"))
        _fill_drafts(session, story.id)
        _fill_discussion(session)
        _fill_notices(session)
        _fill_wins(session, story.id)
        _fill_pulse(session, company.id)
        _fill_search(session, story.id)


def _fill_drafts(session: Session, story_id: int) -> None:
    principle = a_page(session, Kind.PRINCIPLE)
    editor = as_actor(a_person(session, roles=[Role.EDITOR]))
    picture = Picture(owner_id=editor.id, width=3, height=2, created_at=NOW)
    session.add(picture)
    session.flush()
    session.add(PictureData(picture_id=picture.id, size=Size.SMALL, data=b"RIFF\0\xff\n"))
    session.add(PagePicture(page_id=story_id, picture_id=picture.id))
    values = DraftValues(Kind.STORY, "", "ka", "შუქი", "", 'Two\n\n\\ " \u2028', (principle.id,), (picture.id,))
    add_draft(session, editor, values, NOW)


def _fill_discussion(session: Session) -> None:
    somebody = as_actor(a_person(session, name="ნინო ბერიძე"))
    subject = Subject("page", 1)
    first = add_comment(session, somebody, subject, '@ნინო ბერიძე: \\ " \n 💡', None, NOW)
    add_comment(session, somebody, subject, "An answer", first.comment_id, NOW)
    react(session, somebody, subject, Cheer.LEARNED, on=True, now=NOW)
    report(session, somebody, subject, "Зачем?", NOW)


def _fill_notices(session: Session) -> None:
    somebody = a_person(session, name="Маја")
    details = {"names": ["ნინო"], "title": "\"'\\ \u2028 💡", "née": [None, 1.5, True]}
    tell(session, somebody.id, About.REACTED, "win", 1, details, "/wins/1", NOW, gather=True, zone=UTC)
    session.add(MailChoice(person_id=somebody.id, about=About.REACTED, mailing=Mailing.WEEKLY))
    session.add(DigestSent(person_id=somebody.id, week="2026-05-04"))
    session.add(FeedKey(person_id=somebody.id, digest="0" * 64, created_at=NOW))


def _fill_wins(session: Session, story_id: int) -> None:
    author, friend = (as_actor(a_person(session, name=name)) for name in ("Ана", "თამარ"))
    picture = Picture(owner_id=author.id, width=3, height=2, created_at=NOW)
    session.add(picture)
    session.flush()
    told = wins.DraftValues(
        locale="hr",
        title="Žarulja 💡",
        guided=False,
        markdown='Two\n\n\\ " \u2028',
        thanked=(friend.id or 0,),
        principles=(a_page(session, Kind.PRINCIPLE).id,),
        pictures=((picture.id, "ნათურა"),),
    )
    win = wins.begin_draft(session, author, told, NOW)
    wins.post(session, author, win.win_id, win.version, wins.Rules("after", ZoneInfo("UTC")), NOW)
    wins.begin_draft(session, author, told, NOW)
    session.add(Promotion(win_id=win.win_id, consent="named", page_id=story_id, asked_at=NOW))


def _fill_pulse(session: Session, team_id: int) -> None:
    hr = a_person(session, name="Ивана", roles=[Role.HR])
    hr.heads_team = True
    names, words = {"": "Luma", "ka": "ლუმა"}, {"ka": {"title": "პულსი 💡", "intro": '\\ " \u2028'}}
    days = {"next_on": NOW.date(), "of_month": 4, "every": "month", "hour": 9, "days_open": 7, "questions": 5}
    lists: dict[str, list[Any]] = {"keys": [], "audience": [team_id]}
    series = Series(texts=words, comment=True, active=True, created_by=hr.id, created_at=NOW, **days, **lists)
    session.add(series)
    session.flush()
    settled = {"opened_at": NOW, "invited": 1, "least_scores": 5, "least_comments": 10, "box": bytes(range(32))}
    dates = {"opens_at": NOW, "closes_at": NOW + timedelta(days=7), "created_at": NOW, "reminders": [3, 5]}
    survey = Survey(series_id=series.id, texts=words, state=SurveyState.OPEN, audience=[], **dates, **settled)
    session.add(survey)
    session.flush()
    session.add(SurveyUnit(survey_id=survey.id, number=0, team_id=team_id, names=names, invited=1, cohort=True))
    session.add(SurveyQuestion(survey_id=survey.id, number=1, position=1, key="a", kind="text", texts={}))
    session.flush()
    session.add(Invitation(survey_id=survey.id, person_id=hr.id, unit=0))
    session.add(Turnout(survey_id=survey.id, person_id=hr.id))
    session.add(Ballot(survey_id=survey.id, key=bytes(32), unit=0, answers=b"\0\xff"))
    session.add(Announcement(survey_id=survey.id, step="invitation", due_at=NOW))
    session.add(Result(survey_id=survey.id, unit=0, summary={"n": None}, details={}))
    promise = {"said": words, "promise": words, "due_on": NOW.date(), "created_at": NOW, "reminded_on": NOW.date()}
    action = Action(survey_id=survey.id, unit=0, owner_id=hr.id, **promise)
    session.add(action)
    session.flush()
    note = {"locale": "ru", "text": "Почти", "progress": "begun", "on": NOW.date(), "at": NOW}
    session.add(ActionNote(action_id=action.id, author_id=hr.id, **note))


def _fill_search(session: Session, story_id: int) -> None:
    counted = {"searches": 5, "in_vain": 4, "opened": 1, "last_on": NOW.date()}
    done = {"state": "settled", "how": "synonym", "settled_at": NOW, "then_searches": 3, "page_id": story_id}
    term = Term(key=bytes(range(32)), text="სად არის „ნათურა“?", locale="ka", **counted, **done)
    session.add(term)
    session.flush()
    session.add(Synonym(said='\\ " \u2028', means="Žarulja 💡", term_id=term.id, created_at=NOW))
    session.add(SearchTally(key=bytes(32), slots=3, **counted))


def content(database: Database) -> Content:
    """All rows of all tables that are in a backup."""
    with database.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
            if table is not SearchTally.__table__
        }


def written(database: Database, path: Path) -> Path:
    """A backup of ``database`` at ``path``."""
    archive.write(database.engine, path, KEY, NOW)
    return path


def restored(path: Path, database: Database) -> Database:
    """The empty ``database``, filled from the backup."""
    Archive(path).restore(database.engine)
    return database
