"""What stands in a feed of wins, for whatever people have written."""

import re
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.core.db import Database
from portal.core.permissions import Actor
from portal.people.model import Person, Team
from portal.wins import atom, feeds
from portal.wins.atom import Source
from portal.wins.model import WinRevision
from tests.counting import count_queries
from tests.factories import NOW
from tests.wins.feed_readers import LANG, SITE, A, feed, link, of, titles
from tests.wins.scenes import MINUTE, a_principle, a_win, an_actor, changed, id_of

pytestmark = pytest.mark.usefixtures("unasked")


def test_an_entry_is_what_the_page_of_the_win_shows(
    session: Session, client: FlaskClient, feed_reader: Actor, feed_address: str
) -> None:
    author = an_actor(session, name="Ана Ћирић")
    story = "## What happened\n\nSee [the page](/stories/hotel-lamp) & <b>[here](#s-what-happened)</b>."
    win = a_win(session, author=author, title="A lamp & <more>", markdown=story, locale="hr")
    changed(session, win, author, now=NOW + MINUTE, title="Žarulja & <više>")
    session.commit()
    whole = feed(client, feed_address)
    assert (whole.tag, whole.get(LANG)) == (f"{A}feed", "en")
    assert whole.findtext(f"{A}id") == f"tag:127.0.0.1,2026:feed/{feed_reader.id}"
    assert whole.findtext(f"{A}title") == "Lampa: wins"
    assert whole.findtext(f"{A}updated") == "2026-05-04T09:31:00.000Z"
    assert link(whole, "self") == {"rel": "self", "type": "application/atom+xml", "href": SITE + feed_address}
    assert link(whole, "alternate")["href"] == f"{SITE}/wins"
    (entry,) = whole.findall(f"{A}entry")
    assert entry.get(LANG) == "hr"
    assert entry.findtext(f"{A}id") == f"tag:127.0.0.1,2026:win/{win.id}"
    assert entry.findtext(f"{A}title") == "Žarulja & <više>"
    assert entry.findtext(f"{A}published") == "2026-05-04T09:30:00.000Z"
    assert entry.findtext(f"{A}updated") == "2026-05-04T09:31:00.000Z"
    assert entry.findtext(f"{A}author/{A}name") == "Ана Ћирић"
    assert entry.findtext(f"{A}author/{A}uri") == f"{SITE}/colleagues/{author.id}"
    assert link(entry, "alternate") == {
        "rel": "alternate", "type": "text/html", "href": f"{SITE}/wins/{win.id}", "hreflang": "hr"
    }  # fmt: skip
    content = entry.find(f"{A}content")
    assert content is not None
    assert content.get("type") == "html"
    html = content.text or ""
    assert html.startswith("<h2>What happened</h2>"), "no id, no permalink"
    assert re.findall(r'href="([^"]*)"', html) == [
        f"{SITE}/stories/hotel-lamp", f"{SITE}/wins/{win.id}#s-what-happened"
    ]  # fmt: skip
    assert "<script" not in html


def test_the_newest_stand_in_it_in_the_pages_order(
    session: Session, client: FlaskClient, feed_reader: Actor, feed_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "NEWEST", 4)
    principle = a_principle(session)
    for number in range(feeds.NEWEST + 1):
        a_win(
            session, author=feed_reader, title=f"Win {number}", principles=(principle,), now=NOW + number * 3 * MINUTE
        )
    session.commit()
    assert titles(client, feed_address) == [f"Win {number}" for number in range(feeds.NEWEST, 0, -1)]


def test_a_feed_is_made_with_the_same_number_of_queries_however_much_is_in_it(
    session: Session, database: Database, client: FlaskClient, feed_address: str
) -> None:
    def asked() -> int:
        with count_queries(database.engine) as seen:
            feed(client, feed_address)
        return len(seen)

    a_win(session)
    session.commit()
    one = asked()
    for _ in range(5):
        a_win(session, author=an_actor(session), thanked=(id_of(an_actor(session)),))
    session.commit()
    assert asked() == one


def test_an_empty_feed_is_valid_and_says_since_when(client: FlaskClient, feed_address: str) -> None:
    whole = feed(client, feed_address)
    assert whole.findall(f"{A}entry") == []
    assert whole.findtext(f"{A}updated") == "2026-05-04T09:30:00.000Z"


