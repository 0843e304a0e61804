"""What staff share: their wins."""

from .documents import WinCard, WinDocument, cards, documents, stamps
from .drafts import DraftValues, begin_draft
from .lately import WinLine, lately
from .model import WIN, Promotion
from .numbers import (
    QUIET_DAYS,
    Month,
    ever_lived,
    principles_lived,
    quiet_since,
    teams_that_shared,
    wins_by_month,
    year_begins,
)
from .posting import Rules, post
from .promotions import Consent, Material, answer, ask, material, of_draft, published
from .queries import Feed, Filters, Standing, feed, promotion, standing, version, win
from .views import WinView
from .webhook import Webhook, given_up

__all__ = [
    "QUIET_DAYS",
    "WIN",
    "Consent",
    "DraftValues",
    "Feed",
    "Filters",
    "Material",
    "Month",
    "Promotion",
    "Rules",
    "Standing",
    "Webhook",
    "WinCard",
    "WinDocument",
    "WinLine",
    "WinView",
    "answer",
    "ask",
    "begin_draft",
    "cards",
    "documents",
    "ever_lived",
    "feed",
    "given_up",
    "lately",
    "material",
    "of_draft",
    "post",
    "principles_lived",
    "promotion",
    "published",
    "quiet_since",
    "stamps",
    "standing",
    "teams_that_shared",
    "version",
    "win",
    "wins_by_month",
    "year_begins",
]
