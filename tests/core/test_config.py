"""Settings: what each one takes, and one clear line for whatever is wrong, which never shows a secret."""

import dataclasses
import logging
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from portal.cli import portal
from portal.config import ConfigError, Settings, declared, load
from portal.core.locale import available


def _refusal(**environ: str) -> str:
    with pytest.raises(ConfigError) as refused:
        load(environ)
    return str(refused.value)


def test_without_any_variable_the_defaults_hold() -> None:
    settings = load({})
    assert settings == Settings()
    assert settings.data == Path("instance").resolve()
    assert settings.database == f"sqlite:///{settings.data}/portal.sqlite"
    assert (settings.url, settings.secure) == ("http://127.0.0.1:8000", False)
    assert (settings.site_name, settings.language, settings.timezone) == ("Lampa", "en", ZoneInfo("UTC"))
    assert (settings.proxies, settings.workers, settings.session_days) == (0, 2, 14)
    assert settings.log_level == logging.INFO
    assert settings.secret_key == settings.admin_password == settings.demo_password == ""


TAKEN = [
    ("data", "/srv/lampa", Path("/srv/lampa")),
    ("data", "~/lampa", Path.home().resolve() / "lampa"),
    ("data", "a/../b", Path("b").resolve()),
    ("database_url", "postgresql://u:p@h/n", "postgresql+psycopg://u:p@h/n"),
    ("database_url", "postgres://u:p@h/n", "postgresql+psycopg://u:p@h/n"),
    ("database_url", "postgresql+psycopg://u:p%40@h:5433/n", "postgresql+psycopg://u:p%40@h:5433/n"),
    ("database_url", "sqlite:////srv/x.sqlite", "sqlite:////srv/x.sqlite"),
    ("url", "https://lampa.example.com", "https://lampa.example.com"),
    ("url", "https://Lampa.Example.com:8443/", "https://lampa.example.com:8443"),
    ("url", "http://[::1]:8000", "http://[::1]:8000"),
    ("site_name", " Лампа ", "Лампа"),
    ("language", "ka", "ka"),
    ("timezone", "Europe/Zagreb", ZoneInfo("Europe/Zagreb")),
    ("proxies", "2", 2),
    ("workers", "1", 1),
    ("session_days", "365", 365),
    ("max_body", "65536", 65_536),
    ("log_level", "DEBUG", logging.DEBUG),
    ("log_level", "error", logging.ERROR),
    ("secret_key", "a long and random one", "a long and random one"),
    ("admin_password", " blanks count ", " blanks count "),
    ("demo_password", "lamp-light", "lamp-light"),
    ("moderation", "Before", "before"),
    ("pulse_scores", "3", 3),
    ("pulse_comments", "20", 20),
    ("max_picture", "65536", 65_536),
    ("mail_server", "smtps://lampa:p%40ss@mail.example.com:465", "smtps://lampa:p%40ss@mail.example.com:465"),
    ("mail_from", " lampa@example.com ", "lampa@example.com"),
    ("webhook", "https://hooks.example.com/a?b=c", "https://hooks.example.com/a?b=c"),
    ("webhook_key", "a key", "a key"),
    ("webhook_private", "yes", "yes"),
    ("dictionaries", "/usr/share/hunspell", Path("/usr/share/hunspell")),
    ("bin", "/usr/local/bin/portal", "/usr/local/bin/portal"),
]


@pytest.mark.parametrize(("name", "text", "value"), TAKEN)
def test_a_setting_is_read_from_its_variable(name: str, text: str, value: object) -> None:
    assert getattr(load({f"PORTAL_{name.upper()}": text}), name) == value


def test_every_setting_was_tried() -> None:
    assert {name for name, _, _ in TAKEN} == {field.name for field in dataclasses.fields(Settings)}


