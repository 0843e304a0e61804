"""Sign-in attempts are counted before the password is looked at, so that parallel tries can't slip past.

Three counts, each in a window that begins with its first failure: an account from one address, an account from
anywhere (a guessing network), an address over all accounts (a list of stolen passwords). The last is wide, since a
whole office may stand behind one address. The table holds keyed digests: what people type there by mistake, a
password among it, is not kept.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

from sqlalchemy import case, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ..core.errors import TooMany
from ..core.locale import lazy
from .model import SignInThrottle

WINDOW = timedelta(minutes=15)
PAIR_LIMIT, ACCOUNT_LIMIT, ADDRESS_LIMIT = 8, 40, 300


class TooManySignIns(TooMany):
    """No more tries for now; said in the same words whether or not the account exists."""

    def __init__(self, retry_after: int) -> None:
        minutes = max(1, -(-retry_after // 60))
        super().__init__(retry_after, lazy("Too many attempts. Wait %(minutes)d min and try again.", minutes=minutes))


def count_attempt(session: Session, key: str, email: str, address: str, now: datetime) -> None:
    """Count a try before its password is checked; raises TooManySignIns when one of the limits is reached."""
    for subject, limit in _subjects(key, email, address).items():
        failures, since = _count(session, subject, now)
        if failures > limit:
            raise TooManySignIns(int((since + WINDOW - now).total_seconds()) + 1)


def forget_failures(session: Session, key: str, email: str, address: str) -> None:
    """The sign-in succeeded: the account starts afresh and the address gets its try back."""
    pair, account, place = _subjects(key, email, address)
    # One by one, in the order in which a try counts them: two people at once must not wait for each other's rows.
    for subject in (pair, account):
        session.execute(delete(SignInThrottle).where(SignInThrottle.subject == subject))
    session.execute(
        update(SignInThrottle)
        .where(SignInThrottle.subject == place, SignInThrottle.failures > 0)
        .values(failures=SignInThrottle.failures - 1)
    )


def forget_old(session: Session, now: datetime) -> None:
    """Remove the counts whose window is over."""
    session.execute(delete(SignInThrottle).where(SignInThrottle.since < now - WINDOW))


def _subjects(key: str, email: str, address: str) -> dict[str, int]:
    def digest(what: str) -> str:
        return hmac.new(key.encode(), what.encode(), hashlib.sha256).hexdigest()

    return {
        digest(f"pair {email} {address}"): PAIR_LIMIT,
        digest(f"account {email}"): ACCOUNT_LIMIT,
        digest(f"address {address}"): ADDRESS_LIMIT,
    }


def _count(session: Session, subject: str, now: datetime) -> tuple[int, datetime]:
    """One more for ``subject``, in one statement so that no two tries count as one; (failures, window's start)."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    over = SignInThrottle.since < now - WINDOW
    row = session.execute(
        insert(SignInThrottle)
        .values(subject=subject, failures=1, since=now)
        .on_conflict_do_update(
            index_elements=[SignInThrottle.subject],
            set_={
                "failures": case((over, 1), else_=SignInThrottle.failures + 1),
                "since": case((over, now), else_=SignInThrottle.since),
            },
        )
        .returning(SignInThrottle.failures, SignInThrottle.since)
    ).one()
    return row.failures, row.since
