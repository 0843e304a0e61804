"""What stands in the weekly digest, and for whom."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.core.locale import said_in
from portal.core.permissions import SYSTEM, Role
from portal.home import Digests, digest
from portal.home.digest import Audience, Edition, Line, Section
from portal.knowledge.commands import write_revision
from portal.knowledge.model import Kind
from portal.notices import About, Mailing, choices
from portal.people import as_actor
from portal.people.model import PersonRole
from portal.wins.model import State
from tests.factories import NOW, a_page, a_person, a_text
from tests.home.digests import MONDAY, URL, WEEK, letters, words
from tests.wins.scenes import a_principle, a_win, an_actor

BEFORE = NOW - 3 * WEEK
SECOND = timedelta(seconds=1)
Told = Callable[..., dict[str, str]]


@pytest.fixture
def told(session: Session, digests: Digests, tmp_path: Path) -> Told:
    """Runs the digest at a moment: the plain words of all letters by address."""

    def run(now: datetime = MONDAY) -> dict[str, str]:
        session.commit()
        assert 0 in [digests.mail_due(now) for _ in range(3)]
        return {letter["to"].addresses[0].addr_spec: words(letter) for letter in letters(tmp_path)}

    return run


def part(text: str, title: str) -> list[str]:
    """The lines below one title of a letter."""
    blocks = iter(text.split("\n\n"))
    for block in blocks:
        if block.startswith(f"{title}\n-"):
            break
    found = []
    for block in blocks:
        if not block.startswith(("* ", "  ")):
            break
        found.append(block)
    return found


def test_it_tells_the_weeks_wins_the_newest_first_with_author_and_address(session: Session, told: Told) -> None:
    a_person(session, email="reader@example.com", name="Iva", now=BEFORE)
    ana = an_actor(session, name="Ana Kos", now=MONDAY)
    wins = [a_win(session, author=ana, title=f"Win {n}", now=NOW + timedelta(hours=n)) for n in range(3)]
    text = told()["reader@example.com"]
    assert text.startswith("Hello Iva, this is what happened")
    assert part(text, "Wins of the week") == [f"* Win {n} (Ana Kos)\n  {URL}/wins/{wins[n].id}" for n in (2, 1, 0)]


def test_beyond_ten_wins_the_others_are_counted(session: Session, told: Told) -> None:
    a_person(session, email="reader@example.com", now=BEFORE)
    ana, principle = an_actor(session, now=MONDAY), a_principle(session, now=BEFORE)
    for number in range(13):
        a_win(session, author=ana, title=f"Win {number}", principles=(principle,), now=NOW)
    lines = part(told()["reader@example.com"], "Wins of the week")
    assert len(lines) == 11
    assert lines[-1] == f"  and 3 more: {URL}/wins"


def test_a_week_begins_at_its_first_moment_and_ends_before_its_last(session: Session, told: Told) -> None:
    a_person(session, email="reader@example.com", now=BEFORE)
    ana = an_actor(session, now=MONDAY)
    for title, at in {
        "too old": MONDAY - WEEK - SECOND,
        "first": MONDAY - WEEK,
        "last": MONDAY - SECOND,
        "too new": MONDAY,
    }.items():
        a_win(session, author=ana, title=title, now=at)
    text = told(MONDAY + timedelta(days=2))["reader@example.com"]
    assert [line.split(" (")[0] for line in part(text, "Wins of the week")] == ["* last", "* first"]


@pytest.mark.parametrize("state", [state for state in State if state is not State.PUBLISHED])
def test_what_is_not_published_is_in_nobodys_digest(session: Session, told: Told, state: State) -> None:
    author = a_person(session, team=("Luma", "Shops"), now=BEFORE)
    a_person(session, roles=[Role.EMPLOYEE, Role.EDITOR], team=("Luma", "Shops"), now=BEFORE)
    win = a_win(session, state, author=as_actor(author), now=NOW, principles=(a_principle(session, now=BEFORE),))
    assert win.state == state
    assert told() == {}


def test_guidance_is_told_in_the_readers_language_the_new_apart_from_the_changed(
    session: Session,
    told: Told,
) -> None:
    a_person(session, email="hr@example.com", locale="hr", now=BEFORE)
    a_person(session, email="en@example.com", locale="en", now=BEFORE)
    old = a_page(session, Kind.PRINCIPLE, texts={"en": a_text("Old"), "hr": a_text("Staro")}, slug="old", now=BEFORE)
    write_revision(session, SYSTEM, old, "hr", a_text("Staro drukčije"), NOW)
    a_page(session, Kind.STORY, texts={"en": a_text("New")}, slug="new", now=NOW)
    # A page that only now speaks Croatian is new to those who read Croatian.
    late = a_page(session, slug="late", now=BEFORE)
    write_revision(session, SYSTEM, late, "hr", a_text("Kasno"), NOW)
    text = told()
    story, principle = said_in("hr", "Case story"), said_in("hr", "Principle")
    assert f"* Kasno ({story})\n  {URL}/stories/late" in text["hr@example.com"]
    assert f"* Staro drukčije ({principle})\n  {URL}/principles/old" in text["hr@example.com"]
    assert text["hr@example.com"].index("Kasno") < text["hr@example.com"].index("Staro")
    assert part(text["en@example.com"], "New guidance") == [f"* New (Case story)\n  {URL}/stories/new"]
    assert part(text["en@example.com"], "Changed guidance") == []
    assert "/stories/new" not in text["hr@example.com"]


def test_a_reader_is_told_what_their_team_did_with_those_below_it(session: Session, told: Told) -> None:
    teams = {"shops": ("Luma", "Shops"), "split": ("Luma", "Shops", "Split"), "online": ("Luma", "Online")}
    for name, team in {**teams, "company": ("Luma",), "none": ()}.items():
        a_person(session, email=f"{name}@example.com", team=team, now=BEFORE)
    for name, team in teams.items():
        a_win(session, author=an_actor(session, team=team, now=MONDAY), title=f"Win of {name}", now=NOW)
    text = told()

    def own(name: str) -> set[str]:
        return {line[9:].split(" (")[0] for line in part(text[f"{name}@example.com"], "What your team did")}

    assert own("shops") == {"shops", "split"}
    assert own("split") == {"split"}
    assert own("online") == {"online"}
    # For the company as a whole, and for who is in no team, all has been told above.
    assert own("company") == own("none") == set()
    assert all("Win of split" in letter for letter in text.values())


def test_the_letter_speaks_the_readers_language(session: Session, told: Told, tmp_path: Path) -> None:
    for locale in ("en", "ru", "hr", "ka"):
        a_person(session, email=f"{locale}@example.com", locale=locale, now=BEFORE)
        a_page(session, Kind.PRINCIPLE, texts={locale: a_text(f"Page in {locale}")}, now=NOW)
    text = told()
    for locale in ("en", "ru", "hr", "ka"):
        assert f"* Page in {locale} ({said_in(locale, 'Principle')})" in text[f"{locale}@example.com"]
    pages = {letter["to"].addresses[0].username: words(letter, "html") for letter in letters(tmp_path)}
    assert all(f'<html lang="{locale}">' in page for locale, page in pages.items())


def test_somebody_without_any_rights_is_told_nothing(session: Session, told: Told) -> None:
    nobody = a_person(session, now=BEFORE, team=("Luma", "Shops"))
    a_win(session, author=an_actor(session, team=("Luma", "Shops"), now=MONDAY), now=NOW)
    a_page(session, now=NOW)
    session.execute(delete(PersonRole).where(PersonRole.person_id == nobody.id))
    assert told() == {}


def test_the_deactivated_and_the_unsubscribed_get_none_and_authors_who_left_stay_named(
    session: Session,
    told: Told,
    sign_in: Callable[..., FlaskClient],
) -> None:
    a_person(session, email="reader@example.com", now=BEFORE)
    a_person(session, now=BEFORE).deactivated_at = NOW
    other = as_actor(a_person(session, now=BEFORE))
    author = a_person(session, name="Ana Kos", now=MONDAY)
    a_win(session, author=as_actor(author), now=NOW)
    author.deactivated_at = NOW
    sign_in(person=other).post("/notices/settings", data={**{a.value: "never" for a in About}})
    assert choices(session, other.id or 0)[About.DIGEST] is Mailing.NEVER
    text = told()
    assert list(text) == ["reader@example.com"]
    assert "(Ana Kos)" in text["reader@example.com"]


def test_what_people_wrote_stays_words(session: Session, told: Told, tmp_path: Path) -> None:
    a_person(session, name="<b>Iva</b>", now=BEFORE)
    ana = an_actor(session, name="Ana <i>", now=MONDAY)
    a_win(session, author=ana, title="<script>1</script> =?utf-8?q?=0ABcc:?=", now=NOW)
    told()
    (letter,) = letters(tmp_path)
    page = words(letter, "html")
    assert "<script>" not in page
    assert "<b>" not in page
    assert "<i>" not in page
    assert "&lt;script&gt;" in page
    assert letter["bcc"] is None
    assert "<script>1</script>" in letter["subject"]


def test_nothing_in_the_page_is_fetched_from_anywhere(session: Session, told: Told, tmp_path: Path) -> None:
    a_person(session, now=BEFORE)
    a_win(session, author=an_actor(session, now=MONDAY), now=NOW)
    told()
    (letter,) = letters(tmp_path)
    page = words(letter, "html")
    assert "src=" not in page
    assert "<link" not in page
    assert page.count("href=") == page.count(f'href="{URL}/')


def test_another_domain_adds_a_section(
    session: Session,
    told: Told,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The pulse will: who answers and what is open is its own business."""

    def surveys(edition: Edition, audience: Audience) -> Section | None:
        line = Line("How are you?", audience.locale, edition.week.name, "/pulse/1")
        return Section("Open surveys", (line,)) if audience.locale == "en" else None

    monkeypatch.setattr(digest, "SECTIONS", (*digest.SECTIONS, surveys))
    for locale in ("en", "hr"):
        a_person(session, email=f"{locale}@example.com", locale=locale, now=BEFORE)
    text = told()
    assert part(text["en@example.com"], "Open surveys") == [f"* How are you? (2026-05-11)\n  {URL}/pulse/1"]
    assert list(text) == ["en@example.com"]
