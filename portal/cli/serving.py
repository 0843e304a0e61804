"""The web server and the job worker."""

import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.util import import_app

from .. import knowledge, media, notices, pulse, search, wins
from .. import people as accounts
from ..config import Settings
from ..core import clock, outbox
from ..core.db import Database
from ..core.jobs import JobQueue
from ..core.mail import Post
from ..core.outbox import Payload, Work
from ..home import STRETCH, Digests
from .opening import NOBODY_ELSE, deliver, open_database, open_index, pulse_keys, pulse_rules

log = logging.getLogger(__name__)

THREADS = 4
RESTART_PAUSE_S = 2
LONGEST_STOP_S = 20
DIGESTS_A_MINUTE = 1_000
PICTURES_WAIT = timedelta(days=90)
"""How long a picture in a draft is kept that is never posted."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65_535), default=8000, show_default=True, help="Port to listen on.")
@click.option("--workers", type=click.IntRange(1, 64), help="Web worker processes (default: PORTAL_WORKERS).")
@click.pass_obj
def serve(settings: Settings, host: str, port: int, workers: int | None) -> None:
    """Serve the site, with the job worker beside it. SIGTERM or Ctrl-C stops both cleanly."""
    refuse_taken(host, port)
    open_database(settings).engine.dispose()
    run_server(host, port, workers or settings.workers)


@click.command()
@click.option("--parent", type=int, hidden=True, help="Stop when the process of this number is gone.")
@click.pass_obj
def worker(settings: Settings, parent: int | None) -> None:
    """Run the job worker alone, for set-ups where the web server is started by other means."""
    database, index = open_database(settings), open_index(settings)
    # By its name, as the web server does it: the command does not build on the application but starts it.
    app: Flask = import_app("portal.app:create_app")(settings, database)
    post = Post(settings)
    others, digests = out_of_the_house(database, post, app), Digests(database, post, app)

    def every_minute() -> None:
        see_to_surveys(settings, database)  # First: what people are told in it is mailed by what follows.
        tick(database, index, others)
        for _ in range(DIGESTS_A_MINUTE // STRETCH):
            if not digests.mail_due(clock.now()):
                break
            deliver(database, index, others)

    queue = JobQueue(settings, lambda: deliver(database, index, others), every_minute)
    database.on_outbox = queue.nudge
    deliver(database, index, others)  # What waited while no worker ran.
    queue.work(parent)


def out_of_the_house(database: Database, post: Post, app: Flask) -> dict[Work, outbox.Handler]:
    """Who does the work whose effects are seen outside: mail, and the webhook."""
    hook = wins.Webhook(app.extensions["settings"], database)

    def mail(payloads: Sequence[Payload]) -> None:
        notices.mail_due(database, post, app, payloads, clock.now())

    def webhook(payloads: Sequence[Payload]) -> None:
        hook.deliver(payloads, clock.now())

    return {Work.MAIL: mail, Work.WEBHOOK: webhook}


def tick(database: Database, index: search.Index, others: Mapping[Work, outbox.Handler] = NOBODY_ELSE) -> None:
    """Once a minute, whatever is due."""
    deliver(database, index, others)
    with database.transaction() as session:
        accounts.forget_old_attempts(session, clock.now())
        knowledge.render_anew(session)
        media.forget_unused(session, clock.now() - PICTURES_WAIT)
        search.forget_rare(session, clock.now().date())


def see_to_surveys(settings: Settings, database: Database) -> None:
    """Open, close and count surveys, and tell people of them. For the worker alone, which keeps the keys."""
    pulse.tick(database, pulse_keys(settings), pulse_rules(settings), clock.now())


def refuse_taken(host: str, port: int) -> None:
    """Raise click.ClickException when the address can't be listened on; gunicorn would try for five seconds."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(f"can't listen on port {port} of {host}: {error.strerror}") from error


def run_server(host: str, port: int, workers: int) -> None:
    """Run gunicorn in this process, and the job worker as its child, until told to stop."""
    _Server(
        {
            "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            "workers": workers,
            "worker_class": "gthread",
            "threads": THREADS,
            "preload_app": True,  # Dictionaries and code are loaded once and shared by the workers.
            "graceful_timeout": LONGEST_STOP_S,
            "timeout": 60,
            "max_requests": 20_000,
            "max_requests_jitter": 2_000,
            "proc_name": "portal",
            "control_socket_disable": True,
        }
    ).run()


class _Server(BaseApplication):
    """gunicorn as a library."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        app = import_app("portal.app:create_app()")
        search.warm()
        return app

    def run(self) -> None:
        _Arbiter(self).run()


class _Arbiter(Arbiter):
    """gunicorn's main process, which also looks after the job worker.

    It does so in its loop and not in a thread of its own: a web worker that is forked while a thread starts a process
    keeps that thread waiting for as long as it lives.
    """

    def __init__(self, app: BaseApplication) -> None:
        self._jobs = _Jobs()
        super().__init__(app)

    def manage_workers(self) -> None:
        self._jobs.look_after()
        super().manage_workers()

    def stop(self, graceful: bool = True) -> None:  # As gunicorn has it.
        super().stop(graceful)
        self._jobs.stop()


class _Jobs:
    """The job worker's process, started again when it ends by itself."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._not_before = 0.0

    def look_after(self) -> None:
        """Start the job worker if there is none; to be called every now and then."""
        if self._process and self._process.poll() is not None:
            log.warning("the job worker ended by itself; starting it again")
            self._process, self._not_before = None, time.monotonic() + RESTART_PAUSE_S
        if self._process is None and time.monotonic() >= self._not_before:
            program = "from portal.cli import main; main()"
            command = [sys.executable, "-c", program, "worker", "--parent", str(os.getpid())]
            # A session of its own: Ctrl-C reaches this process alone, which then stops the worker in good order.
            self._process = subprocess.Popen(command, start_new_session=True)  # noqa: S603  # Our own command.

    def stop(self) -> None:
        """Stop the job worker, which finishes the job in hand; kill it when that takes too long."""
        if self._process and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(LONGEST_STOP_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
