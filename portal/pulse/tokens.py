"""Ballot tokens: who holds one may answer one survey, once, in one cohort, and is nobody to us.

`Tokens` is all that the rest of the portal knows of how that is done, so that a blind signature (RFC 9474), with
which not even a changed server could tell whose token it signs, can take the place of `SignedTokens`.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Protocol

from ..core.errors import PortalError
from ..core.locale import lazy
from ..core.permissions import Actor

_ID_BYTES = 4
_RANDOM_BYTES = 32
_DIGEST_BYTES = 32
_SIZE = 2 * _ID_BYTES + _RANDOM_BYTES + _DIGEST_BYTES
"""72 bytes are 96 characters of base64 without a bit to spare: each token is written in one way only."""
_PURPOSE = b"ballot token 1"
_LOT = b"lot "


class Forged(PortalError):
    """This is no token of this survey: made up, changed on its way, or another survey's."""

    status = 400
    message = lazy(
        "This ballot doesn’t belong to this survey, or it was changed on its way here. "
        "Nothing was counted. Go back to the survey in the browser where you began."
    )


@dataclass(frozen=True)
class Voter:
    """What a good token says: which survey, which cohort; ``digest`` (32 bytes) is what its ballot is kept under.

    ``lot`` (32 bytes) draws the part of the questions. It can't be told from the digest and is kept nowhere: when few
    draw a part, the answers to its questions must not lead to an old row, and by its time to a person.
    """

    survey_id: int
    unit: int
    digest: bytes
    lot: bytes


class Tokens(Protocol):
    """Makes tokens and reads them."""

    def issue(self, survey_id: int, unit: int) -> str:
        """A new token (URL-safe text); nothing of it is kept."""

    def read(self, token: str, survey_id: int) -> Voter:
        """Whom ``token`` makes its holder in that survey. Raises Forged."""


class SignedTokens:
    """Tokens signed (HMAC-SHA-256) with a key for each survey, derived from the site's secret, not in the database."""

    def __init__(self, secret_key: str) -> None:
        self._secret = secret_key.encode()

    def issue(self, survey_id: int, unit: int) -> str:
        """See `Tokens`."""
        said = survey_id.to_bytes(_ID_BYTES, "big") + unit.to_bytes(_ID_BYTES, "big")
        said += secrets.token_bytes(_RANDOM_BYTES)
        return base64.urlsafe_b64encode(said + self._signature(survey_id, said)).decode("ascii")

    def read(self, token: str, survey_id: int) -> Voter:
        """See `Tokens`."""
        try:
            found = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
        except (UnicodeEncodeError, binascii.Error):
            raise Forged from None  # Whose text would hold what was sent.
        said, signature = found[:-_DIGEST_BYTES], found[-_DIGEST_BYTES:]
        # A second way to write a token would be a second vote.
        if len(found) != _SIZE or base64.urlsafe_b64encode(found).decode("ascii") != token:
            raise Forged
        if not hmac.compare_digest(signature, self._signature(survey_id, said)):
            raise Forged
        if int.from_bytes(said[:_ID_BYTES], "big") != survey_id:
            raise Forged
        unit = int.from_bytes(said[_ID_BYTES : 2 * _ID_BYTES], "big")
        written = token.encode("ascii")
        return Voter(survey_id, unit, hashlib.sha256(written).digest(), hashlib.sha256(_LOT + written).digest())

    def _signature(self, survey_id: int, said: bytes) -> bytes:
        # The key is a one-step derivation (HMAC as a pseudorandom function, NIST SP 800-108) for this use and survey.
        key = hmac.digest(self._secret, _PURPOSE + survey_id.to_bytes(_ID_BYTES, "big"), "sha256")
        return hmac.digest(key, said, "sha256")


def part_of(lot: bytes, parts: int) -> int:
    """Which part of a survey's questions the holder of a token is asked, from 1 to ``parts``: drawn with the token."""
    return int.from_bytes(lot, "big") % parts + 1


def owner_mark(secret_key: str, actor: Actor, survey_id: int) -> str:
    """Whose ballot it is that a browser keeps, so that it offers none to a colleague; tells nobody else who that is."""
    said = f"ballot kept for {actor.id} of {survey_id}"
    return hmac.new(secret_key.encode(), said.encode(), "sha256").hexdigest()[:20]
