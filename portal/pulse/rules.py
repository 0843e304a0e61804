"""What the company has settled for all surveys: its time zone, and how many answers it takes to be shown."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Rules:
    """``least_scores`` and ``least_comments`` are k for scores and for comments, of surveys that open from now on."""

    zone: ZoneInfo
    least_scores: int = 5
    least_comments: int = 10
