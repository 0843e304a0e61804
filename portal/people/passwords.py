"""Passwords: argon2id, with the parameters of OWASP's password storage cheat sheet (19 MiB, 2 passes, 1 lane)."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ..core.locale import Text, lazy

SHORTEST = 8
LONGEST = 200
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODYS = _hasher.hash("the password of nobody")


def hashed(password: str) -> str:
    """The hash to keep for ``password``."""
    return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Is ``password`` the one behind ``password_hash``? Takes as long when there is no hash to compare with."""
    try:
        return _hasher.verify(password_hash or _NOBODYS, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def outdated(password_hash: str) -> bool:
    """Was the hash made with other parameters than today's?"""
    return _hasher.check_needs_rehash(password_hash)


def fault(password: str, *own: str) -> Text | None:
    """Why ``password`` is not good enough for somebody known by the words ``own``, or None."""
    folded = password.casefold()
    if len(password) < SHORTEST:
        return lazy("At least %(count)d characters, please.", count=SHORTEST)
    if len(password) > LONGEST:
        return lazy("At most %(max)d characters, please.", max=LONGEST)
    if len(set(folded)) < 4 or folded in {word.casefold() for word in own} or folded in _COMMON:
        return lazy("This password is too easy to guess.")
    return None


_COMMON = frozenset(
    "password password1 password123 passw0rd 12345678 123456789 1234567890 87654321 qwertyui qwertyuiop qwerty123"
    " 1q2w3e4r 1qaz2wsx iloveyou sunshine football baseball trustno1 welcome1 letmein1 lampa123 changeme"
    " йцукенгш пароль123 lozinka1 lozinka123 zaporka1".split()
)
