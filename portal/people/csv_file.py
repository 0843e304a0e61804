"""Many people at once, from a CSV file; all of them or none."""

import _csv
import csv
import io
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from ..core.errors import Invalid
from ..core.permissions import Actor, Role
from . import commands
from .commands import PersonValues
from .model import Person

COLUMNS = ("name", "email", "team", "roles", "language")


class BrokenFile(Exception):
    """The file can't be imported; ``faults`` are (line number, reason), and nothing was imported."""

    def __init__(self, faults: list[tuple[int, str]]) -> None:
        self.faults = faults
        super().__init__("; ".join(f"line {line}: {reason}" for line, reason in faults))


def import_people(session: Session, actor: Actor, text: str, default_locale: str, now: datetime) -> list[Person]:
    """Add everybody in the CSV ``text``: columns name, email, team, roles, language (the last three optional).

    A team is a path such as ``Company / Department / Team``; several roles stand with ``;`` between. Commas or
    semicolons separate the columns. Raises BrokenFile, naming every bad line; the caller's transaction is then to be
    rolled back.
    """
    people: list[Person] = []
    faults: list[tuple[int, str]] = []
    for line, row in _rows(text):
        try:
            people.append(commands.add_person(session, actor, _values(row, default_locale), now))
        except Invalid as error:
            faults += [(line, f"{field}: {message}") for field, message in error.fields.items()]
        except ValueError as error:
            faults.append((line, str(error)))
    if faults:
        raise BrokenFile(faults)
    return people


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    first = text.lstrip("\ufeff").partition("\n")[0]
    reader = csv.reader(
        io.StringIO(text.lstrip("\ufeff")), delimiter=";" if first.count(";") > first.count(",") else ","
    )
    rows = _numbered(reader)
    line, header = next(rows, (1, []))
    names = [name.strip().lower() for name in header]
    unknown = sorted(set(names) - set(COLUMNS))
    missing = [name for name in ("name", "email") if name not in names]
    if unknown or missing or len(set(names)) != len(names):
        reason = "; ".join(
            [f"no column {name!r}" for name in missing]
            + [f"unknown column {name!r}" for name in unknown]
            + (["a column stands twice"] if len(set(names)) != len(names) else [])
        )
        raise BrokenFile([(line, f"{reason} (the first line names the columns: {', '.join(COLUMNS)})")])
    for line, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(names):
            raise BrokenFile([(line, f"{len(row)} columns instead of {len(names)}")])
        yield line, {name: cell.strip() for name, cell in zip(names, row, strict=True)}


def _numbered(reader: "_csv.Reader") -> Iterator[tuple[int, list[str]]]:
    """Each record with the number of the line on which it begins."""
    while True:
        begins = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BrokenFile([(begins, str(error))]) from error
        yield begins, row


def _values(row: dict[str, str], default_locale: str) -> PersonValues:
    roles = [role.strip().lower() for role in row.get("roles", "").replace("|", ";").split(";") if role.strip()]
    unknown = sorted(set(roles) - {str(role) for role in Role})
    if unknown:
        raise ValueError(f"roles: unknown role {', '.join(unknown)} (known: {', '.join(Role)})")
    path = row.get("team", "")
    return PersonValues(
        name=row["name"],
        email=row["email"],
        locale=row.get("language", "").lower() or default_locale,
        roles=frozenset(Role(role) for role in roles) or frozenset({Role.EMPLOYEE}),
        team=split_path(path),
    )


def split_path(path: str) -> tuple[str, ...]:
    """The names in a team path as it is written: ``Company / Department / Team``."""
    return tuple(name.strip() for name in path.split("/")) if path.strip() else ()
