"""The bank of questions: what stands in it, in every language, and what a broken one is refused for."""

import re
from collections import Counter

import pytest
import yaml

from portal.core.locale import available
from portal.pulse import bank
from portal.pulse.bank import BankQuestion, BrokenBank, read
from portal.pulse.model import Driver, Kind
from portal.pulse.questions import Words, as_question
from portal.pulse.rhythm import MOST_DAYS_OPEN

QUESTIONS = list(bank.BANK.by_key.values())
AGREE = [one for one in QUESTIONS if one.kind == Kind.AGREE]
LANGUAGES = {"en", "ru", "hr", "ka"}
LONGEST = 120

JOINING = {
    "en": ("and", "or", "nor", "as well as", "but"),
    "ru": ("и", "или", "либо", "а также", "но"),
    "hr": ("i", "ili", "te", "a", "ali", "kao i"),
    "ka": ("და", "ან", "თუ", "მაგრამ"),
}
"""What makes one question of two: somebody may agree with the one half alone."""
LETTERS = {"en": "A-Za-z", "ru": "А-Яа-яЁё", "hr": "A-Za-zČčĆćĐđŠšŽž", "ka": "ა-ჰ"}
GENDERED = {
    "ru": re.compile(
        r"\b(рад|рада|должен|должна|готов|готова|уверен|уверена|горд|горда)\b|\(а\)|\bя \w+л(а?|ась)\b", re.I
    ),
    "hr": re.compile(
        r"/la\b|\b(ponosan|ponosna|siguran|sigurna|zadovoljan|zadovoljna|spreman|spremna)\b|\bbih \w+[lo]\b", re.I
    ),
}


def _said() -> list[tuple[str, str, str]]:
    """Every text there is: where, in which language, what."""
    found = []
    for driver in bank.DRIVERS.values():
        found += [
            (driver.driver, code, text) for texts in (driver.names, driver.abouts) for code, text in texts.items()
        ]
    for question in QUESTIONS:
        found += [
            (question.key, words.locale, text) for words in question.words for text in (words.text, *words.choices)
        ]
    for template in bank.TEMPLATES.values():
        found += [(template.key, code, text) for code, said in template.texts.items() for text in said.values()]
        found += [
            (template.key, code, text) for texts in (template.names, template.abouts) for code, text in texts.items()
        ]
    return found


def _joins(text: str, locale: str) -> list[str]:
    """The words in ``text`` that make two things of one."""
    return [word for word in JOINING[locale] if re.search(rf"(?<!\w){word}(?!\w)", text, re.I)] + ["/"] * ("/" in text)


def _words_of(question: BankQuestion, locale: str) -> Words:
    words = question.said_in([locale])
    assert words.locale == locale
    return words


def test_there_are_at_least_44_questions_with_four_or_more_to_agree_with_on_each_driver_but_the_recommendation() -> (
    None
):
    assert len(QUESTIONS) >= 44
    by_driver = Counter(one.driver for one in AGREE if not one.occasional)
    assert {driver: by_driver[driver] >= 4 for driver in Driver} == {
        driver: driver != Driver.RECOMMEND for driver in Driver
    }
    kinds = Counter(one.kind for one in bank.questions(Driver.RECOMMEND))
    assert kinds[Kind.SCALE] == 1
    assert kinds.total() >= 2
    assert {one.kind for one in QUESTIONS} == set(Kind)


def test_every_text_is_there_in_every_language_of_the_portal() -> None:
    assert set(available()) >= LANGUAGES
    for question in QUESTIONS:
        assert {words.locale for words in question.words} == LANGUAGES, question.key
    for driver in bank.DRIVERS.values():
        assert set(driver.names) == set(driver.abouts) == LANGUAGES, driver.driver
    for template in bank.TEMPLATES.values():
        assert set(template.names) == set(template.abouts) == set(template.texts) == LANGUAGES, template.key
        assert all(said["title"] and said["intro"] for said in template.texts.values()), template.key


