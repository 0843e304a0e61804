"""The numbers that editors see: right at the borders of months, about principles and teams, and never about people."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.core.permissions import Role
from portal.home.numbers import Numbers, numbers
from portal.knowledge.model import Kind
from portal.people.model import Person, Team, TeamName
from portal.wins import wins_by_month
from portal.wins.model import State, Win
from portal.wins.numbers import ever_lived, principles_lived, teams_that_shared, year_begins
from tests.counting import count_queries
from tests.factories import NOW, a_page, a_text
from tests.wins.scenes import a_principle, a_win, an_actor, id_of

ZAGREB = ZoneInfo("Europe/Zagreb")
DAY = timedelta(days=1)


def utc(when: str) -> datetime:
    return datetime.fromisoformat(when).replace(tzinfo=UTC)


@pytest.fixture
def principle(session: Session) -> int:
    return a_principle(session)


@pytest.fixture
def share(session: Session, principle: int) -> Callable[..., Win]:
    """Publishes a win at a moment."""
    ana = an_actor(session)

    def publish(at: datetime, **over: object) -> Win:
        return a_win(session, **{"author": ana, "principles": (principle,), "now": at, **over})  # type: ignore[arg-type]

    return publish


def by_month(session: Session, now: datetime, zone: ZoneInfo = ZAGREB) -> dict[str, int]:
    return {f"{month.first:%Y-%m}": month.wins for month in wins_by_month(session, now, zone)}


def test_twelve_months_across_the_year_also_those_without_a_win(session: Session, share: Callable[..., Win]) -> None:
    for when in ("2025-05-31T12:00", "2025-06-01T12:00", "2025-12-31T12:00", "2026-01-01T12:00", "2026-01-20T12:00"):
        share(utc(when))
    counted = by_month(session, utc("2026-05-04T09:30"))
    assert list(counted) == [*(f"2025-{n:02}" for n in range(6, 13)), *(f"2026-{n:02}" for n in range(1, 6))]
    assert {month: count for month, count in counted.items() if count} == {"2025-06": 1, "2025-12": 1, "2026-01": 2}


@pytest.mark.parametrize("now", ["2026-01-31T22:59:59", "2026-01-31T23:00", "2026-03-31T12:00", "2024-02-29T12:00"])
def test_the_present_month_is_the_last_one(session: Session, now: str) -> None:
    months = list(by_month(session, utc(now)))
    assert months[-1] == f"{utc(now).astimezone(ZAGREB):%Y-%m}"
    assert len(set(months)) == 12


def test_a_month_begins_at_midnight_where_the_company_is(session: Session, share: Callable[..., Win]) -> None:
    share(utc("2026-03-31T21:59:59"))  # A second before April in Zagreb, where it is summer by then.
    share(utc("2026-03-31T22:00:00"))
    share(utc("2026-02-28T22:59:59"))  # And before March, in winter.
    share(utc("2026-02-28T23:00:00"))
    for zone, (february, march, april) in {
        "Europe/Zagreb": (1, 2, 1),
        "UTC": (2, 2, 0),
        "Asia/Tokyo": (0, 2, 2),
    }.items():
        counted = by_month(session, utc("2026-05-04T09:30"), ZoneInfo(zone))
        assert [counted["2026-02"], counted["2026-03"], counted["2026-04"]] == [february, march, april], zone


@pytest.mark.parametrize("state", [state for state in State if state is not State.PUBLISHED])
def test_only_what_is_published_counts(
    session: Session, share: Callable[..., Win], principle: int, state: State
) -> None:
    author = an_actor(session, team=("Luma", "Shops"))
    share(NOW, state=state, author=author)
    assert sum(by_month(session, NOW + DAY).values()) == 0
    assert principles_lived(session, NOW - DAY, NOW + DAY) == {}
    assert ever_lived(session, [principle]) == set()
    assert teams_that_shared(session, NOW - DAY) == set()


def counted(app: Flask, session: Session, locale: str = "en", now: datetime = NOW) -> Numbers:
    with app.test_request_context():
        return numbers(session, now, ZAGREB, locale)


def test_principles_are_counted_for_a_year_and_those_never_lived_stand_apart(
    app: Flask, session: Session, share: Callable[..., Win]
) -> None:
    often, long_ago, never = (
        a_page(session, Kind.PRINCIPLE, slug=slug, texts={"en": a_text(slug), "hr": a_text(f"{slug} (hr)")}, position=n)
        for n, slug in enumerate(("often", "long-ago", "never"))
    )
    share(NOW - DAY, principles=(often.id,))
    share(NOW - 2 * DAY, principles=(often.id,))
    share(year_begins(NOW, ZAGREB) - timedelta(seconds=1), principles=(long_ago.id, often.id))
    found = counted(app, session, "hr")
    assert [(bar.label, bar.value, bar.address) for bar in found.lived] == [
        ("often (hr)", 2, "/principles/often"),
        ("long-ago (hr)", 0, "/principles/long-ago"),
    ]
    assert "never (hr)" in [card.title for card in found.unlived]
    assert never.id in {card.page_id for card in found.unlived}
    assert often.id not in {card.page_id for card in found.unlived}


def test_a_win_that_lives_several_principles_counts_for_each(session: Session, share: Callable[..., Win]) -> None:
    two = (a_principle(session), a_principle(session))
    share(NOW, principles=two)
    assert principles_lived(session, NOW, NOW + DAY) == dict.fromkeys(two, 1)
    assert principles_lived(session, NOW - DAY, NOW) == {}


def test_teams_are_silent_when_nobody_in_them_or_below_shared_for_ninety_days(
    app: Flask, session: Session, share: Callable[..., Win]
) -> None:
    paths = [
        ("Luma", "Shops"),
        ("Luma", "Shops", "Split"),
        ("Luma", "Shops", "Zadar"),
        ("Luma", "Online"),
        ("Luma", "Old"),
    ]
    actors = {path[-1]: an_actor(session, team=path) for path in paths}
    share(NOW - 90 * DAY, author=actors["Split"])
    share(NOW - 90 * DAY - timedelta(seconds=1), author=actors["Online"])
    # Nobody works there any more: that a team is silent is then no news.
    session.get_one(Person, id_of(actors["Old"])).deactivated_at = NOW
    shops = session.scalars(select(Team).where(Team.name == "Shops")).one()
    session.add(TeamName(team_id=shops.id, locale="hr", name="Trgovine"))
    session.flush()
    assert counted(app, session).silent == ("Luma / Online", "Luma / Shops / Zadar")
    assert counted(app, session, "hr").silent == ("Luma / Online", "Luma / Trgovine / Zadar")


def test_a_win_stays_with_the_team_in_which_it_happened(
    app: Flask, session: Session, share: Callable[..., Win]
) -> None:
    mover, other = an_actor(session, team=("Luma", "Shops")), an_actor(session, team=("Luma", "Online"))
    an_actor(session, team=("Luma", "Shops"))
    share(NOW - DAY, author=mover)
    session.get_one(Person, id_of(mover)).team_id = session.get_one(Person, id_of(other)).team_id
    session.flush()
    assert counted(app, session).silent == ("Luma / Online",)


@pytest.mark.parametrize(("role", "status"), [(role, 200 if role is Role.EDITOR else 403) for role in Role])
def test_the_page_is_for_editors_alone(sign_in: Callable[..., FlaskClient], role: Role, status: int) -> None:
    assert sign_in(role).get("/wins/numbers").status_code == status


def chart_and_table(page: str, chart: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The (label, value) pairs that a chart draws, and those of the table beside it."""
    row = page[page.index(f'aria-labelledby="{chart}-title"') :]
    drawing, table = row[: row.index("</svg>")], row[row.index("<tbody>") : row.index("</tbody>")]
    labels = re.findall(r'class="chart-label"[^>]*>([^<]*)<', drawing)
    values = re.findall(r'class="chart-value"[^>]*>([^<]*)<', drawing)
    cells = re.findall(r'<th scope="row"[^>]*>(?:<a [^>]*>)?([^<]*).*?<td[^>]*>([^<]*)', table)
    return [(unescape(a), b) for a, b in zip(labels, values, strict=True)], [(unescape(a), b) for a, b in cells]


