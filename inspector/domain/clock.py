"""Danish time: visits, signatures and the rules of a day go by the clock in Denmark."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

DENMARK = ZoneInfo("Europe/Copenhagen")


def today() -> date:
    """Return the day that it is in Denmark, wherever the machine stands."""
    return datetime.now(DENMARK).date()
