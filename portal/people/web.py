"""Signing in and out, one's own account, and the administrator's list of people."""

from dataclasses import asdict

from flask import Blueprint, Flask, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user, login_user, logout_user
from wtforms import Field

from ..core import clock
from ..core.db import reading, transaction
from ..core.errors import Conflict, Invalid, NotFound, TooMany
from ..core.forms import Form
from ..core.guard import wants_json
from ..core.locale import available, chosen, gettext, lazy
from ..core.permissions import NOBODY, Actor, Can, Role, allow
from ..core.security import secret_key
from ..core.shell import back_to, see_other, settings
from . import commands, links, passwords, queries, throttle
from .commands import PersonValues
from .forms import ROLE_NAMES, ChangePasswordForm, NewPasswordForm, PersonForm, ProfileForm, SignInForm
from .model import LARGEST_ID

bp = Blueprint("people", __name__, template_folder="templates")
AN_ID = f"int(max={LARGEST_ID})"
USED_UP = lazy("This link has been used or is more than a week old. Ask an administrator for a new one.")


def init_app(app: Flask) -> None:
    """Let Flask-Login know who is signed in, and add the routes."""
    manager = LoginManager(app)
    manager.session_protection = None  # Phones change their address all day; the stamp ends sessions instead.
    manager.anonymous_user = lambda: NOBODY
    manager.user_loader(lambda session_id: queries.signed_in(reading(), session_id))
    app.register_blueprint(bp)


@bp.route("/sign-in", methods=["GET", "POST"])
@allow(Can.ENTER)
def sign_in() -> ResponseReturnValue:
    """The sign-in page."""
    form = SignInForm(next=request.args.get("next", ""))
    if current_user.is_authenticated and request.method == "GET":
        return back(form.next.data)
    if form.validate_on_submit():
        try:
            actor = _check_credentials(form.email.data or "", form.password.data or "")
        except TooMany as error:
            return _wait(error, "people/sign_in.html", form, form.password)
        if actor:
            _open_session(actor)
            return back(form.next.data)
        form.password.errors = [gettext("E-mail address and password don’t match.")]
    return render_template("people/sign_in.html", form=form), 422 if form.errors else 200


def _wait(error: TooMany, template: str, form: Form, field: Field) -> ResponseReturnValue:
    """The form again, with what was typed kept, after too many tries."""
    if wants_json():
        raise error
    field.errors = [str(error.message)]
    return render_template(template, form=form), error.status, {"Retry-After": str(error.retry_after)}


def back(target: str | None) -> ResponseReturnValue:
    """Go on to where the person wanted to go."""
    return redirect(back_to(target), 303)


def _check_credentials(email: str, password: str) -> Actor | None:
    """The actor whose password this is; counted before it is looked at, in equal time for unknown accounts."""
    key, address, folded = secret_key(settings()), request.remote_addr or "", email.strip().lower()
    with transaction() as db:
        throttle.count_attempt(db, key, folded, address, clock.now())
    found = queries.credentials(reading(), folded)
    if not passwords.matches(found.password_hash if found else None, password) or found is None:
        return None
    with transaction() as db:
        throttle.forget_failures(db, key, folded, address)
        if found.password_hash and passwords.outdated(found.password_hash):
            # With the stamp: a password that was changed this very moment is not set back to the old one.
            return commands.set_password(db, found.actor.id, passwords.hashed(password), found.actor.stamp)
    return found.actor


def _open_session(actor: Actor) -> None:
    session.clear()  # Nothing that stood in the session before the sign-in goes on.
    session.permanent = True
    login_user(actor)


@bp.post("/sign-out")
@allow(Can.ENTER)
def sign_out() -> ResponseReturnValue:
    """End this session."""
    locale = current_user.locale
    logout_user()
    session.clear()
    if locale:
        session["locale"] = locale
    return see_other("people.sign_in")


@bp.post("/language")
@allow(Can.ENTER)
def language() -> ResponseReturnValue:
    """Choose the interface's language: kept in the account, or in the session before sign-in."""
    wanted = request.form.get("locale", "")
    if wanted not in available():
        raise Invalid({})
    if current_user.is_authenticated:
        with transaction() as db:
            commands.change_profile(db, current_user, current_user.name, wanted)
    else:
        session["locale"] = wanted
    return back(request.form.get("next"))


@bp.route("/profile", methods=["GET", "POST"])
@allow(Can.USE)
def profile() -> ResponseReturnValue:
    """One's own name and language."""
    form = ProfileForm(data={"name": current_user.name, "locale": current_user.locale})
    if form.validate_on_submit():
        try:
            with transaction() as db:
                commands.change_profile(db, current_user, form.name.data or "", form.locale.data)
            flash(gettext("Saved."))
            return see_other("people.profile")
        except Invalid as error:
            form.refuse(error)
    own = queries.person(reading(), current_user.id, chosen())
    page = render_template("people/profile.html", form=form, own=own, role_names=ROLE_NAMES)
    return page, 422 if form.errors else 200


