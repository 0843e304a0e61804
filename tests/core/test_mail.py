"""Letters: what they are made of, and how they get to a real mail server or into files."""

import re
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from portal.config import Settings, load
from portal.core.mail import (
    PAUSE_S,
    Letter,
    LetterDeferred,
    LetterRefused,
    MailUnavailable,
    Post,
    message_of,
    one_line,
)
from tests.core.mail_servers import CERTIFICATE, Mailbox, encrypting, knows, mail_server
from tests.factories import NOW

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")

SECRET = "p@ss:word/#?"
ENCODED = "p%40ss:word%2F%23%3F"
STOP = "https://lampa.example.com/unsubscribe/" + "WzEyLCJjb21tZW50ZWQi-_" * 6
LETTER = Letter(
    to="ana@example.com",
    name="Ana Horvat",
    subject="Ivo cheered your win “The lamp”",
    text="Ivo cheered your win.\n\nhttps://lampa.example.com/wins/12\n",
    html="<p>Ivo cheered your win.</p>",
    message_id="notice.1234@lampa.example.com",
    unsubscribe=STOP,
)


def settings(tmp_path: Path, server: str = "", **more: str) -> Settings:
    return load({"PORTAL_DATA": str(tmp_path), "PORTAL_MAIL_SERVER": server, **more})


def send(post: Post, *letters: Letter, now: datetime = NOW) -> None:
    with post.delivery(now) as deliver:
        for letter in letters:
            deliver(letter)


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server(Mailbox()) as made:
        yield made


@pytest.fixture
def post(box: Mailbox, tmp_path: Path) -> Post:
    return Post(settings(tmp_path, f"smtp://127.0.0.1:{box.port}", PORTAL_MAIL_FROM="lampa@example.com"))


# What a letter is


def test_a_letter_arrives_with_its_words_twice_and_all_that_programs_ask_for(post: Post, box: Mailbox) -> None:
    send(post, LETTER)
    (letter,) = box.letters
    assert letter.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
    assert {part.get_content_charset() for part in letter.iter_parts()} == {"utf-8"}
    assert box.text().replace("\r\n", "\n") == LETTER.text
    assert box.text(kind="html").strip() == LETTER.html
    assert (str(letter["From"]), str(letter["To"])) == ("Lampa <lampa@example.com>", "Ana Horvat <ana@example.com>")
    assert letter["Subject"] == LETTER.subject
    assert parsedate_to_datetime(letter["Date"]) == NOW
    assert letter["Message-ID"] == f"<{LETTER.message_id}>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert box.recipients == ["ana@example.com"]


def test_the_address_that_unsubscribes_is_one_whole_word_however_long(post: Post, box: Mailbox) -> None:
    send(post, LETTER)
    assert f"\r\nList-Unsubscribe: <{STOP}>\r\n".encode() in box.raw[0]


def test_a_letter_from_which_nobody_can_unsubscribe_does_not_say_so(post: Post, box: Mailbox) -> None:
    send(post, replace(LETTER, unsubscribe=None))
    assert not [name for name in box.letters[0] if name.startswith("List-")]


@pytest.mark.parametrize(
    "words", ["Привет, “лампа” 💡", "ანა ბერიძემ მოიწონა " * 20, "Čestitke, žarulja je zamijenjena"]
)
def test_other_alphabets_arrive_as_they_were_written_in_seven_bits(post: Post, box: Mailbox, words: str) -> None:
    send(post, replace(LETTER, name=words[:60].strip(), subject=words, text=words, html=f"<p>{words}</p>"))
    (letter,) = box.letters
    assert letter["Subject"].strip() == one_line(words)[:240].strip()
    # With the older reader: Python's newer one shows a blank where a long name was folded.
    to = message_from_bytes(box.raw[0])["To"]
    assert str(make_header(decode_header(to))) == f"{words[:60].strip()} <ana@example.com>"
    assert box.text().strip() == words.strip()
    assert box.text(kind="html").strip() == f"<p>{words}</p>"
    assert box.raw[0].isascii()
    assert max(map(len, box.raw[0].split(b"\r\n"))) <= 200