def test_every_language_that_the_portal_speaks_is_taken() -> None:
    assert [load({"PORTAL_LANGUAGE": code}).language for code in available()] == list(available())


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("DATA", "~nobody-of-this-name/x", "names the home folder of nobody here"),
        ("URL", "lampa.example.com", "must be the site's own address"),
        ("URL", "ftp://lampa.example.com", "must be the site's own address"),
        ("URL", "https://", "must be the site's own address"),
        ("URL", "https://lampa.example.com/portal", "must be the site's own address"),
        ("URL", "https://lampa.example.com?x=1", "must be the site's own address"),
        ("URL", "https://lampa.example.com#x", "must be the site's own address"),
        ("URL", "https://user:word@lampa.example.com", "must be the site's own address"),
        ("URL", "https://lam pa.example.com", "must be the site's own address"),
        ("URL", "https://lampa.example.com:port", "must be the site's own address"),
        ("URL", "https://lampa.example.com:70000", "must be the site's own address"),
        ("URL", "http://[::1", "must be the site's own address"),
        ("LANGUAGE", "xx", "must be one of en, hr, ka, ru"),
        ("LANGUAGE", "EN", "must be one of en, hr, ka, ru"),
        ("LANGUAGE", "../translations/hr", "must be one of en, hr, ka, ru"),
        ("TIMEZONE", "Zagreb", "must be a time zone such as Europe/Zagreb"),
        ("TIMEZONE", "../../etc/passwd", "must be a time zone such as Europe/Zagreb"),
        ("PROXIES", "-1", "must be a whole number from 0 to 9"),
        ("PROXIES", "10", "must be a whole number from 0 to 9"),
        ("PROXIES", "yes", "must be a whole number from 0 to 9"),
        ("WORKERS", "0", "must be a whole number from 1 to 64"),
        ("WORKERS", "2.5", "must be a whole number from 1 to 64"),
        ("WORKERS", "²", "must be a whole number from 1 to 64"),
        ("SESSION_DAYS", "0", "must be a whole number from 1 to 365"),
        ("MAX_BODY", "65535", "must be a whole number from 65536 to 1073741824"),
        ("MAX_BODY", "2M", "must be a whole number from 65536 to 1073741824"),
        ("PULSE_SCORES", "2", "must be a whole number from 3 to 1000"),
        ("PULSE_COMMENTS", "4", "must be a whole number from 5 to 1000"),
        ("MODERATION", "never", "must be after or before"),
        ("MAX_PICTURE", "10 MB", "must be a whole number from 65536 to 1073741824"),
        ("WEBHOOK_PRIVATE", "perhaps", "must be no or yes"),
        ("LOG_LEVEL", "loud", "must be debug, info, warning or error"),
        ("LOG_LEVEL", "notset", "must be debug, info, warning or error"),
    ],
)
def test_a_wrong_value_is_refused_with_one_line_that_names_it(name: str, text: str, says: str) -> None:
    line = _refusal(**{f"PORTAL_{name}": text})
    assert line.startswith(f"PORTAL_{name}: {says}")
    assert line.endswith(f"(it is {text!r})")
    assert "\n" not in line


@pytest.mark.parametrize("name", ["PORTAL_LANGAUGE", "PORTAL_", "PORTAL_language", "PORTAL_DATABASE", "PORTAL_SECURE"])
def test_an_unknown_variable_is_refused_by_name_and_its_value_is_not_shown(name: str) -> None:
    assert _refusal(**{name: "hunter2"}) == f"{name}: there is no such setting"


@pytest.mark.parametrize(
    "text",
    [
        "hunter2",
        "mysql://user:hunter2@host/name",
        "postgresql://user:hunter2",
        "postgresql://user:pass@host:hunter2/name",
        "//user:hunter2@host",
    ],
)
def test_a_wrong_secret_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load({"PORTAL_DATABASE_URL": text})
    assert str(refused.value).startswith("PORTAL_DATABASE_URL: must be")
    error: BaseException | None = refused.value
    while error:  # Nor does a traceback show it, which prints the causes too.
        assert "hunter2" not in str(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


@pytest.mark.parametrize("name", ["PORTAL_WEBHOOK", "PORTAL_MAIL_SERVER"])
@pytest.mark.parametrize("text", ["hunter2.example.com", "ftp://hunter2@example.com", "https://a:hunter2@b/c"])
def test_an_address_that_is_a_secret_is_refused_without_being_shown(name: str, text: str) -> None:
    assert "hunter2" not in _refusal(**{name: text})


def test_what_holds_a_secret_is_marked_as_one() -> None:
    secret = {name for name, spec in declared().items() if spec.metadata["secret"]}
    assert secret == {
        "PORTAL_DATABASE_URL", "PORTAL_SECRET_KEY", "PORTAL_ADMIN_PASSWORD", "PORTAL_DEMO_PASSWORD",
        "PORTAL_MAIL_SERVER", "PORTAL_WEBHOOK_KEY",
        "PORTAL_WEBHOOK",
    }  # fmt: skip


@pytest.mark.parametrize("blank", ["", " ", "\t"])
def test_a_blank_variable_is_an_unset_one(blank: str) -> None:
    assert load(dict.fromkeys(declared(), blank)) == Settings()


def test_other_programs_variables_are_none_of_ours() -> None:
    assert load({"PATH": "/bin", "portal_data": "x", "MY_PORTAL_DATA": "x"}) == Settings()


def test_settings_do_not_change_while_the_site_runs() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        load({}).url = "http://evil.example"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("variable", "line"),
    [
        ({"PORTAL_WORKERS": "none"}, "Error: PORTAL_WORKERS: must be a whole number from 1 to 64 (it is 'none')\n"),
        ({"PORTAL_WROKERS": "2"}, "Error: PORTAL_WROKERS: there is no such setting\n"),
        ({"PORTAL_DATA": "~nobody-of-this-name"}, None),
    ],
)
def test_a_wrong_setting_stops_every_command_with_one_line_and_exit_code_2(
    variable: dict[str, str], line: str | None
) -> None:
    result = CliRunner().invoke(portal, ["doctor"], env=variable)
    assert result.exit_code == 2
    assert result.stderr == line or result.stderr.count("\n") == 1
    assert not result.stdout


def test_where_scripts_find_the_command_may_be_said_without_effect() -> None:
    result = CliRunner().invoke(portal, ["people", "add", "--help"], env={"PORTAL_BIN": "/usr/local/bin/portal"})
    assert result.exit_code == 0
