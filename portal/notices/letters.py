"""Letters of notices: what is due to one person, as text and as HTML, in their language.

To be made within a request context at the site's own address, which is what makes links absolute.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app, url_for
from flask_babel import force_locale

from ..core.locale import available, gettext, ngettext
from ..core.mail import Letter
from ..people import Addressee
from . import links, words
from .model import About
from .queries import NoticeRow

MOST_IN_A_LETTER = 40


@dataclass(frozen=True)
class Line:
    """One notice in a letter; ``address`` is absolute, ``more`` what is said besides."""

    sentence: str
    quote: str
    address: str
    more: str


def letter(person: Addressee, rows: Sequence[NoticeRow], url: str, site_name: str) -> Letter:
    """The letter that tells ``person`` of ``rows``; with more than a few, the rest is counted."""
    locale = person.locale if person.locale in available() else current_app.config["BABEL_DEFAULT_LOCALE"]
    with force_locale(locale):
        lines = [_line(row, url) for row in rows[:MOST_IN_A_LETTER]]
        stop = unsubscribe_address(person.id, {row.about for row in rows})
        rest = len(rows) - len(lines)
        title = _subject(lines, rest, site_name)
        more = ngettext("and %(num)d more", "and %(num)d more", rest) if rest else ""
        everything = url_for("notices.listing", _external=True)
        choose = url_for("notices.settings", _external=True)
        page = current_app.jinja_env.get_template("notices/letter.html")
        return Letter(
            to=person.email,
            name=person.name,
            subject=title,
            text=_text(lines, more, everything, choose, stop),
            html=page.render(
                title=title,
                lines=lines,
                more=more,
                all=everything,
                choose=choose,
                stop=stop,
                site_name=site_name,
                locale=locale,
            ),
            message_id=f"notice.{_digest(person.id, rows)}@{url.partition('://')[2].partition(':')[0]}",
            unsubscribe=stop,
        )


def unsubscribe_address(person_id: int, about: set[About]) -> str:
    """The absolute address at which a person unsubscribes from these kinds of notices."""
    token = links.make(current_app.config["SECRET_KEY"], person_id, about)
    return url_for("notices.unsubscribe", token=token, _external=True)


def _line(row: NoticeRow, url: str) -> Line:
    said = words.for_letter(row)
    return Line(said.sentence, said.quote, url + row.address, said.more)


def _subject(lines: Sequence[Line], rest: int, site_name: str) -> str:
    if len(lines) == 1:
        return lines[0].sentence
    count = len(lines) + rest
    return str(ngettext("%(num)d new notice on %(site)s", "%(num)d new notices on %(site)s", count, site=site_name))


def _text(lines: Sequence[Line], more: str, everything: str, choose: str, stop: str) -> str:
    blocks = []
    for line in lines:
        quoted = "".join(f"\n> {part}" for part in line.quote.splitlines())
        besides = f"\n{line.more}" if line.more else ""
        blocks.append(f"{line.sentence}{quoted}{besides}\n{line.address}")
    if more:
        blocks.append(f"{more}: {everything}")
    blocks.append(
        "-- \n"  # Where mail programs see the letter end and the small print begin.
        + gettext("Choose what is mailed to you: %(address)s", address=choose)
        + "\n"
        + gettext("No more letters like this one: %(address)s", address=stop)
    )
    return "\n\n".join(blocks) + "\n"


def _digest(person_id: int, rows: Sequence[NoticeRow]) -> str:
    """The same for the same notices in the same state, whenever and however often the letter is made."""
    told = f"{person_id} " + " ".join(f"{row.id}:{row.at.isoformat()}" for row in rows)
    return hashlib.sha256(told.encode()).hexdigest()[:32]
