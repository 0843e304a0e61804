"""How notices read: whole sentences, safe in a page, plain in a letter."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from portal.core.locale import available
from portal.notices import About
from portal.notices.queries import NoticeRow
from portal.notices.words import ABOUT_NAMES, for_letter, for_site
from tests.factories import NOW

SUBJECTS = {
    About.SURVEY: ("survey", "survey-reminder", "survey-results", "survey-held", "survey-counted"),
    About.ACTION: ("action", "action-due", "action-overdue"),
}
"""The kinds that are about other things than wins and comments."""
HOSTILE = "<script>alert(1)</script>\r\nBcc: x@example.com & “%(name)s” %s"


def a_row(about: About = About.REACTED, subject: str = "win", **details: Any) -> NoticeRow:
    everything = {"names": ["Ana"], "count": 1, "title": "The lamp", **details}
    return NoticeRow(1, about, subject, everything, "/wins/1", NOW, read=False)


@pytest.fixture(params=available())
def locale(request: pytest.FixtureRequest, run_app: Flask) -> Iterator[str]:
    with run_app.test_request_context(), force_locale(request.param):
        yield request.param


@pytest.fixture
def english(run_app: Flask) -> Iterator[None]:
    with run_app.test_request_context(), force_locale("en"):
        yield


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("names", "count", "said"),
    [
        (["Ana"], 1, "Ana cheered your win “The lamp”"),
        (["Ana", "Ivo"], 2, "Ana and Ivo cheered your win “The lamp”"),
        (["Ana", "Ivo", "Nino"], 3, "Ana, Ivo and 1 other cheered your win “The lamp”"),
        (["Ana", "Ivo", "Nino", "Oleg", "Maja"], 1203, "Ana, Ivo and 1201 others cheered your win “The lamp”"),
        ([], 0, "Somebody cheered your win “The lamp”"),
    ],
)
def test_the_number_of_people_makes_the_sentence(names: list[str], count: int, said: str) -> None:
    assert for_letter(a_row(names=names, count=count)).sentence == said


@pytest.mark.usefixtures("locale")
@pytest.mark.parametrize("about", About)
def test_every_kind_has_a_sentence_in_every_language(about: About) -> None:
    for subject in SUBJECTS.get(about, ("win", "comment")):
        for count in (1, 2, 3, 4, 7, 23):
            check_sentence(about, subject, count)


def check_sentence(about: About, subject: str, count: int) -> None:
    names = ["Ana", "Ivo", "Nino", "Oleg", "Maja"][:count]
    said = for_letter(a_row(about, subject, names=names, count=count)).sentence
    gathers = about in {About.REACTED, About.COMMENTED, About.MENTIONED}
    assert ("The lamp" in said) == (about is not About.DIGEST)
    assert ("Ana" in said) == (gathers or about in {About.THANKED, About.ASKED} or subject == "action")
    assert ("Ivo" in said) == (gathers and count > 1)
    assert (str(count - 2) in said) == (gathers and count > 2)
    assert "%" not in said
    assert ABOUT_NAMES[about]


@pytest.mark.usefixtures("english")
def test_in_a_page_names_are_bold_and_what_people_wrote_is_text() -> None:
    assert for_site(a_row(names=["Ana & Co"]), "en") == (
        "<strong><bdi>Ana &amp; Co</bdi></strong> cheered your win “<bdi>The lamp</bdi>”"
    )
    for row in (a_row(names=[HOSTILE] * 3, count=3, title=HOSTILE), a_row(About.DECLINED, title=HOSTILE)):
        said = for_site(row, "en")
        assert "<script" not in said
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in said
        assert "“%(name)s” %s" in said, "what people wrote is no template"


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("written", "marked"), [("ka", ' lang="ka"'), ("en", ""), ("xx", ""), ('"><b>', ""), (None, ""), (["ka"], "")]
)
def test_a_title_in_another_language_says_so(written: object, marked: str) -> None:
    assert f"<bdi{marked}>The lamp</bdi>" in for_site(a_row(locale=written), "en")


@pytest.mark.usefixtures("english")
def test_in_a_letter_a_sentence_is_one_line_and_the_quote_as_it_was_written() -> None:
    said = for_letter(a_row(names=[HOSTILE], title=HOSTILE, text="Well done,\nAna!\n"))
    assert len(said.sentence.splitlines()) == 1
    assert said.sentence.count("<script>alert(1)</script> Bcc: x@example.com & “%(name)s” %s") == 2
    assert said.quote == "Well done,\nAna!"
    assert for_letter(a_row(About.DECLINED, reason="The customer’s name is in it.")).quote.startswith("The customer")


@pytest.mark.usefixtures("english")
def test_a_survey_that_does_not_go_on_says_why() -> None:
    whys = ("overdue-promise", "too-few", "no-questions", "key-missing", "damaged", "something new", None)
    said = [for_letter(a_row(About.SURVEY, "survey-held", why=why)).sentence for why in whys]
    assert all("“The lamp”" in one for one in said)
    assert len(set(said)) == len(whys) - 1, "what is not known has one sentence"
    assert "a promise after the last survey is overdue" in said[0]


@pytest.mark.usefixtures("english")
def test_the_letter_of_a_survey_says_until_when_and_that_it_is_anonymous() -> None:
    more = for_letter(a_row(About.SURVEY, "survey", until="2026-05-11T09:30:00+00:00")).more
    assert more.startswith("You can answer until Monday, 11 May 2026, 09:30.")
    assert "anonymous" in more
    assert for_letter(a_row(About.SURVEY, "survey-results")).more == ""
    assert for_letter(a_row(until="2026-05-11T09:30:00+00:00")).more == ""


@pytest.mark.usefixtures("locale")
def test_until_when_is_written_as_each_language_does() -> None:
    more = for_letter(a_row(About.SURVEY, "survey", until="2026-05-11T09:30:00+00:00")).more
    assert "9:30" in more
    assert "11" in more
    assert "{" not in more
