"""What holds for every route: a declared permission that is kept, and an address in the house's form."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from portal.app import create_app
from portal.config import Settings
from portal.core.db import Database
from portal.core.guard import UndeclaredRoute, refuse_undeclared
from portal.core.permissions import GRANTS, Can, Role, needed
from portal.knowledge.model import Kind
from tests.addresses import address
from tests.factories import a_page


def rules(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)


def calls(app: Flask) -> list[tuple[str, str, Can]]:
    """Every (method, address, permission) of the site."""
    found = []
    for rule in rules(app):
        can = needed(app.view_functions[rule.endpoint])
        assert can is not None
        found += [(method, address(rule), can) for method in sorted((rule.methods or set()) & {"GET", "POST"})]
    return found


def test_every_route_declares_a_permission(app: Flask) -> None:
    refuse_undeclared(app)


def test_an_application_with_a_bare_route_does_not_start(run_settings: Settings, database: Database) -> None:
    app = create_app(run_settings, database)
    app.add_url_rule("/bare", "bare", lambda: "bare")
    with pytest.raises(UndeclaredRoute, match="/bare"):
        refuse_undeclared(app)


def test_addresses_are_kebab_case(app: Flask) -> None:
    for rule in rules(app):
        fixed = re.sub(r"<[^<>]+>", "", rule.rule)
        assert re.fullmatch(r"/(?:[a-z0-9-]*/?)*(?:\.json|\.csv|\.xlsx|\.atom|\.webmanifest)?", fixed), rule.rule


@pytest.mark.parametrize("role", [None, *Role])
def test_every_route_lets_in_whom_it_should_and_nobody_else(
    app: Flask, session: Session, sign_in: Callable[..., FlaskClient], role: Role | None
) -> None:
    a_page(session, Kind.STORY, slug="hotel-lamp")
    session.commit()
    for method, where, can in calls(app):
        client = sign_in(role) if role else app.test_client()
        answer = client.open(where, method=method)
        answer.close()
        said = f"{method} {where} as {role}: {answer.status_code}"
        assert answer.status_code < 500, said
        if can is Can.ENTER or (role and can in GRANTS[role]):
            assert answer.status_code not in {401, 403, 405}, said
        elif role:
            assert answer.status_code == 403, said
        elif where.endswith(".json"):
            assert answer.status_code == 401, said
        else:
            assert answer.status_code in {302, 303}, said
            assert answer.location.startswith("/sign-in"), said


def test_administrators_are_not_editors_and_editors_not_administrators() -> None:
    assert Can.EDIT_KNOWLEDGE not in GRANTS[Role.ADMIN]
    assert Can.MANAGE_PEOPLE not in GRANTS[Role.EDITOR] | GRANTS[Role.HR] | GRANTS[Role.EMPLOYEE]
