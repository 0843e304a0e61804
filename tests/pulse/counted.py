"""What the tests of counting begin with: questions, units and ballots without a database."""

from collections.abc import Iterable, Mapping, Sequence

from portal.pulse.cohorts import EVERYBODY, Unit
from portal.pulse.comparing import Earlier
from portal.pulse.counting import count
from portal.pulse.model import Driver, Kind
from portal.pulse.questions import Answer, Answers, Question, Words
from portal.pulse.results import Details, Summary

Counted = dict[int, tuple[Summary, Details]]


def asked(number: int, kind: Kind = Kind.AGREE, driver: Driver | None = None, *, reverse: bool = False) -> Question:
    """A question; those with choices have three."""
    choices = ("Red", "Green", "Blue") if kind in {Kind.SINGLE, Kind.SEVERAL} else ()
    words = (Words("en", f"Number {number}", choices),)
    return Question(
        number=number,
        key=f"key-{number}",
        driver=driver,
        kind=kind,
        reverse=reverse,
        not_applicable=True,
        part=0,
        words=words,
    )


def units(invited: Mapping[int, int], parents: Mapping[int, int] | None = None) -> list[Unit]:
    """Units by how many are invited in each and all below; without a parent they are right below everybody."""
    above = {number: (parents or {}).get(number, EVERYBODY) if number else None for number in invited}
    return [Unit(number, above[number], number or None, size, cohort=True) for number, size in invited.items()]


def said(unit: int, number: int, *answers: Answer) -> list[tuple[int, Answers]]:
    """Ballots of a unit, each with one answer to the question ``number``."""
    return [(unit, {number: answer}) for answer in answers]


def counted(
    ballots: Iterable[tuple[int, Answers]],
    questions: Sequence[Question],
    of: Sequence[Unit],
    earlier: Earlier | None = None,
    least: tuple[int, int] = (5, 10),
) -> Counted:
    """The results, k being 5 for scores and 10 for comments."""
    return count(list(ballots), questions, of, *least, earlier or Earlier())
