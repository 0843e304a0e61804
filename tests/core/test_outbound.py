"""Posting outside: to public addresses alone, those that were looked at, and never for long."""

import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from portal.core import outbound
from portal.core.outbound import LIMITS, Limits, NoAnswer, Place, place_of
from tests.core.mail_servers import CERTIFICATE, encrypting
from tests.core.web_servers import Answer, WebServer, endless, raw, silent, status, web_server

HASTY = replace(LIMITS, whole_s=0.4)
SECRET = "/services/T0/hush"


def at(*addresses: str) -> Callable[[str, int], Sequence[str]]:
    """A resolver by which every name lies there."""
    return lambda _name, _port: addresses


def nowhere(_name: str, _port: int) -> Sequence[str]:
    raise socket.gaierror(socket.EAI_NONAME, f"no such name, {SECRET}")


def sent(web: WebServer, host: str = "hooks.example.com", limits: Limits = LIMITS, **over: object) -> int:
    """POST to the test's server, under a name that lies where it is."""
    url = f"http://{host}:{web.port}{SECRET}?a=1"
    more = {"private": True, "resolve": at("127.0.0.1"), **over}
    return outbound.post(url, b"{}", {"User-Agent": "Lampa"}, limits=limits, **more)  # type: ignore[arg-type]


# What is asked, and what is made of the answer


def test_a_post_arrives_with_its_body_and_the_names_own_host() -> None:
    with web_server(status(204)) as web:
        assert sent(web) == 204
    (asked,) = web.asked
    assert (asked.method, asked.target, asked.body) == ("POST", f"{SECRET}?a=1", b"{}")
    assert asked.headers["Host"] == f"hooks.example.com:{web.port}"
    assert (asked.headers["User-Agent"], asked.headers["Connection"]) == ("Lampa", "close")


@pytest.mark.parametrize("code", [200, 301, 307, 404, 429, 500])
def test_any_answer_is_an_answer_and_no_redirect_is_followed(code: int) -> None:
    with web_server(status(code, Location="/elsewhere")) as web:
        assert sent(web) == code
    assert len(web.asked) == 1


def test_the_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with web_server(status(200)) as web:
        assert sent(web) == 200


HUGE = b"x" * 100_000


@pytest.mark.parametrize(
    "answer",
    [
        status(200, HUGE),
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"and that is all"),
        raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"no length\r\n"),
        endless(b"HTTP/1.1 200 OK\r\n\r\n", HUGE),
        endless(b"HTTP/1.1 200 OK\r\n\r\n", b".", 0.02),
    ],
    ids=["long", "broken-off", "garbled", "endless", "trickling"],
)
def test_what_comes_after_the_status_is_read_up_to_a_limit_and_does_not_matter(answer: Answer) -> None:
    with web_server(answer) as web:
        begun = time.monotonic()
        assert sent(web, limits=HASTY) == 200
        assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    "answer",
    [
        silent,
        raw(),
        raw(b"SMTP ready\r\n"),
        raw(b"HTTP/1.1 2"),
        endless(b"H", b"", 0.01),
        endless(b"HTTP/1.1 200 O", b"K", 0.01),
        endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        endless(b"", HUGE),
        endless(b"HTTP/1.1 200 OK\r\n", b"X-More: and more\r\n" * 50),
    ],
    ids=[
        "silent",
        "hung-up",
        "another-protocol",
        "broken-off",
        "stalled",
        "trickling",
        "continuing",
        "no-line-end",
        "endless-headers",
    ],
)
def test_what_is_no_answer_is_none_and_soon(answer: Answer) -> None:
    with web_server(answer) as web:
        begun = time.monotonic()
        with pytest.raises(NoAnswer) as caught:
            sent(web, limits=HASTY)
        assert time.monotonic() - begun < 5
    assert "hush" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_where_nobody_listens_there_is_no_answer() -> None:
    with web_server(status(200)) as web:
        pass
    with pytest.raises(NoAnswer, match=r"^hooks.example.com: ConnectionRefusedError$"):
        sent(web)


def test_a_name_that_is_not_known_is_said_without_the_path() -> None:
    with pytest.raises(NoAnswer, match=r"^hooks.example.com: gaierror$"):
        sent(WebServer([], port=9), resolve=nowhere)
    with pytest.raises(NoAnswer, match=r"^hooks.example.com: no address$"):
        sent(WebServer([], port=9), resolve=at())


