"""Whom a text names with @: whole names as they are written, e-mail addresses, nobody by mistake."""

from collections.abc import Set as AbstractSet

import pytest

from portal.discussion.mentions import MOST_MENTIONS, MOST_PLACES, MOST_WORDS, found

PEOPLE = {
    "Ana Jurić": 1,
    "Ana Jurić Kovač": 2,
    "Иван Петров": 3,
    "ნინო ბერიძე": 4,
    "Ana-Marija Babić": 5,
    "Sean O’Brien Jr.": 6,
    "Ana": 7,
    "Ivo Horvat": None,
    "ana.juric@example.com": 1,
    "ivo@example.com.hr": 8,
    "Martin Luther": 9,
}


class Asked:
    """Knows the people above, and what it was asked."""

    def __init__(self) -> None:
        self.names: list[AbstractSet[str]] = []
        self.emails: list[AbstractSet[str]] = []

    def __call__(self, names: AbstractSet[str], emails: AbstractSet[str]) -> dict[str, int | None]:
        self.names.append(names)
        self.emails.append(emails)
        return {called: person for called, person in PEOPLE.items() if called in names | emails}


def named(text: str) -> dict[str, int]:
    return found(text, Asked())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@Ana Jurić helped", {"Ana Jurić": 1}),
        ("thanks, @Ana Jurić!", {"Ana Jurić": 1}),
        ("(@Ana Jurić)", {"Ana Jurić": 1}),
        ("@Ana Jurić’s idea and @Ana Jurić's lamp", {"Ana Jurić": 1}),
        ("«@Иван Петров» и @ნინო ბერიძე.", {"Иван Петров": 3, "ნინო ბერიძე": 4}),
        ("@Ana Jurić\nKovač", {"Ana Jurić": 1}),
        ("@Ana Jurić Kovač", {"Ana Jurić Kovač": 2}),
        ("@Ana Jurić Kovačić", {"Ana Jurić": 1}),
        ("@Ana-Marija Babić", {"Ana-Marija Babić": 5}),
        ("@Sean O’Brien Jr. and others", {"Sean O’Brien Jr.": 6}),
        ("@Ana\u00a0Jurić", {"Ana\u00a0Jurić": 1}),
        ("@Ana Jurić/@Иван Петров", {"Ana Jurić": 1, "Иван Петров": 3}),
        ("@Ana.Juric@Example.com.", {"Ana.Juric@Example.com": 1}),
        ("ask @ivo@example.com.hr, please", {"ivo@example.com.hr": 8}),
        ("@Ana: yes", {"Ana": 7}),
    ],
)
def test_a_person_is_named_by_full_name_or_address(text: str, expected: dict[str, int]) -> None:
    assert named(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Ana Jurić",
        "@ Ana Jurić",
        "@ana jurić",
        "@Ana_Jurić",
        "@Иван Петровский",
        "@Martin Luther-King",
        "@Anastasia",
        "info@Ana Jurić",
        "e\u0301@Ana Jurić",
        "g\u0301@Ana Jurić",
        "write to office@ana.juric@example.com",
        "@@Ana Jurić",
        "@ana.juric@example.com.hr",
        "@ana.juric@example.comedy",
        "@ana.juric@example.com@x",
        "@Ana@elsewhere.example",
        "@Martin Luther@example.com",
        "https://example.com/@Ana Jurić",
        "@Ivo Horvat",
        "@",
        "@\n@",
    ],
)
def test_nobody_is_named_by_mistake(text: str) -> None:
    assert named(text) == {}


def test_two_people_of_one_name_need_their_address_and_no_shorter_name_steps_in() -> None:
    PEOPLE["Ivo"] = 99
    try:
        assert named("@Ivo Horvat and @ivo@example.com.hr") == {"ivo@example.com.hr": 8}
    finally:
        del PEOPLE["Ivo"]


def test_a_changed_text_goes_on_meaning_the_people_whom_it_meant() -> None:
    asked = Asked()
    before = {"Ana Jurić": 50, "Ivo Horvat": 51}
    assert found("@Ana Jurić, @Ivo Horvat and @Иван Петров", asked, before) == {**before, "Иван Петров": 3}


def test_a_comment_names_ten_at_most_those_of_its_earlier_states_included() -> None:
    def everybody(names: AbstractSet[str], emails: AbstractSet[str]) -> dict[str, int | None]:
        return {name: int(name[1:]) for name in names if name[1:].isdigit()}

    text = " ".join(f"@N{number}" for number in range(30))
    assert len(found(text, everybody)) == MOST_MENTIONS
    before = {f"M{number}": number for number in range(8)}
    assert found(text, everybody, before) == {**before, "N0": 0, "N1": 1}


@pytest.mark.parametrize(
    "text",
    [
        "@" * 10_000,
        "@a" * 10_000,
        "@a " * 10_000,
        " ".join(f"@n{number}" for number in range(3_000)),
        "@" + "a " * 10_000,
        "@" + "a." * 10_000,
        ("@" + "a-" * 200) * 100,
        "@" + "a" * 20_000,
        "@a@" + "b." * 10_000,
        "a@b." * 5_000,
        "https://" * 5_000,
        "https://a" + ")" * 10_000,
        "https://a.b" + ".c" * 9_000 + "@",
        "@\u0301" * 5_000,
    ],
)
def test_hostile_texts_ask_once_and_for_a_bounded_number_of_names(text: str) -> None:
    asked = Asked()
    assert found(text, asked) == {}
    assert len(asked.names) <= 1
    assert sum(map(len, asked.names)) <= MOST_PLACES * 2 * MOST_WORDS
    assert sum(map(len, asked.emails)) <= MOST_PLACES
    assert all(len(one) <= 120 for names in asked.names for one in names)
