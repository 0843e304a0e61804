"""What a survey still lacks: what keeps it from being scheduled, and which languages it isn't written in. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ..core.locale import Text, lazy, name_of
from .model import SurveyQuestion
from .rotation import MOST_A_PERSON
from .rules import Rules

SHORTEST = timedelta(hours=1)
LONGEST = timedelta(days=60)
FARTHEST = timedelta(days=366)
MOST_REMINDERS = 2


@dataclass(frozen=True)
class Gap:
    """A language in which some of a survey isn't written: its title, its introduction, questions by position."""

    locale: str
    title: bool
    intro: bool
    questions: tuple[int, ...]


def gaps(texts: Mapping[str, Any], questions: Sequence[Mapping[str, Any]], languages: Sequence[str]) -> tuple[Gap, ...]:
    """The languages that lack something; ``questions`` are the questions' texts in the order in which they are asked.

    A survey that has an introduction in no language lacks none.
    """
    introduced = any(said.get("intro") for said in texts.values())
    found = (
        Gap(
            code,
            title=not texts.get(code, {}).get("title"),
            intro=introduced and not texts.get(code, {}).get("intro"),
            questions=tuple(place for place, said in enumerate(questions, 1) if code not in said),
        )
        for code in languages
    )
    return tuple(gap for gap in found if gap.title or gap.intro or gap.questions)


def date_faults(
    opens_at: datetime | None, closes_at: datetime | None, reminders: Sequence[int], now: datetime
) -> dict[str, Text]:
    """What is wrong with the dates that are there, by field. Reminders are days after opening."""
    found: dict[str, Text] = {}
    for name, when in (("opens_at", opens_at), ("closes_at", closes_at)):
        if when and when < now:
            found[name] = lazy("This has passed already.")
        elif when and when > now + FARTHEST + LONGEST:
            found[name] = lazy("This is more than a year away.")
    if opens_at and closes_at and not found:
        if closes_at <= opens_at:
            found["closes_at"] = lazy("It can’t close before it has opened.")
        elif closes_at - opens_at < SHORTEST:
            found["closes_at"] = lazy("It must stay open for an hour at least.")
        elif closes_at - opens_at > LONGEST:
            found["closes_at"] = lazy("It may stay open for %(max)d days at most.", max=LONGEST.days)
    if "closes_at" not in found and (wrong := _reminder_fault(opens_at, closes_at, reminders)):
        found["reminders"] = wrong
    return found


def missing_dates(opens_at: datetime | None, closes_at: datetime | None) -> dict[str, Text]:
    """What a scheduled survey can't be without, by field."""
    found: dict[str, Text] = {}
    if opens_at is None:
        found["opens_at"] = lazy("Say when it opens.")
    if closes_at is None:
        found["closes_at"] = lazy("Say when it closes.")
    return found


def _reminder_fault(opens_at: datetime | None, closes_at: datetime | None, reminders: Sequence[int]) -> Text | None:
    if len(reminders) > MOST_REMINDERS:
        return lazy("Two reminders at most: more of them annoy.")
    if len(set(reminders)) < len(reminders):
        return lazy("Two reminders on one day would be one too many.")
    if any(not 1 <= days <= LONGEST.days for days in reminders):
        return lazy("A whole number of days after opening, from 1 to %(max)d.", max=LONGEST.days)
    if opens_at and closes_at and any(opens_at + timedelta(days=days) >= closes_at for days in reminders):
        return lazy("A reminder must come before the survey closes.")
    return None


def text_fault(texts: Mapping[str, Any], rules: Rules) -> Text | None:
    """Why the survey's own words don't do yet."""
    if not texts.get(rules.language, {}).get("title"):
        return lazy(
            "The title must be there in %(language)s, which everybody is shown when their own language is missing.",
            language=name_of(rules.language),
        )
    return None


def question_fault(questions: Sequence[SurveyQuestion], rules: Rules) -> Text | None:
    """Why the questions don't do yet."""
    if not questions:
        return lazy("A survey needs one question at least.")
    bare = [str(place) for place, row in enumerate(questions, 1) if rules.language not in row.texts]
    if bare:
        return lazy(
            "Every question must be there in %(language)s. Missing: %(numbers)s.",
            language=name_of(rules.language),
            numbers=", ".join(bare),
        )
    return None


def too_many_for_one(questions: Sequence[SurveyQuestion], parts: int) -> bool:
    """Would somebody get more than `MOST_A_PERSON` questions of a wave?"""
    of_all = sum(row.part == 0 for row in questions)
    return any(
        of_all + sum(row.part == part for row in questions) > MOST_A_PERSON for part in range(1, max(parts, 1) + 1)
    )


def audience_fault(invited: int, rules: Rules) -> Text | None:
    """Why the audience doesn't do yet."""
    if invited < rules.least_scores:
        return lazy(
            "Only groups of %(least)d people or more can answer without anybody being recognised. Choose more teams.",
            least=rules.least_scores,
        )
    return None
