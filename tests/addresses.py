"""An address for each route of the site."""

import re

from werkzeug.routing import Rule

EXAMPLES = {
    "folder": "stories",
    "slug": "hotel-lamp",
    "person_id": "1",
    "picture_id": "1",
    "draft_id": "1",
    "notice_id": "1",
    "win_id": "1",
    "comment_id": "1",
    "reaction": "bravo",
    "kind": "win",
    "subject_id": "1",
    "outcome": "kept",
    "survey_id": "1",
    "series_id": "1",
    "question": "1",
    "step": "pause",
    "action_id": "1",
    "term_id": "1",
    "synonym_id": "1",
    "token": "forged",
    "secret": "forged",
    "filename": "site.css",
}


def address(rule: Rule) -> str:
    """The rule with an example for each of its parts; a new kind of part needs an example here."""
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", lambda part: EXAMPLES[part[1]], rule.rule)
