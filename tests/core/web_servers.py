"""A real web server for tests, which keeps what it is sent and answers as it is told to, however rudely."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[[BaseHTTPRequestHandler], None]
TOO_LONG_S = 6.0


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class WebServer:
    """What has come, and ``answers``: one for each request, the last one for all that follow."""

    answers: list[Answer]
    asked: list[Asked] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    port: int = 0


def status(code: int, body: bytes = b"ok", **headers: str) -> Answer:
    """Answers with that status."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(code)
        request.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)

    return answer


def raw(*pieces: bytes) -> Answer:
    """Sends these bytes and hangs up."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        for piece in pieces:
            request.wfile.write(piece)
        request.close_connection = True

    return answer


def endless(first: bytes, again: bytes, pause_s: float = 0.0) -> Answer:
    """Sends ``first``, and then ``again`` for as long as anybody listens; longer than anybody should."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        over = request.server.web.over  # type: ignore[attr-defined]
        request.wfile.write(first)
        end = time.monotonic() + TOO_LONG_S
        while not over.wait(pause_s) and time.monotonic() < end:
            request.wfile.write(again)
        request.close_connection = True

    return answer


def silent(request: BaseHTTPRequestHandler) -> None:
    """Says nothing."""
    request.server.web.over.wait(TOO_LONG_S)  # type: ignore[attr-defined]
    request.close_connection = True


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        web: WebServer = self.server.web  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        web.asked.append(Asked(self.command, self.path, dict(self.headers), body))
        answer = web.answers.pop(0) if len(web.answers) > 1 else web.answers[0]
        with suppress(OSError):  # Whoever asked has heard enough.
            answer(self)

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    web: WebServer
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Those who don't trust the certificate hang up; that is no news."""


@contextmanager
def web_server(*answers: Answer, tls: ssl.SSLContext | None = None) -> Iterator[WebServer]:
    """A server on this machine that gives these ``answers``, one after the other."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.web = WebServer(list(answers), port=server.server_address[1])
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.web
    finally:
        server.web.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