def test_questions_are_short_and_each_says_something_else() -> None:
    texts = [(words.locale, words.text) for one in QUESTIONS for words in one.words]
    assert [text for _, text in texts if len(text) > LONGEST] == []
    assert [one for one, count in Counter(texts).items() if count > 1] == []


@pytest.mark.parametrize("locale", sorted(LANGUAGES))
def test_no_statement_joins_two_things(locale: str) -> None:
    said = [(one.key, _joins(_words_of(one, locale).text, locale)) for one in QUESTIONS if one.scored]
    joined = [(key, words) for key, words in said if words]
    assert joined == []


@pytest.mark.parametrize(
    "text", ["I like the work and the people.", "I can ask my manager or a colleague.", "Pay/hours."]
)
def test_the_check_for_joined_things_finds_them(text: str) -> None:
    assert _joins(text, "en")


def test_about_a_third_of_what_is_agreed_with_is_worded_negatively_and_most_drivers_have_both() -> None:
    assert 0.28 <= sum(one.reverse for one in AGREE) / len(AGREE) <= 0.40
    both = [driver for driver in Driver if {one.reverse for one in AGREE if one.driver == driver} == {True, False}]
    assert len(both) >= 8


def test_statements_end_with_a_full_stop_and_questions_with_a_question_mark() -> None:
    for question in QUESTIONS:
        end = "." if question.kind == Kind.AGREE else "?"
        assert [words.locale for words in question.words if not words.text.endswith(end)] == [], question.key


def test_typography_is_that_of_each_language() -> None:
    for where, locale, text in _said():
        assert not re.search(r"[\"'`]| - |\.\.\.|  |^\s|\s$", text), (where, locale, text)
        assert locale == "en" or "’" not in text, (where, text)
        strange = re.sub(rf"[{LETTERS[locale]}\s.,:;?!’–—-]", "", text)
        assert strange == "", (where, locale, text, strange)


@pytest.mark.parametrize("locale", sorted(GENDERED))
def test_nothing_in_the_first_person_takes_the_reader_for_a_man_or_a_woman(locale: str) -> None:
    assert [text for _, code, text in _said() if code == locale and GENDERED[locale].search(text)] == []


def test_people_are_addressed_politely() -> None:
    familiar = {
        "ru": r"\b(ты|тебя|тебе|твой|твоя|твоё|Вы|Вас|Вам|Ваш\w*(?! \w+ ищет))\b",
        "hr": r"\b(ti|tebe|tvoj\w*|Vi|Vas|Vam)\b",
    }
    for where, locale, text in _said():
        if locale in familiar:
            inside = text[0].lower() + text[1:]  # A sentence begins with a capital, whoever it speaks to.
            assert not re.search(familiar[locale], inside), (where, text)


def test_every_template_asks_what_is_in_the_bank_and_each_is_there() -> None:
    assert set(bank.TEMPLATES) == {"weekly", "quarterly", "onboarding", "after-season"}
    for template in bank.TEMPLATES.values():
        asked = [bank.question(key) for key in template.keys]
        assert len({one.key for one in asked}) == len(asked)
        assert any(one.scored for one in asked)
        assert any(one.reverse for one in asked)
        assert template.every is None or template.days_open <= MOST_DAYS_OPEN[template.every]


def test_the_weekly_template_asks_five_questions_and_the_quarterly_one_asks_on_every_driver() -> None:
    assert len(bank.template("weekly").keys) == 5
    asked = [bank.question(key) for key in bank.template("quarterly").keys]
    assert {one.driver for one in asked if one.scored} == set(Driver)


def test_occasional_questions_stand_in_a_template() -> None:
    used = {key for template in bank.TEMPLATES.values() for key in template.keys}
    assert {one.key for one in QUESTIONS if one.occasional} <= used


