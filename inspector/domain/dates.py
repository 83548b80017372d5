"""Days as they are printed: a month and a year, or a whole date."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def last_day_of(year: int, month: int) -> date | None:
    """Return the last day of a month, None when there is no such month."""
    if not (date.min.year <= year <= date.max.year and 1 <= month <= 12):
        return None
    return date(year, month, monthrange(year, month)[1])


def whole_day(year: int, month: int, day: int) -> date | None:
    """Return a day, None when there is no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