@bp.route("/profile/password", methods=["GET", "POST"])
@allow(Can.USE)
def change_password() -> ResponseReturnValue:
    """Another password; all other sessions of this person end."""
    form = ChangePasswordForm()
    form.own_words = (current_user.name, current_user.email)
    if form.validate_on_submit():
        try:
            with transaction() as db:
                throttle.count_attempt(db, secret_key(settings()), current_user.email, "own profile", clock.now())
        except TooMany as error:
            return _wait(error, "people/password.html", form, form.current)
        found = queries.credentials(reading(), current_user.email)
        if passwords.matches(found.password_hash if found else None, form.current.data or ""):
            password_hash = passwords.hashed(form.password.data or "")
            with transaction() as db:
                throttle.forget_failures(db, secret_key(settings()), current_user.email, "own profile")
                actor = commands.set_password(db, current_user.id, password_hash)
            _open_session(actor)
            flash(gettext("Your password is changed. You are signed out everywhere else."))
            return see_other("people.profile")
        form.current.errors = [gettext("That isn’t your current password.")]
    return render_template("people/password.html", form=form), 422 if form.errors else 200


@bp.route("/welcome/<token>", methods=["GET", "POST"])
@allow(Can.ENTER)
def welcome(token: str) -> ResponseReturnValue:
    """Set a password by a link from an administrator."""
    found = links.read(secret_key(settings()), token)
    actor = found and queries.signed_in(reading(), f"{found[0]}:{found[1]}")
    if not found or not actor:
        raise NotFound(USED_UP)
    form = NewPasswordForm()
    form.own_words = (actor.name, actor.email)
    if form.validate_on_submit():
        password_hash = passwords.hashed(form.password.data or "")
        with transaction() as db:
            actor = commands.set_password(db, found[0], password_hash, stamp=found[1])
        _open_session(actor)
        return see_other("home.front")
    return render_template("people/welcome.html", form=form, actor=actor), 422 if form.errors else 200


@bp.get("/people")
@allow(Can.MANAGE_PEOPLE)
def people() -> ResponseReturnValue:
    """The list of people, with search."""
    search, after = request.args.get("q", ""), request.args.get("after", 0, type=int)
    found = queries.people(reading(), search[:200], min(after, LARGEST_ID), chosen())
    return render_template("people/people.html", found=found, q=search, role_names=ROLE_NAMES)


@bp.route("/people/new", methods=["GET", "POST"])
@allow(Can.MANAGE_PEOPLE)
def new_person() -> ResponseReturnValue:
    """Add a person; the answer shows their welcome link."""
    form = PersonForm(data={"locale": settings().language, "roles": [Role.EMPLOYEE.value], "active": True})
    if form.validate_on_submit():
        try:
            with transaction() as db:
                added = queries.as_actor(commands.add_person(db, current_user, _values(form), clock.now()))
            return _show_link(added)
        except Invalid as error:
            form.refuse(error)
    return _person_page(form)


@bp.route(f"/people/<{AN_ID}:person_id>", methods=["GET", "POST"])
@allow(Can.MANAGE_PEOPLE)
def person(person_id: int) -> ResponseReturnValue:
    """Change a person's account."""
    row = queries.person(reading(), person_id)
    if row is None:
        raise NotFound
    form = PersonForm(data={**asdict(row), "roles": [role.value for role in row.roles]})
    if form.validate_on_submit():
        try:
            with transaction() as db:
                commands.change_person(
                    db, current_user, person_id, _values(form), active=form.active.data, now=clock.now()
                )
            flash(gettext("Saved."))
            return see_other("people.person", person_id=person_id)
        except Invalid as error:
            form.refuse(error)
        except Conflict as error:
            form.roles.errors = [str(error.message)]
            return _person_page(form, row, status=error.status)
    return _person_page(form, row)


@bp.post(f"/people/<{AN_ID}:person_id>/welcome-link")
@allow(Can.MANAGE_PEOPLE)
def welcome_link(person_id: int) -> ResponseReturnValue:
    """Make a new welcome link, for a person who has lost theirs or their password."""
    with transaction() as db:
        actor = commands.new_welcome(db, current_user, person_id)
    return _show_link(actor)


def _show_link(actor: Actor) -> ResponseReturnValue:
    link = settings().url + url_for("people.welcome", token=links.make(secret_key(settings()), actor))
    return render_template("people/link.html", actor=actor, link=link, days=links.VALID_DAYS)


def _values(form: PersonForm) -> PersonValues:
    return PersonValues(
        name=form.name.data or "",
        email=form.email.data or "",
        locale=form.locale.data,
        roles=frozenset(Role(role) for role in form.roles.data or ()),
        team=form.team_path(),
        heads=form.heads.data,
    )


def _person_page(form: PersonForm, row: queries.PersonRow | None = None, status: int = 200) -> ResponseReturnValue:
    teams = list(queries.team_paths(reading()).values())
    page = render_template("people/person.html", form=form, row=row, teams=teams)
    return page, 422 if form.errors and status == 200 else status
