"""Writing a win: a new one, an open draft, a change of what is posted. Every answer keeps what was typed."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from flask import Blueprint, flash, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup

from .. import media, people
from ..core import clock, markup, privacy
from ..core.db import close_reading, reading, transaction
from ..core.errors import Invalid, NotFound, PortalError, TooMany
from ..core.locale import chosen, gettext
from ..core.permissions import Can, allow
from ..core.shell import see_other, settings
from . import drafts, policy, posting, queries
from .drafts import DraftConflict, DraftValues
from .forms import AN_ID, BareForm, StoryForm, number, rules
from .model import MOST_PICTURES, MOST_THANKED, State

bp = Blueprint("composing", __name__, template_folder="templates")


@dataclass(frozen=True)
class Step:
    """What the page shows beside the form: what became of the button that was pressed."""

    preview: Markup | None = None
    findings: tuple[privacy.Finding, ...] = ()
    blanked: bool = False
    theirs: DraftValues | None = None
    found_people: tuple[people.Colleague, ...] = ()
    status: int = 200
    problems: Sequence[str] = field(default=())


@bp.route("/wins/new", methods=["GET", "POST"])
@allow(Can.SHARE_WINS)
@media.takes_pictures(MOST_PICTURES)
def new() -> ResponseReturnValue:
    """A new win; the first press of any button, or the first words with a script, begin its draft."""
    form = StoryForm()
    if request.method == "GET":
        open_drafts = [row for row in queries.own(reading(), current_user) if row.draft_at]
        return _page(None, form, DraftValues(locale=chosen(), principles=_asked_principle()), open_drafts=open_drafts)
    if not form.validate_on_submit():
        return _page(None, form, form.values(), Step(status=422))
    try:
        with transaction() as session:
            draft = drafts.begin_draft(session, current_user, form.values(), clock.now())
            win_id, version = draft.win_id, draft.version
    except Invalid as error:
        form.refuse(error)
        return _page(None, form, form.values(), Step(status=422))
    except TooMany as error:
        form.title.errors = [str(error.message)]
        return _page(None, form, form.values(), Step(status=429))
    form.version.data = str(version)
    return _acted(win_id, form)


@bp.route(f"/wins/<{AN_ID}:win_id>/edit", methods=["GET", "POST"])
@allow(Can.SHARE_WINS)
@media.takes_pictures(MOST_PICTURES)
def edit(win_id: int) -> ResponseReturnValue:
    """The draft of one's own win."""
    if request.method == "GET":
        with transaction() as session:
            draft = drafts.open_again(session, current_user, win_id, clock.now())
            values, version = drafts.values_of(draft), draft.version
        return _page(win_id, StoryForm.showing(values, version), values)
    form = StoryForm()
    if not form.validate_on_submit():
        return _page(win_id, form, form.values(), Step(status=422))
    return _acted(win_id, form)


@bp.post(f"/wins/<{AN_ID}:win_id>/discard")
@allow(Can.SHARE_WINS)
def discard(win_id: int) -> ResponseReturnValue:
    """Throw the draft away."""
    if not BareForm().validate_on_submit():
        return see_other("composing.edit", win_id=win_id)
    with transaction() as session:
        gone = drafts.discard(session, current_user, win_id)
    flash(gettext("The draft is thrown away."))
    return see_other("wins.own") if gone else see_other("wins.win", win_id=win_id)


@bp.post(f"/wins/<{AN_ID}:win_id>/draft")
@allow(Can.SHARE_WINS)
def autosave(win_id: int) -> ResponseReturnValue:
    """Save as one types: the same form; answers {"version"}, or 409 with what another window saved."""
    form = StoryForm()
    if not form.validate_on_submit():
        return jsonify(error=gettext("Some of it can’t be saved yet."), fields=form.errors), 422
    try:
        with transaction() as session:
            version = drafts.save(session, current_user, win_id, form.values(), form.seen, clock.now())
    except DraftConflict as error:
        theirs = {"title": error.theirs.title, "text": posting.story_of(error.theirs)}
        return jsonify(error=str(error.message), version=error.version, theirs=theirs), 409
    except Invalid as error:
        return jsonify(error=str(error.message), fields={k: [str(v)] for k, v in error.fields.items()}), 422
    return jsonify(version=version)


