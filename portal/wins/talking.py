"""What colleagues say to a win: cheers, comments, reports. Only to one that they may see and that is published."""

from datetime import datetime

from flask import Blueprint, flash, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from .. import discussion, notices
from ..core import clock
from ..core.db import reading, transaction
from ..core.errors import Invalid, NotFound, TooMany
from ..core.guard import wants_json
from ..core.locale import chosen, gettext
from ..core.permissions import Can, allow
from ..core.shell import see_other, settings
from ..discussion import COMMENT, Added, Cheer, CommentConflict, Subject
from ..notices import About
from . import policy, posting, queries
from .forms import AN_ID, BareForm, CheerForm, CommentForm, ReportForm, number
from .model import WIN, State, Step, Win

bp = Blueprint("talking", __name__, template_folder="templates")


@bp.post(f"/wins/<{AN_ID}:win_id>/cheers/<any(bravo,thanks,learned):reaction>")
@allow(Can.READ_WINS)
def cheer(win_id: int, reaction: str) -> ResponseReturnValue:
    """Give or take back a reaction; answers the counts to a script, the page to everybody else."""
    form = CheerForm()
    if not form.validate_on_submit():
        raise Invalid({})
    on = form.on.data == "yes"
    with transaction() as session:
        win = _published(session, win_id)
        changed = discussion.react(session, current_user, Subject(WIN, win_id), Cheer(reaction), on, clock.now())
        if changed and on and not policy.owns(current_user, win):
            _tell(session, win, win.author_id, About.REACTED, {}, gather=True)
    if wants_json():
        cheers = discussion.cheers(reading(), WIN, [win_id], current_user.id)[win_id]
        return jsonify(counts={kind.value: cheers.counts.get(kind, 0) for kind in Cheer}, own=sorted(cheers.own))
    return see_other("wins.win", win_id=win_id, _anchor="cheers")


@bp.post(f"/wins/<{AN_ID}:win_id>/comments")
@allow(Can.READ_WINS)
def comment(win_id: int) -> ResponseReturnValue:
    """Add a comment, or an answer to one."""
    form = CommentForm()
    form.validate_on_submit()
    try:
        with transaction() as session:
            win = _published(session, win_id)
            subject = Subject(WIN, win_id)
            added = discussion.add_comment(
                session, current_user, subject, form.text.data or "", number(form.parent.data), clock.now()
            )
            _tell_of_comment(session, win, added, form.text.data or "")
    except Invalid as error:
        form.refuse(error)
        return _comment_page(win_id, form, 422)
    except TooMany as error:
        form.text.errors = [str(error.message)]
        return _comment_page(win_id, form, 429)
    return see_other("wins.win", win_id=win_id, _anchor=f"comment-{added.comment_id}")


@bp.route(f"/wins/<{AN_ID}:win_id>/comments/<{AN_ID}:comment_id>", methods=["GET", "POST"])
@allow(Can.READ_WINS)
def edit_comment(win_id: int, comment_id: int) -> ResponseReturnValue:
    """Change one's own comment."""
    win, found = _its_comment(reading(), win_id, comment_id)
    if found.author_id != current_user.id:
        raise NotFound
    form = CommentForm(text=found.text, seen=_seen(found.edited_at))
    if not form.validate_on_submit():
        return _comment_page(win_id, form, 200, comment_id)
    try:
        if (form.seen.data or "") != _seen(found.edited_at):
            raise CommentConflict(found.text, found.edited_at)
        with transaction() as session:
            added = discussion.edit_comment(
                session, current_user, comment_id, form.text.data or "", clock.now(), found.edited_at
            )
            _tell_of_comment(session, win, added, form.text.data or "", edited=True)
    except Invalid as error:
        form.refuse(error)
        return _comment_page(win_id, form, 422, comment_id)
    except CommentConflict as error:
        form.text.errors = [str(error.message)]
        form.seen.data = _seen(error.edited_at)
        return _comment_page(win_id, form, 409, comment_id, theirs=error.theirs)
    return see_other("wins.win", win_id=win_id, _anchor=f"comment-{comment_id}")


