"""The bank of questions and the templates of surveys, as ``bank.yaml`` beside this file has them, in every language.

A text that is missing in a language is said in another, and says in which (`Words.locale`). Read once, at the start; a
file that breaks a rule of this house stops it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ..core.errors import NotFound
from ..core.locale import SOURCE
from .model import (
    CHOICE_LENGTH,
    INTRO_LENGTH,
    MOST_CHOICES,
    MOST_QUESTIONS,
    QUESTION_LENGTH,
    TITLE_LENGTH,
    Driver,
    Kind,
    SurveyQuestion,
)
from .questions import Words
from .rhythm import Every

FILE = Path(__file__).with_name("bank.yaml")
_KEY = re.compile(r"[a-z]+(-[a-z0-9]+)+")
_LOCALE = re.compile(r"[a-z]{2,3}(_[A-Za-z]{2,4})?")
_CHOSEN = (Kind.SINGLE, Kind.SEVERAL)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The same, many times faster, where PyYAML was built with libyaml."""


class BrokenBank(ValueError):
    """The file breaks a rule; the message says where."""


class NotInBank(NotFound):
    """There is no such question or template."""


@dataclass(frozen=True)
class BankQuestion:
    """A question that surveys may ask.

    An ``occasional`` one speaks of a situation, such as somebody's first months: recurring pulses don't draw it.
    ``not_applicable``: is "doesn't apply to me" offered?
    """

    key: str
    driver: Driver
    kind: Kind
    reverse: bool
    occasional: bool
    words: tuple[Words, ...]

    @property
    def not_applicable(self) -> bool:
        """Only where it says something: choices name it themselves, and words can be left out."""
        return self.kind in {Kind.AGREE, Kind.SCALE}

    @property
    def scored(self) -> bool:
        """Does it count towards its driver?"""
        return self.kind in {Kind.AGREE, Kind.SCALE}

    def said_in(self, order: Sequence[str]) -> Words:
        """The words in the first language of ``order`` that there are, else in English."""
        known = {words.locale: words for words in self.words}
        return next(known[locale] for locale in (*order, SOURCE) if locale in known)


@dataclass(frozen=True)
class DriverText:
    """What a driver is called, what it is about, and the questions on it."""

    driver: Driver
    names: Mapping[str, str]
    abouts: Mapping[str, str]
    questions: tuple[BankQuestion, ...]

    def name(self, locale: str) -> str:
        """What it is called in a language (in English when it isn't there in that one)."""
        return self.names.get(locale, self.names[SOURCE])

    def about(self, locale: str) -> str:
        """What it is about, likewise."""
        return self.abouts.get(locale, self.abouts[SOURCE])


@dataclass(frozen=True)
class Template:
    """A survey to begin with: ``texts`` are its title and introduction by language, ``keys`` its questions in order.

    ``every``: how often it would come back, were it to; ``days_open``: how long people usually have for it.
    """

    key: str
    names: Mapping[str, str]
    abouts: Mapping[str, str]
    texts: Mapping[str, Mapping[str, str]]
    keys: tuple[str, ...]
    every: Every | None
    days_open: int

    def name(self, locale: str) -> str:
        """What it is called in a language (in English when it isn't there in that one)."""
        return self.names.get(locale, self.names[SOURCE])

    def about(self, locale: str) -> str:
        """What it is good for, likewise."""
        return self.abouts.get(locale, self.abouts[SOURCE])


@dataclass(frozen=True)
class Bank:
    """All of it."""

    drivers: Mapping[Driver, DriverText]
    templates: Mapping[str, Template]
    by_key: Mapping[str, BankQuestion] = field(repr=False)

    def question(self, key: str) -> BankQuestion:
        """The question with that key. Raises NotInBank."""
        if key not in self.by_key:
            raise NotInBank
        return self.by_key[key]

    def template(self, key: str) -> Template:
        """The template with that key. Raises NotInBank."""
        if key not in self.templates:
            raise NotInBank
        return self.templates[key]


def read(text: str) -> Bank:
    """The bank written down in ``text``. Raises BrokenBank."""
    try:
        found = yaml.load(text, Loader=_LOADER)  # noqa: S506  # Both loaders make plain values alone.
        drivers = {Driver(name): _driver(Driver(name), values) for name, values in found["drivers"].items()}
        templates = [_template(values) for values in found["templates"]]
    except BrokenBank:
        raise
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise BrokenBank(f"not a bank of questions: {error}") from error
    questions = [question for driver in drivers.values() for question in driver.questions]
    by_key = {question.key: question for question in questions}
    _must(set(drivers) == set(Driver), "every driver, and no other, is there")
    _must(len(by_key) == len(questions), "each question has a key of its own")
    _must(len({template.key for template in templates}) == len(templates), "each template has a key of its own")
    for template in templates:
        keys = template.keys
        known = set(keys) <= set(by_key) and len(set(keys)) == len(keys)
        _must(known and 0 < len(keys) <= MOST_QUESTIONS, f"{template.key} asks questions of the bank, each once")
    in_order = {driver: drivers[driver] for driver in Driver}
    return Bank(in_order, {template.key: template for template in templates}, by_key)


