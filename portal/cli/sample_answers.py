"""How the people of the sample company answer its pulse: drawn, and yet the same whenever it is drawn. Pure."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from ..core.permissions import Actor

AGREEMENT = {"load": "load-3", "tools": "tools-2", "manager": "manager-2"}
"""The question on each of these drivers, answered from 1 to 5."""
REVERSED = frozenset({"tools"})
"""On these, to disagree is the good news."""
RECOMMEND = "recommend"
RECOMMEND_KEY = "recommend-1"
USUAL = "usual"
"""The teams of which nothing else is written are so."""
SO_FAR = 0.4
"""The share of those asked that has answered the open wave."""
_UNEASE = 0.3
"""Below those who are content so large a part is neither content nor not."""
_WHIM = 0.04
"""So far may somebody's mood be off their own from wave to wave."""
_LARGE = 7
"""In a team of so many, two are sometimes silent."""

Content = Mapping[str, Mapping[str, Sequence[float]]]
"""How large a part is content: by team, by driver, by wave."""


@dataclass(frozen=True)
class Colleague:
    """Somebody who is asked. ``team`` is the name of their own; ``group`` is the same, or empty for the small ones."""

    actor: Actor
    team: str
    group: str
    heads: bool


@dataclass(frozen=True)
class Ballot:
    """What somebody answers: by the question's key, and perhaps in words."""

    voter: Colleague
    answers: Mapping[str, int]
    words: str | None


def ballots(
    staff: Sequence[Colleague],
    content: Content,
    comments: Sequence[tuple[str, str, str]],
    wave: int,
    not_yet: frozenset[str] | None = None,
) -> list[Ballot]:
    """The ballots of a wave (the first is 0), in the order of their voters' addresses.

    ``comments`` are (team, language, words). With ``not_yet``, addresses of people who have not answered, it is open:
    only some of the others have.
    """
    chance = random.Random(f"wave {wave}")  # noqa: S311  # To look at, not to keep a secret.
    written = _written(staff, comments, chance)
    if not_yet is None:
        voters = _most(staff, written, chance)
    else:
        others = [one for one in staff if one.actor.email not in not_yet]
        voters = chance.sample(others, round(SO_FAR * len(staff)))
    moods = {driver: _moods(staff, driver) for driver in (*AGREEMENT, RECOMMEND)}
    found = []
    for one in sorted(voters, key=_address):
        told = content.get(one.team, content[USUAL])
        ease = {
            driver: told[driver][wave] - mood[one.actor.email] + chance.uniform(-_WHIM, _WHIM)
            for driver, mood in moods.items()
        }
        found.append(Ballot(one, _answers(ease), written.get(one.actor.email)))
    return found


def _address(one: Colleague) -> str:
    return one.actor.email


def _written(
    staff: Sequence[Colleague], comments: Sequence[tuple[str, str, str]], chance: random.Random
) -> dict[str, str]:
    """Who writes what, by address: each comment is somebody's of its team, if possible in their own language."""
    free = chance.sample(list(staff), len(staff))
    found = {}
    for team, locale, words in comments:
        of_team = [one for one in free if one.team == team]
        writer = min(of_team, key=lambda one: one.actor.locale != locale)
        free.remove(writer)
        found[writer.actor.email] = words
    return found


def _most(staff: Sequence[Colleague], written: Mapping[str, str], chance: random.Random) -> list[Colleague]:
    """Those who answer: all but one or two of each team, mostly the same; heads do, and who has something to say."""
    found = []
    for _, group in groupby(sorted(staff, key=lambda one: (one.group, _address(one))), lambda one: one.group):
        members = list(group)
        silent = [one for one in members if not one.heads and one.actor.email not in written]
        many = chance.choice((1, 2)) if len(members) >= _LARGE else 1
        left_out = sorted(silent, key=lambda one: _drawn(f"shy {_address(one)}") + chance.uniform(0, 0.3))[:many]
        found += [one for one in members if one not in left_out]
    return found


def _moods(staff: Sequence[Colleague], driver: str) -> dict[str, float]:
    """How hard to please everybody is, from 0 to 1, by address: the same in all waves, spread evenly in each group.

    Who is hard to please in one thing is rather so in the others.
    """
    found = {}
    for _, group in groupby(sorted(staff, key=lambda one: (one.group, _address(one))), lambda one: one.group):
        members = [_address(one) for one in group]
        in_this = {one: _drawn(one) + 0.8 * _drawn(f"{one} {driver}") for one in members}
        for place, one in enumerate(sorted(members, key=in_this.__getitem__)):
            found[one] = (place + 0.5) / len(members)
    return found


def _drawn(seed: str) -> float:
    """A number from 0 to 1, the same for the same seed."""
    return random.Random(seed).random()  # noqa: S311  # To look at, not to keep a secret.


def _answers(ease: Mapping[str, float]) -> dict[str, int]:
    """By the question's key. ``ease``, by driver, is above 0 for who is content."""
    found = {}
    for driver, key in AGREEMENT.items():
        said = _agreement(ease[driver])
        found[key] = 6 - said if driver in REVERSED else said
    found[RECOMMEND_KEY] = _readiness(ease[RECOMMEND])
    return found


def _readiness(ease: float) -> int:
    """From 0 to 10: 9 and 10 are the content."""
    if ease > 0:
        return 10 if ease > _UNEASE else 9
    if ease > -_UNEASE:
        return 8 if ease > -_UNEASE / 2 else 7
    return max(0, round(6 + 8 * (ease + _UNEASE)))


def _agreement(ease: float) -> int:
    if ease > 0:
        return 5 if ease > _UNEASE else 4
    return 3 if ease > -_UNEASE else 2 if ease > -2 * _UNEASE else 1
