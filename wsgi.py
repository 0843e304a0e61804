"""The WSGI entry point: ``gunicorn wsgi:app``. A wrong setting ends the start with one line that names it."""

import sys

from portal.app import create_app
from portal.config import ConfigError

try:
    app = create_app()
except ConfigError as error:
    sys.exit(f"Error: {error}")
