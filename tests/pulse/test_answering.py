"""Reading a ballot's form: what answers a question is taken, anything else is refused, and all fits one length."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import Invalid
from portal.pulse import answering
from portal.pulse.answering import WHOLE, read
from portal.pulse.model import COMMENT_LENGTH, Kind
from portal.pulse.questions import NOT_APPLICABLE, Answer, Question, Words


def a_question(number: int, kind: Kind = Kind.AGREE, **over: Any) -> Question:
    choices = over.pop("choices", 3)
    words = (Words("en", "Well?", tuple(f"Choice {n}" for n in range(choices))), Words("hr", "Dakle?"))
    values = {"driver": None, "reverse": False, "not_applicable": True, "part": 0, "words": words, **over}
    return Question(number=number, key=f"k{number}", kind=kind, **values)


ALL = [
    a_question(1),
    a_question(2, Kind.SCALE),
    a_question(3, Kind.SINGLE),
    a_question(4, Kind.SEVERAL),
    a_question(5, Kind.TEXT),
    a_question(6, not_applicable=False),
    a_question(7, part=1),
    a_question(8, part=2),
]


def refused(values: dict[str, list[str]], part: int = 1) -> dict[str, str]:
    with pytest.raises(Invalid) as error:
        read(ALL, part, values)
    return {name: str(message) for name, message in error.value.fields.items()}


@pytest.mark.parametrize(
    ("number", "sent", "meant"),
    [
        (1, ["1"], 1),
        (1, ["5"], 5),
        (1, ["na"], NOT_APPLICABLE),
        (1, ["", "4"], 4),
        (2, ["0"], 0),
        (2, ["10"], 10),
        (3, ["0"], 0),
        (3, ["2"], 2),
        (4, ["2", "0"], (0, 2)),
        (4, ["1", "1"], (1,)),
        (4, ["na"], NOT_APPLICABLE),
        (5, ["  Thank\r\nyou\t\0\x07. "], "Thank\nyou\t."),
        (5, ["na"], "na"),
        (5, ["💡" * (COMMENT_LENGTH // 2)], "💡" * (COMMENT_LENGTH // 2)),
        (5, ["ა\r\n" * (COMMENT_LENGTH // 2)], ("ა\n" * (COMMENT_LENGTH // 2)).strip()),
        (7, ["3"], 3),
    ],
)
def test_an_answer_is_taken(number: int, sent: list[str], meant: Answer) -> None:
    assert read(ALL, 1, {f"q{number}": sent}) == {number: meant}


@pytest.mark.parametrize(
    ("number", "sent"),
    [
        *[(1, [wrong]) for wrong in ("0", "6", "-1", "01", "1.0", " 1", "1 ", "٣", "1e0", "x", "NA", "9" * 30, "\0")],
        *[(2, [wrong]) for wrong in ("-1", "11", "010")],
        *[(3, [wrong]) for wrong in ("3", "-1", "Choice 1")],
        (1, ["1", "2"]),
        (3, ["1", "na"]),
        (4, ["0", "3"]),
        (4, ["0", "na"]),
        (5, ["x" * (COMMENT_LENGTH + 1)]),
        (5, ["💡" * (COMMENT_LENGTH // 2) + "x"]),
        (5, ["one", "two"]),
        (6, ["na"]),
    ],
)
def test_what_does_not_answer_its_question_is_refused_beside_it(number: int, sent: list[str]) -> None:
    assert list(refused({"q1": ["3"], f"q{number}": sent})) == [f"q{number}"]


def test_every_message_is_given_at_once() -> None:
    assert list(refused({"q1": ["9"], "q2": ["9"], "q3": ["9"]})) == ["q1", "q3"]


@pytest.mark.parametrize("name", ["q8", "q9", "q0", "q01", "q" + "9" * 400])
def test_questions_that_are_not_on_the_ballot_are_refused(name: str) -> None:
    assert list(refused({"q1": ["3"], name: ["3"]})) == [WHOLE]


def test_what_else_a_form_holds_is_nothing_to_us() -> None:
    assert read(ALL, 1, {"token": ["x"], "lang": ["hr"], "q": ["1"], "Q1": ["1"], "q1": ["2"]}) == {1: 2}


@pytest.mark.parametrize(
    "values", [{}, {"q1": [""]}, {"q1": []}, {"q4": ["", " "]}, {"q5": [" \r\n\0\u2028 "]}, {"token": ["x"]}]
)
def test_an_empty_ballot_is_refused_kindly(values: dict[str, list[str]]) -> None:
    assert refused(values) == {WHOLE: str(answering.NOTHING)}


def test_a_lone_surrogate_is_no_character() -> None:
    assert read(ALL, 1, {"q5": ["a\ud800b"]}) == {5: "ab"}


# What comes from a network, whatever it is, is read or refused


FIELDS = st.one_of(st.integers(0, 9).map("q{}".format), st.text(max_size=4))
SENT = st.lists(st.one_of(st.text(max_size=5), st.integers(-2, 12).map(str), st.just("na")), max_size=3)


@given(st.dictionaries(FIELDS, SENT, max_size=6), st.integers(1, 3))
def test_nothing_that_is_sent_breaks_it(values: dict[str, list[str]], part: int) -> None:
    try:
        answers = read(ALL, part, values)
    except Invalid:
        return
    assert answers.keys() <= {question.number for question in answering.asked(ALL, part)}
    assert len(answering.message(answers)) <= answering.size(ALL)
    assert answering.answers_in(answering.message(answers)) == answers


# One length


@st.composite
def surveys(draw: st.DrawFn) -> list[Question]:
    count = draw(st.integers(1, 6))
    return [
        a_question(
            draw(st.sampled_from([number, number * 7919])),
            draw(st.sampled_from(list(Kind))),
            part=draw(st.integers(0, 3)),
            choices=draw(st.integers(2, 12)),
        )
        for number in range(1, count + 1)
    ]


def longest(question: Question, character: str) -> list[str]:
    """What is sent for the answer to ``question`` that takes the most room."""
    if question.kind == Kind.TEXT:
        text = character * (COMMENT_LENGTH // (2 if character > "\uffff" else 1))
        return [text if text.strip() else f"x{text[2:]}x"]  # What is blank is no answer.
    if question.kind == Kind.SEVERAL:
        return [str(place) for place in range(len(question.words[0].choices))]
    return [NOT_APPLICABLE]


@given(surveys(), st.sampled_from(['"', "\\", "x", "ნ", "é", "\uffff", "💡", "\u2028"]))
def test_the_longest_answers_fit(questions: list[Question], character: str) -> None:
    """The bound holds for any part, and is met for one: it is as small as a bound can be, but for a comma or two."""
    lengths = []
    for part in range(1, 4):
        asked = answering.asked(questions, part)
        if not asked:
            continue
        answers = read(questions, part, {f"q{question.number}": longest(question, character) for question in asked})
        lengths.append(len(answering.message(answers)))
    size = answering.size(questions)
    assert all(length <= size for length in lengths)
    if character == "\uffff" and lengths:
        assert size - max(lengths) <= 2, "nothing is padded in vain"
