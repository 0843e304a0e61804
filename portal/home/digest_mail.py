"""Mailing the weekly digest: who is due, their letters, and how they leave."""

import hashlib
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from flask import Flask, current_app, url_for
from flask_babel import force_locale
from sqlalchemy.orm import Session

from .. import notices, people, pulse
from ..config import Settings
from ..core.db import Database
from ..core.locale import available, gettext, ngettext
from ..core.mail import Letter, LetterRefused, MailUnavailable, Post, Send, one_line
from ..notices import About, Week
from ..people import Addressee
from .digest import Audience, Edition, Section

log = logging.getLogger(__name__)

STRETCH = 250
"""How many people are looked at in one go; the worker's other work need not wait for all letters of a company."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=6)


class Digests:
    """Mails the digest to whoever is due. What has been done stands in the database; pauses are remembered here."""

    def __init__(self, database: Database, post: Post, app: Flask) -> None:
        self._database = database
        self._post = post
        self._app = app
        self._settings: Settings = app.extensions["settings"]
        self._again: dict[int, tuple[datetime, timedelta]] = {}

    def mail_due(self, now: datetime) -> int:
        """See to the next stretch of people who are due at ``now``; how many letters left. 0: no more for now.

        Each letter leaves and is then remembered: a crash in between repeats that one, under its Message-ID. A digest
        that has nothing to tell, or that somebody does not want, is remembered as well and not looked at again.
        """
        week = notices.week_due(now, self._settings.timezone)
        while True:
            with self._database.reading() as session:
                ids = self._due(session, week, now)
                letters = self._letters(session, ids, week, now) if ids else {}
            self._done([one for one in ids if one not in letters], week)
            if letters or not ids:
                return self._send(letters, week, now)

    def _due(self, session: Session, week: Week, now: datetime) -> list[int]:
        last = 0
        while ids := notices.awaiting_digest(session, week, last, STRETCH):
            ready = [one for one in ids if one not in self._again or self._again[one][0] <= now]
            if ready:
                return ready
            last = ids[-1]
        return []

    def _letters(self, session: Session, ids: Sequence[int], week: Week, now: datetime) -> dict[int, Letter]:
        """The letters of those who want one and for whom there is something to tell, by person."""
        edition = Edition(session, week)
        asked = pulse.asked(session, ids, now)
        made = {}
        for reader in people.readers(session, notices.want_digest(session, ids)):
            locale = reader.person.locale if reader.person.locale in available() else self._settings.language
            with self._speaking(locale):
                who = Audience(locale, reader.team_id, reader.grants, asked.get(reader.person.id, frozenset()))
                sections = edition.sections(who)
                if sections:
                    made[reader.person.id] = letter(reader.person, locale, sections, week, self._settings)
        return made

    @contextmanager
    def _speaking(self, locale: str) -> Iterator[None]:
        # A context for each: what is remembered in it is this letter's alone. Its address makes links absolute.
        with self._app.test_request_context(base_url=self._settings.url), force_locale(locale):
            yield

    def _send(self, letters: dict[int, Letter], week: Week, now: datetime) -> int:
        sent = 0
        with self._post.delivery(now) as send:
            for person_id, made in letters.items():
                try:
                    left = self._leaves(send, person_id, made, now)
                except MailUnavailable as error:
                    log.warning("digests have to wait: %s", error)
                    return 0
                if left:
                    sent += 1
                    self._done([person_id], week)
        return sent

    def _done(self, ids: Sequence[int], week: Week) -> None:
        if ids:
            with self._database.transaction() as session:
                notices.digest_done(session, ids, week)

    def _leaves(self, send: Send, person_id: int, made: Letter, now: datetime) -> bool:
        """Send one letter; False when it is to be tried again later. Raises MailUnavailable."""
        try:
            send(made)
        except MailUnavailable:
            raise
        except LetterRefused as error:
            log.warning("the mail server refused the digest for person %s: %s", person_id, error)
        except Exception as error:  # Whatever is wrong with one letter must not hold up all others.
            _, before = self._again.get(person_id, (now, FIRST_PAUSE / 2))
            pause = min(before * 2, LONGEST_PAUSE)
            self._again[person_id] = now + pause, pause
            log.warning("the digest for person %s has to wait (%s)", person_id, type(error).__name__)
            return False
        self._again.pop(person_id, None)
        return True


def letter(person: Addressee, locale: str, sections: Sequence[Section], week: Week, settings: Settings) -> Letter:
    """One person's digest, in the language of the present context."""
    site = settings.site_name
    stop = notices.unsubscribe_address(person.id, {About.DIGEST})
    choose = url_for("notices.settings", _external=True)
    subject = gettext("The week on %(site)s: %(title)s", site=site, title=one_line(sections[0].lines[0].text))
    hello = gettext("Hello %(name)s, this is what happened in the past week.", name=one_line(person.name))
    page = current_app.jinja_env.get_template("home/digest.html")
    return Letter(
        to=person.email,
        name=person.name,
        subject=subject,
        text=_text(hello, sections, settings.url, choose, stop),
        html=page.render(
            title=subject,
            hello=hello,
            sections=sections,
            url=settings.url,
            choose=choose,
            stop=stop,
            site_name=site,
            locale=locale,
        ),
        message_id=f"digest.{_digest(person.id, week)}@{settings.url.partition('://')[2].partition(':')[0]}",
        unsubscribe=stop,
    )


def _text(hello: str, sections: Sequence[Section], url: str, choose: str, stop: str) -> str:
    blocks = [hello]
    for section in sections:
        # Underlined and not in capitals, which Georgian has but few fonts.
        blocks.append(f"{section.title}\n{'-' * len(section.title)}")
        blocks += [f"* {one_line(line.text)} ({one_line(line.note)})\n  {url}{line.address}" for line in section.lines]
        if section.more:
            more = ngettext("and %(num)d more", "and %(num)d more", section.more)
            blocks.append(f"  {more}: {url}{section.rest}")
    blocks.append(
        "-- \n"  # Where mail programs see the letter end and the small print begin.
        + gettext("Choose what is mailed to you: %(address)s", address=choose)
        + "\n"
        + gettext("No more letters like this one: %(address)s", address=stop)
    )
    return "\n\n".join(blocks) + "\n"


def _digest(person_id: int, week: Week) -> str:
    """The same for one person's digest of one week, however often the letter is made."""
    return hashlib.sha256(f"{person_id} {week.name}".encode()).hexdigest()[:32]
