"""`portal serve`: the site and its job worker as one, which come, stay and go together."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.search import IndexUnavailable, compare
from tests.cli.place import Place, left
from tests.cli.sites import Site, site
from tests.factories import a_page
from tests.processes import DEADLINE_S, gone, until


@pytest.fixture(scope="module")
def place(new_portal: Callable[[], Place]) -> Place:
    return new_portal()


@pytest.fixture(scope="module")
def running(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that tests may ask and whose job worker they may kill, but that they leave running."""
    with site(place, tmp_path_factory.mktemp("serve") / "log") as made:
        yield made


def in_step(place: Place) -> bool:
    with place.database() as database, place.index() as index:
        try:
            return compare(database, index).agrees
        except IndexUnavailable:
            return False


def test_a_served_site_answers_and_has_a_job_worker(running: Site) -> None:
    assert running.healthy()
    until(running.job_worker, "a job worker")


def test_a_job_worker_that_is_killed_is_replaced_and_nothing_is_lost(running: Site, place: Place) -> None:
    before = until(running.job_worker, "a job worker")
    os.kill(before, signal.SIGKILL)
    with place.database() as database, database.transaction() as session:
        a_page(session)
    until(lambda: running.job_worker() not in {None, before}, "another job worker")
    until(lambda: in_step(place), "the published page in the index")
    assert running.healthy()


def test_a_port_in_use_is_a_clear_error(running: Site, place: Place) -> None:
    ran = place.run("serve", "--port", str(running.port))
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == f"Error: can't listen on port {running.port} of 127.0.0.1: Address already in use\n"
    assert running.healthy()


def test_a_demo_whose_port_is_in_use_makes_nothing(running: Site, new_place: Callable[[], Place]) -> None:
    other = new_place()
    ran = other.run("demo", "--port", str(running.port))
    assert (ran.code, ran.out) == (1, "")
    assert "Address already in use" in ran.err
    assert left(other) == []


def stop(running: Site) -> None:
    """As ``systemctl stop`` does."""
    running.process.send_signal(signal.SIGTERM)


def press_ctrl_c(running: Site) -> None:
    """The terminal tells every process of the group."""
    os.killpg(running.process.pid, signal.SIGINT)


@pytest.mark.parametrize("end", [stop, press_ctrl_c])
def test_a_site_told_to_stop_ends_with_0_and_leaves_no_process(
    place: Place, tmp_path: Path, end: Callable[[Site], None]
) -> None:
    with site(place, tmp_path / "log") as running:
        until(running.job_worker, "a job worker")
        family = running.family()
        assert len(family) >= 3
        end(running)
        assert running.process.wait(DEADLINE_S) == 0
        assert gone(family)
        assert "Traceback" not in running.said


def test_a_site_whose_main_process_is_killed_leaves_no_orphan(place: Place, tmp_path: Path) -> None:
    with site(place, tmp_path / "log") as running:
        until(running.job_worker, "a job worker")  # It may still be starting: it must notice all the same.
        family = running.family()
        running.process.kill()
        running.process.wait(DEADLINE_S)
        until(lambda: gone(family), "every process has ended")
