"""The questions of a survey as HR puts them together, and the bank that they are chosen from."""

from collections.abc import Callable

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from ..core.db import transaction
from ..core.errors import Conflict, Invalid
from ..core.locale import available, chosen, gettext
from ..core.permissions import Can, allow
from ..core.shell import see_other
from . import bank, question_list
from .drafting import DraftChanged, Settled
from .forms import AN_ID, rules
from .making_forms import KIND_NAMES, MoveForm, OwnQuestionForm, SeenForm, question_form
from .making_queries import Managed, languages
from .making_web import changeable, managed, order
from .questions import Question

bp = Blueprint("asking", __name__, template_folder="templates")


@bp.get("/surveys/bank")
@allow(Can.MANAGE_SURVEYS)
def bank_page() -> ResponseReturnValue:
    """The bank of questions, by driver; of one ``?driver=``, in all languages."""
    return render_template("pulse/manage_bank.html", **_bank(), view=None, chosen_keys=(), error=None)


@bp.get(f"/surveys/<{AN_ID}:survey_id>/edit/questions")
@allow(Can.MANAGE_SURVEYS)
def listing(survey_id: int) -> ResponseReturnValue:
    """A survey's questions in order, and what can be done to each."""
    return _listing(changeable(survey_id))


def _listing(view: Managed, error: object = None, status: int = 200) -> ResponseReturnValue:
    missing = {
        question.number: [code for code in available() if code not in {words.locale for words in question.words}]
        for question in view.questions
    }
    page = render_template(
        "pulse/manage_questions.html",
        view=view,
        error=error,
        missing=missing,
        kind_names=KIND_NAMES,
        drivers=bank.DRIVERS,
        order=order(),
        is_own=question_list.is_own,
    )
    return page, status


@bp.post(f"/surveys/<{AN_ID}:survey_id>/edit/questions/<{AN_ID}:question>")
@allow(Can.MANAGE_SURVEYS)
def change(survey_id: int, question: int) -> ResponseReturnValue:
    """Ask it earlier or later, take it out, offer "doesn't apply to me" or not: as ``do`` says."""
    form = MoveForm()
    act = _ACTS.get(form.do.data or "")
    if not form.validate_on_submit() or act is None:
        raise Conflict
    try:
        with transaction() as session:
            act(session, survey_id, question, form.seen)
    except (DraftChanged, question_list.NotThere) as error:
        return _listing(changeable(survey_id), error.message, error.status)
    except Invalid as error:
        return _listing(changeable(survey_id), next(iter(error.fields.values())), error.status)
    return see_other("asking.listing", survey_id=survey_id, _anchor=f"question-{question}")


def _moved(later: bool) -> Callable[[Session, int, int, int], int]:
    return lambda session, survey_id, number, seen: question_list.move(
        session, current_user, survey_id, number, seen, later=later
    )


def _offered(offered: bool) -> Callable[[Session, int, int, int], int]:
    return lambda session, survey_id, number, seen: question_list.offer_not_applicable(
        session, current_user, survey_id, number, seen, offered=offered
    )


_ACTS: dict[str, Callable[[Session, int, int, int], int]] = {
    "earlier": _moved(later=False),
    "later": _moved(later=True),
    "offer": _offered(offered=True),
    "no-offer": _offered(offered=False),
    "remove": lambda session, survey_id, number, seen: question_list.remove(
        session, current_user, survey_id, number, seen
    ),
}


@bp.route(f"/surveys/<{AN_ID}:survey_id>/edit/bank", methods=["GET", "POST"])
@allow(Can.MANAGE_SURVEYS)
def from_bank(survey_id: int) -> ResponseReturnValue:
    """Choose questions of the bank for a survey."""
    form, keys = SeenForm(), request.form.getlist("key")[:200]
    view = changeable(survey_id)
    if not form.validate_on_submit():
        return _choosing(view, ())
    try:
        with transaction() as session:
            question_list.add_from_bank(session, current_user, survey_id, keys, form.seen)
    except (DraftChanged, bank.NotInBank) as error:
        return _choosing(changeable(survey_id), keys, error.message, 409)
    except Invalid as error:
        return _choosing(view, keys, next(iter(error.fields.values())), error.status)
    flash(gettext("Added at the end."))
    return see_other("asking.listing", survey_id=survey_id)


def _choosing(
    view: Managed, keys: list[str] | tuple[()], error: object = None, status: int = 200
) -> ResponseReturnValue:
    page = render_template("pulse/manage_bank.html", **_bank(), view=view, chosen_keys=keys, error=error)
    return page, status


@bp.route(f"/surveys/<{AN_ID}:survey_id>/edit/questions/new", methods=["GET", "POST"])
@allow(Can.MANAGE_SURVEYS)
def new(survey_id: int) -> ResponseReturnValue:
    """A question in HR's own words."""
    view = changeable(survey_id) if request.method == "GET" else managed(survey_id)
    if request.method == "GET":
        return _own(view, None, question_form(version=view.version, unsent=True))
    form = question_form()
    if not form.validate_on_submit():
        return _own(view, None, form, 422)
    return _kept(
        view,
        None,
        form,
        lambda session: question_list.add_own(session, current_user, survey_id, form.values(), form.seen, rules()),
    )


@bp.route(f"/surveys/<{AN_ID}:survey_id>/edit/questions/<{AN_ID}:question>/words", methods=["GET", "POST"])
@allow(Can.MANAGE_SURVEYS)
def words(survey_id: int, question: int) -> ResponseReturnValue:
    """The words of an own question."""
    view = changeable(survey_id) if request.method == "GET" else managed(survey_id)
    found = next((one for one in view.questions if one.number == question), None)
    if found is None or not question_list.is_own(found.key):
        raise question_list.NotThere
    if request.method == "GET":
        return _own(view, found, question_form(found, view.version, unsent=True))
    form = question_form()
    if not form.validate_on_submit():
        return _own(view, found, form, 422)

    def keep(session: Session) -> int:
        return question_list.change_own(session, current_user, survey_id, question, form.values(), form.seen, rules())

    return _kept(view, found, form, keep)


def _kept(
    view: Managed, question: Question | None, form: OwnQuestionForm, keep: Callable[[Session], int]
) -> ResponseReturnValue:
    try:
        with transaction() as session:
            keep(session)
    except DraftChanged as error:
        form.version.data = str(error.version)
        now = managed(view.row.id)
        theirs = next((one for one in now.questions if question and one.number == question.number), None)
        return _own(now, theirs or question, form, error.status)
    except Settled as error:  # It opened by itself meanwhile: what was typed can still be copied.
        form.form_errors.append(error.message)
        return _own(managed(view.row.id), question, form, error.status)
    except Invalid as error:
        form.refuse(error)
        return _own(view, question, form, error.status)
    flash(gettext("Saved."))
    return see_other("asking.listing", survey_id=view.row.id)


def _own(view: Managed, question: Question | None, form: OwnQuestionForm, status: int = 200) -> ResponseReturnValue:
    own = rules().language
    page = render_template(
        "pulse/manage_question.html",
        view=view,
        question=question,
        form=form,
        codes=languages(own),
        own=own,
        status=status,
    )
    return page, status


def _bank() -> dict[str, object]:
    asked = request.args.get("driver", "")
    drivers = [text for driver, text in bank.DRIVERS.items() if asked in {"", driver.value}]
    return {
        "drivers": drivers,
        "every_driver": bank.DRIVERS,
        "kind_names": KIND_NAMES,
        "languages": languages(chosen()),
    }
