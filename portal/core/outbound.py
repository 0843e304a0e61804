"""Posting to an address outside the house: one that a setting names and that must not turn out to lie inside.

The name is looked up once. Every address that it has must be a public one, and the connection goes to one of these
very addresses, under the name's own certificate: a name that answers differently when asked again (DNS rebinding)
gains nothing. Redirects are not followed, proxies of the environment not used, and nothing can make it last.

The standard library does it, not a client such as urllib3: all that a client brings (pools, retries, redirects,
proxies, decoding) would have to be switched off again here, and none has an end to the whole of a call.
Errors name the host alone, never the path, which is a secret with many services.
"""

import io
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any, cast
from urllib.parse import quote, urlsplit

Resolve = Callable[[str, int], Sequence[str]]
"""From a name and a port to its numeric addresses; raises OSError."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class NoAnswer(Exception):
    """There was no answer, and perhaps no call; the words say why and name the host alone."""


@dataclass(frozen=True)
class Limits:
    """How long connecting and the whole call may take (the system's own look-up of a name adds to that, but what it
    takes is not given again to the call), and how many bytes of an answer are read."""

    connect_s: float = 5.0
    whole_s: float = 10.0
    answer: int = 65_536


LIMITS = Limits()


@dataclass(frozen=True)
class Place:
    """An address of the web in its parts; ``target`` is the path with its query."""

    tls: bool
    host: str
    port: int
    target: str


def place_of(url: str) -> Place:
    """The parts of ``url``. Raises NoAnswer when it has none."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        tls = parts.scheme.lower() == "https"
        port = parts.port or (443 if tls else 80)
    except ValueError:  # Also what no name can be encoded for.
        host = ""
    if not host:
        raise NoAnswer("the address can't be understood")
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~")
    if parts.query:
        target += "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~?")
    return Place(tls, host, port, target)


def addresses_of(name: str, port: int) -> Sequence[str]:
    """The numeric addresses of ``name``, as the system knows them. Raises OSError."""
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """Does this numeric address belong to a machine out in the world?

    Those that hide an IPv4 address are judged by that one, but for IPv4-mapped ones, with which no name need answer.
    """
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None or ip.is_site_local:
            return False
        hidden = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF) if ip in _NAT64 else ip.sixtofour
        ip = hidden or ip
    # Each is said: whether "global" means them as well has changed from one Python to the next.
    inside = ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_unspecified
    return ip.is_global and not (inside or ip.is_multicast or ip.is_reserved)


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    private: bool = False,
    resolve: Resolve = addresses_of,
    limits: Limits = LIMITS,
) -> int:
    """POST ``body`` to ``url``; the status of the answer, whichever it is. Raises NoAnswer.

    With ``private``, the address may lie in a private network.
    """
    place = place_of(url)
    end = time.monotonic() + limits.whole_s

    def left() -> float:
        seconds = end - time.monotonic()
        if seconds <= 0:
            raise TimeoutError
        return seconds

    try:
        addresses = _looked_at(place, resolve, private=private)
        with _connected(place, addresses, limits.connect_s, left) as line:
            return _asked(line, place, body, headers, limits.answer, left)
    except (OSError, HTTPException) as error:
        # Not "from error": what it says may hold more than the host.
        raise NoAnswer(f"{place.host}: {type(error).__name__}") from None


def _looked_at(place: Place, resolve: Resolve, *, private: bool) -> Sequence[str]:
    """The addresses to connect to; none unless all are public, or may be private."""
    found = resolve(place.host, place.port)
    if not found:
        raise NoAnswer(f"{place.host}: no address")
    if not private and not all(is_public(address) for address in found):
        raise NoAnswer(f"{place.host}: lies in a private network, which PORTAL_WEBHOOK_PRIVATE does not allow")
    return found


def _connected(place: Place, addresses: Sequence[str], connect_s: float, left: Callable[[], float]) -> socket.socket:
    """A connection to the first of ``addresses`` that takes one."""
    for last, address in enumerate(addresses, 1 - len(addresses)):
        try:
            # A numeric address: nothing is looked up again.
            line = socket.create_connection((address, place.port), min(connect_s, left()))
        except OSError:
            if last == 0:
                raise
            continue
        break
    if not place.tls:
        return line
    try:
        line.settimeout(left())
        return ssl.create_default_context().wrap_socket(line, server_hostname=place.host)
    except BaseException:
        line.close()
        raise


def _asked(
    line: socket.socket, place: Place, body: bytes, headers: Mapping[str, str], most: int, left: Callable[[], float]
) -> int:
    kind = HTTPSConnection if place.tls else HTTPConnection
    asking = kind(place.host, place.port)  # For how a request is written; the connection is ours.
    asking.sock = line
    line.settimeout(left())
    asking.request("POST", place.target, body, {**headers, "Connection": "close"})
    answer = HTTPResponse(cast(Any, _Answer(line, most, left)), method="POST")
    try:
        answer.begin()
        with suppress(OSError, HTTPException):
            answer.read(most)  # So that the server isn't cut off in mid-sentence; the status is known already.
        return answer.status
    finally:
        answer.close()


class _Answer(io.RawIOBase):
    """What a server sends, up to so many bytes, and only while there is time ``left``; http.client's kind of socket."""

    def __init__(self, line: socket.socket, most: int, left: Callable[[], float]) -> None:
        self._line, self._most, self._left = line, most, left

    def makefile(self, _mode: str) -> io.BufferedReader:
        """The file that http.client reads."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        # A server that sends a byte now and then is not given a new time-out with each.
        self._line.settimeout(self._left())
        count = self._line.recv_into(memoryview(buffer)[: self._most]) if self._most else 0
        self._most -= count
        return count