@bp.post("/wins/drafts")
@allow(Can.SHARE_WINS)
def begin() -> ResponseReturnValue:
    """Begin a draft as one types the first words; answers its address and version."""
    form = StoryForm()
    if not form.validate_on_submit():
        return jsonify(error=gettext("Some of it can’t be saved yet."), fields=form.errors), 422
    with transaction() as session:
        draft = drafts.begin_draft(session, current_user, form.values(), clock.now())
        answer = {"id": draft.win_id, "version": draft.version}
    return jsonify(answer), 201


@bp.post("/wins/preview")
@allow(Can.SHARE_WINS)
def preview() -> ResponseReturnValue:
    """The story as it will be read, for the editor's preview while one types."""
    form = StoryForm()
    if not form.validate_on_submit():
        return jsonify(error=gettext("Some of it can’t be saved yet."), fields=form.errors), 422
    return jsonify(html=markup.render(posting.story_of(form.values())).html)


@bp.get("/colleagues.json")
@allow(Can.SHARE_WINS)
def colleagues() -> ResponseReturnValue:
    """People whose name begins to be typed: {"people": [{"id", "name", "team"}]}."""
    found = people.suggested(reading(), request.args.get("q", "")[:100], chosen(), current_user.id)
    return jsonify(people=[{"id": one.id, "name": one.name, "team": one.team} for one in found])


def _acted(win_id: int, form: StoryForm) -> ResponseReturnValue:
    """Save, then do what the button says. Whatever goes wrong, the form comes back with all that was typed."""
    action = request.form.get("action", "save")
    named, unsure, problems = _named_colleagues()
    pictures, refused = _uploaded()
    values = form.values(named, pictures)
    if action.startswith("blank"):
        values = _blanked(values, action)
    try:
        with transaction() as session:
            version = drafts.save(session, current_user, win_id, values, form.seen, clock.now())
    except DraftConflict as error:
        form.version.data = str(error.version)
        return _page(win_id, form, values, Step(theirs=error.theirs, status=409))
    except Invalid as error:
        form.refuse(error)
        return _page(win_id, form, values, Step(status=422))
    except NotFound:
        return _posted_meanwhile(win_id, form, values)
    form = StoryForm.showing(values, version)
    if problems or refused:
        form.thanked.errors, form.pictures.errors = problems, refused
        return _page(win_id, form, values, Step(found_people=unsure, status=422))
    return _after_saving(win_id, form, values, action)


def _posted_meanwhile(win_id: int, form: StoryForm, values: DraftValues) -> ResponseReturnValue:
    """The draft was posted in another window or by a first click: what was posted, beside what was typed here.

    Raises NotFound when it never was, or is another's.
    """
    with transaction() as session:
        draft = drafts.open_again(session, current_user, win_id, clock.now())
        theirs = drafts.values_of(draft)
        form.version.data = str(draft.version)
        if same := (theirs.title, posting.story_of(theirs)) == (values.title, posting.story_of(values)):
            drafts.discard(session, current_user, win_id)
    if same:
        return see_other("wins.win", win_id=win_id)
    return _page(win_id, form, values, Step(theirs=theirs, status=409))


def _after_saving(win_id: int, form: StoryForm, values: DraftValues, action: str) -> ResponseReturnValue:
    if action == "preview":
        return _page(win_id, form, values, Step(preview=_rendered(values)))
    if action.startswith("blank"):
        return _page(win_id, form, values, Step(findings=_findings(values), blanked=True))
    if action not in {"post", "post-anyway"}:
        flash(gettext("Saved as a draft. Only you see it."))
        return see_other("composing.edit", win_id=win_id)
    if action == "post" and (findings := _findings(values)):
        return _page(win_id, form, values, Step(findings=findings))
    try:
        with transaction() as session:
            posted = posting.post(session, current_user, win_id, form.seen, rules(), clock.now())
    except Invalid as error:
        form.refuse(error)
        return _page(win_id, form, values, Step(status=422))
    if posted.waits:
        flash(gettext("Thank you! An editor will look at it soon; you will be told."))
    else:
        flash(gettext("Thank you for sharing! Your colleagues can read it now."))
    return see_other("wins.win", win_id=win_id)


