"""Every way by which results leave, found in the address map: what is planted behind the gate comes out of none."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.core.permissions import Actor, Role
from portal.people import as_actor
from portal.pulse.model import Result, State
from tests.factories import a_person
from tests.pulse.counted_surveys import CARE, IN_CARE, IN_RIVA, LUMA, RIVA, SHOPS, Told, a_told_survey, head_of
from tests.pulse.scenes import an_open_survey

OUT = {
    "results.overview": "/surveys/{id}/results",
    "results.heat_map": "/surveys/{id}/results/heat-map",
    "results.questions": "/surveys/{id}/results/questions",
    "results.comments": "/surveys/{id}/results/comments",
    "results.as_csv": "/surveys/{id}/results.csv",
    "results.as_xlsx": "/surveys/{id}/results.xlsx",
    "results.as_json": "/surveys/{id}/results.json",
    "results.publishing": "/surveys/{id}/publish",
    "results.participation": "/surveys/{id}/results/participation",
}
"""Every address from which anything of a survey's results can be had."""
IN = {"results.publish"}
"""Those that only take."""
HIDDEN, CARES = 7_351_942, 8_412_357
"""Numbers that stand in a hidden cell, and in a cell of Care alone."""

Enter = Callable[..., FlaskClient]


@pytest.fixture
def told(session: Session) -> Told:
    """A published survey with numbers planted in what its rows hold."""
    told = a_told_survey(session)
    planted = {"hidden": "too-few", "n": HIDDEN, "value": HIDDEN, "count": [HIDDEN], "distribution": [HIDDEN] * 5}
    riva = session.get_one(Result, (told.id, told.units[RIVA]))
    riva.summary = riva.summary | {"drivers": {"pride": planted, "load": planted}}
    riva.details = riva.details | {"questions": {"1": planted, "2": planted}}
    care = session.get_one(Result, (told.id, told.units[CARE]))
    mark = {"n": CARES, "value": 64}
    care.summary = care.summary | {"drivers": care.summary["drivers"] | {"pride": mark}}
    care.details = care.details | {"questions": care.details["questions"] | {"1": mark}}
    session.commit()
    return told


def said(answer: TestResponse) -> str:
    """Everything in an answer that can be read, a workbook's sheets too."""
    if not answer.data.startswith(b"PK"):
        return answer.get_data(as_text=True)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        return "\n".join(book.read(name).decode() for name in book.namelist())


def leaving(client: FlaskClient, told: Told, teams: Sequence[tuple[str, ...]] = ()) -> Iterator[tuple[str, str, str]]:
    """What leaves by each way without a unit and for those of ``teams``: where, the unit's team, what was said."""
    for name, at in OUT.items():
        of = () if name in {"results.publishing", "results.participation"} else teams
        for team, unit in [("", ""), *((team[-1], f"?unit={told.units[team]}") for team in of)]:
            answer = client.get(at.format(id=told.id) + unit)
            assert answer.status_code < 500, (name, team)
            if answer.status_code == 200:
                assert "no-store" in answer.headers["Cache-Control"]
                yield name, team, said(answer)


def readers(session: Session, told: Told) -> dict[str, Actor]:
    """Somebody of each kind."""
    return {
        "hr": told.hr,
        "head of Care": head_of(session, CARE),
        "head of Shops": head_of(session, SHOPS),
        "in Care": told.company[CARE][0],
        "in Riva": told.company[RIVA][0],
        "joined later": as_actor(a_person(session, team=LUMA)),
        "administrator": as_actor(a_person(session, team=CARE, roles=[Role.EMPLOYEE, Role.ADMIN])),
    }


def test_every_way_out_is_known(app: Flask) -> None:
    rules = {rule.endpoint: rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("results.")}
    assert set(rules) == set(OUT) | IN, "a new way out has to be looked at here"
    for name, at in OUT.items():
        assert re.sub(r"<[^>]+>", "{id}", rules[name].rule) == at
    assert not any("GET" in (rules[name].methods or ()) for name in IN)


def test_what_is_hidden_leaves_by_no_way_for_nobody(session: Session, sign_in: Enter, told: Told) -> None:
    shown = set()
    few = {who: actor for who, actor in readers(session, told).items() if who not in {"joined later", "administrator"}}
    for who, actor in few.items():
        for name, team, text in leaving(sign_in(person=actor), told, (CARE, RIVA)):
            assert str(HIDDEN) not in text, f"{name} of {team} told {who} what is hidden"
            if team == "Riva":
                assert IN_RIVA not in text, f"{name} told {who} what too few wrote"
            if str(CARES) in text:
                shown.add(who)
                assert team != "Riva", f"{name} told {who} of Care where Riva was asked for"
            if IN_CARE in text or "Word 3" in text:
                shown.add(f"comments: {who}")
    assert {"hr", "head of Care", "in Care"} == {who for who in shown if not who.startswith("comments")}
    assert {"comments: hr", "comments: head of Care", "comments: head of Shops"} == {
        who for who in shown if who.startswith("comments")
    }, "a head reads what their own people wrote"


def test_heads_read_comments_of_nobody_elses_people(session: Session, sign_in: Enter, told: Told) -> None:
    for name, team, text in leaving(sign_in(person=head_of(session, SHOPS)), told, (LUMA, SHOPS)):
        assert IN_CARE not in text, f"{name} of {team}"


def test_who_runs_the_portal_gets_nothing_out(session: Session, sign_in: Enter, told: Told) -> None:
    client = sign_in(person=readers(session, told)["administrator"])
    for at in OUT.values():
        assert client.get(at.format(id=told.id)).status_code == 403


def test_before_it_is_published_only_hr_gets_anything_out(session: Session, sign_in: Enter, told: Told) -> None:
    told.survey.published_at = None
    session.commit()
    for who, actor in readers(session, told).items():
        names = {name for name, _, _ in leaving(sign_in(person=actor), told)}
        assert bool(names) is (who == "hr"), who


@pytest.mark.parametrize("state", [State.OPEN, State.COUNTING])
def test_before_the_count_nothing_but_participation_leaves(session: Session, sign_in: Enter, state: State) -> None:
    told = a_told_survey(session)
    survey = an_open_survey(session, state=state)
    running = Told(survey, told.company, told.units, told.hr)
    session.commit()
    for who, actor in readers(session, told).items():
        names = {name for name, _, _ in leaving(sign_in(person=actor), running)}
        assert names == ({"results.participation"} if who == "hr" else set()), who


def test_nobody_gets_anything_without_signing_in(app: Flask, told: Told) -> None:
    for at in OUT.values():
        assert app.test_client().get(at.format(id=told.id)).status_code in {302, 401}
