"""A load on one server of this machine: a few connections that stay open, each asking as fast as it is answered."""

import socket
import statistics
import threading
import time
from dataclasses import dataclass

CONNECTIONS = 8
SECONDS = 6.0
WARM_UP = 40


@dataclass(frozen=True)
class Measured:
    """Answers a second, and how long an answer took, in milliseconds."""

    rate: float
    p50: float
    p95: float


def measure(port: int, paths: list[str], headers: dict[str, str]) -> Measured:
    """Ask 127.0.0.1:``port`` for ``paths`` in turn; every answer must be 200."""
    head = "".join(f"{name}: {value}\r\n" for name, value in {"Host": "127.0.0.1", **headers}.items())
    requests = [f"GET {path} HTTP/1.1\r\n{head}\r\n".encode() for path in paths]
    took: list[float] = []
    faults: list[BaseException] = []

    def ask(first: int) -> None:
        connection = _Connection(port)
        try:
            for number in range(WARM_UP):
                connection.ask(requests[(first + number) % len(requests)])
            barrier.wait()
            end, number = time.perf_counter() + SECONDS, first
            while (began := time.perf_counter()) < end:
                connection.ask(requests[number % len(requests)])
                took.append(time.perf_counter() - began)
                number += CONNECTIONS
        except BaseException as error:
            faults.append(error)
            barrier.abort()
        finally:
            connection.close()

    barrier = threading.Barrier(CONNECTIONS)
    threads = [threading.Thread(target=ask, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    marks = statistics.quantiles(took, n=100)
    return Measured(len(took) / SECONDS, marks[49] * 1000, marks[94] * 1000)


class _Connection:
    """A connection that stays open, and is opened anew when the server has ended it (workers are renewed)."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._open()

    def _open(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self._port))
        self._answers = self._socket.makefile("rb")

    def close(self) -> None:
        """End it."""
        self._answers.close()
        self._socket.close()

    def ask(self, request: bytes) -> None:
        """Send ``request`` and read the whole answer, which must be 200."""
        self._socket.sendall(request)
        status = self._answers.readline()
        if not status:
            self.close()
            self._open()
            self._socket.sendall(request)
            status = self._answers.readline()
        length = 0
        while (line := self._answers.readline()) not in {b"\r\n", b""}:
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        self._answers.read(length)
        if b" 200 " not in status:
            raise RuntimeError(f"{request.split(b' ')[1]!r}: {status!r}")