def test_the_table_says_what_the_chart_shows(
    session: Session, share: Callable[..., Win], sign_in: Callable[..., FlaskClient]
) -> None:
    now = datetime.now(UTC)
    own = a_page(session, Kind.PRINCIPLE, texts={"en": a_text("Listen & <b>answer</b>")}, now=NOW)
    for days in (0, 0, 40, 40, 40, 200):
        share(now - days * DAY, principles=(own.id,))
    session.commit()
    page = sign_in(Role.EDITOR).get("/wins/numbers").get_data(as_text=True)
    drawn, written = chart_and_table(page, "months")
    assert len(drawn) == 12
    assert drawn == written
    assert sum(int(value) for _, value in written) == 6
    assert chart_and_table(page, "lived") == ([("Listen & <b>answer</b>", "6")],) * 2
    bars = [float(width) for width in re.findall(r'<rect class="chart-bar" x="0" y="\d+" width="([\d.]+)"', page)]
    assert [width > 0 for width in bars[:12]] == [value != "0" for _, value in drawn]
    assert max(bars) <= 360 - 56


def test_numbers_and_months_are_written_as_the_reader_writes_them(app: Flask, session: Session) -> None:
    with app.test_request_context(headers={"Accept-Language": "hr"}):
        assert [bar.label for bar in numbers(session, NOW, ZAGREB, "hr").months][-2:] == ["tra 2026.", "svi 2026."]


