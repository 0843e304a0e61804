"""Dictionaries: how they are compiled, what they say of a form, and that a damaged or an old one is never asked."""

import json
import logging
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pymorphy3_dicts_ru
import pytest

from portal.search import compiling, keys
from portal.search.compiling import compiled, dictionary, fingerprint, write
from portal.search.dictionary import Dictionary
from portal.search.languages import LANGUAGES, Language, Listed, snowball
from portal.search.opencorpora import OpenCorpora
from portal.search.writing import fold

FORMS = {"haus": "haus häuser hauses", "straße": "straße straßen", "gehen": "gehen ging", "ging": "ging gings"}


def pairs() -> Iterator[tuple[str, str]]:
    return ((form, word) for word, forms in FORMS.items() for form in forms.split())


def spelt_out(lower: str) -> str:
    """German as it is typed where there are no such letters."""
    return fold(lower.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue"))


GERMAN = Language("latin", Listed(pairs), stems=snowball("german"), fold=spelt_out)


@pytest.fixture
def german(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """German, made known by one entry."""
    caches = (keys.keys, keys.query_keys, keys._dictionary)
    monkeypatch.setitem(LANGUAGES, "de", GERMAN)
    for cache in caches:
        cache.cache_clear()
    yield
    for left in compiling.FOLDER.glob("de-*"):
        left.unlink(missing_ok=True)
    for cache in caches:
        cache.cache_clear()


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(
    ("typed", "written"),
    [("Haus", "Häuser"), ("haeuser", "Häuser"), ("HÄUSER", "Hauses"), ("strasse", "Straßen"), ("ging", "gehen"),
     ("Lampenschirms", "Lampenschirm")],
)  # fmt: skip
def test_another_language_is_added_by_one_entry(typed: str, written: str) -> None:
    assert "de" in keys.locales_of(typed)
    assert set(keys.query_keys(typed)) & set(keys.keys(written, "de"))


def a_dictionary(language: Language) -> Dictionary:
    return Dictionary(compiled(language))


def test_a_form_leads_to_each_of_its_words_and_one_without_marks_to_those_of_the_form_with_them() -> None:
    listed = a_dictionary(GERMAN)
    assert listed.words_of("häuser") == ["haus"]
    assert sorted(listed.words_of("ging")) == ["gehen", "ging"]
    assert listed.words_of("haeuser") == []
    assert listed.words_of_bare("haeuser") == ["haus"]
    assert listed.words_of("lampe") == listed.words_of_bare("lampe") == listed.words_with_stem("lamp") == []


def test_words_of_another_script_are_left_out() -> None:
    listed = a_dictionary(
        Language("latin", Listed(lambda: [("дом", "дом"), ("to-day", "today"), ("dom", "дом"), ("lamp", "lamp")]))
    )
    assert [listed.words_of(form) for form in ("дом", "to-day", "dom", "lamp")] == [[], [], [], ["lamp"]]


def test_a_form_that_most_words_of_a_kind_have_is_given_back_to_one_that_lost_it_to_another_word() -> None:
    verbs = ("raditi", "nositi", "voziti", "moliti", "misliti", "vidjeti", "goniti", "buditi")
    forms = [(verb[: len(verb) - cut] + end, verb) for verb in verbs for cut, end in ((0, ""), (2, ""), (2, "m"))]
    named = {**dict(forms), "moli": "mola"}  # Now «moli» is of a pier alone.
    assert a_dictionary(Language("latin", Listed(named.items))).words_of("moli") == ["mola"]
    given_back = a_dictionary(Language("latin", Listed(named.items, share=0.75)))
    assert sorted(given_back.words_of("moli")) == ["mola", "moliti"]
    assert given_back.words_of("radi") == ["raditi"]


def test_an_unknown_form_finds_the_word_that_most_forms_with_its_stem_are_of() -> None:
    listed = a_dictionary(Language("latin", Listed(pairs, by_stem="all forms"), stems=lambda form: (form[:3],)))
    assert listed.words_with_stem("str") == ["straße"]


@pytest.mark.usefixtures("german")
def test_a_dictionary_is_compiled_once_and_an_old_one_goes(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    old = tmp_path / "de-0123456789abcdef.trie"
    write(compiled(Language("latin")), old)
    other = tmp_path / "xx-0123456789abcdef.trie"
    other.touch()
    with caplog.at_level(logging.WARNING):
        assert dictionary("de", tmp_path).words_of("häuser") == ["haus"]
        assert dictionary("de", tmp_path).words_of("häuser") == ["haus"]
    assert [record.getMessage()[:29] for record in caplog.records] == ["compiled the dictionary of de"]
    assert {path.name for path in tmp_path.iterdir()} == {f"de-{fingerprint()}.trie", other.name}


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize("kept", [0, 100, 0.5, -1])
def test_half_a_file_is_compiled_anew(tmp_path: Path, kept: float) -> None:
    path = tmp_path / f"de-{fingerprint()}.trie"
    write(compiled(GERMAN), path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept) if isinstance(kept, float) else kept])
    assert dictionary("de", tmp_path).words_of("häuser") == ["haus"]
    assert path.read_bytes() == whole


@pytest.mark.usefixtures("german")
def test_where_nothing_can_be_written_a_process_keeps_it_in_its_memory(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a file").touch()
    assert dictionary("de", tmp_path / "a file" / "in it").words_of("häuser") == ["haus"]
    assert "can't be written" in caplog.text


@pytest.mark.usefixtures("german")
def test_dictionaries_that_are_compiled_at_once_are_whole(tmp_path: Path) -> None:
    path = tmp_path / f"de-{fingerprint()}.trie"
    write(compiled(GERMAN), path)

    def compile_and_read(_turn: int) -> list[str]:
        write(compiled(GERMAN), path)
        return Dictionary.mapped(path).words_of("häuser")

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(compile_and_read, range(60))) == [["haus"]] * 60
    assert list(tmp_path.iterdir()) == [path]


def test_every_language_with_a_dictionary_to_compile_is_compiled(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for locale in reversed(list(LANGUAGES)):  # They are put back in the opposite order.
        monkeypatch.delitem(LANGUAGES, locale)
    monkeypatch.setitem(LANGUAGES, "de", GERMAN)
    monkeypatch.setitem(LANGUAGES, "la", Language("latin"))
    compiling.compile_all(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [f"de-{fingerprint()}.trie"]


RUSSIAN = Path(pymorphy3_dicts_ru.get_path())


@pytest.mark.parametrize(
    ("form", "found"),
    [
        ("клиентами", {"клиент"}),
        ("елка", {"ёлка"}),
        ("ёлка", {"ёлка"}),
        ("нёба", {"нёбо"}),
        ("неба", {"небо", "нёбо"}),
        ("побольше", {"большой"}),
        ("наилучшая", {"лучший"}),
        ("лучшем", {"лучший"}),
        ("важнейшие", {"важнейший"}),
        ("лучше", {"лучше", "хороший"}),
        ("дел", {"дело"}),
        ("им", {"они"}),
        ("вв", set()),
        ("см", {"см"}),
        ("данного", {"данный"}),
        ("сделанного", {"сделать"}),
        ("прав", {"право", "правый"}),
        ("крича", {"кричать"}),
        ("стоит", {"стоить", "стоять"}),
        ("мроту", set()),
        ("клиентамии", set()),
        ("", set()),
        ("е" * 64, set()),
        ("\ud800", set()),
        ("лампа\x01", set()),
        ("lamp", set()),
    ],
)
def test_a_russian_form_leads_to_the_words_it_is_likely_to_be_of(form: str, found: set[str]) -> None:
    assert set(OpenCorpora(RUSSIAN).words_of(form)) == found


def test_a_russian_dictionary_of_another_format_is_refused(tmp_path: Path) -> None:
    meta = dict(json.loads((RUSSIAN / "meta.json").read_text(encoding="utf-8")))
    (tmp_path / "meta.json").write_text(json.dumps(list({**meta, "format_version": "3.0"}.items())), encoding="utf-8")
    with pytest.raises(ValueError, match=r"3\.0"):
        OpenCorpora(tmp_path)
    shutil.rmtree(tmp_path)
