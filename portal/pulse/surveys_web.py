"""The employee's side of surveys, signed in: which there are, what holds for each, and being handed a ballot.

Answering itself happens elsewhere (`ballots_web`), where nobody is signed in.
"""

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup

from ..core import clock
from ..core.db import reading, transaction
from ..core.errors import NotFound
from ..core.locale import chosen, ngettext, written_day, written_month
from ..core.permissions import Can, allow
from . import casting, policy, survey_queries
from .forms import AN_ID, BareForm, rules, tokens
from .rhythm import Every
from .survey_queries import SurveyView, Wave
from .tokens import owner_mark

bp = Blueprint("surveys", __name__, template_folder="templates")


@bp.get("/surveys")
@allow(Can.ANSWER_SURVEYS)
def listing() -> ResponseReturnValue:
    """The surveys that ask the reader now, and past ones; ``?page=`` turns to older ones."""
    page = request.args.get("page", 1, type=int)
    found = survey_queries.listing(reading(), current_user, chosen(), clock.now(), page)
    return render_template("pulse/answer_listing.html", found=found, manages=policy.may_manage(current_user))


@bp.get(f"/surveys/<{AN_ID}:survey_id>")
@allow(Can.ANSWER_SURVEYS)
def survey(survey_id: int) -> ResponseReturnValue:
    """One survey: what it asks, until when, who sees what, and the way to a ballot."""
    view = _view(survey_id)
    return _page(view) if view else _not_asked()


@bp.get(f"/surveys/<{AN_ID}:survey_id>/who-sees-what")
@allow(Can.ANSWER_SURVEYS)
def who_sees_what(survey_id: int) -> ResponseReturnValue:
    """What holds for one survey's answers, and what does not, with its own numbers."""
    view = _view(survey_id)
    return render_template("pulse/answer_who_sees_what.html", view=view) if view else _not_asked()


@bp.post(f"/surveys/<{AN_ID}:survey_id>/ballot")
@allow(Can.ANSWER_SURVEYS)
def ballot(survey_id: int) -> ResponseReturnValue:
    """Hand the reader their one ballot, and lead them on to where nobody is signed in."""
    view = _view(survey_id)
    if view is None:
        return _not_asked()
    if not BareForm().validate_on_submit():
        return _page(view), 400
    try:
        with transaction() as session:
            token = casting.hand_out(session, current_user, survey_id, tokens(), clock.now())
    except casting.AlreadyHanded:
        return _page(_view(survey_id) or view, again=True), 409
    except casting.SurveyClosed:
        return _page(_view(survey_id) or view, late=True), 409
    # The one thing that knows the ballot: no cache and no other page's address may ever hold it.
    mark = owner_mark(str(current_app.secret_key), current_user, survey_id)
    return render_template("pulse/answer_handed.html", view=view, token=token, mark=mark)


def on_front_page() -> Markup:
    """On the front page: the surveys that ask the reader and for which they have not been handed a ballot."""
    if not policy.may_answer(current_user):
        return Markup()
    found = survey_queries.open_for(reading(), current_user, chosen(), clock.now())
    asking = [line for line in found if not line.handed]
    if not asking:
        return Markup()
    page = render_template("pulse/answer_front.html", asking=asking, sizes=sizes)
    return Markup(page)  # noqa: S704  # Our own template.


@bp.app_template_global()
def wave_name(wave: Wave) -> str:
    """What tells a wave from others of its series: the month in which it opens; the day where they come more often."""
    day = wave.at.astimezone(rules().zone).date()
    return written_month(day) if wave.every in {Every.MONTH, Every.QUARTER} else written_day(day)


@bp.app_template_global()
def sizes(questions: int, minutes: int) -> tuple[str, str]:
    """How much is asked, in words: "5 questions", "about 2 minutes"."""
    return (
        ngettext("%(num)d question", "%(num)d questions", questions),
        ngettext("about %(num)d minute", "about %(num)d minutes", minutes),
    )


def _view(survey_id: int) -> SurveyView | None:
    """One survey; None when it is not this reader's to read about. Raises NotFound when none of that number opened."""
    view = survey_queries.survey(reading(), current_user, survey_id, chosen(), clock.now())
    if view is None:
        raise NotFound
    return view if policy.sees_survey(current_user, view.mine, view.told) else None


def _page(view: SurveyView, *, again: bool = False, late: bool = False) -> str:
    mark = owner_mark(str(current_app.secret_key), current_user, view.id)
    return render_template("pulse/answer_survey.html", view=view, mark=mark, again=again, late=late)


def _not_asked() -> ResponseReturnValue:
    return render_template("pulse/answer_not_asked.html"), 404
