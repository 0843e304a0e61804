"""A survey as an employee would see it, and a test run of it: HR fills it in, and nothing of it is kept."""

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ..core import clock
from ..core.errors import Invalid
from ..core.locale import Text, available, chosen
from ..core.permissions import Can, allow
from . import answering, preview
from .forms import AN_ID, rules
from .making_queries import Managed
from .making_web import managed, number

bp = Blueprint("preview", __name__, template_folder="templates")


@bp.route(f"/surveys/<{AN_ID}:survey_id>/preview", methods=["GET", "POST"])
@allow(Can.MANAGE_SURVEYS)
def ballot(survey_id: int) -> ResponseReturnValue:
    """The ballot in any language (``lang``), of whoever draws ``part``, as wide as a phone with ``width=phone``."""
    _speak()
    return _ballot(managed(survey_id))


@bp.post(f"/surveys/<{AN_ID}:survey_id>/preview/sent")
@allow(Can.MANAGE_SURVEYS)
def sent(survey_id: int) -> ResponseReturnValue:
    """What would have happened to these answers. They are read as real ones are, and not kept."""
    _speak()
    view = managed(survey_id)
    try:
        answers = answering.read(view.questions, _part(view), _typed())
    except Invalid as error:
        return _ballot(view, error.fields, error.status)
    return render_template(
        "pulse/preview_sent.html",
        view=view,
        tried=preview.tried(view, _part(view), _languages(), answers),
        size=answering.size(view.questions),
        back=_address("preview.ballot", view),
    )


def _ballot(view: Managed, errors: dict[str, Text] | None = None, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "pulse/preview.html",
        ballot=preview.ballot(view, _part(view), _languages(), _typed(), clock.now(), errors or {}),
        view=view,
        part=_part(view),
        phone=_phone(),
        sent_to=_address("preview.sent", view),
        shown_at=_address("preview.ballot", view),
    )
    return page, status


def _speak() -> None:
    """Let the page speak the language looked at: the form's (its first, see `ballots_web`), else the address's."""
    said = [*request.form.getlist("lang"), *request.args.getlist("lang")]
    if said and said[0] in available():
        g.locale = said[0]


def _languages() -> tuple[str, str]:
    return chosen(), rules().language


def _part(view: Managed) -> int:
    asked = number(request.args.get("part", ""))
    return asked if 1 <= asked <= view.parts else 1


def _phone() -> bool:
    return request.args.get("width") == "phone"


def _address(endpoint: str, view: Managed) -> str:
    part, width = _part(view) if view.parts > 1 else None, "phone" if _phone() else None
    return url_for(endpoint, survey_id=view.row.id, lang=chosen(), part=part, width=width)


def _typed() -> dict[str, list[str]]:
    return request.form.to_dict(flat=False)
