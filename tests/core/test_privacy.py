"""What of a customer's is pointed out in a text, what is left alone, and how it is blanked."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core.privacy import BLANK, KINDS_NAMES, Finding, PrivateKind, blank_one, blanked, find

ROOT = Path(__file__).resolve().parents[2]
EMAIL, PHONE, CARD, DOCUMENT = PrivateKind.EMAIL, PrivateKind.PHONE, PrivateKind.CARD, PrivateKind.DOCUMENT

# The sentence, with what is private in it between ‹ and ›.
PRIVATE = [
    (EMAIL, "She wrote from ‹ana.horvat+shop@mail.example.hr›."),
    (EMAIL, "Пишите на ‹иван.петров@почта.рф›, он ответит."),
    (EMAIL, "მომწერეთ: ‹nino_b@example.ge›!"),
    (EMAIL, "Pišite na (‹željko@tvrtka.hr›), hvala"),
    (EMAIL, "It is ‹ana (at) example.com› as she said"),
    (EMAIL, "It is ‹ana[at]example[dot]com›."),
    (EMAIL, "Почта ‹ivan собака mail.ru› была старой"),
    (EMAIL, "write ‹ana at example dot com› then"),
    (EMAIL, "[letter](mailto:‹ana@example.com›)"),
    (EMAIL, "**‹ana@example.com›** and _‹bo@example.co.uk›_"),
    (EMAIL, "‹ana&#64;example.com› is how a page writes it"),
    (EMAIL, "wide: ‹ａｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ›"),
    (EMAIL, "the number is in the address: ‹0912345678@t-com.hr›"),
    (PHONE, "Nazvala je s ‹+385 91 234 5678› navečer."),
    (PHONE, "Broj: ‹091/234-5678›, javite se"),
    (PHONE, "Broj u Zagrebu je ‹01 4567 890›."),
    (PHONE, "broj ‹(01) 4567-890›"),
    (PHONE, "‹00385 91 234 5678›"),
    (PHONE, "‹385912345678›"),
    (PHONE, "Она звонила с ‹+7 (916) 123-45-67› утром"),
    (PHONE, "Она звонила с ‹8 916 123 45 67› утром"),
    (PHONE, "Она звонила с ‹89161234567› утром"),
    (PHONE, "с ‹+8 (916) 123-45-67›, как она написала"),
    (PHONE, "и ‹916 123-45-67› без восьмёрки"),
    (PHONE, "тел. ‹234-56-78›, спросить Анну"),
    (PHONE, "ნომერი ‹599 12 34 56› ჩავიწერე"),
    (PHONE, "ნომერი ‹599 123 456›, ნინო"),
    (PHONE, "ნომერი ‹599123456›"),
    (PHONE, "‹+995 599 12-34-56›"),
    (PHONE, "ტელ: ‹2 22 33 44›"),
    (PHONE, "ოფისი ‹(032) 219 18 17›"),
    (PHONE, "She rang from ‹020 7946 0958› twice"),
    (PHONE, "She rang from ‹07911 123456› twice"),
    (PHONE, "She rang from ‹(212) 555-0123› twice"),
    (PHONE, "She rang from ‹212.555.0123› twice"),
    (PHONE, "‹+1 212 555 0123›, then ‹+44 20 7946 0958›"),
    (PHONE, "Invisible: ‹+385\u00ad91\u200b234\u00a05678›"),
    (PHONE, "Arabic digits: ‹+٣٨٥ ٩١ ٢٣٤ ٥٦٧٨›"),
    (PHONE, "https://wa.me/‹385912345678›"),
    (PHONE, "on 10.05.2026 ‹091 234 5678› rang at 12:30"),
    (PHONE, "a pair: ‹091 234 5678› ‹098 765 4321›"),
    (PHONE, "📞‹091 234 5678›📞"),
    (CARD, "Card ‹4111 1111 1111 1111› was refused"),
    (CARD, "Карта ‹4111-1111-1111-1111› не прошла"),
    (CARD, "ბარათი ‹5555.5555.5555.4444›"),
    (CARD, "Kartica ‹4111\u00a01111\u00a01111\u00a01111›"),
    (CARD, "Card ‹378282246310005›"),
    (CARD, "Card ‹3782 822463 10005›"),
    (CARD, "Мир ‹2200 0000 0000 0004›"),
    (CARD, "wide ‹４１１１１１１１１１１１１１１１›"),
    (CARD, "hidden ‹4111\u200b1111\u00ad1111\u20601111›"),
    (CARD, "on 05 2026 ‹4111 1111 1111 1111› 123"),
    (DOCUMENT, "IBAN ‹HR12 1001 0051 8630 0016 0› and a word"),
    (DOCUMENT, "iban ‹hr1210010051863000160›"),
    (DOCUMENT, "ანგარიში ‹GE29NB0000000101904917›"),
    (DOCUMENT, "Account ‹DE89 3704 0044 0532 0130 00›."),
    (DOCUMENT, "Account ‹GB82 WEST 1234 5698 7654 32›."),
    (DOCUMENT, "OIB ‹33392005961›"),
    (DOCUMENT, "kupac ‹33392005961› je čekao"),
    (DOCUMENT, "broj putovnice je ‹123456789›"),
    (DOCUMENT, "osobna iskaznica br. ‹112345678›"),
    (DOCUMENT, "паспорт ‹45 12 345678› забыла"),
    (DOCUMENT, "паспорт: серия ‹4512 номер 345678›"),
    (DOCUMENT, "паспорт серия ‹45 12 № 345678›"),
    (DOCUMENT, "показала ‹45 12 345678› на входе"),
    (DOCUMENT, "загранпаспорт ‹75 1234567›"),
    (DOCUMENT, "ИНН ‹7707083893›"),
    (DOCUMENT, "и ещё ‹500100732259› в письме"),
    (DOCUMENT, "СНИЛС ‹112-233-445 95›"),
    (DOCUMENT, "это ‹112-233-445 95› было в письме"),
    (DOCUMENT, "პირადი ნომერი ‹01024012345›"),
    (DOCUMENT, "მომხმარებელი ‹01024012345› დაბრუნდა"),
    (DOCUMENT, "პასპორტი ‹14AB12345›"),
    (DOCUMENT, "პირადობის მოწმობა ‹12IA34567›"),
    (DOCUMENT, "Her passport number is ‹533380006›."),
    (DOCUMENT, "‹533380006› (passport)"),
    (DOCUMENT, "счёт ‹40817810099910004312› в банке"),
]

HARMLESS = """\
It cost 180,000,000 dollars.
750 000 views in four days
750,000 views
1 250 000
1.250.000,00 kn
1,250,000.50
$1 234 567
550 123 456 лари
550 000 000
599.123.456
цена 2 500 000 руб.
12 990 ₽ вместо 15 990 ₽
ღირს 1 200 000 ლარი
€ 1.299,99
72% expect it, 29% share it, 15% post it, 24% leave
99,99 % and 100.000 %
10.05.2026
10. 05. 2026.
05/10/2026
2026-05-10
2026-05-10 14:30:00
10.05.2026–12.05.2026
10 05 2026
2019–2024
2021 2022 2023 2024
1990 1991 1992 1993 1994
from 08:00 to 16:00
08:00-16:00
working 24/7
9:00–17:30, 10:00–14:00
Order 123456
Order no. 4512
заказ № 2125550123
narudžba 2125550123
ORD-2125550123
order 1234
№ 987654
შეკვეთა 54321
192.168.100.200
10.0.0.1:8080
version 3.11.12
Chrome 126.0.6478.127
v1.2.3.4567
120×200×75 cm
1920x1080
90-60-90
36 37 38 39 40 41 42
0.5 1.5 2.5 3.5
3.1415926535
59.3293, 18.0686
1712345678901
5901234123457
9783161484100
550e8400-e29b-41d4-a716-446655440000
iPhone 15 Pro 256 GB
GTIN 3850108012345
4111 1111 1111 1112
1 000 000 000 000 000
4 500 000 000 000 000
0000 0000 0000 0000
pages 112–118, 221–230
room 1204, floor 12
ZIP 10000 Zagreb, 0105 Tbilisi, 119019 Москва
call 112 or 911
@ana.horvat thanks
@ana, @ivo and 5 @ 3.50
logo@2x.png
met at 10 at the hotel. com
a@b
user@localhost
look at example.com
собака лаяла весь день
my passport was ready in 2026
паспорт выдали 10.05.2026
lost passport, order 123456
серия 2026 года, 45 штук
https://example.com/item/2125550123?x=0912345678
HR12 1001 0051 8630 0016 1
2 + 2 = 4, 10 − 5 = 5
#20260510
""".splitlines()


def marked(sentence: str) -> tuple[str, list[str]]:
    """The sentence without its marks, and what stood between them."""
    return sentence.replace("‹", "").replace("›", ""), [part.split("›")[0] for part in sentence.split("‹")[1:]]


@pytest.mark.parametrize(("kind", "sentence"), PRIVATE)
def test_private_data_is_pointed_out_where_it_stands(kind: PrivateKind, sentence: str) -> None:
    text, private = marked(sentence)
    found = find(text)
    assert [(finding.kind, finding.text) for finding in found] == [(kind, part) for part in private]
    assert all(text[finding.start : finding.end] == finding.text for finding in found)


@pytest.mark.parametrize(("kind", "sentence"), PRIVATE)
def test_what_is_blanked_leaves_the_sentence_and_nothing_to_find(kind: PrivateKind, sentence: str) -> None:
    text, private = marked(sentence)
    clean = blanked(text, find(text))
    expected = text
    for part in private:
        expected = expected.replace(part, BLANK, 1)
    assert clean == expected
    assert find(clean) == ()


@pytest.mark.parametrize("sentence", HARMLESS)
def test_figures_that_are_nobodys_are_left_alone(sentence: str) -> None:
    assert find(sentence) == ()


def test_the_shipped_guidance_holds_nothing_private() -> None:
    pages = sorted((ROOT / "content").rglob("*.md"))
    assert len(pages) > 100
    assert [(page, found) for page in pages if (found := find(page.read_text(encoding="utf-8")))] == []


def test_an_accent_and_an_emoji_do_not_move_a_finding() -> None:
    text = "👩‍🔧 Zˇoz\u030ce jose\u0301@example.com\u0301 🇭🇷 +385 91 234 5678 👍🏽"
    assert [finding.text for finding in find(text)] == ["jose\u0301@example.com\u0301", "+385 91 234 5678"]
    assert blanked(text, find(text)) == f"👩‍🔧 Zˇoz\u030ce {BLANK} 🇭🇷 {BLANK} 👍🏽"


def test_keycap_digits_are_digits() -> None:
    assert [finding.kind for finding in find("".join(f"{digit}\ufe0f\u20e3" for digit in "0912345678"))] == [PHONE]


def test_a_form_can_name_one_finding_and_blank_it_wherever_it_stands() -> None:
    text = "ana@example.com, 091 234 5678, again ana@example.com"
    first, phone, second = find(text)
    assert first.key == second.key != phone.key
    assert "ana" not in first.key
    assert blank_one(text, first.key) == f"{BLANK}, 091 234 5678, again {BLANK}"
    assert find("Elsewhere: ana@example.com")[0].key == first.key
    assert blank_one(text, "email-0000") == text


def test_a_finding_in_a_log_does_not_tell_what_it_found() -> None:
    assert "ana" not in repr(find("ana@example.com"))


def test_numbers_are_read_as_the_company_s_regions_write_them() -> None:
    assert [finding.kind for finding in find("030 12345678", regions=("DE",))] == [PHONE]
    assert find("030 12345678", regions=("US",)) == ()


def test_each_kind_has_a_name_for_people() -> None:
    assert set(KINDS_NAMES) == set(PrivateKind)


PIECES = st.sampled_from(
    [part for _, sentence in PRIVATE for part in marked(sentence)[1]]
    + HARMLESS
    + "+ ( ) - . @ at dot 0 8 00 1 12 123 1234 +385 91 паспорт серия OIB IBAN HR12 tel тел заказ".split(" ")
    + "€ \n [ ] … & ; \\ № /".split(" ")
    + [" ", " ", "\u00ad", "\u200b", "\u0301", "🙂", "&nbsp;", "[…]"]
)
TEXTS = st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=60) | st.text("0123456789 .-+()@a", max_size=80)


@given(TEXTS)
@settings(max_examples=400, deadline=None)
def test_whatever_is_written_findings_stand_in_order_and_blanking_is_final(text: str) -> None:
    found = find(text)
    assert all(text[finding.start : finding.end] == finding.text for finding in found)
    assert all(before.end <= after.start for before, after in pairwise(found))
    clean = blanked(text, found)
    assert find(clean) == ()
    assert clean == "".join(between(text, found))


def between(text: str, found: tuple[Finding, ...]) -> list[str]:
    """The text outside the findings, with the marks between: what blanking must leave."""
    places = [0, *(place for finding in found for place in (finding.start, finding.end)), len(text)]
    kept = [text[start:end] for start, end in zip(places[::2], places[1::2], strict=True)]
    return [BLANK.join(kept)]


PROSE = st.sampled_from(
    "ana собака Собака at AT dot точка DOT ru com mail.ru example ქართული čaj , . - ’ ( @ ² ａ".split(" ") + [" "] * 6
)


@given(st.lists(PROSE, max_size=12).map("".join) | st.lists(PIECES, max_size=5).map("".join))
def test_what_is_read_at_a_glance_is_read_as_it_would_be_letter_by_letter(text: str) -> None:
    slowly = find(f"{text}\n…")  # Nothing with that sign is taken for plain prose, and no finding goes past it.
    assert find(text) == slowly