HOSTILE = [
    "x\r\nBcc: all@example.com",
    "x\nBcc: all@example.com\n\nBody",
    "x\rBcc: all@example.com",
    "x\u2028Bcc: all@example.com",
    "x\x00\x0b\x0cBcc: all@example.com",
    '"><a@b.example>, c@d.example',
    "=?utf-8?q?x=0ABcc=3A_all=40example.com?=",
    "half \ud83d of a lamp",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_no_name_or_title_adds_a_header_or_a_recipient(post: Post, box: Mailbox, words: str) -> None:
    send(post, LETTER)
    send(post, replace(LETTER, name=words, subject=words, text=words, html=words, message_id=f"1{words}@x.example"))
    plain, hostile = box.letters
    assert list(hostile) == list(plain)
    assert [one.addr_spec for one in hostile["To"].addresses] == ["ana@example.com"]
    assert box.recipients == ["ana@example.com"] * 2
    assert b"\0" not in box.raw[1]


def test_a_sender_with_a_name_of_its_own_keeps_it(tmp_path: Path) -> None:
    letter = message_of(LETTER, settings(tmp_path, PORTAL_MAIL_FROM="Lamp Post <post@example.com>"), NOW)
    assert str(letter["From"]) == "Lamp Post <post@example.com>"


def test_an_address_in_another_alphabet_gets_its_letter_where_the_server_takes_such(post: Post, box: Mailbox) -> None:
    send(post, replace(LETTER, to="ანა@example.com"))
    assert box.recipients == ["ანა@example.com"]
    with mail_server(Mailbox(), utf8=False) as old, pytest.raises(LetterRefused):
        send(Post(replace(post._settings, mail_server=f"smtp://127.0.0.1:{old.port}")), replace(LETTER, to="ა@b.ge"))


# Getting it there


def test_many_letters_go_over_one_connection(post: Post, box: Mailbox) -> None:
    send(post, *(replace(LETTER, to=f"ana{number}@example.com") for number in range(5)))
    assert (len(box.raw), len(box.connections)) == (5, 1)


def test_a_letter_sent_again_is_the_same_letter_to_the_readers_program(post: Post, box: Mailbox) -> None:
    send(post, LETTER)
    send(post, LETTER, now=NOW.replace(hour=23))
    first, second = box.letters
    assert first["Message-ID"] == second["Message-ID"]


def test_starttls_is_used_where_it_is_offered_and_the_certificate_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mail_server(Mailbox(), tls_context=encrypting()) as box:
        server = f"smtp://localhost:{box.port}"
        with pytest.raises(MailUnavailable, match="SSLCertVerificationError"):
            send(Post(settings(tmp_path, server)), LETTER)
        assert box.raw == []
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        send(Post(settings(tmp_path, server)), LETTER)
        assert box.encrypted == [True]


def test_smtps_is_encrypted_from_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with mail_server(Mailbox(), ssl_context=encrypting()) as box:
        send(Post(settings(tmp_path, f"smtps://localhost:{box.port}")), LETTER)
        assert len(box.raw) == 1


@pytest.fixture
def guarded() -> Iterator[Mailbox]:
    """A server that wants to know who sends."""
    check = knows("lampa", SECRET)
    with mail_server(Mailbox(), authenticator=check, auth_required=True, auth_require_tls=False) as box:
        yield box


def test_a_server_that_asks_who_sends_is_told(guarded: Mailbox, tmp_path: Path) -> None:
    send(Post(settings(tmp_path, f"smtp://lampa:{ENCODED}@127.0.0.1:{guarded.port}")), LETTER)
    assert len(guarded.raw) == 1


def test_a_refused_password_is_said_without_the_password(guarded: Mailbox, tmp_path: Path) -> None:
    with pytest.raises(MailUnavailable) as caught:
        send(Post(settings(tmp_path, f"smtp://lampa:wrong-{ENCODED}@127.0.0.1:{guarded.port}")), LETTER)
    assert str(caught.value) == "the mail server can't be used (535)"
    assert caught.value.__suppress_context__, "nor does a log show the error that it came from"
    assert guarded.raw == []


def test_a_password_that_no_server_could_be_told_is_said_without_it(guarded: Mailbox, tmp_path: Path) -> None:
    with pytest.raises(MailUnavailable) as caught:
        send(Post(settings(tmp_path, f"smtp://lampa:w%C3%B6rd@127.0.0.1:{guarded.port}")), LETTER)
    assert "must be of plain ASCII" in str(caught.value)
    assert "rd@" not in str(caught.value)


def test_a_password_is_not_told_to_another_machine_without_encryption(tmp_path: Path) -> None:
    check = knows("lampa", SECRET)
    with mail_server(Mailbox(), host="127.0.0.2", authenticator=check, auth_require_tls=False) as box:
        with pytest.raises(MailUnavailable, match="not told the password"):
            send(Post(settings(tmp_path, f"smtp://lampa:{ENCODED}@127.0.0.2:{box.port}")), LETTER)
        assert box.raw == []


def test_a_server_that_is_down_is_left_alone_for_a_while_and_tried_again(tmp_path: Path) -> None:
    with mail_server(Mailbox()) as box:
        pass
    at = [100.0]
    post = Post(settings(tmp_path, f"smtp://127.0.0.1:{box.port}"), clock=lambda: at[0])
    with pytest.raises(MailUnavailable, match="ConnectionRefusedError"):
        send(post, LETTER)
    with mail_server(box, port=box.port):
        with pytest.raises(MailUnavailable, match="a moment ago"):
            send(post, LETTER)
        at[0] += PAUSE_S
        send(post, LETTER)
    assert len(box.raw) == 1


def test_a_recipient_that_is_refused_holds_up_nobody(post: Post, box: Mailbox) -> None:
    box.answers = {"gone@example.com": "550 <gone@example.com> unknown", "full@example.com": "452 mailbox full"}
    with post.delivery(NOW) as deliver:
        with pytest.raises(LetterRefused, match=r"^550$"):
            deliver(replace(LETTER, to="gone@example.com"))
        with pytest.raises(LetterDeferred, match=r"^452$"):
            deliver(replace(LETTER, to="full@example.com"))
        deliver(LETTER)
    assert (box.recipients, len(box.connections)) == (["ana@example.com"], 1)


@pytest.mark.parametrize(
    ("answer", "error"), [("554 this is spam", LetterRefused), ("451 too busy for this", LetterDeferred)]
)
def test_a_letter_may_be_refused_for_its_words(post: Post, box: Mailbox, answer: str, error: type[Exception]) -> None:
    box.data_answers = {LETTER.to: [answer]}
    with post.delivery(NOW) as deliver:
        with pytest.raises(error):
            deliver(LETTER)
        deliver(LETTER)
    assert len(box.raw) == 1


def test_a_server_that_ends_the_connection_gets_the_letter_over_another_one(post: Post, box: Mailbox) -> None:
    box.data_answers = {"ivo@example.com": ["421 enough for now"]}
    send(post, LETTER, replace(LETTER, to="ivo@example.com"))
    assert (box.recipients, len(box.connections)) == (["ana@example.com", "ivo@example.com"], 2)


def test_a_server_that_always_hangs_up_is_as_good_as_down(post: Post, box: Mailbox) -> None:
    box.data_answers = {LETTER.to: ["421 no"] * 4}
    with pytest.raises(MailUnavailable, match="hung up"):
        send(post, LETTER)


def test_a_sender_that_is_refused_is_a_wrong_setting_and_loses_no_letter(post: Post, box: Mailbox) -> None:
    box.answers = {"lampa@example.com": "553 not yours"}
    with pytest.raises(MailUnavailable, match=r"PORTAL_MAIL_FROM \(553\)"):
        send(post, LETTER)


# Files


def test_without_a_server_letters_become_files_for_their_owner_alone(tmp_path: Path) -> None:
    post = Post(settings(tmp_path / "data"))
    later = NOW.replace(microsecond=5)
    send(post, LETTER, replace(LETTER, to="ანა@example.com", message_id="../../x/y@z"))
    send(post, LETTER, now=later)
    folder = tmp_path / "data" / "mail"
    files = sorted(folder.iterdir())
    assert [file.name for file in files] == [
        "20260504T093000.000000Z-.._.._x_y.eml",
        "20260504T093000.000000Z-notice.1234.eml",
        "20260504T093000.000005Z-notice.1234.eml",
    ]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    letter: Any = message_from_bytes(files[1].read_bytes(), policy=policy.default)
    assert (letter["Subject"], letter["List-Unsubscribe"]) == (LETTER.subject, f"<{STOP}>")
    assert letter.get_body(("plain",)).get_content().replace("\r\n", "\n") == LETTER.text
    assert "ანა@example.com".encode() in files[0].read_bytes()


def test_a_letter_that_cannot_be_written_leaves_no_half_of_itself(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="unwritable"):
        send(Post(settings(tmp_path)), replace(LETTER, to=_Unwritable("x@example.com")))
    assert list((tmp_path / "mail").iterdir()) == []


class _Unwritable(str):
    """An address that fails when it is looked at."""

    def isascii(self) -> bool:
        raise ValueError("unwritable")


def test_moments_are_written_in_utc(tmp_path: Path) -> None:
    message = message_of(LETTER, settings(tmp_path), datetime(2026, 5, 4, 9, 30, tzinfo=UTC))
    assert re.search(r"^Mon, 04 May 2026 09:30:00 \+0000$", str(message["Date"]))
