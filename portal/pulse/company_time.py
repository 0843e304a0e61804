"""Moments as the company's clocks show them, to and from the moments that are kept. Pure."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from ..core.errors import PortalError
from ..core.locale import lazy

_WRITTEN = "%Y-%m-%dT%H:%M"
_YEARS = range(2000, 2200)


class NotAMoment(PortalError):
    """What was written is no date with a time."""

    status = 422
    message = lazy("A date and a time, please, such as 2026-05-04 09:00.")


class ClockSkipsIt(NotAMoment):
    """The clocks are put forward over it, so that it is never shown."""

    message = lazy("This time doesn’t exist: the clocks are put forward over it that night. Choose another hour.")


def moment(text: str, zone: ZoneInfo) -> datetime:
    """The moment at which clocks in ``zone`` show ``text`` (``2026-05-04T09:00``), in UTC.

    Of a time that comes twice, when clocks are put back, it is the first. Raises NotAMoment.
    """
    try:
        shown = datetime.strptime(text.strip().replace(" ", "T")[:16], _WRITTEN)  # noqa: DTZ007  # Its zone follows.
    except ValueError as error:
        raise NotAMoment from error
    if shown.year not in _YEARS:  # Near the calendar's ends, a change of zone falls off it.
        raise NotAMoment
    found = shown.replace(tzinfo=zone).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) != shown:
        raise ClockSkipsIt
    return found


def shown(when: datetime | None, zone: ZoneInfo) -> str:
    """What clocks in ``zone`` show at ``when``, as a browser's field for date and time takes it."""
    return when.astimezone(zone).strftime(_WRITTEN) if when else ""
