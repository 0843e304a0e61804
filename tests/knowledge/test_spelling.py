"""Which words are right: by the dictionaries of the development set-up, by one's own, and in Georgian without one."""

from pathlib import Path

import pytest

from portal.knowledge import dictionary_folders, speller
from portal.knowledge.spelling import Speller

OURS = dictionary_folders(None)


def a_speller(locale: str, *allowed: str, folders: tuple[Path, ...] = OURS) -> Speller:
    knows = speller(locale, allowed, folders)
    assert knows
    return knows


def a_dictionary(folder: Path, name: str, *entries: str, rules: str = "SET UTF-8\n", encoding: str = "utf-8") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.aff").write_text(rules, encoding=encoding)
    (folder / f"{name}.dic").write_text("\n".join((str(len(entries)), *entries, "")), encoding=encoding)
    return folder


# With the dictionaries of the development set-up


@pytest.mark.parametrize(
    ("locale", "right", "wrong"),
    [
        ("en", "lamp lamps Lamps colour don't guest's London", "lampp tehm colur dont london лампа"),
        ("ru", "лампа лампами Москва зелёный зеленый Ёлка елка съезд", "лаампа превет моссква зелённый съесд lamp"),
        ("hr", "svjetiljka svjetiljkama čekaonica Zagreb grešku", "svijetiljka čekaona zagreb greshku лампа"),
    ],
)
def test_a_dictionary_knows_the_words_of_its_language(locale: str, right: str, wrong: str) -> None:
    knows = a_speller(locale)
    assert [word for word in right.split() if not knows(word)] == []
    assert [word for word in wrong.split() if knows(word)] == []


def test_an_allowed_word_is_right_as_it_is_written() -> None:
    assert not a_speller("en")("Zorblat")
    knows = a_speller("en", "Zorblat")
    assert knows("Zorblat")
    assert not knows("Zorblatt")
    assert not knows("zorblat")


@pytest.mark.parametrize(
    ("locale", "allowed", "right", "wrong"),
    [
        ("en", "zorble/table", "zorble zorbles", "zorbly"),
        ("ru", "Зорбла/Москва", "Зорбла Зорблы Зорблу Зорблой", "Зорбло"),
        ("hr", "zorbla/škola", "zorbla zorble zorblama", "zorblanje"),
    ],
)
def test_an_allowed_word_takes_the_endings_of_the_word_it_names(
    locale: str, allowed: str, right: str, wrong: str
) -> None:
    knows = a_speller(locale, allowed)
    assert [word for word in right.split() if not knows(word)] == []
    assert [word for word in wrong.split() if knows(word)] == []
    alone = a_speller(locale, allowed.partition("/")[0])
    assert [word for word in right.split() if alone(word)] == right.split()[:1]


# With a dictionary of one's own


def test_a_folder_that_is_named_is_the_only_one_looked_in(tmp_path: Path) -> None:
    folders = dictionary_folders(a_dictionary(tmp_path, "en_GB", "zorblat"))
    knows = a_speller("en", folders=folders)
    assert knows("zorblat")
    assert not knows("lamp")
    assert speller("hr", (), folders) is None


def test_the_first_folder_that_has_the_language_is_taken(tmp_path: Path) -> None:
    first = a_dictionary(tmp_path / "first", "en", "zorblat")
    second = a_dictionary(tmp_path / "second", "en", "lamp")
    a_dictionary(tmp_path / "second", "hr", "svjetlo")
    folders = (tmp_path / "nowhere", first, second)
    assert not a_speller("en", folders=folders)("lamp")
    assert a_speller("hr", folders=folders)("svjetlo")


def test_a_word_of_any_of_a_languages_dictionaries_is_right(tmp_path: Path) -> None:
    for name, word in (("en_GB", "colour"), ("en_US", "color"), ("eng", "couleur"), ("en_GB-large", "farbe")):
        a_dictionary(tmp_path, name, word)
    knows = a_speller("en", folders=(tmp_path,))
    assert (knows("colour"), knows("color"), knows("couleur"), knows("farbe")) == (True, True, False, False)


def test_words_without_their_rules_are_no_dictionary(tmp_path: Path) -> None:
    (a_dictionary(tmp_path, "en", "lamp") / "en.aff").unlink()
    assert speller("en", (), (tmp_path,)) is None


def test_the_rules_of_a_dictionary_are_heeded(tmp_path: Path) -> None:
    rules = "SET UTF-8\nSFX S Y 1\nSFX S 0 s .\n"
    knows = a_speller("en", "zorb/lamp", folders=(a_dictionary(tmp_path, "en", "lamp/S", "sheep", rules=rules),))
    assert [word for word in "lamps sheeps zorbs".split() if knows(word)] == ["lamps", "zorbs"]


def test_a_dictionary_of_an_old_encoding_takes_words_of_any_alphabet(tmp_path: Path) -> None:
    folder = a_dictionary(tmp_path, "ru", "лампа", rules="SET KOI8-R\n", encoding="koi8-r")
    knows = a_speller("ru", "სახლი", "šav/лампа", "Акме", folders=(folder,))
    words = ("лампа", "Акме", "სახლი", "šav")
    assert [word for word in words if knows(word)] == ["лампа", "Акме"]


@pytest.mark.parametrize("locale", ["zh-Hant", "xx", "lamp"])
def test_a_language_without_a_dictionary_has_nobody_who_knows_its_words(locale: str) -> None:
    assert speller(locale, ("lamp",), OURS) is None


# Georgian


@pytest.mark.parametrize(
    "words",
    [
        "სახლი წიგნი კლიენტი ადამიანი",
        "სახლს სახლმა სახლის სახლით სახლად სახლო",  # Cases,
        "სახლები სახლებმა სახლებს სახლების სახლებით სახლებად",  # of many,
        "სახლიც სახლსაც კლიენტიც",  # also,
        "სახლია წიგნია",  # is,
        "სახლში სახლზე სახლთან სახლისთვის სახლისგან სახლიდან სახლამდე სახლისკენ",  # in, on, at, for, from, to
        "სახლშიც წიგნებისთვის კლიენტებთანაც",  # and several of these.
    ],
)
def test_a_georgian_word_is_known_with_what_is_put_to_its_end(words: str) -> None:
    knows = a_speller("ka")
    assert [word for word in words.split() if not knows(word)] == []


def test_an_allowed_georgian_word_takes_endings_too() -> None:
    words = """ზორბლატი ზორბლატმა ზორბლატს ზორბლატის ზორბლატში ზორბლატისკენ ზორბლატები ზორბლატებისთვის ზორბლატიც
ზორბლატისთვისაც""".split()
    assert [word for word in words if a_speller("ka")(word)] == []
    knows = a_speller("ka", "ზორბლატი")
    assert [word for word in words if not knows(word)] == []
    assert not knows("ზორბლადი")
    assert a_speller("ka", "ზორბლატი/სახლი")("ზორბლატს")


@pytest.mark.parametrize("word", "სახლლი სახხლი კლიეტნი კლეინტი მადლბა შეცდმა მაღზია ტელეფოონი პასხუი lamp дом".split())
def test_a_georgian_typo_is_refused(word: str) -> None:
    assert not a_speller("ka")(word)


def test_a_georgian_dictionary_goes_before_the_list(tmp_path: Path) -> None:
    knows = a_speller("ka", folders=(a_dictionary(tmp_path, "ka_GE", "ზორბლატი"),))
    assert (knows("ზორბლატი"), knows("სახლი")) == (True, False)
