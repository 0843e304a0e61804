"""The message catalogues: complete, up to date, and with their placeholders whole."""

import ast
import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
from babel.dates import format_date
from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from portal.core.locale import CATALOGUES, SOURCE, available

ROOT = Path(__file__).resolve().parents[2]
KEYWORDS = {"_": None, "gettext": None, "lazy": None, "ngettext": (1, 2)}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def messages_in_the_code() -> set[str]:
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["babel"]["mappings"]
    methods = [(mapping["pattern"], mapping["method"]) for mapping in mappings]
    found = extract_from_dir(str(ROOT / "portal"), methods, {}, KEYWORDS)
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found} - {""}


def catalogue(locale: str) -> Catalog:
    with (CATALOGUES / locale / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale)


OTHERS = [locale for locale in available() if locale != SOURCE]


def test_the_four_languages_are_there() -> None:
    assert available()[:4] == ("en", "ru", "hr", "ka")


@pytest.mark.parametrize("locale", OTHERS)
def test_no_message_is_missing_fuzzy_or_left_over(locale: str) -> None:
    written = {m.id if isinstance(m.id, str) else m.id[0]: m for m in catalogue(locale) if m.id}
    wanted = messages_in_the_code()
    assert len(wanted) > 60
    assert not wanted - set(written), "missing: run `make translations` and translate"
    assert not set(written) - wanted, "left over: run `make translations`"
    for message in written.values():
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(texts), f"not translated: {message.id}"
        assert not message.fuzzy, f"fuzzy: {message.id}"


@pytest.mark.parametrize("locale", OTHERS)
def test_placeholders_survive_translation(locale: str) -> None:
    for message in catalogue(locale):
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        wanted = set(PLACEHOLDER.findall(ids[-1]))
        for text in texts:
            assert set(PLACEHOLDER.findall(text)) == wanted, message.id


@pytest.mark.parametrize("locale", OTHERS)
def test_plurals_have_all_their_forms(locale: str) -> None:
    found = catalogue(locale)
    for message in found:
        if isinstance(message.id, tuple):
            assert len(message.string) == found.num_plurals, message.id


@pytest.mark.parametrize("locale", OTHERS)
def test_a_date_that_ends_in_a_full_stop_is_not_given_another(locale: str) -> None:
    """In Russian ("1 авг. 2026 г.") and Croatian ("1. kol 2026.") a date has its own; what ends in an hour has none."""
    if not format_date(date(2026, 8, 1), "medium", locale=locale).endswith("."):
        return
    for message in catalogue(locale):
        for text in message.string if isinstance(message.string, tuple) else (message.string,):
            assert not re.search(r"%\((day|date|opened|closed|opens|closes)\)s\.", text), text


def test_no_message_hides_in_an_f_string() -> None:
    """Extraction does not look into them on Python 3.11: such a message would stay English for ever."""
    hidden = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in (ROOT / "portal").rglob("*.py")
        for joined in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(joined, ast.JoinedStr)
        for call in ast.walk(joined)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in KEYWORDS
    ]
    assert not hidden
