"""Surveys and the command line: the worker opens and counts them, the doctor looks after keys, backups hold none."""

import zipfile
from datetime import datetime, timedelta
from pathlib import Path

from portal.cli.opening import pulse_keys
from portal.cli.serving import see_to_surveys
from portal.core import clock
from portal.pulse.model import State, Survey
from tests.cli.place import Place
from tests.cli.test_doctor import failing, lines
from tests.pulse.living import furnished


def worked(place: Place) -> tuple[int, str]:
    """What the worker makes of a survey that is due; its number and state."""
    now = clock.now()
    with place.database() as database:
        survey_id, _ = furnished(database, opens_at=now - timedelta(minutes=5), closes_at=now + timedelta(days=7))
        see_to_surveys(place.settings, database)
    return survey_id, state(place, survey_id)


def state(place: Place, survey_id: int) -> str:
    with place.database() as database, database.reading() as session:
        return session.get_one(Survey, survey_id).state


def key_of(place: Place, survey_id: int) -> Path:
    return place.data / "pulse-keys" / f"{survey_id}.key"


def over_by(place: Place, survey_id: int, when: datetime) -> None:
    with place.database() as database, database.transaction() as session:
        survey = session.get_one(Survey, survey_id)
        survey.opens_at, survey.closes_at = when - timedelta(days=1), when


def test_the_worker_opens_a_survey_and_its_key_is_its_owners_alone(portal: Place) -> None:
    survey_id, opened = worked(portal)
    assert opened == State.OPEN
    key = key_of(portal, survey_id)
    assert (key.stat().st_mode & 0o777, key.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert lines(portal.run("doctor"))["surveys"] == ("ok", "1 open or being counted")


def test_a_backup_holds_no_key(portal: Place, tmp_path: Path) -> None:
    survey_id, _ = worked(portal)
    key = key_of(portal, survey_id).read_text()
    file = tmp_path / "backup.zip"
    assert portal.run("backup", file).code == 0
    with zipfile.ZipFile(file) as archive:
        assert not any("pulse-keys" in name for name in archive.namelist())
        assert not any(key.encode() in archive.read(name) for name in archive.namelist())


def test_a_lost_key_is_found_missing_by_the_doctor_and_the_survey_waits_for_it(portal: Place) -> None:
    survey_id, _ = worked(portal)
    file = key_of(portal, survey_id)
    key = file.read_bytes()
    file.unlink()
    missing = f"no key in {file.parent} for the answers to survey {survey_id}; put the file back, or they stay sealed"
    assert failing(portal.run("doctor"))["surveys"] == missing
    over_by(portal, survey_id, clock.now() - timedelta(minutes=1))
    with portal.database() as database:
        see_to_surveys(portal.settings, database)
        assert state(portal, survey_id) == State.COUNTING
        file.write_bytes(key)
        assert failing(portal.run("doctor"))["surveys"] == f"survey {survey_id} can't be counted: key-missing"
        see_to_surveys(portal.settings, database)
    assert state(portal, survey_id) == State.CLOSED
    assert pulse_keys(portal.settings).known() == []
    assert lines(portal.run("doctor"))["surveys"] == ("ok", "none is open")


def test_a_folder_of_keys_that_others_get_at_is_found_by_the_doctor(portal: Place) -> None:
    survey_id, _ = worked(portal)
    folder = key_of(portal, survey_id).parent
    folder.chmod(0o750)
    assert failing(portal.run("doctor"))["surveys"].endswith(f"run: chmod 700 {folder}")