@bp.post(f"/wins/<{AN_ID}:win_id>/comments/<{AN_ID}:comment_id>/delete")
@allow(Can.READ_WINS)
def delete_comment(win_id: int, comment_id: int) -> ResponseReturnValue:
    """Delete one's own comment, or as an editor anybody's."""
    if BareForm().validate_on_submit():
        with transaction() as session:
            _, found = _its_comment(session, win_id, comment_id)
            discussion.delete_comment(session, current_user, comment_id, clock.now())
            posting.forget_comment(session, win_id, comment_id)
            if found.author_id != current_user.id:
                posting.note(session, current_user, win_id, Step.COMMENT_REMOVED, clock.now())
        flash(gettext("The comment is deleted."))
    return see_other("wins.win", win_id=win_id, _anchor="comments")


@bp.route(f"/wins/<{AN_ID}:win_id>/report", methods=["GET", "POST"])
@allow(Can.READ_WINS)
def report(win_id: int) -> ResponseReturnValue:
    """Ask the editors to look at a win, or with ``?comment=`` at a comment of it."""
    session = reading()
    win = _published(session, win_id)
    asked = request.args.get("comment")
    found = None if asked is None else _its_comment(session, win_id, number(asked) or 0)[1]
    subject = Subject(COMMENT, found.id) if found else Subject(WIN, win.id)
    author_id = found.author_id if found else win.author_id
    form = ReportForm()
    if form.validate_on_submit():
        try:
            with transaction() as writing:
                discussion.report(writing, current_user, subject, form.reason.data or "", clock.now(), author_id)
            flash(gettext("Thank you. The editors will look at it; your name stays with them."))
            return see_other("wins.win", win_id=win_id)
        except Invalid as error:
            form.refuse(error)
    view = queries.win(reading(), current_user, win_id, chosen())
    page = render_template("wins/report.html", view=view, comment=found, form=form)
    return page, 422 if form.errors else 200


def _comment_page(
    win_id: int, form: CommentForm, status: int, comment_id: int | None = None, theirs: str | None = None
) -> ResponseReturnValue:
    """The form alone: after something was refused, or to change a comment."""
    view = queries.win(reading(), current_user, win_id, chosen())
    if view is None:
        raise NotFound
    return render_template("wins/comment.html", view=view, form=form, comment_id=comment_id, theirs=theirs), status


def _seen(edited_at: datetime | None) -> str:
    """What a form keeps of the moment on which a change is based."""
    return edited_at.isoformat() if edited_at else ""


def _published(session: Session, win_id: int) -> Win:
    """The win, when it is one to be talked about. Raises NotFound."""
    win = session.get(Win, win_id)
    if win is None or not policy.sees(current_user, win) or win.state != State.PUBLISHED:
        raise NotFound
    return win


def _its_comment(session: Session, win_id: int, comment_id: int) -> tuple[Win, discussion.Comment]:
    win = _published(session, win_id)
    found = discussion.comment(session, comment_id)
    if found is None or (found.subject, found.subject_id) != (WIN, win_id) or found.deleted_at is not None:
        raise NotFound
    return win, found


def _tell_of_comment(session: Session, win: Win, added: Added, text: str, *, edited: bool = False) -> None:
    """Those named in it, whose comment it answers, and the win's author: each once, nobody about themselves."""
    told: set[int | None] = {current_user.id}
    details = {"text": text[:300]}
    anchor = posting.anchor(added.comment_id)
    for person_id in sorted(added.mentioned - told):
        _tell(session, win, person_id, About.MENTIONED, details, anchor)
    told |= added.mentioned
    if edited:
        return
    for concerned in (added.answered, win.author_id):
        if concerned is not None and concerned not in told:
            _tell(session, win, concerned, About.COMMENTED, details, anchor)
            told.add(concerned)


def _tell(
    session: Session,
    win: Win,
    person_id: int,
    about: About,
    details: dict[str, str],
    anchor: str = "",
    *,
    gather: bool = False,
) -> None:
    title = queries.title_of(session, win.id)
    told = {"names": [current_user.name], "by": current_user.id, "title": title, "locale": win.locale, **details}
    where = posting.address(win.id) + anchor
    zone = settings().timezone
    notices.tell(session, person_id, about, WIN, win.id, told, where, clock.now(), zone=zone, gather=gather)
