"""What the tests of the digest begin with: a company whose time is Zagreb's, and letters that are files."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

from portal.core.mail import Letter, Post, Send

ZAGREB = ZoneInfo("Europe/Zagreb")
MONDAY = datetime(2026, 5, 11, 6, tzinfo=UTC)
"""Eight in the morning in Zagreb: the end of the week of `tests.factories.NOW`."""
WEEK = timedelta(days=7)
MINUTE = timedelta(minutes=1)
URL = "https://lampa.example.com"


def letters(folder: Path) -> list[EmailMessage]:
    """The letters in a data folder, as a mail program reads them, in the order in which they left."""
    files = sorted((folder / "mail").glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
    read = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
    return [letter for letter in read if isinstance(letter, EmailMessage)]


def words(letter: EmailMessage, kind: str = "plain") -> str:
    """The plain words of a letter, or its HTML."""
    part = letter.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


class PowerCut(BaseException):
    """The power is gone: nothing after this is done."""


class FailingPost(Post):
    """A post during whose work the power fails, right after some letter has left."""

    def __init__(self, *args: object, after: int) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._left = after

    @contextmanager
    def delivery(self, now: datetime) -> Iterator[Send]:
        """As any post's, until the power fails."""
        with super().delivery(now) as send:

            def send_one(letter: Letter) -> None:
                send(letter)
                self._left -= 1
                if not self._left:
                    raise PowerCut

            yield send_one