def test_a_feed_is_narrowed_as_the_page_is(
    session: Session, client: FlaskClient, feed_reader: Actor, feed_address: str
) -> None:
    team = Team(name="Tbilisi")
    session.add(team)
    session.flush()
    member = an_actor(session)
    session.get_one(Person, member.id).team_id = team.id
    principle = a_principle(session)
    a_win(session, title="plain", now=NOW)
    a_win(session, title="principle", principles=(principle,), now=NOW + MINUTE)
    a_win(session, title="team", author=member, now=NOW + 2 * MINUTE)
    a_win(session, title="lang", locale="ka", now=NOW + 3 * MINUTE)
    session.commit()
    assert titles(client, f"{feed_address}?principle={principle}") == ["principle"]
    assert titles(client, f"{feed_address}?team={team.id}") == ["team"]
    assert titles(client, f"{feed_address}?lang=ka") == ["lang"]
    assert titles(client, f"{feed_address}?lang=ka&team={team.id}") == []
    hostile = titles(client, f"{feed_address}?principle={'9' * 30}&team=%00&lang=../en&person=1&of=mine")
    assert hostile == ["lang", "team", "principle", "plain"]
    whole = feed(client, f"{feed_address}?lang=ka&x=%3Cy%3E")
    assert link(whole, "self")["href"] == f"{SITE}{feed_address}?lang=ka"
    assert link(whole, "alternate")["href"] == f"{SITE}/wins?lang=ka"
    assert whole.findtext(f"{A}id") == f"tag:127.0.0.1,2026:feed/{feed_reader.id}/lang=ka"


def test_the_feed_speaks_its_readers_language_and_not_the_programs(session: Session, client: FlaskClient) -> None:
    address = of(session, an_actor(session, locale="ka"))
    answer = client.get(address, headers={"Accept-Language": "hr"})
    assert ET.fromstring(answer.data).get(LANG) == "ka"


HOSTILE = [
    "]]><script>alert(1)</script>",
    '"><entry><id>x</id></entry>',
    "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>&y;",
    "&amp; &#0; &lt;",
    "😀 \u202egnp.exe",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_what_people_write_stays_text(session: Session, client: FlaskClient, feed_address: str, words: str) -> None:
    author = an_actor(session)
    win = a_win(session, author=author, markdown=words)
    # Past the doors that take such things out: what is stored may be older than they are.
    session.get_one(WinRevision, (win.id, 1)).title = words
    session.get_one(Person, author.id).name = words[:60]
    session.commit()
    (entry,) = feed(client, feed_address).findall(f"{A}entry")
    assert entry.findtext(f"{A}title") == words
    assert entry.findtext(f"{A}author/{A}name") == words[:60]
    assert "<script" not in (entry.findtext(f"{A}content") or "")
    assert len(list(entry)) == 7


def test_characters_that_xml_cannot_hold_are_left_out(session: Session, client: FlaskClient, feed_address: str) -> None:
    win = a_win(session)
    session.get_one(WinRevision, (win.id, 1)).title = "A\x01\x08\x0b\x1f\x7f\ufffe\uffff lamp\t💡"
    session.commit()
    assert titles(client, feed_address) == ["A\x7f lamp\t💡"]
    source = Source(SITE, SITE, SITE, "feed", "half \ud83d of \x00a lamp", "en", NOW)
    assert ET.fromstring(atom.document(source, [])).findtext(f"{A}title") == "half  of a lamp"


def test_links_that_lead_nowhere_and_pictures_are_left_out(
    session: Session, client: FlaskClient, feed_address: str
) -> None:
    a_win(session, markdown="[a](http://[) [b](javascript:alert(1)) ![lamp](/pictures/1) [c](//evil.example/x)")
    session.commit()
    (entry,) = feed(client, feed_address).findall(f"{A}entry")
    html = entry.findtext(f"{A}content") or ""
    assert "<img" not in html
    assert "javascript:" not in re.sub(r">[^<]*<", "><", html)
    assert all(urlsplit(found).scheme for found in re.findall(r'href="([^"]*)"', html))


@pytest.mark.parametrize(
    ("site", "found"),
    [
        ("https://Lampa.Example.com:8443", "tag:lampa.example.com,2026:win/7"),
        ("http://[2001:db8::1]:80", "tag:2001-db8--1,2026:win/7"),
        ("https://ლამპა.ge", "tag:-----.ge,2026:win/7"),
    ],
)
def test_ids_are_tag_uris_whatever_the_sites_name(site: str, found: str) -> None:
    assert atom.tag_uri(site, "win/7") == found
