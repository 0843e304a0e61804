"""What was typed with another keyboard layout switched on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.search.layouts import georgian_by_ear, other_layouts


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("rkbtyn", "клиент"),
        ("Rkbtyn yt ghfd", "Клиент не прав"),
        (";fkj,f", "жалоба"),
        ("'nj dc` gjl]tpl [jhjij", "это всё подъезд хорошо"),
        ('{JHJIJ ~KRF <FUF: >yjcnm "nj', "ХОРОШО ЁЛКА БАГАЖ Юность Это"),
        ("djghjc?", "вопрос,"),
        ("дщые дгппфпу", "lost luggage"),
        ("Щцт еру зкщидуь", "Own the problem"),
        ("дщыею", "lost."),
        ("bodiSi", "ბოდიში"),
        ("RimiliT Wamo Zvel CaTSi Jol", "ღიმილით ჭამო ძველ ჩათში ჟოლ"),
        ("Gamarjoba", "გამარჯობა"),
        ("ცუსტომერ", "customer"),
        ("თამ", "Tam"),
        ("ᲪᲣᲡᲢ", "cust"),
        ("ищвшЫш", "ბოდიში"),
        ("რკბტყნ", "клиент"),
        ("yahtjev", "zahtjev"),
        ("pritu\\ba", "pritužba"),
        (";ovjek [to 'e tu]i :a[a }uro |uti", "čovjek što će tuđi Čaša Đuro Žuti"),
        ("Zour emploze", "Your employe"),
    ],
)
def test_it_reads_as_it_was_meant(typed: str, meant: str) -> None:
    assert meant in other_layouts(typed)


@pytest.mark.parametrize("typed", ["", "12:30", "?!", "שלום", "\x00"])
def test_a_text_without_letters_of_a_known_layout_has_no_other_reading(typed: str) -> None:
    assert other_layouts(typed) == ()


@given(st.text())
def test_every_reading_is_as_long_as_what_was_typed_and_another_text(typed: str) -> None:
    others = other_layouts(typed)
    assert all(len(other) == len(typed) for other in others)
    assert typed not in others
    assert len(set(others)) == len(others)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("bodishis moxda", "ბოდიშის მოხდა"),
        ("Momkhmarebeli", "მომხმარებელი"),
        ("shecdoma", "შეცდომა"),
        ("zhurnali, ghame!", "ჟურნალი, ღამე!"),
        ("клиент", "клиент"),
    ],
)
def test_georgian_in_latin_letters_reads_as_it_sounds(typed: str, meant: str) -> None:
    assert georgian_by_ear(typed) == meant