def test_the_next_address_is_tried_when_one_is_dead() -> None:
    with web_server(status(200)) as web:
        assert sent(web, resolve=at("127.0.0.2", "127.0.0.1")) == 200


def test_a_server_over_tls_must_have_the_names_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    def secure(web: WebServer, host: str) -> int:
        url = f"https://{host}:{web.port}{SECRET}"
        return outbound.post(url, b"{}", {}, private=True, resolve=at("127.0.0.1"))

    with web_server(status(200), tls=encrypting()) as web:
        with pytest.raises(NoAnswer, match=r"^localhost: SSLCertVerificationError$"):
            secure(web, "localhost")
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        assert secure(web, "localhost") == 200
        with pytest.raises(NoAnswer, match="SSLCertVerificationError"):
            secure(web, "hooks.example.com")
    assert len(web.asked) == 1


def test_a_server_that_answers_in_clear_where_tls_is_wanted_is_no_answer() -> None:
    with web_server(raw(b"HTTP/1.1 200 OK\r\n\r\n")) as web, pytest.raises(NoAnswer, match=r"SSL|Connection"):
        outbound.post(f"https://x.example:{web.port}/", b"", {}, private=True, resolve=at("127.0.0.1"))


# Where it may go

PUBLIC = ["8.8.8.8", "93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::808:808", "2002:808:808::1"]
INSIDE = [
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.254", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "100.127.255.254", "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.1.1.1",
    "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1", "fe80::1", "fe80::1%lo", "fc00::1", "fd12:3456::1",
    "fec0::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "2002:7f00:1::1", "2002:a00:1::1", "100::1", "4000::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_out_in_the_world_are_public(address: str) -> None:
    assert outbound.is_public(address)


@pytest.mark.parametrize("address", INSIDE)
def test_every_other_address_is_not(address: str) -> None:
    assert not outbound.is_public(address)


@pytest.mark.parametrize("found", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["127.0.0.1", "8.8.8.8"], ["::1"]])
def test_a_name_one_of_whose_addresses_lies_inside_is_not_called(found: list[str]) -> None:
    with web_server(status(200)) as web, pytest.raises(NoAnswer, match="lies in a private network"):
        sent(web, private=False, resolve=at(*found))
    assert web.asked == []


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "127.1", "0", "[::]"]
)
def test_an_address_that_is_written_otherwise_is_recognised_all_the_same(host: str) -> None:
    with web_server(status(200)) as web, pytest.raises(NoAnswer):
        sent(web, host, private=False, resolve=outbound.addresses_of)
    assert web.asked == []


def test_a_name_is_looked_up_once_and_the_call_goes_where_it_then_lay() -> None:
    asked = []

    def rebinding(name: str, _port: int) -> Sequence[str]:
        asked.append(name)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    with web_server(status(200)) as web:
        assert sent(web, "no-such-name.invalid", resolve=rebinding) == 200
    assert asked == ["no-such-name.invalid"]


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("http://a.example", Place(tls=False, host="a.example", port=80, target="/")),
        ("HTTPS://A.example:8443/x", Place(tls=True, host="a.example", port=8443, target="/x")),
        ("https://a.example?b=c&d", Place(tls=True, host="a.example", port=443, target="/?b=c&d")),
        ("https://a.example/ж\x01/%2F?я#z", Place(True, "a.example", 443, "/%D0%B6%01/%2F?%D1%8F")),  # noqa: FBT003
        ("https://žarulja.hr/", Place(tls=True, host="xn--arulja-2pb.hr", port=443, target="/")),
        ("http://[::1]:81/", Place(tls=False, host="::1", port=81, target="/")),
    ],
)
def test_addresses_are_read_as_browsers_read_them(url: str, place: Place) -> None:
    assert place_of(url) == place


@pytest.mark.parametrize(
    "url", ["https://a.example:99999/hush", "http://[::/hush", f"http://{'a' * 70}/hush", "http://:80/"]
)
def test_an_address_that_cannot_be_read_is_said_without_its_path(url: str) -> None:
    with pytest.raises(NoAnswer, match=r"^the address can't be understood$"):
        place_of(url)
