"""Results in files: what spreadsheets and programs get, and what they can't be made to do."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.pulse.exports import COLUMNS, harmless
from portal.pulse.model import Driver, SurveyQuestion
from tests.pulse.counted_surveys import (
    CARE,
    IN_CARE,
    RIVA,
    SIZES,
    Told,
    a_told_survey,
    a_wave,
    ballots,
    head_of,
    units_of,
)
from tests.pulse.scenes import a_company, an_hr

Enter = Callable[..., FlaskClient]
FORMULA = '=HYPERLINK("http://example.com","Lamp")'


def lines(answer: TestResponse) -> list[dict[str, str]]:
    text = answer.get_data(as_text=True)
    assert text.startswith("\ufeff"), "spreadsheets know by it that it is UTF-8"
    return list(csv.DictReader(io.StringIO(text[1:])))


def sheets(answer: TestResponse) -> dict[str, str]:
    """Each sheet's XML by its name."""
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        names = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
        return {name: book.read(f"xl/worksheets/sheet{place}.xml").decode() for place, name in enumerate(names, 1)}


@pytest.fixture
def told(session: Session) -> Told:
    told = a_told_survey(session)
    question = session.get_one(SurveyQuestion, (told.id, 1))
    question.texts = {"en": {"text": FORMULA, "choices": []}}
    session.commit()
    return told


def test_each_file_says_what_it_is_and_is_kept_by_nobody(sign_in: Enter, told: Told) -> None:
    client = sign_in(person=told.hr)
    for ending, kind in (("csv", "text/csv"), ("xlsx", "spreadsheetml.sheet"), ("json", "application/json")):
        answer = client.get(f"/surveys/{told.id}/results.{ending}?unit={told.units[CARE]}")
        assert kind in answer.content_type
        name = f"survey-{told.id}-unit-{told.units[CARE]}.{ending}"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        assert answer.headers["Cache-Control"] == "private, no-store"


def test_the_table_has_a_line_for_each_unit_and_driver_then_for_each_question(sign_in: Enter, told: Told) -> None:
    rows = lines(sign_in(person=told.hr).get(f"/surveys/{told.id}/results.csv"))
    assert tuple(rows[0]) == COLUMNS
    assert [row["unit"] for row in rows if row["key"] == Driver.PRIDE] == ["Luma", "Care", "Shops", "Riva"]
    care = next(row for row in rows if (row["unit"], row["key"]) == ("Care", "pride"))
    assert (care["n"], care["value"], care["low"], care["high"], care["hidden"]) == ("11", "64", "54", "72", "")
    riva = next(row for row in rows if (row["unit"], row["key"]) == ("Riva", "pride"))
    assert (riva["n"], riva["value"], riva["hidden"]) == ("", "", "too-few")
    assert [row["key"] for row in rows if row["what"] == "question"][:3] == ["pride-1", "load-1", "recommend-1"]


def test_no_text_in_the_table_is_taken_for_a_formula(sign_in: Enter, told: Told) -> None:
    rows = lines(sign_in(person=told.hr).get(f"/surveys/{told.id}/results.csv"))
    assert next(row for row in rows if row["key"] == "pride-1")["name"] == "'" + FORMULA


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "  =1", "\t=1", "\rx", "\n", "＝1", "\u00a0=1"])
def test_what_a_spreadsheet_might_run_is_disarmed(text: str) -> None:
    assert harmless(text) == "'" + text


@pytest.mark.parametrize("text", ["", "Lamp", "a=1", "5 = five", "'quoted", "“=”"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text


def test_the_workbook_has_a_sheet_for_each_page_and_no_formula(sign_in: Enter, told: Told) -> None:
    found = sheets(sign_in(person=told.hr).get(f"/surveys/{told.id}/results.xlsx"))
    pages = ["Overview", "Drivers", "Earlier surveys", "Questions", "Answers", "Heat map", "Comments", "Small print"]
    assert list(found) == pages
    assert all("<f>" not in sheet and "<hyperlink" not in sheet for sheet in found.values())
    assert "=HYPERLINK(" in found["Questions"], "it stands there as the text that it is"
    assert "Those who stayed silent may think otherwise." in found["Small print"]
    assert IN_CARE in found["Comments"]
    assert "too few" in found["Heat map"]


def test_employees_have_no_comments_in_their_workbook_nor_in_json(sign_in: Enter, told: Told) -> None:
    client = sign_in(person=told.company[CARE][0])
    assert "Comments" not in sheets(client.get(f"/surveys/{told.id}/results.xlsx"))
    assert client.get(f"/surveys/{told.id}/results.json").json["comments"] == []


def test_json_holds_what_the_pages_show(session: Session, sign_in: Enter, told: Told) -> None:
    client = sign_in(person=head_of(session, CARE))
    found = json.loads(client.get(f"/surveys/{told.id}/results.json").data)
    parts = {"survey", "unit", "units_below", "questions", "comments", "together", "trend", "small_print"}
    assert set(found) == parts
    assert (found["unit"]["name"], found["unit"]["asked"]) == ("Care", 12)
    assert found["unit"]["drivers"]["pride"] == {"n": 11, "value": 64, "interval": [54, 72], "extremes": [58, 67]}
    assert [one["kind"] for one in found["questions"]] == ["agree", "agree", "scale", "single", "several"]
    assert [one["reversed"] for one in found["questions"][:2]] == [False, True]
    assert len(found["comments"][0]["comments"]) == 11
    assert found["units_below"] == []


def test_json_says_why_something_is_hidden(sign_in: Enter, told: Told) -> None:
    found = sign_in(person=told.hr).get(f"/surveys/{told.id}/results.json?unit={told.units[RIVA]}").json
    assert found["unit"]["drivers"]["pride"] == {"hidden": "too-few"}
    assert found["comments"][0]["hidden"] == "too-few"


def test_a_change_inside_the_noise_is_in_no_file(session: Session, sign_in: Enter) -> None:
    company, hr = a_company(session, SIZES), an_hr(session, team=("Luma", "People"))
    a_wave(session, company, 60, {CARE: ballots(11, happy=5)})
    survey = a_wave(session, company, 30, {CARE: ballots(11, happy=6)})
    unit = units_of(session, survey)[CARE]
    client = sign_in(person=hr)
    found = client.get(f"/surveys/{survey.id}/results.json?unit={unit}").json
    assert "change" not in found["unit"]["drivers"]["pride"]
    assert [wave["value"] for wave in found["trend"]["pride"]] == [45, 55]
    row = lines(client.get(f"/surveys/{survey.id}/results.csv?unit={unit}"))[0]
    assert (row["change"], row["since"]) == ("", "")


def test_the_table_ends_with_the_small_print(sign_in: Enter, told: Told) -> None:
    notes = [row["name"] for row in lines(sign_in(person=told.hr).get(f"/surveys/{told.id}/results.csv"))[-5:]]
    assert "Those who stayed silent may think otherwise." in notes[0]
    assert any("at least 5 people" in note for note in notes)
