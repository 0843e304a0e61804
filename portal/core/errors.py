"""Errors that carry meaning: each says once which status it is and how it reads to a person."""

from collections.abc import Mapping

from .locale import Text, lazy


class PortalError(Exception):
    """A request that cannot be done, for a reason that the person who asked should read."""

    status = 400
    message: Text = lazy("This request could not be understood.")

    def __init__(self, message: Text | None = None) -> None:
        if message is not None:
            self.message = message
        super().__init__(str(type(self).__name__))


class Refused(PortalError):
    """The actor may not do this."""

    status = 403
    message = lazy("Your account isn’t allowed to see or do this. If you need it, ask an administrator.")


class NotFound(PortalError):
    """There is no such thing, or none that the actor may see."""

    status = 404
    message = lazy("There is nothing at this address.")


class Conflict(PortalError):
    """The state of things does not allow it, or somebody was faster."""

    status = 409
    message = lazy("Somebody else changed this in the meantime. Look at it again before you save.")


class Invalid(PortalError):
    """Values that a rule refuses; ``fields`` has a message for each field's name."""

    status = 422
    message = lazy("Some of what you entered needs another look.")

    def __init__(self, fields: Mapping[str, Text]) -> None:
        self.fields = dict(fields)
        super().__init__()


class TooMany(PortalError):
    """Too many attempts; ``retry_after`` is the pause in seconds."""

    status = 429
    message = lazy("Too many attempts. Please wait a little.")

    def __init__(self, retry_after: int, message: Text | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(message)
