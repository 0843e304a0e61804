"""Sealed answers: anybody may seal one, only a key that lies outside the database opens them.

libsodium's sealed boxes (X25519 and XSalsa20-Poly1305, through PyNaCl): each has a key of its own for the sender,
thrown away at once, so that not even who sealed a message can open it, or tell by the message which box is its.
"""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

FOLDER = "pulse-keys"
"""Where, in the data folder, the private keys of open surveys lie."""
_SUFFIX = ".key"
_LENGTH = 4
"""Bytes before a message that say how long it is without its padding."""


class Damaged(Exception):
    """A sealed message or a key is not as it was made, or one doesn't belong to the other."""


def seal(box: bytes, message: bytes, size: int) -> bytes:
    """``message`` as only the private key of ``box`` (the public one) opens it.

    It is padded to ``size`` bytes first, so that lengths tell nothing. Raises ValueError when it is longer.
    """
    if len(message) > size:
        raise ValueError("a message that is longer than its padding")
    padded = len(message).to_bytes(_LENGTH, "big") + message.ljust(size, b"\0")
    return SealedBox(PublicKey(box)).encrypt(padded)


class Opener:
    """The private key of one survey."""

    def __init__(self, key: PrivateKey) -> None:
        self._box = SealedBox(key)

    def open(self, sealed: bytes) -> bytes:
        """The message in ``sealed``. Raises Damaged."""
        try:
            padded = self._box.decrypt(sealed)
        except (CryptoError, ValueError, TypeError):
            # Not "from": nothing of what is in a ballot may stand in a traceback.
            raise Damaged("a ballot can't be opened with the survey's key") from None
        length = int.from_bytes(padded[:_LENGTH], "big")
        if length > len(padded) - _LENGTH:
            raise Damaged("a ballot says it is longer than it is")
        return padded[_LENGTH : _LENGTH + length]


class KeyRing:
    """The private keys of open surveys, each a file in ``folder`` that its owner alone may read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def make(self, survey_id: int) -> bytes:
        """The public key of a survey; its private key is safe on the disk when this returns.

        A survey that has one already keeps it. Raises OSError, and Damaged when the file there holds no key.
        """
        path = self._path(survey_id)
        if not path.exists():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._keep(path, PrivateKey.generate())
        return bytes(_read(path).public_key)

    def opener(self, survey_id: int) -> Opener | None:
        """What opens the answers to a survey; None when its key is not here. Raises OSError, Damaged."""
        try:
            return Opener(_read(self._path(survey_id)))
        except FileNotFoundError:
            return None

    def forget(self, survey_id: int) -> None:
        """Remove a survey's private key, if it is here: what was sealed for it, wherever copied, stays sealed."""
        with suppress(FileNotFoundError):
            self._path(survey_id).unlink()
            _sync(self._folder)

    def known(self) -> list[int]:
        """The surveys whose keys are here."""
        names = (path.stem for path in self._folder.glob("*" + _SUFFIX))
        return sorted(int(name) for name in names if name.isascii() and name.isdigit())

    def _path(self, survey_id: int) -> Path:
        return self._folder / f"{survey_id}{_SUFFIX}"

    def _keep(self, path: Path, key: PrivateKey) -> None:
        """Put ``key`` at ``path`` unless another process is faster; whoever reads it finds it whole."""
        handle, draft = tempfile.mkstemp(dir=self._folder, prefix=f".{path.name}-")  # Made with mode 0600.
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(bytes(key).hex())
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(draft, path)
        finally:
            Path(draft).unlink()
        _sync(self._folder)


def _read(path: Path) -> PrivateKey:
    try:
        return PrivateKey(bytes.fromhex(path.read_text(encoding="ascii")))
    except (ValueError, TypeError):
        raise Damaged(f"{path.name} holds no key") from None


def _sync(folder: Path) -> None:
    """Let names that were made or removed in ``folder`` outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
