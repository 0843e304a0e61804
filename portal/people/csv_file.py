"""Many people at once, from a CSV file; all of them or none."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from ..core.errors import Invalid
from ..core.locale import available
from ..core.permissions import Actor, Role
from . import commands
from .commands import PersonValues
from .model import Person

COLUMNS = ("name", "email", "team", "head", "roles", "language")
_HEAD = {"": False, "no": False, "yes": True}
_CALLED = {"locale": "language", "heads": "head"}
"""What fields are called in files and commands, where it is something else."""
TEAM_IN = "team "
"""Before a language, the column that holds the same path in that language: ``team hr``."""

TeamNames = tuple[tuple[str, ...], str, tuple[str, ...]]
"""A team's path, a language, and the path in that language."""


class BrokenFile(Exception):
    """The file can't be imported; ``faults`` are (line number, reason), and nothing was imported."""

    def __init__(self, faults: list[tuple[int, str]]) -> None:
        self.faults = faults
        super().__init__("; ".join(f"line {line}: {reason}" for line, reason in faults))


def in_words(error: Invalid) -> list[str]:
    """What is wrong with a person's values, each named as files and commands name it."""
    return [f"{_CALLED.get(field, field)}: {why}" for field, why in error.fields.items()]


def import_people(session: Session, actor: Actor, text: str, default_locale: str, now: datetime) -> list[Person]:
    """Add everybody in the CSV ``text``: columns name, email, team, head, roles, language (the first two needed).

    A team is a path such as ``Company / Department / Team``; columns such as ``team hr`` may hold the same path in
    other languages. ``head`` is yes for who leads their team. Several roles stand with ``;`` between. Commas or
    semicolons separate the columns. Raises BrokenFile, naming every bad line; the caller's transaction is then to be
    rolled back.
    """
    people: list[Person] = []
    faults: list[tuple[int, str]] = []
    named: set[TeamNames] = set()
    records = _records(text)
    names = _names(*next(records, (1, [])))
    try:
        for line, cells in records:
            try:
                row = _row(names, cells)
                values = _values(row, default_locale)
                people.append(commands.add_person(session, actor, values, now))
                for called in _team_names(row, values.team) - named:  # Once a team, not once a person.
                    commands.name_teams(session, actor, *called)
                    named.add(called)
            except Invalid as error:
                faults += [(line, reason) for reason in in_words(error)]
            except ValueError as error:
                faults.append((line, str(error)))
    except BrokenFile as error:
        faults += error.faults
    if faults:
        raise BrokenFile(faults)
    return people


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record that isn't blank, with the number of the line on which it begins.

    Raises BrokenFile where the quotes are out of order: what follows can't be told apart any more.
    """
    text = text.lstrip("\ufeff")
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    # Strict, or a quote that is never closed would swallow all the people after it.
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BrokenFile([(begins, f"can't be read: {error}")]) from error
        if begins == 1 or any(cell.strip() for cell in cells):
            yield begins, cells


def _names(line: int, header: list[str]) -> list[str]:
    """The columns' names, from the first line."""
    names = [name.strip().lower() for name in header]
    known = {*COLUMNS, *(TEAM_IN + locale for locale in available())}
    faults = [f"no column {name!r}" for name in ("name", "email") if name not in names]
    faults += [f"unknown column {name!r}" for name in sorted(set(names) - known)]
    if len(set(names)) != len(names):
        faults.append("a column stands twice")
    if faults:
        reason = f"{'; '.join(faults)} (the first line names the columns: {', '.join(COLUMNS)})"
        raise BrokenFile([(line, reason)])
    return names


def _row(names: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) != len(names):
        raise ValueError(f"{len(cells)} columns instead of {len(names)}")
    return {name: cell.strip() for name, cell in zip(names, cells, strict=True)}


def _values(row: dict[str, str], default_locale: str) -> PersonValues:
    roles = [role.strip().lower() for role in row.get("roles", "").replace("|", ";").split(";") if role.strip()]
    unknown = sorted(set(roles) - {str(role) for role in Role})
    if unknown:
        raise ValueError(f"roles: unknown role {', '.join(unknown)} (known: {', '.join(Role)})")
    head = row.get("head", "").lower()
    if head not in _HEAD:
        raise ValueError("head: yes or no, please")
    path = row.get("team", "")
    return PersonValues(
        name=row["name"],
        email=row["email"],
        locale=row.get("language", "").lower() or default_locale,
        roles=frozenset(Role(role) for role in roles) or frozenset({Role.EMPLOYEE}),
        team=split_path(path),
        heads=_HEAD[head],
    )


def _team_names(row: dict[str, str], path: tuple[str, ...]) -> set[TeamNames]:
    filled = (column for column, cell in row.items() if column.startswith(TEAM_IN) and cell)
    return {(path, column.removeprefix(TEAM_IN), split_path(row[column])) for column in filled}


def split_path(path: str) -> tuple[str, ...]:
    """The names in a team path as it is written: ``Company / Department / Team``."""
    return tuple(name.strip() for name in path.split("/")) if path.strip() else ()