def _page(
    win_id: int | None,
    form: StoryForm,
    values: DraftValues,
    step: Step = Step(),  # Frozen.
    open_drafts: Sequence[queries.OwnWin] = (),
) -> ResponseReturnValue:
    session = reading()
    standing = queries.standing(session, current_user, win_id) if win_id else None
    page = render_template(
        "wins/compose.html",
        win_id=win_id,
        form=form,
        values=values,
        step=step,
        posted=standing is not None and standing.state != State.DRAFT,
        reason=queries.last_reason(session, win_id) if win_id else "",
        thanked=people.colleagues(session, values.thanked, chosen()),
        pictures=media.views(session, [picture_id for picture_id, _ in values.pictures]),
        open_drafts=open_drafts,
        most_pictures=MOST_PICTURES,
        most_thanked=MOST_THANKED,
        kinds_names=privacy.KINDS_NAMES,
        theirs_text=posting.story_of(step.theirs) if step.theirs else "",
        waits=policy.waits_for_editor(current_user, standing, settings().moderation),
    )
    return page, step.status


def _rendered(values: DraftValues) -> Markup:
    return Markup(markup.render(posting.story_of(values)).html)  # noqa: S704  # Sanitised there.


def _findings(values: DraftValues) -> tuple[privacy.Finding, ...]:
    story = values.answers if values.guided else (values.markdown,)
    texts = (values.title, *story, *(alt for _, alt in values.pictures))
    return tuple(finding for text in texts for finding in privacy.find(text))


def _blanked(values: DraftValues, action: str) -> DraftValues:
    """The values with what ``blank:KEY`` names, or all that was found (``blank-all``), made unreadable."""
    key = action.partition(":")[2] or None

    def blank(text: str) -> str:
        return privacy.blanked(text, [one for one in privacy.find(text) if key in {None, one.key}])

    need, did, outcome = map(blank, values.answers)
    return replace(
        values,
        title=blank(values.title),
        markdown=blank(values.markdown),
        answers=(need, did, outcome),
        pictures=tuple((number, blank(alt)) for number, alt in values.pictures),
    )


def _named_colleagues() -> tuple[list[int], tuple[people.Colleague, ...], list[str]]:
    """Colleagues whose names were typed without script: those found, those to choose from, what is unclear."""
    found: list[int] = []
    unsure: list[people.Colleague] = []
    problems: list[str] = []
    for name in filter(None, map(str.strip, request.form.get("thank", "")[:1_000].split(","))):
        matches = people.suggested(reading(), name, chosen(), current_user.id)
        # Whose whole name it is, is meant, whoever else's it is the beginning of.
        matches = tuple(one for one in matches if one.name.casefold() == name.casefold()) or matches
        if len(matches) == 1:
            found.append(matches[0].id)
        elif matches:
            unsure += matches
            problems.append(gettext("Which %(name)s do you mean? Choose below.", name=name))
        else:
            problems.append(gettext("Nobody here is called %(name)s.", name=name))
    return found, tuple(unsure), problems


def _uploaded() -> tuple[list[int], list[str]]:
    """Pictures sent with the form itself, for readers without script: those kept, and why others weren't."""
    kept: list[int] = []
    refused: list[str] = []
    for file in request.files.getlist("new-picture")[:MOST_PICTURES]:
        if not file.filename:
            continue
        try:
            media.check_may_add(reading(), current_user, clock.now())
            close_reading()  # Nothing is asked of the database while the picture is made anew.
            made = media.encode(_at_most(file.read(settings().max_picture + 1)))
            with transaction() as session:
                kept.append(media.add_picture(session, current_user, made, clock.now()).id)
        except PortalError as error:
            refused.append(f"{file.filename}: {error.message}")
    return kept, refused


def _at_most(data: bytes) -> bytes:
    if len(data) > settings().max_picture:
        raise media.Unusable(media.TOO_MANY_BYTES)
    return data


def _asked_principle() -> tuple[int, ...]:
    asked = number(request.args.get("principle"))
    return () if asked is None else (asked,)
