"""What the company has settled for all surveys: time zone, language, how many answers it takes to be shown."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Rules:
    """``least_scores`` and ``least_comments`` are k for scores and for comments, of surveys that open from now on.

    ``language`` is the one in which every survey must be written, whatever others it is written in.
    """

    zone: ZoneInfo
    least_scores: int = 5
    least_comments: int = 10
    language: str = "en"
