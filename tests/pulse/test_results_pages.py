"""The pages of results: what they say, to whom, and that noise is drawn as none."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.core.permissions import Role
from portal.pulse import freezing
from portal.pulse.model import Announcement, Ballot, Driver, Result, State, Step, SurveyQuestion, SurveyUnit
from portal.pulse.results import Bound, Cell, Change, Comments, Details, Hidden, Summary
from tests.pulse.counted_surveys import CARE, RIVA, SHOPS, Told, a_told_survey, head_of
from tests.pulse.scenes import an_open_survey

Enter = Callable[..., FlaskClient]
SINCE = date(2026, 1, 12)


@pytest.fixture
def told(session: Session) -> Told:
    told = a_told_survey(session)
    session.commit()
    return told


def at(told: Told, path: str = "", unit: int | None = None, **more: object) -> str:
    asked = ({} if unit is None else {"unit": unit}) | more
    return f"/surveys/{told.id}/results{path}?" + "&".join(f"{name}={value}" for name, value in asked.items())


def read(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.get_data(as_text=True)


def words(html: str) -> str:
    """What is read of a page, without its tags."""
    main = html.partition("<main")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def frozen(session: Session, told: Told, unit: int, drivers: dict[Driver, Cell], **details: object) -> None:
    """Let the row of a unit hold what a test is about."""
    row = session.get_one(Result, (told.id, unit))
    values: dict[str, object] = {"questions": {}, "comments": {}, "together": (), **details}
    made = freezing.freeze(told.id, unit, Summary(31, 25, drivers), Details(**values))  # type: ignore[arg-type]
    row.summary, row.details = made.summary, made.details
    session.commit()


def test_the_overview_tells_who_answered_and_how_sure_the_numbers_are(sign_in: Enter, told: Told) -> None:
    said = words(read(sign_in(person=told.hr), at(told)))
    assert "81% 25 of 31 people who were asked" in said
    assert "25 of 31 answered (81%)" in words(read(sign_in(person=told.hr), "/surveys/manage"))
    assert "Pride and belonging 48% Likely 39% to 57% Nothing to compare it with yet." in said
    assert "Recommending us −4 Likely −22 to +14." in said


@pytest.mark.parametrize("page", ["", "/heat-map", "/questions", "/comments"])
def test_every_page_has_the_small_print(sign_in: Enter, told: Told, page: str) -> None:
    said = words(read(sign_in(person=told.hr), at(told, page, told.units[SHOPS])))
    assert "18 people were asked here. 14 of them answered. Those who stayed silent may think otherwise." in said
    assert "only where at least 5 people answered" in said
    assert "only where at least 10 people answered in words" in said
    assert "in about 95 of 100 such surveys" in said


def test_how_many_answered_is_not_told_where_it_would_tell_of_a_small_group(sign_in: Enter, told: Told) -> None:
    said = words(read(sign_in(person=told.hr), at(told, "", told.units[CARE])))
    assert "How many answered isn’t told here: it would tell of a group that is too small." in said
    assert "How many of them answered isn’t told" in said


def test_a_change_inside_the_noise_is_told_and_drawn_as_none(session: Session, sign_in: Enter, told: Told) -> None:
    noise = Cell(n=25, value=60, interval=(48, 71), change=Change(9, -4, 22, real=False, since=SINCE, survey_id=1))
    rise = Cell(n=25, value=60, interval=(48, 71), change=Change(20, 8, 31, real=True, since=SINCE, survey_id=1))
    fall = Cell(n=25, value=40, interval=(30, 51), change=Change(-1, -2, -1, real=True, since=SINCE, survey_id=1))
    frozen(session, told, 0, {Driver.PRIDE: noise, Driver.LOAD: rise, Driver.VOICE: fall})
    html = read(sign_in(person=told.hr), at(told))
    said = words(html)
    assert "No clear change since 12 Jan 2026." in said
    assert "9 points" not in said
    assert "20 points up since 12 Jan 2026 (likely 8 to 31)." in said
    assert "1 point down since 12 Jan 2026 (likely 1 to 2)." in said
    assert (html.count('"change up"'), html.count('"change down"')) == (1, 1)


def test_a_trend_has_a_line_only_where_the_change_is_real(session: Session, sign_in: Enter, told: Told) -> None:
    earlier = an_open_survey(session, state=State.CLOSED, closed_at=told.survey.opened_at)
    row = session.get_one(SurveyUnit, (earlier.id, 0))
    assert row.team_id == session.get_one(SurveyUnit, (told.id, 0)).team_id
    before = {one: Cell(n=20, value=40, interval=(30, 51)) for one in (Driver.PRIDE, Driver.LOAD)}
    session.add(freezing.freeze(earlier.id, 0, Summary(31, 20, before), Details({}, {}, ())))

    def change(real: bool) -> Change:
        return Change(20, 5, 31, real, SINCE, earlier.id)

    now = {one: Cell(n=25, value=60, interval=(48, 71), change=change(one is Driver.LOAD)) for one in before}
    frozen(session, told, 0, now)
    html = read(sign_in(person=told.hr), at(told))
    assert re.findall(r'class="line" d="(M?)', html) == ["", "M"]
    assert "40% (30% to 51%)" in words(html), "the numbers stand beside it"


def test_nearly_all_alike_is_told_as_a_bound(session: Session, sign_in: Enter, told: Told) -> None:
    high = Cell(n=6, value=80, bound=Bound.AT_LEAST)
    low = Cell(n=6, value=20, bound=Bound.AT_MOST)
    frozen(session, told, 0, {Driver.PRIDE: high, Driver.LOAD: low}, questions={1: high})
    client = sign_in(person=told.hr)
    said = words(read(client, at(told)))
    assert "80% or more" in said
    assert "20% or less" in said
    assert "≥ 80 ≤ 20" in words(read(client, at(told, "/heat-map")))
    said = words(read(client, at(told, "/questions")))
    assert "How the answers spread isn’t shown" in said


def test_hidden_cells_say_why(session: Session, sign_in: Enter, told: Told) -> None:
    cells = {Driver.PRIDE: Cell(hidden=Hidden.TOO_FEW), Driver.LOAD: Cell(hidden=Hidden.PROTECTS)}
    frozen(session, told, 0, cells)
    client = sign_in(person=told.hr)
    said = words(read(client, at(told)))
    assert "Too few people answered this to be shown." in said
    assert "it would give away a group that is too small" in said
    assert "too few protected" in words(read(client, at(told, "/heat-map")))


def test_questions_show_their_distribution_and_mark_the_reversed_ones(sign_in: Enter, told: Told) -> None:
    html = read(sign_in(person=told.hr), at(told, "/questions", told.units[SHOPS]))
    said = words(html)
    assert "Strongly disagree 0% Disagree 64% Neither agree nor disagree 0% Agree 36%" in said
    assert html.count("Disagreeing is the good answer") == 1
    assert "Several answers were possible" in said
    assert "14 people answered this." in said
    assert "it lies between" in said


def test_what_goes_together_is_never_worded_as_a_cause(session: Session, sign_in: Enter) -> None:
    told = a_told_survey(session)
    row = session.get_one(Result, (told.id, 0))
    row.details = row.details | {"together": [["pride", 0.62, 40], ["load", -0.05, 40]]}
    session.commit()
    said = words(read(sign_in(person=told.hr), at(told)))
    assert "Pride and belonging goes together with it closely 0.62" in said
    assert "Load and strain goes its own way −0.05" in said
    assert "It doesn’t say which leads to which" in said


def test_comments_are_paged_and_belong_to_one_question(session: Session, sign_in: Enter, told: Told) -> None:
    texts = tuple(f"Remark {one:02}" for one in range(31))
    frozen(session, told, 0, {}, comments={6: Comments(None, texts)})
    client = sign_in(person=told.hr)
    first, second = (read(client, at(told, "/comments", 0, question=6, page=page)) for page in (1, 2))
    assert ("Remark 29" in first, "Remark 30" in first, "Remark 30" in second) == (True, False, True)
    assert client.get(at(told, "/comments", 0, question=1)).status_code == 404, "it isn’t answered in words"
    assert client.get(at(told, "/comments", 0, page=3)).status_code == 404


def test_too_few_comments_say_so(sign_in: Enter, told: Told) -> None:
    said = words(read(sign_in(person=told.hr), at(told, "/comments", told.units[RIVA])))
    assert "Too few people answered this to be shown." in said


def test_employees_have_no_page_of_comments(sign_in: Enter, told: Told) -> None:
    client = sign_in(person=told.company[CARE][0])
    assert "/results/comments" not in read(client, at(told))
    assert client.get(at(told, "/comments")).status_code == 403


@pytest.mark.parametrize(
    "asked", ["unit=9", "unit=-1", "unit=", "unit=x", "unit=" + "9" * 30, "unit=%00", "unit=１", "page=0x1"]
)
def test_hostile_numbers_are_nothing_here(sign_in: Enter, told: Told, asked: str) -> None:
    client = sign_in(person=told.hr)
    for page in ("/results/heat-map", "/results.csv"):
        status = client.get(f"/surveys/{told.id}{page}?{asked}").status_code
        assert status == (200 if asked.startswith("page") and page.endswith("csv") else 404)


def test_a_survey_that_there_is_not_is_not_found(sign_in: Enter, told: Told) -> None:
    for role in Role:
        client = sign_in(role)
        for number in (told.id + 1, "9" * 30, 0):
            assert client.get(f"/surveys/{number}/results").status_code == 404


def test_the_heat_map_leads_further_down_and_is_paged(session: Session, sign_in: Enter, told: Told) -> None:
    many = range(100, 180)
    session.add_all(
        SurveyUnit(survey_id=told.id, number=one, parent=0, names={"": f"Unit {one}"}, invited=9, cohort=True)
        for one in many
    )
    session.flush()
    session.add_all(freezing.freeze(told.id, one, Summary(9, 7, {}), Details({}, {}, ())) for one in many)
    session.commit()
    client = sign_in(person=told.hr)
    pages = [read(client, at(told, "/heat-map", 0, page=page)) for page in (1, 2, 3)]
    assert [page.count('<tr><th scope="row"><a') for page in pages] == [40, 40, 2]
    assert f"unit={told.units[CARE]}" in pages[0]
    assert "<select" in pages[0], "so many units are chosen from a list"
    assert client.get(at(told, "/heat-map", 0, page=4)).status_code == 404
    assert all(len(page.encode()) < 40_000 for page in pages)


def test_hr_publishes_after_having_been_asked_and_only_once(session: Session, sign_in: Enter) -> None:
    told = a_told_survey(session, published=False)
    session.commit()
    client = sign_in(person=told.hr)
    assert "So far only HR reads these results." in words(read(client, at(told)))
    assert "This can’t be taken back." in words(read(client, f"/surveys/{told.id}/publish"))
    assert session.get(Announcement, (told.id, Step.RESULTS)) is None
    for said in ("Published. Everyone who was asked is being told.", "These results were published before."):
        answer = client.post(f"/surveys/{told.id}/publish", follow_redirects=True)
        assert said in answer.get_data(as_text=True)
    session.expire_all()
    assert told.survey.published_at is not None
    assert "So far only HR" not in words(read(client, at(told)))
    assert "They were published on" in words(read(client, f"/surveys/{told.id}/publish"))
    assert "Pride" in read(sign_in(person=told.company[SHOPS][0]), at(told))


@pytest.mark.parametrize("role", [Role.EMPLOYEE, Role.EDITOR, Role.ADMIN])
def test_nobody_but_hr_publishes(session: Session, sign_in: Enter, role: Role) -> None:
    told = a_told_survey(session, published=False)
    client = sign_in(role)
    assert client.post(f"/surveys/{told.id}/publish").status_code == 403
    assert told.survey.published_at is None


def test_while_open_hr_is_led_to_the_participation(session: Session, sign_in: Enter, told: Told) -> None:
    survey = an_open_survey(session)
    session.add(Ballot(survey_id=survey.id, key=bytes(32), unit=0, answers=b"sealed"))
    session.commit()
    client = sign_in(person=told.hr)
    answer = client.get(f"/surveys/{survey.id}/results")
    assert (answer.status_code, answer.location) == (302, f"/surveys/{survey.id}/results/participation")
    said = words(read(client, answer.location))
    assert "What was answered stays sealed until then, for HR too." in said
    assert "Riva" not in said, "only what is right below"
    assert client.get(f"/surveys/{told.id}/results/participation").location == f"/surveys/{told.id}/results"
    employee = sign_in(person=told.company[CARE][0])
    assert employee.get(f"/surveys/{survey.id}/results/participation").status_code == 403


def test_results_are_read_in_the_readers_language(session: Session, sign_in: Enter, told: Told) -> None:
    head = head_of(session, CARE)
    question = session.get_one(SurveyQuestion, (told.id, 2))
    question.texts = {"hr": {"text": "Imam vremena.", "choices": []}}
    session.commit()
    html = read(sign_in(person=head), at(told, "/questions"))
    assert '<h2 id="question-2" lang="hr">Imam vremena.</h2>' in html


def test_pages_need_no_script_and_carry_no_style(sign_in: Enter, told: Told) -> None:
    client = sign_in(person=told.hr)
    for page in ("", "/heat-map", "/questions", "/comments"):
        main = read(client, at(told, page)).partition("<main")[2]
        assert "<script" not in main
        assert not re.search(r"\sstyle=|\son[a-z]+=", main)
