"""Accounts, teams, roles, sign-in and sessions."""

from .commands import PersonValues, add_person, set_password
from .csv_file import BrokenFile, import_people, in_words, split_path
from .links import make as make_welcome_link
from .passwords import fault as password_fault
from .passwords import hashed
from .queries import as_actor, credentials
from .throttle import forget_old as forget_old_attempts

__all__ = [
    "BrokenFile",
    "PersonValues",
    "add_person",
    "as_actor",
    "credentials",
    "forget_old_attempts",
    "hashed",
    "import_people",
    "in_words",
    "make_welcome_link",
    "password_fault",
    "set_password",
    "split_path",
]
