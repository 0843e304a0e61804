"""Numbers that are somebody's: cards, telephones, documents and accounts, in the plain view that `privacy` makes.

Every function takes that view (digits are ASCII ones, a space is a space, dashes are "-" or "–") and gives the spans
of what it found, from the left, none overlapping. "…" stands in it where something was found before: no look goes
past it, so that a text reads the same before and after it is blanked.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from string import ascii_uppercase
from typing import NamedTuple

from phonenumbers import Leniency, PhoneNumberMatcher
from stdnum import iban, luhn
from stdnum.hr import oib
from stdnum.ru import inn

Spans = Iterator[tuple[int, int]]

_RUN = re.compile(r"\d+(?:[ ().\-–/]{1,3}\d+)*")
_DIGITS = re.compile(r"\d+")


class Window(NamedTuple):
    """Some neighbouring groups of digits, as they are written from ``start`` to ``end``."""

    start: int
    end: int
    written: str
    groups: tuple[str, ...]
    digits: str

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(map(len, self.groups))


def _scan(
    plain: str, sizes: range, opens: Callable[[int, str], object], accepted: Callable[[Window], bool]
) -> Iterator[Window]:
    """From the left, at each group that ``opens``, the longest window of so many digits that is ``accepted``."""
    for run in _RUN.finditer(plain):
        places = [group.span() for group in _DIGITS.finditer(plain, *run.span())]
        first = 0
        while first < len(places):
            start, end = places[first]
            windows = _windows(plain, places, first, sizes) if opens(start, plain[start:end]) else []
            found = next((window for window in reversed(windows) if accepted(window)), None)
            first += len(found.groups) if found else 1
            if found:
                yield found


def _windows(plain: str, places: list[tuple[int, int]], first: int, sizes: range) -> list[Window]:
    start, digits, windows = places[first][0], "", []
    groups: tuple[str, ...] = ()
    for begin, end in places[first : first + sizes.stop]:
        if len(digits) + end - begin >= sizes.stop:
            break
        digits += plain[begin:end]
        groups = (*groups, plain[begin:end])
        if len(digits) in sizes:
            windows.append(Window(start, end, plain[start:end], groups, digits))
    return windows


_CARD = re.compile(r"4\d{12}|3\d{13,14}|(?=2[2-7]|[3-689])\d{16,19}")
_CARD_SIZES = {(4, 6, 5), (4, 6, 4), (4, 5, 6), (4, 4, 5), (6, 10), (6, 13)}


def cards(plain: str) -> Spans:
    """Payment cards: 13 to 19 digits, however grouped, whose last one checks the others (Luhn)."""
    found = _scan(plain, range(13, 20), lambda _, group: group[0] not in "017", _is_card)
    return ((card.start, card.end) for card in found)


def _is_card(window: Window) -> bool:
    """Of the lengths and first digits that are issued (a barcode is not), written as cards are (a price is not)."""
    if not _CARD.fullmatch(window.digits) or not luhn.is_valid(window.digits) or set("()/") & set(window.written):
        return False
    *full, last = window.sizes
    even = len(set(full)) <= 1 and (not full or (full[0] != 3 and last <= full[0]))
    return even or window.sizes in _CARD_SIZES


# Telephone numbers.

_MOST_CHECKS = 1_000
_UNIT_AFTER = re.compile(
    r" ?(?:[€$£¥₽₾%‰°]|(?:eur|usd|gbp|gel|rub|hrk|kn|kuna|руб|р\.|евро|долл|лари|lari|ლარ|ევრო|დოლარ|dollar"
    r"|тыс|млн|млрд|million|billion|milij|tisu|მილიონ|მილიარდ|ათას|views|просмотр|pregled|ნახვა|шт|kom\b"
    r"|kg|км|кг|km\b|m²|gb\b|mb\b))",
    re.IGNORECASE,
)
# What stands before a number and says what it is; each ends where the number begins.
_PLUS = re.compile(r"\+ ?\(?")
_MONEY = re.compile(r"(?:[€$£¥₽₾]|\b(?:eur|usd|gbp|gel)) ?", re.IGNORECASE)
_CALL = re.compile(
    r"(?:\b(?:тел|моб|вайбер|ватсап|вотсап|whatsapp|viber|phone|telephone|tel|mob|cell|gsm|ტელ|მობ)[^\W\d_]{0,8}|wa\.me/)"
    r"[ .:№#(]{0,4}(?:(?:number|no|broj|br|номер|ნომერ)[^\W\d_]{0,3}[ .:]{0,3})?(?:(?:is|je|на|-|–) ?)?\(?",
    re.IGNORECASE,
)
_ORDER = re.compile(
    r"(?:[№#]|[a-z]-|\b(?:order|invoice|ticket|parcel|item|ref|заказ|счет|счёт|накладн|артикул|narud|račun|pošilj"
    r"|შეკვეთ|ინვოის)[^\W\d_]{0,8}[ .:]{0,2}(?:(?:number|no|broj|br|номер|ნომერ|№|#|nr)[^\W\d_]{0,3}[ .:]{0,3})?) ?",
    re.IGNORECASE,
)
_NO_PHONES = re.compile(
    # Dates, times with seconds or a zone, addresses of machines, versions, what stands in a web address.
    r"(?<!\d)(?:(?:0?[1-9]|[12]\d|3[01])(?P<s>\. ?|[/\- ])(?:0?[1-9]|1[0-2])(?P=s)(?:19|20)\d\d"
    r"|(?:19|20)\d\d(?P<t>[./-])(?:0?[1-9]|1[0-2])(?P=t)(?:0?[1-9]|[12]\d|3[01])"
    r"|\d{1,2}:\d\d(?::\d\d)?|\d{1,3}(?:\.\d{1,3}){3})(?![\d])"
    r"|https?://(?!wa\.me)[^\s…]{1,300}"
)
_LEAD = re.compile(r"(?:\+ ?\(?|\(\+? ?)\Z")
_GAP = re.compile(r"\D+")
_PART_BEFORE = re.compile(r"[^\W_]\Z|\d[.,:]\Z")
_PART_AFTER = re.compile(r"[^\W_]|[.,:]\d")
_BARE = {(3, 2, 2, 2), (3, 3, 3), (3, 6), (3, 3, 4), (3, 7), (3, 3, 2, 2)}
_CODES = {"7", "8", "1", "385", "995", "44"}


class Phones:
    """What knows the telephone numbers of ``regions``; of one text, since it keeps what it looked up."""

    def __init__(self, regions: tuple[str, ...]) -> None:
        self._regions = regions
        self._known: dict[str, bool] = {}

    def spans(self, plain: str) -> Spans:
        """Where telephone numbers stand in ``plain``, with their plus and their bracket."""
        plus = _ends(_PLUS, plain)
        abroad = list(
            _scan(
                plain,
                range(8, 16),
                lambda start, group: start in plus or group.startswith("00"),
                lambda window: self._valid("+" + (window.digits if window.start in plus else window.digits[2:])),
            )
        )
        for window in abroad:
            plain = plain[: window.start] + "…" * (window.end - window.start) + plain[window.end :]
        quiet = _NO_PHONES.sub(lambda other: "\n" * len(other[0]), plain)
        words = _Words(_ends(_CALL, quiet), _ends(_ORDER, quiet) | _ends(_MONEY, quiet))
        at_home = _scan(
            quiet,
            range(6, 16),
            lambda start, group: group[0] == "0" or group in _CODES or len(group) > 2 or start in words.call,
            lambda window: self._national(quiet, window, words),
        )
        for window in sorted([*abroad, *at_home], key=lambda window: window.start):
            lead = _LEAD.search(plain[max(0, window.start - 3) : window.start])
            yield window.start - len(lead[0]) if lead else window.start, window.end

    def _national(self, plain: str, window: Window, words: "_Words") -> bool:
        called = window.start in words.call
        if not called and (window.start in words.other or not _is_grouped_like_one(window)):
            return False
        if _is_amount(window) or _is_part(plain, window) or _UNIT_AFTER.match(plain, window.end):
            return False
        if called:  # A city's own number will do, and one that only lacks its plus.
            return len(window.digits) < 10 or self._valid(window.digits) or self._valid("+" + window.digits)
        return self._valid(window.digits)

    def _valid(self, digits: str) -> bool:
        """Does some region know it? When a text asks of more than anybody would write, the doubtful ones are taken."""
        if digits not in self._known:
            if len(self._known) >= _MOST_CHECKS:
                return True
            self._known[digits] = any(
                match.raw_string == digits
                for region in self._regions
                for match in PhoneNumberMatcher(digits, region, Leniency.VALID, max_tries=1)
            )
        return self._known[digits]


@dataclass(frozen=True)
class _Words:
    """Where words end that call the next number a telephone's, and such that call it something else."""

    call: set[int]
    other: set[int]


