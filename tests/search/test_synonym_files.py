"""Synonyms as a file: read with every fault named, written without loss, added once; and those that are shipped."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import versions
from portal.core.errors import Invalid, Refused
from portal.core.permissions import NOBODY, SYSTEM, Role
from portal.knowledge import read_files
from portal.people import as_actor
from portal.search import synonym_exchange
from portal.search.gap_commands import SynonymValues, add_synonym, plain, side_fault
from portal.search.keys import keys, locales_of, query_keys, words
from portal.search.light_words import LIGHT, is_light
from portal.search.model import MOST_SYNONYMS, SYNONYMS, Synonym
from portal.search.synonym_exchange import export_synonyms, import_synonyms
from portal.search.synonym_files import ANY, FILE, Listed, needless, scan, write
from portal.search.synonyms import Row, heavy
from tests.factories import NOW, a_person

CONTENT = Path(__file__).resolve().parents[2] / "content"
GIVEN = """\
en:
- say: [refund, Chargeback]
  means: money back
- say:  kick  the bucket
  means: [die, pass away]
ka:
  - {say: თანხის დაბრუნება, means: ფული}
"""
ROWS = [
    ("refund", "money back"),
    ("Chargeback", "money back"),
    ("kick the bucket", "die"),
    ("kick the bucket", "pass away"),
    ("თანხის დაბრუნება", "ფული"),
]


def a_folder(root: Path, text: str | bytes) -> Path:
    root.mkdir(exist_ok=True)
    (root / FILE).write_bytes(text if isinstance(text, bytes) else text.encode())
    return root


def faults(root: Path, text: str | bytes) -> list[str]:
    return [str(fault) for fault in scan(a_folder(root, text))[1]]


def rows(session: Session) -> list[Row]:
    return [(said, means) for said, means in session.execute(select(Synonym.said, Synonym.means).order_by(Synonym.id))]


# Reading


def test_everything_that_is_said_is_listed_with_everything_that_it_means(tmp_path: Path) -> None:
    listed, wrong = scan(a_folder(tmp_path, GIVEN))
    assert wrong == []
    assert [one.row for one in listed] == ROWS
    assert [one.locale for one in listed] == ["en"] * 4 + ["ka"]
    assert [one.line for one in listed] == [2, 2, 4, 4, 7]


def test_without_a_file_or_with_an_empty_one_there_are_none(tmp_path: Path) -> None:
    assert scan(tmp_path) == ([], [])
    assert scan(a_folder(tmp_path, "# Nothing yet.\n")) == ([], [])


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("en: [", ":1: not valid YAML: expected the node content, but found '<stream end>'"),
        (b"en:\n- \xff", ":2: not UTF-8"),
        ("en:\n\0", ":2: holds a NUL character"),
        ("- refund", ":1: expected languages, each with its list of synonyms"),
        ("english: []", ":1: expected a language such as en, or any"),
        ("en: refund", ":1: expected a list of synonyms, each with say and means"),
        ("en:\n- refund", ":2: expected a synonym, with say and means"),
        ("en:\n- {say: refund, mean: money}", ":2: expected say and means, each once"),
        ("en:\n- {say: refund, say: money}", ":2: expected say and means, each once"),
        ("en:\n- {[say]: refund}", ":2: expected say and means, each once"),
        ("en:\n- say: refund", ":2: means is missing"),
        ("en:\n- say: []\n  means: money", ":2: say is missing"),
        ("en:\n- say: [a,\n   '…']\n  means: money", ":3: …: One to six words, please."),
        ("en:\n- say: {a: b}\n  means: money", ":2: One to six words, please."),
        ("en:\n- say: x\n  means: a b c d e f g", ":3: a b c d e f g: At most 6 words, please."),
        (f"en:\n- say: {'x' * 101}\n  means: y", f":2: {'x' * 101}: At most 100 characters, please."),
        ('en:\n- say: "a\\0b"\n  means: y', ":2: holds a character that no text has"),
        ('en:\n- say: "a\\uD800b"\n  means: y', ":2: holds a character that no text has"),
        ("en:\n- {say: x, means: y}\nhr:\n- say: [z,\n   X]\n  means: Y", ":5: X – Y: stands twice"),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path: Path, text: str | bytes, wrong: str) -> None:
    assert faults(tmp_path, text) == [FILE + wrong]


def test_every_fault_is_named(tmp_path: Path) -> None:
    assert len(faults(tmp_path, "en:\n- x\n- say: y\nenglish: []\nka: z\n")) == 4


@pytest.mark.parametrize("to", ["elsewhere.yaml", "nowhere.yaml"])
def test_what_is_no_plain_file_is_not_read(tmp_path: Path, to: str) -> None:
    (tmp_path / "elsewhere.yaml").write_text(GIVEN)
    (tmp_path / FILE).symlink_to(to)
    assert [str(fault) for fault in scan(tmp_path)[1]] == [f"{FILE}:1: not a plain file"]


def test_a_small_file_cannot_stand_for_endless_synonyms(tmp_path: Path) -> None:
    many = ", ".join(f"w{number}" for number in range(200))
    again = "- {say: *many, means: *many}\n" * 1_000
    assert faults(tmp_path, f"en:\n- {{say: &many [{many}], means: *many}}\n{again}") == [
        f"{FILE}:2: more than {MOST_SYNONYMS} synonyms"
    ]
    long = ", ".join(["x"] * (MOST_SYNONYMS + 1))
    assert faults(tmp_path, f"en:\n- {{say: [{long}], means: y}}\n") == [
        f"{FILE}:2: more than {MOST_SYNONYMS} synonyms"
    ]


def test_forms_of_one_word_are_told_to_be_needless(tmp_path: Path) -> None:
    listed, wrong = scan(a_folder(tmp_path, "en:\n- say: [claim, refund]\n  means: the refunds\n"))
    assert wrong == []
    assert [str(fault) for fault in needless(listed)] == [
        f"{FILE}:2: refund – the refunds: search knows by itself that these are the same"
    ]


# Writing

sides = st.text(min_size=1, max_size=12).map(lambda text: " ".join(text.split()))
pairs = st.tuples(sides, sides).filter(lambda row: not any("\0" in text or side_fault(text) for text in row))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["en", "hr", "zh-Hant", ANY]), pairs), min_size=1, max_size=6))
def test_any_synonyms_are_read_as_they_were_written(given: Sequence[tuple[str, Row]]) -> None:
    written = {plain(row): Listed(locale, *row) for locale, row in given}.values()
    with tempfile.TemporaryDirectory() as name:
        write(Path(name), written)
        assert (set(scan(Path(name))[0]), scan(Path(name))[1]) == (set(written), [])


# In and out of the database


def test_what_is_missing_is_added_and_nothing_else_is_touched(session: Session, tmp_path: Path) -> None:
    editor = as_actor(a_person(session, roles=[Role.EDITOR]))
    add_synonym(session, editor, SynonymValues("REFUND", "Money Back"), NOW)
    add_synonym(session, editor, SynonymValues("mine", "yours"), NOW)
    session.commit()
    before = versions.current(session, SYNONYMS)
    listed, _ = scan(a_folder(tmp_path, GIVEN))
    assert import_synonyms(session, SYSTEM, listed, NOW) == 4
    session.commit()
    assert rows(session) == [("REFUND", "Money Back"), ("mine", "yours"), *ROWS[1:]]
    assert versions.current(session, SYNONYMS) == before + 1  # So every process reads them again.
    assert import_synonyms(session, SYSTEM, listed, NOW) == 0
    session.commit()
    assert versions.current(session, SYNONYMS) == before + 1


def test_what_is_exported_is_imported_as_it_was(session: Session, tmp_path: Path) -> None:
    synonyms = [*ROWS, ("возврат денег", "povrat novca"), ("123", "yes"), ("null", "~x"), ("ժամ", "ժամանակ")]
    import_synonyms(session, SYSTEM, [Listed("en", *row) for row in synonyms], NOW)
    exported = export_synonyms(session)
    assert {one.row: one.locale for one in exported}["თანხის დაბრუნება", "ფული"] == "ka"
    assert {one.row: one.locale for one in exported}["ժամ", "ժամանակ"] == ANY
    write(tmp_path, exported)
    again, wrong = scan(tmp_path)
    assert wrong == []
    assert {one.row for one in again} == set(synonyms)
    assert set(again) == set(exported)


def test_there_is_an_end_to_what_is_imported(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synonym_exchange, "MOST_SYNONYMS", 2)
    with pytest.raises(Invalid):
        import_synonyms(session, SYSTEM, [Listed("en", f"s{number}", "x") for number in range(3)], NOW)
    assert rows(session) == []


def test_who_may_not_edit_imports_nothing(session: Session) -> None:
    with pytest.raises(Refused):
        import_synonyms(session, NOBODY, [Listed("en", "refund", "money back")], NOW)


# Those that are shipped


@pytest.fixture(scope="module")
def shipped() -> list[Listed]:
    listed, wrong = scan(CONTENT)
    assert wrong == []
    return listed


def test_every_language_has_its_own(shipped: list[Listed]) -> None:
    for locale in ("en", "ru", "hr", "ka"):
        mine = [one for one in shipped if one.locale == locale]
        assert len({one.line for one in mine}) >= 100
        assert len({one.said.casefold() for one in mine}) >= 500
    assert len(shipped) <= MOST_SYNONYMS * 2 // 3  # An editor has room for his own.


def test_what_they_mean_is_found_in_the_guidance_of_their_language(shipped: list[Listed]) -> None:
    pages: dict[str, list[set[str]]] = {}
    for page in read_files(CONTENT):
        for locale, text in page.texts.items():
            whole = "\n".join((text.title, text.summary, text.markdown))
            pages.setdefault(locale, []).append({key for word in words(whole) for key in keys(word[0], locale)})

    def found(one: Listed) -> bool:
        return any(all(not page.isdisjoint(word) for word in heavy(one.means)) for page in pages[one.locale])

    assert [one for one in {one.means: one for one in shipped}.values() if not found(one)] == []


def test_none_says_what_it_means(shipped: list[Listed]) -> None:
    assert needless(shipped) == []


def test_no_little_word_calls_for_one(shipped: list[Listed]) -> None:
    little = {key for listed in LIGHT.values() for word in listed for key in query_keys(word)}
    alone = {one.said: heavy(one.said)[0] for one in shipped if len(heavy(one.said)) == 1}
    assert [said for said, found in alone.items() if not little.isdisjoint(found)] == []


def test_each_is_written_in_its_language(shipped: list[Listed]) -> None:
    strange = {"YouTube", "Facebook", "Instagram", "TikTok", "WhatsApp"}
    assert [
        (one.locale, word[0])
        for one in shipped
        for text in one.row
        for word in words(text)
        if one.locale not in locales_of(word[0]) and word[0] not in strange
    ] == []
    assert not any(all(is_light(word[0], "") for word in words(one.said)) for one in shipped)
