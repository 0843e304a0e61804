"""Accounts, teams, roles, sign-in and sessions."""

from .addressees import Addressee, Reader, able, addressees, readers, staff, working_since
from .colleagues import (
    Called,
    Colleague,
    called,
    colleague,
    colleagues,
    headed_team,
    names,
    names_version,
    staffed_teams,
    suggested,
    team_ancestry,
    team_and_below,
    team_names,
    team_of,
    team_paths,
    team_sizes,
)
from .commands import PersonValues, add_person, set_password
from .csv_file import BrokenFile, import_people, in_words, split_path
from .links import make as make_welcome_link
from .passwords import fault as password_fault
from .passwords import hashed
from .queries import actor_of, as_actor, credentials
from .throttle import forget_old as forget_old_attempts

__all__ = [
    "Addressee",
    "BrokenFile",
    "Called",
    "Colleague",
    "PersonValues",
    "Reader",
    "able",
    "actor_of",
    "add_person",
    "addressees",
    "as_actor",
    "called",
    "colleague",
    "colleagues",
    "credentials",
    "forget_old_attempts",
    "hashed",
    "headed_team",
    "import_people",
    "in_words",
    "make_welcome_link",
    "names",
    "names_version",
    "password_fault",
    "readers",
    "set_password",
    "split_path",
    "staff",
    "staffed_teams",
    "suggested",
    "team_ancestry",
    "team_and_below",
    "team_names",
    "team_of",
    "team_paths",
    "team_sizes",
    "working_since",
]
