"""The sample company of `portal demo`: its people, and what they have shared."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from sqlalchemy.orm import Session

from .. import discussion, knowledge, wins
from .. import people as accounts
from ..core.permissions import SYSTEM, Actor
from ..discussion import Cheer, Subject

PEOPLE = Path(__file__).with_name("sample_company.csv")
WINS = Path(__file__).with_name("sample_wins.yaml")


def add_people(session: Session, language: str, now: datetime) -> None:
    """Add the people of the sample company, with their teams."""
    accounts.import_people(session, SYSTEM, PEOPLE.read_text(encoding="utf-8"), language, now)


def share_wins(session: Session, now: datetime) -> None:
    """Let the people of the sample company share their wins, the oldest first, and talk about them."""
    principles = {card.slug: card.page_id for card in knowledge.principles(session, ("en",)).values()}
    told: list[dict[str, Any]] = yaml.safe_load(WINS.read_text(encoding="utf-8"))
    for one in sorted(told, key=lambda told: -told["days"]):
        _share(session, one, principles, now - timedelta(days=one["days"], hours=3))


def _share(session: Session, one: dict[str, Any], principles: dict[str, int], at: datetime) -> None:
    values = wins.DraftValues(
        locale=one["locale"],
        title=one["title"],
        guided=False,
        markdown=one["story"],
        thanked=tuple(_id(session, email) for email in one["thanks"]),
        principles=tuple(principles[slug] for slug in one["principles"] if slug in principles),
    )
    author = actor(session, one["author"])
    draft = wins.begin_draft(session, author, values, at)
    rules = wins.Rules("after", ZoneInfo("UTC"))
    wins.post(session, author, draft.win_id, draft.version, rules, at)
    subject = Subject(wins.WIN, draft.win_id)
    for kind, emails in one.get("cheers", {}).items():
        for hours, email in enumerate(emails, 1):
            discussion.react(
                session, actor(session, email), subject, Cheer(kind), on=True, now=at + timedelta(hours=hours)
            )
    for comment in one.get("comments", ()):
        _comment(session, subject, comment, None, at + timedelta(hours=2))


def _comment(session: Session, subject: Subject, said: dict[str, Any], parent: int | None, at: datetime) -> None:
    added = discussion.add_comment(session, actor(session, said["by"]), subject, said["text"], parent, at)
    for answer in said.get("answers", ()):
        _comment(session, subject, answer, added.comment_id, at + timedelta(minutes=40))


def actor(session: Session, email: str) -> Actor:
    """Whoever in the sample company has this address. Raises LookupError."""
    found = accounts.credentials(session, email)
    if found is None:
        raise LookupError(email)
    return found.actor


def _id(session: Session, email: str) -> int:
    number = actor(session, email).id
    assert number is not None
    return number