def test_a_question_becomes_a_row_of_a_survey_with_the_words_of_all_languages() -> None:
    row = bank.as_row("load-help", part=2)
    row.number = 1
    question = as_question(row)
    assert (question.key, question.driver, question.kind, question.part) == ("load-help", Driver.LOAD, Kind.SINGLE, 2)
    assert question.said_in(["hr"]) == bank.question("load-help").said_in(["hr"])
    assert len(question.said_in(["ka"]).choices) == 6
    reversed_row = bank.as_row("pride-3")
    assert reversed_row.reverse
    assert reversed_row.texts["ka"] == {"text": bank.question("pride-3").said_in(["ka"]).text, "choices": []}


def test_what_the_bank_has_not_is_not_found() -> None:
    for ask in (bank.question, bank.template, bank.as_row):
        with pytest.raises(bank.NotInBank):
            ask("pride-99")


def _a_bank(**over: object) -> dict:
    """A small bank as the file would have it; ``over`` replaces parts of its first question."""
    drivers = {
        driver.value: {
            "name": {"en": driver.value.title()},
            "about": {"en": "About it."},
            "questions": [{"key": f"{driver.value}-1", "en": "It is so."}],
        }
        for driver in Driver
    }
    first = drivers["pride"]["questions"][0]
    first.update(over)
    names = {
        "name": {"en": "Short"},
        "about": {"en": "For once."},
        "title": {"en": "How are you?"},
        "intro": {"en": "Now."},
    }
    return {"drivers": drivers, "templates": [{"key": "short", "days_open": 3, "questions": ["pride-1"], **names}]}


def _read(values: dict) -> bank.Bank:
    return read(yaml.safe_dump(values, allow_unicode=True))


def test_a_language_is_added_in_the_file_alone_and_what_it_lacks_is_said_in_english_and_says_so() -> None:
    values = _a_bank(de="Es ist so.")
    values["drivers"]["pride"]["name"]["de"] = "Stolz"
    found = _read(values)
    assert found.question("pride-1").said_in(["de"]) == Words("de", "Es ist so.")
    assert found.question("load-1").said_in(["de"]) == Words("en", "It is so.")
    assert (found.drivers[Driver.PRIDE].name("de"), found.drivers[Driver.LOAD].name("de")) == ("Stolz", "Load")
    assert found.template("short").name("de") == "Short"
    assert found.template("short").texts == {"en": {"title": "How are you?", "intro": "Now."}}


@pytest.mark.parametrize(
    "over",
    [
        {"key": "Pride 1"},
        {"key": "load-1"},
        {"kind": "stars"},
        {"kind": "text", "reverse": True},
        {"revers": True},
        {"en": ""},
        {"en": "x" * 301},
        {"en": {"text": "Which?", "choices": ["One", "Two"]}},
        {"kind": "single", "en": "Which?"},
        {"kind": "single", "en": {"text": "Which?", "choices": ["One"]}},
        {"kind": "single", "en": {"text": "Which?", "choices": ["One", "One"]}},
        {
            "kind": "single",
            "en": {"text": "Which?", "choices": ["1", "2"]},
            "de": {"text": "Was?", "choices": ["1", "2", "3"]},
        },
    ],
    ids=str,
)
def test_a_bank_with_a_broken_question_is_refused(over: dict) -> None:
    with pytest.raises(BrokenBank):
        _read(_a_bank(**over))


def test_a_bank_is_refused_that_lacks_a_driver_or_english_or_asks_what_it_has_not() -> None:
    for spoil in (
        lambda values: values["drivers"].pop("voice"),
        lambda values: values["drivers"]["voice"]["name"].pop("en"),
        lambda values: values["drivers"]["pride"]["questions"][0].pop("en"),
        lambda values: values["templates"][0].update(questions=["pride-2"]),
        lambda values: values["templates"][0].update(questions=["pride-1", "pride-1"]),
        lambda values: values["templates"][0].update(questions=[]),
        lambda values: values["templates"].append(values["templates"][0]),
        lambda values: values["templates"][0].update(every="day"),
        lambda values: values.pop("templates"),
    ):
        values = _a_bank()
        spoil(values)
        with pytest.raises(BrokenBank):
            _read(values)
    with pytest.raises(BrokenBank):
        read("drivers: [")
    assert _read(_a_bank())
