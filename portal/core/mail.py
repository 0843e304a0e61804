"""Letters, and how they leave the house: through a mail server, or as files in the data folder to be looked at.

A letter's Message-ID is the sender's to say and follows from what the letter tells, so that one which is sent again
after a crash is one letter to the reader's program. Nothing here logs an address, a server's words or the password,
and the errors hold none of them either.
"""

import os
import re
import smtplib
import ssl
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from ..config import Settings

TIMEOUT_S = 15
PAUSE_S = 30
"""How long a server that did not answer is left alone: hundreds of letters must not wait for it one by one."""
SUBJECT_LENGTH = 240
CLOSING = 421
"""With this code a server ends the connection; the letter goes with the next one."""
_LOOPBACK = {"localhost", "127.0.0.1"}


@dataclass(frozen=True)
class Letter:
    """A letter to one person: its words twice, as plain text and as HTML, and the address that unsubscribes."""

    to: str
    name: str
    subject: str
    text: str
    html: str
    message_id: str
    unsubscribe: str | None = None


class MailUnavailable(Exception):
    """The mail server takes no letters now, from anybody to anybody; all of them are to be tried again later."""


class LetterDeferred(Exception):
    """The server asks to try this one letter again later."""


class LetterRefused(Exception):
    """The server does not take this letter and never will."""


Send = Callable[[Letter], None]


class Post:
    """Takes letters to where ``settings`` say."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._not_before = 0.0

    @contextmanager
    def delivery(self, now: datetime) -> Iterator[Send]:
        """A function that sends one letter, over one connection for as many as are sent within the block.

        It raises LetterRefused, LetterDeferred and MailUnavailable; after the last one no other letter need be tried.
        """
        if not self._settings.mail_server:
            folder = self._settings.data / "mail"
            yield lambda letter: _write(folder, letter, self._settings, now)
            return
        line = _Line(self._settings.mail_server)
        try:
            yield lambda letter: self._send(line, letter, now)
        finally:
            line.close()

    def _send(self, line: "_Line", letter: Letter, now: datetime) -> None:
        if self._clock() < self._not_before:
            raise MailUnavailable("the mail server did not answer a moment ago")
        message = message_of(letter, self._settings, now)
        try:
            line.send(message, parseaddr(self._settings.mail_from)[1], letter.to)
        except MailUnavailable:
            self._not_before = self._clock() + PAUSE_S
            raise


class _AsWritten(EmailPolicy):
    """Python's rules for mail, but an address is never broken up into encoded words, which nothing would follow."""

    def fold(self, name: str, value: Any) -> str:
        return f"{name}: {value}\r\n" if name.lower() in _ADDRESSES else super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("utf-8" if self.utf8 else "ascii", "surrogateescape")


_ADDRESSES = {"message-id", "list-unsubscribe"}
# Seven bits: not every server takes eight, and smtplib doesn't ask.
_POLICY = _AsWritten(linesep=SMTP.linesep, max_line_length=SMTP.max_line_length, cte_type="7bit")


def message_of(letter: Letter, settings: Settings, now: datetime) -> EmailMessage:
    """The message that ``letter`` becomes; whatever stands in its texts, no header can be added by them."""
    plain = letter.to.isascii()
    message = EmailMessage(_POLICY if plain else _POLICY.clone(utf8=True))
    name, address = parseaddr(one_line(settings.mail_from))
    message["From"] = _address(name or settings.site_name, address)
    message["To"] = _address(letter.name, letter.to)
    message["Subject"] = _header(letter.subject)[:SUBJECT_LENGTH]
    message["Date"] = now.astimezone(UTC)
    message["Message-ID"] = f"<{one_line(letter.message_id)}>"
    message["Auto-Submitted"] = "auto-generated"
    if letter.unsubscribe:
        message["List-Unsubscribe"] = f"<{one_line(letter.unsubscribe)}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(without_controls(letter.text))
    message.add_alternative(without_controls(letter.html), subtype="html")
    return message


def one_line(text: str) -> str:
    """``text`` on one line: line ends of every kind and other control characters become blanks."""
    return " ".join(without_controls(text.replace("\0", " ")).split())


def without_controls(text: str) -> str:
    """``text`` without what no letter may hold: control characters but tabs and line ends, and halves of characters."""
    return "".join(c for c in text if c in "\t\n\r" or unicodedata.category(c) not in {"Cc", "Cs"})


def _address(name: str, address: str) -> Address:
    username, _, domain = one_line(address).rpartition("@")
    return Address(_header(name), username=username, domain=domain)


