"""Answering, where nobody is signed in: whoever holds a ballot's token fills it in, changes it or takes it back.

Below ``/ballots/`` no session and no cookie is read (`core.security.SESSIONLESS`): the portal doesn't know who sends
these requests. Tokens and answers come in bodies, never in an address, which logs and histories keep.
"""

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from ..core import clock
from ..core.db import reading, transaction
from ..core.errors import Invalid
from ..core.locale import Text, available, chosen
from ..core.permissions import Can, allow
from ..core.shell import see_other, settings
from . import answering, ballot_queries, casting
from .ballot_queries import BallotPage
from .casting import SurveyClosed
from .forms import AN_ID, tokens

bp = Blueprint("ballots", __name__, template_folder="templates")

Typed = dict[str, list[str]]


@bp.app_template_global()
def agree_words() -> tuple[Text, ...]:
    """What the answers to an agree–disagree question are called, from 1 to 5."""
    return answering.AGREEMENT


@bp.before_request
def _speak() -> None:
    """The language comes with the form: there is no account here to ask.

    The first one said counts: the buttons that choose one stand above the form, and so are sent before its own field.
    """
    said = request.form.getlist("lang")
    if said and said[0] in available():
        g.locale = said[0]


@bp.get(f"/ballots/<{AN_ID}:survey_id>")
@allow(Can.ENTER)
def astray(survey_id: int) -> ResponseReturnValue:
    """For who comes back without a ballot, from a bookmark or a restored tab: the survey's own page."""
    return see_other("surveys.survey", survey_id=survey_id)


@bp.post(f"/ballots/<{AN_ID}:survey_id>")
@allow(Can.ENTER)
def form(survey_id: int) -> ResponseReturnValue:
    """The ballot, with whatever is sent along already filled in."""
    page = _page(survey_id)
    return render_template("pulse/ballot.html", ballot=page) if page.open else _closed(page)


@bp.post(f"/ballots/<{AN_ID}:survey_id>/cast")
@allow(Can.ENTER)
def cast(survey_id: int) -> ResponseReturnValue:
    """Take the answers, or say what is wrong with them, with all that was typed kept."""
    try:
        with transaction() as session:
            first = casting.cast(session, survey_id, _token(), _typed(), tokens(), clock.now())
    except Invalid as error:
        return render_template("pulse/ballot.html", ballot=_page(survey_id, error.fields)), error.status
    except SurveyClosed:
        return _closed(_page(survey_id))
    return render_template("pulse/thanks.html", ballot=_page(survey_id), first=first)


@bp.post(f"/ballots/<{AN_ID}:survey_id>/withdraw")
@allow(Can.ENTER)
def withdraw(survey_id: int) -> ResponseReturnValue:
    """Take the answers back; the same ballot may be filled in again."""
    try:
        with transaction() as session:
            casting.withdraw(session, survey_id, _token(), tokens(), clock.now())
    except SurveyClosed:
        return _closed(_page(survey_id))
    return render_template("pulse/withdrawn.html", ballot=_page(survey_id))


def _closed(page: BallotPage) -> ResponseReturnValue:
    """The survey is over: what was typed is shown once more, so that nothing is lost without a word."""
    return render_template("pulse/ballot_closed.html", ballot=page), SurveyClosed.status


def _page(survey_id: int, errors: dict[str, Text] | None = None) -> BallotPage:
    token = _token()
    voter = tokens().read(token, survey_id)
    languages = (chosen(), settings().language)
    return ballot_queries.ballot(reading(), voter, token, languages, _typed(), clock.now(), errors or {})


def _token() -> str:
    return request.form.get("token", "")


def _typed() -> Typed:
    return request.form.to_dict(flat=False)
