"""A real mail server for tests, which keeps what it is sent and refuses what it is told to refuse."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

CERTIFICATE = Path(__file__).with_name("certificates") / "localhost.pem"
"""For ``localhost`` and 127.0.0.1, signed by itself; trust it with the variable SSL_CERT_FILE."""


@dataclass
class Mailbox:
    """What has arrived. ``answers`` are what the server says to a recipient, the sender or a letter to somebody."""

    answers: dict[str, str] = field(default_factory=dict)
    data_answers: dict[str, list[str]] = field(default_factory=dict)
    raw: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    connections: set[Any] = field(default_factory=set)
    encrypted: list[bool] = field(default_factory=list)
    port: int = 0

    @property
    def letters(self) -> list[EmailMessage]:
        """The letters as a mail program reads them."""
        read = [message_from_bytes(raw, policy=policy.default) for raw in self.raw]
        return [letter for letter in read if isinstance(letter, EmailMessage)]

    def text(self, number: int = -1, kind: str = "plain") -> str:
        """The plain words of a letter, or its HTML."""
        part = self.letters[number].get_body((kind,))
        assert part is not None
        return str(part.get_content())

    async def handle_MAIL(self, _s: Any, _session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.answers.get(address, "250 OK")

    async def handle_RCPT(self, _s: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _s: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.connections.add(session.peer)
        if later := self.data_answers.get(envelope.rcpt_tos[0]):
            return later.pop(0)
        self.raw.append(envelope.original_content)
        self.recipients += envelope.rcpt_tos
        self.encrypted.append(session.ssl is not None)
        return "250 OK"


class _Server(Controller):
    """On a port that the system chooses."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(box: Mailbox, *, host: str = "127.0.0.1", port: int = 0, **over: Any) -> Iterator[Mailbox]:
    """A server that puts what it is sent into ``box``; ``over`` are aiosmtpd's own settings."""
    server = _Server(box, hostname=host, port=port, enable_SMTPUTF8=over.pop("utf8", True), **over)
    server.start()
    box.port = server.port
    try:
        yield box
    finally:
        server.stop()


def encrypting() -> ssl.SSLContext:
    """What a server needs to encrypt."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def knows(user: str, password: str) -> Any:
    """An authenticator that lets in this one user."""

    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, told: Any) -> AuthResult:
        assert isinstance(told, LoginPassword)
        known = (told.login, told.password) == (user.encode(), password.encode())
        return AuthResult(success=known, handled=False)  # Not handled: the server itself says no.

    return check
