"""What people are told, in the site and by mail."""

from .bulk import tell_all
from .commands import take_back, tell
from .digests import Week, awaiting_digest, digest_done, want_digest, week_due
from .jobs import mail_due
from .letters import unsubscribe_address
from .model import About, Mailing
from .queries import choices, choices_of

__all__ = [
    "About",
    "Mailing",
    "Week",
    "awaiting_digest",
    "choices",
    "choices_of",
    "digest_done",
    "mail_due",
    "take_back",
    "tell",
    "tell_all",
    "unsubscribe_address",
    "want_digest",
    "week_due",
]