def test_the_page_names_nobody_and_has_no_style_of_its_own(
    session: Session, share: Callable[..., Win], sign_in: Callable[..., FlaskClient]
) -> None:
    share(datetime.now(UTC), author=an_actor(session, name="Zdenka Tihić", team=("Luma", "Shops")))
    an_actor(session, name="Šutljivi Stjepan", team=("Luma", "Online"))
    session.commit()
    page = sign_in(Role.EDITOR).get("/wins/numbers").get_data(as_text=True)
    assert "Luma / Online" in page
    assert "Zdenka" not in page
    assert "Stjepan" not in page
    assert "style=" not in page
    assert page.count('role="img"') == page.count("<desc ") == page.count("<caption>") == 2


def test_a_site_without_wins_or_principles_says_so(sign_in: Callable[..., FlaskClient]) -> None:
    page = sign_in(Role.EDITOR).get("/wins/numbers").get_data(as_text=True)
    assert "No win has been published yet." in page


def test_the_queue_leads_to_the_numbers(sign_in: Callable[..., FlaskClient]) -> None:
    assert 'href="/wins/numbers"' in sign_in(Role.EDITOR).get("/wins/queue").get_data(as_text=True)


def test_the_number_of_queries_does_not_grow(
    app: Flask, session: Session, database: Database, share: Callable[..., Win]
) -> None:
    def asked(teams: int) -> int:
        for _ in range(teams):
            name = f"Team {id_of(an_actor(session))}"
            an_actor(session, team=("Luma", name))
            share(NOW, author=an_actor(session, team=("Luma", name, "Below")), principles=(a_principle(session),))
        session.commit()
        with count_queries(database.engine) as seen, database.reading() as reading:
            found = counted(app, reading, now=NOW + DAY)
        assert len(found.lived) >= teams
        return len(seen)

    assert asked(1) == asked(6) <= 12


def test_months_are_counted_along_an_index(session: Session, database: Database) -> None:
    if database.engine.dialect.name != "sqlite":
        pytest.skip("how PostgreSQL goes about it depends on how much there is")
    with count_queries(database.engine) as seen:
        wins_by_month(session, NOW, ZAGREB)
    (asked,) = seen
    plan = session.execute(text(f"EXPLAIN QUERY PLAN {asked.replace('?', repr(str(NOW)))}".replace(":", "\\:"))).all()
    steps = [row.detail for row in plan if " win " in row.detail]
    assert steps == ["SEARCH win USING INDEX ix_win_feed (published_at>? AND published_at<?)"] * 12
