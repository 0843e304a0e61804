"""Things to test with: plain functions, each with every value that matters open to be said."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import count

from sqlalchemy.orm import Session

from portal.core.permissions import SYSTEM, Actor, Role
from portal.knowledge.commands import add_page, set_facts, write_revision
from portal.knowledge.model import Kind, Page, PageFacts, PageText, Source
from portal.people import PersonValues, add_person, hashed
from portal.people.model import Person, PersonRole, search_text

PASSWORD = "a lamp in the window"
_PASSWORD_HASH = hashed(PASSWORD)
_numbers = count(1)
NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


def a_person(
    session: Session,
    *,
    roles: Iterable[Role] = (Role.EMPLOYEE,),
    password: bool = True,
    now: datetime | None = None,
    **over: object,
) -> Person:
    """A person with an account; with ``password`` they can sign in with `PASSWORD`."""
    number = next(_numbers)
    values = {"name": f"Ana Horvat {number}", "email": f"ana{number}@example.com", "locale": "en", **over}
    person = add_person(session, SYSTEM, PersonValues(roles=frozenset(roles), **values), now or NOW)  # type: ignore[arg-type]
    if password:
        person.password_hash = _PASSWORD_HASH
        session.flush()
    return person


def like(session: Session, first: Person, number: int) -> list[Person]:
    """So many more of the team, roles and password of ``first``, written down at once: a thirtieth of the time."""
    people = [
        Person(
            email=f"{one}.{first.email}",
            name=f"{first.name} {one}",
            search_text=search_text(f"{first.name} {one}", f"{one}.{first.email}"),
            locale=first.locale,
            team_id=first.team_id,
            password_hash=first.password_hash,
            stamp=f"{one}",
            created_at=first.created_at,
            roles=[PersonRole(role=role) for role in sorted(first.role_set)],
        )
        for one in range(1, number + 1)
    ]
    session.add_all(people)
    session.flush()
    return people


def a_page(
    session: Session,
    kind: Kind = Kind.STORY,
    *,
    slug: str | None = None,
    texts: dict[str, PageText] | None = None,
    position: int | None = None,
    links: Iterable[Page] = (),
    sources: Iterable[Source] = (),
    actor: Actor = SYSTEM,
    now: datetime | None = None,
    **text: str,
) -> Page:
    """A page; ``texts`` by language, or one English text of ``title``, ``summary`` and ``markdown``."""
    number, now = next(_numbers), now or NOW
    page = add_page(session, actor, kind, slug or f"page-{number}", now)
    for locale, words in (texts or {"en": a_text(**text)}).items():
        write_revision(session, actor, page, locale, words, now)
    linked = {(Kind(other.kind), other.slug): other.id for other in links}
    if linked or position is not None or sources:
        set_facts(session, actor, page, PageFacts(position, tuple(linked), tuple(sources)), linked, now)
    return page


def a_text(
    title: str = "The hotel lamp",
    summary: str = "She came back to say so.",
    markdown: str = "## What happened\n\nA bulb had burnt out.",
) -> PageText:
    return PageText(title, summary, markdown)
