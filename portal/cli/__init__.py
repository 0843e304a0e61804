"""The `portal` command. Exit codes: 0 done; 1 it could not be done, or a check failed; 2 wrong usage or settings."""

import logging
import os
import sys

import click
from sqlalchemy.exc import DBAPIError

from .. import __version__
from ..config import ConfigError, load
from . import content, keeping, people, serving, site

log = logging.getLogger(__name__)


class _InWords(click.Group):
    """A group whose commands end with one clear line when the database, a file or a folder does not do its part."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except BrokenPipeError:
            raise  # Click's own: whoever read what we print has had enough.
        except DBAPIError as error:
            log.debug("a command ended early", exc_info=True)
            raise click.ClickException(f"the database says: {str(error.orig).strip().splitlines()[0]}") from error
        except OSError as error:
            log.debug("a command ended early", exc_info=True)
            raise click.ClickException(
                f"{error.filename}: {error.strerror}" if error.filename else str(error)
            ) from error


@click.group(cls=_InWords, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="portal")
@click.pass_context
def portal(context: click.Context) -> None:
    """Lampa: a knowledge base and staff-engagement portal.

    Settings are environment variables named PORTAL_*; README.md lists them all. All that is written lies under
    PORTAL_DATA (default: instance/). Every command exits with 0 when it did what was asked, with 1 when it could
    not (or a check failed), with 2 when it was called wrongly or a setting is wrong.
    """
    try:
        context.obj = load(os.environ)
    except ConfigError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(2)
    logging.basicConfig(level=context.obj.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for talkative in ("alembic", "huey"):
        logging.getLogger(talkative).setLevel(max(logging.WARNING, context.obj.log_level))


for command in (
    site.init,
    site.demo,
    serving.serve,
    serving.worker,
    content.import_,
    content.export,
    content.content,
    content.search,
    content.index,
    people.people,
    keeping.backup,
    keeping.restore,
    keeping.upgrade,
    keeping.doctor,
):
    portal.add_command(command)


def main() -> None:
    """Run the command line."""
    portal()