def _ends(pattern: re.Pattern[str], plain: str) -> set[int]:
    return {match.end() for match in pattern.finditer(plain)}


def _is_grouped_like_one(window: Window) -> bool:
    """With a leading nought, a country's code, or in one of the usual groups; decimals and codes are not."""
    first, *others = window.groups
    usual = not others or window.sizes in _BARE or first[0] == "0" or (first in _CODES and len(others[0]) > 1)
    if len(window.digits) < 7 or not usual:
        return False
    return len({"." in gap for gap in _GAP.findall(window.written)}) < 2


def _is_part(plain: str, window: Window) -> bool:
    """Is it a part of a word, of a decimal or of a longer code?"""
    before, after = plain[max(0, window.start - 2) : window.start], plain[window.end : window.end + 2]
    return bool(_PART_BEFORE.search(before) or _PART_AFTER.match(after))


def _is_amount(window: Window) -> bool:
    """Groups of three after the first, as in prices: by dots, or down to round thousands."""
    threes = len(window.sizes) > 1 and set(window.sizes[1:]) == {3}
    return threes and ("." in window.written or window.groups[-1] == "000")


# Documents and accounts.

_IBAN_START = re.compile(r"(?<![^\W_])[A-Z]{2}\d{2}(?=[ .-]?[A-Z0-9]{3})", re.IGNORECASE | re.ASCII)
_IBAN_SIGN = re.compile(r"[ .-]?([A-Z0-9])", re.IGNORECASE | re.ASCII)
_IBAN_VALUES = str.maketrans({letter: str(int(letter, 36)) for letter in ascii_uppercase})
_RU_PASSPORT = r"\d{2} ?\d{2}[ ,]{0,2}(?:(?:номер|№|N)[ .:]{0,2})?\d{6}"
_PAPER = (
    rf"(?<![^\W_])(?:{_RU_PASSPORT}|\d{{2}} ?№? ?\d{{7}}|\d{{2}}[A-Z]{{2}}\d{{5}}|[A-ZА-Я]{{1,3}}-?\d{{6,8}}"
    r"|\d{3}[ -]\d{3}[ -]\d{3}(?:[ -]\d{2})?|\d{7,12})(?![^\W_])"
)
_PAPERS_NAME = (
    r"\b(?:passport|паспорт|загран|putovnic|pasoš|osobn\w{1,3} iskaznic|iskaznic|id[ -]?card|identity card"
    r"|driving licen|водительск\w{1,4} удостоверени|удостоверени\w{1,3} личности|vozačk\w{1,3} dozvol"
    r"|პასპორტ|პირადობ|პირადი ნომ|პ/ნ|personal (?:id|number)|oib|оиб|инн|inn|снилс|snils|მართვის მოწმობ)"
)
_NAMED = re.compile(
    rf"{_PAPERS_NAME}\w{{0,10}}(?P<gap>[^\d\n…+]{{0,30}}?)(?P<paper>{_PAPER})"
    rf"|\bсери[яиюей]\w?[ :]{{0,2}}(?P<series>{_RU_PASSPORT})(?!\d)",
    re.IGNORECASE,
)
_NAMED_AFTER = re.compile(rf"(?P<paper>{_PAPER})[ (,–-]{{1,3}}(?={_PAPERS_NAME})", re.IGNORECASE)
_OTHER = re.compile(r"\b(?:тел|phone|tel|nazov|звон|заказ|order|narud|შეკვეთ)", re.IGNORECASE)
_WRITTEN = re.compile(
    r"(?<![\d+])(?<!\d[ .,/-])(?:(?P<passport>\d{2} \d{2} \d{6})|(?P<ru>\d{2} ?\d{2} ?(?:номер|№) ?\d{6})"
    r"|(?P<snils>\d{3}-\d{3}-\d{3}[ -]\d{2}))(?![ ./-]?\d)"
)
_BARE_DOCUMENT = re.compile(r"(?<![^\W_+])(?<!\d[.,])(?<![a-z]-)(?:HR)?(\d{11,12}|\d{20})(?![^\W_]|[.,]\d)")
_ACCOUNT = re.compile(r"4(?:0[1-8]|2[0-6])\d{17}")


