"""Morale surveys: anonymous by construction, honest for small groups, answered by actions."""

from .action_model import ACTION, Progress
from .asked_now import OpenSurvey, asked, open_surveys
from .drafting import Heading
from .life_queries import health
from .model import Driver
from .rhythm import Every
from .rules import Rules
from .sealing import FOLDER, KeyRing
from .series_values import SeriesValues
from .ticking import tick
from .tokens import SignedTokens, Tokens

__all__ = [
    "ACTION",
    "FOLDER",
    "Driver",
    "Every",
    "Heading",
    "KeyRing",
    "OpenSurvey",
    "Progress",
    "Rules",
    "SeriesValues",
    "SignedTokens",
    "Tokens",
    "asked",
    "health",
    "open_surveys",
    "tick",
]