def _header(text: str) -> str:
    """Text for a header. Python would decode an encoded word in it, and a line end in that begins another header."""
    return one_line(text).replace("=?", "= ?")


class _Line:
    """A connection to the mail server, opened when first needed and again when the server has ended it."""

    def __init__(self, server: str) -> None:
        scheme, _, rest = server.partition("://")
        account, _, place = rest.rpartition("@")
        self._host, _, port = place.partition(":")
        user, _, password = account.partition(":")
        self._user, self._password = unquote(user), unquote(password)
        self._tls = scheme.lower() == "smtps"
        self._port = int(port) if port else 465 if self._tls else 587 if user else 25
        self._smtp: smtplib.SMTP | None = None

    def send(self, message: EmailMessage, sender: str, to: str) -> None:
        """Send ``message``. Raises LetterRefused, LetterDeferred, MailUnavailable."""
        used_before = self._smtp is not None
        try:
            self._hand_over(message, sender, to)
        except _HungUp as error:
            self.close()
            if not used_before:
                raise MailUnavailable(f"the mail server hung up ({error})") from None
            # It had waited for a while, or takes only so many letters over one connection.
            try:
                self._hand_over(message, sender, to)
            except _HungUp as again:
                self.close()
                raise MailUnavailable(f"the mail server hung up ({again})") from None

    def close(self) -> None:
        """End the connection, if there is one."""
        smtp, self._smtp = self._smtp, None
        if smtp:
            with suppress(OSError, smtplib.SMTPException):
                smtp.quit()
            smtp.close()

    def _hand_over(self, message: EmailMessage, sender: str, to: str) -> None:
        # No error of smtplib's gets out, nor is it named as the cause: their texts hold addresses and the server's.
        smtp = self._smtp = self._smtp or self._connected()
        try:
            smtp.send_message(message, sender, [to])
        except smtplib.SMTPRecipientsRefused as error:
            raise _fate(next(iter(error.recipients.values()))[0]) from None
        except smtplib.SMTPSenderRefused as error:
            if error.smtp_code == CLOSING:
                raise _HungUp(CLOSING) from None
            raise MailUnavailable(f"the mail server refuses PORTAL_MAIL_FROM ({error.smtp_code})") from None
        except smtplib.SMTPResponseException as error:
            raise _fate(error.smtp_code) from None
        except smtplib.SMTPNotSupportedError:
            raise LetterRefused("the server takes no such address") from None
        except (OSError, smtplib.SMTPException) as error:
            raise _HungUp(type(error).__name__) from None

    def _connected(self) -> smtplib.SMTP:
        smtp: smtplib.SMTP | None = None
        try:
            safe = ssl.create_default_context()
            if self._tls:
                smtp = smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT_S, context=safe)
            else:
                smtp = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_S)
            smtp.ehlo()
            if not self._tls and smtp.has_extn("starttls"):
                smtp.starttls(context=safe)
                smtp.ehlo()
            self._sign_in(smtp)
        except (OSError, smtplib.SMTPException) as error:
            if smtp:
                smtp.close()
            code = getattr(error, "smtp_code", None) or type(error).__name__
            raise MailUnavailable(f"the mail server can't be used ({code})") from None
        except BaseException:
            if smtp:
                smtp.close()
            raise
        return smtp

    def _sign_in(self, smtp: smtplib.SMTP) -> None:
        if not self._user:
            return
        if not (self._user + self._password).isascii():
            raise MailUnavailable("PORTAL_MAIL_SERVER: user and password must be of plain ASCII letters and signs")
        encrypted = isinstance(smtp.sock, ssl.SSLSocket)
        if not encrypted and self._host.lower() not in _LOOPBACK:
            raise MailUnavailable("the mail server offers no encryption, so it is not told the password")
        smtp.login(self._user, self._password)


class _HungUp(Exception):
    """The connection is gone; the letter may be tried over another one."""


def _fate(code: int) -> Exception:
    """What a server's answer to one letter means."""
    if code == CLOSING:
        return _HungUp(code)
    return LetterRefused(str(code)) if code >= 500 else LetterDeferred(str(code))


def _write(folder: Path, letter: Letter, settings: Settings, now: datetime) -> None:
    """Put ``letter`` into ``folder`` under its moment and id, whole or not at all, for the owner's eyes alone."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    moment = now.astimezone(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    name = re.sub(r"[^\w.-]", "_", letter.message_id.partition("@")[0], flags=re.ASCII)[:80]
    handle, draft = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")  # Made with mode 0600.
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(message_of(letter, settings, now).as_bytes())
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(folder / f"{moment}-{name}.eml")
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
