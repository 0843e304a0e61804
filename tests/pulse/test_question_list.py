"""The questions of a survey that has not opened."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from portal.core.errors import Conflict, Invalid
from portal.core.permissions import Actor
from portal.pulse import bank, drafting, question_list, question_queries
from portal.pulse.model import CHOICE_LENGTH, MOST_QUESTIONS, Driver, Kind, Series, Survey, SurveyQuestion
from portal.pulse.question_list import OwnQuestion, Said
from tests.factories import NOW
from tests.pulse.scenes import RULES, a_question, a_survey, an_hr


@pytest.fixture
def hr(session: Session) -> Actor:
    return an_hr(session)


def a_wave(session: Session, parts: list[int]) -> Survey:
    """A wave of a recurring pulse with a question of each of ``parts``."""
    series = Series(
        texts={}, every="week", next_on=date(2026, 5, 12), of_month=12, hour=9, days_open=4, questions=5, keys=[],
        audience=[], comment=False, active=True, created_at=NOW,
    )  # fmt: skip
    session.add(series)
    session.flush()
    return a_survey(session, [a_question(part=part) for part in parts], parts=max(parts), series_id=series.id)


def keys(session: Session, survey: Survey) -> list[str]:
    rows = question_queries.questions_of(session, survey.id)
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    return [row.key for row in rows]


def own(session: Session, hr: Actor, survey: Survey, **over: object) -> SurveyQuestion:
    """An own question, added."""
    values: dict[str, object] = {"kind": Kind.AGREE, "said": {"en": Said("I sleep well.")}}
    question_list.add_own(session, hr, survey.id, OwnQuestion(**(values | over)), survey.version, RULES)  # type: ignore[arg-type]
    return question_queries.questions_of(session, survey.id)[-1]


def refused_in(session: Session, hr: Actor, survey: Survey, **over: object) -> set[str]:
    """The fields in which an own question is refused."""
    with pytest.raises(Invalid) as error:
        own(session, hr, survey, **over)
    return set(error.value.fields)


def test_questions_of_the_bank_come_with_its_words_each_once(session: Session, hr: Actor) -> None:
    survey = a_survey(session, [a_question(key="pride-1")])
    question_list.add_from_bank(session, hr, survey.id, ["pride-3", "pride-1", "pride-3", "load-help"], 1)
    assert keys(session, survey) == ["pride-1", "pride-3", "load-help"]
    reversed_one = question_queries.questions_of(session, survey.id)[1]
    assert reversed_one.reverse
    assert reversed_one.texts == bank.as_texts(bank.question("pride-3"))
    for chosen in ([], ["pride-1"]):
        with pytest.raises(Invalid):
            question_list.add_from_bank(session, hr, survey.id, chosen, 2)
    with pytest.raises(bank.NotInBank):
        question_list.add_from_bank(session, hr, survey.id, ["no-such"], 2)


def test_questions_move_and_leave(session: Session, hr: Actor) -> None:
    survey = a_survey(session, [a_question(key=f"own-{name}") for name in "abc"])
    question_list.move(session, hr, survey.id, 1, 1, later=True)
    assert keys(session, survey) == ["own-b", "own-a", "own-c"]
    question_list.move(session, hr, survey.id, 2, 2, later=False)  # The first stays where it is.
    question_list.move(session, hr, survey.id, 3, 3, later=False)
    assert keys(session, survey) == ["own-b", "own-c", "own-a"]
    question_list.remove(session, hr, survey.id, 3, 4)
    assert keys(session, survey) == ["own-b", "own-a"]
    with pytest.raises(Conflict):
        question_list.move(session, hr, survey.id, 3, 5, later=True)
    question_list.offer_not_applicable(session, hr, survey.id, 1, 5, offered=False)
    assert [row.not_applicable for row in question_queries.questions_of(session, survey.id)] == [True, False]


def test_an_own_question_gets_a_key_of_its_own_and_loses_what_it_has_no_use_for(session: Session, hr: Actor) -> None:
    survey = a_survey(session)
    said = {"en": Said(" Which\x00  colour? ", ("Red ", "", "Blue")), "hr": Said("Koja boja?", ("Crvena", "Plava"))}
    first = own(session, hr, survey, kind=Kind.SINGLE, said=said, reverse=True)
    assert first.texts["en"] == {"text": "Which colour?", "choices": ["Red", "Blue"]}
    assert not first.reverse
    second = own(session, hr, survey, said={"en": Said("I sleep.", ("left", "over"))}, reverse=True)
    assert second.texts == {"en": {"text": "I sleep.", "choices": []}}
    assert second.reverse
    assert first.key != second.key
    assert all(question_list.is_own(row.key) and len(row.key) <= 40 for row in (first, second))


def test_own_questions_are_refused_beside_the_field_at_fault(session: Session, hr: Actor) -> None:
    survey = a_survey(session)

    def refused(**over: object) -> set[str]:
        return refused_in(session, hr, survey, **over)

    single = {"kind": Kind.SINGLE}
    assert refused(said={}) == {"text_en"}
    assert refused(said={"en": Said("x" * 301)}) == {"text_en"}
    assert refused(said={"en": Said("One?", ("Red",))}, **single) == {"choices_en"}
    assert refused(said={"en": Said("Many?", tuple(map(str, range(13))))}, **single) == {"choices_en"}
    assert refused(said={"en": Said("Twice?", ("Red", "red"))}, **single) == {"choices_en"}
    assert refused(said={"en": Said("Long?", ("a", "b" * (CHOICE_LENGTH + 1)))}, **single) == {"choices_en"}
    uneven = {"en": Said("Which?", ("a", "b", "c")), "hr": Said("Koje?", ("a", "b"))}
    assert refused(said=uneven, **single) == {"choices_hr"}
    assert refused(said={"en": Said("Fine."), "hr": Said("", ("a", "b"))}, **single) >= {"text_hr"}
    assert refused(driver=Driver.RECOMMEND) == {"driver"}
    assert refused(kind=Kind.SCALE, driver=Driver.PRIDE) == {"driver"}
    own(session, hr, survey, kind=Kind.SCALE, driver=Driver.RECOMMEND)
    assert refused(kind=Kind.SCALE, driver=Driver.RECOMMEND) == {"driver"}
    with pytest.raises(Invalid):
        question_list.add_from_bank(session, hr, survey.id, ["recommend-1"], survey.version)


def test_other_words_make_another_question_where_a_survey_asked_it_before(session: Session, hr: Actor) -> None:
    first = a_survey(session)
    asked = own(session, hr, first)
    copy = drafting.begin_survey(session, hr, NOW, copy_of=first.id)
    number = question_queries.questions_of(session, copy.id)[-1].number

    def changed(**said: Said) -> str:
        values = OwnQuestion(Kind.AGREE, said)
        question_list.change_own(session, hr, copy.id, number, values, copy.version, RULES)
        return question_queries.questions_of(session, copy.id)[-1].key

    assert changed(en=Said("I sleep well."), hr=Said("Dobro spavam.")) == asked.key
    other = changed(en=Said("I sleep badly."), hr=Said("Dobro spavam."))
    assert other != asked.key
    assert changed(en=Said("I hardly sleep.")) == other, "nobody else has asked this one"
    bank_question = a_survey(session, [a_question(key="pride-1")])
    with pytest.raises(Conflict):
        question_list.change_own(session, hr, bank_question.id, 1, OwnQuestion(Kind.AGREE, {}), 1, RULES)


def test_a_survey_holds_so_many_questions(session: Session, hr: Actor) -> None:
    survey = a_survey(session, [a_question() for _ in range(MOST_QUESTIONS)])
    assert refused_in(session, hr, survey) == {"questions"}


def test_a_wave_asks_nobody_more_than_five(session: Session, hr: Actor) -> None:
    wave = a_wave(session, [0, 1, 1, 2])
    own(session, hr, wave)
    own(session, hr, wave)
    assert refused_in(session, hr, wave) == {"questions"}


def test_a_part_that_loses_its_last_question_is_drawn_no_more(session: Session, hr: Actor) -> None:
    wave = a_wave(session, [0, 1, 2, 3])

    def parts() -> tuple[int, list[int]]:
        return wave.parts, [row.part for row in question_queries.questions_of(session, wave.id)]

    question_list.remove(session, hr, wave.id, 3, 1)
    assert parts() == (2, [0, 1, 2])
    question_list.remove(session, hr, wave.id, 2, 2)
    assert parts() == (1, [0, 0]), "a single part is asked of all"
