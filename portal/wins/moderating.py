"""What editors decide: the one queue of what waits and what was reported, and each win's audit trail."""

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from .. import discussion
from ..core import clock
from ..core.db import reading, transaction
from ..core.errors import Conflict, Invalid, NotFound
from ..core.locale import chosen, gettext
from ..core.permissions import Can, allow
from ..core.shell import see_other
from ..discussion import Outcome, Subject
from . import posting, queries, reports
from .forms import AN_ID, BareForm, ReasonForm, number, rules
from .model import WIN

bp = Blueprint("moderating", __name__, template_folder="templates")


@bp.get("/wins/queue")
@allow(Can.MODERATE)
def queue() -> ResponseReturnValue:
    """What waits for a decision: new wins and changes, and what was reported."""
    return _queue()


def _queue(form: ReasonForm | None = None, about: int | None = None, status: int = 200) -> ResponseReturnValue:
    session = reading()
    page = render_template(
        "wins/queue.html",
        waiting=queries.queue(session, current_user, chosen()),
        reported=queries.reported(session, current_user, chosen()),
        form=form or ReasonForm(formdata=None),
        about=about,
    )
    return page, status


@bp.post(f"/wins/<{AN_ID}:win_id>/approve")
@allow(Can.MODERATE)
def approve(win_id: int) -> ResponseReturnValue:
    """Let everybody read what waits."""
    form = ReasonForm()
    if not form.validate_on_submit():
        raise Conflict
    with transaction() as session:
        posting.approve(session, current_user, win_id, number(form.revision.data) or 0, rules(), clock.now())
    flash(gettext("Published. Its author is told."))
    return see_other("moderating.queue")


@bp.post(f"/wins/<{AN_ID}:win_id>/decline")
@allow(Can.MODERATE)
def decline(win_id: int) -> ResponseReturnValue:
    """Send back what waits, or take out what is published, with a reason."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _queue(form, win_id, 422)
    try:
        with transaction() as session:
            now, seen = clock.now(), number(form.revision.data) or 0
            if posting.decline(session, current_user, win_id, form.reason.data or "", seen, rules(), now):
                discussion.settle(session, current_user, Subject(WIN, win_id), Outcome.REMOVED, now)
    except Invalid as error:
        form.refuse(error)
        return _queue(form, win_id, 422)
    flash(gettext("Declined. Its author reads your reason, and may change the win and post it again."))
    return see_other("moderating.queue")


@bp.post(f"/reports/<any(win,comment):kind>/<{AN_ID}:subject_id>/<any(kept,removed):outcome>")
@allow(Can.MODERATE)
def settle(kind: str, subject_id: int, outcome: str) -> ResponseReturnValue:
    """Decide on what was reported: it stays, or (a comment) it goes."""
    if not BareForm().validate_on_submit():
        raise Conflict
    with transaction() as session:
        reports.settle(session, current_user, Subject(kind, subject_id), Outcome(outcome), clock.now())
    flash(gettext("Done."))
    return see_other("moderating.queue")


@bp.get(f"/wins/<{AN_ID}:win_id>/history")
@allow(Can.MODERATE)
def history(win_id: int) -> ResponseReturnValue:
    """A win's audit trail."""
    session = reading()
    view = queries.win(session, current_user, win_id, chosen())
    if view is None:
        raise NotFound
    return render_template("wins/history.html", view=view, steps=queries.steps(session, win_id))