def ibans(plain: str) -> Spans:
    """International account numbers, with or without spaces, told from the words after them by their check digits."""
    free = 0
    for head in _IBAN_START.finditer(plain):
        if head.start() < free:
            continue
        code, end, ends = head[0].upper(), head.end(), []
        while len(code) < 34 and (sign := _IBAN_SIGN.match(plain, end)):
            code, end = code + sign[1].upper(), sign.end()
            ends.append(end)
        for size in range(len(code), 14, -1):
            end = ends[size - 5]
            if not plain[end : end + 1].isalnum() and _adds_up(code[:size]):
                free = end
                yield head.start(), end
                break


def _adds_up(code: str) -> bool:
    return int((code[4:] + code[:4]).translate(_IBAN_VALUES)) % 97 == 1 and iban.is_valid(code, check_country=False)


def named_documents(plain: str) -> Spans:
    """Numbers near the word for what they are (passport, OIB, ИНН, ...) and those whose writing alone says it."""
    spans = [
        match.span("paper" if match["paper"] else "series")
        for match in _NAMED.finditer(plain)
        if not (match["gap"] and _OTHER.search(match["gap"]))
    ]
    spans += [match.span("paper") for match in _NAMED_AFTER.finditer(plain)]
    spans += [match.span() for match in _WRITTEN.finditer(plain) if not match["snils"] or _is_snils(match["snils"])]
    free = 0
    for start, end in sorted(spans):
        if start >= free and not _UNIT_AFTER.match(plain, end):
            free = end
            yield start, end


def bare_documents(plain: str) -> Spans:
    """Numbers of eleven, twelve or twenty digits in a row that nothing names but their form and check digits."""
    for match in _BARE_DOCUMENT.finditer(plain):
        if _is_document(match[1]) and not _UNIT_AFTER.match(plain, match.end()):
            yield match.span()


def _is_document(digits: str) -> bool:
    if len(digits) == 11:  # Georgian ones have no check digit, but begin with the number of a region.
        return "01" <= digits[:2] <= "62" or oib.is_valid(digits) or _is_snils(digits)
    return inn.is_valid(digits) if len(digits) == 12 else bool(_ACCOUNT.fullmatch(digits))


def _is_snils(written: str) -> bool:
    digits = re.sub(r"\D", "", written)
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(9, 0, -1), strict=False))
    return int(digits[9:]) == total % 101 % 100