def _driver(driver: Driver, values: dict[str, Any]) -> DriverText:
    questions = tuple(_question(driver, one) for one in values["questions"])
    return DriverText(driver, _by_language(values, "name", 60), _by_language(values, "about", 300), questions)


def _question(driver: Driver, values: dict[str, Any]) -> BankQuestion:
    said = dict(values)
    key = str(said.pop("key"))
    kind = Kind(said.pop("kind", Kind.AGREE))
    reverse, occasional = said.pop("reverse", False), said.pop("occasional", False)
    _must(bool(_KEY.fullmatch(key)) and len(key) <= 40, f"{key}: a key is short, such as pride-1")
    _must(not reverse or kind == Kind.AGREE, f"{key}: only agreement is reversed")
    words = tuple(_words(key, kind, locale, one) for locale, one in said.items())
    _must(SOURCE in said, f"{key}: its English words are there")
    _must(len({len(one.choices) for one in words}) == 1, f"{key}: as many choices in each language")
    return BankQuestion(key, driver, kind, bool(reverse), bool(occasional), words)


def _words(key: str, kind: Kind, locale: Any, said: Any) -> Words:
    _must(bool(_LOCALE.fullmatch(str(locale))), f"{key}: {locale} is a language")
    text = said["text"] if kind in _CHOSEN else said
    choices = tuple(said["choices"]) if kind in _CHOSEN else ()
    where = f"{key} ({locale})"
    _must(isinstance(text, str) and 0 < len(text) <= QUESTION_LENGTH, f"{where}: a question of bounded length")
    _must(kind not in _CHOSEN or 2 <= len(set(choices)) == len(choices) <= MOST_CHOICES, f"{where}: choices, each once")
    _must(all(isinstance(one, str) and 0 < len(one) <= CHOICE_LENGTH for one in choices), f"{where}: short choices")
    return Words(str(locale), text, choices)


def _template(values: dict[str, Any]) -> Template:
    titles, intros = _by_language(values, "title", TITLE_LENGTH), _by_language(values, "intro", INTRO_LENGTH)
    return Template(
        key=str(values["key"]),
        names=_by_language(values, "name", 80),
        abouts=_by_language(values, "about", 300),
        texts={code: {"title": title, "intro": intros.get(code, "")} for code, title in titles.items()},
        keys=tuple(values["questions"]),
        every=Every(values["every"]) if "every" in values else None,
        days_open=int(values["days_open"]),
    )


def _by_language(values: dict[str, Any], part: str, longest: int) -> dict[str, str]:
    said: dict[str, str] = values[part]
    fine = SOURCE in said and all(_LOCALE.fullmatch(code) and 0 < len(text) <= longest for code, text in said.items())
    _must(fine, f"{part} {said.get(SOURCE)!r}: by language, English among them, up to {longest} characters")
    return said


def _must(holds: bool, rule: str) -> None:
    if not holds:
        raise BrokenBank(f"broken: {rule}")


BANK = read(FILE.read_text(encoding="utf-8"))
DRIVERS = BANK.drivers
TEMPLATES = BANK.templates


def question(key: str) -> BankQuestion:
    """The question of the bank with that key. Raises NotInBank."""
    return BANK.question(key)


def questions(driver: Driver) -> tuple[BankQuestion, ...]:
    """The bank's questions on a driver."""
    return DRIVERS[driver].questions


def template(key: str) -> Template:
    """The template with that key. Raises NotInBank."""
    return BANK.template(key)


def as_texts(asked: BankQuestion) -> dict[str, Any]:
    """The words of a question as a survey keeps them (`SurveyQuestion.texts`)."""
    return {words.locale: {"text": words.text, "choices": list(words.choices)} for words in asked.words}


def as_row(key: str, part: int = 0) -> SurveyQuestion:
    """A question of the bank as a survey asks it; its number and place are the caller's to give. Raises NotInBank."""
    asked = question(key)
    return SurveyQuestion(
        key=asked.key,
        driver=asked.driver,
        kind=asked.kind,
        reverse=asked.reverse,
        not_applicable=asked.not_applicable,
        part=part,
        texts=as_texts(asked),
    )
